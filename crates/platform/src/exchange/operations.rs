//! One operation: its stored result, given again word for word, or its handling.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::{Row as _, SqliteConnection, SqliteExecutor};
use tongban_contract::{
    identifiers::{CaseId, OperationId},
    operation::{Ask, Correct, Operation, OperationResult, Outcome, Submit},
    problem::Problem,
};

use super::{filings, kept_forms, offices};
use crate::{
    Error, Platform, Result,
    cases::{
        engine, number,
        plan::Event,
        record::NewCase,
        store::{self, StoredCase},
    },
    clock::day_in_china,
    extract::Bearer,
};

/// Largest operation in bytes, as it is written without spaces: a hundred times a long form.
const LARGEST_OPERATION: usize = 256 * 1024;

/// Seconds after which an operation is worth sending again that waits for the person.
const LATER: u64 = 60;

/// What became of an operation.
pub(crate) struct Handled {
    pub(crate) result: OperationResult,
    /// Whether the result is kept and given again.
    pub(crate) is_final: bool,
    /// Whether the result had been kept before, and was given again.
    pub(crate) was_known: bool,
    /// Whether it added to the account's feed.
    pub(crate) news: bool,
}

impl Handled {
    fn again(result: OperationResult) -> Self {
        Self { result, is_final: true, was_known: true, news: false }
    }
}

/// The application that an operation concerns, whether or not the rest can be read.
pub(super) fn case_of(body: &Value) -> Option<CaseId> {
    body.get("case")?.as_str()?.parse().ok()
}

/// The ids of all operations: without one there is nothing to answer to.
pub(crate) fn ids(operations: &[Value]) -> Result<Vec<OperationId>> {
    operations
        .iter()
        .enumerate()
        .map(|(at, body)| {
            let id = body.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
            id.ok_or_else(|| {
                Problem::new(
                    "request.malformed",
                    "平台没有读懂这次请求：有一项没有编号。",
                    "请更新应用后再试；仍不行，请联系技术支持。",
                )
                .with_status(400)
                .at(format!("/operations/{at}/id"))
                .into()
            })
        })
        .collect()
}

/// Handles one operation, whatever is wrong with it; one that `waits` for another is put
/// off unless it has its result. Fails only where the platform does.
pub(super) async fn handle(
    platform: &Platform,
    who: &Bearer,
    id: OperationId,
    body: Value,
    waits: bool,
) -> Result<Handled> {
    let mut text = String::new();
    canonical(&body, &mut text);
    let digest = Sha256::digest(text.as_bytes()).to_vec();
    let size = text.len();
    drop(text);
    // Everything from looking for a result to keeping one is one transaction that holds
    // the write lock: of two that come at once, the second finds what the first kept.
    let mut transaction = platform.pool.begin_with("BEGIN IMMEDIATE").await?;
    if let Some(result) = stored(&mut *transaction, who, id, &digest).await? {
        return Ok(Handled::again(result));
    }
    if waits {
        let outcome = Outcome::Later { problem: Box::new(comes_after()), retry_after: 1 };
        let result = OperationResult { id, outcome };
        return Ok(Handled { result, is_final: false, was_known: false, news: false });
    }
    let done = if size > LARGEST_OPERATION {
        Ok(refused(too_large()))
    } else {
        perform(&mut transaction, platform, who, body).await
    };
    let outcome = match done {
        Err(Error::Problem(problem)) => {
            // Whatever was begun is undone; the refusal is kept on its own.
            transaction.rollback().await?;
            transaction = platform.pool.begin_with("BEGIN IMMEDIATE").await?;
            if let Some(result) = stored(&mut *transaction, who, id, &digest).await? {
                return Ok(Handled::again(result));
            }
            Outcome::Refused { problem: Box::new(Problem { status: 0, ..*problem }) }
        }
        outcome => outcome?,
    };
    let is_final = matches!(outcome, Outcome::Accepted { .. } | Outcome::Refused { .. });
    let news = matches!(outcome, Outcome::Accepted { .. });
    let result = OperationResult { id, outcome };
    if is_final {
        keep(&mut transaction, platform, who, &result, &digest).await?;
        transaction.commit().await?;
    } else {
        transaction.rollback().await?;
    }
    Ok(Handled { result, is_final, was_known: false, news })
}

/// The result that was kept, or a refusal where the id was used for something else.
async fn stored(
    executor: impl SqliteExecutor<'_>,
    who: &Bearer,
    id: OperationId,
    digest: &[u8],
) -> Result<Option<OperationResult>> {
    let row = sqlx::query("SELECT digest, result FROM operations WHERE account = ?1 AND id = ?2")
        .bind(who.account)
        .bind(id.to_string())
        .fetch_optional(executor)
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.try_get::<&[u8], _>("digest")? != digest {
        let problem = Problem::new(
            "operation.reused",
            "这一项的编号已经用过，内容却不一样，平台没有重复办理。",
            "请打开这份申请核对后重新提交。",
        );
        return Ok(Some(OperationResult { id, outcome: refused(problem) }));
    }
    let result = serde_json::from_str(row.try_get::<&str, _>("result")?)
        .map_err(Error::json("stored result"))?;
    Ok(Some(result))
}

async fn keep(
    connection: &mut SqliteConnection,
    platform: &Platform,
    who: &Bearer,
    result: &OperationResult,
    digest: &[u8],
) -> Result<()> {
    let body = serde_json::to_string(result).map_err(Error::json("result"))?;
    sqlx::query(
        "INSERT INTO operations (account, id, digest, result, handled_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .bind(who.account)
    .bind(result.id.to_string())
    .bind(digest)
    .bind(body)
    .bind(platform.now().as_millisecond())
    .execute(connection)
    .await?;
    Ok(())
}

async fn perform(
    connection: &mut SqliteConnection,
    platform: &Platform,
    who: &Bearer,
    body: Value,
) -> Result<Outcome> {
    let Ok(operation) = serde_json::from_value::<Operation>(body) else {
        return Ok(refused(malformed()));
    };
    match operation.ask {
        Ask::Submit(asked) => submit(connection, platform, who, *asked).await,
        Ask::Correct(asked) => correct(connection, platform, who, *asked).await,
        Ask::Withdraw { case, reason } => {
            let stored = own_case(connection, who, case).await?;
            let event = Event::Withdraw { reason };
            advance(connection, platform, &stored, event).await
        }
        // A kind that is known ends here where its content cannot be read.
        Ask::Unknown(body) => Ok(refused(match body.get("kind").and_then(Value::as_str) {
            Some("submit" | "correct" | "withdraw") | None => malformed(),
            Some(_) => Problem::new(
                "operation.unknown",
                "平台还不支持这项操作，没有办理。",
                "请改用其他方式办理，或到政务服务大厅窗口办理。",
            ),
        })),
    }
}

async fn submit(
    connection: &mut SqliteConnection,
    platform: &Platform,
    who: &Bearer,
    asked: Submit,
) -> Result<Outcome> {
    let now = platform.now();
    if let Some(known) = store::find(&mut *connection, asked.case).await? {
        if known.account != who.account {
            return Ok(refused(Problem::new(
                "case.taken",
                "这份申请的编号已被占用，平台没有接收。",
                "请重新发起一份申请再提交。",
            )));
        }
        // Filed already, by another operation: one application is accepted once.
        return Ok(Outcome::Accepted { at: known.record.received_at, number: known.record.number });
    }
    let published =
        match kept_forms::find(connection, platform, &asked.item, &asked.form_version).await? {
            Ok(published) => published,
            Err(problem) => return Ok(refused(problem)),
        };
    let item = &published.item;
    if let Some(waits) = below(who, item.assurance) {
        return Ok(waits);
    }
    let Some(office) = offices::of(&platform.catalogue, &asked.item, &asked.division) else {
        return Ok(refused(
            Problem::new(
                "submit.no-office",
                "所选地区没有办理这个事项的单位。",
                "请改选事项可以办理的地区后重新提交。",
            )
            .at("/division"),
        ));
    };
    let checked = match filings::check(
        connection,
        who,
        &published,
        &asked.filing,
        day_in_china(now),
    )
    .await?
    {
        Ok(checked) => checked,
        Err(outcome) => return Ok(outcome),
    };
    let flow = platform
        .catalogue
        .items
        .get(&asked.item)
        .and_then(|source| source.flow.clone())
        .unwrap_or_else(|| {
            crate::cases::flow::Flow::of_one_step(&office.department, item.promised_days)
        });
    let new = NewCase {
        id: asked.case,
        number: number::next(connection, &office.division, day_in_china(now)).await?,
        item: asked.item,
        item_version: asked.item_version,
        form_version: asked.form_version,
        item_name: item.name.clone(),
        division: office.division,
        office: office.department,
        office_code: office.code,
        limit_days: item.promised_days.max(1),
        needed: engine::needed_steps(&flow, &asked.filing.situation, &checked.answers)?,
        flow,
        filing: asked.filing,
    };
    let record = engine::receive(connection, platform, who.account, new, now).await?;
    Ok(Outcome::Accepted { at: now, number: record.number })
}

async fn correct(
    connection: &mut SqliteConnection,
    platform: &Platform,
    who: &Bearer,
    asked: Correct,
) -> Result<Outcome> {
    let stored = own_case(connection, who, asked.case).await?;
    let record = &stored.record;
    let published =
        match kept_forms::find(connection, platform, &record.item, &record.form_version).await? {
            Ok(published) => published,
            Err(problem) => return Ok(refused(problem)),
        };
    if let Some(waits) = below(who, published.item.assurance) {
        return Ok(waits);
    }
    let today = day_in_china(platform.now());
    let checked = match filings::check(connection, who, &published, &asked.filing, today).await? {
        Ok(checked) => checked,
        Err(outcome) => return Ok(outcome),
    };
    let needed = engine::needed_steps(&record.flow, &asked.filing.situation, &checked.answers)?;
    let event = Event::Corrected { notice: asked.notice, filing: Box::new(asked.filing), needed };
    advance(connection, platform, &stored, event).await
}

async fn advance(
    connection: &mut SqliteConnection,
    platform: &Platform,
    stored: &StoredCase,
    event: Event,
) -> Result<Outcome> {
    let now = platform.now();
    let record = engine::advance(connection, platform, stored, event, now).await?;
    Ok(Outcome::Accepted { at: now, number: record.number })
}

async fn own_case(
    connection: &mut SqliteConnection,
    who: &Bearer,
    case: CaseId,
) -> Result<StoredCase> {
    let found = store::find(connection, case).await?;
    Ok(found.filter(|stored| stored.account == who.account).ok_or_else(engine::no_such_case)?)
}

pub(super) fn refused(problem: Problem) -> Outcome {
    Outcome::Refused { problem: Box::new(problem) }
}

fn malformed() -> Problem {
    Problem::new(
        "operation.malformed",
        "平台没有读懂这一项的内容，没有办理。",
        "请更新应用，再打开这份申请重新提交。",
    )
}

fn too_large() -> Problem {
    Problem::new(
        "operation.too-large",
        "这一项的内容太多，平台没有接收。",
        "请打开这份申请，把长的内容写短，或改为附件后重新提交。",
    )
}

fn comes_after() -> Problem {
    Problem::new(
        "operation.comes-after",
        "同一件申请的前一项还没有办完，这一项排在它后面。",
        "不用操作，前一项办完后会自动再交。",
    )
}

/// What becomes of a filing whose sender has not signed in at the level it needs: it waits
/// for a better sign-in, and is no less safe for that.
fn below(who: &Bearer, needed: u8) -> Option<Outcome> {
    if who.acr >= needed {
        return None;
    }
    let level = if needed >= 3 { "高级实名认证" } else { "实名认证" };
    let problem = Problem::new(
        "sign-in.step-up",
        format!("办理这个事项需要先完成{level}，申请还在本机上，没有交出。"),
        "请完成认证后重新登录，申请会自动再交。",
    );
    let problem = Box::new(problem.with_assurance(needed));
    Some(Outcome::Later { problem, retry_after: LATER })
}

/// JSON with the members of every object in the order of their names, so that their order in
/// a request does not count.
fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| name.as_str());
            text.push('{');
            for (at, (name, member)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                // Writing to a String cannot fail.
                let _ = write!(text, "{}:", Value::from(name.as_str()));
                canonical(member, text);
            }
            text.push('}');
        }
        Value::Array(entries) => {
            text.push('[');
            for (at, entry) in entries.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                canonical(entry, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let _ = write!(text, "{value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_members_does_not_count_and_everything_else_does() {
        let one = r#"{"a":{"x":[1,2],"y":"文"},"b":null}"#;
        let two = r#"{ "b": null, "a": { "y": "文", "x": [1, 2] } }"#;
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let written = |value: &Value| {
            let mut text = String::new();
            canonical(value, &mut text);
            text
        };
        assert_eq!(written(&read(one)), written(&read(two)));
        assert_ne!(written(&read(one)), written(&json!({"a":{"x":[2,1],"y":"文"},"b":null})));
    }
}
