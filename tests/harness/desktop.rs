//! The desktop's services on the session bus: the real Secret Service
//! (gnome-keyring), a notification service that keeps what it is asked to show, and the
//! way by which an app opens the system's browser.

use std::{
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use url::Url;
use zbus::{Connection, fdo::DBusProxy, zvariant::Value};

use crate::page::eventually;

/// Starts gnome-keyring, unlocked, unless something serves secrets on the bus already. What
/// it is answered with is the folder of its files, to be kept as long as the bus is used.
///
/// # Errors
/// Where there is no session bus, or the daemon does not come up.
pub async fn keyring() -> Result<Option<TempDir>> {
    const NAME: &str = "org.freedesktop.secrets";
    let bus = Connection::session()
        .await
        .context("no session bus: start the tests with `cargo xtask test`")?;
    let names = DBusProxy::new(&bus).await?;
    if names.name_has_owner(NAME.try_into()?).await? {
        return Ok(None);
    }
    let home = tempfile::Builder::new().prefix("tongban-keyring-").tempdir()?;
    let mut daemon = Command::new("gnome-keyring-daemon")
        .args(["--components=secrets", "--daemonize", "--unlock"])
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("gnome-keyring-daemon does not start")?;
    let mut password = daemon.stdin.take().context("no standard input")?;
    password.write_all(b"only for tests")?;
    drop(password);
    ensure!(daemon.wait()?.success(), "gnome-keyring-daemon did not unlock");
    eventually("the keyring", Duration::from_secs(10), async || {
        Ok(names.name_has_owner(NAME.try_into()?).await?.then_some(()))
    })
    .await?;
    Ok(Some(home))
}

/// What notifications were shown on this desktop.
#[derive(Debug)]
pub struct Notifications {
    shown: Arc<Mutex<Vec<Notification>>>,
    _bus: Connection,
}

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
}

impl Notifications {
    /// Serves the desktop's notifications.
    ///
    /// # Errors
    /// Where there is no session bus, or another service shows notifications.
    pub async fn serve() -> Result<Self> {
        let shown = Arc::new(Mutex::new(Vec::new()));
        let bus = zbus::connection::Builder::session()?
            .name("org.freedesktop.Notifications")?
            .serve_at("/org/freedesktop/Notifications", Service { shown: shown.clone() })?
            .build()
            .await?;
        Ok(Self { shown, _bus: bus })
    }

    /// Everything shown so far.
    pub fn shown(&self) -> Vec<Notification> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Service {
    shown: Arc<Mutex<Vec<Notification>>>,
}

/// The Desktop Notifications Specification, as far as an app that only shows needs it.
#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[allow(clippy::too_many_arguments)] // The specification's.
    fn notify(
        &mut self,
        _app_name: &str,
        replaces_id: u32,
        _app_icon: &str,
        summary: &str,
        body: &str,
        _actions: Vec<&str>,
        _hints: std::collections::HashMap<&str, Value<'_>>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.push(Notification { title: summary.to_owned(), text: body.to_owned() });
        if replaces_id > 0 { replaces_id } else { u32::try_from(shown.len()).unwrap_or(u32::MAX) }
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["body"]
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("tongban-tests", "tongban", "1", "1.2")
    }
}

/// The way by which an app opens the system's browser here: a folder to put first in
/// `PATH`, whose `xdg-open` writes the address down. Which browser then opens it is the
/// test's choice, as it is the desktop's elsewhere.
#[derive(Debug)]
pub struct BrowserCalls {
    folder: PathBuf,
}

impl BrowserCalls {
    /// Makes the folder below `directory`.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn below(directory: &Path) -> Result<Self> {
        let folder = directory.join("bin");
        std::fs::create_dir_all(&folder)?;
        let program = folder.join("xdg-open");
        let call = folder.join("call");
        std::fs::write(
            &program,
            format!(
                "#!/bin/sh\nprintf '%s' \"$1\" > '{0}.new' && mv '{0}.new' '{0}'\n",
                call.display()
            ),
        )?;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
        Ok(Self { folder })
    }

    /// `PATH` with this folder first.
    ///
    /// # Errors
    /// Where `PATH` cannot be written as one.
    pub fn path(&self) -> Result<std::ffi::OsString> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Ok(std::env::join_paths(
            std::iter::once(self.folder.clone()).chain(std::env::split_paths(&path)),
        )?)
    }

    /// The address that the app wants opened next.
    ///
    /// # Errors
    /// Where it opens none in time.
    pub async fn next(&self) -> Result<Url> {
        let call = self.folder.join("call");
        eventually("a call of the system's browser", Duration::from_secs(20), async || {
            match std::fs::read_to_string(&call) {
                Ok(address) => {
                    std::fs::remove_file(&call)?;
                    Ok(Some(address.parse()?))
                }
                Err(_) => Ok(None),
            }
        })
        .await
    }
}
