//! What each kind of operation does: a filing, a correction, a withdrawal. Whether it was
//! done before is none of its business.

use sqlx::SqliteConnection;
use tongban_contract::{
    entry::Entry,
    identifiers::CaseId,
    operation::{Ask, Correct, Operation, Outcome, Submit},
    problem::Problem,
};

use super::{filings, kept_forms, offices, operations::refused};
use crate::{
    Platform, Result,
    cases::{
        engine, number,
        plan::Event,
        record::{CaseRecord, NewCase},
        store::{self, StoredCase},
    },
    clock::day_in_china,
    extract::Bearer,
};

/// Seconds after which an operation is worth sending again that waits for the person, or for
/// another operation that is not here.
const LATER: u64 = 60;
/// Working days where an item names no limit: what article 42 of the Administrative Licence Law
/// allows.
const LEGAL_DAYS: u32 = 20;

/// Does what an operation asks for within the caller's transaction.
pub(super) async fn perform(
    connection: &mut SqliteConnection,
    platform: &Platform,
    who: &Bearer,
    body: Entry,
) -> Result<Outcome> {
    let Ok(operation) = Operation::try_from(body) else {
        return Ok(refused(malformed()));
    };
    match operation.ask {
        Ask::Submit(asked) => submit(connection, platform, who, *asked).await,
        Ask::Correct(asked) => correct(connection, platform, who, *asked).await,
        Ask::Withdraw { case, reason } => {
            let Some(stored) = own_case(connection, who, case).await? else {
                return Ok(not_filed());
            };
            let event = Event::Withdraw { reason };
            advance(connection, platform, &stored, event).await
        }
        Ask::Unknown(_) => Ok(refused(Problem::new(
            "operation.unknown",
            "平台还不支持这项操作，没有办理。",
            "请改用其他方式办理，或到政务服务大厅窗口办理。",
        ))),
        Ask::Malformed(_) => Ok(refused(malformed())),
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
        return Ok(filed_already(known.record, &asked));
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
    let promised = office.promised_days.or(item.promised_days);
    let days = promised.or(item.statutory_days).unwrap_or(LEGAL_DAYS);
    let flow = platform
        .catalogue
        .items
        .get(&asked.item)
        .and_then(|source| source.flow.clone())
        .unwrap_or_else(|| crate::cases::flow::Flow::of_one_step(&office.department, days));
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
        limit_days: days.max(1),
        needed: engine::needed_steps(&flow, &asked.filing.situation, &checked.answers)?,
        flow,
        filing: asked.filing,
    };
    let record = engine::receive(connection, platform, who.account, new, now).await?;
    Ok(Outcome::Accepted { at: now, number: record.number })
}

/// What becomes of a filing of an application that is here, by another operation. The same
/// content is accepted once; other content must not seem to be taken.
fn filed_already(known: CaseRecord, asked: &Submit) -> Outcome {
    let same = known.item == asked.item && known.filing == asked.filing;
    if same {
        return Outcome::Accepted { at: known.received_at, number: known.number };
    }
    refused(Problem::new(
        "case.filed-already",
        format!(
            "平台已经收过这份申请（收件编号 {}），办理的是先前收到的内容，这次的改动没有采用。",
            known.number
        ),
        "请等候部门办理。确需改动的，可在收到补正通知时改，或者撤件后重新申请。",
    ))
}

async fn correct(
    connection: &mut SqliteConnection,
    platform: &Platform,
    who: &Bearer,
    asked: Correct,
) -> Result<Outcome> {
    let Some(stored) = own_case(connection, who, asked.case).await? else { return Ok(not_filed()) };
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

/// The case, where it is the sender's own: that of somebody else is as unknown as none.
async fn own_case(
    connection: &mut SqliteConnection,
    who: &Bearer,
    case: CaseId,
) -> Result<Option<StoredCase>> {
    let found = store::find(connection, case).await?;
    Ok(found.filter(|stored| stored.account == who.account))
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

fn malformed() -> Problem {
    Problem::new(
        "operation.malformed",
        "平台没有读懂这一项的内容，没有办理。",
        "请更新应用，再打开这份申请重新提交。",
    )
}

/// What becomes of an operation on an application that the account has not filed here. It
/// waits: its filing may still be on its way by a courier, or be sent again after the
/// platform was restored from a backup, and a refusal that is kept would outlast both.
fn not_filed() -> Outcome {
    let problem = Problem::new(
        "case.unknown",
        "平台还没有收到这件申请，这一项排在它后面。",
        "不用操作，平台收到申请后会自动再交。",
    );
    Outcome::Later { problem: Box::new(problem), retry_after: LATER }
}
