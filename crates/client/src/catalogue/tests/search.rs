//! Searching as people type.

use proptest::prelude::*;
use tongban_contract::page::{GuideFilter, GuideRow, GuideSort, SearchGuides, TextPiece};

use super::reading::installed;

pub(super) fn request(query: &str, theme: Option<&str>, audience: Option<&str>) -> SearchGuides {
    SearchGuides {
        query: query.into(),
        filter: GuideFilter {
            theme: theme.map(Into::into),
            audience: audience.map(Into::into),
            ..GuideFilter::default()
        },
        sort: GuideSort::default(),
        offset: 0,
        limit: 100,
    }
}

fn shown(pieces: &[TextPiece]) -> String {
    pieces
        .iter()
        .map(|piece| if piece.matched { format!("[{}]", piece.text) } else { piece.text.clone() })
        .collect()
}

fn name(row: &GuideRow) -> String {
    row.name.iter().map(|piece| piece.text.as_str()).collect()
}

#[tokio::test]
async fn everyday_words_find_what_they_mean() {
    let (_directory, catalogue) = installed().await;
    for (typed, expected) in [
        ("社保", "城乡居民基本养老保险参保登记"),
        ("养老", "城乡居民基本养老保险参保登记"),
        ("社保卡", "社会保障卡申领"),
        ("办个饭馆", "食品经营许可（餐饮店开办）"),
        ("我想开个饭馆", "食品经营许可（餐饮店开办）"),
        ("改名字", "变更姓名登记"),
        ("怎么改名", "变更姓名登记"),
        ("驾照到期", "机动车驾驶证期满换证"),
        ("驾照到期了怎么办", "机动车驾驶证期满换证"),
        ("zhizhao", "个体工商户设立登记"),
        ("yyzz", "个体工商户设立登记"),
        ("ying ye zhi zhao", "个体工商户设立登记"),
        ("YINGYEZHI", "个体工商户设立登记"),
        ("營業執照", "个体工商户设立登记"),
        ("营业执照 夷陵", "个体工商户设立登记"),
        ("个体户", "个体工商户设立登记"),
        ("驾", "机动车驾驶证期满换证"),
        ("jz", "机动车驾驶证期满换证"),
        ("0001310010", "个体工商户设立登记"),
        ("11420506100000MB1B002014201000", "城乡居民基本养老保险参保登记"),
        ("11420506100000mb1b0020", "城乡居民基本养老保险参保登记"),
    ] {
        let list = catalogue.search(&request(typed, None, None), None).await.unwrap();
        assert!(list.total > 0, "{typed} finds nothing");
        assert_eq!(name(&list.rows[0]), expected, "{typed}");
    }
    for typed in ["火箭发射", "qqqq", "?!", "取消了的登记 kkkk"] {
        let list = catalogue.search(&request(typed, None, None), None).await.unwrap();
        let names: Vec<_> = list.rows.iter().map(name).collect();
        assert!(!names.contains(&"取消了的登记".to_owned()));
        assert!(typed.contains("登记") || list.total == 0, "{typed}: {names:?}");
    }
}

#[tokio::test]
async fn what_matched_is_marked_in_the_name_or_else_in_an_everyday_name() {
    let (_directory, catalogue) = installed().await;
    for (typed, in_name, in_alias) in [
        ("变更姓名", "[变更姓名]登记", ""),
        ("改名字", "变更姓名登记", "[改名字]"),
        ("gaiming", "变更姓名登记", "[改名]字"),
        ("社保", "城乡居民基本养老保险参保登记", "[社保]"),
    ] {
        let list = catalogue.search(&request(typed, None, None), None).await.unwrap();
        let shown = (shown(&list.rows[0].name), shown(&list.rows[0].alias));
        let expected = (in_name.to_owned(), in_alias.to_owned());
        assert_eq!(shown, expected, "{typed}");
    }
}

#[tokio::test]
async fn a_name_weighs_more_than_a_material() {
    let (_directory, catalogue) = installed().await;
    let list = catalogue.search(&request("营业执照", None, None), None).await.unwrap();
    let names: Vec<_> = list.rows.iter().map(name).collect();
    assert_eq!(names, ["个体工商户设立登记", "食品经营许可（餐饮店开办）"]);
    assert!(list.rows[0].score < list.rows[1].score);
    // The index's own measure counts too, where the names decide nothing.
    let list = catalogue.search(&request("参保 养老", None, None), None).await.unwrap();
    assert!(list.rows[0].score < -0.1, "{}", list.rows[0].score);
}

#[tokio::test]
async fn a_blank_query_lists_and_filters_narrow() {
    let (_directory, catalogue) = installed().await;
    let totals = async |query: &str, theme, audience| {
        catalogue.search(&request(query, theme, audience), None).await.unwrap().total
    };
    assert_eq!(totals(" \u{3000}", None, None).await, 7);
    assert_eq!(totals("", Some(""), Some("")).await, 7);
    assert_eq!(totals("", Some("social-security"), None).await, 3);
    assert_eq!(totals("", Some("social-security"), Some("1")).await, 1);
    assert_eq!(totals("登记", Some("public-safety"), None).await, 1);
    assert_eq!(totals("", Some("no-such-theme"), None).await, 0);
    let first = &catalogue.search(&request("", None, None), None).await.unwrap().rows[0];
    assert!(first.has_form, "what can be filed from here comes first");
    assert_eq!(first.promised_days, Some(3), "as the nearest place carries it out");
    assert_eq!(first.department, "420506办事处");
}

#[tokio::test]
async fn pages_are_pieces_of_one_order() {
    let (_directory, catalogue) = installed().await;
    for query in ["", "登记", "登", "保险卡社饭"] {
        let whole = catalogue.search(&request(query, None, None), None).await.unwrap();
        assert_eq!(whole.rows.len(), whole.total as usize);
        let mut pieces = Vec::new();
        for offset in 0..whole.total {
            let request = SearchGuides { offset, limit: 1, ..request(query, None, None) };
            let page = catalogue.search(&request, None).await.unwrap();
            assert_eq!(page.total, whole.total);
            pieces.extend(page.rows);
        }
        assert_eq!(pieces, whole.rows, "{query}");
        let past = SearchGuides { offset: whole.total, ..request(query, None, None) };
        assert_eq!(catalogue.search(&past, None).await.unwrap().rows, []);
    }
}

#[test]
fn whatever_is_typed_is_text() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (_directory, catalogue) = runtime.block_on(installed());
    let search =
        |typed: &str| runtime.block_on(catalogue.search(&request(typed, None, None), None));
    for typed in [
        "\"",
        "\"社保",
        "社保\"*",
        "name:社保",
        "{name alias} : 社保",
        "NEAR(社保 养老, 2)",
        "社保 AND",
        "OR",
        "NOT 社保",
        "-社保",
        "^社保",
        "社*保",
        "a\0b",
        "(",
        ")",
        "社保 + 卡",
        "%",
        "_",
        "'; DROP TABLE guide; --",
    ] {
        search(typed).unwrap_or_else(|error| panic!("{typed:?}: {error:?}"));
    }
    search(&"社保卡丢了怎么办".repeat(10_000)).unwrap();
    search(&"abc ".repeat(10_000)).unwrap();
    proptest!(ProptestConfig::with_cases(200), |(
        typed in prop_oneof![any::<String>(), "[社保卡a-c0-9\"*(){}:^+ -]{0,12}"]
    )| {
        prop_assert!(search(&typed).is_ok(), "{:?}", typed);
    });
}
