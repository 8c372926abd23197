//! From the address for the browser to the tokens in the keyring.

use std::time::Duration;

use serde_json::json;

use super::*;

#[tokio::test]
async fn a_person_signs_in_and_the_tokens_are_in_the_keyring_alone() {
    let world = World::new();
    let pending = world.identity.begin(&world.info, Some(2)).await.unwrap();
    let prompt = pending.prompt.clone();
    assert_eq!(prompt.address.host_str(), Some("zwfw.example.gov.cn"));
    let asked = |name: &str| {
        prompt.address.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
    };
    assert_eq!(asked("acr_values").as_deref(), Some("2"));
    assert!(asked("redirect_uri").unwrap().starts_with("http://127.0.0.1:"));
    let shown = format!("{prompt:?} {pending:?}");
    assert!(!shown.contains("state") && !shown.contains(&asked("nonce").unwrap()), "{shown}");

    let back = world.provider.authorize(&prompt.address);
    let (done, page) = tokio::join!(pending.finish(), visit(&back));
    let done = done.unwrap();
    assert_eq!(done.account.len(), 32);
    assert_eq!(done.person.name, "李秀兰");
    assert_eq!(done.person.masked_id, "340***********001X");
    assert_eq!(done.person.assurance, 3);

    assert_eq!(page.status, 200);
    assert!(page.body.contains("您已登录") && !page.body.contains("<script"));
    assert!(page.policy.contains("default-src 'none'"));

    assert_eq!(world.keyring.names(), [format!("{}/tokens", done.account)]);
    let kept = world.keyring.peek(&format!("{}/tokens", done.account)).unwrap();
    assert!(kept.contains("access-1") && kept.contains("refresh-1"));
    assert!(!format!("{done:?}").contains("access-1"));
}

#[tokio::test]
async fn the_same_person_is_the_same_account() {
    let world = World::new();
    let first = world.sign_in().await;
    assert_eq!(world.sign_in().await.account, first.account);
    world.provider.state().claims = json!({ "sub": "subject-2" });
    assert_ne!(world.sign_in().await.account, first.account);
}

/// A sign-in with an answer that is changed on its way: how it ends.
async fn ends(world: &World, change: impl FnOnce(&mut BTreeMap<String, String>)) -> IdentityError {
    let pending = world.identity.begin(&world.info, None).await.unwrap();
    let mut back = world.provider.authorize(&pending.prompt.address);
    let mut answer: BTreeMap<String, String> = back.query_pairs().into_owned().collect();
    change(&mut answer);
    back.query_pairs_mut().clear().extend_pairs(answer);
    let (done, page) = tokio::join!(pending.finish(), visit(&back));
    let error = done.unwrap_err();
    assert!(page.body.contains(&error.problem().detail), "{}", page.body);
    assert!(world.keyring.names().is_empty(), "something was kept");
    error
}

fn set(answer: &mut BTreeMap<String, String>, name: &str, value: &str) {
    answer.insert(name.to_owned(), value.to_owned());
}

#[tokio::test]
async fn an_answer_of_another_sign_in_or_another_provider_is_not_taken() {
    let world = World::new();
    let error = ends(&world, |answer| set(answer, "state", "another")).await;
    assert_eq!(error.problem().code, "sign-in.state");
    let error = ends(&world, |answer| set(answer, "iss", "https://elsewhere.example")).await;
    assert_eq!(error.problem().code, "sign-in.issuer");
    let missing = |answer: &mut BTreeMap<String, String>| {
        answer.remove("iss");
    };
    assert_eq!(ends(&world, missing).await.problem().code, "sign-in.issuer");
    assert_eq!(world.provider.count("/oidc/token"), 0, "a code was given away");
}

#[tokio::test]
async fn a_provider_that_never_names_its_issuer_may_leave_it_out() {
    let world = World::new();
    world.provider.state().metadata =
        json!({ "authorization_response_iss_parameter_supported": null });
    let pending = world.identity.begin(&world.info, None).await.unwrap();
    let mut back = world.provider.authorize(&pending.prompt.address);
    let answer: Vec<(String, String)> =
        back.query_pairs().into_owned().filter(|(name, _)| name != "iss").collect();
    back.query_pairs_mut().clear().extend_pairs(answer);
    let (done, _) = tokio::join!(pending.finish(), visit(&back));
    done.unwrap();
}

#[tokio::test]
async fn errors_of_the_provider_are_told_apart() {
    let world = World::new();
    for (error, code) in [
        ("access_denied", "sign-in.cancelled"),
        ("account_disabled", "sign-in.refused"),
        ("unmet_authentication_requirements", "sign-in.assurance"),
        ("temporarily_unavailable", "platform.overloaded"),
        ("server_error", "sign-in.provider"),
        ("<script>alert(1)</script>", "sign-in.provider"),
    ] {
        let change = |answer: &mut BTreeMap<String, String>| {
            answer.remove("code");
            set(answer, "error", error);
        };
        assert_eq!(ends(&world, change).await.problem().code, code, "{error}");
    }
}

#[tokio::test]
async fn whatever_else_knocks_is_turned_away_and_ends_nothing() {
    let world = World::new();
    let pending = world.identity.begin(&world.info, None).await.unwrap();
    let back = world.provider.authorize(&pending.prompt.address);
    let at = |path: &str| back.join(path).unwrap();
    let knock = async {
        assert_eq!(visit(&at("/favicon.ico")).await.status, 404);
        assert_eq!(visit(&at("/")).await.status, 404);
        assert_eq!(visit(&at("/callback")).await.status, 400);
        assert_eq!(visit(&at("/callback?state=a")).await.status, 400);
        assert_eq!(visit(&at("/callback?code=a&state=b&state=c")).await.status, 400);
        let post = http::Request::post(back.as_str()).body(Bytes::new()).unwrap();
        assert_eq!(send(post).await.status, 405);
        let rebound = http::Request::get(back.as_str()).header("host", "evil.example");
        assert_eq!(send(rebound.body(Bytes::new()).unwrap()).await.status, 421);
        let long = http::Request::get(back.as_str()).header("x-long", "a".repeat(40_000));
        assert_eq!(send(long.body(Bytes::new()).unwrap()).await.status, 431);
        // A connection that says nothing, as browsers open in advance.
        let silent = tokio::net::TcpStream::connect(("127.0.0.1", back.port().unwrap())).await;
        let page = visit(&back).await;
        drop(silent);
        page
    };
    let (done, page) = tokio::join!(pending.finish(), knock);
    done.unwrap();
    assert!(page.body.contains("登录成功"));
}

#[tokio::test]
async fn a_sign_in_that_is_dropped_frees_its_port() {
    let world = World::new();
    let pending = world.identity.begin(&world.info, None).await.unwrap();
    let port = world.provider.authorize(&pending.prompt.address).port().unwrap();
    let waiting = tokio::spawn(pending.finish());
    let connected = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
    assert!(connected.is_ok());
    waiting.abort();
    let _ = waiting.await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn no_two_sign_ins_share_what_must_not_be_guessed() {
    let world = World::new();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..2 {
        let pending = world.identity.begin(&world.info, None).await.unwrap();
        for (name, value) in pending.prompt.address.query_pairs() {
            if ["state", "nonce", "code_challenge"].contains(&&*name) {
                assert_eq!(value.len(), 43, "256 bits: {name}");
                assert!(seen.insert(value.into_owned()), "{name}");
            }
        }
    }
    assert_eq!(seen.len(), 6);
}

#[tokio::test]
async fn a_browser_that_never_comes_back_is_not_waited_for_for_ever() {
    let world = World::new();
    let mut pending = world.identity.begin(&world.info, None).await.unwrap();
    pending.patience = Duration::from_millis(30);
    assert_eq!(pending.finish().await.unwrap_err().problem().code, "sign-in.timed-out");
}

#[tokio::test]
async fn a_clock_that_is_a_little_off_is_taken_and_one_far_off_is_named() {
    let world = World::new();
    for off in [-280, 280] {
        world.clock.store(START + off, Ordering::SeqCst);
        world.sign_in().await;
        world.keyring.clear();
    }
    for (off, direction, amount) in
        [(-400, "慢", "6 分钟"), (3 * 3600, "快", "3 小时"), (-40 * 86_400, "慢", "40 天")]
    {
        world.clock.store(START + off, Ordering::SeqCst);
        let problem = ends(&world, |_| ()).await.problem();
        assert_eq!(problem.code, "sign-in.clock");
        assert!(problem.detail.contains(direction), "{}", problem.detail);
        assert!(problem.detail.contains(amount), "{}", problem.detail);
    }
    assert_eq!(world.provider.state().revoked.len(), 3, "tokens were left valid");
}

#[tokio::test]
async fn an_id_token_that_is_not_to_be_trusted_is_refused() {
    let world = World::new();
    for claims in [
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "aud": "another-app" }),
        json!({ "aud": ["cn.tongban.app", "another-app"] }),
        json!({ "iss": "https://elsewhere.example" }),
        json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
        json!({ "exp": START - 400 }),
    ] {
        world.provider.state().claims = claims.clone();
        assert_eq!(ends(&world, |_| ()).await.problem().code, "sign-in.id-token", "{claims}");
    }
    world.provider.state().claims = json!({});
    // Signed by somebody else under the provider's key name.
    world.provider.state().published = Some((0, "first"));
    world.provider.state().key = (1, "first");
    assert_eq!(ends(&world, |_| ()).await.problem().code, "sign-in.id-token");
    world.provider.state().key = (0, "first");
    world.provider.state().gives_id_token = false;
    assert_eq!(ends(&world, |_| ()).await.problem().code, "sign-in.id-token");
}

#[tokio::test]
async fn a_provider_may_change_its_keys_while_it_is_remembered() {
    let world = World::new();
    world.sign_in().await;
    world.provider.state().key = (1, "second");
    world.sign_in().await;
    assert_eq!(world.provider.count("/oidc/jwks"), 2);
    // A key that it does not publish remains unknown.
    world.keyring.clear();
    world.provider.state().published = Some((1, "second"));
    world.provider.state().key = (0, "third");
    assert_eq!(ends(&world, |_| ()).await.problem().code, "sign-in.id-token");
}

#[tokio::test]
async fn an_assurance_level_below_the_one_asked_for_is_not_enough() {
    let world = World::new();
    for acr in [Some("2"), Some("gold"), None] {
        world.provider.state().acr = acr.map(str::to_owned);
        world.provider.state().claims =
            if acr.is_none() { json!({ "acr": null }) } else { json!({}) };
        let pending = world.identity.begin(&world.info, Some(3)).await.unwrap();
        let back = world.provider.authorize(&pending.prompt.address);
        let (done, _) = tokio::join!(pending.finish(), visit(&back));
        assert_eq!(done.unwrap_err().problem().code, "sign-in.assurance", "{acr:?}");
    }
    assert_eq!(world.sign_in().await.person.assurance, 1);
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_without_protection() {
    let mut world = World::new();
    world.info.issuer = "http://zwfw.example.gov.cn/oidc".to_owned();
    let error = world.identity.begin(&world.info, None).await.unwrap_err();
    assert_eq!(error.problem().code, "sign-in.insecure");
    assert!(world.provider.state().requests.is_empty());

    for field in ["authorization_endpoint", "jwks_uri"] {
        let world = World::new();
        world.provider.state().metadata = json!({ field: "http://zwfw.example.gov.cn/oidc/x" });
        let error = world.identity.begin(&world.info, None).await.unwrap_err();
        assert_eq!(error.problem().code, "sign-in.insecure", "{field}");
    }
    let world = World::new();
    world.provider.state().metadata =
        json!({ "token_endpoint": "http://zwfw.example.gov.cn/oidc/token" });
    assert_eq!(ends(&world, |_| ()).await.problem().code, "sign-in.insecure");
    assert_eq!(world.provider.count("/oidc/token"), 0);
}

#[tokio::test]
async fn a_provider_that_is_not_the_issuer_it_is_asked_as_is_not_used() {
    let world = World::new();
    world.provider.state().metadata = json!({ "issuer": "https://elsewhere.example" });
    let error = world.identity.begin(&world.info, None).await.unwrap_err();
    assert_eq!(error.problem().code, "sign-in.provider");
}

#[tokio::test]
async fn no_network_and_a_captive_portal_are_named() {
    let world = World::new();
    world.provider.state().network = provider::Network::Down;
    let error = world.identity.begin(&world.info, None).await.unwrap_err();
    assert_eq!(error.problem().code, "network.unreachable");
    world.provider.state().network = provider::Network::Portal;
    let error = world.identity.begin(&world.info, None).await.unwrap_err();
    assert_eq!(error.problem().code, "network.captive-portal");

    world.provider.state().network = provider::Network::Up;
    let pending = world.identity.begin(&world.info, None).await.unwrap();
    let back = world.provider.authorize(&pending.prompt.address);
    world.provider.state().network = provider::Network::LosesReplies;
    let (done, page) = tokio::join!(pending.finish(), visit(&back));
    assert_eq!(done.unwrap_err().problem().code, "network.broken");
    assert!(page.body.contains("没有登录成功"));
}

#[tokio::test]
async fn tokens_that_the_keyring_does_not_take_are_given_back() {
    let world = World::new();
    world.keyring.set_locked(true);
    assert_eq!(ends(&world, |_| ()).await.problem().code, "keyring.locked");
    assert_eq!(world.provider.state().revoked, ["refresh-1"]);
}
