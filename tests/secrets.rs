//! What others on the machine could read of a person: files of the device's home and the
//! temporary ones, what processes were started with, what they log, also when they crash.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tongban_client::{Keyring as _, SystemKeyring};
use tongban_tests::{
    page::{Page, with_id},
    samples,
    stage::{LI_XIULAN, PASSWORD, Stage},
    window::Window,
};

const LONG: Duration = Duration::from_secs(60);
/// 食品经营许可, whose form asks for numbers.
const RESTAURANT: &str = "食品经营许可（餐饮店开办）";
/// Typed in no other number of the test.
const PIN: &str = "927146083815";
const ID_NUMBER: &str = "34052419800101001X";
const WRONG_ID_NUMBER: &str = "340524198001010011";
const MOBILE: &str = "13800138427";
const SHOP: &str = "麒麟阁早点铺";
/// Name of a file, which tells of a person as well.
const PHOTO: &str = "麒麟阁的后厨.jpg";
/// How pictures begin: a thumbnail would be one.
const PICTURES: [&[u8]; 3] = [b"\x89PNG", b"\xff\xd8\xff", b"RIFF"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_person_is_left_where_others_could_read_it() {
    // What the app starts from: dumps are wanted, as far as this machine lets them be.
    let allowed = getrlimit(Resource::Core).maximum;
    setrlimit(Resource::Core, Rlimit { current: allowed, maximum: allowed }).unwrap();
    let stage = Stage::set(1).await.unwrap();
    let window = stage.open().await.unwrap();
    let mut secrets = use_it(&stage, &window).await.unwrap();
    secrets.extend(
        [PIN, ID_NUMBER, WRONG_ID_NUMBER, MOBILE, SHOP, PHOTO, PASSWORD].map(str::to_owned),
    );

    let app = window.process().unwrap();
    let processes = with_children(app).unwrap();
    assert!(processes.len() >= 3, "the app, and the webview's own: {processes:?}");
    for process in &processes {
        for file in ["cmdline", "environ"] {
            let path = PathBuf::from(format!("/proc/{process}/{file}"));
            assert_no_secret(&path, &secrets);
        }
        let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
        let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(cores.split_whitespace().nth(4), Some("0"), "{process} may dump its memory");
    }

    // As a bug in what it is built of would end it.
    window.abort().await.unwrap();
    let files = files_below(&stage.start.home).unwrap();
    let named = |end: &str| files.iter().any(|file| file.to_string_lossy().ends_with(end));
    assert!(named(".db") && named("app.log"), "{files:?}");
    for file in files {
        assert_no_secret(&file, &secrets);
        // Lists of what was opened last, and thumbnails of it.
        assert!(!file.to_string_lossy().contains(PHOTO), "{}", file.display());
        let bytes = fs::read(&file).unwrap();
        assert!(!PICTURES.iter().any(|p| bytes.starts_with(p)), "{}", file.display());
    }
    assert_no_secret(&stage.folder().join("platform/platform.log"), &secrets);
}

/// What a person does with it: signs in, answers, sets a PIN, locks. Answers the keys and
/// tokens that this came to.
async fn use_it(stage: &Stage, window: &Window) -> Result<Vec<String>> {
    let page = &window.page;
    page.press("先选您所在的区县").await?;
    for division in ["宜昌市", "夷陵区"] {
        page.press(division).await?;
    }
    page.says_within("办事指南已经存好", LONG).await?;
    page.press("登录").await?;
    page.press("打开浏览器登录").await?;
    stage.sign_in(LI_XIULAN).await?;
    page.says_within("已连接", LONG).await?;

    page.tab("办事").await?;
    page.search("食品经营许可").await?;
    page.press(RESTAURANT).await?;
    page.press("开始办理").await?;
    page.fill("at-answers-applicant-id_number", WRONG_ID_NUMBER).await?;
    page.click(&with_id("at-answers-applicant-mobile")).await?;
    page.says("末位与前 17 位不符").await?;
    page.fill("at-answers-applicant-id_number", ID_NUMBER).await?;
    page.fill("at-answers-applicant-mobile", MOBILE).await?;
    page.fill("at-answers-shop-name", SHOP).await?;
    let photo = samples::photo(stage.folder(), PHOTO)?;
    page.hand_in(&with_id("at-materials-premises_photo-file"), &photo).await?;
    page.press(&format!("查看{PHOTO}")).await?;
    page.press("关闭图片").await?;
    let secrets = secrets_of(&stage.start.data()).await?;

    page.tab("我的").await?;
    page.press("安全").await?;
    page.press("设置解锁密码").await?;
    for field in ["pin-new", "pin-again"] {
        page.fill(field, PIN).await?;
    }
    page.click("//form//button[@type='submit']").await?;
    page.press("现在锁定").await?;
    unlock(page).await?;
    page.tab("我的办件").await?;
    page.says("食品经营许可").await?;
    Ok(secrets)
}

async fn unlock(page: &Page) -> Result<()> {
    page.fill("lock-pin", PIN).await?;
    page.click("//form//button[@type='submit']").await
}

/// Tokens and the key of whoever is signed in, from the system's keyring.
async fn secrets_of(data: &Path) -> Result<Vec<String>> {
    let account = fs::read_dir(data)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .find_map(|name| Some(name.strip_prefix("vault-")?.strip_suffix(".db")?.to_owned()))
        .context("no vault")?;
    let keyring = SystemKeyring::new()?;
    let key = keyring.read(&format!("{account}/vault-key")).await?.context("no key")?;
    let tokens = keyring.read(&format!("{account}/tokens")).await?.context("no tokens")?;
    let tokens: Value = serde_json::from_str(tokens.expose_secret())?;
    let mut secrets = vec![key.expose_secret().to_owned()];
    for token in ["access", "refresh"] {
        secrets.push(tokens.get(token).and_then(Value::as_str).context("no token")?.to_owned());
    }
    ensure!(secrets.iter().all(|secret| secret.len() >= 20), "short secrets");
    Ok(secrets)
}

/// A process and all that it has started.
fn with_children(root: u32) -> Result<Vec<u32>> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let Some(process) = entry?.file_name().to_str().and_then(|n| n.parse::<u32>().ok()) else {
            continue;
        };
        // A process may end while the list is read.
        let Ok(status) = fs::read_to_string(format!("/proc/{process}/status")) else { continue };
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        if let Some(parent) = parent.and_then(|parent| parent.trim().parse::<u32>().ok()) {
            parents.insert(process, parent);
        }
    }
    let mut family = vec![root];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(parents.iter().filter(|(_, p)| **p == parent).map(|(child, _)| *child));
        at += 1;
    }
    Ok(family)
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// As text, and as UTF-16 and hexadecimal digits, as a webview or a keyring might write it.
fn assert_no_secret(file: &Path, secrets: &[String]) {
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    for secret in secrets {
        let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let digits: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [secret.as_bytes(), &wide, digits.as_bytes()] {
            let found = bytes.windows(form.len()).any(|window| window == form);
            assert!(!found, "{} holds a secret of {} characters", file.display(), secret.len());
        }
    }
}
