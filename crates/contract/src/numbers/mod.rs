//! Numbers that check themselves: each type can only hold a valid value.

mod citizen_id;
mod division_code;
mod licence_id;
mod org_code;

pub use citizen_id::{CitizenId, CitizenIdError};
pub use division_code::{DivisionCode, DivisionCodeError, DivisionLevel};
pub use licence_id::{LicenceId, LicenceIdError};
pub use org_code::{OrgCode, OrgCodeError};

/// Reads and writes a self-checking number as its text.
macro_rules! as_text {
    ($name:ident, $error:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.0
            }
        }
    };
}
pub(crate) use as_text;
