//! Citizen identification numbers (GB 11643).

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A citizen ID of 18 characters whose birth date exists and whose check character
/// is right. `Debug` shows it masked, so that it cannot slip into a log.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CitizenId(String);

/// Why a text is no citizen ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CitizenIdError {
    /// Not 18 characters.
    #[error("a citizen ID has 18 characters")]
    Length,
    /// Something else than 17 digits and a digit or X.
    #[error("a citizen ID is 17 digits and a digit or X")]
    Characters,
    /// The birth date does not exist.
    #[error("the birth date in the citizen ID does not exist")]
    BirthDate,
    /// The last character does not fit the others.
    #[error("the check character of the citizen ID is wrong")]
    CheckCharacter,
}

impl CitizenIdError {
    /// Stable code of the fault.
    pub fn code(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Characters => "characters",
            Self::BirthDate => "birth-date",
            Self::CheckCharacter => "check-character",
        }
    }

    /// The sentence for the person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Length => "身份证号应为 18 位，请核对是否多写或少写。",
            Self::Characters => "身份证号由 17 位数字和末位数字或字母 X 组成，请核对。",
            Self::BirthDate => "身份证号中的出生日期（第 7 至 14 位）不存在，请核对。",
            Self::CheckCharacter => {
                "身份证号末位与前 17 位不符，可能有一位写错了，请对照证件核对。"
            }
        }
    }
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK: &[u8; 11] = b"10X98765432";

impl CitizenId {
    /// The number in full. Show it only where the person asked for it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as it may be shown: the first three and last two characters.
    pub fn masked(&self) -> String {
        let head = self.0.get(..3).unwrap_or_default();
        let tail = self.0.get(16..).unwrap_or_default();
        format!("{head}*************{tail}")
    }
}

impl FromStr for CitizenId {
    type Err = CitizenIdError;

    fn from_str(text: &str) -> Result<Self, CitizenIdError> {
        let text = text.trim().to_ascii_uppercase();
        if text.chars().count() != 18 {
            return Err(CitizenIdError::Length);
        }
        let (digits, last) = match text.as_bytes() {
            [digits @ .., last] if digits.iter().all(u8::is_ascii_digit) => (digits, *last),
            _ => return Err(CitizenIdError::Characters),
        };
        if !(last.is_ascii_digit() || last == b'X') {
            return Err(CitizenIdError::Characters);
        }
        let birth = text.get(6..14).unwrap_or_default();
        Date::strptime("%Y%m%d", birth).map_err(|_| CitizenIdError::BirthDate)?;
        let sum: u32 = digits.iter().zip(WEIGHTS).map(|(d, w)| u32::from(d - b'0') * w).sum();
        if CHECK.get(sum as usize % 11) != Some(&last) {
            return Err(CitizenIdError::CheckCharacter);
        }
        Ok(Self(text))
    }
}

impl TryFrom<String> for CitizenId {
    type Error = CitizenIdError;

    fn try_from(text: String) -> Result<Self, CitizenIdError> {
        text.parse()
    }
}

impl From<CitizenId> for String {
    fn from(number: CitizenId) -> Self {
        number.0
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_examples_are_valid() {
        for text in ["34052419800101001X", "11010519491231002X", "34052419800101001x"] {
            assert!(text.parse::<CitizenId>().is_ok(), "{text}");
        }
    }

    #[test]
    fn each_fault_is_named() {
        for (text, fault) in [
            ("110101197608056896", CitizenIdError::CheckCharacter),
            ("11010119760805689", CitizenIdError::Length),
            ("1101011976080568９6", CitizenIdError::Characters),
            ("11010119761305689X", CitizenIdError::BirthDate),
        ] {
            assert_eq!(text.parse::<CitizenId>(), Err(fault), "{text}");
        }
    }

    #[test]
    fn debug_output_does_not_tell_the_number() {
        let id: CitizenId = "34052419800101001X".parse().unwrap();
        assert!(!format!("{id:?}").contains("1980"));
    }

    proptest! {
        /// The check character exists to catch exactly this.
        #[test]
        fn one_wrong_digit_is_always_noticed(at in 0usize..17, digit in 0u8..10) {
            let mut bytes = *b"34052419800101001X";
            prop_assume!(bytes[at] != b'0' + digit);
            bytes[at] = b'0' + digit;
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            prop_assert!(text.parse::<CitizenId>().is_err());
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            let _ = text.parse::<CitizenId>();
        }
    }
}
