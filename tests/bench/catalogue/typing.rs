//! From a key to the list that is drawn for it: the real window with the whole province on the
//! device, and a real key at a time. What happens in the page is noted by `typing.js`; beside
//! it stands an echo in the same page, between the same texts: what typing costs anyway.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use thirtyfour::Key;
use tongban_client::{HttpTransport, SystemKeyring};
use tongban_contract::page::ChooseCounty;
use tongban_tests::{desktop, page::Page};

use super::COUNTY;
use crate::{
    device,
    figure::{Figure, Sample},
    start::Stage,
};

/// What is put into the page.
const SCRIPT: &str = include_str!("typing.js");
/// What is typed: names and everyday words, and what stands for them in letters and digits.
const TEXTS: [&str; 52] = [
    "食品经营许可",
    "yingyezhizhao",
    "养老保险待遇申领",
    "shebaoka",
    "开个面馆要办什么",
    "yyzz",
    "公积金贷款",
    "gongjijin",
    "身份证丢了怎么补",
    "000131023000",
    "结婚登记",
    "jiehundengji",
    "建设工程规划许可",
    "huzhao",
    "异地就医备案",
    "shenfenzheng",
    "变更登记",
    "butie",
    "个体工商户注销",
    "etc",
    "残疾人补贴",
    "jzz",
    "医疗救助",
    "yiliao",
    "道路运输经营许可",
    "biangeng",
    "失业金",
    "shiye",
    "新生儿上户口",
    "hukou",
    "教师资格认定",
    "jiaoshi",
    "护士执业注册",
    "weisheng",
    "林木采伐许可",
    "nongye",
    "危房改造",
    "tudi",
    "取水许可",
    "qushui",
    "特种设备使用登记",
    "tezhongshebei",
    "高新技术企业认定",
    "gaoxinqiye",
    "城镇燃气经营许可",
    "rqjyxk",
    "房屋租赁合同备案",
    "zulin",
    "机动车驾驶证换证",
    "jiashizheng",
    "最低生活保障",
    "dibao",
];
/// Keys that only warm up: those of the first texts.
const WARM_UP: usize = 20;
/// Steps of a key in the page, each with the one that it follows.
const STEPS: [(&str, &str, &str); 4] = [
    ("until the engine is asked", "key", "asked"),
    ("bridge and engine", "asked", "answered"),
    ("making the list", "answered", "made"),
    ("until it is painted", "made", "painted"),
];

/// The same of the echo.
const ECHO_STEPS: [(&str, &str, &str); 2] =
    [("making it", "key", "made"), ("until it is painted", "made", "painted")];

/// Where a key goes.
#[derive(Clone, Copy)]
struct Field {
    kind: &'static str,
    at: &'static str,
}

const SEARCH: Field = Field { kind: "search", at: "//input[@type='search']" };
const ECHO: Field = Field { kind: "echo", at: "//input[@id='bench-echo']" };

/// Milliseconds of a key's steps, by their names.
type Noted = BTreeMap<String, f64>;

/// Types into the window of a device that has what `device` has.
pub(super) async fn measure(
    folder: &Path,
    device: &Path,
    platform: SocketAddr,
) -> Result<Vec<Figure>> {
    eprintln!("· typing into the window");
    let _keyring = desktop::keyring().await?;
    let home = folder.join("home");
    settle(&home, device, platform).await?;
    let stage = Stage::at(home, platform)?;
    let (_driver, page) = stage.open("tongban-app").await?;
    page.find_within("//ul[contains(@class, 'themes')]/li", Duration::from_secs(60)).await?;
    page.tab("办事").await?;
    page.find(SEARCH.at).await?;
    page.find("//ul[contains(@class, 'rows')]/li").await?;
    page.driver.execute(SCRIPT, Vec::new()).await?;

    let (mut listed, mut echoed) = (Vec::new(), Vec::new());
    for text in TEXTS {
        echoed.extend(write(&page, ECHO, text).await?);
        listed.extend(write(&page, SEARCH, text).await?);
    }
    page.driver.quit().await?;
    told(listed.get(WARM_UP..).unwrap_or_default(), echoed.get(WARM_UP..).unwrap_or_default())
}

/// The same guides in a home of its own, and a county whose guides come first.
async fn settle(home: &Path, device: &Path, platform: SocketAddr) -> Result<()> {
    let data = home.join("data");
    std::fs::create_dir_all(home)?;
    let copied = std::process::Command::new("cp").arg("-r").args([device, &data]).status()?;
    ensure!(copied.success(), "the device cannot be copied");
    let (transport, keyring) = (Arc::new(HttpTransport::new()?), Arc::new(SystemKeyring::new()?));
    let client = device::open(&data, platform, transport, keyring).await?;
    client.choose_county(ChooseCounty { division: COUNTY.parse()? }).await?;
    client.close().await;
    Ok(())
}

/// Writes a text into an empty field, each key when the one before is answered.
async fn write(page: &Page, field: Field, text: &str) -> Result<Vec<Noted>> {
    let element = page.find(field.at).await?;
    element.send_keys(Key::Control + "a").await?;
    if element.prop("value").await?.is_some_and(|value| !value.is_empty()) {
        expect(page, field, "").await?;
        element.send_keys(Key::Backspace + "").await?;
        noted(page).await?;
    }
    let mut typed = String::new();
    let mut all = Vec::new();
    for key in text.chars() {
        typed.push(key);
        expect(page, field, &typed).await?;
        element.send_keys(key.to_string()).await?;
        all.push(noted(page).await.with_context(|| format!("typing {typed}"))?);
    }
    Ok(all)
}

async fn expect(page: &Page, field: Field, text: &str) -> Result<()> {
    let arguments = vec![field.kind.into(), text.into()];
    page.driver.execute("bench.expect(arguments[0], arguments[1])", arguments).await?;
    Ok(())
}

async fn noted(page: &Page) -> Result<Noted> {
    const WAIT: &str = "bench.noted(arguments[arguments.length - 1])";
    let noted: Value = page.driver.execute_async(WAIT, Vec::new()).await?.json().clone();
    ensure!(noted.get("painted").is_some(), "nothing was drawn: {noted}");
    Ok(serde_json::from_value(noted)?)
}

fn told(listed: &[Noted], echoed: &[Noted]) -> Result<Vec<Figure>> {
    let between = |all: &[Noted], from: &str, to: &str| -> Result<Vec<f64>> {
        let one = |noted: &Noted| Some(noted.get(to)? - noted.get(from)?);
        all.iter().map(|noted| one(noted).context("a step that was not noted")).collect()
    };
    let mut how = "From the key until the frame with the list for the text is painted, in the \
        page of guides, the window as it opens."
        .to_owned();
    for (name, from, to) in STEPS {
        let (median, p90, p99) = Sample::new(between(listed, from, to)?).told();
        how += &format!(" Of it {name}: {median:.1} ms ({p90:.1}, {p99:.1}).");
    }
    for (name, from, to) in ECHO_STEPS {
        let (median, p90, p99) = Sample::new(between(echoed, from, to)?).told();
        how += &format!(" Of the echo {name}: {median:.1} ms ({p90:.1}, {p99:.1}).");
    }
    Ok(vec![Figure::new(
        ("catalogue.typing", "ms"),
        &Sample::new(between(listed, "key", "painted")?),
        (
            "a plain field in the same page whose text is shown beside it",
            &Sample::new(between(echoed, "key", "painted")?),
        ),
        how,
    )])
}
