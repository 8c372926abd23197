//! Long work in turn, one at a time, where short work may go first. What the work is stands
//! elsewhere.

use std::{future::Future, pin::pin, task::Poll};

use tokio::sync::{Mutex, MutexGuard, Notify};

/// Whose turn it is.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    taken: Mutex<()>,
    /// Somebody goes first, and has their place in the queue.
    first: Notify,
}

impl Turn {
    /// Waits for a turn, held until the guard is dropped.
    pub(crate) async fn take(&self) -> MutexGuard<'_, ()> {
        self.taken.lock().await
    }

    /// The same, before any long work, that which has begun included: it begins anew afterwards.
    pub(crate) async fn take_first(&self) -> MutexGuard<'_, ()> {
        let mut turn = pin!(self.taken.lock());
        if let Poll::Ready(turn) = futures::poll!(&mut turn) {
            return turn;
        }
        self.first.notify_waiters();
        turn.await
    }

    /// Does long work in its turn, and from the beginning each time that somebody goes first.
    pub(crate) async fn long<T, W: Future<Output = T>>(&self, work: impl Fn() -> W) -> T {
        loop {
            let in_turn = async {
                let _turn = self.take().await;
                work().await
            };
            tokio::select! {
                biased;
                // Listened for before anything is begun.
                () = self.first.notified() => {}
                done = in_turn => return done,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;

    /// The long work never ends: whoever missed that somebody goes first would keep its turn.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whoever_goes_first_waits_for_no_long_work_however_they_meet() {
        for _ in 0..2000 {
            let turn = Arc::new(Turn::default());
            let working = {
                let turn = turn.clone();
                tokio::spawn(async move { turn.long(std::future::pending::<()>).await })
            };
            let first = tokio::spawn(async move { drop(turn.take_first().await) });
            tokio::time::timeout(Duration::from_secs(10), first).await.unwrap().unwrap();
            working.abort();
        }
    }

    #[tokio::test]
    async fn long_work_is_done_once_where_nobody_comes_between() {
        let turn = Turn::default();
        assert_eq!(turn.long(async || 7).await, 7);
        drop(turn.take().await);
    }
}
