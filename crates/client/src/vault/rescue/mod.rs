//! Rescuing a damaged vault: everything that can be read goes into a new file with the same
//! key, and the damaged one is moved aside. It is never written to and never deleted.
//!
//! Whenever the process ends, what lies at the vault's place is the damaged file, or the
//! finished new one, or nothing while a finished one waits beside it for its name; the next
//! opening goes on from there:
//!
//! 1. `vault-A.rescuing.db` is written. Found at an opening, it is half, and goes.
//! 2. Finished and on the disk, it becomes `vault-A.rescued-T.db`. Found at an opening, it is
//!    whole, and the steps that follow are done (again).
//! 3. `vault-A.db` and its log become `vault-A.damaged-T.db` and its log.
//! 4. `vault-A.rescued-T.db` becomes `vault-A.db`. A log of another file must not lie beside
//!    it by then: SQLite would apply it.
//!
//! - `source` reads around damaged pages, `copy` carries over, `mend` makes a whole of it.

mod copy;
mod mend;
mod source;

use std::{
    collections::BTreeSet,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::fs;
use tongban_contract::page::RescueView;

use super::{
    Vault, VaultError, notices,
    pages::{self, Look},
    vault_path,
};
use source::Source;

/// Ends a rescue, or a moving aside, that a crash left in the middle.
pub(super) async fn finish(directory: &Path, account: &str) -> Result<(), VaultError> {
    let begun = begun(directory, account).map_err(VaultError::Backup)?;
    for half in begun.half {
        remove(&half).await?;
    }
    let finished = match begun.finished {
        Some(stamp) => put_in_place(directory, account, &stamp).await,
        None => let_log_follow(directory, account).await,
    };
    finished.map_err(VaultError::Backup)
}

/// Rescues what can be read of a damaged vault, and puts the new one in its place.
///
/// # Errors
/// Where a newer version wrote it, or the disk is full or cannot be written to: then the
/// damaged file is where it was, as it was.
pub(super) async fn rescue(
    directory: &Path,
    account: &str,
    key: &SecretString,
    look: &Look,
    now: Timestamp,
) -> Result<(), VaultError> {
    let stamp = stamp(directory, account, now);
    let half = beside(directory, account, "rescuing");
    let merged = beside(directory, account, "reading");
    tracing::warn!(pages = look.bad, first = look.first, "a vault is damaged");
    let place = vault_path(directory, account);
    let kept_as = file_name(&beside(directory, account, &format!("damaged-{stamp}")));
    let built = build(&place, &merged, &half, key, look, &kept_as, now).await;
    remove(&merged).await?;
    if let Err(error) = built {
        remove(&half).await?;
        return Err(error);
    }
    let named = name_and_put_in_place(directory, account, &stamp, &half).await;
    named.map_err(VaultError::Backup)
}

/// Puts the newest vault that was moved aside and is whole with this key into the place of one
/// of another key, which is moved aside instead, and answers its new name. Nothing where there
/// is no such vault.
pub(super) async fn bring_back(
    directory: &Path,
    account: &str,
    key: &SecretString,
    now: Timestamp,
) -> Result<Option<String>, VaultError> {
    for aside in moved_aside(directory, account).map_err(VaultError::Backup)? {
        let look = super::look(&aside, key, None).await?;
        if look.is_damaged() || look.is_of_another_key() {
            continue;
        }
        tracing::warn!("a vault that was moved aside fits the key and is brought back");
        let stamp = stamp(directory, account, now);
        let half = beside(directory, account, "rescuing");
        // As a copy that needs no log: what was moved aside stays as it is.
        let moved = async {
            if look.log.is_empty() {
                fs::copy(&aside, &half).await?;
            } else {
                pages::merge(&aside, &look.log, &half)?;
            }
            name_and_put_in_place(directory, account, &stamp, &half).await
        };
        moved.await.map_err(VaultError::Backup)?;
        return Ok(Some(file_name(&beside(directory, account, &format!("damaged-{stamp}")))));
    }
    Ok(None)
}

/// Moves a vault aside whose key is gone, as it is: should its key come back, [`bring_back`]
/// finds it. The file goes first, and its log after it: where a crash comes between the two,
/// the log lies at the place of no file, and the next opening has it follow.
///
/// # Errors
/// Where the files cannot be moved.
pub(crate) async fn move_aside(
    directory: &Path,
    account: &str,
    now: Timestamp,
) -> Result<(), VaultError> {
    finish(directory, account).await?;
    let aside = beside(directory, account, &format!("damaged-{}", stamp(directory, account, now)));
    let moved = async {
        fs::rename(vault_path(directory, account), aside).await?;
        sync_folder(directory).await?;
        let_log_follow(directory, account).await
    };
    moved.await.map_err(VaultError::Backup)
}

/// Puts a log that lies at the place of no file beside the file that was moved aside last
/// without its own.
async fn let_log_follow(directory: &Path, account: &str) -> io::Result<()> {
    let place = vault_path(directory, account);
    let log = pages::log_path(&place);
    if place.exists() || !log.exists() {
        return Ok(());
    }
    let mut aside = moved_aside(directory, account)?.into_iter();
    let Some(aside) = aside.find(|path| !pages::log_path(path).exists()) else { return Ok(()) };
    fs::rename(log, pages::log_path(&aside)).await?;
    sync_folder(directory).await
}

/// Tells whose file it was that is aside now.
pub(super) async fn tell_of_bringing_back(
    vault: &Vault,
    kept_as: String,
    now: Timestamp,
) -> Result<(), VaultError> {
    let (drafts, filed) = there(vault).await?;
    // What was written meanwhile is in the other file.
    let unsure = true;
    let notice = RescueView {
        at: now,
        kept_as,
        readable: true,
        drafts,
        filed,
        unsure,
        ..Default::default()
    };
    notices::add(&vault.pool, &notice).await
}

/// Vaults of an account that were moved aside, newest first.
fn moved_aside(directory: &Path, account: &str) -> io::Result<Vec<PathBuf>> {
    let own = format!("vault-{account}.damaged-");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let name = file_name(&path);
        if name.starts_with(&own) && name.ends_with(".db") {
            found.push(path);
        }
    }
    found.sort();
    found.reverse();
    Ok(found)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Gives a finished vault its name (step 2), and does the steps that follow.
async fn name_and_put_in_place(
    directory: &Path,
    account: &str,
    stamp: &str,
    half: &Path,
) -> io::Result<()> {
    fs::File::open(half).await?.sync_all().await?;
    fs::rename(half, beside(directory, account, &format!("rescued-{stamp}"))).await?;
    sync_folder(directory).await?;
    put_in_place(directory, account, stamp).await
}

/// Applications in a vault: drafts, and those that were filed.
async fn there(vault: &Vault) -> Result<(u32, u32), VaultError> {
    let there: (i64, i64) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE stage = 'draft'), count(*) FILTER (WHERE stage = 'filed')
         FROM application",
    )
    .fetch_one(&vault.pool)
    .await?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok((count(there.0), count(there.1)))
}

/// Writes the new vault.
async fn build(
    place: &Path,
    merged: &Path,
    half: &Path,
    key: &SecretString,
    look: &Look,
    kept_as: &str,
    now: Timestamp,
) -> Result<(), VaultError> {
    let readable = if look.log.is_empty() { place } else { merged };
    if !look.log.is_empty() && look.first {
        pages::merge(place, &look.log, merged).map_err(VaultError::Backup)?;
    }
    let vault = Vault::create(half, key).await?;
    let mut source = look.first.then(|| Source::new(readable, key));
    let carried = carry_over(source.as_mut(), &vault, look, kept_as, now).await;
    if let Some(source) = &mut source {
        source.close().await;
    }
    vault.close().await;
    carried
}

async fn carry_over(
    source: Option<&mut Source>,
    vault: &Vault,
    look: &Look,
    kept_as: &str,
    now: Timestamp,
) -> Result<(), VaultError> {
    let mut notice = RescueView { at: now, kept_as: kept_as.to_owned(), ..RescueView::default() };
    let mut readable = None;
    if let Some(source) = source {
        match copy::tables(source).await {
            Ok(tables) => readable = Some((source, tables)),
            Err(error) if error.is_damage() => {}
            Err(error) => return Err(error),
        }
    }
    if let Some((source, tables)) = readable {
        let known: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_schema").fetch_all(&vault.pool).await?;
        if copy::is_newer(source, &tables, &BTreeSet::from_iter(known)).await {
            return Err(VaultError::Newer);
        }
        let lost = copy::copy(source, &vault.pool).await?;
        let mut transaction = vault.pool.begin().await?;
        let mended = mend::mend(&mut transaction).await?;
        transaction.commit().await?;
        let (drafts, filed) = there(vault).await?;
        notice = RescueView {
            readable: true,
            drafts,
            filed,
            lost_drafts: lost.drafts,
            lost_filed: lost.filed,
            lost_files: lost.files + mended.files,
            held_back: mended.held_back,
            reopened: mended.reopened,
            unsure: lost.unsure || mended.unreadable > 0 || look.log.is_torn(),
            ..notice
        };
    }
    notices::add(&vault.pool, &notice).await
}

/// What a crash left of a rescue.
#[derive(Default)]
struct Begun {
    half: Vec<PathBuf>,
    /// When the finished one was begun, as its name says.
    finished: Option<String>,
}

fn begun(directory: &Path, account: &str) -> io::Result<Begun> {
    let mut begun = Begun::default();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let own = name.to_str().and_then(|name| name.strip_prefix(&format!("vault-{account}.")));
        let Some(own) = own else { continue };
        if ["rescuing.", "reading.", "new."].iter().any(|half| own.starts_with(half)) {
            begun.half.push(entry.path());
        } else if let Some(stamp) =
            own.strip_prefix("rescued-").and_then(|own| own.strip_suffix(".db"))
        {
            begun.finished = Some(stamp.to_owned());
        }
    }
    Ok(begun)
}

/// Steps 3 and 4.
async fn put_in_place(directory: &Path, account: &str, stamp: &str) -> io::Result<()> {
    let place = vault_path(directory, account);
    let aside = beside(directory, account, &format!("damaged-{stamp}"));
    for (from, to) in
        [(pages::log_path(&place), pages::log_path(&aside)), (place.clone(), aside.clone())]
    {
        match fs::rename(from, to).await {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    fs::rename(beside(directory, account, &format!("rescued-{stamp}")), &place).await?;
    sync_folder(directory).await
}

/// A name for the damaged file that no other has.
fn stamp(directory: &Path, account: &str, now: Timestamp) -> String {
    let mut at = now;
    loop {
        let stamp = at.strftime("%Y%m%dT%H%M%S%3fZ").to_string();
        if !beside(directory, account, &format!("damaged-{stamp}")).exists() {
            return stamp;
        }
        at += SignedDuration::from_millis(1);
    }
}

/// A file beside the vault that is none: accounts have no dot in their name.
pub(super) fn beside(directory: &Path, account: &str, what: &str) -> PathBuf {
    directory.join(format!("vault-{account}.{what}.db"))
}

/// Removes a file of our own making and its log, where there is one.
async fn remove(path: &Path) -> Result<(), VaultError> {
    for path in [pages::log_path(path), path.to_owned()] {
        match fs::remove_file(path).await {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(VaultError::Backup(error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Makes new names survive a power cut.
pub(super) async fn sync_folder(directory: &Path) -> io::Result<()> {
    // Windows cannot open a folder; it writes names at once.
    if cfg!(unix) { fs::File::open(directory).await?.sync_all().await } else { Ok(()) }
}
