//! E-licences: issuing one at the end of a case, signed with the platform's key, and
//! whether one may be handed in as a material. Once issued, what is printed never changes.

use std::str::FromStr as _;

use jiff::{Timestamp, ToSpan as _, civil::Date};
use serde_json::Value;
use sqlx::{FromRow, SqliteConnection, SqliteExecutor};
use tongban_contract::{
    identifiers::CaseId,
    licence::{Licence, LicenceField},
    numbers::{CitizenId, LicenceId},
    problem::Problem,
    vocabulary::LicenceState,
};

use crate::{
    Error, Platform, Result,
    cases::{record::CaseRecord, store},
    clock::day_in_china,
    identity::AccountId,
};

/// Issues the licence of an approved case, in the transaction of its approval.
pub async fn issue(
    connection: &mut SqliteConnection,
    platform: &Platform,
    account: AccountId,
    case: &CaseRecord,
    now: Timestamp,
) -> Result<Licence> {
    let template =
        case.flow.licence.as_ref().ok_or(Error::Stored("a licence without its template"))?;
    let filing = serde_json::to_value(&case.filing).map_err(Error::json("filing"))?;
    let today = day_in_china(now);
    let day = today.strftime("%Y%m%d").to_string();
    let count =
        store::next_serial(connection, &format!("licence-{}-{day}", template.licence_type)).await?;
    let id = LicenceId::compose(
        &template.licence_type,
        &case.office_code,
        &format!("{day}{count:06}"),
        1,
    )
    .map_err(|_| unusable_issuer())?;

    let holder = text_at(&filing, &template.holder);
    let mut fields = Vec::new();
    if let Some(pointer) = &template.holder_number {
        let value = masked(&text_at(&filing, pointer));
        fields.push(LicenceField { label: "证件号码".to_owned(), value });
    }
    for field in &template.fields {
        let value = masked(&text_at(&filing, &field.pointer));
        if !value.is_empty() {
            fields.push(LicenceField { label: field.label.clone(), value });
        }
    }
    let mut licence = Licence {
        id,
        licence_type: template.licence_type.clone(),
        name: template.name.clone(),
        state: LicenceState::Valid,
        holder,
        issuer: case.office.clone(),
        issued_at: now,
        valid_from: today,
        valid_until: template.valid_years.and_then(|years| last_day(today, years)),
        fields,
        case: Some(case.id),
        signature: String::new(),
    };
    let bytes = licence.signed_bytes().map_err(Error::json("licence"))?;
    licence.signature = platform.keys.sign(&bytes, licence.id.as_str())?;
    keep(connection, account, &licence).await?;
    Ok(licence)
}

/// A licence is valid up to the day before its anniversary.
fn last_day(from: Date, years: u16) -> Option<Date> {
    from.checked_add(i32::from(years).years()).ok()?.checked_sub(1.day()).ok()
}

fn unusable_issuer() -> Problem {
    Problem::new(
        "licence.issuer-code",
        "办理单位的统一社会信用代码不完整，无法制发电子证照。",
        "请联系平台管理员核对办理单位的信息，再重新办理本环节。",
    )
    .with_status(409)
}

/// Text at a pointer of the filing, as it is printed.
fn text_at(filing: &Value, pointer: &str) -> String {
    match filing.pointer(pointer) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(true)) => "是".to_owned(),
        Some(Value::Bool(false)) => "否".to_owned(),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => String::new(),
    }
}

/// A citizen ID as it may be printed on a licence that travels; other text as it is.
fn masked(text: &str) -> String {
    CitizenId::from_str(text).map_or_else(|_| text.to_owned(), |id| id.masked())
}

async fn keep(
    connection: &mut SqliteConnection,
    account: AccountId,
    licence: &Licence,
) -> Result<()> {
    let body = serde_json::to_string(licence).map_err(Error::json("licence"))?;
    sqlx::query(
        "INSERT INTO licences
             (id, account, licence_type, state, valid_until, case_id, body, issued_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(licence.id.as_str())
    .bind(account)
    .bind(&licence.licence_type)
    .bind(licence.state.code())
    .bind(licence.valid_until.map(|day| day.to_string()))
    .bind(licence.case.map(|case: CaseId| case.to_string()))
    .bind(body)
    .bind(licence.issued_at.as_millisecond())
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct LicenceRow {
    licence_type: String,
    state: String,
    valid_until: Option<String>,
}

/// Why a licence cannot be handed in as a material; none where it can.
pub async fn obstacle(
    executor: impl SqliteExecutor<'_>,
    account: AccountId,
    id: &LicenceId,
    wanted_type: Option<&str>,
    today: Date,
) -> Result<Option<&'static str>> {
    let row = sqlx::query_as::<_, LicenceRow>(
        "SELECT licence_type, state, valid_until FROM licences WHERE id = ?1 AND account = ?2",
    )
    .bind(id.as_str())
    .bind(account)
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else {
        return Ok(Some("在您名下没有找到这份电子证照，请重新选择或改交文件。"));
    };
    let expired =
        row.valid_until.and_then(|day| day.parse::<Date>().ok()).is_some_and(|last| last < today);
    Ok(if LicenceState::from(row.state.as_str()) != LicenceState::Valid {
        Some("这份电子证照现在不是有效状态，请重新选择或改交文件。")
    } else if expired {
        Some("这份电子证照已过有效期，请重新选择或改交文件。")
    } else if wanted_type.is_some_and(|wanted| wanted != row.licence_type) {
        Some("这份电子证照不是这项材料要的证照，请重新选择。")
    } else {
        None
    })
}

/// A licence of an account, as the office is shown it beside a filing.
pub async fn find(executor: impl SqliteExecutor<'_>, id: &LicenceId) -> Result<Option<Licence>> {
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM licences WHERE id = ?1")
        .bind(id.as_str())
        .fetch_optional(executor)
        .await?;
    body.map(|body| serde_json::from_str(&body).map_err(Error::json("stored licence"))).transpose()
}
