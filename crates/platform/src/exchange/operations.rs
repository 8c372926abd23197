//! One operation: its stored result, given again word for word, or its handling.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::{Row as _, SqliteConnection, SqliteExecutor};
use tongban_contract::{
    entry::Entry,
    identifiers::{CaseId, OperationId},
    operation::{OperationResult, Outcome},
    problem::Problem,
};

use super::asks;
use crate::{Error, Platform, Result, extract::Bearer};

/// Largest operation in bytes, as it is written without spaces: a hundred times a long form.
const LARGEST_OPERATION: usize = 256 * 1024;

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
pub(crate) fn case_of(body: &Entry) -> Option<CaseId> {
    body.get("case")
}

/// The ids of all operations: without one there is nothing to answer to.
pub(crate) fn ids(operations: &[Entry]) -> Result<Vec<OperationId>> {
    operations
        .iter()
        .enumerate()
        .map(|(at, body)| {
            body.get("id").ok_or_else(|| {
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
    body: Entry,
    waits: bool,
) -> Result<Handled> {
    let text = text_of(&body)?;
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
        asks::perform(&mut transaction, platform, who, body).await
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

pub(super) fn refused(problem: Problem) -> Outcome {
    Outcome::Refused { problem: Box::new(problem) }
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

/// The text by which an operation is told from another. What is not said clearly is told by
/// every letter of it.
fn text_of(body: &Entry) -> Result<String> {
    let Some(value) = body.value() else {
        return serde_json::to_string(body).map_err(Error::json("operation"));
    };
    let mut text = String::new();
    canonical(&value, &mut text);
    Ok(text)
}

/// JSON with the members of every object in the order of their names, so that their order in
/// a request does not count.
pub(crate) fn canonical(value: &Value, text: &mut String) {
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
