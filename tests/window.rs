//! What the window's own browser is like, besides what it shows: what its page may not do, should
//! ever a foreign script run in it, and what it does not bear.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tongban_contract::page::NAMES;
use tongban_tests::{
    page::{Page, eventually},
    stage::Stage,
};

/// Commands of Tauri and of its plugins that the page does not need, and one of nobody.
const FOREIGN: [(&str, &str); 8] = [
    ("plugin:event|emit", r#"{ "event": "topic", "payload": null }"#),
    ("plugin:webview|create_webview_window", r#"{ "options": { "label": "x", "url": "/" } }"#),
    ("plugin:window|set_title", r#"{ "value": "x" }"#),
    ("plugin:path|resolve_directory", r#"{ "directory": 21 }"#),
    ("plugin:app|version", "{}"),
    ("plugin:notification|notify", r#"{ "options": { "title": "x" } }"#),
    ("plugin:opener|open_path", r#"{ "path": "/etc/passwd" }"#),
    ("read_everything", "{}"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_the_window_calls_the_engine_and_nothing_else_and_goes_nowhere_else() {
    let stage = Stage::set(3600).await.unwrap();
    let window = stage.open().await.unwrap();
    let page = &window.page;
    page.says("通办").await.unwrap();
    let own = page.driver.current_url().await.unwrap();

    let invoke = |command: &str, arguments: &str| {
        format!(
            "const done = arguments[0];
             window.__TAURI_INTERNALS__.invoke('{command}', {arguments})
                 .then(() => done('allowed'), (error) => done(error.code ?? String(error)))"
        )
    };
    let ask = async |command: &str, arguments: &str| -> Value {
        let script = invoke(command, arguments);
        page.driver.execute_async(&script, Vec::new()).await.unwrap().json().clone()
    };
    assert_eq!(
        ask("overview", "{ request: {} }").await,
        json!("allowed"),
        "it asks as a page does"
    );
    // The pages' tests have a bridge of their own: what this one lets through is seen here alone.
    for command in NAMES {
        let answer = ask(command, "{ request: 'none' }").await;
        assert_eq!(answer, json!("app.malformed"), "{command}");
    }
    for (command, arguments) in FOREIGN {
        let answer = ask(command, arguments).await;
        let refused = answer.as_str().unwrap();
        assert!(
            refused.contains("not allowed") || refused.contains("not found"),
            "{command}: {refused}"
        );
    }

    let elsewhere = format!("{}/office/", stage.start.platform);
    for way in [
        format!("location.href = '{elsewhere}'"),
        format!("window.open('{elsewhere}')"),
        format!(
            "const form = document.createElement('form'); form.action = '{elsewhere}';
             document.body.append(form); form.submit()"
        ),
        format!(
            "const link = document.createElement('a'); link.href = '{elsewhere}';
             link.target = '_blank'; document.body.append(link); link.click()"
        ),
        format!(
            "const frame = document.createElement('iframe'); frame.src = '{elsewhere}';
             document.body.append(frame)"
        ),
    ] {
        page.driver.execute(&way, Vec::new()).await.unwrap();
        // As long as a page of this machine takes to come, several times over.
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert_eq!(page.driver.current_url().await.unwrap(), own, "{way}");
        assert_eq!(page.driver.windows().await.unwrap().len(), 1, "{way}");
    }
    let frames = "return [...document.querySelectorAll('iframe')]
        .map((frame) => frame.contentDocument?.body?.innerText ?? 'closed')";
    let shown = page.driver.execute(frames, Vec::new()).await.unwrap().json().clone();
    assert!(!shown.to_string().contains("政务"), "a frame shows what is elsewhere: {shown}");
    page.says("通办").await.unwrap();
    window.close().await.unwrap();
}

async fn choose_county(page: &Page) -> Result<()> {
    let choose = "const done = arguments[0];
        window.__TAURI_INTERNALS__.invoke('choose_county', { request: { division: '420506' } })
            .then(() => done('chosen'), (error) => done(String(error)))";
    let chosen = page.driver.execute_async(choose, Vec::new()).await?;
    ensure!(chosen.json() == &json!("chosen"), "{}", chosen.json());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guides_of_another_county_are_kept_and_looked_at() {
    let stage = Stage::set(3600).await.unwrap();
    let window = stage.open().await.unwrap();
    let page = &window.page;
    page.says("通办").await.unwrap();
    choose_county(page).await.unwrap();
    page.tab("我的").await.unwrap();
    for press in ["本机的办事指南", "添加地区", "宜昌市", "下载西陵区的办事指南"]
    {
        page.press(press).await.unwrap();
    }
    let kept = "//li[contains(., '西陵区')]//*[@class='region-here']";
    page.find_within(kept, Duration::from_secs(60)).await.unwrap();

    page.tab("办事").await.unwrap();
    page.search("食品经营许可").await.unwrap();
    page.press("食品经营许可（餐饮店开办）").await.unwrap();
    page.find("//*[@class='glance-office'][contains(., '夷陵区')]").await.unwrap();
    page.click("//details[contains(@class, 'places')]/summary").await.unwrap();
    page.click("//details[contains(@class, 'places')]//a[contains(., '西陵区')]").await.unwrap();
    page.says("这是西陵区的办理地点和办法").await.unwrap();
    page.press("看我那里的").await.unwrap();
    page.find("//*[@class='glance-office'][contains(., '夷陵区')]").await.unwrap();
    window.close().await.unwrap();
}

/// WebKit refuses a page that changes its address a hundred times in ten seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_types_faster_than_an_address_may_change_finds_the_words_in_it() {
    const SEARCH: &str = "//input[@type='search']";
    let stage = Stage::set(3600).await.unwrap();
    let window = stage.open().await.unwrap();
    let page = &window.page;
    page.says("通办").await.unwrap();
    choose_county(page).await.unwrap();
    page.tab("办事").await.unwrap();

    let field = page.find(SEARCH).await.unwrap();
    let begun = std::time::Instant::now();
    let keys: String =
        "shipin".chars().cycle().take(240).flat_map(|key| [key, '\u{e003}']).collect();
    field.send_keys(keys).await.unwrap();
    // Each key is a change, and so is each backspace.
    assert!(begun.elapsed() < Duration::from_secs(40), "too slow for a hundred in ten seconds");
    field.send_keys("食品经营许可").await.unwrap();
    page.says("食品经营许可").await.unwrap();
    let words = "return new URLSearchParams(location.search).get('q')";
    eventually("the words in the address", Duration::from_secs(10), async || {
        let words = page.driver.execute(words, Vec::new()).await?;
        Ok((words.json() == &json!("食品经营许可")).then_some(()))
    })
    .await
    .unwrap();
    window.close().await.unwrap();
}
