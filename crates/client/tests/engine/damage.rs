//! A vault whose file was damaged while the app was closed: the app opens, nothing is sent
//! twice or by half, and what was queued is sent or says why not.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tongban_client::Client;
use tongban_contract::{identifiers::CaseId, page::*};

use crate::{person::*, wire::Turn, world::*};

const PAGE: usize = 4096;

fn vault_file(folder: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_vault = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with("vault-") && name.ends_with(".db") && name.matches('.').count() == 1
    };
    files.find(is_vault).unwrap()
}

/// A device that is closed, as is the platform: with a case at the platform, a filing that
/// waits for a network, and a draft.
struct Scene {
    world: World,
    accepted: CaseId,
    queued: CaseId,
    draft: CaseId,
    keyring: std::collections::BTreeMap<String, String>,
    bytes: Vec<u8>,
}

impl Scene {
    async fn new() -> Self {
        Self::with_a_filing(false).await
    }

    /// One whose filing may have left for the platform, or certainly has not.
    async fn with_a_filing(may_have_left: bool) -> Self {
        let mut world = World::start().await;
        let client = world.device().await;
        let accepted = accepted(&client).await;
        let draft = sign_form(&client).await;
        attach(&client, draft, "design", picture(9)).await.unwrap();
        let queued = sign_draft(&client).await;
        for (number, material) in ["design", "site_photo"].into_iter().enumerate() {
            // Other files than the platform has from the first one.
            let picture = picture(100 + u8::try_from(number).unwrap());
            attach(&client, queued, material, picture).await.unwrap();
        }
        submit(&client, queued).await;
        if may_have_left {
            world.wire.exchanges(|_| Turn::Hang);
            let given_up = tokio::time::timeout(Duration::from_millis(200), sync(&client)).await;
            assert!(given_up.is_err());
            world.wire.no_rule();
        }
        client.close().await;
        drop(client);
        world.stop_platform().await;
        copy_folder(&world.platform_data(), &world.folder("platform-then"));
        let keyring = world.keyring.everything();
        let bytes = std::fs::read(vault_file(&world.folder("device"))).unwrap();
        Self { world, accepted, queued, draft, keyring, bytes }
    }

    /// The device as it was, but for its vault, and the platform as it was.
    async fn again(&mut self, bytes: &[u8]) -> Client {
        copy_folder(&self.world.folder("platform-then"), &self.world.platform_data());
        self.world.keyring.put_back(self.keyring.clone());
        self.world.start_platform().await;
        let folder = "device-again";
        copy_folder(&self.world.folder("device"), &self.world.folder(folder));
        std::fs::write(vault_file(&self.world.folder(folder)), bytes).unwrap();
        self.world.open(folder).await
    }

    async fn over(&mut self, client: Client) {
        client.close().await;
        drop(client);
        self.world.stop_platform().await;
    }
}

/// What is left of who somebody is: the label that the keyring keeps.
fn person_unknown() -> AccountView {
    let name = "李**".to_owned();
    AccountView::SignedIn(Person { name, masked_id: String::new(), assurance: 1 })
}

async fn found(client: &Client, case: CaseId) -> Option<ItemState> {
    let rows = client.list_items(ListItems {}).await.unwrap().rows;
    rows.into_iter().find(|row| row.case == case).map(|row| row.state)
}

#[tokio::test]
async fn whatever_page_is_damaged_a_filing_is_sent_once_or_says_why_not() {
    let mut scene = Scene::new().await;
    let pages = scene.bytes.len() / PAGE;
    let (mut sent, mut kept) = (0, 0);
    let tries = 20;
    for number in 0..tries {
        let page = number * pages / tries;
        let mut bytes = scene.bytes.clone();
        bytes[page * PAGE + 100 + number * 37] ^= 1;
        let client = scene.again(&bytes).await;
        let at = format!("page {} of {pages}", page + 1);
        let rescues = overview(&client).await.rescues;
        assert_eq!(rescues.len(), 1, "{at}");
        assert_is_told_well(&rescues[0].problem());
        sync(&client).await.unwrap_or_else(|error| panic!("{at}: {error:?}"));
        sync(&client).await.unwrap_or_else(|error| panic!("{at}: {error:?}"));

        // What the platform had is back.
        let submitted = found(&client, scene.accepted).await.map(|state| kind(&state));
        assert_eq!(submitted, Some("submitted"), "{at}");
        let cases = scene.world.case_numbers().await.len();
        match found(&client, scene.queued).await {
            Some(ItemState::Submitted { case: Some(_) }) => {
                assert_eq!(cases, 2, "{at}");
                sent += 1;
            }
            Some(ItemState::NeedsAttention { problem }) => {
                assert_is_told_well(&problem);
                assert_eq!((problem.code.as_str(), cases), ("filing.file-lost", 1), "{at}");
                assert!(rescues[0].held_back > 0 || rescues[0].lost_files > 0);
            }
            Some(ItemState::Draft) => {
                assert!(rescues[0].reopened > 0, "{at}: {:?}", rescues[0]);
                assert_eq!(cases, 1, "{at}");
            }
            None => {
                let rescue = &rescues[0];
                let told = rescue.unsure || !rescue.readable || rescue.lost_filed > 0;
                assert!(told, "{at}: {rescue:?}");
                assert_eq!(cases, 1, "{at}");
            }
            other => panic!("{at}: {other:?}"),
        }
        match found(&client, scene.draft).await {
            Some(state) => {
                assert_eq!(kind(&state), "draft");
                let draft = client.read_draft(ReadDraft { case: scene.draft }).await.unwrap();
                for material in &draft.materials {
                    for attached in &material.attached {
                        let (case, attachment) = (scene.draft, attached.id);
                        client.read_attachment(ReadAttachment { case, attachment }).await.unwrap();
                    }
                }
                kept += 1;
            }
            None => {
                let rescue = &rescues[0];
                let told = rescue.unsure || !rescue.readable || rescue.lost_drafts > 0;
                assert!(told, "{at}: {rescue:?}");
            }
        }
        assert_eq!(overview(&client).await.rescues, rescues, "it stays until it is put away");
        client.dismiss_rescues(DismissRescues {}).await.unwrap();
        assert_eq!(overview(&client).await.rescues, []);
        // The person goes on.
        let next = sign_draft(&client).await;
        if overview(&client).await.account == person_unknown() {
            // Who it is was lost as well.
            assert_eq!(code(client.submit(Submit { case: next }).await), "sign-in.assurance");
            scene.world.sign_in(&client, LI).await;
        }
        submit(&client, next).await;
        sync(&client).await.unwrap();
        assert_eq!(scene.world.case_numbers().await.len(), cases + 1, "{at}");
        scene.over(client).await;
    }
    eprintln!("{sent} filings sent, {kept} drafts kept, of {tries}");
    assert!(sent >= tries * 6 / 10, "{sent} of {tries} were sent");
    assert!(kept >= tries * 6 / 10, "{kept} of {tries} drafts were kept");
}

#[tokio::test]
async fn a_filing_sent_before_the_damage_is_filed_once_with_all_lost_and_with_nothing_known() {
    let mut scene = Scene::new().await;
    // The platform takes the filing, and the device loses everything it had of it.
    let whole = scene.bytes.clone();
    let client = scene.again(&whole).await;
    sync(&client).await.unwrap();
    assert_eq!(scene.world.case_numbers().await.len(), 2);
    let folder = scene.world.folder("device-again");
    client.close().await;
    drop(client);
    std::fs::write(vault_file(&folder), []).unwrap();
    let client = scene.world.open("device-again").await;
    assert!(!overview(&client).await.rescues[0].readable);
    assert_eq!(overview(&client).await.account, person_unknown());
    assert_eq!(found(&client, scene.queued).await, None);
    sync(&client).await.unwrap();
    for case in [scene.accepted, scene.queued] {
        assert_eq!(kind(&state(&client, case).await), "submitted");
    }
    // And with the vault as it was before it was sent: once more, the same operation.
    client.close().await;
    drop(client);
    std::fs::write(vault_file(&folder), &whole).unwrap();
    let client = scene.world.open("device-again").await;
    sync(&client).await.unwrap();
    assert_eq!(kind(&state(&client, scene.queued).await), "submitted");
    assert_eq!(scene.world.case_numbers().await.len(), 2);
    scene.over(client).await;
}

#[tokio::test]
async fn a_filing_sent_before_the_damage_is_filed_once_though_its_draft_is_changed_and_refiled() {
    let mut scene = Scene::new().await;
    // The platform takes the filing, and the device does not come to know it.
    let whole = scene.bytes.clone();
    let client = scene.again(&whole).await;
    sync(&client).await.unwrap();
    client.close().await;
    drop(client);
    let folder = scene.world.folder("device-again");
    let mut refiled = false;
    for page in 1..whole.len() / PAGE {
        copy_folder(&scene.world.folder("device"), &folder);
        scene.world.keyring.put_back(scene.keyring.clone());
        let mut bytes = whole.clone();
        bytes[page * PAGE + 2000] ^= 1;
        std::fs::write(vault_file(&folder), bytes).unwrap();
        let client = scene.world.open("device-again").await;
        let is_draft = matches!(found(&client, scene.queued).await, Some(ItemState::Draft));
        let knows_who = overview(&client).await.account != person_unknown();
        if is_draft && knows_who && overview(&client).await.rescues[0].lost_files == 0 {
            fill_in(&client, scene.queued, &[("/shop/name", "另一家店".into())]).await;
            submit(&client, scene.queued).await;
            scene.world.sign_in(&client, LI).await;
            for _ in 0..2 {
                sync(&client).await.unwrap();
            }
            assert_eq!(scene.world.case_numbers().await.len(), 2, "page {page}");
            let state = state(&client, scene.queued).await;
            assert_eq!(kind(&state), "submitted", "page {page}: {state:?}");
            refiled = true;
        }
        client.close().await;
        drop(client);
        if refiled {
            break;
        }
    }
    assert!(refiled, "a page of the operation was damaged");
}

#[tokio::test]
async fn a_filing_whose_file_is_lost_waits_for_the_person_and_goes_after_they_mend_it() {
    let mut scene = Scene::new().await;
    let pages = scene.bytes.len() / PAGE;
    let mut held = false;
    for page in (1..pages).rev() {
        let mut bytes = scene.bytes.clone();
        bytes[page * PAGE + 9] ^= 1;
        let client = scene.again(&bytes).await;
        let attention = overview(&client).await.attention;
        let row = attention.into_iter().find(|row| row.case == scene.queued);
        if let Some(row) = row {
            let ItemState::NeedsAttention { problem } = row.state else { panic!() };
            assert_eq!(problem.code, "filing.file-lost");
            sync(&client).await.unwrap();
            assert_eq!(scene.world.case_numbers().await.len(), 1, "it is not sent by half");
            let draft = client.mend(Mend { case: scene.queued }).await.unwrap();
            let lacking = draft.materials.iter().filter(|m| m.attached.is_empty());
            let lacking: Vec<String> = lacking.map(|m| m.material.id.clone()).collect();
            for (number, material) in lacking.iter().enumerate() {
                let picture = picture(200 + u8::try_from(number).unwrap());
                attach(&client, scene.queued, material, picture).await.unwrap();
            }
            submit(&client, scene.queued).await;
            sync(&client).await.unwrap();
            assert_eq!(kind(&state(&client, scene.queued).await), "submitted");
            assert_eq!(scene.world.case_numbers().await.len(), 2);
            held = true;
        }
        scene.over(client).await;
        if held {
            break;
        }
    }
    assert!(held, "a page of a file was damaged");
}

#[tokio::test]
async fn a_filing_that_may_have_left_and_lacks_a_file_is_asked_for_again_and_then_waits() {
    let mut scene = Scene::with_a_filing(true).await;
    let pages = scene.bytes.len() / PAGE;
    let mut held = false;
    for page in (1..pages).rev() {
        let mut bytes = scene.bytes.clone();
        bytes[page * PAGE + 9] ^= 1;
        let client = scene.again(&bytes).await;
        let before = found(&client, scene.queued).await;
        if overview(&client).await.rescues[0].lost_files > 0
            && before.is_some_and(|state| kind(&state) == "queued")
        {
            sync(&client).await.unwrap();
            let Some(state) = found(&client, scene.queued).await else { panic!() };
            if let ItemState::NeedsAttention { problem } = state {
                assert_eq!(problem.code, "filing.file-lost");
                assert_eq!(scene.world.case_numbers().await.len(), 1);
                sync(&client).await.unwrap();
                held = true;
            }
        }
        scene.over(client).await;
        if held {
            break;
        }
    }
    assert!(held, "a page of a file that the platform lacks was damaged");
}
