//! Lines that are bad in every way, between a real device and a real platform.

use std::time::Duration;

use anyhow::{Result, ensure};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tongban_client::Client;
use tongban_contract::{
    identifiers::CaseId,
    page::{ItemState, ReadItem},
};
use tongban_tests::{
    link::{Line, PORTAL, PROXY_ERROR},
    page::eventually,
};

use crate::{papers, scene::Scene};

/// Lines over which a filing gets, sooner or later.
const PASSABLE: [Line; 4] = [
    Line::Late(Duration::from_millis(800)),
    Line::Lossy(5),
    Line::Flapping(Duration::from_secs(1)),
    Line::Slow(8_000),
];
/// Lines over which nothing is told to have arrived, and what the page says of them.
const DEAD: [(Line, &str); 3] = [
    (Line::CutAfter(60), "传输中途断开了"),
    (PORTAL, "要求先登录"),
    (PROXY_ERROR, "平台暂时出了故障"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_every_bad_line_a_filing_arrives_once_and_its_page_says_where_it_is() {
    let mut scene = Scene::signed_in_while_departments_rest().await.unwrap();
    let client = scene.client().clone();
    let mut filed = Vec::new();
    for line in PASSABLE {
        let case = papers::restaurant(&client, "秀兰小厨", "扫描件.pdf").await.unwrap();
        scene.stage.link.becomes(line).await.unwrap();
        papers::file(&client, case).await.unwrap();
        arrives(&client, case).await.unwrap_or_else(|error| panic!("{line:?}: {error:#}"));
        filed.push(case);
    }
    for (line, words) in DEAD {
        scene.stage.link.becomes(Line::Clear).await.unwrap();
        let case = papers::restaurant(&client, "秀兰小厨", "扫描件.pdf").await.unwrap();
        scene.stage.link.becomes(line).await.unwrap();
        papers::file(&client, case).await.unwrap();
        scene.open(&format!("/items/{case}")).await.unwrap();
        scene.page().says(words).await.unwrap_or_else(|error| panic!("{line:?}: {error:#}"));
        assert!(number(&client, case).await.unwrap().is_none(), "{line:?}");
        scene.stage.link.becomes(Line::Clear).await.unwrap();
        arrives(&client, case).await.unwrap_or_else(|error| panic!("{line:?}: {error:#}"));
        scene.page().says("收件编号").await.unwrap();
        filed.push(case);
    }

    let mut held = held(&scene).await.unwrap();
    held.sort();
    let mut filed: Vec<String> = filed.iter().map(ToString::to_string).collect();
    filed.sort();
    assert_eq!(held, filed);
}

/// 2 kbit/s, and three seconds until an answer begins to come: nothing is given up halfway.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_the_slowest_lines_a_filing_arrives_once() {
    let mut scene = Scene::signed_in_while_departments_rest().await.unwrap();
    let client = scene.client().clone();
    let mut filed = Vec::new();
    for line in [Line::Slow(250), Line::Late(Duration::from_millis(1500))] {
        let case = papers::restaurant(&client, "秀兰小厨", "扫描件.pdf").await.unwrap();
        scene.stage.link.becomes(line).await.unwrap();
        papers::file(&client, case).await.unwrap();
        arrives(&client, case).await.unwrap_or_else(|error| panic!("{line:?}: {error:#}"));
        filed.push(case.to_string());
    }
    let mut held = held(&scene).await.unwrap();
    held.sort();
    filed.sort();
    assert_eq!(held, filed);
}

/// Waits for the acceptance number. On the way the application is always in a state that the
/// person has nothing to do about.
async fn arrives(client: &Client, case: CaseId) -> Result<()> {
    let state = eventually("the acceptance number", Duration::from_secs(200), async || {
        let row = client.read_item(ReadItem { case }).await?.row;
        let goes_on = matches!(
            row.state,
            ItemState::Queued { .. } | ItemState::Sending { .. } | ItemState::Submitted { .. }
        );
        let is_there = matches!(row.state, ItemState::Submitted { .. }) && row.number.is_some();
        Ok((!goes_on || is_there).then_some(row.state))
    })
    .await?;
    ensure!(matches!(state, ItemState::Submitted { .. }), "{state:?}");
    Ok(())
}

async fn number(client: &Client, case: CaseId) -> Result<Option<String>> {
    Ok(client.read_item(ReadItem { case }).await?.row.number)
}

/// What the platform's database holds.
async fn held(scene: &Scene) -> Result<Vec<String>> {
    let file = scene.stage.folder().join("platform/platform.db");
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .busy_timeout(Duration::from_secs(5));
    let mut database = SqliteConnection::connect_with(&options).await?;
    Ok(sqlx::query_scalar("SELECT id FROM cases").fetch_all(&mut database).await?)
}
