//! The PIN with which a person locks what is theirs on a device.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

/// Fewest digits of a PIN.
pub const SHORTEST_PIN: usize = 6;
/// Most digits of a PIN.
pub const LONGEST_PIN: usize = 12;

/// A PIN as it was typed. It never shows in `Debug`, and its memory is wiped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pin(String);

/// Why a PIN is none to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakPin {
    /// Not [`SHORTEST_PIN`] to [`LONGEST_PIN`] digits.
    Shape,
    /// One digit again and again, or digits in a row: among the first that anyone tries.
    Pattern,
}

impl Pin {
    /// As it was typed.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(typed.into())
    }

    /// What was typed.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a new PIN may be this one.
    ///
    /// # Errors
    /// Why it may not.
    pub fn check(&self) -> Result<(), WeakPin> {
        let digits = self.0.as_bytes();
        if !(SHORTEST_PIN..=LONGEST_PIN).contains(&digits.len())
            || !digits.iter().all(u8::is_ascii_digit)
        {
            return Err(WeakPin::Shape);
        }
        let steps = |step: i16| {
            digits
                .iter()
                .zip(digits.iter().skip(1))
                .all(|(a, b)| (i16::from(*b) - i16::from(*a) - step).rem_euclid(10) == 0)
        };
        if [-1, 0, 1].into_iter().any(steps) { Err(WeakPin::Pattern) } else { Ok(()) }
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anyone_would_try_first_is_no_pin() {
        for weak in ["000000", "999999", "123456", "654321", "890123", "210987"] {
            assert_eq!(Pin::new(weak).check(), Err(WeakPin::Pattern), "{weak}");
        }
        for shapeless in ["", "12345", "1234567890123", "27182x", "２７１８２８", "-27182"] {
            assert_eq!(Pin::new(shapeless).check(), Err(WeakPin::Shape), "{shapeless}");
        }
        for good in ["271828", "112233", "135790", "271828182845"] {
            assert_eq!(Pin::new(good).check(), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_pin_is_not_shown() {
        assert_eq!(format!("{:?}", Pin::new("271828")), "Pin");
    }
}
