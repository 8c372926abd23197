//! One run: steps by chance, each followed by a look at everything, and a peaceful end
//! after which nothing may be left to do.

use std::{fmt::Write as _, path::PathBuf, sync::Arc};

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::json;
use tongban_client::Error;
use tongban_contract::{
    identifiers::CaseId,
    page::{
        AccountView, Answer, Asked, Attach, DiscardDraft, ItemState, ListItems, Mend, Overview,
        ReadItem, Recall, SignIn, StartDraft, Submit, SyncNow, Withdraw,
    },
};

use crate::{
    chance::Chance,
    checks, item,
    model::{Application, Model},
    world::{Template, World},
};

/// Devices of the account.
const DEVICES: usize = 2;
/// A run takes a second.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(60);
/// Most peaceful syncs until everything has arrived.
const MOST_PEACEFUL_ROUNDS: usize = 40;

/// What went wrong in a run, with everything that led there.
#[derive(Debug)]
pub struct Breach {
    /// Seed of the run.
    pub seed: u64,
    /// Every step, in order.
    pub story: Vec<String>,
    /// What was found.
    pub found: String,
}

/// Plays the run of a seed.
///
/// # Errors
/// The breach that was found; boxed, as it tells the whole story.
pub async fn play(template: &Template, seed: u64, steps: usize) -> Result<(), Box<Breach>> {
    let mut story = Vec::new();
    let outcome = async {
        let chance = Chance::from_seed(seed);
        let world = World::from(template, &chance, DEVICES).await?;
        let (model, couriers) = (Model::default(), Vec::new());
        let mut run = Run { chance, world, model, couriers, story: &mut story, count: 0 };
        for _ in 0..steps {
            run.step().await?;
            checks::all(&run.world, &run.model).await?;
        }
        run.come_to_peace().await?;
        checks::peace(&run.world, &run.model).await
    };
    let outcome: Result<()> = tokio::time::timeout(LONGEST, outcome)
        .await
        .unwrap_or_else(|_| Err(anyhow!("the run stands still")));
    outcome.map_err(|error| Box::new(Breach { seed, story, found: format!("{error:#}") }))
}

struct Run<'a> {
    chance: Chance,
    world: World,
    model: Model,
    /// Sealed files that were made, oldest first; each may be brought again and again.
    couriers: Vec<PathBuf>,
    story: &'a mut Vec<String>,
    count: u64,
}

impl Run<'_> {
    fn tell(&mut self, what: impl Into<String>) {
        self.story.push(what.into());
    }

    async fn step(&mut self) -> Result<()> {
        let device = usize::try_from(self.chance.below(DEVICES as u64))?;
        let outcome = match self.chance.below(34) {
            0..=3 => self.start(device).await,
            4..=5 => self.answer(device).await,
            6..=9 => self.submit(device).await,
            10 => self.recall(device).await,
            11 => self.withdraw(device).await,
            12..=13 => self.mend(device).await,
            14 => self.discard(device).await,
            15..=20 => self.sync(device).await,
            21..=22 => self.sync_and_die(device).await,
            23 => self.crash(device).await,
            24..=26 => self.office().await,
            27 => self.let_a_stray_arrive(device).await,
            28 => self.trouble_of_the_platform().await,
            29 => {
                self.trouble_of_the_clock(device);
                Ok(())
            }
            30..=31 => self.seal(device).await,
            _ => self.carry(device).await,
        };
        for device in &self.world.devices {
            device.line.settle().await;
        }
        let told: Vec<String> =
            self.world.devices.iter().flat_map(|device| device.line.told()).collect();
        self.story.extend(told.into_iter().map(|line| format!("    {line}")));
        outcome
    }

    async fn start(&mut self, device: usize) -> Result<()> {
        let client = &self.world.clients[device];
        let request = StartDraft { item: item::ITEM.to_owned(), division: None };
        let Some(case) = allowed(client.start_draft(request).await)? else { return Ok(()) };
        self.tell(format!("device {device}: starts {case}"));
        let application = Application {
            device,
            note: None,
            filed: false,
            statements: Vec::new(),
            recalled: false,
            withdrawn: false,
        };
        self.model.applications.insert(case, application);
        self.answer_case(device, case).await?;
        if self.chance.one_in(2) {
            self.count += 1;
            let large = if self.chance.one_in(6) { 600_000 } else { 900 };
            let paper = item::paper(self.count, large);
            let head =
                Attach { case, material: item::PAPER.to_owned(), name: "附件.pdf".to_owned() };
            self.world.clients[device].attach(head, paper.into()).await?;
        }
        Ok(())
    }

    async fn answer(&mut self, device: usize) -> Result<()> {
        match self.chance.pick(&self.model.of(device, false)) {
            Some(case) => self.answer_case(device, *case).await,
            None => Ok(()),
        }
    }

    async fn answer_case(&mut self, device: usize, case: CaseId) -> Result<()> {
        self.count += 1;
        let note = format!("说明 {}", self.count);
        let answer = Answer { case, pointer: item::NOTE.to_owned(), value: json!(note) };
        self.world.clients[device].answer(answer).await?;
        self.tell(format!("device {device}: answers {note} in {case}"));
        self.application(case)?.note = Some(note);
        Ok(())
    }

    async fn submit(&mut self, device: usize) -> Result<()> {
        let drafts = self.model.of(device, false);
        let Some(&case) = self.chance.pick(&drafts) else { return Ok(()) };
        self.submit_case(device, case).await
    }

    async fn submit_case(&mut self, device: usize, case: CaseId) -> Result<()> {
        let receipt = self.world.clients[device].submit(Submit { case }).await?;
        if receipt.case != case {
            bail!("the receipt of another application");
        }
        self.tell(format!("device {device}: submits {case}"));
        let application = self.application(case)?;
        application.filed = true;
        application.recalled = false;
        let note = application.note.clone().context("a draft without an answer")?;
        application.statements.push(note);
        Ok(())
    }

    async fn recall(&mut self, device: usize) -> Result<()> {
        let filed = self.model.of(device, true);
        let Some(&case) = self.chance.pick(&filed) else { return Ok(()) };
        let client = &self.world.clients[device];
        let state = client.read_item(ReadItem { case }).await?.row.state;
        let calls_off = matches!(state, ItemState::Queued { what: Asked::Withdrawal, .. });
        let Some(()) = allowed(client.recall(Recall { case }).await)? else { return Ok(()) };
        if calls_off {
            self.tell(format!("device {device}: calls the withdrawal of {case} off"));
            self.application(case)?.withdrawn = false;
            return Ok(());
        }
        self.tell(format!("device {device}: takes {case} back"));
        let application = self.application(case)?;
        application.filed = false;
        // It has not left, so that what was in it was never said.
        application.statements.pop();
        application.recalled = application.statements.is_empty();
        Ok(())
    }

    async fn withdraw(&mut self, device: usize) -> Result<()> {
        let filed = self.model.of(device, true);
        let Some(&case) = self.chance.pick(&filed) else { return Ok(()) };
        let request = Withdraw { case, reason: "不办了".to_owned() };
        if allowed(self.world.clients[device].withdraw(request).await)?.is_some() {
            self.tell(format!("device {device}: withdraws {case}"));
            self.application(case)?.withdrawn = true;
        }
        Ok(())
    }

    async fn mend(&mut self, device: usize) -> Result<()> {
        let filed = self.model.of(device, true);
        let Some(&case) = self.chance.pick(&filed) else { return Ok(()) };
        self.mend_case(device, case).await.map(|_| ())
    }

    async fn mend_case(&mut self, device: usize, case: CaseId) -> Result<bool> {
        let mended = self.world.clients[device].mend(Mend { case }).await;
        if allowed(mended)?.is_none() {
            return Ok(false);
        }
        self.tell(format!("device {device}: opens {case} for mending"));
        self.application(case)?.filed = false;
        self.answer_case(device, case).await?;
        Ok(true)
    }

    async fn discard(&mut self, device: usize) -> Result<()> {
        let drafts = self.model.of(device, false);
        let Some(&case) = self.chance.pick(&drafts) else { return Ok(()) };
        let discarded = self.world.clients[device].discard_draft(DiscardDraft { case }).await;
        if allowed(discarded)?.is_some() {
            self.tell(format!("device {device}: discards {case}"));
            if !self.application(case)?.statements.is_empty() {
                bail!("a draft that had been filed was deleted");
            }
            self.model.applications.remove(&case);
        }
        Ok(())
    }

    async fn sync(&mut self, device: usize) -> Result<()> {
        let trouble = [None, Some(2), Some(3), Some(8)];
        let trouble = self.chance.pick(&trouble).copied().flatten();
        self.world.devices[device].line.trouble(trouble);
        self.tell(format!("device {device}: syncs, one request in {trouble:?} fares badly"));
        let outcome = self.world.clients[device].sync_now(SyncNow {}).await;
        self.world.devices[device].line.trouble(None);
        if let Err(error) = outcome {
            self.tell(format!("    the sync failed: {error}"));
            checks::is_told_well(error)?;
        }
        self.sign_in_again(device).await
    }

    /// A device seals what waits on it.
    async fn seal(&mut self, device: usize) -> Result<()> {
        let to = self.world.stick(self.couriers.len());
        let made = self.world.clients[device].export_courier(&to, Arc::new(|_, _| {})).await;
        if let Some(made) = allowed(made)? {
            self.tell(format!("device {device}: seals {} operations", made.operations));
            self.couriers.push(to);
        }
        Ok(())
    }

    /// A device brings something sealed to the platform, new or old, its own or not.
    async fn carry(&mut self, device: usize) -> Result<()> {
        let Some(courier) = self.chance.pick(&self.couriers).cloned() else { return Ok(()) };
        self.world.devices[device]
            .line
            .trouble(self.chance.pick(&[None, Some(3)]).copied().flatten());
        let client = &self.world.clients[device];
        let brought = client.relay_courier(&courier, Arc::new(|_, _| {})).await;
        self.world.devices[device].line.trouble(None);
        self.tell(format!("device {device}: brings {}: {brought:?}", courier.display()));
        allowed(brought)?;
        self.sign_in_again(device).await
    }

    /// The process dies at some moment of a sync.
    async fn sync_and_die(&mut self, device: usize) -> Result<()> {
        let after = self.chance.below(40);
        self.tell(format!("device {device}: dies {after} steps into a sync"));
        let client = self.world.clients[device].clone();
        let mut sync = Box::pin(client.sync_now(SyncNow {}));
        for _ in 0..after {
            let turn = tokio::time::timeout(std::time::Duration::ZERO, &mut sync).await;
            if turn.is_ok() {
                break;
            }
            // Whoever works for it has a turn: its database, the platform.
            tokio::task::yield_now().await;
        }
        drop(sync);
        drop(client);
        self.world.crash(device).await
    }

    async fn crash(&mut self, device: usize) -> Result<()> {
        self.tell(format!("device {device}: dies"));
        self.world.crash(device).await
    }

    /// A department does something to some case.
    async fn office(&mut self) -> Result<()> {
        let cases: Vec<CaseId> = self.model.applications.keys().copied().collect();
        let Some(case) = self.chance.pick(&cases).copied() else { return Ok(()) };
        let department = self.chance.pick(&item::DEPARTMENTS).copied().unwrap_or_default();
        let correction = json!([{ "pointer": "/answers/note", "sentence": "请写清楚。" }]);
        let action = match self.chance.below(8) {
            0..=2 => json!({ "action": "accept" }),
            3..=5 => json!({ "action": "pass" }),
            6 => json!({ "action": "correct", "faults": correction }),
            _ => json!({ "action": "deny", "remark": "不符合条件。" }),
        };
        if self.world.platform().is_some()
            && self.world.office(department, &case.to_string(), &action).await?
        {
            self.tell(format!("{department}: {} {case}", action["action"]));
        }
        Ok(())
    }

    async fn let_a_stray_arrive(&mut self, device: usize) -> Result<()> {
        if self.chance.one_in(2) {
            self.world.pass(7 * 86_400);
            self.tell("a week passes");
            // With a token of today, what strays is answered for what it brings.
            self.world.devices[device].line.trouble(None);
            allowed(self.world.clients[device].sync_now(SyncNow {}).await)?;
        }
        self.world.devices[device].line.let_one_stray_arrive().await;
        Ok(())
    }

    async fn trouble_of_the_platform(&mut self) -> Result<()> {
        match self.chance.below(5) {
            0 => {
                self.tell("the platform stops");
                self.world.stop_platform().await;
            }
            1 => {
                self.tell("the platform is backed up");
                self.world.back_up().await?;
            }
            2 => {
                let by_hand = self.chance.one_in(2);
                if self.world.restore(by_hand).await? {
                    self.model.set_back = true;
                    self.tell(format!(
                        "the platform is set back to its backup, by hand: {by_hand}"
                    ));
                }
            }
            _ => {
                self.tell("the platform starts again");
                self.world.stop_platform().await;
                self.world.start_platform().await?;
            }
        }
        Ok(())
    }

    fn trouble_of_the_clock(&mut self, device: usize) {
        const DAY: i64 = 86_400;
        let jumps = [60, 3600, DAY, -3600, -DAY, 3650 * DAY, -3650 * DAY];
        let jump = self.chance.pick(&jumps).copied().unwrap_or_default();
        self.tell(format!("device {device}: its clock jumps by {jump} s"));
        self.world.devices[device].jump(jump);
    }

    /// The person signs in again where the session has ended.
    async fn sign_in_again(&mut self, device: usize) -> Result<()> {
        let client = &self.world.clients[device];
        let account = client.overview(Overview {}).await?.account;
        if !matches!(account, AccountView::SessionEnded(_)) || self.world.platform().is_none() {
            return Ok(());
        }
        let outcome = client.sign_in(SignIn { assurance: None }).await;
        let words = match &outcome {
            Ok(()) => "signs in again".to_owned(),
            Err(error) => format!("cannot sign in: {error}"),
        };
        self.tell(format!("device {device}: {words}"));
        Ok(())
    }

    /// The network is good, clocks are right, people do what they are asked to.
    async fn come_to_peace(&mut self) -> Result<()> {
        self.tell("peace");
        self.world.start_platform().await?;
        self.world.set_clocks_right();
        let mut calm_before = false;
        for _ in 0..MOST_PEACEFUL_ROUNDS {
            self.world.pass(120);
            let mut calm = true;
            for device in 0..DEVICES {
                self.sign_in_again(device).await?;
                if let Err(error) = self.world.clients[device].sync_now(SyncNow {}).await {
                    calm = false;
                    self.tell(format!("device {device}: {error}"));
                }
                let rows = self.world.clients[device].list_items(ListItems {}).await?.rows;
                for row in rows {
                    let own = self.model.applications.get(&row.case);
                    let own = own.is_some_and(|application| application.device == device);
                    match row.state {
                        ItemState::Queued { .. } | ItemState::Sending { .. } => calm = false,
                        ItemState::NeedsAttention { .. } if own => {
                            calm = false;
                            if self.model.of(device, false).contains(&row.case)
                                || self.mend_case(device, row.case).await?
                            {
                                self.submit_case(device, row.case).await?;
                            }
                        }
                        ItemState::NeedsAttention { .. }
                        | ItemState::Draft
                        | ItemState::Submitted { .. } => {}
                    }
                }
            }
            // Each device has then heard of what the others did last.
            if calm && calm_before {
                return Ok(());
            }
            calm_before = calm;
        }
        let mut left = String::new();
        for client in &self.world.clients {
            for row in client.list_items(ListItems {}).await?.rows {
                let _ = writeln!(left, "{}: {:?}", row.case, row.state);
            }
        }
        bail!("it never comes to peace:\n{left}")
    }

    fn application(&mut self, case: CaseId) -> Result<&mut Application> {
        self.model.applications.get_mut(&case).context("an application that nobody began")
    }
}

/// Where a command was refused with a sentence, it did nothing; any other failure is ours.
fn allowed<T>(outcome: Result<T, Error>) -> Result<Option<T>> {
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(error) => {
            checks::is_told_well(error)?;
            Ok(None)
        }
    }
}
