//! The body of a courier as it arrives. What is unbounded in it is bounded here: its size,
//! the header of its seal, and how long it may be silent.

use std::{
    io::{self, ErrorKind},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, BodyDataStream};
use bytes::{Buf as _, Bytes};
use futures::{AsyncRead, AsyncReadExt as _, StreamExt as _};
use tokio::time::{Instant, Sleep};
use tongban_contract::courier::LARGEST_COURIER;

/// How long nothing at all may come.
const SILENCE: Duration = Duration::from_secs(60);
/// How long the rest of a body that is refused is still read.
const LINGERING: Duration = Duration::from_secs(10);
/// Largest header of an age file: one for a single recipient takes 200 bytes.
const LARGEST_SEAL: usize = 4096;
/// What the last line of the header begins with, and how long it is after that.
const LAST_LINE: &[u8] = b"\n--- ";
const MAC: usize = 43 + 1;

/// The bytes of a body. Fails with `FileTooLarge`, `TimedOut` or `ConnectionAborted`.
pub(crate) struct Incoming {
    body: BodyDataStream,
    piece: Bytes,
    /// Bytes that may still come.
    left: u64,
    patience: Duration,
    silence: Pin<Box<Sleep>>,
}

impl Incoming {
    pub(crate) fn new(body: Body) -> Self {
        Self::patient(body, SILENCE)
    }

    /// With so much patience where nothing comes.
    fn patient(body: Body, patience: Duration) -> Self {
        Self {
            body: body.into_data_stream(),
            piece: Bytes::new(),
            left: LARGEST_COURIER,
            patience,
            silence: Box::pin(tokio::time::sleep(patience)),
        }
    }

    /// The header of the seal. age's own reader would read it without a limit, and parse it
    /// from the start with every line that comes.
    pub(super) async fn seal(&mut self) -> io::Result<Vec<u8>> {
        let mut seal = Vec::new();
        let mut byte = [0];
        let mut end = None;
        while end.is_none_or(|end| seal.len() < end) {
            if seal.len() >= LARGEST_SEAL {
                return Err(ErrorKind::InvalidData.into());
            }
            self.read_exact(&mut byte).await?;
            seal.extend(byte);
            if end.is_none() && seal.ends_with(LAST_LINE) {
                end = Some(seal.len() + MAC);
            }
        }
        Ok(seal)
    }

    /// Reads on for a while and keeps nothing, so that whoever still sends comes to hear why
    /// it is refused: a connection that is closed on them tells them nothing.
    pub(super) async fn linger(&mut self) {
        let rest = async { while let Some(Ok(_)) = self.body.next().await {} };
        let _whatever_came = tokio::time::timeout(LINGERING, rest).await;
    }
}

impl AsyncRead for Incoming {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        while self.piece.is_empty() {
            match self.body.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(piece))) => {
                    let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
                    self.left = self.left.checked_sub(length).ok_or(ErrorKind::FileTooLarge)?;
                    self.piece = piece;
                    let until = Instant::now() + self.patience;
                    self.silence.as_mut().reset(until);
                }
                Poll::Ready(Some(Err(_))) => {
                    return Poll::Ready(Err(ErrorKind::ConnectionAborted.into()));
                }
                Poll::Ready(None) => return Poll::Ready(Ok(0)),
                Poll::Pending => {
                    ready!(self.silence.as_mut().poll(cx));
                    return Poll::Ready(Err(ErrorKind::TimedOut.into()));
                }
            }
        }
        let length = self.piece.len().min(buffer.len());
        if let Some(buffer) = buffer.get_mut(..length) {
            self.piece.copy_to_slice(buffer);
        }
        Poll::Ready(Ok(length))
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    #[tokio::test]
    async fn a_seal_without_an_end_is_given_up_soon() {
        let line = Bytes::from_static(b"-> X25519 a\n");
        let lines = stream::repeat_with(move || Ok::<_, io::Error>(line.clone()));
        let mut incoming = Incoming::new(Body::from_stream(lines));
        assert_eq!(incoming.seal().await.unwrap_err().kind(), ErrorKind::InvalidData);
        assert!(LARGEST_COURIER - incoming.left < 2 * LARGEST_SEAL as u64);
    }

    #[tokio::test]
    async fn nothing_is_read_past_the_seal() {
        let mac = "m".repeat(43);
        let text = format!("age-encryption.org/v1\n-> X25519 a\nb\n--- {mac}\nrest");
        let mut incoming = Incoming::new(Body::from(text.clone()));
        let seal = incoming.seal().await.unwrap();
        assert_eq!(seal, text.trim_end_matches("rest").as_bytes());
        let mut rest = String::new();
        incoming.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "rest");
    }

    #[tokio::test]
    async fn a_body_without_an_end_is_given_up_at_the_limit() {
        let piece = Bytes::from(vec![0; 8 * 1024 * 1024]);
        let pieces = stream::repeat_with(move || Ok::<_, io::Error>(piece.clone()));
        let mut incoming = Incoming::new(Body::from_stream(pieces));
        let mut sink = futures::io::sink();
        let error = futures::io::copy(&mut incoming, &mut sink).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
    }

    #[tokio::test]
    async fn a_body_that_falls_silent_is_given_up() {
        let first = stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"age"))]);
        let body = Body::from_stream(first.chain(stream::pending()));
        let mut incoming = Incoming::patient(body, Duration::from_millis(50));
        let error = incoming.seal().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
}
