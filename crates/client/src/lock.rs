//! Locking the vault that is open, by hand or when nobody has done anything for a while.
//! What is locked is closed: the engine keeps neither its key nor a token (what libraries
//! leave behind in memory: see SECURITY.md).

use std::time::Duration;

use jiff::Timestamp;
use tongban_contract::page::{Lock, LockedView, Person, StillHere, Topic};

use crate::{
    client::{Client, OpenVault, Session},
    error::{Error, Result},
    waiting::Pause,
};

/// How often it is looked whether somebody is still there.
const LOOK: Duration = Duration::from_secs(1);

/// The vault that waits for its PIN.
#[derive(Clone)]
pub(crate) struct Locked {
    pub(crate) account: String,
    pub(crate) label: String,
    /// Who has just signed in, where that is how it came to be locked.
    pub(crate) person: Option<Person>,
    /// How long no PIN may be tried.
    pub(crate) pause: Option<Pause>,
    /// Whether what waits in it can be carried all the same.
    pub(crate) spare: bool,
}

impl Locked {
    pub(crate) fn view(&self) -> LockedView {
        LockedView {
            label: self.label.clone(),
            wait_until: self.pause.map(|pause| pause.until),
            sealed_copy: self.spare,
        }
    }
}

impl Client {
    /// Locks the vault that is open.
    ///
    /// # Errors
    /// Where nobody is signed in, or no PIN is set: it could not be opened again.
    pub async fn lock(&self, _request: Lock) -> Result<()> {
        let _one_at_a_time = self.locking().await;
        let open = self.opened()?;
        if !open.pinned {
            return Err(Error::refused(
                "lock.no-pin",
                "还没有设置解锁密码，不能锁定。",
                "请先在“我的—安全”里设置解锁密码。",
            ));
        }
        self.put_away(&open).await?;
        self.hold_locked(&open.account, None).await?;
        self.tell_everything();
        Ok(())
    }

    /// Somebody is there.
    ///
    /// # Errors
    /// Never.
    pub async fn still_here(&self, _request: StillHere) -> Result<()> {
        self.touch();
        tokio::task::yield_now().await;
        Ok(())
    }

    /// Locks whenever nobody has been there for as long as the settings say.
    pub(crate) async fn lock_when_idle(self) {
        loop {
            tokio::select! {
                () = self.closed() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            if self.is_idle()
                && let Err(error) = self.lock(Lock {}).await
            {
                tracing::warn!(%error, "an idle vault could not be locked");
            }
        }
    }

    fn is_idle(&self) -> bool {
        let now = self.surroundings().now();
        let mut shared = self.shared();
        if !shared.open.as_ref().is_some_and(|open| open.pinned) {
            return false;
        }
        // Since a clock was set back nobody knows how long it has been.
        if now < shared.touched {
            shared.touched = now;
        }
        let minutes = i64::from(shared.device.settings.lock_after_minutes);
        now.duration_since(shared.touched) >= jiff::SignedDuration::from_mins(minutes)
    }

    /// Closes a vault and forgets what this process knows of its account. An answer that is
    /// being kept is kept first; what is being sent is queued again.
    pub(crate) async fn put_away(&self, open: &OpenVault) -> Result<()> {
        let _no_sync = self.without_sync().await;
        let _no_answer = self.drafting().await;
        let mut spare = self.sparing().await;
        self.renew_spare(open, &mut spare).await;
        {
            let mut shared = self.shared();
            shared.open = None;
            shared.session = Session::SignedOut;
            shared.sync = Default::default();
        }
        open.vault.close().await;
        self.identity().put_away(&open.account).await;
        Ok(())
    }

    /// Remembers that this account's vault waits for its PIN.
    pub(crate) async fn hold_locked(&self, account: &str, person: Option<Person>) -> Result<()> {
        let label = self.label(account).await?;
        let pause = self.pin_pause(account).await?;
        let spare = self.has_spare(account).await;
        let mut shared = self.shared();
        shared.session = Session::Locked;
        shared.open = None;
        shared.locked = Some(Locked { account: account.to_owned(), label, person, pause, spare });
        Ok(())
    }

    /// The vault that waits for its PIN.
    pub(crate) fn locked(&self) -> Option<Locked> {
        let shared = self.shared();
        shared.locked.clone().filter(|_| shared.session == Session::Locked)
    }

    /// How long no PIN may be tried; nothing where one may.
    pub(crate) fn pin_has_to_wait(&self, account: &str, pause: Option<Pause>) {
        let mut shared = self.shared();
        if let Some(locked) = &mut shared.locked
            && locked.account == account
        {
            locked.pause = pause;
            drop(shared);
            self.tell(Topic::Account);
        }
    }

    /// Whether the vault that is open has a PIN from now on.
    pub(crate) fn pin_was_set(&self, account: &str, pinned: bool) {
        if let Some(open) = &mut self.shared().open
            && open.account == account
        {
            open.pinned = pinned;
        }
        self.tell_everything();
        self.wake();
    }

    /// Whoever looks at anything personal looks again.
    pub(crate) fn tell_everything(&self) {
        for topic in [Topic::Account, Topic::Followed, Topic::Items, Topic::Licences, Topic::Sync] {
            self.tell(topic);
        }
    }

    /// The error of whatever needs a vault that is locked.
    pub(crate) fn is_locked_error() -> Error {
        Error::refused("vault.locked", "“通办”已锁定。", "请先输入解锁密码；内容都还在。")
    }

    /// When somebody was last there.
    pub(crate) fn touch(&self) {
        let now: Timestamp = self.surroundings().now();
        self.shared().touched = now;
    }
}
