//! Guides of several regions: keeping and removing them, narrowing the list, and what versions
//! changed.
#![allow(clippy::indexing_slicing, reason = "a test stops where it fails")]

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use serde_json::json;
use tongban_contract::page::{
    CatalogueView, ChooseCounty, GuideFilter, GuideSort, KeepRegion, Overview, SearchGuides,
};
use tongban_tests::{
    link::Line,
    page::{eventually, with_id},
    programs::assets,
};

use crate::{
    eye::{Eye, complaints},
    papers,
    publish::{change_item, copy_assets, publish_anew},
    scene::{IN_ENGLISH, IN_THE_DARK, ON_A_LAPTOP, ON_A_PHONE, Scene, WITH_CARE},
};

/// How long a county's guides may take.
const A_DOWNLOAD: Duration = Duration::from_secs(60);

const HERE: &str = "湖北省宜昌市夷陵区";
const THERE: &str = "湖北省宜昌市西陵区";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_county_is_kept_seen_in_lists_and_removed() {
    let scene = Scene::with_guides().await.unwrap();
    let page = scene.page();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.open("/me/catalogue").await.unwrap();
    page.press("添加地区").await.unwrap();
    page.says("湖北省（全省）").await.unwrap();
    eye.look(&scene, "70-regions").await.unwrap();
    page.press("宜昌市").await.unwrap();
    page.says("宜昌市（全市）").await.unwrap();
    page.find(&region("夷陵区", "已存在本机")).await.unwrap();
    eye.look(&scene, "71-regions-city").await.unwrap();
    page.press("下载西陵区的办事指南").await.unwrap();
    page.find_within(&region("西陵区", "已存在本机"), A_DOWNLOAD).await.unwrap();
    eye.look(&scene, "72-regions-city-two-kept").await.unwrap();

    scene.open("/me/catalogue").await.unwrap();
    for name in [HERE, THERE] {
        page.find(&region(name, "")).await.unwrap();
    }
    let catalogue = catalogue(&scene).await.unwrap();
    assert_eq!(catalogue.kept.len(), 2);
    page.says(&format!("{} 项", catalogue.guides)).await.unwrap();
    eye.look(&scene, "73-catalogue-two-kept").await.unwrap();
    eye.open(&scene, "/guides", "74-guides-of-two-counties").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.says("另有 1 处办理").await.unwrap();
    scene.open("/guides?q=食品经营许可（餐饮店开办）").await.unwrap();
    page.press("食品经营许可（餐饮店开办）").await.unwrap();
    page.says("办理这件事的地方（2 处）").await.unwrap();
    page.click("//details[contains(@class, 'places')]/summary").await.unwrap();
    page.find("//div[contains(@class, 'row-current')][contains(., '夷陵区')]").await.unwrap();
    eye.look(&scene, "75-guide-of-two-counties").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    // The other county is of the same city, and near enough to be in view.
    page.click("//details[contains(@class, 'places')]//a[contains(., '西陵区')]").await.unwrap();
    page.says("这是西陵区的办理地点和办法").await.unwrap();
    // It is another page: seen from its top, and read out.
    let place = "return [document.activeElement.id, window.scrollY]";
    assert_eq!(scene.run(place).await.unwrap(), json!(["detail", 0]));
    // It is in the address, and found again by a new start.
    page.driver.refresh().await.unwrap();
    page.says("这是西陵区的办理地点和办法").await.unwrap();

    scene.look(ON_A_PHONE).await.unwrap();
    scene.open("/guides?region=420502").await.unwrap();
    page.press("食品经营许可（餐饮店开办）").await.unwrap();
    page.says("这是西陵区的办理地点和办法").await.unwrap();
    page.find("//*[@class='glance-office'][contains(., '西陵区')]").await.unwrap();
    eye.look(&scene, "75-guide-of-elsewhere").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    // Its townships can be looked at without living there.
    scene.open("/guides?region=420502").await.unwrap();
    page.press("高龄津贴申领").await.unwrap();
    page.says("这是西陵区各乡镇、街道的办理地点和办法").await.unwrap();
    page.choose_from("guide-place", "西陵街道").await.unwrap();
    page.says("西陵区西陵街道的办理地点和办法").await.unwrap();
    eye.look(&scene, "75-township-of-elsewhere").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.press("看我那里的").await.unwrap();
    page.find("//*[@class='glance-office'][contains(., '夷陵区各乡镇')]").await.unwrap();
    // Nor is a township of one's own county taken for the person's, until they say so.
    scene.open("/guides?region=420506101").await.unwrap();
    page.press("高龄津贴申领").await.unwrap();
    page.says("这是樟村坪镇的办理地点和办法").await.unwrap();
    scene.open("/guides/000511011000").await.unwrap();
    page.find("//*[@class='glance-office'][contains(., '夷陵区各乡镇')]").await.unwrap();
    scene.run("history.back()").await.unwrap();
    page.press("我就在这里，以后都显示这里的").await.unwrap();
    page.find("//select[@id='guide-place']/option[.='樟村坪镇']").await.unwrap();
    page.is_gone("//*[@class='note-text'][contains(., '樟村坪镇')]").await.unwrap();
    scene.open("/guides/000511011000").await.unwrap();
    page.find("//*[@class='glance-office'][contains(., '樟村坪')]").await.unwrap();

    scene.open("/me/catalogue").await.unwrap();
    page.press(&format!("删除{THERE}的办事指南")).await.unwrap();
    page.says("不影响您的草稿、办件和证照").await.unwrap();
    eye.look(&scene, "76-drop").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.click("//dialog//button[.='删除']").await.unwrap();
    page.says(&format!("已删除{THERE}的办事指南")).await.unwrap();
    eventually("the region to be gone", A_DOWNLOAD, async || {
        let kept = catalogue_of(&scene).await?.kept;
        let shown = scene.run("return document.querySelectorAll('.region').length").await?;
        Ok((kept.len() == 1 && shown == json!(1)).then_some(()))
    })
    .await
    .unwrap();
    page.find(&region(HERE, "所在区县")).await.unwrap();
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_within_a_city_that_is_kept_is_not_offered_again() {
    let scene = Scene::with_guides().await.unwrap();
    let page = scene.page();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.client().keep_region(KeepRegion { division: "4205".parse().unwrap() }).await.unwrap();
    scene.open("/regions").await.unwrap();
    page.press("宜昌市").await.unwrap();
    page.find(&region("西陵区", "已包含在湖北省宜昌市里")).await.unwrap();
    eye.look(&scene, "77-regions-within").await.unwrap();
    for (look, language, care) in [(WITH_CARE, "zh-CN", true), (IN_ENGLISH, "en", false)] {
        scene.settle_on(language, care).await.unwrap();
        scene.open("/regions").await.unwrap();
        page.press("宜昌市").await.unwrap();
        page.find("//*[contains(@class, 'region-within')]").await.unwrap();
        eye.looks(&[look]);
        eye.look(&scene, "77-regions-within").await.unwrap();
        scene.open("/me/catalogue").await.unwrap();
        page.click("//li[contains(@class, 'region')]//button").await.unwrap();
        page.find("//dialog").await.unwrap();
        eye.look(&scene, "78-drop-with-own").await.unwrap();
    }
    scene.settle_on("zh-CN", false).await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.press("删除湖北省宜昌市的办事指南").await.unwrap();
    page.says("您的区县也在里面").await.unwrap();
    page.click("//dialog//button[.='删除']").await.unwrap();
    page.find_within(&region(HERE, "所在区县"), A_DOWNLOAD).await.unwrap();
    assert_eq!(catalogue(&scene).await.unwrap().kept.len(), 1);
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn regions_are_not_to_be_had_without_a_network_and_are_with_one() {
    let mut scene = Scene::with_guides().await.unwrap();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.stage.link.cut().await;
    scene.open("/regions").await.unwrap();
    let page = scene.page().clone();
    page.find("//*[@role='alert']").await.unwrap();
    eye.look(&scene, "79-regions-offline").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/regions", "79-regions-offline").await.unwrap();
    scene.stage.link.mend().await.unwrap();
    scene.open("/regions").await.unwrap();
    page.press("宜昌市").await.unwrap();
    page.find(&region("西陵区", "下载")).await.unwrap();
    scene.stage.link.cut().await;
    page.press("下载西陵区的办事指南").await.unwrap();
    page.find("//*[@role='alert']").await.unwrap();
    eye.look(&scene, "79-regions-cut").await.unwrap();
    scene.stage.link.mend().await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.press("再试一次").await.unwrap();
    page.find_within(&region("西陵区", "已存在本机"), A_DOWNLOAD).await.unwrap();
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_on_a_slow_line_can_be_stopped_and_begun_again() {
    let mut scene = Scene::with_guides().await.unwrap();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.open("/regions").await.unwrap();
    let page = scene.page().clone();
    page.press("宜昌市").await.unwrap();
    page.find(&region("西陵区", "下载")).await.unwrap();
    scene.stage.link.becomes(Line::Slow(200)).await.unwrap();
    page.press("下载西陵区的办事指南").await.unwrap();
    page.find("//button[.='停止下载']").await.unwrap();
    eye.look(&scene, "79-regions-fetching").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.press("停止下载").await.unwrap();
    page.says("已停止下载").await.unwrap();
    page.find(&region("西陵区", "下载")).await.unwrap();
    eye.look(&scene, "79-regions-stopped").await.unwrap();
    assert_eq!(catalogue_of(&scene).await.unwrap().kept.len(), 1);
    scene.look(ON_A_PHONE).await.unwrap();
    scene.stage.link.becomes(Line::Clear).await.unwrap();
    page.press("再试一次").await.unwrap();
    page.find_within(&region("西陵区", "已存在本机"), A_DOWNLOAD).await.unwrap();
    eye.judge().unwrap();
}

/// What is on the device then is another county's, and nothing of it passes as one's own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_chose_a_county_that_did_not_come_is_told_whose_guides_these_are() {
    let mut scene = Scene::with_guides().await.unwrap();
    scene.stage.link.cut().await;
    let there = "420502".parse().unwrap();
    scene.client().choose_county(ChooseCounty { division: there }).await.unwrap_err();
    let page = scene.page();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    eye.open(&scene, "/", "79-home-county-missing").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/", "79-home-county-missing").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.says("您选的区县的指南还没有下载").await.unwrap();
    page.find("//*[@role='alert']").await.unwrap();
    let path = format!("/guides/{}", papers::RESTAURANT);
    eye.open(&scene, &path, "79-guide-county-missing").await.unwrap();
    page.says("您选的区县的指南还没有下载到这台设备").await.unwrap();
    assert!(!page.says_now("您的区县没有办理这件事的地方").await.unwrap());
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_choice_leads_to_as_many_guides_as_it_says() {
    let scene = Scene::with_guides().await.unwrap();
    let page = scene.page();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.open("/guides").await.unwrap();
    page.press("筛选").await.unwrap();
    for list in
        ["filter-theme", "filter-audience", "filter-badge", "filter-type", "filter-department"]
    {
        let offered = offered(&scene, list).await.unwrap();
        assert!(!offered.is_empty(), "{list}");
        let last = offered.len() - 1;
        for at in [0, last] {
            let (words, guides) = &offered[at];
            page.choose_from(list, words).await.unwrap();
            page.says(&format!("找到 {guides} 项")).await.unwrap();
            assert!(*guides > 0, "{words}");
        }
        choose_nothing(&scene, list).await.unwrap();
    }

    // One after the other, each narrows what the ones before left.
    let badge = offered(&scene, "filter-badge").await.unwrap().remove(0);
    page.choose_from("filter-badge", &badge.0).await.unwrap();
    page.says(&format!("找到 {} 项", badge.1)).await.unwrap();
    page.choose_from("filter-region", "夷陵区").await.unwrap();
    page.choose_from("filter-region-420506", "小溪塔街道").await.unwrap();
    page.choose_from("filter-sort", "少跑路的在前").await.unwrap();
    page.says("筛选（已选 2 个）").await.unwrap();
    eye.look(&scene, "64-filters").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.press("筛选（已选 2 个）").await.unwrap();
    page.find("//ul[contains(@class, 'crumbs')]//button[contains(., '小溪塔街道')]").await.unwrap();
    eye.look(&scene, "65-filters-set").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();

    // Going back finds the list as it was left; so does a new start.
    let address = scene.page().driver.current_url().await.unwrap();
    page.click("//ul[@class='rows']//a").await.unwrap();
    page.says("到哪里办").await.unwrap();
    page.driver.back().await.unwrap();
    page.says("筛选（已选 2 个）").await.unwrap();
    assert_eq!(page.driver.current_url().await.unwrap(), address);
    page.driver.refresh().await.unwrap();
    page.says("筛选（已选 2 个）").await.unwrap();
    let filter = GuideFilter {
        badge: Some("no-visit".into()),
        region: Some("420506001".parse().unwrap()),
        ..GuideFilter::default()
    };
    let asked =
        SearchGuides { query: String::new(), filter, sort: GuideSort::Visits, offset: 0, limit: 1 };
    let found = scene.client().search_guides(asked).await.unwrap().total;
    page.says(&format!("找到 {found} 项")).await.unwrap();

    for (look, language, care) in [(WITH_CARE, "zh-CN", true), (IN_ENGLISH, "en", false)] {
        scene.settle_on(language, care).await.unwrap();
        page.click("//button[@aria-expanded='false']").await.unwrap();
        page.find(&with_id("filter-department")).await.unwrap();
        eye.looks(&[look]);
        eye.look(&scene, "64-filters").await.unwrap();
        page.click("//button[@aria-expanded='true']").await.unwrap();
        eye.look(&scene, "65-filters-set").await.unwrap();
    }
    scene.settle_on("zh-CN", false).await.unwrap();
    page.press("清除").await.unwrap();
    page.find("//button[normalize-space(.)='筛选']").await.unwrap();
    assert_eq!(page.driver.current_url().await.unwrap().query().unwrap_or_default(), "");
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_version_changed_is_told_once_there_is_one() {
    let mut scene = Scene::with_guides().await.unwrap();
    let page = scene.page().clone();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    eye.open(&scene, "/changes", "66-changes-none").await.unwrap();
    page.says("还没有改动").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/changes", "66-changes-none").await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    with_news(folder.path()).unwrap();
    publish_anew(&mut scene, folder.path(), None).await.unwrap();
    scene.open("/changes").await.unwrap();
    for words in ["新增", NEW, "有改动", "已取消"] {
        page.says(words).await.unwrap();
    }
    eye.look(&scene, "67-changes").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/changes", "67-changes").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.press(NEW).await.unwrap();
    page.says("到哪里办").await.unwrap();
    eye.judge().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_here_carries_out_says_where_somebody_does() {
    let mut scene = Scene::with_guides().await.unwrap();
    let page = scene.page().clone();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.client().keep_region(KeepRegion { division: "420502".parse().unwrap() }).await.unwrap();
    let list = scene.stage.folder().join("list.json");
    let rows = json!([{
        "name": "葛洲坝坝区通行证", "department": "西陵区公安局", "code": "e-1", "type": "20",
        "division": "420502",
    }]);
    std::fs::write(&list, rows.to_string()).unwrap();
    publish_anew(&mut scene, &assets(), Some(&list)).await.unwrap();
    eye.open(&scene, "/guides?q=通行证", "68-guides-elsewhere").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/guides?q=通行证", "68-guides-elsewhere")
        .await
        .unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.find("//*[@class='tag'][.='外地']").await.unwrap();
    page.press("葛洲坝坝区通行证").await.unwrap();
    page.says("您的区县没有办理这件事的地方").await.unwrap();
    page.find("//dd[contains(., '西陵区')]").await.unwrap();
    eye.look(&scene, "69-guide-elsewhere").await.unwrap();
    eye.judge().unwrap();
}

/// A row of a region that says `words`.
fn region(name: &str, words: &str) -> String {
    format!(
        "//li[contains(@class, 'region')][.//*[normalize-space(.) = '{name}']][contains(., '{words}')]"
    )
}

async fn catalogue_of(scene: &Scene) -> Result<CatalogueView> {
    Ok(scene.client().overview(Overview {}).await?.catalogue)
}

/// Once nothing is being fetched.
async fn catalogue(scene: &Scene) -> Result<CatalogueView> {
    eventually("the catalogue", A_DOWNLOAD, async || {
        Ok(Some(catalogue_of(scene).await?).filter(|catalogue| catalogue.progress.is_none()))
    })
    .await
}

/// The choices of a list with the numbers that they show.
async fn offered(scene: &Scene, list: &str) -> Result<Vec<(String, u32)>> {
    scene.page().find(&format!("{}/option[2]", with_id(list))).await?;
    let texts =
        "return [...document.getElementById(arguments[0]).options].slice(1).map((o) => o.text)";
    let driver = &scene.page().driver;
    let texts = driver.execute(texts, vec![list.into()]).await?;
    let texts: Vec<String> = serde_json::from_value(texts.json().clone())?;
    texts
        .into_iter()
        .map(|text| {
            let (_, number) = text.rsplit_once('（').context("a choice without a number")?;
            let guides = number.trim_end_matches('）').parse()?;
            Ok((text, guides))
        })
        .collect()
}

async fn choose_nothing(scene: &Scene, list: &str) -> Result<()> {
    let choose = "const list = document.getElementById(arguments[0]); list.value = ''; \
        list.dispatchEvent(new Event('change', { bubbles: true }));";
    scene.page().driver.execute(choose, vec![list.into()]).await?;
    eventually("the whole list", Duration::from_secs(10), async || {
        let bare = "return location.search === '' && !document.querySelector('.search-busy')";
        Ok((scene.run(bare).await? == json!(true)).then_some(()))
    })
    .await
}

/// Name of the item that a new version brings.
const NEW: &str = "居住证签注证明";

/// The sample with one item more, one less, and one that says something else.
fn with_news(folder: &Path) -> Result<()> {
    copy_assets(folder)?;
    let items = folder.join("catalogue/items");
    let source = json!({
        "item": {
            "code": "n00000000001", "version": "1", "name": NEW, "state": "1", "type": "20",
            "level": "4",
        },
        "places": {"level": "county", "department": "{name}公安局"},
    });
    std::fs::write(items.join("n00000000001.json"), source.to_string())?;
    change_item(folder, "000131023000", |item| item["conditions"][0] = json!("条件改了一处。"))?;
    Ok(std::fs::remove_file(items.join("001017042000.json"))?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_region_that_was_ordered_without_a_network_can_be_called_off() {
    let mut scene = Scene::with_guides().await.unwrap();
    let mut eye = Eye::new(&[ON_A_PHONE, IN_THE_DARK, ON_A_LAPTOP]).unwrap();
    scene.stage.link.cut().await;
    let province = KeepRegion { division: "42".parse().unwrap() };
    scene.client().keep_region(province).await.unwrap_err();
    scene.open("/me/catalogue").await.unwrap();
    let page = scene.page().clone();
    page.says("还没有下载好，有网络时会自动下载").await.unwrap();
    eye.look(&scene, "79-region-awaited").await.unwrap();
    eye.open_with_care_and_in_english(&scene, "/me/catalogue", "79-region-awaited").await.unwrap();
    scene.look(ON_A_PHONE).await.unwrap();
    page.press("不下载湖北省的办事指南了").await.unwrap();
    page.is_gone(&region("湖北省", "还没有下载好")).await.unwrap();
    eye.judge().unwrap();
}

/// What was pressed is gone with each step; a keyboard goes on from what came instead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_chooses_a_county_is_told_of_each_level() {
    let scene = Scene::with_guides().await.unwrap();
    let page = scene.page();
    scene.open("/county").await.unwrap();
    for (press, heading) in [
        ("宜昌市", "请选择区县"),
        ("宜昌市（点这里重选）", "请选择市（州）"),
        ("宜昌市", "请选择区县"),
    ] {
        page.press(press).await.unwrap();
        eventually("the level's heading to have the focus", Duration::from_secs(10), async || {
            let focus = scene.run("return document.activeElement.textContent").await?;
            Ok((focus == json!(heading)).then_some(()))
        })
        .await
        .unwrap();
    }
    page.press("夷陵区").await.unwrap();
    page.says("夷陵区的办事指南已经存好").await.unwrap();
    let focus = "return document.activeElement.id";
    assert_eq!(scene.run(focus).await.unwrap(), json!("county-ready"));
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
}
