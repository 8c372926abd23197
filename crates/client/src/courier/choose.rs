//! What goes into a courier. Pure.

use std::collections::BTreeSet;

use tongban_contract::{
    courier::{CourierFile, LARGEST_HEAD, MOST_FILE_BYTES, MOST_FILES, MOST_OPERATIONS},
    identifiers::{CaseId, Digest},
    operation::{Ask, Enclosure, Filing, Operation},
};

use crate::vault::{Phase, Queued};

/// Bytes of the head that are left for what is not operations and files.
const REST_OF_HEAD: usize = 4 * 1024;
/// Bytes that a file takes in the head: its digest, its size, and the names of both.
const FILE_IN_HEAD: usize = 128;

/// What goes into a courier, oldest first.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) operations: Vec<Operation>,
    /// Operations that wait and do not fit.
    pub(super) left_out: usize,
}

/// Everything that waits to be sent, as far as it fits. Of each application nothing is left
/// out that something chosen comes after; what waits for the person is no matter here, nor
/// what comes after it.
pub(super) fn choose(outbox: Vec<Queued>) -> Chosen {
    let mut chosen = Chosen::default();
    let mut room = Room::new();
    let mut waiting: BTreeSet<CaseId> = BTreeSet::new();
    let mut full: BTreeSet<CaseId> = BTreeSet::new();
    for queued in outbox {
        if queued.phase == Phase::Wedged {
            waiting.insert(queued.case);
        }
        if waiting.contains(&queued.case) {
            continue;
        }
        if full.contains(&queued.case) || !room.take(&queued.operation) {
            full.insert(queued.case);
            chosen.left_out += 1;
        } else {
            chosen.operations.push(queued.operation);
        }
    }
    chosen
}

/// The files that these operations hand in, each once.
pub(super) fn files(operations: &[Operation]) -> Vec<CourierFile> {
    let mut seen = BTreeSet::new();
    operations.iter().flat_map(enclosed).filter(|file| seen.insert(file.digest.clone())).collect()
}

fn enclosed(operation: &Operation) -> Vec<CourierFile> {
    let filing: Option<&Filing> = match &operation.ask {
        Ask::Submit(submit) => Some(&submit.filing),
        Ask::Correct(correct) => Some(&correct.filing),
        Ask::Withdraw { .. } | Ask::Unknown(_) | Ask::Malformed(_) => None,
    };
    let enclosures = filing.into_iter().flat_map(|filing| filing.materials.values().flatten());
    enclosures
        .filter_map(|enclosure| match enclosure {
            Enclosure::File { digest, bytes, .. } => {
                Some(CourierFile { digest: digest.clone(), bytes: *bytes })
            }
            Enclosure::Licence { .. } => None,
        })
        .collect()
}

/// The room that is left in a courier.
struct Room {
    operations: usize,
    head: usize,
    file_bytes: u64,
    files: BTreeSet<Digest>,
}

impl Room {
    fn new() -> Self {
        Self {
            operations: MOST_OPERATIONS,
            head: LARGEST_HEAD - REST_OF_HEAD,
            file_bytes: MOST_FILE_BYTES,
            files: BTreeSet::new(),
        }
    }

    /// Takes room for an operation with its files. Answers whether there was enough; where
    /// there was not, nothing is taken.
    fn take(&mut self, operation: &Operation) -> bool {
        let Ok(text) = serde_json::to_vec(operation) else { return false };
        let mut new: Vec<CourierFile> = files(std::slice::from_ref(operation));
        new.retain(|file| !self.files.contains(&file.digest));
        let head = text.len() + 1 + new.len() * FILE_IN_HEAD;
        let bytes = new.iter().fold(0_u64, |sum, file| sum.saturating_add(file.bytes));
        let fits = self.operations > 0
            && head <= self.head
            && bytes <= self.file_bytes
            && self.files.len() + new.len() <= MOST_FILES;
        if fits {
            self.operations -= 1;
            self.head -= head;
            self.file_bytes -= bytes;
            self.files.extend(new.into_iter().map(|file| file.digest));
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use proptest::prelude::*;
    use tongban_contract::{
        courier::CourierHead, courier::CourierKey, identifiers::OperationId, operation::Submit,
    };
    use uuid::Uuid;

    use super::*;

    fn queued(id: u128, case: u128, phase: Phase, sizes: &[(u8, u64)], text: usize) -> Queued {
        let case = CaseId(Uuid::from_u128(case));
        let enclosures = sizes.iter().map(|(file, bytes)| Enclosure::File {
            digest: Digest::from_bytes(&[*file; 32]),
            name: "照片.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            bytes: *bytes,
        });
        let filing = Filing {
            answers: "文".repeat(text).into(),
            materials: BTreeMap::from([("photo".to_owned(), enclosures.collect())]),
            ..Filing::default()
        };
        let submit = Submit {
            case,
            item: String::new(),
            item_version: String::new(),
            form_version: String::new(),
            division: "420506".parse().unwrap(),
            filing,
        };
        Queued {
            operation: Operation {
                id: OperationId(Uuid::from_u128(id)),
                made_at: Timestamp::UNIX_EPOCH,
                ask: Ask::Submit(Box::new(submit)),
            },
            case,
            phase,
            tries: 0,
            pause: None,
            problem: None,
        }
    }

    #[test]
    fn what_waits_for_the_person_stays_with_all_that_comes_after_it() {
        let outbox = vec![
            queued(1, 1, Phase::Queued, &[], 1),
            queued(2, 2, Phase::Wedged, &[], 1),
            queued(3, 2, Phase::Queued, &[], 1),
            queued(4, 1, Phase::Sending, &[], 1),
        ];
        let chosen = choose(outbox);
        let ids: Vec<u128> = chosen.operations.iter().map(|one| one.id.0.as_u128()).collect();
        assert_eq!((ids, chosen.left_out), (vec![1, 4], 0));
    }

    #[test]
    fn a_file_that_two_applications_hand_in_goes_once() {
        let outbox = vec![
            queued(1, 1, Phase::Queued, &[(1, 7), (2, 8)], 1),
            queued(2, 2, Phase::Queued, &[(1, 7), (1, 7)], 1),
        ];
        let files = files(&choose(outbox).operations);
        assert_eq!(files.iter().map(|file| file.bytes).collect::<Vec<_>>(), [7, 8]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        /// However much waits, what is chosen is what the format allows, in order, and of
        /// each application nothing is left out between.
        #[test]
        fn what_is_chosen_fits(
            outbox in proptest::collection::vec(
                (0u128..40, proptest::collection::vec((any::<u8>(), 0u64..90_000_000), 0..4),
                 0usize..40_000),
                0..120,
            ),
        ) {
            let outbox: Vec<Queued> = (0u128..)
                .zip(&outbox)
                .map(|(id, (case, sizes, text))| queued(id, *case, Phase::Queued, sizes, *text))
                .collect();
            let count = outbox.len();
            let lanes: Vec<_> = outbox.iter().map(|one| (one.case, one.operation.id)).collect();
            let chosen = choose(outbox);
            prop_assert_eq!(chosen.operations.len() + chosen.left_out, count);
            let ids: BTreeSet<_> = chosen.operations.iter().map(|one| one.id).collect();
            let mut ended = BTreeSet::new();
            for (case, id) in lanes {
                prop_assert!(!(ids.contains(&id) && ended.contains(&case)));
                if !ids.contains(&id) {
                    ended.insert(case);
                }
            }
            let files = files(&chosen.operations);
            prop_assert!(files.iter().map(|file| file.bytes).sum::<u64>() <= MOST_FILE_BYTES);
            let head = CourierHead {
                version: 1,
                recipient: "r".repeat(100),
                account: "a".repeat(100),
                key: CourierKey::from_bytes(&[1; 32]),
                made_at: Timestamp::UNIX_EPOCH,
                operations: chosen.operations,
                files,
            };
            prop_assert!(serde_json::to_vec(&head).unwrap().len() <= LARGEST_HEAD);
        }
    }
}
