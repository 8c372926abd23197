//! The keys with which devices sign their couriers, named by the devices themselves while
//! somebody is signed in there.

use sqlx::{SqliteConnection, SqlitePool};
use tongban_contract::courier::{CourierKey, CourierRegistration};

use crate::{
    Error, Platform, Result,
    extract::Bearer,
    identity::{AccountId, accounts},
};

/// Keys of one account: far more than anybody has devices. The one that was named the
/// longest ago gives way.
const MOST_KEYS: i64 = 30;

/// Whom a courier is from.
pub(crate) struct Owner {
    /// As the exchange would know them.
    pub(crate) bearer: Bearer,
    /// Whether the account may be used.
    pub(crate) active: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    account: AccountId,
    state: String,
    acr: u8,
    client: String,
}

/// Keeps a key of the account that is signed in, within the caller's transaction, and
/// answers what the device is told.
pub(crate) async fn register(
    connection: &mut SqliteConnection,
    platform: &Platform,
    who: &Bearer,
    key: CourierKey,
) -> Result<CourierRegistration> {
    sqlx::query(
        "INSERT INTO courier_keys (account, key, acr, client, named_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (account, key) DO UPDATE SET acr = excluded.acr, client = excluded.client,
             named_at = excluded.named_at",
    )
    .bind(who.account)
    .bind(key.as_str())
    .bind(who.acr)
    .bind(&who.client)
    .bind(platform.now().as_millisecond())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM courier_keys WHERE account = ?1 AND key NOT IN
             (SELECT key FROM courier_keys WHERE account = ?1
              ORDER BY named_at DESC, key LIMIT ?2)",
    )
    .bind(who.account)
    .bind(MOST_KEYS)
    .execute(&mut *connection)
    .await?;
    let account = accounts::read(connection, who.account)
        .await?
        .ok_or(Error::Stored("an account that is signed in is missing"))?;
    Ok(CourierRegistration { key, account: account.subject })
}

/// The owner of a courier that names this account and was signed with this key.
pub(super) async fn owner(
    pool: &SqlitePool,
    subject: &str,
    key: &CourierKey,
) -> Result<Option<Owner>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT k.account, a.state, min(k.acr, a.assurance) AS acr, k.client
         FROM courier_keys k JOIN accounts a ON a.id = k.account
         WHERE a.subject = ?1 AND k.key = ?2",
    )
    .bind(subject)
    .bind(key.as_str())
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Owner {
        bearer: Bearer {
            account: row.account,
            acr: row.acr,
            client: row.client,
            // What a courier brings asks for no scope.
            scope: String::new(),
        },
        active: row.state == "active",
    }))
}
