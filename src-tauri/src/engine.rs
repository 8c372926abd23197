//! Opens the engine when the page first asks, and again after a failure that was mended
//! (a locked keyring, another window): the page then only has to ask again.

use std::sync::Arc;

use tauri::{AppHandle, Emitter as _};
use tauri_plugin_notification::NotificationExt as _;
use tokio::sync::{OnceCell, broadcast::error::RecvError};
use tongban_client::{Client, HttpTransport, Options, Surroundings, SystemKeyring};
use tongban_contract::{
    page::{TOPIC_EVENT, Topic},
    problem::Problem,
};
use url::Url;

/// The engine of this window.
pub(crate) struct Engine {
    app: AppHandle,
    options: Options,
    client: OnceCell<Client>,
}

impl Engine {
    pub(crate) fn new(app: AppHandle, options: Options) -> Self {
        Self { app, options, client: OnceCell::new() }
    }

    /// The open engine.
    pub(crate) async fn client(&self) -> Result<&Client, Problem> {
        self.client.get_or_try_init(|| self.open()).await
    }

    async fn open(&self) -> Result<Client, Problem> {
        let transport = HttpTransport::new().map_err(|error| {
            tracing::error!(%error, "TLS could not be set up");
            Problem::new("device.tls", "本机无法建立安全连接。", "请更新系统的安全证书后重新打开。")
        })?;
        let surroundings = Surroundings::real(
            Arc::new(transport),
            Arc::new(SystemKeyring::new().map_err(|error| error.problem())?),
            Arc::new(|address: &Url| open_in_browser(address)),
        );
        let client = Client::open(self.options.clone(), surroundings).await?;
        tauri::async_runtime::spawn(forward_topics(self.app.clone(), client.clone()));
        client.start();
        Ok(client)
    }

    pub(crate) async fn close(&self) {
        if let Some(client) = self.client.get() {
            client.close().await;
        }
    }
}

/// Opens an address in the system's browser.
pub(crate) fn open_in_browser(address: &Url) -> std::io::Result<()> {
    tauri_plugin_opener::open_url(address.as_str(), None::<&str>).map_err(std::io::Error::other)
}

/// Tells the page what changed, and the desktop what is news.
async fn forward_topics(app: AppHandle, client: Client) {
    let mut topics = client.topics();
    loop {
        match topics.recv().await {
            Ok(topic) => {
                if let Topic::News { title, body, .. } = &topic {
                    notify(&app, title, body);
                }
                emit(&app, &topic);
            }
            // The page missed some: it reads everything again.
            Err(RecvError::Lagged(_)) => {
                for topic in [
                    Topic::Account,
                    Topic::Catalogue,
                    Topic::Followed,
                    Topic::Items,
                    Topic::Licences,
                ] {
                    emit(&app, &topic);
                }
            }
            Err(RecvError::Closed) => return,
        }
    }
}

fn emit(app: &AppHandle, topic: &Topic) {
    if let Err(error) = app.emit(TOPIC_EVENT, topic) {
        tracing::warn!(%error, "the page was not told");
    }
}

fn notify(app: &AppHandle, title: &str, body: &str) {
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        tracing::warn!(%error, "the desktop showed no notification");
    }
}
