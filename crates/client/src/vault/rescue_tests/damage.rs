//! Damaged pages, a file that is cut off or something else, and a key that does not fit.

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
        let look = pages::look(&disk.file(), &key).unwrap();
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
    assert!(!pages::look(&disk.file(), &key).unwrap().is_damaged());
}

#[tokio::test]
async fn a_file_that_is_cut_off_empty_or_something_else_leaves_an_app_that_opens() {
    let disk = filled().await;
    let whole = disk.bytes();
    let pages = whole.len() / PAGE;
    let mut garbage = vec![0; whole.len()];
    rand::fill(&mut garbage[..]);
    let mut cases = vec![Vec::new(), garbage, vec![0; PAGE], whole[..10].to_vec()];
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
async fn a_wrong_key_moves_the_vault_aside_as_it_is() {
    let disk = filled().await;
    let whole = disk.bytes();
    let wrong = SecretString::from("00".repeat(32));
    let at = Timestamp::UNIX_EPOCH;
    let vault = Vault::open(disk.folder.path(), "account", &wrong, at).await.unwrap();
    assert!(!vault.rescues().await.unwrap()[0].readable);
    assert_eq!(std::fs::read(&disk.found(".damaged-")[0]).unwrap(), whole);
    vault.close().await;
}
