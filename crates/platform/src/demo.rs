//! The people of a demonstration. They are made up; their ID numbers are the published
//! examples of the standard, and their telephone numbers are not given to anyone.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::SqlitePool;
use tongban_contract::numbers::CitizenId;

use crate::{
    Error, Result,
    catalogue::Catalogue,
    identity::{
        accounts::{self, NewAccount},
        passwords,
    },
};

/// Password of everybody in a demonstration.
pub const PASSWORD: &str = "demo-2026";

/// A citizen of the demonstration, as the sign-in page names them.
pub struct Citizen {
    /// Account name.
    pub login: &'static str,
    /// Name of the person.
    pub name: &'static str,
    /// What to know about the account.
    pub note: &'static str,
    phone: &'static str,
    citizen_id: &'static str,
    assurance: u8,
    active: bool,
}

/// The citizens of the demonstration.
pub const CITIZENS: [Citizen; 3] = [
    Citizen {
        login: "lixiulan",
        name: "李秀兰",
        note: "高级实名",
        phone: "10000000001",
        citizen_id: "34052419800101001X",
        assurance: 3,
        active: true,
    },
    Citizen {
        login: "wangjianguo",
        name: "王建国",
        note: "初级实名",
        phone: "10000000002",
        citizen_id: "11010519491231002X",
        assurance: 2,
        active: true,
    },
    Citizen {
        login: "zhaotingyong",
        name: "赵庭勇",
        note: "已停用的账号，用来看登录被拒绝时的提示",
        phone: "10000000003",
        citizen_id: "110101199003070011",
        assurance: 2,
        active: false,
    },
];

/// Adds the people who are not there yet: citizens, and staff for every department that
/// the flows name.
pub async fn seed(pool: &SqlitePool, catalogue: &Catalogue, now: Timestamp) -> Result<()> {
    let mut citizens = Vec::new();
    for citizen in &CITIZENS {
        if accounts::find(pool, citizen.login).await?.is_none() {
            citizens.push(citizen);
        }
    }
    let known: Vec<String> = sqlx::query_scalar("SELECT login FROM staff").fetch_all(pool).await?;
    let staff: Vec<String> = departments(catalogue)
        .into_iter()
        .filter(|department| !known.contains(department))
        .collect();
    if citizens.is_empty() && staff.is_empty() {
        return Ok(());
    }
    // One hash for all: they share the password that the sign-in page tells everyone.
    let hash = passwords::hash(PASSWORD.to_owned()).await?;
    seed_citizens(pool, &citizens, &hash, now).await?;
    seed_staff(pool, &staff, &hash, now).await
}

async fn seed_citizens(
    pool: &SqlitePool,
    missing: &[&Citizen],
    hash: &str,
    now: Timestamp,
) -> Result<()> {
    for citizen in missing {
        let citizen_id: CitizenId = citizen.citizen_id.parse().map_err(|_| {
            Error::Stored("a citizen of the demonstration has an invalid ID number")
        })?;
        accounts::add(
            pool,
            NewAccount {
                login: citizen.login,
                phone: citizen.phone,
                citizen_id,
                name: citizen.name,
                assurance: citizen.assurance,
                active: citizen.active,
                password_hash: hash.to_owned(),
            },
            now,
        )
        .await?;
    }
    Ok(())
}

/// Departments that the flows name, and the office that takes applications in.
pub fn departments(catalogue: &Catalogue) -> BTreeSet<String> {
    let flows = catalogue.items.values().filter_map(|source| source.flow.as_ref());
    flows.flat_map(|flow| flow.departments().map(str::to_owned)).collect()
}

async fn seed_staff(
    pool: &SqlitePool,
    missing: &[String],
    hash: &str,
    now: Timestamp,
) -> Result<()> {
    for department in missing {
        sqlx::query(
            "INSERT INTO staff (login, name, department, password_hash, made_at)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(department)
        .bind(format!("{department}经办人"))
        .bind(department)
        .bind(hash)
        .bind(now.as_millisecond())
        .execute(pool)
        .await?;
    }
    Ok(())
}
