//! Vaults that are damaged, and disks that cannot be written to. Here is the vault that all of
//! them begin with, and what must hold of it in the end.
//!
//! - `damage`: pages, a file that is cut off, another key. `log`: the log beside the file.
//! - `steps`: a rescue that is killed, and one that must not be. `disk`: a disk that is full or
//!   read-only at any write.

mod damage;
mod disk;
mod log;
mod steps;

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tongban_contract::{
    identifiers::{AttachmentId, CaseId, Digest, OperationId},
    operation::{Ask, Enclosure, Filing, Operation, Submit},
};
use uuid::Uuid;

use super::{
    tests::{Disk, accepted, application, fill_disk, set_most_pages, written_by_a_newer_version},
    *,
};

const PAGE: usize = 4096;

impl Disk {
    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.file()).unwrap()
    }

    fn log(&self) -> PathBuf {
        pages::log_path(&self.file())
    }

    /// Files of this vault whose name has this in it.
    fn found(&self, part: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        found.retain(|path| path.to_str().unwrap().contains(part));
        found.sort();
        found
    }

    /// Another disk on which the files are as they are here.
    pub(in crate::vault) fn copy(&self) -> Self {
        let copy = Self { folder: tempfile::tempdir().unwrap(), keyring: self.keyring.clone() };
        for path in self.found("vault-") {
            std::fs::copy(&path, copy.folder.path().join(path.file_name().unwrap())).unwrap();
        }
        copy
    }
}

fn attached(case: CaseId, bytes: &[u8]) -> Attachment {
    let name = format!("{}.png", case.0.as_u128());
    Attachment {
        id: AttachmentId(Uuid::from_u128(case.0.as_u128() + 1000)),
        material: "design".to_owned(),
        name: name.clone(),
        enclosure: Enclosure::File {
            digest: Digest::from_bytes(&Sha256::digest(bytes).into()),
            name,
            media_type: "image/png".to_owned(),
            bytes: bytes.len() as u64,
        },
        attached_at: Timestamp::UNIX_EPOCH,
    }
}

fn submission(draft: &Application, attachment: &Attachment) -> Operation {
    let materials = BTreeMap::from([("design".to_owned(), vec![attachment.enclosure.clone()])]);
    let filing = Filing { situation: BTreeMap::new(), answers: draft.answers.clone(), materials };
    let submit = Submit {
        case: draft.case,
        item: draft.guide.item.code.clone(),
        item_version: "1".to_owned(),
        form_version: "1".to_owned(),
        division: draft.guide.division.clone(),
        filing,
    };
    let id = OperationId(Uuid::from_u128(draft.case.0.as_u128() + 2000));
    Operation { id, made_at: Timestamp::UNIX_EPOCH, ask: Ask::Submit(Box::new(submit)) }
}

/// Six applications with answers and a file each; the last three are filed and queued. The
/// feed has been read.
async fn fill(vault: &Vault) {
    let read = accepted(&super::tests::withdrawal(application(1).case), 3000);
    vault.apply(&[], &read, Timestamp::UNIX_EPOCH).await.unwrap();
    for number in 1..=6_u8 {
        let mut draft = application(u128::from(number));
        draft.answers = json!({ "reason": format!("第 {number} 份").repeat(300) });
        vault.add_application(&draft).await.unwrap();
        let bytes = vec![number; 9000];
        let attachment = attached(draft.case, &bytes);
        vault.attach(draft.case, &attachment, &bytes).await.unwrap();
        if number > 3 {
            let operation = submission(&draft, &attachment);
            vault.file(&operation, &Receipt::new(draft.case, &operation, vec![])).await.unwrap();
        }
    }
}

async fn filled() -> Disk {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    fill(&vault).await;
    vault.close().await;
    disk
}

/// What a vault comes to that was damaged: nothing of it is something else than it was, and
/// nothing that was queued is neither queued nor told.
async fn assert_sound(vault: &Vault, where_: &str) -> usize {
    let notices = vault.rescues().await.unwrap();
    let told: u32 =
        notices.iter().map(|n| n.lost_drafts + n.lost_filed + n.reopened + n.held_back).sum();
    let told = told > 0 || notices.iter().any(|n| n.unsure || !n.readable);
    for notice in &notices {
        let problem = notice.problem();
        assert!(problem.detail.ends_with('。') && problem.next.ends_with('。'));
    }
    let applications = vault.applications().await.unwrap();
    let outbox = vault.outbox().await.unwrap();
    for number in 1..=6_u8 {
        let case = application(u128::from(number)).case;
        let found = applications.iter().find(|found| found.case == case);
        if let Some(found) = found {
            let wanted = json!({ "reason": format!("第 {number} 份").repeat(300) });
            assert_eq!(found.answers, wanted, "{where_}");
            let attachments = vault.attachments(case).await.unwrap();
            let files: u32 = notices.iter().map(|n| n.lost_files).sum();
            let is_told = files > 0 || notices.iter().any(|n| n.unsure);
            assert!(!attachments.is_empty() || is_told, "{where_}: {number} has lost its file");
            for attachment in attachments {
                let Enclosure::File { digest, .. } = attachment.enclosure else { panic!() };
                assert_eq!(vault.bytes(&digest).await.unwrap(), vec![number; 9000], "{where_}");
            }
        }
        let queued = outbox.iter().find(|queued| queued.case == case);
        if let Some(queued) = queued {
            let receipt = vault.receipt(case).await.unwrap();
            assert!(receipt.is_some(), "{where_}: {number} is queued without a receipt");
            let Ask::Submit(submit) = &queued.operation.ask else { panic!() };
            for enclosure in submit.filing.materials.values().flatten() {
                let Enclosure::File { digest, .. } = enclosure else { panic!() };
                let whole =
                    vault.bytes(digest).await.is_ok_and(|bytes| bytes == vec![number; 9000]);
                assert!(whole || queued.phase == Phase::Wedged, "{where_}: nothing half is sent");
                assert!(whole || queued.problem.is_some(), "{where_}");
            }
        }
        let is_sound = match (number > 3, found.map(|found| found.stage), queued) {
            (false, Some(Stage::Draft), None) | (true, _, Some(_)) => true,
            (true, Some(Stage::Draft), None) | (_, None, None) => told,
            other => panic!("{where_}: {number} {other:?}"),
        };
        assert!(is_sound, "{where_}: {number} is gone and nobody was told");
    }
    applications.len()
}
