//! Who is signed in, what the person has set, and the view of the frame around every
//! page. Signing out deletes tokens, and nothing that the person has written.

use tokio_util::sync::CancellationToken;
use tongban_contract::{
    discovery::{PlatformInfo, WELL_KNOWN_PATH},
    page::{
        AccountView, CancelSignIn, ChangeSettings, Counts, DismissRescues, ItemRow, ItemState,
        LOCK_AFTER_MINUTES, Overview, OverviewView, RescueView, SignIn, SignOut, SignOutOfBrowser,
        SyncView, Topic,
    },
    problem::Problem,
};

use crate::{
    client::{Client, Session},
    error::{Error, Result},
    identity::IdentityError,
    items,
    network::{self, NetworkError},
    vault::Vault,
};

/// What the frame tells of a vault.
#[derive(Default)]
struct UnderWay {
    attention: Vec<ItemRow>,
    counts: Counts,
    last_success: Option<jiff::Timestamp>,
    rescues: Vec<RescueView>,
    problems: Vec<Problem>,
}

async fn under_way(vault: &Vault) -> Result<UnderWay> {
    let rows = items::rows(vault).await?;
    let mut counts = items::count(&rows);
    counts.licences = u32::try_from(vault.licences().await?.len()).unwrap_or(u32::MAX);
    let mut attention: Vec<ItemRow> = rows
        .into_iter()
        .filter(|row| matches!(row.state, ItemState::NeedsAttention { .. }))
        .collect();
    attention.sort_by_key(|row| row.updated_at);
    Ok(UnderWay {
        attention,
        counts,
        last_success: vault.feed().await?.last_success,
        rescues: vault.rescues().await?,
        problems: vault.unreadable().into_iter().chain(vault.unread().await?).collect(),
    })
}

impl Client {
    /// What the frame of every page shows.
    ///
    /// # Errors
    /// Where the vault cannot be read.
    pub async fn overview(&self, _request: Overview) -> Result<OverviewView> {
        let under_way = match self.vault() {
            Ok(vault) => match under_way(&vault).await {
                // It was locked or left meanwhile.
                Err(_) if self.vault().is_err() => UnderWay::default(),
                read => read?,
            },
            Err(_) => UnderWay::default(),
        };
        let state = self.sync_state();
        let of_the_device = self.shared().device_problem.clone();
        Ok(OverviewView {
            account: self.account_view(),
            pinned: self.opened().is_ok_and(|open| open.pinned),
            problems: of_the_device.into_iter().chain(under_way.problems).collect(),
            rescues: under_way.rescues,
            given_up: self.opened().map(|open| open.given_up).unwrap_or_default(),
            sync: SyncView {
                network: state.network,
                running: state.running,
                last_success: under_way.last_success,
                next_try: state.pause.map(|pause| pause.until),
                waiting: under_way.counts.outbox,
            },
            catalogue: self.catalogue_view(),
            attention: under_way.attention,
            counts: under_way.counts,
            settings: self.device().settings,
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            platform: self.options().platform.to_string(),
        })
    }

    fn account_view(&self) -> AccountView {
        let shared = self.shared();
        let person = shared.open.as_ref().map(|open| open.person.clone());
        let shares = shared.device.settings.shared_device;
        let pinned = shared.open.as_ref().is_some_and(|open| open.pinned);
        if let (Session::Unavailable, Some(why)) = (shared.session, &shared.unavailable) {
            return AccountView::Unavailable(why.clone());
        }
        match (shared.session, person, &shared.locked) {
            (Session::SigningIn, ..) => AccountView::SigningIn,
            (Session::Locked, _, Some(locked)) => AccountView::Locked(locked.view()),
            (Session::SignedIn | Session::Ended, Some(person), _) if shares && !pinned => {
                AccountView::PinNeeded(person)
            }
            (Session::SignedIn, Some(person), _) => AccountView::SignedIn(person),
            (Session::Ended, Some(person), _) => AccountView::SessionEnded(person),
            _ => AccountView::SignedOut,
        }
    }

    /// Opens the system browser for signing in, and answers once the person is signed in.
    ///
    /// # Errors
    /// Where the person gives up, the platform refuses, or the answer does not belong here.
    pub async fn sign_in(&self, request: SignIn) -> Result<()> {
        let before = self.session();
        let cancelled = CancellationToken::new();
        {
            let mut shared = self.shared();
            if let Some(other) = shared.cancel_sign_in.replace(cancelled.clone()) {
                other.cancel();
            }
            shared.session = Session::SigningIn;
        }
        self.tell(Topic::Account);
        let outcome = tokio::select! {
            () = cancelled.cancelled() => Err(IdentityError::Cancelled.into()),
            outcome = self.sign_in_by_browser(request.assurance) => outcome,
        };
        if let Err(error) = outcome {
            if !cancelled.is_cancelled() || self.session() == Session::SigningIn {
                let mut shared = self.shared();
                // Whoever was there before may have been put away since.
                if shared.session == Session::SigningIn {
                    shared.session = before;
                }
                shared.cancel_sign_in = None;
            }
            self.tell(Topic::Account);
            return Err(error);
        }
        self.shared().cancel_sign_in = None;
        self.tell_everything();
        self.wake();
        Ok(())
    }

    async fn sign_in_by_browser(&self, assurance: Option<u8>) -> Result<()> {
        let info = self.platform_info().await?;
        let pending = self.identity().begin(&info, assurance).await?;
        self.open_browser(&pending.prompt.address)?;
        let signed_in = pending.finish().await?;
        let _one_at_a_time = self.locking().await;
        if let Ok(previous) = self.opened() {
            self.put_away(&previous).await?;
        }
        let opened = self.open_or_say_why(&signed_in.account, Some(signed_in.person)).await;
        self.change_device(|device| device.account = Some(signed_in.account))?;
        opened
    }

    fn open_browser(&self, address: &url::Url) -> Result<()> {
        (self.surroundings().browser)(address).map_err(|error| {
            tracing::warn!(%error, "browser did not open");
            Error::refused(
                "sign-in.browser",
                "没能打开系统浏览器。",
                "请确认本机装有浏览器后再试。",
            )
        })
    }

    /// Gives up a sign-in that waits for the browser.
    ///
    /// # Errors
    /// Never; nothing to give up is no error.
    pub async fn cancel_sign_in(&self, _request: CancelSignIn) -> Result<()> {
        if let Some(waiting) = self.shared().cancel_sign_in.take() {
            waiting.cancel();
        }
        tokio::task::yield_now().await;
        Ok(())
    }

    /// Signs out. Drafts and what is unsent stay in the account's vault, encrypted, and
    /// are there again after the next sign-in.
    ///
    /// # Errors
    /// Where the keyring or the device's file fails.
    pub async fn sign_out(&self, _request: SignOut) -> Result<()> {
        let _one_at_a_time = self.locking().await;
        let open = self.opened()?;
        let no_sync = self.without_sync().await;
        let info = self.platform_info().await?;
        let revocation = self.identity().sign_out(&info, &open.account).await?;
        tracing::info!(?revocation, "signed out");
        drop(no_sync);
        self.put_away(&open).await?;
        self.change_device(|device| device.account = None)?;
        self.tell_everything();
        Ok(())
    }

    /// Opens the provider's page that ends the sign-in which the system's browser may keep.
    ///
    /// # Errors
    /// Where the provider cannot be asked or has no such page, or no browser opens.
    pub async fn sign_out_of_browser(&self, _request: SignOutOfBrowser) -> Result<()> {
        let info = self.platform_info().await?;
        let Some(page) = self.identity().browser_logout(&info).await? else {
            return Err(Error::refused(
                "sign-out.no-page",
                "这个平台没有用来退出浏览器登录的网页。",
                "请关闭浏览器的所有窗口；多人共用的电脑，请再清除浏览记录。",
            ));
        };
        self.open_browser(&page)
    }

    /// Changes what the person has set.
    ///
    /// # Errors
    /// Where the language is unknown, or the device's file cannot be written.
    pub async fn change_settings(&self, request: ChangeSettings) -> Result<()> {
        if !["zh-CN", "zh-TW", "en"].contains(&request.settings.language.as_str()) {
            return Err(Error::refused(
                "settings.language",
                "暂不支持这种语言。",
                "请选择简体中文、繁体中文或英文。",
            ));
        }
        if !LOCK_AFTER_MINUTES.contains(&request.settings.lock_after_minutes) {
            return Err(Error::refused(
                "settings.lock-after",
                "自动锁定的时间不在可选范围内。",
                "请从列出的时间里选择一个。",
            ));
        }
        self.change_device(|device| device.settings = request.settings)?;
        self.tell(Topic::Account);
        tokio::task::yield_now().await;
        Ok(())
    }

    /// The person has read what was rescued of a damaged vault.
    ///
    /// # Errors
    /// Where nobody is signed in, or the vault fails.
    pub async fn dismiss_rescues(&self, _request: DismissRescues) -> Result<()> {
        self.vault()?.dismiss_rescues().await?;
        self.tell(Topic::Account);
        Ok(())
    }

    /// The platform as this device knows it: as first seen, or asked now. Its key never
    /// changes by itself.
    pub(crate) async fn platform_info(&self) -> Result<PlatformInfo> {
        if let Some(info) = self.device().platform {
            return Ok(info);
        }
        let info = self.ask_platform_info().await?;
        if let Some(pinned) = &self.options().public_key
            && *pinned != info.public_key
        {
            return Err(Error::refused(
                "platform.key",
                "对方出示的平台密钥与预先设定的不一致，为保护您的信息，没有连接。",
                "请核对平台地址；如地址无误，请联系平台管理员。",
            ));
        }
        self.change_device(|device| device.platform = Some(info.clone()))?;
        Ok(info)
    }

    /// What the platform says of itself now. Nothing of it is believed here.
    pub(crate) async fn ask_platform_info(&self) -> Result<PlatformInfo> {
        let request = http::Request::get(self.address(WELL_KNOWN_PATH))
            .body(bytes::Bytes::new())
            .map_err(|_| NetworkError::Unreadable)?;
        Ok(network::ask(self.surroundings().transport.as_ref(), request).await?)
    }
}
