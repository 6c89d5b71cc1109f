//! Work that takes time, away from the thread that passes on messages.

use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// How much is worked on at once: each thread has memory of its own.
pub(crate) const MAX_WORKERS: usize = 4;

/// Hands out work to threads.
#[derive(Debug)]
pub(crate) struct Workers(Arc<Semaphore>);

impl Default for Workers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_WORKERS)))
    }
}

impl Workers {
    /// Does `work` when it is its turn; not at all when nobody waits any more by then. Reading and writing are done by
    /// threads of the same kind, so that no more work than that may stand in their way.
    ///
    /// # Errors
    /// When the work came to a fault.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        let turn = Arc::clone(&self.0).acquire_owned().await;
        let with_turn = move || {
            let _turn = turn;
            work()
        };
        spawn_blocking(with_turn).await
    }
}
