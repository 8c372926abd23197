//! A filing arrives exactly once, whatever is lost or repeated on the way.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use http::Method;
use serde_json::Value;

use crate::{
    person::*,
    wire::{Asked, Turn},
    world::*,
};

fn accepts(reply: &Value) -> bool {
    reply["results"].as_array().unwrap().iter().any(|result| result["outcome"] == "accepted")
}

#[tokio::test]
async fn a_reply_lost_after_the_platform_has_committed_leads_to_one_case_with_its_number() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.wire.replies(|reply| (!accepts(&reply)).then_some(reply));

    // The line carries news: what broke was about this filing alone.
    sync(&client).await.unwrap();
    let numbers = world.case_numbers().await;
    assert_eq!(numbers.len(), 1, "the platform has committed");
    assert_eq!(waits(&state(&client, case).await), "network.broken");
    assert_eq!(receipt(&client, case).await.number, None);

    world.wire.no_rule();
    world.later(120);
    sync(&client).await.unwrap();
    assert_eq!(world.case_numbers().await, numbers);
    assert_eq!(world.number("SELECT count(*) FROM operations").await, 1);
    let receipt = receipt(&client, case).await;
    assert_eq!(receipt.number.as_ref(), numbers.first());
    assert!(receipt.accepted_at.is_some());
    assert_eq!(item(&client, case).await.row.number, receipt.number);
}

#[tokio::test]
async fn a_token_that_expires_between_two_pieces_is_renewed_and_the_upload_goes_on() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    let mut pieces = 0;
    world.wire.rule(move |asked| {
        pieces += usize::from(asked.method == Method::PATCH);
        if asked.method == Method::PATCH && pieces == 2 {
            Turn::Answer(401, vec![("content-type", "application/problem+json")], "{}".to_owned())
        } else {
            Turn::Pass
        }
    });
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    let asked = world.wire.asked();
    let renewals = asked.iter().filter(|one| one.path == "/oidc/token").count();
    assert_eq!(renewals, 2, "the code, and one renewal");
}

#[tokio::test]
async fn everything_sent_twice_creates_nothing_new() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.wire.rule(|asked| if asked.path.starts_with("/v1/") { Turn::Twice } else { Turn::Pass });

    sync(&client).await.unwrap();
    sync(&client).await.unwrap();
    assert_eq!(world.case_numbers().await, [receipt(&client, case).await.number.unwrap()]);
    assert_eq!(world.number("SELECT count(*) FROM operations").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM uploads").await, 3);
    assert_eq!(world.number("SELECT count(*) FROM changes").await, 1);
}

#[tokio::test]
async fn bytes_that_were_received_are_never_sent_again() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_form(&client).await;
    choose(&client, case, "trade", "other").await;
    // Noise does not compress: three pieces.
    let noise = |x: u32, y: u32| {
        let mixed = (x * 7919 + y).wrapping_mul(2_654_435_761).wrapping_mul(x ^ (y << 7) | 1);
        image::Rgb([(mixed >> 8) as u8, (mixed >> 16) as u8, (mixed >> 24) as u8])
    };
    let photo = png(image::RgbImage::from_fn(620, 620, noise));
    assert!(photo.len() > 1_048_576 && photo.len() < 1_572_864, "{}", photo.len());
    for material in ["business_licence", "design", "site_photo"] {
        attach(&client, case, material, photo.clone()).await.unwrap();
    }
    submit(&client, case).await;

    let is_piece = |asked: &Asked| asked.method == Method::PATCH;
    let pieces = Arc::new(AtomicUsize::new(0));
    world.wire.rule(move |asked| {
        let second = is_piece(asked) && pieces.fetch_add(1, Ordering::SeqCst) == 1;
        if second { Turn::Unreachable } else { Turn::Pass }
    });
    assert_eq!(code(sync(&client).await), "network.unreachable");
    assert_eq!(waits(&state(&client, case).await), "network.unreachable");

    // The app is started again in between.
    drop(client);
    let client = world.open("device").await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    let asked = world.wire.asked();
    let sent = asked.iter().filter(|asked| is_piece(asked) && asked.sent);
    assert_eq!(sent.map(|asked| asked.body.len()).sum::<usize>(), photo.len());
}

#[tokio::test]
async fn an_upload_that_stands_elsewhere_or_is_gone_goes_on_in_the_same_sync() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    let mut answers = [409, 460, 404, 410].into_iter();
    world.wire.rule(move |asked| {
        let answer = (asked.method == Method::PATCH).then(|| answers.next()).flatten();
        answer.map_or(Turn::Pass, |status| Turn::Answer(status, vec![], String::new()))
    });
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

#[tokio::test]
async fn an_upload_that_the_platform_has_forgotten_is_begun_again() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    let is_piece = |asked: &Asked| asked.method == Method::PATCH;
    world.wire.rule(move |asked| if is_piece(asked) { Turn::Unreachable } else { Turn::Pass });
    assert_eq!(code(sync(&client).await), "network.unreachable");
    assert_eq!(world.number("SELECT count(*) FROM uploads").await, 1);
    world.change_platform("DELETE FROM uploads").await;
    world.wire.no_rule();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

#[tokio::test]
async fn an_upload_that_never_gets_further_waits_and_says_so() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.wire.rule(|asked| match asked.method {
        Method::PATCH => Turn::Answer(204, vec![("upload-offset", "0")], String::new()),
        _ => Turn::Pass,
    });
    let synced = tokio::time::timeout(std::time::Duration::from_secs(20), sync(&client)).await;
    synced.expect("it comes to an end").unwrap();
    assert_eq!(waits(&state(&client, case).await), "network.unreadable");
}

#[tokio::test]
async fn one_sync_of_a_filing_that_lacks_nothing_is_one_round_trip() {
    let world = World::start().await;
    let client = world.device().await;
    let first = sign_draft(&client).await;
    let second = sign_draft(&client).await;
    submit(&client, first).await;
    sync(&client).await.unwrap();

    // The same pictures: the platform has them.
    submit(&client, second).await;
    world.wire.asked().clear();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, second).await), "submitted");
    assert_eq!(world.wire.asked().len(), 1);
}
