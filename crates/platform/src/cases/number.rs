//! Acceptance numbers (收件编号): province, day, a count of that day, and a check digit,
//! such as 42-20261121-000123-7, so that one that is read out on the telephone and
//! mistyped is noticed.

use jiff::civil::Date;
use sqlx::SqliteConnection;
use tongban_contract::numbers::DivisionCode;

use super::store;
use crate::Result;

/// The next number of the division's province on this day.
pub async fn next(
    connection: &mut SqliteConnection,
    division: &DivisionCode,
    today: Date,
) -> Result<String> {
    let province = division.as_str().get(..2).unwrap_or("00");
    let day = today.strftime("%Y%m%d").to_string();
    let serial = store::next_serial(connection, &format!("acceptance-{province}-{day}")).await?;
    Ok(compose(province, &day, serial))
}

fn compose(province: &str, day: &str, serial: u64) -> String {
    let serial = format!("{serial:06}");
    let check = check_digit(&format!("{province}{day}{serial}"));
    format!("{province}-{day}-{serial}-{check}")
}

/// ISO 7064 MOD 11,10 over digits.
fn check_digit(digits: &str) -> u32 {
    let mut product = 10;
    for digit in digits.chars().filter_map(|c| c.to_digit(10)) {
        let sum = (product + digit) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    (11 - product) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_that_of_iso_7064() {
        // The standard's own example for MOD 11,10: 0794 has the check digit 5.
        assert_eq!(check_digit("0794"), 5);
    }

    #[test]
    fn a_number_tells_province_day_and_count() {
        assert!(compose("42", "20261121", 123).starts_with("42-20261121-000123-"));
    }

    #[test]
    fn one_wrong_digit_is_always_noticed() {
        let right = "4220261121000123";
        for at in 0..right.len() {
            for digit in '0'..='9' {
                let mut wrong: Vec<char> = right.chars().collect();
                if wrong[at] == digit {
                    continue;
                }
                wrong[at] = digit;
                let wrong: String = wrong.into_iter().collect();
                assert_ne!(check_digit(&wrong), check_digit(right), "{wrong}");
            }
        }
    }
}
