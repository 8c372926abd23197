//! A device whose engine is the real one, signed in by filling in the platform's own page
//! as a browser does, and the drafts that are measured with.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, Result, ensure};
use futures::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;
use tongban_client::{Client, Keyring, KeyringError, Options, Surroundings, Transport};
use tongban_contract::{
    identifiers::CaseId,
    page::{
        Answer, AnswerSituation, Attach, ChooseCounty, ReadDraft, SignIn, StartDraft,
        UpdateCatalogue,
    },
};
use tongban_tests::{
    platform::Platform,
    programs::{assets, built, free_port},
    stage::{LI_XIULAN, PASSWORD},
};
use url::Url;

/// 宜昌市夷陵区.
const COUNTY: &str = "420506";
/// 食品经营许可.
const FOOD: &str = "000131023000";
/// 灵活就业社会保险补贴申领: the one material it asks for may be left out.
const SUBSIDY: &str = "002014101000";
const ID_NUMBER: &str = "34052419800101001X";

/// A folder on the disk that holds the programs: the system's own folder for temporary
/// files may be kept in memory, where a commit costs nothing.
pub(crate) fn folder() -> Result<TempDir> {
    let programs = built("bench")?;
    let parent = programs.parent().context("a program without a folder")?;
    Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(parent)?)
}

/// A platform in a process of its own.
pub(crate) fn platform(folder: &Path) -> Result<Platform> {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    platform_at(folder, address, address)
}

/// A platform on `address`, known to the world as `public`. Its departments do nothing as
/// long as anything is measured.
pub(crate) fn platform_at(
    folder: &Path,
    address: SocketAddr,
    public: SocketAddr,
) -> Result<Platform> {
    const NEVER: u32 = 1_000_000;
    Platform::start(&folder.join("platform"), address, public, &assets(), NEVER)
}

/// Opens the engine with its data in `directory`.
pub(crate) async fn open(
    directory: &Path,
    platform: SocketAddr,
    transport: Arc<dyn Transport>,
    keyring: Arc<dyn Keyring>,
) -> Result<Client> {
    let browser = Arc::new(|address: &Url| {
        let address = address.clone();
        tokio::spawn(async move {
            if let Err(error) = browse(&address).await {
                eprintln!("  the sign-in page: {error:#}");
            }
        });
        Ok(())
    });
    let options = Options {
        directory: directory.to_owned(),
        exports: directory.join("exports"),
        platform: format!("http://{platform}").parse()?,
        public_key: None,
    };
    Ok(Client::open(options, Surroundings::real(transport, keyring, browser)).await?)
}

/// Fetches the county's guides and signs a citizen in.
pub(crate) async fn settle(client: &Client) -> Result<()> {
    client.choose_county(ChooseCounty { division: COUNTY.parse()? }).await?;
    client.update_catalogue(UpdateCatalogue {}).await?;
    let signed_in = client.sign_in(SignIn { assurance: None });
    tokio::time::timeout(std::time::Duration::from_secs(30), signed_in).await??;
    Ok(())
}

/// Does what a browser does with the sign-in page, and goes back to the app.
async fn browse(address: &Url) -> Result<()> {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let page = browser.get(address.as_str()).send().await?;
    let cookie = page.headers().get("set-cookie").context("no cookie")?.to_str()?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let html = page.text().await?;
    let hidden = |name: &str| {
        let (_, rest) = html
            .split_once(&format!("name=\"{name}\" value=\""))
            .with_context(|| format!("no field {name}"))?;
        Ok::<_, anyhow::Error>(rest.split('"').next().unwrap_or_default().to_owned())
    };
    let sent = browser
        .post(address.join("/oidc/sign-in")?.as_str())
        .header("cookie", cookie)
        .form(&[
            ("request", hidden("request")?.as_str()),
            ("form_token", hidden("form_token")?.as_str()),
            ("login", LI_XIULAN),
            ("password", PASSWORD),
            ("action", "sign-in"),
        ])
        .send()
        .await?;
    let back = sent.headers().get("location").context("the sign-in was not taken")?.to_str()?;
    let shown = browser.get(back).send().await?.text().await?;
    ensure!(shown.contains("登录成功"), "the app does not take the sign-in: {shown}");
    Ok(())
}

/// A draft of 食品经营许可, filled in and with its materials: a person's last check.
pub(crate) async fn food_draft(client: &Client) -> Result<CaseId> {
    let case = client.start_draft(StartDraft { item: FOOD.to_owned(), division: None }).await?;
    for (situation, option) in [("operator", "person"), ("premises", "rented")] {
        let (situation, option) = (situation.to_owned(), option.to_owned());
        client.answer_situation(AnswerSituation { case, situation, option }).await?;
    }
    client
        .add_entry(tongban_contract::page::AddEntry { case, pointer: "/staff".to_owned() })
        .await?;
    let answers = [
        ("/applicant/name", json!("李秀兰")),
        ("/applicant/id_number", json!(ID_NUMBER)),
        ("/applicant/mobile", json!("13812345678")),
        ("/shop/name", json!("秀兰小厨")),
        ("/shop/address/division", json!("420506100")),
        ("/shop/address/detail", json!("平云一路 8 号")),
        ("/shop/area", json!(46)),
        ("/shop/seats", json!(20)),
        ("/shop/categories", json!(["hot"])),
        ("/shop/uses_gas", json!(false)),
        ("/shop/has_cold_dishes", json!(false)),
        ("/shop/delivery", json!(false)),
        ("/shop/waste_collector", json!("夷陵环卫中心")),
        ("/staff/0/name", json!("李秀兰")),
        ("/staff/0/id_number", json!(ID_NUMBER)),
        ("/staff/0/health_certificate_no", json!("鄂健 2026-0815")),
        ("/commitment", json!(true)),
    ];
    answer(client, case, answers).await?;
    for material in ["id_card", "premises_photo", "lease", "health_certificate"] {
        attach(client, case, material, pdf(20_000)?).await?;
    }
    complete(client, case).await?;
    Ok(case)
}

/// A draft of 灵活就业社会保险补贴申领 with these files, ready to be filed.
pub(crate) async fn subsidy_draft(client: &Client, files: Vec<Vec<u8>>) -> Result<CaseId> {
    let case = client.start_draft(StartDraft { item: SUBSIDY.to_owned(), division: None }).await?;
    let answers = [
        ("/applicant/name", json!("李秀兰")),
        ("/applicant/id_number", json!(ID_NUMBER)),
        ("/applicant/mobile", json!("13812345678")),
        ("/applicant/address/division", json!(village(client).await?)),
        ("/applicant/address/detail", json!("平云一路 8 号")),
        ("/kind", json!("long")),
        ("/work/kind", json!("stall")),
        ("/work/description", json!("在东湖市场卖早点，每天早上五点到十点。")),
        ("/work/income", json!(2600)),
        ("/work/since", json!("2025-03-01")),
        ("/insurance", json!(["pension", "medical"])),
        ("/period/from", json!("2026-01-01")),
        ("/period/to", json!("2026-06-01")),
        ("/bank/bank", json!("夷陵农村商业银行小溪塔支行")),
        ("/bank/account", json!("6230520000000000017")),
        ("/commitment", json!(true)),
    ];
    answer(client, case, answers).await?;
    for file in files {
        attach(client, case, "hardship_proof", file).await?;
    }
    complete(client, case).await?;
    Ok(case)
}

/// The first village or community of the county.
async fn village(client: &Client) -> Result<String> {
    let mut parent: tongban_contract::numbers::DivisionCode = COUNTY.parse()?;
    for _ in ["township", "village"] {
        let request = tongban_contract::page::ListDivisions { parent: Some(parent) };
        let below = client.list_divisions(request).await?;
        parent = below.into_iter().next().context("no division below")?.code;
    }
    Ok(parent.to_string())
}

async fn answer<const N: usize>(
    client: &Client,
    case: CaseId,
    answers: [(&str, Value); N],
) -> Result<()> {
    for (pointer, value) in answers {
        client.answer(Answer { case, pointer: pointer.to_owned(), value }).await?;
    }
    Ok(())
}

async fn attach(client: &Client, case: CaseId, material: &str, bytes: Vec<u8>) -> Result<()> {
    let name = format!("{material}.pdf");
    client.attach(Attach { case, material: material.to_owned(), name }, bytes.into()).await?;
    Ok(())
}

async fn complete(client: &Client, case: CaseId) -> Result<()> {
    let draft = client.read_draft(ReadDraft { case }).await?;
    ensure!(draft.faults.is_empty(), "the draft has faults: {:?}", draft.faults);
    Ok(())
}

/// A file that passes as a PDF, never the same twice, that no compression makes smaller:
/// as photos and scans are.
pub(crate) fn pdf(size: usize) -> Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let rest = size.saturating_sub(bytes.len());
    std::fs::File::open("/dev/urandom")?.take(rest as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A keyring in memory: what a keyring costs is no part of these figures, and a vault can
/// be looked into afterwards.
#[derive(Clone, Default)]
pub(crate) struct OpenKeyring(Arc<Mutex<BTreeMap<String, String>>>);

impl OpenKeyring {
    /// The account that has a vault here, and the vault's key.
    pub(crate) fn vault_key(&self) -> Result<(String, String)> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = entries.iter().find_map(|(name, key)| {
            Some((name.strip_suffix("/vault-key")?.to_owned(), key.clone()))
        });
        found.context("no vault has been made")
    }
}

impl Keyring for OpenKeyring {
    fn read(&self, name: &str) -> BoxFuture<'_, Result<Option<SecretString>, KeyringError>> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = entries.get(name).cloned().map(SecretString::from);
        Box::pin(async move { Ok(found) })
    }

    fn write(&self, name: &str, secret: &SecretString) -> BoxFuture<'_, Result<(), KeyringError>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(name.to_owned(), secret.expose_secret().to_owned());
        Box::pin(async { Ok(()) })
    }

    fn delete(&self, name: &str) -> BoxFuture<'_, Result<(), KeyringError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Box::pin(async { Ok(()) })
    }
}
