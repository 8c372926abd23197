//! Assurance levels as providers name them (`acr`). The standard leaves the names to each
//! provider: plain numbers at one, addresses or URNs that end in one at another.

use openidconnect::AuthenticationContextClass;

use super::provider::Provider;

/// The highest level there is (高级实名).
const HIGHEST: u8 = 3;

/// The level that an `acr` names: the single digit at its end. None where it names none.
pub(super) fn level(acr: &str) -> Option<u8> {
    let mut from_the_end = acr.chars().rev();
    let last = from_the_end.next()?.to_digit(10)?;
    // More digits are a year or a version.
    if from_the_end.next().is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    // Some schemes know a fourth; nothing here asks for more than the third.
    u8::try_from(last).ok().filter(|level| *level > 0).map(|level| level.min(HIGHEST))
}

impl Provider {
    /// How this provider names the levels that would do, the lowest first. Where it does
    /// not say how it names them, the number of the needed one; where none is needed, all
    /// of them: some providers tell the level of a sign-in only to whom it matters.
    pub(super) fn names_of_levels(&self, needed: Option<u8>) -> Vec<AuthenticationContextClass> {
        let told = self.metadata.acr_values_supported().into_iter().flatten();
        let names = told.map(|acr| acr.as_str().to_owned());
        let fitting = in_order(names, needed.unwrap_or(1));
        if fitting.is_empty() {
            return needed.iter().map(|n| AuthenticationContextClass::new(n.to_string())).collect();
        }
        fitting.into_iter().map(AuthenticationContextClass::new).collect()
    }
}

/// Those of these names whose level is at least this one, the lowest first.
fn in_order(names: impl Iterator<Item = String>, least: u8) -> Vec<String> {
    let levels = names.filter_map(|name| level(&name).map(|level| (level, name)));
    let mut fitting: Vec<(u8, String)> = levels.filter(|(level, _)| *level >= least).collect();
    fitting.sort_by_key(|(level, _)| *level);
    fitting.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_the_digit_at_the_end_of_a_name() {
        for (acr, expected) in [
            ("1", Some(1)),
            ("https://id.example.gov.cn/assurance/2", Some(2)),
            ("urn:example:loa:3", Some(3)),
            ("loa4", Some(3)),
            ("0", None),
            ("", None),
            ("urn:mace:incommon:iap:silver", None),
            ("policy-2023", None),
            ("\u{0663}", None),
        ] {
            assert_eq!(level(acr), expected, "{acr}");
        }
    }

    #[test]
    fn names_that_would_do_are_asked_for_from_the_lowest() {
        let names = ["urn:a:3", "urn:a:1", "phr", "urn:a:2"].map(str::to_owned);
        assert_eq!(in_order(names.iter().cloned(), 2), ["urn:a:2", "urn:a:3"]);
        assert_eq!(in_order(names.into_iter(), 1).len(), 3);
    }
}
