//! The two programs: starting, asking, killing them.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    os::unix::process::ExitStatusExt as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{PATIENCE, Torture};
use crate::sign_in_page;

/// Exit codes of `tongban` that say: done, or offline and queued.
pub(super) const GOOD_EXITS: [i32; 2] = [0, 4];
/// Name under which is learnt how long a program takes to open its files.
const OPENING: &str = "opening";
/// SIGKILL.
pub(super) const KILLED: i32 = 9;

/// What a command came to.
pub(super) enum Ended {
    /// It answered.
    Answered(Value),
    /// It was killed, or said that it could not.
    Unanswered,
}

impl Torture {
    pub(super) fn start_platform(&mut self) -> Result<()> {
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

    pub(super) fn kill_platform(&mut self) -> Result<()> {
        if let Some(mut platform) = self.platform.take() {
            platform.kill()?;
            platform.wait()?;
        }
        Ok(())
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.programs.join("tongban"));
        command
            .arg("--json")
            .args(arguments)
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .args(["--platform", &format!("http://127.0.0.1:{}", self.port), "--passphrase-file"])
            .arg(self.folder.path().join("passphrase"))
            .arg("--pin-file")
            .arg(self.folder.path().join("pin"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    /// Learns how long a command takes.
    fn took(&mut self, name: &'static str, begun: Instant) {
        let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(400);
        let usual = self.usual.entry(name).or_insert(took);
        *usual = (*usual * 3 + took) / 4;
    }

    /// Opens everything and closes it again.
    pub(super) fn open_and_close(&mut self) -> Result<Value> {
        let begun = Instant::now();
        let listed = self.run(&["drafts", "list"])?;
        self.took(OPENING, begun);
        Ok(listed)
    }

    /// Runs a command to its end.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command(arguments).output()?;
        let code = output.status.code().unwrap_or(-1);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(GOOD_EXITS.contains(&code), "{arguments:?} ended with {code}: {text}");
        Ok(serde_json::from_str(text.trim()).unwrap_or(Value::Null))
    }

    /// Runs a command and kills it at some moment of its usual time; or, in a sync, the
    /// platform that it talks to.
    pub(super) fn run_and_kill(&mut self, name: &'static str, arguments: &[&str]) -> Result<Ended> {
        let usual = self.usual.get(name).copied().unwrap_or(400);
        // Drafts are mostly left alone, so that there is something to file.
        let lives = name.starts_with("drafts") && name != "drafts submit" && !self.chance.one_in(3);
        // Every program first opens its files, which changes nothing: two thirds of the kills
        // come after that.
        let opening = self.usual.get(OPENING).copied().unwrap_or(0).min(usual);
        let first = if self.chance.one_in(3) { 0 } else { opening * 900 };
        let moment = Duration::from_micros(
            first + self.chance.below((usual * 1100).saturating_sub(first).max(1)),
        );
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
        // A kill that came too late is none.
        let dead = if kills_platform { victim_is_dead } else { status.signal() == Some(KILLED) };
        if dead {
            let kind = if kills_platform { "sync (platform)" } else { name };
            *self.report.kills.entry(kind).or_default() += 1;
        }
        match (dead, kills_platform) {
            (true, true) => self.report.platform_kills += 1,
            (true, false) => self.report.device_kills += 1,
            (false, _) => {
                self.report.survived += 1;
                self.took(name, begun);
            }
        }
        let Some(code) = status.code() else { return Ok(Ended::Unanswered) };
        // 3: something waits for the person; 5: the sign-in.
        ensure!(GOOD_EXITS.contains(&code), "{arguments:?} ended with {code}: {text}");
        Ok(Ended::Answered(serde_json::from_str(text.trim()).unwrap_or(Value::Null)))
    }

    /// Signs in: reads the address that the program prints, and does there what a browser does.
    pub(super) async fn sign_in(&self) -> Result<()> {
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
