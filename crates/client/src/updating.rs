//! Keeping the catalogue new: its updates, how they are stopped, and when the next one comes.
//! Which regions are kept is chosen elsewhere; how an update is made is the catalogue's.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio_util::sync::CancellationToken;
use tongban_contract::{
    discovery::PlatformInfo,
    numbers::DivisionCode,
    page::{NetworkView, ProgressView, StopUpdate, Topic, UpdateCatalogue},
    problem::Problem,
};

use crate::{
    catalogue::{CatalogueError, Source, Updated},
    client::Client,
    error::{Error, Result},
    waiting::{Pause, backoff},
};

/// Time after which the catalogue is looked at again.
const REGULAR: Duration = Duration::from_secs(6 * 3600);

/// Longest time that is added to it by chance, so that the devices of a province which an office
/// switches on at the same minute do not come together for ever.
const APART: Duration = Duration::from_secs(1800);

/// Longest sleep: a device that was asleep, or whose clock was set, sees what is due after it.
const NAP: Duration = Duration::from_secs(60);

/// Least wait after a first failure that was not the network's.
const FIRST: Duration = Duration::from_secs(60);

/// What this process knows of the updates of the catalogue.
#[derive(Debug, Default)]
pub(crate) struct UpdateState {
    /// How far the one that runs is.
    pub(crate) progress: Option<ProgressView>,
    /// Why the last one failed; the catalogue before it is still in use.
    pub(crate) problem: Option<Problem>,
    /// Updates in a row that found no network, or no platform.
    unreached: u32,
    /// Updates in a row that reached the platform and failed, whatever the network did between.
    refused: u32,
    /// How long the loop waits before the next; none before the first.
    pause: Option<Pause>,
    /// Stops those that run or wait, which hold it.
    stop: Weak<CancellationToken>,
}

impl UpdateState {
    /// What stops the updates that run or wait, this one among them.
    fn join(&mut self) -> Arc<CancellationToken> {
        self.stop.upgrade().unwrap_or_else(|| {
            let stop = Arc::default();
            self.stop = Arc::downgrade(&stop);
            stop
        })
    }
}

impl Client {
    /// Fetches the newest catalogue now.
    ///
    /// # Errors
    /// What kept it from being done; the catalogue before it is still in use.
    pub async fn update_catalogue(&self, _request: UpdateCatalogue) -> Result<()> {
        self.update().await
    }

    /// Stops the update that runs, and those that wait for it. What has arrived is kept, and the
    /// next one goes on from there. A region that was not here yet is not wanted any more.
    ///
    /// # Errors
    /// Where that cannot be written down. Nothing to stop is no error.
    pub async fn stop_update(&self, _request: StopUpdate) -> Result<()> {
        let Some(running) = std::mem::take(&mut self.shared().updates.stop).upgrade() else {
            return Ok(());
        };
        running.cancel();
        let _it_has_ended = self.updating().take().await;
        let here = self.catalogue().regions();
        let is_here = |division: &DivisionCode| here.iter().any(|kept| kept.contains(division));
        self.change_device(|device| device.kept.retain(is_here))
    }

    /// One update, after those that were asked for before it. What became of it is kept for the
    /// page and for the loop.
    pub(crate) async fn update(&self) -> Result<()> {
        let stop = self.shared().updates.join();
        let outcome = tokio::select! {
            () = stop.cancelled() => Err(CatalogueError::Stopped.into()),
            outcome = self.updating().long(|| self.fetch_catalogue()) => outcome,
        };
        self.note_network(&outcome);
        let outcome = self.note_update(outcome);
        self.tell(Topic::Catalogue);
        if outcome.is_ok() {
            // Two at once would tell the same twice.
            let _turn = self.updating().take().await;
            if let Err(error) = self.tell_of_followed().await {
                // They are shown with what changed all the same.
                tracing::warn!(%error, "changes of followed guides could not be told");
            }
        }
        outcome
    }

    async fn fetch_catalogue(&self) -> Result<Updated> {
        let info = self.platform_info().await?;
        let progress = |progress: ProgressView| {
            self.shared().updates.progress = Some(progress);
            self.tell(Topic::Catalogue);
        };
        let source = self.source(&info, &progress);
        let updated = self.catalogue().update(source, self.regions()).await;
        self.shared().updates.progress = None;
        Ok(updated?)
    }

    /// Keeps what became of an update, whoever wished for it, and when the next one is due.
    fn note_update(&self, outcome: Result<Updated>) -> Result<()> {
        let below = |bound| self.surroundings().below(bound);
        let regular = || REGULAR + Duration::from_secs(below(APART.as_secs()));
        let now = self.surroundings().now();
        let done = match outcome {
            Ok(updated) => {
                tracing::info!(?updated, "catalogue");
                Ok(())
            }
            // Whoever stopped it knows: it is none of the device's failures.
            Err(Error::Catalogue(CatalogueError::Stopped)) => {
                Err(Error::Refused(Box::new(CatalogueError::Stopped.problem())))
            }
            Err(error) => {
                let is_network = error.network().is_some();
                let failures = {
                    let state = &mut self.shared().updates;
                    let failures =
                        if is_network { &mut state.unreached } else { &mut state.refused };
                    std::mem::replace(failures, failures.saturating_add(1))
                };
                let wait = wait_after(&error, failures, below);
                let problem = Problem::from(error);
                let state = &mut self.shared().updates;
                state.pause = Some(Pause::new(now, wait));
                state.problem = Some(problem.clone());
                if !is_network {
                    state.unreached = 0;
                }
                self.looked().notify_one();
                return Err(Error::Refused(Box::new(problem)));
            }
        };
        let pause = Some(Pause::new(now, regular()));
        let state = &mut self.shared().updates;
        (state.pause, state.unreached, state.refused) = (pause, 0, 0);
        (state.progress, state.problem) = (None, None);
        self.looked().notify_one();
        done
    }

    /// Keeps the catalogue new for as long as the client lives. How the last update ended,
    /// whoever wished for it, decides when the next one comes; a platform that asked to be left
    /// alone is.
    pub(crate) async fn keep_catalogue_new(self) {
        loop {
            let now = self.surroundings().now();
            let planned = self.shared().updates.pause.map_or(Duration::ZERO, |p| p.left(now));
            let wait = planned.max(self.spared_for());
            if wait.is_zero() {
                if let Err(error) = self.update().await {
                    tracing::debug!(%error, "catalogue not updated");
                }
                continue;
            }
            tokio::select! {
                () = self.closed() => return,
                () = self.looked().notified() => {}
                () = tokio::time::sleep(wait.min(NAP)) => {}
            }
        }
    }

    /// Has the loop look soon whether the platform can be reached again, where it would not for
    /// hours.
    pub(crate) fn look_again_soon(&self) {
        let below = |bound| self.surroundings().below(bound);
        let soon = Pause::new(self.surroundings().now(), backoff(u32::MAX, None, below));
        let state = &mut self.shared().updates;
        if state.pause.is_none_or(|pause| pause.until > soon.until) {
            state.pause = Some(soon);
        }
        self.looked().notify_one();
    }

    /// Remembers whether the platform could be reached, where no sync of an account says so, and
    /// tells where that is news.
    pub(crate) fn note_network<T>(&self, outcome: &Result<T>) {
        let found = match outcome.as_ref().map_err(Error::network) {
            Ok(_) => NetworkView::Online,
            Err(Some(error)) => NetworkView::Offline { problem: Box::new(error.problem()) },
            Err(None) => return,
        };
        {
            let mut shared = self.shared();
            if shared.open.is_some() || shared.sync.network == found {
                return;
            }
            shared.sync.network = found;
        }
        self.tell(Topic::Sync);
    }

    /// The regions whose guides are kept: the person's county, and others.
    pub(crate) fn regions(&self) -> Vec<DivisionCode> {
        let device = self.device();
        device.county.into_iter().chain(device.kept).collect()
    }

    /// From where the catalogue comes now.
    pub(crate) fn source<'a>(
        &'a self,
        info: &'a PlatformInfo,
        progress: &'a (dyn Fn(ProgressView) + Send + Sync),
    ) -> Source<'a> {
        let surroundings = self.surroundings();
        Source {
            transport: surroundings.transport.as_ref(),
            base: &self.options().platform,
            info,
            progress,
            now: surroundings.now(),
        }
    }
}

/// How long an update is not tried again that failed after others had.
fn wait_after(error: &Error, failures: u32, below: impl Fn(u64) -> u64) -> Duration {
    if error.network().is_some() {
        return backoff(failures, error.retry_after(), below);
    }
    // The platform was reached: the same is likely to come again, and may cost the person a whole
    // download each time.
    let least = FIRST.saturating_mul(1 << failures.min(16)).min(REGULAR);
    least + Duration::from_secs(below(least.as_secs()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::network::NetworkError;

    proptest! {
        #[test]
        fn what_may_cost_a_download_each_time_is_tried_ever_less_often(
            failures in any::<u32>(),
            chance in any::<u64>(),
        ) {
            let costly = Error::from(CatalogueError::Digest);
            let wait = |failures| wait_after(&costly, failures, |bound| chance % bound.max(1));
            prop_assert!(wait(failures) >= FIRST && wait(failures) <= REGULAR * 2);
            let least = |failures| wait_after(&costly, failures, |_| 0);
            let next = least(failures.saturating_add(1));
            prop_assert!(next == least(failures) * 2 || next == REGULAR);
        }
    }

    #[test]
    fn the_network_is_tried_soon_and_a_busy_platform_when_it_says() {
        let broken = Error::from(NetworkError::CaptivePortal);
        assert!(wait_after(&broken, 40, |bound| bound) <= Duration::from_secs(31));
        let busy = NetworkError::Overloaded { retry_after: Some(600) };
        let busy = Error::from(CatalogueError::from(busy));
        assert!(wait_after(&busy, 0, |_| 0) >= Duration::from_secs(600));
    }
}
