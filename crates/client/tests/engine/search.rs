//! What people type, over every guide of the sample: how much of what answers it is on the
//! first page. How the answers were judged stands in `queries.tsv`.

use tongban_contract::page::{GuideFilter, GuideSort, SearchGuides};

use crate::world::{World, choose_county};

const QUERIES: &str = include_str!("queries.tsv");
/// Rows of a first page.
const FIRST_PAGE: usize = 10;
/// Least share of the answers that must be there, on average over the queries. What it is when
/// this was written (0.970), rounded down: whoever makes the search better raises it.
const RECALL: f64 = 0.965;

#[tokio::test]
async fn what_people_type_brings_its_answers_to_the_first_page() {
    let world = World::with_every_item().await;
    let client = world.open("device").await;
    choose_county(&client).await.unwrap();
    let (mut recall, mut first, mut queries) = (0.0, 0, 0);
    for line in QUERIES.lines().filter(|line| !line.starts_with('#')) {
        let (query, answers) = line.split_once('\t').unwrap();
        let request = SearchGuides {
            query: query.to_owned(),
            filter: GuideFilter::default(),
            sort: GuideSort::default(),
            offset: 0,
            limit: FIRST_PAGE.try_into().unwrap(),
        };
        let rows = client.search_guides(request).await.unwrap().rows;
        let answers: Vec<&str> = answers.split(',').collect();
        let is_there = |answer: &&&str| rows.iter().any(|row| row.item == **answer);
        let there = answers.iter().filter(is_there).count();
        recall += there as f64 / answers.len().min(FIRST_PAGE) as f64;
        first += usize::from(rows.first().is_some_and(|row| answers.contains(&row.item.as_str())));
        queries += 1;
        if there < answers.len() {
            let missing: Vec<_> = answers.iter().filter(|answer| !is_there(answer)).collect();
            println!("{query}: {missing:?} not among {}", rows.len());
        }
    }
    let recall = recall / f64::from(queries);
    println!(
        "{queries} queries, recall@{FIRST_PAGE} {recall:.3}, an answer comes first {first} times"
    );
    assert!(queries >= 150);
    assert!(recall >= RECALL, "{recall}");
}
