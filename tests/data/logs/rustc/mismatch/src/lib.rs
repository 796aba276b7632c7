pub fn total(prices: &[u32]) -> u32 {
    let sum: u32 = prices.iter().map(|p| p.to_string()).sum::<String>().len();
    sum
}

pub fn first(prices: &[u32]) -> u32 {
    price[0]
}
