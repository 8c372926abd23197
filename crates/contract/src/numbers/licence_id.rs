//! Identifiers of e-licences (GB/T 36904).

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::as_text;

/// Root of every e-licence identifier.
const ROOT: &str = "1.2.156.3005.2.";

/// An e-licence identifier, held without its root:
/// `TYPE21.ISSUER18.SERIAL.VERSION3.CHECK`, its check character right.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LicenceId(String);

/// Why a text is no e-licence identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LicenceIdError {
    /// Not five parts of the right lengths, in digits and capital letters.
    #[error("not TYPE21.ISSUER18.SERIAL.VERSION3.CHECK in digits and capital letters")]
    Shape,
    /// The check character does not fit.
    #[error("the check character of the e-licence identifier is wrong")]
    CheckCharacter,
}

impl LicenceId {
    /// Builds the identifier of a licence and computes its check character.
    ///
    /// # Errors
    /// [`LicenceIdError::Shape`] where a part has the wrong length or characters.
    pub fn compose(
        licence_type: &str,
        issuer: &str,
        serial: &str,
        version: u16,
    ) -> Result<Self, LicenceIdError> {
        let body = format!("{licence_type}.{issuer}.{serial}.{version:03}");
        let check = check_character(&body).ok_or(LicenceIdError::Shape)?;
        format!("{body}.{}", char::from(check)).parse()
    }

    /// The identifier without its root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Code of the licence's type.
    pub fn licence_type(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }
}

/// ISO 7064 MOD 37,36 over `text` with its dots removed.
fn check_character(text: &str) -> Option<u8> {
    const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut product = 36;
    for character in text.bytes().filter(|c| *c != b'.') {
        let value = ALPHABET.iter().position(|c| *c == character)?;
        let sum = (product + value) % 36;
        product = if sum == 0 { 36 } else { sum } * 2 % 37;
    }
    ALPHABET.get((37 - product) % 36).copied()
}

impl FromStr for LicenceId {
    type Err = LicenceIdError;

    fn from_str(text: &str) -> Result<Self, LicenceIdError> {
        let text = text.strip_prefix(ROOT).unwrap_or(text);
        let parts: Vec<&str> = text.split('.').collect();
        let [licence_type, issuer, serial, version, check] = parts.as_slice() else {
            return Err(LicenceIdError::Shape);
        };
        let well_formed = licence_type.len() == 21
            && issuer.len() == 18
            && (1..=24).contains(&serial.len())
            && version.len() == 3
            && check.len() == 1;
        if !well_formed {
            return Err(LicenceIdError::Shape);
        }
        let body = text.get(..text.len() - 2).ok_or(LicenceIdError::Shape)?;
        let right = check_character(body).ok_or(LicenceIdError::Shape)?;
        if check.as_bytes() != [right] {
            return Err(LicenceIdError::CheckCharacter);
        }
        Ok(Self(text.to_owned()))
    }
}

as_text!(LicenceId, LicenceIdError);

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: [&str; 3] = [
        "11100000000013338W011.11430000006122244L.20230000403.001.U",
        "11100000000013338W011.11110000000021135M.20230329701.003.Y",
        "11100000000013338W032.11220000013544541J.2430599.001.F",
    ];

    #[test]
    fn published_identifiers_are_valid_with_and_without_their_root() {
        for text in PUBLISHED {
            let id: LicenceId = text.parse().unwrap();
            assert_eq!(format!("{ROOT}{text}").parse(), Ok(id));
        }
    }

    #[test]
    fn composing_a_published_identifier_gives_its_check_character() {
        let id =
            LicenceId::compose("11100000000013338W011", "11430000006122244L", "20230000403", 1);
        assert_eq!(id.unwrap().as_str(), PUBLISHED[0]);
    }

    #[test]
    fn a_changed_character_is_noticed() {
        for text in PUBLISHED {
            let changed = text.replacen("W0", "W1", 1);
            assert_eq!(changed.parse::<LicenceId>(), Err(LicenceIdError::CheckCharacter));
        }
    }
}
