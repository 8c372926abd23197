//! When a rescue begins, and every step at which it may be killed.

use super::*;

#[tokio::test]
async fn a_rescue_that_is_killed_at_any_step_goes_on_at_the_next_opening() {
    let disk = filled().await;
    let mut bytes = disk.bytes();
    let page = bytes.len() / PAGE - 2;
    bytes[page * PAGE + 99] ^= 1;
    std::fs::write(disk.file(), &bytes).unwrap();
    let done = disk.copy();
    let vault = done.open().await.unwrap();
    let rescued = vault.applications().await.unwrap().len();
    vault.close().await;
    let aside = done.found(".damaged-")[0].clone();
    let place = done.file();
    let beside = |name: &str| done.folder.path().join(format!("vault-account.{name}"));

    // While it was being written: it is begun again.
    let half = disk.copy();
    let of_half = half.folder.path().join("vault-account.rescuing.db");
    std::fs::write(&of_half, &std::fs::read(&place).unwrap()[..3 * PAGE]).unwrap();
    std::fs::write(pages::log_path(&of_half), b"half").unwrap();
    let vault = half.open().await.unwrap();
    assert_eq!(vault.applications().await.unwrap().len(), rescued);
    vault.close().await;
    assert!(half.found("rescuing").is_empty());

    // Finished, with the damaged file and its log in place, without, and without both.
    for left in 0..3 {
        let killed = done.copy();
        let at = |path: &PathBuf| killed.folder.path().join(path.file_name().unwrap());
        std::fs::rename(killed.file(), at(&beside("rescued-20261122T000000000Z.db"))).unwrap();
        std::fs::remove_file(at(&aside)).unwrap();
        if left < 2 {
            std::fs::write(killed.file(), &bytes).unwrap();
        }
        if left < 1 {
            std::fs::write(killed.log(), b"a log of the damaged file").unwrap();
        }
        assert_eq!(accounts(killed.folder.path()).unwrap(), ["account"]);
        let vault = killed.open().await.unwrap();
        assert_eq!(vault.applications().await.unwrap().len(), rescued, "{left}");
        assert_eq!(vault.rescues().await.unwrap().len(), 1);
        vault.close().await;
        assert!(killed.found("rescued-").is_empty());
        let kept = killed.found("damaged-20261122T000000000Z");
        assert_eq!(kept.len(), 2 - left);
    }
}

#[tokio::test]
async fn a_damaged_vault_of_a_newer_version_is_left_to_that_one() {
    let disk = filled().await;
    let vault = disk.open().await.unwrap();
    written_by_a_newer_version(&vault).await;
    vault.close().await;
    let mut bytes = disk.bytes();
    let page = bytes.len() / PAGE - 2;
    bytes[page * PAGE + 99] ^= 1;
    std::fs::write(disk.file(), &bytes).unwrap();
    assert_eq!(disk.open().await.err().unwrap().problem().code, "vault.newer");
    assert_eq!(disk.bytes(), bytes);
    assert_eq!(disk.found("vault-").len(), 1, "nothing lies beside it");
}

#[tokio::test]
async fn damage_that_is_met_while_reading_is_told_and_rescued_at_the_next_opening() {
    let disk = filled().await;
    let key = SecretString::from(disk.keyring.peek("account/vault-key").unwrap());
    let vault = disk.open().await.unwrap();
    vault.close().await;
    let vault = Vault::connect(options(&disk.file(), &key)).await.unwrap();
    let mut bytes = disk.bytes();
    for page in bytes.chunks_mut(PAGE).skip(2) {
        page[50] ^= 1;
    }
    std::fs::write(disk.file(), &bytes).unwrap();
    let told = vault.applications().await.unwrap_err();
    assert!(told.is_damage(), "{told:?}");
    assert_eq!(told.problem().code, "vault.damaged");
    vault.close().await;
    let vault = disk.open().await.unwrap();
    assert_eq!(vault.rescues().await.unwrap().len(), 1);
    vault.close().await;
}
