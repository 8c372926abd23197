//! A vault on a disk that is full, damaged, without its key, or of another version.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;
use tongban_contract::{
    change::{Change, News},
    exchange::{EXCHANGE_VERSION, ExchangeReply},
    form::Form,
    guide::Guide,
    identifiers::{AttachmentId, CaseId, Digest, FeedId, OperationId},
    operation::{Ask, Enclosure, Operation, OperationResult, Outcome},
};
use uuid::Uuid;

use super::*;
use crate::{
    keyring::{Keyring, memory::MemoryKeyring},
    surroundings::Random,
};

pub(super) struct Disk {
    pub(super) folder: tempfile::TempDir,
    pub(super) keyring: MemoryKeyring,
}

impl Disk {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), keyring: MemoryKeyring::default() }
    }

    pub(super) async fn open(&self) -> Result<Vault, VaultError> {
        let random: Random = Arc::new(|bytes| rand::fill(bytes));
        let key = match key::kept(&self.keyring, "account").await? {
            Some(key::Kept::Plain(key)) => key,
            Some(key::Kept::Sealed(_)) => panic!("nobody has set a PIN"),
            None => key::make(self.folder.path(), "account", &self.keyring, &random).await?,
        };
        Vault::open(self.folder.path(), "account", &key, None, Timestamp::UNIX_EPOCH).await
    }

    async fn code_of_opening(&self) -> String {
        let problem = self.open().await.err().expect("it cannot be opened").problem();
        assert!(problem.detail.ends_with('。') && problem.next.ends_with('。'));
        problem.code
    }

    pub(super) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("vault-account.db")
    }
}

pub(super) fn application(number: u128) -> Application {
    let guide = json!({
        "item": {
            "code": "001017042000", "version": "1", "name": "户外招牌设置备案", "state": "1",
            "type": "10", "level": "4", "project_type": "2", "visits": 0, "statutory_days": 10,
            "promised_days": 3, "assurance": 2, "has_form": true,
        },
        "code": "11420506", "division": "420506", "office": { "department": "城市管理局" },
    });
    Application {
        case: CaseId(Uuid::from_u128(number)),
        stage: Stage::Draft,
        guide: serde_json::from_value::<Guide>(guide).unwrap(),
        form: Form { version: "1".to_owned(), schema: json!({}), ui_schema: json!({}) },
        situation: BTreeMap::new(),
        answers: json!({}),
        notice: None,
        created_at: Timestamp::UNIX_EPOCH,
        saved_at: Timestamp::UNIX_EPOCH,
    }
}

pub(super) fn file(number: u128, bytes: u64) -> Attachment {
    Attachment {
        id: AttachmentId(Uuid::from_u128(number)),
        material: "design".to_owned(),
        name: "效果图.png".to_owned(),
        enclosure: Enclosure::File {
            digest: Digest::from_bytes(&[u8::try_from(number).unwrap(); 32]),
            name: "效果图.png".to_owned(),
            media_type: "image/png".to_owned(),
            bytes,
        },
        attached_at: Timestamp::UNIX_EPOCH,
    }
}

pub(super) fn withdrawal(case: CaseId) -> Operation {
    Operation {
        id: OperationId(Uuid::now_v7()),
        made_at: Timestamp::UNIX_EPOCH,
        ask: Ask::Withdraw { case, reason: "不办了。".repeat(2000) },
    }
}

pub(super) async fn file_draft(vault: &Vault, case: CaseId) -> Operation {
    let operation = withdrawal(case);
    let receipt = Receipt {
        case,
        filed_at: Timestamp::UNIX_EPOCH,
        digest: "0".repeat(64),
        enclosures: Vec::new(),
        number: None,
        accepted_at: None,
    };
    vault.file(&operation, &receipt).await.unwrap();
    operation
}

/// Lets the file grow by so many pages more and no further.
pub(super) async fn fill_disk(vault: &Vault, pages_left: i64) {
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&vault.pool).await.unwrap();
    set_most_pages(vault, pages + pages_left).await;
}

pub(super) async fn set_most_pages(vault: &Vault, most: i64) {
    let pragma = format!("PRAGMA max_page_count = {most}");
    let set: i64 =
        sqlx::query_scalar(sqlx::AssertSqlSafe(pragma)).fetch_one(&vault.pool).await.unwrap();
    assert_eq!(set, most);
}

#[tokio::test]
async fn a_full_disk_is_told_and_takes_nothing_that_was_kept() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    let draft = application(1);
    vault.add_application(&draft).await.unwrap();
    let answers = json!({ "shop": { "name": "秀兰面馆" } });
    let now = Timestamp::UNIX_EPOCH;
    vault.keep_statement(draft.case, &BTreeMap::new(), &answers, now).await.unwrap();
    vault.attach(draft.case, &file(1, 9), b"nine byte").await.unwrap();
    vault.add_application(&application(2)).await.unwrap();
    let operation = file_draft(&vault, application(2).case).await;

    fill_disk(&vault, 1).await;
    let large = vec![7; 3 * PIECE];
    let told = vault.attach(draft.case, &file(2, 3), &large).await.unwrap_err().problem();
    assert_eq!(told.code, "device.full");
    let long = json!({ "reason": "长".repeat(20_000) });
    let told = vault.keep_statement(draft.case, &BTreeMap::new(), &long, now).await;
    assert_eq!(told.unwrap_err().problem().code, "device.full");

    assert_eq!(vault.attachments(draft.case).await.unwrap().len(), 1);
    assert_eq!(vault.application(draft.case).await.unwrap().unwrap().answers, answers);

    // After the next start, with room again, everything is there and it goes on.
    vault.close().await;
    let vault = disk.open().await.unwrap();
    assert_eq!(vault.application(draft.case).await.unwrap().unwrap().answers, answers);
    assert_eq!(vault.bytes(&Digest::from_bytes(&[1; 32])).await.unwrap(), b"nine byte");
    assert_eq!(vault.outbox().await.unwrap()[0].operation, operation);
    vault.attach(draft.case, &file(2, 3), &large).await.unwrap();
    assert_eq!(vault.attachments(draft.case).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_answer_that_could_not_be_kept_leaves_its_filing_to_be_sent_again() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    let draft = application(1);
    vault.add_application(&draft).await.unwrap();
    let operation = file_draft(&vault, draft.case).await;
    vault.mark_sending(std::slice::from_ref(&operation)).await.unwrap();
    assert_eq!(vault.outbox().await.unwrap()[0].phase, Phase::Sending);
    let reply = accepted(&operation, 20_000);
    let sent = [operation.clone()];
    fill_disk(&vault, 0).await;
    let failed = vault.apply(&sent, &reply, Timestamp::UNIX_EPOCH).await.unwrap_err();
    assert_eq!(failed.problem().code, "device.full");
    let feed = vault.feed().await.unwrap();
    assert_eq!((feed.feed, feed.last_success), (None, None), "the cursor did not move");
    assert_eq!(vault.receipt(draft.case).await.unwrap().unwrap().number, None);
    // Where that it is sent no more cannot be written either, it is told all the same, and why.
    vault.sending_has_ended(Some(failed.problem()));
    let left = vault.outbox().await.unwrap().remove(0);
    assert_eq!(left.phase, Phase::Queued);
    assert_eq!(left.problem.unwrap().code, "device.full");

    set_most_pages(&vault, 1_000_000).await;
    vault.queue_what_was_being_sent().await.unwrap();
    assert_eq!(vault.outbox().await.unwrap()[0].phase, Phase::Queued);
    vault.apply(&sent, &reply, Timestamp::UNIX_EPOCH).await.unwrap();
    assert!(vault.outbox().await.unwrap().is_empty());
    assert!(vault.receipt(draft.case).await.unwrap().unwrap().number.is_some());
}

#[tokio::test]
async fn results_are_not_kept_without_the_changes_that_came_with_them() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    let draft = application(1);
    vault.add_application(&draft).await.unwrap();
    let operation = file_draft(&vault, draft.case).await;
    vault.mark_sending(std::slice::from_ref(&operation)).await.unwrap();
    let mut reply = accepted(&operation, 1);
    let large = serde_json::Map::from_iter([("text".to_owned(), "长".repeat(20_000).into())]);
    reply.changes = vec![Change { seq: 1, news: News::Unknown(large) }];
    reply.cursor = 1;
    let sent = [operation];
    fill_disk(&vault, 1).await;
    let failed = vault.apply(&sent, &reply, Timestamp::UNIX_EPOCH).await.unwrap_err();
    assert_eq!(failed.problem().code, "device.full");
    assert_eq!(vault.outbox().await.unwrap()[0].phase, Phase::Sending);
    assert_eq!(vault.receipt(draft.case).await.unwrap().unwrap().number, None);
    assert_eq!(vault.feed().await.unwrap().cursor, 0);

    set_most_pages(&vault, 1_000_000).await;
    vault.apply(&sent, &reply, Timestamp::UNIX_EPOCH).await.unwrap();
    assert!(vault.outbox().await.unwrap().is_empty());
    assert_eq!(vault.feed().await.unwrap().cursor, 1);
}

#[tokio::test]
async fn what_was_recalled_a_moment_ago_is_neither_sent_nor_sealed() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    let mut due = Vec::new();
    for number in [1, 2] {
        vault.add_application(&application(number)).await.unwrap();
        due.push(file_draft(&vault, application(number).case).await);
    }
    // Whoever sends or seals has read the outbox by now.
    assert!(vault.recall(application(1).case, Timestamp::UNIX_EPOCH).await.unwrap());
    assert_eq!(vault.mark_sealed(due.clone()).await.unwrap(), due[1..]);
    assert_eq!(vault.mark_sending(&due).await.unwrap(), due[1..]);
}

#[tokio::test]
async fn a_vault_is_encrypted_and_linked_with_the_versions_that_were_tried() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    let (sqlite, cipher) = vault.versions().await.unwrap();
    assert!(sqlite.starts_with("3.50."), "{sqlite}: read on the WAL-reset fault again");
    assert!(cipher.starts_with("4."), "{cipher}");
    // What was kept outlasts a power cut (FULL), and nothing is sorted in a file (MEMORY).
    for (pragma, set) in [("PRAGMA synchronous", 2), ("PRAGMA temp_store", 2)] {
        let value: i64 = sqlx::query_scalar(pragma).fetch_one(&vault.pool).await.unwrap();
        assert_eq!(value, set, "{pragma}");
    }
    vault.close().await;
    let bytes = std::fs::read(disk.file()).unwrap();
    assert!(!bytes.starts_with(b"SQLite format 3"));
}

#[tokio::test]
async fn a_vault_that_cannot_be_opened_says_why_and_is_left_as_it_is() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    vault.add_application(&application(1)).await.unwrap();
    vault.close().await;
    let whole = std::fs::read(disk.file()).unwrap();
    let key = SecretString::from(disk.keyring.peek("account/vault-key").unwrap());

    disk.keyring.clear();
    assert_eq!(disk.code_of_opening().await, "vault.key-lost");
    Keyring::write(&disk.keyring, "account/vault-key", &key).await.unwrap();
    disk.keyring.set_locked(true);
    disk.code_of_opening().await;
    disk.keyring.set_locked(false);

    assert_eq!(std::fs::read(disk.file()).unwrap(), whole);
    let vault = disk.open().await.unwrap();
    assert_eq!(vault.applications().await.unwrap().len(), 1);
    written_by_a_newer_version(&vault).await;
    vault.close().await;
    let newer = std::fs::read(disk.file()).unwrap();
    assert_eq!(disk.code_of_opening().await, "vault.newer");
    assert_eq!(std::fs::read(disk.file()).unwrap(), newer);
}

#[tokio::test]
async fn a_vault_of_an_older_version_is_copied_before_it_is_brought_up_to_date() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    vault.add_application(&application(1)).await.unwrap();
    // As it was before the newest migration.
    sqlx::query("DROP TABLE followed").execute(&vault.pool).await.unwrap();
    let newest = "DELETE FROM _sqlx_migrations
         WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    sqlx::query(newest).execute(&vault.pool).await.unwrap();
    vault.close().await;
    let before = std::fs::read(disk.file()).unwrap();

    let vault = disk.open().await.unwrap();
    assert!(vault.followed().await.unwrap().is_empty());
    assert_eq!(vault.applications().await.unwrap().len(), 1);
    vault.close().await;
    assert_ne!(std::fs::read(disk.file()).unwrap(), before);
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap();
    let copy = disk.folder.path().join(format!("vault-account.before-{newest}.db"));
    assert_eq!(std::fs::read(copy).unwrap(), before);
}

#[tokio::test]
async fn what_a_crash_left_as_sending_is_queued_when_the_vault_is_opened() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    vault.add_application(&application(1)).await.unwrap();
    let operation = file_draft(&vault, application(1).case).await;
    vault.mark_sending(std::slice::from_ref(&operation)).await.unwrap();
    vault.close().await;
    let vault = disk.open().await.unwrap();
    let outbox = vault.outbox().await.unwrap();
    assert_eq!((outbox.len(), outbox[0].phase, outbox[0].tries), (1, Phase::Queued, 1));
    assert!(!vault.recall(application(1).case, Timestamp::UNIX_EPOCH).await.unwrap());
}

#[tokio::test]
async fn a_row_that_cannot_be_read_blocks_no_other_and_is_told_until_it_can() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    for number in [1, 2] {
        vault.add_application(&application(number)).await.unwrap();
        file_draft(&vault, application(number).case).await;
    }
    for (statement, others) in [
        ("UPDATE operation SET operation_json = '[]' WHERE position = 1", (2, 1)),
        ("UPDATE application SET guide_json = '[]' WHERE rowid = 1", (1, 1)),
    ] {
        sqlx::query(statement).execute(&vault.pool).await.unwrap();
        let read = (vault.applications().await.unwrap().len(), vault.outbox().await.unwrap().len());
        assert_eq!(read, others, "{statement}");
        let told = vault.unreadable().unwrap();
        assert!(told.detail.ends_with('。') && told.next.ends_with('。'), "{told:?}");
    }
    sqlx::query("DELETE FROM operation WHERE position = 1").execute(&vault.pool).await.unwrap();
    sqlx::query("DELETE FROM application WHERE rowid = 1").execute(&vault.pool).await.unwrap();
    vault.applications().await.unwrap();
    vault.outbox().await.unwrap();
    assert!(vault.unreadable().is_none());
}

#[test]
fn every_failure_is_told_in_a_sentence_with_a_next_step() {
    for error in [
        VaultError::Database(sqlx::Error::PoolClosed),
        VaultError::Migration(sqlx::migrate::MigrateError::VersionMissing(1)),
        VaultError::Backup(std::io::Error::other("disk")),
        VaultError::Newer,
        VaultError::KeyLost,
        VaultError::KeyMismatch,
        VaultError::Damaged("row"),
        VaultError::Missing("row"),
        VaultError::Keyring(crate::keyring::KeyringError::Locked),
    ] {
        let problem = error.problem();
        assert!(problem.detail.ends_with('。') && problem.next.ends_with('。'), "{problem:?}");
    }
}

/// The platform's acceptance of an operation, under a number of so many characters.
pub(super) fn accepted(operation: &Operation, characters: usize) -> ExchangeReply {
    let number = "收".repeat(characters);
    let outcome = Outcome::Accepted { at: Timestamp::UNIX_EPOCH, number };
    ExchangeReply {
        version: EXCHANGE_VERSION,
        feed: FeedId(Uuid::from_u128(5)),
        results: vec![OperationResult { id: operation.id, outcome }],
        changes: Vec::new(),
        cursor: 0,
        mark: None,
        courier: None,
        more: false,
        server_time: Timestamp::UNIX_EPOCH,
    }
}

/// Leaves the mark of a migration that this version does not know.
pub(super) async fn written_by_a_newer_version(vault: &Vault) {
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 0)",
    )
    .execute(&vault.pool)
    .await
    .unwrap();
}
