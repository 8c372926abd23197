//! A network between device and platform that can really be cut, and really be bad: a TCP
//! forwarder on 127.0.0.1. Cut, nothing listens at its address and every connection is torn
//! down. What goes over it is never looked into.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep, sleep_until},
};

/// Bytes that are taken from a connection at once.
const PIECE: usize = 16 * 1024;
/// Pieces that are on their way at once, before whoever sends has to wait.
const ON_THE_WAY: usize = 64;

/// How good a line is. A connection takes it as it is when it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Line {
    /// As good as the machine's own.
    #[default]
    Clear,
    /// So many bytes per second, each way.
    Slow(u32),
    /// Everything arrives this much later, each way.
    Late(Duration),
    /// One piece in so many is lost and sent again, which takes a second.
    Lossy(u32),
    /// Up for this long, down for as long: every connection breaks in between.
    Flapping(Duration),
    /// What is asked arrives, and the connection breaks when so many bytes of answers have
    /// come back.
    CutAfter(usize),
    /// Whoever connects is answered by this, and the platform hears nothing: a portal, or the
    /// error page of a proxy.
    AnsweredBy(&'static str),
}

/// The sign-in page of a hotel's network, in place of whatever was asked for.
pub const PORTAL: Line = Line::AnsweredBy(
    "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n\
     <!doctype html><title>WLAN</title><h1>Log in</h1>",
);
/// The page of a proxy that does not reach the platform.
pub const PROXY_ERROR: Line = Line::AnsweredBy(
    "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n\
     <!doctype html><title>502 Bad Gateway</title>",
);

/// The forwarder.
#[derive(Debug)]
pub struct Link {
    address: SocketAddr,
    target: SocketAddr,
    line: watch::Sender<Line>,
    forwarding: Option<JoinHandle<()>>,
}

impl Link {
    /// A link to `target`, not yet up. Its address never changes.
    ///
    /// # Errors
    /// Where no port is free.
    pub fn to(target: SocketAddr) -> Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], crate::programs::free_port()?));
        Ok(Self { address, target, line: watch::Sender::new(Line::Clear), forwarding: None })
    }

    /// Where the device finds the platform.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Brings the network up.
    ///
    /// # Errors
    /// Where its port was taken meanwhile.
    pub async fn mend(&mut self) -> Result<()> {
        if self.forwarding.is_none() {
            let listener = TcpListener::bind(self.address).await?;
            let forwarding = forward(listener, self.target, self.line.subscribe());
            self.forwarding = Some(tokio::spawn(forwarding));
        }
        Ok(())
    }

    /// Cuts the network: no listener, and every connection is gone.
    pub async fn cut(&mut self) {
        if let Some(forwarding) = self.forwarding.take() {
            forwarding.abort();
            // Cancelled is what it is meant to be.
            let _ = forwarding.await;
        }
    }

    /// Brings the network up with another line. Connections that were there are gone.
    ///
    /// # Errors
    /// Where its port was taken meanwhile.
    pub async fn becomes(&mut self, line: Line) -> Result<()> {
        self.cut().await;
        self.line.send_replace(line);
        self.mend().await
    }
}

async fn forward(listener: TcpListener, target: SocketAddr, line: watch::Receiver<Line>) {
    let begun = Instant::now();
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    while let Ok((inward, _)) = listener.accept().await {
        let line = *line.borrow();
        connections.spawn(async move {
            // A connection that breaks is what a network does.
            let _ = match line {
                Line::AnsweredBy(answer) => answered_by(inward, answer).await,
                Line::Flapping(period) => match up_until(begun, period) {
                    Some(end) => {
                        tokio::select! {
                            ended = connect(inward, target, line) => ended,
                            () = sleep_until(end) => Ok(()),
                        }
                    }
                    None => Ok(()),
                },
                _ => connect(inward, target, line).await,
            };
        });
    }
}

/// When the line goes down; nothing where it is down now.
fn up_until(begun: Instant, period: Duration) -> Option<Instant> {
    let passed = begun.elapsed().as_millis() / period.as_millis().max(1);
    let periods = u32::try_from(passed).ok()?;
    periods.is_multiple_of(2).then(|| begun + period * (periods + 1))
}

async fn answered_by(mut inward: TcpStream, answer: &str) -> std::io::Result<()> {
    let mut asked = vec![0; PIECE];
    // Whatever was asked.
    let _read = inward.read(&mut asked).await?;
    inward.write_all(answer.as_bytes()).await?;
    inward.shutdown().await
}

/// Carries both ways, until one of them ends with an error or both have ended.
async fn connect(inward: TcpStream, target: SocketAddr, line: Line) -> std::io::Result<()> {
    let (from_device, to_device) = inward.into_split();
    let (from_platform, to_platform) = TcpStream::connect(target).await?.into_split();
    let asking = match line {
        Line::CutAfter(_) => Line::Clear,
        both => both,
    };
    tokio::try_join!(carry(from_device, to_platform, asking), carry(from_platform, to_device, line))
        .map(drop)
}

/// Carries one way. Reading goes on while what was read is on its way.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, line: Line) -> std::io::Result<()> {
    let (sender, mut on_the_way) = mpsc::channel::<(Instant, Vec<u8>)>(ON_THE_WAY);
    let reading = async move {
        let mut count = 0_u32;
        loop {
            let mut piece = vec![0; PIECE];
            let read = from.read(&mut piece).await?;
            if read == 0 {
                return Ok::<_, std::io::Error>(());
            }
            piece.truncate(read);
            count += 1;
            let arrives = Instant::now() + delay(line, count);
            if sender.send((arrives, piece)).await.is_err() {
                return Ok(());
            }
        }
    };
    let writing = async move {
        let mut left = match line {
            Line::CutAfter(bytes) => bytes,
            _ => usize::MAX,
        };
        while let Some((arrives, piece)) = on_the_way.recv().await {
            sleep_until(arrives).await;
            let piece = piece.get(..left).unwrap_or(&piece);
            match line {
                Line::Slow(rate) => drip(&mut to, piece, rate).await?,
                _ => to.write_all(piece).await?,
            }
            left -= piece.len();
            if left == 0 {
                return Err(std::io::ErrorKind::ConnectionReset.into());
            }
        }
        to.shutdown().await
    };
    tokio::try_join!(reading, writing).map(drop)
}

fn delay(line: Line, count: u32) -> Duration {
    match line {
        Line::Late(delay) => delay,
        // The last of each round: the first request of a connection arrives at once.
        Line::Lossy(one_in) if count.is_multiple_of(one_in) => Duration::from_secs(1),
        _ => Duration::ZERO,
    }
}

/// Writes no faster than so many bytes per second.
async fn drip(to: &mut OwnedWriteHalf, bytes: &[u8], rate: u32) -> std::io::Result<()> {
    const BEAT: Duration = Duration::from_millis(100);
    let at_once = usize::try_from(rate / 10).unwrap_or(usize::MAX).max(1);
    for drops in bytes.chunks(at_once) {
        to.write_all(drops).await?;
        sleep(BEAT).await;
    }
    Ok(())
}
