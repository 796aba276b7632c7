pub const PRICES: [u32; 3] = [1,2,3];
