#[test]
fn unwraps_none() {
    let prices: Vec<u32> = Vec::new();
    prices.iter().max().unwrap();
}

#[test]
fn passes() {
    assert_eq!(cart::total(&[0, 4]), 4);
}
