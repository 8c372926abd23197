//! Damaged pages, a file that is cut off or empty, and a key that does not fit.

use super::*;

#[tokio::test]
async fn every_page_may_be_damaged_and_the_rest_is_rescued_and_told() {
    let disk = filled().await;
    let whole = disk.bytes();
    let pages = whole.len() / PAGE;
    let (mut unread, mut rescued) = (0, 0);
    for page in 0..pages {
        let hurt = disk.copy();
        let mut bytes = whole.clone();
        bytes[page * PAGE + 20 + page * 97 % 4000] ^= 0x20;
        std::fs::write(hurt.file(), &bytes).unwrap();
        let vault = hurt.open().await.unwrap();
        let at = format!("page {} of {pages}", page + 1);
        let there = assert_sound(&vault, &at).await;
        let feed = vault.feed().await.unwrap();
        assert!(feed.feed.is_none() && feed.cursor == 0, "{at}: the feed is read again");
        let notices = vault.rescues().await.unwrap();
        assert_eq!(notices.len(), 1, "{at}");
        if notices[0].readable && there > 0 {
            rescued += there
        } else {
            unread += 1
        }
        let kept = hurt.found(".damaged-");
        assert_eq!(kept.len(), 1);
        assert!(kept[0].ends_with(&notices[0].kept_as));
        assert_eq!(
            std::fs::read(&kept[0]).unwrap(),
            bytes,
            "{at}: the damaged file was written to"
        );

        vault.dismiss_rescues().await.unwrap();
        vault.close().await;
        let vault = hurt.open().await.unwrap();
        assert!(vault.rescues().await.unwrap().is_empty(), "{at}: it was rescued twice");
        assert_eq!(vault.applications().await.unwrap().len(), there);
        vault.close().await;
    }
    // The first page, the pages of the schema, and the root of the applications.
    assert!(unread <= 6, "{unread} of {pages} pages took everything with them");
    assert!(rescued >= (pages - unread) * 5, "{rescued} on {pages} pages");
}

#[tokio::test]
async fn rows_on_both_sides_of_a_damaged_page_are_rescued() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    let all = 60;
    for number in 1..=all {
        vault.add_application(&application(number)).await.unwrap();
    }
    vault.close().await;
    let whole = disk.bytes();
    let mut fewest = Vec::new();
    for page in 0..whole.len() / PAGE {
        let hurt = disk.copy();
        let mut bytes = whole.clone();
        bytes[page * PAGE + 2000] ^= 1;
        std::fs::write(hurt.file(), &bytes).unwrap();
        let vault = hurt.open().await.unwrap();
        let there = vault.applications().await.unwrap().len();
        let notice = vault.rescues().await.unwrap().remove(0);
        assert!(there == 60 || notice.unsure || notice.lost_drafts > 0 || !notice.readable);
        assert_eq!(notice.drafts as usize, there);
        fewest.push(there);
        vault.close().await;
    }
    // All is gone with the first page, those of the schema and the root of the table; with
    // any other page there go the few applications on it.
    let gone = fewest.iter().filter(|there| **there == 0).count();
    assert!(gone <= 5, "{fewest:?}");
    assert!(fewest.iter().all(|there| *there == 0 || *there >= 52), "{fewest:?}");
    assert!(fewest.iter().any(|there| (52..60).contains(there)), "{fewest:?}");
}

#[tokio::test]
async fn a_damaged_page_is_found_where_sqlcipher_finds_it() {
    let disk = filled().await;
    let key = SecretString::from(disk.keyring.peek("account/vault-key").unwrap());
    let whole = disk.bytes();
    for page in [1, 2, 7, whole.len() / PAGE - 1] {
        let mut bytes = whole.clone();
        bytes[page * PAGE + 4090] ^= 1;
        std::fs::write(disk.file(), &bytes).unwrap();
        let look = pages::look(&disk.file(), &key, None).unwrap();
        assert!(look.first && look.is_damaged());
        assert_eq!(look.bad, 1);
        let options = options(&disk.file(), &key).read_only(true).immutable(true);
        let options = options.journal_mode(SqliteJournalMode::Off);
        let vault = Vault::connect(options).await.unwrap();
        let found: Vec<String> = sqlx::query_scalar("PRAGMA cipher_integrity_check")
            .fetch_all(&vault.pool)
            .await
            .unwrap();
        assert_eq!(found, [format!("HMAC verification failed for page {}", page + 1)]);
        vault.close().await;
    }
    std::fs::write(disk.file(), &whole).unwrap();
    assert!(!pages::look(&disk.file(), &key, None).unwrap().is_damaged());
}

#[tokio::test]
async fn a_file_that_is_cut_off_or_empty_leaves_an_app_that_opens() {
    let disk = filled().await;
    let whole = disk.bytes();
    let pages = whole.len() / PAGE;
    let zeros = vec![0; whole.len()];
    let mut cases = vec![Vec::new(), zeros, vec![0; PAGE], whole[..10].to_vec()];
    cases.extend([1, pages / 3, pages / 2, pages - 1].map(|page| whole[..page * PAGE].to_vec()));
    cases.extend([pages / 2, pages - 1].map(|page| whole[..page * PAGE + 700].to_vec()));
    for bytes in cases {
        let hurt = disk.copy();
        std::fs::write(hurt.file(), &bytes).unwrap();
        let vault = hurt.open().await.unwrap();
        assert_sound(&vault, &format!("cut at {}", bytes.len())).await;
        assert_eq!(vault.rescues().await.unwrap().len(), 1, "{}", bytes.len());
        assert_eq!(std::fs::read(&hurt.found(".damaged-")[0]).unwrap(), bytes);
        fill_one_more(&vault).await;
        vault.close().await;
    }
}

async fn fill_one_more(vault: &Vault) {
    vault.add_application(&application(99)).await.unwrap();
}

#[tokio::test]
async fn a_withdrawal_that_waits_is_rescued_or_told_and_what_was_accepted_stays_filed() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    let draft = application(1);
    vault.add_application(&draft).await.unwrap();
    let attachment = attached(draft.case, &[1; 9000]);
    vault.attach(draft.case, &attachment, &[1; 9000]).await.unwrap();
    let filing = submission(&draft, &attachment);
    vault.file(&filing, &Receipt::new(draft.case, &filing, vec![])).await.unwrap();
    let sent = std::slice::from_ref(&filing);
    vault.apply(sent, &accepted(&filing, 9), Timestamp::UNIX_EPOCH).await.unwrap();
    let withdrawal = super::super::tests::withdrawal(draft.case);
    vault.withdraw(draft.case, &withdrawal).await.unwrap();
    vault.close().await;
    let whole = disk.bytes();
    let (mut kept, mut lost) = (0, 0);
    for page in 0..whole.len() / PAGE {
        let hurt = disk.copy();
        let mut bytes = whole.clone();
        bytes[page * PAGE + 2000] ^= 1;
        std::fs::write(hurt.file(), &bytes).unwrap();
        let vault = hurt.open().await.unwrap();
        let notice = vault.rescues().await.unwrap().remove(0);
        let is_told = notice.unsure || !notice.readable;
        if vault.outbox().await.unwrap().iter().any(|one| one.operation == withdrawal) {
            kept += 1;
        } else {
            assert!(is_told, "page {}: {notice:?}", page + 1);
            lost += 1;
        }
        let found = vault.application(draft.case).await.unwrap();
        let is_filed = found.is_some_and(|found| found.stage == Stage::Filed);
        assert!(is_filed || is_told || notice.lost_filed + notice.reopened > 0, "page {page}");
        vault.close().await;
    }
    assert!(kept > lost && lost > 5, "{kept} kept, {lost} lost");
}

async fn opened(disk: &Disk, key: &SecretString) -> Result<Vault, VaultError> {
    let folder = disk.folder.path();
    Vault::open(folder, "account", key, None, Timestamp::UNIX_EPOCH).await
}

fn right_key(disk: &Disk) -> SecretString {
    SecretString::from(disk.keyring.peek("account/vault-key").unwrap())
}

#[tokio::test]
async fn a_wrong_key_touches_nothing_and_the_right_one_opens_all_again() {
    let closed = filled().await;
    let vault = closed.open().await.unwrap();
    vault.add_application(&application(50)).await.unwrap();
    // One whose log a crash left, and one that was closed.
    let died = closed.copy();
    vault.close().await;
    let wrong = SecretString::from("00".repeat(32));
    for disk in [&closed, &died] {
        let (whole, files) = (disk.bytes(), disk.found("vault-"));
        let told = opened(disk, &wrong).await.err().expect("it does not open").problem();
        assert_eq!(told.code, "vault.key-mismatch");
        assert_eq!((disk.bytes(), disk.found("vault-")), (whole, files));
        let vault = opened(disk, &right_key(disk)).await.unwrap();
        assert_eq!(vault.applications().await.unwrap().len(), 7);
        assert!(vault.rescues().await.unwrap().is_empty());
        vault.close().await;
    }
}

#[tokio::test]
async fn a_vault_moved_aside_without_its_key_comes_back_with_it_also_after_a_crash() {
    let disk = filled().await;
    let vault = disk.open().await.unwrap();
    vault.add_application(&application(50)).await.unwrap();
    // What was added last is in the log only.
    let (whole, crashed) = (disk.copy(), disk.copy());
    vault.close().await;
    move_aside(whole.folder.path(), "account", Timestamp::UNIX_EPOCH).await.unwrap();
    let aside = crashed.folder.path().join("vault-account.damaged-19700101T000000000Z.db");
    std::fs::rename(crashed.file(), &aside).unwrap();
    for disk in [&whole, &crashed] {
        let other = SecretString::from("00".repeat(32));
        let vault = opened(disk, &other).await.unwrap();
        assert!(vault.applications().await.unwrap().is_empty());
        vault.close().await;
        let vault = opened(disk, &right_key(disk)).await.unwrap();
        assert_eq!(vault.applications().await.unwrap().len(), 7);
        assert!(vault.rescues().await.unwrap()[0].readable);
        vault.close().await;
    }
}

#[tokio::test]
async fn a_vault_of_which_only_the_salt_is_damaged_is_not_taken_for_anothers() {
    let disk = filled().await;
    let salt = pages::salt(&disk.file()).unwrap();
    let mut bytes = disk.bytes();
    bytes[..16].fill(0);
    std::fs::write(disk.file(), &bytes).unwrap();
    let key = right_key(&disk);
    assert_eq!(opened(&disk, &key).await.err().unwrap().problem().code, "vault.key-mismatch");
    let folder = disk.folder.path();
    let vault = Vault::open(folder, "account", &key, salt, Timestamp::UNIX_EPOCH).await.unwrap();
    assert!(!vault.rescues().await.unwrap()[0].readable);
    vault.close().await;
}

#[tokio::test]
async fn a_vault_that_was_moved_aside_comes_back_with_its_key() {
    let closed = filled().await;
    let vault = closed.open().await.unwrap();
    vault.add_application(&application(50)).await.unwrap();
    let died = closed.copy();
    vault.close().await;
    let wrong = SecretString::from("00".repeat(32));
    for disk in [&closed, &died] {
        // As an earlier version did, which began a new vault with whatever key it had.
        let aside = disk.folder.path().join("vault-account.damaged-20261122T000000000Z.db");
        std::fs::rename(disk.file(), &aside).unwrap();
        if disk.log().exists() {
            std::fs::rename(disk.log(), pages::log_path(&aside)).unwrap();
        }
        let vault = opened(disk, &wrong).await.unwrap();
        vault.add_application(&application(60)).await.unwrap();
        vault.close().await;

        let vault = opened(disk, &right_key(disk)).await.unwrap();
        assert_eq!(vault.applications().await.unwrap().len(), 7);
        let told = vault.rescues().await.unwrap().remove(0);
        assert!(told.unsure && told.drafts == 4 && told.filed == 3, "{told:?}");
        vault.close().await;
        // What was written meanwhile is kept, and comes back with its own key.
        assert!(disk.folder.path().join(&told.kept_as).exists());
        let vault = opened(disk, &wrong).await.unwrap();
        assert_eq!(vault.applications().await.unwrap().len(), 1);
        vault.close().await;
    }
}
