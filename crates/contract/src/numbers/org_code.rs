//! Unified social credit codes of organisations (GB 32100).

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::as_text;

/// An organisation code of 18 characters. A wrong check character is held, with a
/// warning ([`OrgCode::check_is_right`]): early official codes fail it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrgCode(String);

/// Why a text is no organisation code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrgCodeError {
    /// Not 18 characters.
    #[error("an organisation code has 18 characters")]
    Length,
    /// A character outside the alphabet (digits and letters without I O S V Z).
    #[error("an organisation code has digits and letters without I, O, S, V and Z")]
    Characters,
}

impl OrgCodeError {
    /// The sentence for the person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Length => "统一社会信用代码应为 18 位，请核对是否多写或少写。",
            Self::Characters => {
                "统一社会信用代码只含数字和大写字母，且不使用 I、O、S、V、Z，请核对。"
            }
        }
    }
}

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

fn value(character: u8) -> Option<u32> {
    ALPHABET.iter().position(|c| *c == character).map(|at| at as u32)
}

impl OrgCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the check character fits. A warning for the person, never a refusal.
    pub fn check_is_right(&self) -> bool {
        let mut weight = 1;
        let mut sum = 0;
        for character in self.0.bytes().take(17) {
            sum += value(character).unwrap_or(0) * weight;
            weight = weight * 3 % 31;
        }
        self.0.bytes().last().and_then(value) == Some((31 - sum % 31) % 31)
    }
}

impl FromStr for OrgCode {
    type Err = OrgCodeError;

    fn from_str(text: &str) -> Result<Self, OrgCodeError> {
        let text = text.trim().to_ascii_uppercase();
        if text.chars().count() != 18 {
            return Err(OrgCodeError::Length);
        }
        if !text.bytes().all(|c| value(c).is_some()) {
            return Err(OrgCodeError::Characters);
        }
        Ok(Self(text))
    }
}

as_text!(OrgCode, OrgCodeError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_check_character_is_seen_and_a_wrong_one_is_held() {
        let right: OrgCode = "91350100M000100Y43".parse().unwrap();
        assert!(right.check_is_right());
        let early: OrgCode = "91350100M0001TGQXM".parse().unwrap();
        assert!(!early.check_is_right());
    }

    #[test]
    fn letters_outside_the_alphabet_are_refused() {
        assert_eq!("9135O100M000100Y43".parse::<OrgCode>(), Err(OrgCodeError::Characters));
        assert_eq!("9135".parse::<OrgCode>(), Err(OrgCodeError::Length));
    }
}
