//! Coded terms of the field in the language of the page. A code that no message file knows
//! is said as the standard (or the platform) says it.

use tongban_contract::{case::CaseState, vocabulary::Badge};

use super::{Language, find, language, t};

/// A coded term: `term("channel", channel.code(), channel.term())`. Chinese terms are the
/// standard's own; only other languages have messages for them.
pub(crate) fn term(kind: &str, code: &str, published: &str) -> String {
    if language() == Language::ZhCn {
        return published.to_owned();
    }
    find(&format!("{kind}-{code}"), None).unwrap_or_else(|| published.to_owned())
}

/// A handling promise.
pub(crate) fn badge(badge: &Badge) -> String {
    term("badge", badge.code(), badge.term())
}

/// State of an application at the platform.
pub(crate) fn case_state(state: &CaseState) -> String {
    match state {
        CaseState::Received => t!("case-received"),
        CaseState::Accepted => t!("case-accepted"),
        CaseState::NotAccepted => t!("case-not-accepted"),
        CaseState::CorrectionAwaited => t!("case-correction-awaited"),
        CaseState::UnderReview => t!("case-under-review"),
        CaseState::SpecialProcedure => t!("case-special-procedure"),
        CaseState::Approved => t!("case-approved"),
        CaseState::Denied => t!("case-denied"),
        CaseState::Returned => t!("case-returned"),
        CaseState::Withdrawn => t!("case-withdrawn"),
        CaseState::Other(other) => other.clone(),
    }
}
