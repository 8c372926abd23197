//! Sessions that end far away, and sign-ins whose assurance level is too low: whatever
//! becomes of them, what the person has written stays, and goes on after the next sign-in.

use std::sync::{Arc, Mutex};

use tongban_client::{Client, Keyring as _};
use tongban_contract::{discovery::WELL_KNOWN_PATH, page::*};

use crate::{
    certified::{Browser, Person as Citizen, Provider},
    person::*,
    wire::Turn,
    world::*,
};

#[tokio::test]
async fn a_session_that_ends_while_the_device_is_offline_is_noticed_at_the_next_contact() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    let half = sign_form(&client).await;
    world.wire.cut();
    let receipt_before = submit(&client, case).await;
    world.change_platform("UPDATE oidc_grants SET revoked_at = 1").await;
    world.later(86_400);
    assert_eq!(code(sync(&client).await), "network.unreachable");
    assert!(matches!(overview(&client).await.account, AccountView::SignedIn(_)), "who knows");

    world.wire.restore();
    assert_eq!(code(sync(&client).await), "sign-in.expired");
    assert!(matches!(overview(&client).await.account, AccountView::SessionEnded(_)));
    assert_eq!(waits(&state(&client, case).await), "sign-in.expired");
    assert_eq!(receipt(&client, case).await.digest, receipt_before.digest);
    assert_eq!(kind(&state(&client, half).await), "draft");

    world.later(-86_400);
    world.sign_in(&client, LI).await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
    assert_eq!(world.case_numbers().await.len(), 1);
}

#[tokio::test]
async fn a_full_disk_does_not_end_a_session() {
    let world = World::start().await;
    let client = world.device().await;
    sync(&client).await.unwrap();
    world.keyring.is_full(Some(|| std::io::Error::from(std::io::ErrorKind::StorageFull).into()));
    world.later(601);
    let before = world.wire.exchanges_sent().len();
    assert_eq!(code(sync(&client).await), "device.full", "the tokens are renewed, and not kept");
    assert_eq!(world.wire.exchanges_sent().len(), before, "they are not used");
    client.close().await;
    drop(client);

    world.keyring.is_full(None);
    let client = world.open("device").await;
    sync(&client).await.unwrap();
    assert!(matches!(overview(&client).await.account, AccountView::SignedIn(_)));
}

#[tokio::test]
async fn filing_above_ones_level_leads_to_a_better_sign_in_and_loses_nothing() {
    let world = World::start().await;
    world.change_platform("UPDATE accounts SET assurance = 1").await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    let written = client.read_draft(ReadDraft { case }).await.unwrap();
    let refused = told(client.submit(Submit { case }).await);
    assert_eq!((&*refused.code, refused.assurance), ("sign-in.assurance", Some(2)));
    assert_eq!(client.read_draft(ReadDraft { case }).await.unwrap(), written);

    // An account that has not reached the level: the sign-in before goes on.
    let better = SignIn { assurance: refused.assurance };
    assert_eq!(code(client.sign_in(better.clone()).await), "sign-in.assurance");
    assert!(matches!(overview(&client).await.account, AccountView::SignedIn(_)));
    assert_eq!(client.read_draft(ReadDraft { case }).await.unwrap(), written);

    world.change_platform("UPDATE accounts SET assurance = 2").await;
    client.sign_in(better).await.unwrap();
    assert_eq!(client.read_draft(ReadDraft { case }).await.unwrap(), written);
    submit(&client, case).await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

#[tokio::test]
async fn what_the_platform_finds_below_its_level_waits_and_leaves_right_after_a_better_sign_in() {
    let world = World::start().await;
    let client = world.device().await;
    let case = sign_draft(&client).await;
    submit(&client, case).await;
    world.change_platform("UPDATE accounts SET assurance = 1").await;
    sync(&client).await.unwrap();
    let ItemState::Queued { waits: Some(problem), .. } = state(&client, case).await else {
        panic!("it does not wait");
    };
    assert_is_told_well(&problem);
    assert_eq!((&*problem.code, problem.assurance), ("sign-in.step-up", Some(2)));
    assert_eq!(world.case_numbers().await, [""; 0]);

    world.change_platform("UPDATE accounts SET assurance = 3").await;
    client.sign_in(SignIn { assurance: problem.assurance }).await.unwrap();
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, case).await), "submitted");
}

/// A device whose people sign in at a provider that nobody here wrote.
async fn device_of(world: &World, provider: &Provider, folder: &str) -> Client {
    let issuer = provider.info().issuer;
    world.wire.rule(move |asked| {
        let issuer = issuer.clone();
        if asked.path != WELL_KNOWN_PATH {
            return Turn::Pass;
        }
        Turn::After(Box::new(move |mut info| {
            info["issuer"] = issuer.into();
            Some(info)
        }))
    });
    let browser = Browser::default();
    let mut surroundings = world.surroundings();
    surroundings.browser = Arc::new(move |address| {
        let (browser, address) = (browser.clone(), address.clone());
        tokio::spawn(async move {
            let back = browser.open(&address, Citizen::Is("lixiulan")).await.back.unwrap();
            reqwest::get(back).await.unwrap();
        });
        Ok(())
    });
    Client::open(world.options(folder), surroundings).await.unwrap()
}

#[tokio::test]
async fn a_stolen_refresh_token_ends_the_session_and_everything_unsent_stays() {
    let world = World::start().await;
    let provider = Provider::start().await;
    let client = device_of(&world, &provider, "device").await;
    choose_county(&client).await.unwrap();
    client.sign_in(SignIn { assurance: Some(3) }).await.unwrap();
    let case = sign_draft(&client).await;
    let half = sign_form(&client).await;
    let receipt_before = submit(&client, case).await;

    // Whoever has read the keyring spends the token first.
    let names = world.keyring.history.lock().unwrap().clone();
    let name = &names.iter().find(|(name, _)| name.ends_with("/tokens")).unwrap().0;
    let kept = world.keyring.read(name).await.unwrap().unwrap();
    let kept: serde_json::Value =
        serde_json::from_str(secrecy::ExposeSecret::expose_secret(&kept)).unwrap();
    let stolen = reqwest::Client::new()
        .post(provider.issuer.join("/token").unwrap().as_str())
        .form(&[
            ("grant_type", "refresh_token"),
            ("client_id", "tongban-app"),
            ("refresh_token", kept["refresh"].as_str().unwrap()),
        ])
        .send()
        .await
        .unwrap();
    assert_eq!(stolen.status(), 200);

    // The platform does not take the access token, so that the device has to renew it.
    assert_eq!(code(sync(&client).await), "sign-in.expired");
    assert!(matches!(overview(&client).await.account, AccountView::SessionEnded(_)));
    assert_eq!(waits(&state(&client, case).await), "sign-in.expired");
    assert_eq!(receipt(&client, case).await.digest, receipt_before.digest);
    assert_eq!(kind(&state(&client, half).await), "draft");
    let tokens: serde_json::Value = stolen.json().await.unwrap();
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(provider.userinfo(token).await, 401, "the thief is out as well");

    client.close().await;
    drop(client);
    let client = device_of(&world, &provider, "device").await;
    assert_eq!(code(sync(&client).await), "sign-in.expired");
    client.sign_in(SignIn { assurance: None }).await.unwrap();
    assert!(matches!(overview(&client).await.account, AccountView::SignedIn(_)));
    assert_eq!(kind(&state(&client, case).await), "queued");
    assert_eq!(kind(&state(&client, half).await), "draft");
}

#[tokio::test]
async fn leaving_the_browser_opens_the_platforms_own_page_and_names_nobody() {
    let world = World::start().await;
    let opened = Arc::new(Mutex::new(None));
    let mut surroundings = world.surroundings();
    let sees = Arc::clone(&opened);
    surroundings.browser = Arc::new(move |address| {
        *sees.lock().unwrap() = Some(address.clone());
        Ok(())
    });
    let client = Client::open(world.options("device"), surroundings).await.unwrap();
    client.sign_out_of_browser(SignOutOfBrowser {}).await.unwrap();
    let page = opened.lock().unwrap().clone().unwrap();
    assert_eq!((page.path(), page.query()), ("/oidc/end_session", Some("client_id=tongban-app")));
    let html = reqwest::get(page).await.unwrap().text().await.unwrap();
    assert!(html.contains("平台不在浏览器里保留登录状态"), "{html}");
}

#[tokio::test]
async fn a_damaged_device_file_resets_no_safety_and_two_are_told() {
    let world = World::start().await;
    let client = world.device().await;
    let settings = Settings { shared_device: true, ..overview(&client).await.settings };
    client.change_settings(ChangeSettings { settings: settings.clone() }).await.unwrap();
    client.close().await;
    drop(client);
    let path = |name: &str| world.folder("device").join(name);
    std::fs::write(path("device.json"), b"").unwrap();
    let client = world.open("device").await;
    assert_eq!(overview(&client).await.settings, settings);
    assert!(matches!(overview(&client).await.account, AccountView::PinNeeded(_)));
    assert_eq!(overview(&client).await.problems, []);
    client.close().await;
    drop(client);
    for name in ["device.json", "device.copy.json"] {
        std::fs::write(path(name), b"").unwrap();
    }
    let client = world.open("device").await;
    let told = overview(&client).await.problems.remove(0);
    assert_is_told_well(&told);
    assert_eq!(told.code, "device.reset");
}
