//! Which group an application belongs to, and how its one state looks. Pure.

use tongban_contract::{
    case::CaseState,
    page::{Asked, ItemRow, ItemState},
};

use crate::{
    i18n::{self, t},
    parts::Shape,
};

/// A group of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Attention,
    Waiting,
    Handling,
    Drafts,
    Ended,
}

impl Group {
    /// In the order in which they are shown.
    const ALL: [Self; 5] =
        [Self::Attention, Self::Waiting, Self::Handling, Self::Drafts, Self::Ended];

    /// The group of this state.
    fn of(state: &ItemState) -> Self {
        match state {
            ItemState::NeedsAttention { .. } => Self::Attention,
            ItemState::Queued { .. } | ItemState::Sending { .. } => Self::Waiting,
            ItemState::Draft => Self::Drafts,
            ItemState::Submitted { case: Some(state) } if state.is_final() => Self::Ended,
            ItemState::Submitted { .. } => Self::Handling,
        }
    }

    /// The id of its heading.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Attention => "items-attention",
            Self::Waiting => "items-waiting",
            Self::Handling => "items-handling",
            Self::Drafts => "items-drafts",
            Self::Ended => "items-ended",
        }
    }

    /// Its name.
    pub(super) fn name(self) -> String {
        match self {
            Self::Attention => t!("items-attention"),
            Self::Waiting => t!("items-waiting"),
            Self::Handling => t!("items-handling"),
            Self::Drafts => t!("items-drafts"),
            Self::Ended => t!("items-ended"),
        }
    }
}

/// The groups that have rows, each row in exactly one, in the order they came.
pub(super) fn grouped(rows: &[ItemRow]) -> Vec<(Group, Vec<&ItemRow>)> {
    Group::ALL
        .into_iter()
        .map(|group| {
            (group, rows.iter().filter(|row| Group::of(&row.state) == group).collect::<Vec<_>>())
        })
        .filter(|(_, rows)| !rows.is_empty())
        .collect()
}

/// How a state looks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) shape: Shape,
    /// Class of its colour.
    pub(crate) tone: &'static str,
    pub(crate) words: String,
}

/// The look of a state.
pub(crate) fn look(state: &ItemState) -> Look {
    let look = |shape, tone, words| Look { shape, tone, words };
    match state {
        ItemState::Draft => look(Shape::Pen, "tone-plain", t!("item-draft")),
        ItemState::Queued { what, .. } => {
            let words = match what {
                Asked::Filing => t!("item-queued"),
                Asked::Withdrawal => t!("item-queued-withdrawal"),
            };
            look(Shape::Clock, "tone-wait", words)
        }
        ItemState::Sending { what } => {
            let words = match what {
                Asked::Filing => t!("item-sending"),
                Asked::Withdrawal => t!("item-sending-withdrawal"),
            };
            look(Shape::Sync, "tone-wait", words)
        }
        ItemState::NeedsAttention { .. } => look(Shape::Warning, "tone-act", t!("item-attention")),
        ItemState::Submitted { case: None } => look(Shape::Cloud, "tone-go", t!("item-submitted")),
        ItemState::Submitted { case: Some(state) } => {
            let words = i18n::case_state(state);
            match state {
                CaseState::Approved => look(Shape::Done, "tone-go", words),
                CaseState::NotAccepted | CaseState::Denied | CaseState::Returned => {
                    look(Shape::Clear, "tone-bad", words)
                }
                CaseState::Withdrawn => look(Shape::Clear, "tone-plain", words),
                CaseState::CorrectionAwaited => look(Shape::Warning, "tone-act", words),
                CaseState::SpecialProcedure => look(Shape::Clock, "tone-wait", words),
                CaseState::Received
                | CaseState::Accepted
                | CaseState::UnderReview
                | CaseState::Other(_) => look(Shape::Case, "tone-go", words),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tongban_contract::problem::Problem;

    use super::*;

    fn row(number: u8, state: ItemState) -> ItemRow {
        ItemRow {
            case: format!("0190b3f0-5a1e-7cc0-9d5e-3a1f000000{number:02}").parse().unwrap(),
            item_name: "食品经营许可".into(),
            office: "市场监督管理局".into(),
            state,
            updated_at: "2026-09-28T06:05:00Z".parse().unwrap(),
            number: None,
            due: None,
        }
    }

    #[test]
    fn every_application_is_in_exactly_one_group() {
        let problem = || Box::new(Problem::new("case.correction", "请您补正。", "请修改。"));
        let submitted = |case| ItemState::Submitted { case };
        let rows: Vec<ItemRow> = [
            ItemState::Draft,
            submitted(Some(CaseState::Approved)),
            ItemState::Queued { what: Asked::Filing, waits: Some(problem()) },
            submitted(None),
            ItemState::NeedsAttention { problem: problem() },
            ItemState::Sending { what: Asked::Withdrawal },
            submitted(Some(CaseState::Other("archived".into()))),
            submitted(Some(CaseState::Withdrawn)),
        ]
        .into_iter()
        .zip(0..)
        .map(|(state, number)| row(number, state))
        .collect();
        let groups: Vec<(Group, usize)> =
            grouped(&rows).into_iter().map(|(group, rows)| (group, rows.len())).collect();
        assert_eq!(
            groups,
            [
                (Group::Attention, 1),
                (Group::Waiting, 2),
                (Group::Handling, 2),
                (Group::Drafts, 1),
                (Group::Ended, 2)
            ]
        );
    }

    #[test]
    fn groups_without_rows_are_not_shown() {
        assert!(grouped(&[]).is_empty());
    }

    #[test]
    fn every_state_has_words() {
        let sending = ItemState::Sending { what: Asked::Filing };
        for state in [ItemState::Draft, sending, ItemState::Submitted { case: None }] {
            assert!(!look(&state).words.is_empty());
        }
    }
}
