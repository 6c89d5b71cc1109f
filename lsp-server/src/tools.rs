//! Looks in the background for the files that tools use: what is said of such a file hangs on a description elsewhere.

use crate::scan::used_by_tools;
use crate::snapshot::State;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long nothing else must change on the disk.
const PAUSE: Duration = Duration::from_millis(100);

/// Looks at the start, and whenever files change, for as long as the server lives.
pub(crate) async fn run(state: Arc<State>) {
    loop {
        let snapshot = state.snapshot();
        // Whoever falls over one of the files has told of it.
        if let Ok(used) = state.workers.work(move || used_by_tools(&snapshot)).await {
            state.set_used(used);
        }
        state.disk_changed.notified().await;
        while timeout(PAUSE, state.disk_changed.notified()).await.is_ok() {}
    }
}
