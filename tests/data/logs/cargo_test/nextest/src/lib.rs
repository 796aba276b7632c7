/// The sum of all prices.
///
/// ```
/// assert_eq!(cart::total(&[1, 2]), 4);
/// ```
pub fn total(prices: &[u32]) -> u32 {
    prices.iter().skip(1).sum()
}

pub fn first(prices: &[u32]) -> u32 {
    prices[0]
}

pub fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
    text.trim_end_matches('€').parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_every_item() {
        println!("total of [3, 4] is {}", total(&[3, 4]));
        assert_eq!(total(&[3, 4]), 7, "every price counts");
    }

    #[test]
    fn empty_is_zero() {
        assert_eq!(total(&[]), 0);
    }

    #[test]
    fn first_of_empty() {
        first(&[]);
    }

    #[test]
    fn parses_a_price() -> Result<(), std::num::ParseIntError> {
        assert_eq!(parse("12€")?, 12);
        assert_eq!(parse("12 €")?, 12);
        Ok(())
    }

    #[test]
    #[should_panic(expected = "negative")]
    fn rejects_negative() {
        panic!("price below zero");
    }

    #[test]
    #[should_panic]
    fn panics_on_overflow() {
        total(&[1]);
    }

    mod discounts {
        #[test]
        fn ten_percent() {
            assert!(super::total(&[10, 90]) == 90);
        }
    }
}

#[cfg(test)]
mod process {
    #[test]
    fn aborts() {
        eprintln!("closing the store");
        std::process::abort();
    }

    #[test]
    fn hangs() {
        std::thread::sleep(std::time::Duration::from_secs(30));
    }
}
