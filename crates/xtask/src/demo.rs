//! The reference platform beside the app, in demo mode on 127.0.0.1.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{builds::Profile, project::Project, shell};

/// The port of every demo where it is free: the app knows a platform by its address, so
/// that what a person did in the last demo is still theirs in the next.
const PORT: u16 = 7380;

/// How long the first start, which seeds the database, may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running platform; stopped when dropped.
pub(crate) struct Platform {
    child: Child,
    address: SocketAddr,
}

impl Platform {
    /// Starts it and waits until it answers.
    pub(crate) fn start(project: &Project) -> Result<Self> {
        let folder = project.target.join("demo/platform");
        fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let log_file = project.target.join("demo/platform.log");
        let log = File::create(&log_file)
            .with_context(|| format!("{} cannot be written", log_file.display()))?;
        let address = free_address()?;

        let binary = Profile::Dev.folder(project).join("tongban-platform");
        // The platform must not outlive us, however we end.
        let mut command = if shell::find("setpriv").is_some() {
            let mut command = shell::program("setpriv");
            command.args(["--pdeathsig", "TERM", "--"]).arg(binary);
            command
        } else {
            shell::program(binary)
        };
        command
            .current_dir(&project.root)
            .args(["serve", "--demo", "--auto-office", "--listen", &address.to_string()])
            .arg("--data-dir")
            .arg(&folder)
            .arg("--assets")
            .arg(project.file("assets"))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let child = command.spawn().context("the platform could not be started")?;
        let mut platform = Self { child, address };
        platform.wait(&log_file)?;
        Ok(platform)
    }

    /// Where the app keeps its data for this demo: beside the platform's, so that both are
    /// thrown away together, and by address, as the app knows a platform by it.
    pub(crate) fn app_data(&self, project: &Project) -> PathBuf {
        project.target.join(format!("demo/app-{}", self.address.port()))
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn wait(&mut self, log_file: &PathBuf) -> Result<()> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                let log = fs::read_to_string(log_file).unwrap_or_default();
                let last: Vec<&str> = log.lines().rev().take(5).collect();
                bail!(
                    "the platform ended with {status}; its last words: {}",
                    last.into_iter().rev().collect::<Vec<_>>().join(" / ")
                );
            }
            if healthy(self.address) {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                bail!(
                    "the platform did not answer within {} s; see {}",
                    PATIENCE.as_secs(),
                    log_file.display()
                );
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        // Asked first, so that it can finish what it is writing.
        let asked =
            shell::succeeds(shell::program("kill").args(["-TERM", &self.child.id().to_string()]));
        let begun = Instant::now();
        while asked && begun.elapsed() < Duration::from_secs(5) {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        // Already gone is as good as ended now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, PORT))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .and_then(|listener| listener.local_addr())
        .context("no port is free on 127.0.0.1")
}

/// Whether `GET /health` is answered with 200.
fn healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let limit = Duration::from_secs(2);
        let mut stream = TcpStream::connect_timeout(&address, limit)?;
        stream.set_read_timeout(Some(limit))?;
        stream.set_write_timeout(Some(limit))?;
        let request =
            format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        // In one piece: whoever answers at the first would close before the rest is read.
        stream.write_all(request.as_bytes())?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(&start == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers_once(reply: &'static str) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).unwrap();
            stream.write_all(reply.as_bytes()).unwrap();
        });
        address
    }

    #[test]
    fn only_200_is_healthy() {
        assert!(healthy(answers_once("HTTP/1.1 200 OK\r\n\r\n")));
        assert!(!healthy(answers_once("HTTP/1.1 503 Service Unavailable\r\n\r\n")));
    }

    #[test]
    fn nobody_there_is_not_healthy() {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        assert!(!healthy(address));
    }
}
