//! Searching in the list of guides.

use serde_json::json;
use tongban_contract::page::KeepRegion;

use crate::{
    eye::complaints,
    scene::{ON_A_LAPTOP, Scene},
};

const FIELD: &str = "//input[@type='search']";

/// The address says what was typed once typing rests, and sooner where the person goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_are_still_there_for_whoever_opens_a_guide_at_once_and_comes_back() {
    let scene = Scene::with_guides().await.unwrap();
    let page = scene.page();
    scene.open("/guides").await.unwrap();
    page.find("//ul[contains(@class, 'rows')]/li//a").await.unwrap();
    let before = scene.run("return history.length").await.unwrap();
    let typed = "const field = document.querySelector('input[type=search]'); \
        for (const words of ['居', '居住', '居住证']) { \
            field.value = words; \
            field.dispatchEvent(new InputEvent('input', { bubbles: true })); \
        } \
        const told = location.search; \
        document.querySelector('.rows a').click(); \
        return [told, location.pathname.startsWith('/guides/')]";
    assert_eq!(scene.run(typed).await.unwrap(), json!(["", true]));
    page.find("//article").await.unwrap();
    scene.run("history.back()").await.unwrap();
    page.find("//ul[contains(@class, 'rows')]//*[contains(., '居住证')]").await.unwrap();
    let field = page.find(FIELD).await.unwrap();
    assert_eq!(field.prop("value").await.unwrap().as_deref(), Some("居住证"));
    let after = scene.run("return [new URLSearchParams(location.search).get('q'), history.length]");
    // The guide alone was added.
    let length = before.as_u64().unwrap() + 1;
    assert_eq!(after.await.unwrap(), json!(["居住证", length]));
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_found_from_home_is_still_there_for_whoever_comes_back() {
    let scene = Scene::with_guides().await.unwrap();
    let page = scene.page();
    scene.open("/").await.unwrap();
    page.search("居住证").await.unwrap();
    page.click("//section//ul[contains(@class, 'rows')]/li[1]//a").await.unwrap();
    page.find("//article").await.unwrap();
    let address = scene.run("return [location.pathname, location.search]").await.unwrap();
    scene.run("history.back()").await.unwrap();
    page.find("//section//ul[contains(@class, 'rows')]//*[contains(., '居住证')]").await.unwrap();
    let field = page.find(FIELD).await.unwrap();
    assert_eq!(field.prop("value").await.unwrap().as_deref(), Some("居住证"));
    // The list beside the guide is that of the search.
    scene.look(ON_A_LAPTOP).await.unwrap();
    scene.run("history.forward()").await.unwrap();
    page.find("//article").await.unwrap();
    let again = scene.run("return [location.pathname, location.search]").await.unwrap();
    assert_eq!(again, address);
    let field = page.find(FIELD).await.unwrap();
    assert_eq!(field.prop("value").await.unwrap().as_deref(), Some("居住证"));
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
}

/// Where it is handled, and by whom, is what the person opened.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guide_stays_what_it_is_while_the_list_beside_it_is_narrowed() {
    let scene = Scene::with_guides().await.unwrap();
    let page = scene.page();
    scene.look(ON_A_LAPTOP).await.unwrap();
    let division = "420502".parse().unwrap();
    scene.client().keep_region(KeepRegion { division }).await.unwrap();
    scene.open("/guides?q=食品经营许可").await.unwrap();
    page.press("食品经营许可（餐饮店开办）").await.unwrap();
    page.find("//*[@class='glance-office'][contains(., '夷陵区')]").await.unwrap();
    page.press("筛选").await.unwrap();
    page.choose_from("filter-region", "西陵区").await.unwrap();
    page.find("//ul[contains(@class, 'rows')]//*[@class='row-office'][contains(., '西陵区')]")
        .await
        .unwrap();
    let address = "const said = new URLSearchParams(location.search); \
        return [location.pathname, said.get('region'), said.get('q'), said.get('at')]";
    let expected = json!(["/guides/000131023000", "420502", "食品经营许可", null]);
    assert_eq!(scene.run(address).await.unwrap(), expected);
    page.find("//*[@class='glance-office'][contains(., '夷陵区')]").await.unwrap();
    assert_eq!(complaints(&scene).await.unwrap(), Vec::<String>::new());
}
