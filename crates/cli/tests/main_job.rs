//! The main job by command line: sign in, fetch the guides, fill in an application,
//! submit it without a network, and have it arrive when there is one again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod world;

use std::time::Duration;

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use world::{AID, COUNTY, ITEM, World, without};

/// A PDF as far as its first bytes tell, which is what is looked at.
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

/// Every answer that the form needs. The person's numbers go this way, as arguments are
/// seen by everybody on the machine.
fn answers() -> Value {
    json!({
        "/applicant/name": "李秀兰",
        "/applicant/id_number": "34052419800101001X",
        "/applicant/mobile": "13800138000",
        "/shop/name": "老街口早点店",
        "/shop/address/division": "420506100",
        "/shop/address/detail": "老街 18 号",
        "/shop/seats": 16,
        "/shop/categories": ["hot", "drinks"],
        "/shop/uses_gas": false,
        "/shop/has_cold_dishes": false,
        "/shop/delivery": false,
        "/shop/waste_collector": "待签",
        "/staff": [{
            "name": "李秀兰",
            "id_number": "34052419800101001X",
            "health_certificate_no": "H-001"
        }],
        "/commitment": true
    })
}

/// A world in which somebody is signed in and the guides are there.
async fn prepared() -> World {
    let world = World::new().await;
    world.sign_in("lixiulan").await;
    world.json(&["catalogue", "sync", "--county", COUNTY]).await.json(0);
    world
}

/// A complete draft. Answers its id.
async fn complete(world: &World) -> String {
    let started = world.json(&["drafts", "new", ITEM]).await.json(0);
    let case = started["case"].as_str().unwrap().to_owned();
    let set = [
        "--json",
        "drafts",
        "set",
        &case,
        "/shop/area=42.5",
        "--situation",
        "operator=person",
        "--situation",
        "premises=owned",
        "--answers",
        "-",
    ];
    world.run_with_input(&set, &answers().to_string()).await.json(0);
    let pdf = world.file("扫描件.pdf", PDF);
    for material in ["id_card", "premises_photo", "property_proof", "health_certificate"] {
        world.json(&["drafts", "attach", &case, material, &pdf]).await.json(0);
    }
    case
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_made_and_submitted_offline_arrives_once() {
    let mut world = World::new().await;
    let signed_in = world.sign_in("lixiulan").await;
    assert_json_snapshot!("signed_in", signed_in);

    let synced = world.json(&["catalogue", "sync", "--county", COUNTY]).await.json(0);
    assert_json_snapshot!(
        "catalogue_sync",
        without(&["published_at", "checked_at", "bytes"], synced)
    );

    // From here on the platform is out of reach.
    world.stop().await;
    let found = world.json(&["guides", "search", "开饭馆", "--limit", "5"]).await.json(0);
    assert_json_snapshot!("guides_search", without(&["score"], found));
    let guide = world.run(&["guides", "show", ITEM]).await;
    assert_eq!(guide.code, 0, "{guide:?}");
    assert!(guide.stdout.contains("夷陵区市场监督管理局"), "{}", guide.stdout);
    assert!(guide.stderr.is_empty(), "{}", guide.stderr);

    let case = complete(&world).await;
    let checked = world.json(&["drafts", "check", &case]).await.json(0);
    assert_json_snapshot!("drafts_check", without(&["case", "saved_at"], checked));
    let queued = world.json(&["drafts", "submit", &case]).await.json(4);
    assert_json_snapshot!(
        "drafts_submit_offline",
        without(&["case", "filed_at", "digest"], queued)
    );
    let waiting = world.json(&["outbox"]).await.json(0);
    assert_json_snapshot!("outbox", without(&["case", "updated_at"], waiting));
    assert_eq!(world.json(&["sync"]).await.problem(4), "network.unreachable");

    // It is back at the same address.
    world.start().await;
    let synced = world.json(&["sync"]).await.json(0);
    assert_json_snapshot!("sync", without(&["last_success", "next_try"], synced));
    let number = accepted(&world, &case).await;
    world.json(&["sync"]).await.json(0);
    assert_eq!(accepted(&world, &case).await, number);
    let listed = world.json(&["cases", "list"]).await.json(0);
    assert_eq!(listed["cases"].as_array().unwrap().len(), 1);
    assert_eq!(world.json(&["outbox"]).await.json(0)["outbox"], json!([]));
    let shown = world.run(&["cases", "show", &case]).await;
    assert!(shown.stdout.contains(&number), "{}", shown.stdout);
}

/// The acceptance number of an application that the platform has.
async fn accepted(world: &World, case: &str) -> String {
    let shown = world.json(&["cases", "show", case]).await.json(0);
    assert_eq!(shown["row"]["state"]["state"], "submitted", "{shown}");
    shown["row"]["number"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_submitted_online_has_its_number_at_once_and_can_be_withdrawn() {
    let world = prepared().await;
    let case = complete(&world).await;
    let receipt = world.json(&["drafts", "submit", &case]).await.json(0);
    assert_json_snapshot!(
        "drafts_submit",
        without(&["case", "filed_at", "accepted_at", "number", "digest"], receipt)
    );
    // Filed is filed: it can be changed no more, and not be filed twice.
    let set = world.json(&["drafts", "set", &case, "/shop/area=50"]).await;
    assert_eq!(set.problem(3), "draft.filed");
    assert_eq!(world.json(&["drafts", "submit", &case]).await.problem(3), "draft.filed");
    assert_eq!(world.json(&["cases", "mend", &case]).await.problem(3), "mend.not-asked");

    let withdrawn = world.json(&["cases", "withdraw", &case, "--reason", "不办了"]).await.json(0);
    assert_eq!(withdrawn["item"]["state"], json!({ "state": "submitted", "case": "withdrawn" }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_is_mended_and_the_licence_is_in_the_wallet() {
    let world = World::with_office(Duration::from_millis(100)).await;
    world.sign_in("lixiulan").await;
    world.json(&["catalogue", "sync", "--county", COUNTY]).await.json(0);
    let case = complete(&world).await;
    world.json(&["drafts", "submit", &case]).await.json(0);

    world.sync_until(|answer| answer["counts"]["attention"] == 1).await;
    let synced = world.json(&["sync"]).await.json(3);
    assert_eq!(synced["attention"][0]["case"], case.as_str());
    let mending = world.json(&["cases", "mend", &case]).await.json(0);
    let faults = mending["notice"]["faults"].as_array().unwrap();
    assert!(!faults.is_empty(), "{mending}");
    let told = world.run(&["cases", "show", &case]).await;
    for fault in faults {
        let sentence = fault["sentence"].as_str().unwrap();
        assert!(told.stdout.contains(sentence), "{}", told.stdout);
    }
    let detail = "/shop/address/detail=\"老街 18 号 1 楼\"";
    world.json(&["drafts", "set", &case, detail]).await.json(0);
    world.json(&["drafts", "submit", &case]).await.json(0);

    world.sync_until(|answer| answer["counts"]["licences"] == 1).await;
    let listed = world.json(&["licences", "list"]).await.json(0);
    let licence = listed["licences"][0]["id"].as_str().unwrap();
    let shown = world.json(&["licences", "show", licence]).await.json(0);
    assert_eq!(shown["signature_is_right"], true);
    assert_eq!(shown["licence"]["holder"], "李秀兰");
    let withdrawn = world.json(&["cases", "withdraw", &case]).await;
    assert_eq!(withdrawn.problem(3), "withdraw.not-now");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_without_a_network_is_carried_by_somebody_else() {
    let mut world = prepared().await;
    let courier = world.data().join("..").join("给平台.courier");
    let courier = courier.to_str().unwrap();
    assert_eq!(world.json(&["courier", "export", courier]).await.problem(2), "courier.nothing");
    world.json(&["sync"]).await.json(0);
    let case = complete(&world).await;
    world.stop().await;
    world.json(&["drafts", "submit", &case]).await.json(4);
    let made = world.json(&["courier", "export", courier]).await.json(0);
    assert_json_snapshot!("courier_export", without(&["bytes"], made));
    assert_eq!(world.json(&["courier", "export", courier]).await.problem(2), "courier.exists");
    assert_eq!(world.json(&["drafts", "recall", &case]).await.problem(3), "recall.sent");
    assert_eq!(world.json(&["courier", "relay", courier]).await.problem(4), "network.unreachable");

    world.start().await;
    world.json(&["sign-out"]).await.json(0);
    assert_eq!(world.json(&["courier", "relay", courier]).await.problem(5), "sign-in.needed");
    world.sign_in("wangjianguo").await;
    let other = world.file("别的.courier", PDF);
    assert_eq!(world.json(&["courier", "relay", &other]).await.problem(2), "courier.not-a-courier");
    let taken = world.json(&["courier", "relay", courier]).await.json(0);
    assert_eq!(taken, json!({ "courier": { "taken": 1, "known": 0, "not_taken": 0 } }));
    let told = world.run(&["courier", "relay", courier]).await;
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.stdout.contains("以前已收：1 项"), "{}", told.stdout);
    assert_eq!(world.json(&["cases", "list"]).await.json(0)["cases"], json!([]));
    world.json(&["sign-out"]).await.json(0);

    world.sign_in("lixiulan").await;
    world.json(&["sync"]).await.json(0);
    accepted(&world, &case).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_forgot_the_pin_takes_along_what_waits_before_all_is_deleted() {
    let mut world = prepared().await;
    world.json(&["sync"]).await.json(0);
    let case = complete(&world).await;
    let pin = world.file("pin", b"271828\n");
    world.json(&["pin", "set", "--new-pin-file", &pin]).await.json(0);
    world.stop().await;
    world.json(&["drafts", "submit", &case, "--pin-file", &pin]).await.json(4);
    let refused = world.run(&["pin", "forget"]).await;
    assert!(refused.code == 2 && refused.stderr.contains("--sealed-copy"), "{refused:?}");
    let copy = world.file("有人.courier", b"");
    let forget = ["pin", "forget", "--start-over", "--sealed-copy"];
    // Where it cannot be taken along, nothing is deleted.
    assert_eq!(
        world.json(&[&forget[..], &[copy.as_str()]].concat()).await.problem(2),
        "courier.exists"
    );
    std::fs::remove_file(&copy).unwrap();
    let told = world.json(&[&forget[..], &[copy.as_str()]].concat()).await.json(0);
    assert_eq!((&told["forgotten"], &told["sealed_copy"]["file"]), (&json!(true), &json!(copy)));

    world.start().await;
    world.sign_in("wangjianguo").await;
    let taken = world.json(&["courier", "relay", &copy]).await.json(0);
    assert_eq!(taken["courier"]["taken"], 1);
    world.json(&["sign-out"]).await.json(0);
    world.sign_in("lixiulan").await;
    world.json(&["sync"]).await.json(0);
    accepted(&world, &case).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_with_faults_is_not_submitted_and_each_fault_is_told() {
    let world = prepared().await;
    let case = world.json(&["drafts", "new", ITEM]).await.json(0);
    let case = case["case"].as_str().unwrap();

    let set = ["drafts", "set", case, "/applicant/id_number=\"110101197608056896\""];
    world.json(&set).await.json(0);
    let checked = world.json(&["drafts", "check", case]).await.json(3);
    let faults = checked["faults"].as_array().unwrap();
    let of = |pointer: &str| faults.iter().filter(|f| f["pointer"] == pointer).count();
    assert_eq!(of("/answers/applicant/id_number"), 1, "{checked}");
    assert_eq!(of("/materials/id_card"), 1, "{checked}");

    let refused = world.json(&["drafts", "submit", case]).await;
    assert_eq!(refused.problem(3), "filing.faults");
    assert_eq!(refused.json(3)["problem"]["faults"], checked["faults"]);
    let told = world.run(&["drafts", "submit", case]).await;
    assert_eq!((told.code, told.stdout.as_str()), (3, ""));
    assert!(told.stderr.contains("/answers/applicant/id_number"), "{}", told.stderr);
    // The number itself is nowhere in what was printed.
    assert!(!told.stderr.contains("110101197608056896"), "{}", told.stderr);

    let shown = world.run(&["drafts", "show", case]).await;
    assert!(shown.stdout.contains("110*************96"), "{}", shown.stdout);

    let picture = world.file("病历.jpg", b"MZ\x90\x00 no picture at all");
    let attached = world.json(&["drafts", "attach", case, "id_card", &picture]).await;
    assert_eq!(attached.problem(3), "attachment.type");
    let attached = world.json(&["drafts", "attach", case, "no_such", &picture]).await;
    assert_eq!(attached.problem(2), "attachment.material");
    let unknown = world.json(&["drafts", "set", case, "/no/such=1"]).await;
    assert_eq!(unknown.problem(2), "answer.unknown-field");
    assert_eq!(unknown.json(2)["problem"]["pointer"], "/no/such");

    let listed = world.json(&["drafts", "list"]).await.json(0);
    assert_json_snapshot!("drafts_list", without(&["case", "updated_at"], listed));
    world.json(&["drafts", "discard", case]).await.json(0);
    assert_eq!(world.json(&["drafts", "list"]).await.json(0)["drafts"], json!([]));
    assert_eq!(world.json(&["drafts", "show", case]).await.problem(2), "item.not-here");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_loses_nothing_and_asks_to_sign_in_again() {
    let world = prepared().await;
    let case = world.json(&["drafts", "new", ITEM]).await.json(0)["case"].clone();
    let out = world.json(&["sign-out"]).await.json(0);
    assert_eq!(out, json!({ "account": { "state": "signed_out" } }));
    assert_eq!(world.json(&["drafts", "list"]).await.problem(5), "sign-in.needed");

    world.sign_in("lixiulan").await;
    let listed = world.json(&["drafts", "list"]).await.json(0);
    assert_eq!(listed["drafts"][0]["case"], case);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_of_the_townships_goes_to_the_one_that_is_chosen_once() {
    let world = prepared().await;
    let open = world.json(&["guides", "show", AID]).await.json(0);
    assert_eq!(open["places"].as_array().unwrap().len(), 2);
    assert_eq!(open["guide"]["office"]["department"], "");
    let told = world.run(&["guides", "show", AID]).await;
    assert!(told.stdout.contains("420506101  樟村坪镇"), "{}", told.stdout);
    let found = world.run(&["guides", "search", "临时救助"]).await;
    assert!(found.stdout.contains("夷陵区各乡镇、街道"), "{}", found.stdout);
    let places = world.json(&["guides", "places", AID]).await.json(0);
    assert_eq!(places[0]["name"], "宜昌市夷陵区");
    let rows = places[0]["places"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|p| p["division_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["湖北省宜昌市夷陵区小溪塔街道", "湖北省宜昌市夷陵区樟村坪镇"]);
    let told = world.run(&["guides", "places", AID]).await;
    assert!(told.stdout.starts_with("【宜昌市夷陵区】\n"), "{}", told.stdout);
    assert!(told.stdout.contains("樟村坪镇便民服务中心"), "{}", told.stdout);

    let refused = world.json(&["drafts", "new", AID]).await;
    assert_eq!(refused.problem(3), "draft.place");
    let elsewhere = world.json(&["drafts", "new", AID, "--division", "420506102"]).await;
    assert_eq!(elsewhere.problem(2), "catalogue.no-place");
    assert_eq!(world.json(&["drafts", "list"]).await.json(0)["drafts"], json!([]));

    let new = world.json(&["drafts", "new", AID, "--division", "420506101"]).await.json(0);
    let draft = world.json(&["drafts", "show", new["case"].as_str().unwrap()]).await.json(0);
    assert_eq!(draft["office"], "樟村坪镇便民服务中心");
    // From here on it is known.
    let shown = world.json(&["guides", "show", AID]).await.json(0);
    assert_eq!(shown["division_name"], "樟村坪镇");
    let again = world.json(&["drafts", "new", AID]).await.json(0);
    let draft = world.json(&["drafts", "show", again["case"].as_str().unwrap()]).await.json(0);
    assert_eq!(draft["office"], "樟村坪镇便民服务中心");
    let moved = world.json(&["guides", "show", AID, "--division", "420506100"]).await.json(0);
    assert_eq!(moved["guide"]["office"]["department"], "小溪塔街道便民服务中心");

    // Another county has other townships, and whoever comes back is where they were.
    world.json(&["catalogue", "sync", "--county", "420502"]).await.json(0);
    world.json(&["catalogue", "sync", "--county", COUNTY]).await.json(0);
    let shown = world.json(&["guides", "show", AID]).await.json(0);
    assert_eq!(shown["division_name"], "小溪塔街道");
    // Where somebody is, is theirs.
    world.sign_in("wangjianguo").await;
    assert_eq!(world.json(&["drafts", "new", AID]).await.problem(3), "draft.place");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guide_is_followed_until_it_is_let_go() {
    let world = prepared().await;
    world.json(&["followed", "add", ITEM]).await.json(0);
    let listed = world.json(&["followed", "list"]).await.json(0);
    assert_json_snapshot!("followed_list", without(&["followed_at", "seen_at"], listed));
    let told = world.run(&["followed", "list"]).await;
    assert!(told.stdout.contains("没有变化"), "{}", told.stdout);
    world.json(&["followed", "seen", ITEM]).await.json(0);
    world.json(&["followed", "remove", ITEM]).await.json(0);
    assert_eq!(world.json(&["followed", "list"]).await.json(0), json!({ "guides": [] }));
    world.json(&["sign-out"]).await.json(0);
    assert_eq!(world.json(&["followed", "add", ITEM]).await.problem(5), "sign-in.needed");
}
