//! Codes of administrative divisions (GB/T 2260 and its extension to villages).

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::as_text;

/// A division code in its shortest form: province 2, city 4, county 6, township 9,
/// village 12 digits. Trailing zeros of a padded code are removed when it is read,
/// so that `420000000000` and `42` are one division.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DivisionCode(String);

/// Level of a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DivisionLevel {
    /// 省
    Province,
    /// 市
    City,
    /// 县
    County,
    /// 乡镇、街道
    Township,
    /// 村、社区
    Village,
}

/// Why a text is no division code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DivisionCodeError {
    /// Something else than digits.
    #[error("a division code has digits only")]
    NotDigits,
    /// A length that no level has.
    #[error("a division code has 2, 4, 6, 9 or 12 digits")]
    Length,
}

impl DivisionCode {
    const LENGTHS: [(usize, DivisionLevel); 5] = [
        (2, DivisionLevel::Province),
        (4, DivisionLevel::City),
        (6, DivisionLevel::County),
        (9, DivisionLevel::Township),
        (12, DivisionLevel::Village),
    ];

    /// The code in its shortest form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Level of the division.
    pub fn level(&self) -> DivisionLevel {
        match self.0.len() {
            2 => DivisionLevel::Province,
            4 => DivisionLevel::City,
            6 => DivisionLevel::County,
            9 => DivisionLevel::Township,
            _ => DivisionLevel::Village,
        }
    }

    /// The division one level above; none above a province.
    pub fn parent(&self) -> Option<Self> {
        let shorter = Self::LENGTHS.iter().rev().find(|(n, _)| *n < self.0.len())?;
        self.0.get(..shorter.0).map(|text| Self(text.to_owned()))
    }

    /// The county it lies in, where it is a county or below.
    pub fn county(&self) -> Option<Self> {
        self.0.get(..6).map(|text| Self(text.to_owned()))
    }

    /// Whether `other` is this division or lies in it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl FromStr for DivisionCode {
    type Err = DivisionCodeError;

    fn from_str(text: &str) -> Result<Self, DivisionCodeError> {
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DivisionCodeError::NotDigits);
        }
        if !Self::LENGTHS.iter().any(|(n, _)| *n == text.len()) {
            return Err(DivisionCodeError::Length);
        }
        let mut length = text.len();
        for (shorter, _) in Self::LENGTHS.iter().rev().filter(|(n, _)| *n < text.len()) {
            let padding = text.get(*shorter..length).unwrap_or_default();
            if padding.bytes().all(|b| b == b'0') {
                length = *shorter;
            } else {
                break;
            }
        }
        Ok(Self(text.get(..length).unwrap_or(text).to_owned()))
    }
}

as_text!(DivisionCode, DivisionCodeError);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn padded_and_short_forms_are_one_division() {
        for (long, short) in
            [("420000000000", "42"), ("511602000000", "511602"), ("420506", "420506")]
        {
            assert_eq!(long.parse::<DivisionCode>().unwrap().as_str(), short);
        }
    }

    #[test]
    fn a_village_lies_in_its_township_county_city_and_province() {
        let village: DivisionCode = "420506100001".parse().unwrap();
        assert_eq!(village.level(), DivisionLevel::Village);
        let mut above = Vec::new();
        let mut next = village.parent();
        while let Some(division) = next {
            assert!(division.contains(&village));
            next = division.parent();
            above.push(division.to_string());
        }
        assert_eq!(above, ["420506100", "420506", "4205", "42"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,16}") {
            if let Ok(code) = text.parse::<DivisionCode>() {
                prop_assert!(text.starts_with(code.as_str()));
                prop_assert_eq!(code.as_str().parse::<DivisionCode>().unwrap(), code);
            }
        }
    }
}
