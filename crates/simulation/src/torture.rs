//! Real processes that are killed (SIGKILL) while they work, on real files and sockets:
//! `tongban` and `tongban-platform`, one kill after another. After each kill what the
//! person is shown, what the platform holds and what the person was told are compared.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Read as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use sqlx::{Connection as _, Row as _, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::{chance::Chance, item, samples, sign_in_page};

/// Exit codes of `tongban` that say: done, or offline and queued.
const GOOD_EXITS: [i32; 2] = [0, 4];
/// Longest that any of the programs may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a loop of kills came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Kills of `tongban` in the middle of a command.
    pub device_kills: usize,
    /// Kills of the platform while a device was sending.
    pub platform_kills: usize,
    /// Commands that ended before they were killed.
    pub survived: usize,
    /// Applications that were filed, and have all arrived once.
    pub filed: usize,
}

/// What is known of an application. What a killed command was about to do is not known.
#[derive(Clone, Debug, Default)]
struct Known {
    /// What may have been answered last: one, or two after a kill.
    notes: BTreeSet<String>,
    /// Whether the person was told that it is filed.
    filed: bool,
    /// Whether a filing was killed, so that it may be filed or not.
    maybe_filed: bool,
}

/// What a command came to.
enum Ended {
    /// It answered.
    Answered(Value),
    /// It was killed.
    Killed,
}

/// Kills until there were so many kills, and then checks that all is well.
///
/// # Errors
/// The first breach, or what kept the loop from going on.
pub async fn torture(programs: PathBuf, kills: usize, seed: u64) -> Result<Report> {
    let mut torture = Torture::prepare(programs, seed).await?;
    while torture.report.device_kills + torture.report.platform_kills < kills {
        torture.turn().await.with_context(|| format!("seed {seed}: {:?}", torture.report))?;
    }
    torture.come_to_peace().await.with_context(|| format!("seed {seed}: {:?}", torture.report))?;
    Ok(torture.report)
}

struct Torture {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    platform: Option<Child>,
    chance: Chance,
    known: BTreeMap<String, Known>,
    count: u64,
    /// How long each command usually takes, in milliseconds.
    usual: BTreeMap<&'static str, u64>,
    report: Report,
}

impl Drop for Torture {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.kill_platform();
    }
}

impl Torture {
    async fn prepare(programs: PathBuf, seed: u64) -> Result<Self> {
        let folder = TempDir::new()?;
        item::write_assets(&samples(), &folder.path().join("assets"))?;
        std::fs::write(folder.path().join("passphrase"), "only for tests\n")?;
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut torture = Self {
            folder,
            programs,
            port,
            platform: None,
            chance: Chance::from_seed(seed),
            known: BTreeMap::new(),
            count: 0,
            usual: BTreeMap::new(),
            report: Report::default(),
        };
        torture.start_platform()?;
        torture.sign_in().await?;
        torture.run(&["catalogue", "sync", "--county", item::COUNTY])?;
        Ok(torture)
    }

    fn start_platform(&mut self) -> Result<()> {
        if self.platform.is_some() {
            return Ok(());
        }
        let folder = self.folder.path();
        let log =
            std::fs::File::options().create(true).append(true).open(folder.join("platform.log"))?;
        let mut child = Command::new(self.programs.join("tongban-platform"))
            .args(["serve", "--demo", "--listen", &format!("127.0.0.1:{}", self.port)])
            .arg("--data-dir")
            .arg(folder.join("platform"))
            .arg("--assets")
            .arg(folder.join("assets"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("the platform does not start")?;
        let mut lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let ready = lines.find(|line| line.as_ref().is_ok_and(|l| l.starts_with("listening on")));
        ready.context("the platform ended before it listened")??;
        // Whoever closes a pipe that is still written to ends the writer.
        std::thread::spawn(move || lines.for_each(drop));
        self.platform = Some(child);
        Ok(())
    }

    fn kill_platform(&mut self) -> Result<()> {
        if let Some(mut platform) = self.platform.take() {
            platform.kill()?;
            platform.wait()?;
        }
        Ok(())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.programs.join("tongban"));
        command
            .arg("--json")
            .args(arguments)
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .args(["--platform", &format!("http://127.0.0.1:{}", self.port), "--passphrase-file"])
            .arg(self.folder.path().join("passphrase"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    /// Runs a command to its end.
    fn run(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command(arguments).output()?;
        let code = output.status.code().unwrap_or(-1);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(GOOD_EXITS.contains(&code), "{arguments:?} ended with {code}: {text}");
        Ok(serde_json::from_str(text.trim()).unwrap_or(Value::Null))
    }

    /// Runs a command and kills it at some moment of its usual time; or, in a sync, the
    /// platform that it talks to.
    fn run_and_kill(&mut self, name: &'static str, arguments: &[&str]) -> Result<Ended> {
        let usual = self.usual.get(name).copied().unwrap_or(400);
        // Drafts are mostly left alone, so that there is something to file.
        let lives = name.starts_with("drafts") && name != "drafts submit" && !self.chance.one_in(3);
        let moment = Duration::from_micros(self.chance.below(usual * 1100));
        let kills_platform = name == "sync" && self.chance.one_in(3);
        let begun = Instant::now();
        let mut child = self.command(arguments).spawn()?;
        let mut out = child.stdout.take().context("no standard output")?;
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            out.read_to_string(&mut text).map(|_| text)
        });
        let mut victim_is_dead = false;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if !lives && !victim_is_dead && begun.elapsed() >= moment {
                victim_is_dead = true;
                if kills_platform {
                    self.kill_platform()?;
                } else {
                    child.kill()?;
                }
            }
            ensure!(begun.elapsed() < PATIENCE, "{arguments:?} does not end");
            std::thread::sleep(Duration::from_micros(300));
        };
        let text = reader.join().map_err(|_| anyhow::anyhow!("the reader panicked"))??;
        match (victim_is_dead, kills_platform) {
            (true, true) => self.report.platform_kills += 1,
            (true, false) => self.report.device_kills += 1,
            (false, _) => {
                self.report.survived += 1;
                let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(400);
                self.usual.insert(name, (usual * 3 + took) / 4);
            }
        }
        let Some(code) = status.code() else { return Ok(Ended::Killed) };
        // 3: something waits for the person; 5: the sign-in.
        ensure!(GOOD_EXITS.contains(&code), "{arguments:?} ended with {code}: {text}");
        Ok(Ended::Answered(serde_json::from_str(text.trim()).unwrap_or(Value::Null)))
    }

    async fn turn(&mut self) -> Result<()> {
        self.start_platform()?;
        match self.chance.below(10) {
            0 => self.begin()?,
            1..=2 => self.answer()?,
            3..=5 => self.file()?,
            _ => {
                self.run_and_kill("sync", &["sync"])?;
            }
        }
        self.check().await
    }

    fn begin(&mut self) -> Result<()> {
        if let Ended::Answered(told) =
            self.run_and_kill("drafts new", &["drafts", "new", item::ITEM])?
        {
            let case = told.get("case").and_then(Value::as_str).context("no id")?;
            self.known.insert(case.to_owned(), Known::default());
        }
        Ok(())
    }

    fn answer(&mut self) -> Result<()> {
        let Some(case) = self.a_draft(|_| true) else { return Ok(()) };
        self.count += 1;
        let note = format!("说明{}", self.count);
        let given = format!("{}={}", item::NOTE, Value::from(note.as_str()));
        let ended = self.run_and_kill("drafts set", &["drafts", "set", &case, &given])?;
        let known = self.known.get_mut(&case).context("an unknown draft")?;
        if matches!(ended, Ended::Answered(_)) {
            known.notes.clear();
        }
        known.notes.insert(note);
        Ok(())
    }

    fn file(&mut self) -> Result<()> {
        let Some(case) = self.a_draft(|known| !known.notes.is_empty()) else { return Ok(()) };
        // Filing needs an answer, and the one that was being kept may not be there.
        if self.known.get(&case).is_some_and(|known| known.notes.len() > 1) {
            let note = self.shown_note(&case)?;
            let known = self.known.get_mut(&case).context("an unknown draft")?;
            let Some(note) = note else { return Ok(()) };
            ensure!(
                known.notes.contains(&note),
                "{case} says {note}, not one of {:?}",
                known.notes
            );
            known.notes = BTreeSet::from([note]);
        } else if self.shown_note(&case)?.is_none() {
            return Ok(());
        }
        let ended = self.run_and_kill("drafts submit", &["drafts", "submit", &case])?;
        let known = self.known.get_mut(&case).context("an unknown draft")?;
        match ended {
            Ended::Answered(_) => known.filed = true,
            Ended::Killed => known.maybe_filed = true,
        }
        Ok(())
    }

    fn a_draft(&self, fits: impl Fn(&Known) -> bool) -> Option<String> {
        let drafts: Vec<&String> = self
            .known
            .iter()
            .filter(|(_, known)| !known.filed && !known.maybe_filed && fits(known))
            .map(|(case, _)| case)
            .collect();
        self.chance.pick(&drafts).map(|case| (*case).clone())
    }

    /// The answer that the draft shows; none where it shows none.
    fn shown_note(&self, case: &str) -> Result<Option<String>> {
        let draft = self.run(&["drafts", "show", case])?.to_string();
        let notes = draft.split("\"说明").skip(1).filter_map(|rest| rest.split('"').next());
        // The question has the same name, without a number.
        let mut given = notes.filter(|number| !number.is_empty());
        Ok(given.next().map(|number| format!("说明{number}")))
    }

    /// Every application is shown once, as what it can be; the platform holds what was filed.
    async fn check(&mut self) -> Result<()> {
        let drafts = self.run(&["drafts", "list"])?;
        let cases = self.run(&["cases", "list"])?;
        let ids = |list: &Value, name: &str| -> Result<Vec<(String, String)>> {
            let rows = list.get(name).and_then(Value::as_array).context("no list")?;
            rows.iter()
                .map(|row| {
                    let text = |pointer: &str| row.pointer(pointer).and_then(Value::as_str);
                    let id = text("/case").context("no id")?;
                    Ok((id.to_owned(), text("/state/state").context("no state")?.to_owned()))
                })
                .collect()
        };
        let mut shown = BTreeMap::new();
        for (case, state) in ids(&drafts, "drafts")?.into_iter().chain(ids(&cases, "cases")?) {
            ensure!(shown.insert(case.clone(), state).is_none(), "{case} is shown twice");
        }
        for (case, state) in &shown {
            // Begun by a command that was killed before it could say so.
            let known = self.known.entry(case.clone()).or_default();
            let filed = state != "draft";
            ensure!(state != "needs_attention", "{case} waits for the person without a reason");
            ensure!(!known.filed || filed, "{case} was filed and is shown as a draft");
            ensure!(
                known.filed || known.maybe_filed || !filed,
                "{case} is {state}, and nobody filed it"
            );
            known.filed = filed;
            known.maybe_filed = false;
        }
        for (case, known) in &self.known {
            ensure!(shown.contains_key(case), "{case} is lost: {known:?}");
        }
        for (case, note) in self.held().await? {
            let known = self.known.get(&case).with_context(|| format!("nobody began {case}"))?;
            ensure!(known.filed, "the platform holds {case}, which is not filed");
            ensure!(known.notes.contains(&note), "{case} arrived with {note}: {known:?}");
        }
        Ok(())
    }

    /// What the platform's database holds: ids and answers.
    async fn held(&self) -> Result<Vec<(String, String)>> {
        let file = self.folder.path().join("platform/platform.db");
        // As whoever opens it after a crash: what was not committed is rolled back.
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE);
        let mut database = sqlx::SqliteConnection::connect_with(&options).await?;
        let rows = sqlx::query("SELECT id, record FROM cases").fetch_all(&mut database).await?;
        database.close().await?;
        let mut held = Vec::new();
        for row in rows {
            let record: Value = serde_json::from_str(row.try_get("record")?)?;
            let note = record.pointer("/filing/answers/note").and_then(Value::as_str);
            held.push((row.try_get("id")?, note.context("no answer")?.to_owned()));
        }
        Ok(held)
    }

    async fn come_to_peace(&mut self) -> Result<()> {
        self.start_platform()?;
        let begun = Instant::now();
        loop {
            self.run(&["sync"])?;
            let outbox = self.run(&["outbox"])?;
            if outbox.get("outbox").and_then(Value::as_array).is_some_and(Vec::is_empty) {
                break;
            }
            if begun.elapsed() > PATIENCE {
                bail!("it never comes to peace: {outbox}");
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        self.check().await?;
        let held: BTreeSet<String> = self.held().await?.into_iter().map(|(case, _)| case).collect();
        for (case, known) in self.known.iter().filter(|(_, known)| known.filed) {
            ensure!(held.contains(case), "{case} never arrived: {known:?}");
        }
        self.report.filed = held.len();
        Ok(())
    }

    /// Signs in: reads the address that the program prints, and does there what a browser does.
    async fn sign_in(&self) -> Result<()> {
        let mut child = self.command(&["sign-in"]).spawn()?;
        let mut out = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut line = String::new();
        out.read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line)?;
        let address: url::Url =
            told.get("address").and_then(Value::as_str).context("no address")?.parse()?;
        // Fails only where a provider was installed before; then that one serves.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let browser =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let page = browser.get(address.as_str()).send().await?;
        let cookie = page.headers().get("set-cookie").context("no cookie")?.to_str()?;
        let cookie = sign_in_page::cookie(cookie);
        let form = sign_in_page::filled_in(&page.text().await?)?;
        let sent = browser
            .post(address.join(sign_in_page::PATH)?.as_str())
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await?;
        let back = sent.headers().get("location").context("not signed in")?.to_str()?.to_owned();
        browser.get(back).send().await?;
        ensure!(child.wait()?.success(), "signing in failed");
        Ok(())
    }
}
