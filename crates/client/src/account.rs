//! Who is signed in, what the person has set, and the view of the frame around every
//! page. Signing out deletes tokens, and nothing that the person has written.

use tokio_util::sync::CancellationToken;
use tongban_contract::{
    discovery::{PlatformInfo, WELL_KNOWN_PATH},
    page::{
        AccountView, CancelSignIn, ChangeSettings, Counts, ItemRow, ItemState, Overview,
        OverviewView, SignIn, SignOut, SyncView, Topic,
    },
};

use crate::{
    client::{Client, Session},
    error::{Error, Result},
    identity::IdentityError,
    items,
    network::{self, NetworkError},
};

impl Client {
    /// What the frame of every page shows.
    ///
    /// # Errors
    /// Where the vault cannot be read.
    pub async fn overview(&self, _request: Overview) -> Result<OverviewView> {
        let (attention, counts, last_success, waiting) = self.under_way().await?;
        let state = self.sync_state();
        Ok(OverviewView {
            account: self.account_view(),
            sync: SyncView {
                network: state.network,
                running: state.running,
                last_success,
                next_try: state.pause.map(|pause| pause.until),
                waiting,
            },
            catalogue: self.catalogue_view(),
            attention,
            counts,
            settings: self.device().settings,
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            platform: self.options().platform.to_string(),
        })
    }

    async fn under_way(&self) -> Result<(Vec<ItemRow>, Counts, Option<jiff::Timestamp>, u32)> {
        let Ok(vault) = self.vault() else {
            return Ok((Vec::new(), Counts::default(), None, 0));
        };
        let rows = items::rows(&vault).await?;
        let mut counts = items::count(&rows);
        counts.licences = u32::try_from(vault.licences().await?.len()).unwrap_or(u32::MAX);
        let waiting = counts.outbox;
        let mut attention: Vec<ItemRow> = rows
            .into_iter()
            .filter(|row| matches!(row.state, ItemState::NeedsAttention { .. }))
            .collect();
        attention.sort_by_key(|row| row.updated_at);
        Ok((attention, counts, vault.feed().await?.last_success, waiting))
    }

    fn account_view(&self) -> AccountView {
        let shared = self.shared();
        let person = shared.open.as_ref().map(|open| open.person.clone());
        match (shared.session, person) {
            (Session::SigningIn, _) => AccountView::SigningIn,
            (Session::SignedIn, Some(person)) => AccountView::SignedIn(person),
            (Session::Ended, Some(person)) => AccountView::SessionEnded(person),
            (Session::SignedOut | Session::SignedIn | Session::Ended, _) => AccountView::SignedOut,
        }
    }

    /// Opens the system browser for signing in, and answers once the person is signed in.
    ///
    /// # Errors
    /// Where the person gives up, the platform refuses, or the answer does not belong here.
    pub async fn sign_in(&self, _request: SignIn) -> Result<()> {
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
            outcome = self.sign_in_by_browser() => outcome,
        };
        if let Err(error) = outcome {
            if !cancelled.is_cancelled() || self.session() == Session::SigningIn {
                let mut shared = self.shared();
                shared.session = before;
                shared.cancel_sign_in = None;
            }
            self.tell(Topic::Account);
            return Err(error);
        }
        self.shared().cancel_sign_in = None;
        for topic in [Topic::Account, Topic::Items, Topic::Licences, Topic::Sync] {
            self.tell(topic);
        }
        self.wake();
        Ok(())
    }

    async fn sign_in_by_browser(&self) -> Result<()> {
        let info = self.platform_info().await?;
        let pending = self.identity().begin(&info, None).await?;
        (self.surroundings().browser)(&pending.prompt.address).map_err(|error| {
            tracing::warn!(%error, "browser did not open");
            Error::refused(
                "sign-in.browser",
                "没能打开系统浏览器。",
                "请确认本机装有浏览器后再试。",
            )
        })?;
        let signed_in = pending.finish().await?;
        let _no_sync = self.without_sync().await;
        let previous = self.shared().open.take();
        if let Some(previous) = previous {
            previous.vault.close().await;
        }
        self.open_vault(&signed_in.account, Some(signed_in.person)).await?;
        self.change_device(|device| device.account = Some(signed_in.account))
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
        let account = self.account_id()?;
        let _no_sync = self.without_sync().await;
        let info = self.platform_info().await?;
        let revocation = self.identity().sign_out(&info, &account).await?;
        tracing::info!(?revocation, "signed out");
        let open = {
            let mut shared = self.shared();
            shared.session = Session::SignedOut;
            shared.sync = Default::default();
            shared.open.take()
        };
        if let Some(open) = open {
            open.vault.close().await;
        }
        self.change_device(|device| device.account = None)?;
        for topic in [Topic::Account, Topic::Items, Topic::Licences, Topic::Sync] {
            self.tell(topic);
        }
        Ok(())
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
        self.change_device(|device| device.settings = request.settings)?;
        self.tell(Topic::Account);
        tokio::task::yield_now().await;
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
