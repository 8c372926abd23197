//! What must hold after each kill, and in the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use sqlx::{Connection as _, Row as _, sqlite::SqliteConnectOptions};

use super::{PATIENCE, Torture};

/// What the platform keeps of one application.
pub(super) struct Held {
    note: String,
    papers: BTreeSet<String>,
}

impl Torture {
    /// Every application is shown once, as what it can be; the platform holds what was filed.
    pub(super) async fn check(&mut self) -> Result<()> {
        let drafts = self.open_and_close()?;
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
        for (case, Held { note, papers }) in self.held().await? {
            let known = self.known.get(&case).with_context(|| format!("nobody began {case}"))?;
            ensure!(known.filed, "the platform holds {case}, which is not filed");
            ensure!(known.notes.contains(&note), "{case} arrived with {note}: {known:?}");
            let fits = papers.is_superset(&known.papers)
                && papers
                    .iter()
                    .all(|p| known.papers.contains(p) || known.maybe_papers.contains(p));
            ensure!(fits, "{case} arrived with {papers:?}: {known:?}");
        }
        Ok(())
    }

    /// What the platform's database holds, by id.
    async fn held(&self) -> Result<BTreeMap<String, Held>> {
        let file = self.folder.path().join("platform/platform.db");
        // As whoever opens it after a crash: what was not committed is rolled back.
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE);
        let mut database = sqlx::SqliteConnection::connect_with(&options).await?;
        let rows = sqlx::query("SELECT id, record FROM cases").fetch_all(&mut database).await?;
        database.close().await?;
        let mut held = BTreeMap::new();
        for row in rows {
            let record: Value = serde_json::from_str(row.try_get("record")?)?;
            let note = record.pointer("/filing/answers/note").and_then(Value::as_str);
            let papers = record.pointer("/filing/materials/paper").and_then(Value::as_array);
            let names = papers.into_iter().flatten().filter_map(|paper| paper["name"].as_str());
            let papers = names.map(ToOwned::to_owned).collect();
            let note = note.context("no answer")?.to_owned();
            held.insert(row.try_get("id")?, Held { note, papers });
        }
        Ok(held)
    }

    pub(super) async fn come_to_peace(&mut self) -> Result<()> {
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
        let held = self.held().await?;
        for (case, known) in self.known.iter().filter(|(_, known)| known.filed) {
            ensure!(held.contains_key(case), "{case} never arrived: {known:?}");
        }
        self.report.filed = held.len();
        Ok(())
    }
}
