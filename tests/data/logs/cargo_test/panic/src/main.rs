fn price(prices: &[u32], at: usize) -> u32 {
    prices[at]
}

fn main() {
    println!("reading prices");
    println!("{}", price(&[1, 2], std::env::args().count() + 4));
}
