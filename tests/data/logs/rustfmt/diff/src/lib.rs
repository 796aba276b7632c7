mod prices;
pub fn total(prices:&[u32])->u32 {
    prices.iter().sum()
}

pub fn first(prices: &[u32]) -> Option<u32> { prices.first().copied() }
