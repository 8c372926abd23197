//! Listens to the platform's event stream (Server-Sent Events), which only says that
//! there is news; the exchange fetches it.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use http::{Method, Request, header};

use super::bearer;
use crate::{
    client::{Client, Session},
    error::Result,
    network::{NetworkError, answered},
};

/// Longest line that is looked at; the rest of a longer one is skipped.
const LONGEST_LINE: usize = 4096;

/// Wait before the stream is opened again, at most.
const PAUSE: u64 = 10_000;

impl Client {
    /// Listens for as long as the client lives, whenever somebody is signed in and the
    /// platform answers.
    pub(crate) async fn listen_for_ever(self) {
        loop {
            let pause = Duration::from_millis(1000 + self.surroundings().below(PAUSE));
            tokio::select! {
                () = self.closed() => return,
                () = tokio::time::sleep(pause) => {}
            }
            if self.session() != Session::SignedIn || !self.is_online() {
                continue;
            }
            tokio::select! {
                () = self.closed() => return,
                ended = self.listen() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "event stream ended");
                    }
                }
            }
            // A stream that ends may mean that the network is gone: a sync will tell.
            self.wake();
        }
    }

    async fn listen(&self) -> Result<()> {
        let token = self.access_token().await?;
        let build = || -> http::Result<Request<Bytes>> {
            Request::builder()
                .method(Method::GET)
                .uri(self.address("/v1/events"))
                .header(header::ACCEPT, "text/event-stream")
                .header(header::AUTHORIZATION, bearer(&token)?)
                .body(Bytes::new())
        };
        let request = build().map_err(|_| NetworkError::Unreadable)?;
        let reply = self.surroundings().transport.send(request).await;
        let mut body = answered(reply.map_err(NetworkError::from)?).await?.body;
        let mut lines = Lines::default();
        while let Some(bytes) = body.next().await {
            if lines.announce_news(&bytes.map_err(NetworkError::from)?) {
                self.wake();
            }
        }
        Ok(())
    }
}

/// Puts the stream's pieces together to lines.
#[derive(Default)]
pub(crate) struct Lines {
    line: Vec<u8>,
}

impl Lines {
    /// Whether a line that says "there is news" ends in these bytes.
    pub(crate) fn announce_news(&mut self, bytes: &[u8]) -> bool {
        let mut news = false;
        for byte in bytes {
            if *byte == b'\n' {
                news |= self.line.trim_ascii() == b"event: news";
                self.line.clear();
            } else if self.line.len() < LONGEST_LINE {
                self.line.push(*byte);
            }
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn news_is_heard_however_the_stream_is_cut() {
        let stream = b": keep-alive\n\nevent: news\r\ndata: {}\n\n";
        for cut in 0..stream.len() {
            let mut lines = Lines::default();
            let (head, tail) = stream.split_at(cut);
            assert!(lines.announce_news(head) | lines.announce_news(tail), "cut at {cut}");
        }
    }

    #[test]
    fn other_lines_are_no_news() {
        let mut lines = Lines::default();
        assert!(!lines.announce_news(b": event: news\ndata: event: news\nevent: newsletter\n"));
    }
}
