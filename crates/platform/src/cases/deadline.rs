//! Supervision of limits (电子监察): a warning before a limit ends and one after it was
//! missed, each told once and kept. Which warnings a case has is a pure function;
//! [`watch`] writes them down.

use jiff::{Timestamp, civil::Date};
use sqlx::{FromRow, SqliteConnection, SqliteExecutor};
use tongban_contract::calendar::WorkingDays;

use super::{clock::Clock, record::CaseRecord, store};
use crate::{Platform, Result};

/// Working days before the end at which a limit is near.
const NEAR_DAYS: u32 = 1;

/// A limit that comes near or was missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Which limit: `acceptance`, `case`, `special` or `step-N`.
    pub subject: String,
    /// `near` or `missed`.
    pub kind: &'static str,
    /// Department that must act.
    pub department: String,
    /// Day on which the limit ends.
    pub due: Date,
    /// One sentence for the department.
    pub sentence: String,
}

/// The warnings of a case as it stands on `today`.
pub fn warnings(case: &CaseRecord, calendar: &WorkingDays, today: Date) -> Vec<Warning> {
    let first = case.flow.first_department();
    let mut limits: Vec<(String, &str, String, &Clock)> = vec![
        ("acceptance".to_owned(), first, "受理".to_owned(), &case.acceptance),
        ("case".to_owned(), first, "全件办结".to_owned(), &case.clock),
    ];
    if let Some(special) = &case.special {
        limits.push((
            "special".to_owned(),
            &special.department,
            "特别程序".to_owned(),
            &special.clock,
        ));
    }
    for (at, step) in case.open_steps() {
        limits.push((format!("step-{at}"), &step.department, step.name.clone(), &step.clock));
    }
    limits
        .into_iter()
        .filter_map(|(subject, department, name, clock)| {
            let due = clock.due(calendar)?.date;
            let (kind, sentence) = if today > due {
                ("missed", format!("“{name}”应于 {due} 前办完，已经超期。"))
            } else if calendar.between(today, due) <= near_days(clock) {
                ("near", format!("“{name}”应于 {due} 前办完，请抓紧。"))
            } else {
                return None;
            };
            Some(Warning { subject, kind, department: department.to_owned(), due, sentence })
        })
        .collect()
}

/// A limit that is short from the start is near only on its last day.
fn near_days(clock: &Clock) -> u32 {
    match clock {
        Clock::Running { days, .. } if *days <= NEAR_DAYS => 0,
        _ => NEAR_DAYS,
    }
}

/// Writes down the warnings that are new. Answers how many there were.
pub async fn watch(platform: &Platform) -> Result<u64> {
    let now = platform.now();
    let today = platform.today();
    let mut noticed = 0;
    for case in store::open(&platform.pool).await? {
        let found = warnings(&case.record, &platform.catalogue.working_days, today);
        if found.is_empty() {
            continue;
        }
        let mut transaction = platform.pool.begin_with("BEGIN IMMEDIATE").await?;
        for warning in found {
            noticed += keep(&mut transaction, &case.record, &warning, now).await?;
        }
        transaction.commit().await?;
    }
    Ok(noticed)
}

async fn keep(
    connection: &mut SqliteConnection,
    case: &CaseRecord,
    warning: &Warning,
    now: Timestamp,
) -> Result<u64> {
    let kept = sqlx::query(
        "INSERT INTO case_warnings (case_id, subject, kind, department, due, sentence, noticed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (case_id, subject, kind, due) DO NOTHING",
    )
    .bind(case.id.to_string())
    .bind(&warning.subject)
    .bind(warning.kind)
    .bind(&warning.department)
    .bind(warning.due.to_string())
    .bind(&warning.sentence)
    .bind(now.as_millisecond())
    .execute(connection)
    .await?;
    Ok(kept.rows_affected())
}

/// A warning as it was written down.
#[derive(Clone, Debug, FromRow)]
pub struct KeptWarning {
    /// `near` or `missed`.
    pub kind: String,
    /// Department that must act, or should have.
    pub department: String,
    /// Day on which the limit ended.
    pub due: String,
    /// One sentence for the department.
    pub sentence: String,
    /// When it was noticed, in milliseconds since 1970.
    pub noticed_at: i64,
}

/// Every warning of a case, oldest first.
pub async fn kept(
    executor: impl SqliteExecutor<'_>,
    case: tongban_contract::identifiers::CaseId,
) -> Result<Vec<KeptWarning>> {
    Ok(sqlx::query_as(
        "SELECT kind, department, due, sentence, noticed_at FROM case_warnings
         WHERE case_id = ?1 ORDER BY noticed_at, subject",
    )
    .bind(case.to_string())
    .fetch_all(executor)
    .await?)
}
