//! Where the project's programs are, and how one is run so that it ends with its test.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command},
};

use anyhow::{Context as _, Result, bail, ensure};

/// A program of the project, already built.
///
/// # Errors
/// Where it was not built, or the tests were not started by `cargo xtask`.
pub fn built(name: &str) -> Result<PathBuf> {
    let folder = std::env::var_os("TONGBAN_BIN_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debug")),
        PathBuf::from,
    );
    let path = folder.join(name);
    ensure!(path.exists(), "{} is not built: use `cargo xtask test`", path.display());
    Ok(path)
}

/// The folder of assets.
pub fn assets() -> PathBuf {
    std::env::var_os("TONGBAN_ASSETS")
        .map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../assets").into(), PathBuf::from)
}

/// A port of 127.0.0.1 that is free now.
///
/// # Errors
/// Where no port is free.
pub fn free_port() -> Result<u16> {
    // Where no system takes the ports of connections from: such a one could have it before
    // the program that it is for.
    const PORTS: std::ops::Range<u64> = 10_000..32_000;
    for _ in 0..1000 {
        let chance = RandomState::new().hash_one(());
        let port = u16::try_from(PORTS.start + chance % (PORTS.end - PORTS.start))?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port is free")
}

/// A running program, killed when dropped.
#[derive(Debug)]
pub struct Running(pub Child);

impl Running {
    /// Starts it.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_owned();
        Ok(Self(command.spawn().with_context(|| format!("{} does not start", name.display()))?))
    }

    /// Ends it as a crash would (SIGKILL) and waits until it is gone.
    ///
    /// # Errors
    /// Where it was gone already.
    pub fn kill(&mut self) -> Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
