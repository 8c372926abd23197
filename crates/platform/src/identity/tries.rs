//! How often a wrong password may be given: after a few, each further try waits longer.
//! Logins that nobody has are counted alike, so that the answer tells nothing.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use sqlx::SqlitePool;

use super::accounts;
use crate::{Result, keys::Keys};

/// Wrong passwords in a row that cost nothing: people mistype.
const FREE: i64 = 3;
/// Wait after the first that costs; doubled with each further one.
const FIRST_WAIT: i64 = 5;
const LONGEST_WAIT: i64 = 15 * 60;

/// Seconds that `login` must still wait, where it must.
pub(crate) async fn wait(
    pool: &SqlitePool,
    keys: &Keys,
    login: &str,
    now: Timestamp,
) -> Result<Option<i64>> {
    let next: Option<i64> =
        sqlx::query_scalar("SELECT next_try_at FROM sign_in_tries WHERE login_digest = ?")
            .bind(digest(keys, login))
            .fetch_optional(pool)
            .await?;
    let left = next.unwrap_or(0) - now.as_millisecond();
    Ok((left > 0).then_some((left + 999) / 1000))
}

/// Counts a try before its password is checked, so that many at once cannot slip through.
pub(crate) async fn count(
    pool: &SqlitePool,
    keys: &Keys,
    login: &str,
    now: Timestamp,
) -> Result<()> {
    let digest = digest(keys, login);
    let failures: i64 = sqlx::query_scalar(
        "INSERT INTO sign_in_tries (login_digest, failures, next_try_at) VALUES (?, 1, 0)
         ON CONFLICT (login_digest) DO UPDATE SET failures = failures + 1
         RETURNING failures",
    )
    .bind(&digest)
    .fetch_one(pool)
    .await?;
    sqlx::query("UPDATE sign_in_tries SET next_try_at = ? WHERE login_digest = ?")
        .bind(now.as_millisecond() + wait_after(failures) * 1000)
        .bind(&digest)
        .execute(pool)
        .await?;
    Ok(())
}

/// Forgets the tries of `login`: the password was right.
pub(crate) async fn forget(pool: &SqlitePool, keys: &Keys, login: &str) -> Result<()> {
    sqlx::query("DELETE FROM sign_in_tries WHERE login_digest = ?")
        .bind(digest(keys, login))
        .execute(pool)
        .await?;
    Ok(())
}

fn wait_after(failures: i64) -> i64 {
    match u32::try_from(failures - FREE) {
        Ok(costly) if costly > 0 => {
            FIRST_WAIT.saturating_mul(1 << (costly - 1).min(16)).min(LONGEST_WAIT)
        }
        _ => 0,
    }
}

fn digest(keys: &Keys, login: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(keys.tries.as_bytes());
    hash.update(accounts::normalise(login).as_bytes());
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::wait_after;

    #[test]
    fn mistyping_is_free_and_guessing_is_slow() {
        assert_eq!([1, 3, 4, 5, 6].map(wait_after), [0, 0, 5, 10, 20]);
        assert_eq!(wait_after(40), 900);
    }
}
