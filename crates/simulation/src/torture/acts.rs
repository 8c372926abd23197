//! What the person does, while it is killed.

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{Known, Torture, programs::Ended};
use crate::item;

impl Torture {
    pub(super) fn begin(&mut self) -> Result<()> {
        if let Ended::Answered(told) =
            self.run_and_kill("drafts new", &["drafts", "new", item::ITEM])?
        {
            let case = told.get("case").and_then(Value::as_str).context("no id")?;
            self.known.insert(case.to_owned(), Known::default());
        }
        Ok(())
    }

    pub(super) fn answer(&mut self) -> Result<()> {
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

    pub(super) fn file(&mut self) -> Result<()> {
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
            Ended::Unanswered => known.maybe_filed = true,
        }
        Ok(())
    }

    pub(super) fn a_draft(&self, fits: impl Fn(&Known) -> bool) -> Option<String> {
        let drafts: Vec<&String> = self
            .known
            .iter()
            .filter(|(_, known)| !known.filed && !known.maybe_filed && fits(known))
            .map(|(case, _)| case)
            .collect();
        self.chance.pick(&drafts).map(|case| (*case).clone())
    }

    /// The answer that the draft shows; none where it shows none.
    pub(super) fn shown_note(&self, case: &str) -> Result<Option<String>> {
        let draft = self.run(&["drafts", "show", case])?.to_string();
        let notes = draft.split("\"说明").skip(1).filter_map(|rest| rest.split('"').next());
        // The question has the same name, without a number.
        let mut given = notes.filter(|number| !number.is_empty());
        Ok(given.next().map(|number| format!("说明{number}")))
    }

    /// Attaches a file of one piece or of several.
    pub(super) fn attach(&mut self) -> Result<()> {
        let Some(case) = self.a_draft(|_| true) else { return Ok(()) };
        self.count += 1;
        let name = format!("文件{}.pdf", self.count);
        let bytes = usize::try_from(self.chance.below(600_000)).unwrap_or(0);
        let path = self.file_with(&name, &item::paper(self.count, bytes))?;
        let ended =
            self.run_and_kill("drafts attach", &["drafts", "attach", &case, item::PAPER, &path])?;
        let known = self.known.get_mut(&case).context("an unknown draft")?;
        match ended {
            Ended::Answered(_) => known.papers.insert(name),
            Ended::Unanswered => known.maybe_papers.insert(name),
        };
        Ok(())
    }

    /// Sets a PIN, or removes it: the vault's key is wrapped anew.
    pub(super) fn change_pin(&mut self) -> Result<()> {
        let file = self.folder.path().join("pin");
        let file = file.to_str().context("a path")?;
        // Setting it where it is set changes it, so that it does where nobody knows.
        let (name, arguments, after): (_, &[&str], _) = match self.pin {
            Some(true) => ("pin remove", &["pin", "remove"], false),
            Some(false) | None => ("pin set", &["pin", "set", "--new-pin-file", file], true),
        };
        self.pin = match self.run_and_kill(name, arguments)? {
            Ended::Answered(_) => Some(after),
            Ended::Unanswered => None,
        };
        Ok(())
    }

    /// The platform publishes another version, and the device takes it over.
    pub(super) fn swap_catalogue(&mut self) -> Result<()> {
        self.count += 1;
        self.kill_platform()?;
        self.publish_another(&format!("第 {} 版。", self.count))?;
        self.start_platform()?;
        self.run_and_kill("catalogue sync", &["catalogue", "sync"])?;
        let guide = self.run(&["guides", "show", item::ITEM])?.to_string();
        ensure!(guide.contains(item::ITEM), "the guide is gone: {guide}");
        Ok(())
    }

    /// Changes what the platform publishes when it starts.
    pub(super) fn publish_another(&self, conditions: &str) -> Result<()> {
        let file = self.folder.path().join(format!("assets/catalogue/items/{}.json", item::ITEM));
        let mut source: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
        *source.pointer_mut("/item/conditions").context("no conditions")? =
            serde_json::json!([conditions]);
        Ok(std::fs::write(&file, source.to_string())?)
    }

    /// What waits is sealed where there is no network, and brought to where there is one.
    pub(super) fn seal_and_bring(&mut self) -> Result<()> {
        self.kill_platform()?;
        self.file()?;
        let outbox = self.run(&["outbox"])?;
        if outbox.get("outbox").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            return Ok(());
        }
        self.count += 1;
        let sealed = self.folder.path().join(format!("{}.tongban", self.count));
        let sealed = sealed.to_str().context("a path")?.to_owned();
        let ended = self.run_and_kill("courier export", &["courier", "export", &sealed])?;
        self.start_platform()?;
        if matches!(ended, Ended::Answered(_)) {
            self.run_and_kill("courier relay", &["courier", "relay", &sealed])?;
        }
        Ok(())
    }

    pub(super) fn file_with(&self, name: &str, bytes: &[u8]) -> Result<String> {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, bytes)?;
        Ok(path.to_str().context("a path")?.to_owned())
    }
}
