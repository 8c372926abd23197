//! Which operations are due, and when the next ones are. Pure, so that a property can hold it.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use tongban_contract::{exchange::MOST_OPERATIONS, operation::Operation, problem::Problem};

use crate::{
    network::NetworkError,
    transport::TransportError,
    vault::{Phase, Queued},
};

/// Wait where there is nobody to sync for; whoever signs in wakes the loop.
pub(super) const IDLE: Duration = Duration::from_secs(3600);

/// Wait after a sync that succeeded; news is announced by the event stream before.
pub(super) const REGULAR: Duration = Duration::from_secs(300);

/// Least wait before the loop looks again by itself, whatever the clock says.
pub(super) const LEAST: Duration = Duration::from_millis(100);

/// The operations to send now: of each application the oldest that the platform has not
/// taken, unless that one waits for its time or for the person.
pub(super) fn due(outbox: &[Queued], now: Timestamp) -> Vec<Operation> {
    heads(outbox)
        .filter(|head| head.pause.is_none_or(|pause| pause.left(now).is_zero()))
        .map(|head| head.operation.clone())
        .take(MOST_OPERATIONS)
        .collect()
}

/// How long it is until the first operation with a wait of its own is due.
pub(super) fn earliest_try(outbox: &[Queued], now: Timestamp) -> Option<Duration> {
    heads(outbox).filter_map(|head| head.pause).map(|pause| pause.left(now)).min()
}

/// Of each application the oldest operation, where that one is queued.
fn heads(outbox: &[Queued]) -> impl Iterator<Item = &Queued> {
    let mut lanes = BTreeSet::new();
    outbox
        .iter()
        .filter(move |queued| lanes.insert(queued.case))
        .filter(|head| head.phase == Phase::Queued)
}

/// Whether a request may have failed of what it brought: of one text that upsets the
/// platform, or that something in between stops. Or else of the line, or of a platform
/// that takes nothing from anybody.
pub(super) fn may_be_what_was_brought(error: &NetworkError) -> bool {
    use TransportError::{
        Broken, CertificateTime, CertificateUntrusted, TimedOut, TooLarge, Unreachable,
    };
    match error {
        NetworkError::Failed(_)
        | NetworkError::Refused(_)
        | NetworkError::Unreadable
        | NetworkError::CaptivePortal
        | NetworkError::Transport(TimedOut | Broken | TooLarge) => true,
        NetworkError::Transport(Unreachable | CertificateTime | CertificateUntrusted)
        | NetworkError::Overloaded { .. }
        | NetworkError::Unauthorised => false,
    }
}

/// The refusal of a whole request that brought one operation, where sending the same again
/// can never help: it was not read, or is too large (RFC 9110, 15.5.1, 15.5.14, 15.5.21).
pub(super) fn never_taken(error: &NetworkError) -> Option<&Problem> {
    match error {
        NetworkError::Refused(problem) if matches!(problem.status, 400 | 413 | 422) => {
            Some(problem)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;
    use tongban_contract::{
        identifiers::{CaseId, OperationId},
        operation::Ask,
    };
    use uuid::Uuid;

    use super::*;
    use crate::waiting::Pause;

    /// Tried at second 0, and to be tried again at `next_try`.
    fn queued(lane: u128, id: u128, phase: Phase, next_try: Option<u64>) -> Queued {
        let case = CaseId(Uuid::from_u128(lane));
        Queued {
            operation: Operation {
                id: OperationId(Uuid::from_u128(id)),
                made_at: Timestamp::UNIX_EPOCH,
                ask: Ask::Withdraw { case, reason: String::new() },
            },
            case,
            phase,
            tries: 0,
            pause: next_try.map(|s| Pause::new(Timestamp::UNIX_EPOCH, Duration::from_secs(s))),
            problem: None,
        }
    }

    fn any_queued() -> impl Strategy<Value = Queued> {
        let phase = prop_oneof![Just(Phase::Queued), Just(Phase::Sending), Just(Phase::Wedged)];
        (0u128..6, any::<u128>(), phase, proptest::option::of(0u64..100))
            .prop_map(|(lane, id, phase, next)| queued(lane, id, phase, next))
    }

    proptest! {
        #[test]
        fn an_item_that_waits_never_blocks_another(
            outbox in proptest::collection::vec(any_queued(), 0..30),
            now in 0i64..100,
        ) {
            let now = Timestamp::from_second(now).unwrap();
            let due = due(&outbox, now);
            for lane in 0..6 {
                let case = CaseId(Uuid::from_u128(lane));
                let head = outbox.iter().find(|q| q.case == case);
                let ripe = head.filter(|q| {
                    q.phase == Phase::Queued && q.pause.is_none_or(|pause| pause.until <= now)
                });
                let sent: Vec<_> = due.iter().filter(|o| o.ask.case() == Some(case)).collect();
                match ripe {
                    Some(head) => prop_assert_eq!(sent, vec![&head.operation]),
                    None => prop_assert!(sent.is_empty()),
                }
            }
        }
    }

    #[test]
    fn a_wait_that_began_by_a_clock_that_was_ahead_holds_nothing_back() {
        let outbox = [queued(1, 1, Phase::Queued, Some(86_400))];
        assert!(due(&outbox, Timestamp::UNIX_EPOCH).is_empty());
        assert_eq!(earliest_try(&outbox, Timestamp::UNIX_EPOCH), Some(Duration::from_secs(86_400)));
        // The clock is set right, by an hour and by ten years.
        for hours in [1, 87_600] {
            let earlier = Timestamp::UNIX_EPOCH - SignedDuration::from_hours(hours);
            assert_eq!(due(&outbox, earlier).len(), 1);
            assert_eq!(earliest_try(&outbox, earlier), Some(Duration::ZERO));
        }
    }

    #[test]
    fn one_exchange_carries_no_more_than_the_platform_takes() {
        let outbox: Vec<_> = (0..200).map(|n| queued(n, n, Phase::Queued, None)).collect();
        assert_eq!(due(&outbox, Timestamp::UNIX_EPOCH).len(), MOST_OPERATIONS);
    }
}
