//! Closing encrypted files in time. What is in them is none of its business.

use std::{
    thread,
    time::{Duration, Instant},
};

use sqlx::SqlitePool;

/// Longest wait for a connection that was in use a moment ago.
const PATIENCE: Duration = Duration::from_millis(50);

/// Closes the connections of an encrypted file when it is dropped, and not some time later
/// on their own threads: SQLCipher gives its memory back when the process ends (`atexit`),
/// and a connection being closed at that moment would bring the process down with SIGSEGV,
/// with an exit code that is not ours and a core dump of what was in memory.
pub(crate) struct ClosedWhenDropped(pub(crate) SqlitePool);

impl Drop for ClosedWhenDropped {
    fn drop(&mut self) {
        let Self(pool) = self;
        // A connection whose user was dropped comes back by a task of its own.
        let end = Instant::now() + PATIENCE;
        let at_rest = || usize::try_from(pool.size()).is_ok_and(|size| pool.num_idle() == size);
        while !at_rest() {
            if Instant::now() >= end {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
        // Nothing is awaited but the connection's thread, which needs no runtime.
        futures::executor::block_on(pool.close());
    }
}
