//! Accounts: reading and making them.

use std::fmt;

use jiff::Timestamp;
use sqlx::SqliteExecutor;
use tongban_contract::numbers::CitizenId;

use crate::{Error, Result};

/// Number of an account within this platform. Clients know an account by its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type)]
#[sqlx(transparent)]
pub struct AccountId(pub i64);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An account. `Debug` shows the ID number masked.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// Random, stable name of the account for clients (`sub`).
    pub subject: String,
    /// Name of the person.
    pub name: String,
    /// The person's ID number.
    pub citizen_id: CitizenId,
    /// Assurance level the person has reached: 1, 2 or 3.
    pub assurance: u8,
    /// Whether the account may be used.
    pub active: bool,
    /// Hash of the password.
    pub(crate) password_hash: String,
}

/// What makes an account.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// Account name to sign in with.
    pub login: &'a str,
    /// Mobile telephone number.
    pub phone: &'a str,
    /// ID number.
    pub citizen_id: CitizenId,
    /// Name of the person.
    pub name: &'a str,
    /// Assurance level.
    pub assurance: u8,
    /// Whether it may be used.
    pub active: bool,
    /// Hash of the password, see [`super::passwords::hash`].
    pub password_hash: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: AccountId,
    subject: String,
    name: String,
    citizen_id: String,
    assurance: u8,
    password_hash: String,
    state: String,
}

impl TryFrom<Row> for Account {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            subject: row.subject,
            name: row.name,
            citizen_id: row
                .citizen_id
                .parse()
                .map_err(|_| Error::Stored("an account has an invalid ID number"))?,
            assurance: row.assurance,
            active: row.state == "active",
            password_hash: row.password_hash,
        })
    }
}

/// The account with this number.
pub async fn read(db: impl SqliteExecutor<'_>, id: AccountId) -> Result<Option<Account>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, subject, name, citizen_id, assurance, password_hash, state
         FROM accounts WHERE id = ?",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    row.map(Account::try_from).transpose()
}

/// The account that signs in with this text: an account name, a telephone number or an
/// ID number.
pub async fn find(db: impl SqliteExecutor<'_>, login: &str) -> Result<Option<Account>> {
    let login = normalise(login);
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, subject, name, citizen_id, assurance, password_hash, state
         FROM accounts WHERE login = ?1 OR phone = ?1 OR citizen_id = upper(?1)",
    )
    .bind(login)
    .fetch_optional(db)
    .await?;
    row.map(Account::try_from).transpose()
}

/// Adds an account unless its login is taken. Answers whether it was added.
pub async fn add(db: impl SqliteExecutor<'_>, new: NewAccount<'_>, now: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO accounts
             (subject, login, phone, citizen_id, name, assurance, password_hash, state, made_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (login) DO NOTHING",
    )
    .bind(super::secrets::random())
    .bind(new.login)
    .bind(new.phone)
    .bind(new.citizen_id.as_str())
    .bind(new.name)
    .bind(new.assurance)
    .bind(new.password_hash)
    .bind(if new.active { "active" } else { "refused" })
    .bind(now.as_millisecond())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a person typed as a login, without spaces around and between and in lower case.
pub(crate) fn normalise(login: &str) -> String {
    login.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
