//! A disk that is full or read-only, at any write.

use super::*;

/// Everything in a vault, as text.
async fn everything(vault: &Vault) -> Vec<String> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT t.name, group_concat('quote(' || c.name || ')', ' || ')
         FROM sqlite_schema t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_%' ESCAPE '\\' AND t.name <> 'sqlite_stat1'
         GROUP BY t.name ORDER BY t.name",
    )
    .fetch_all(&vault.pool)
    .await
    .unwrap();
    let mut all = Vec::new();
    for (table, columns) in columns {
        let rows = format!("SELECT {columns} FROM {table} ORDER BY 1");
        let rows: Vec<Option<String>> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(rows)).fetch_all(&vault.pool).await.unwrap();
        all.extend(rows.into_iter().map(|row| format!("{table} {row:?}")));
    }
    all
}

/// What commands write, one after the other.
const WRITES: usize = 8;

async fn write(vault: &Vault, number: usize) -> Result<(), VaultError> {
    let mut draft = application(50);
    draft.answers = json!({ "reason": "长".repeat(5000) });
    let case = draft.case;
    let bytes = vec![3; 40_000];
    let attachment = attached(case, &bytes);
    let operation = submission(&draft, &attachment);
    let now = Timestamp::UNIX_EPOCH;
    match number {
        0 => vault.add_application(&draft).await,
        1 => {
            let longer = json!({ "reason": "长".repeat(15_000) });
            vault.keep_statement(case, &BTreeMap::new(), &longer, now).await
        }
        2 => vault.attach(case, &attachment, &bytes).await,
        3 => vault.file(&operation, &Receipt::new(case, &operation, vec!["图".repeat(3000)])).await,
        4 => vault.mark_sending(std::slice::from_ref(&operation)).await.map(drop),
        5 => {
            let far = "/".repeat(9000);
            let digest = Digest::from_bytes(&Sha256::digest(&bytes).into());
            vault.keep_upload_location(&digest, Some(&far)).await
        }
        6 => vault
            .apply(std::slice::from_ref(&operation), &accepted(&operation, 3000), now)
            .await
            .map(drop),
        _ => vault.withdraw(case, &super::tests::withdrawal(case)).await,
    }
}

#[tokio::test]
async fn a_disk_that_is_full_at_any_write_is_told_and_leaves_all_as_it_was() {
    let disk = filled().await;
    let vault = disk.open().await.unwrap();
    let mut refused = [0; WRITES];
    for (number, refused) in refused.iter_mut().enumerate() {
        let before = everything(&vault).await;
        for pages_left in 0..200 {
            fill_disk(&vault, pages_left).await;
            let written = write(&vault, number).await;
            set_most_pages(&vault, 1_000_000).await;
            match written {
                Ok(()) => break,
                Err(error) => {
                    assert_eq!(error.problem().code, "device.full", "{number}: {error:?}")
                }
            }
            assert_eq!(everything(&vault).await, before, "write {number}, {pages_left} pages left");
            *refused += 1;
        }
        assert_ne!(everything(&vault).await, before, "write {number} is done in the end");
    }
    let full = refused.iter().filter(|refused| **refused > 0).count();
    assert!(full >= 6, "{refused:?}");
    vault.close().await;
}

#[tokio::test]
async fn a_disk_that_may_not_be_written_to_is_told_and_leaves_all_as_it_was() {
    let disk = filled().await;
    let vault = disk.open().await.unwrap();
    for number in 0..WRITES {
        let before = everything(&vault).await;
        sqlx::query("PRAGMA query_only = ON").execute(&vault.pool).await.unwrap();
        let told = write(&vault, number).await.unwrap_err();
        assert_eq!(told.problem().code, "device.read-only", "{number}");
        assert_eq!(everything(&vault).await, before);
        sqlx::query("PRAGMA query_only = OFF").execute(&vault.pool).await.unwrap();
        write(&vault, number).await.unwrap();
    }
    vault.close().await;
}

/// Folders of the kernel's own, in which nobody may make a file, not even root.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_in_which_no_file_can_be_made_is_told_as_that() {
    let key = SecretString::from("00".repeat(32));
    for folder in ["/proc", "/sys"] {
        let opened =
            Vault::open(Path::new(folder), "account", &key, None, Timestamp::UNIX_EPOCH).await;
        assert_eq!(opened.err().unwrap().problem().code, "device.read-only", "{folder}");
        let made = std::fs::File::create(Path::new(folder).join("spare")).unwrap_err();
        if folder == "/sys" {
            assert_eq!(VaultError::Backup(made).problem().code, "device.read-only");
        }
    }
}

/// `/dev/full` is a disk that is always full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_is_full_while_a_damaged_vault_is_read_is_told_as_that() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    fill(&vault).await;
    let died = disk.copy();
    vault.close().await;
    let key = SecretString::from(disk.keyring.peek("account/vault-key").unwrap());
    let look = pages::look(&died.file(), &key, None).unwrap();
    let failed = pages::merge(&died.file(), &look.log, Path::new("/dev/full")).unwrap_err();
    assert_eq!(VaultError::Backup(failed).problem().code, "device.full");
}
