//! Asks the client to ask anew for what changes in one file when another does.

use crate::snapshot::State;
use std::sync::Arc;
use std::time::Duration;
use tower_lsp::Client;

/// How long nothing must change before the client is told.
const PAUSE: Duration = Duration::from_millis(250);

/// Tells the client, for as long as the server lives, that hints and lenses may be others. Of the document that was changed
/// it asks by itself, so that one alone is nothing to tell of, unless settings or files have changed.
pub(crate) async fn run(state: Arc<State>, client: Client) {
    let workspace = state.client.get().and_then(|client| client.capabilities.workspace.as_ref());
    let hints = workspace.and_then(|workspace| workspace.inlay_hint.as_ref());
    let hints = hints.and_then(|hints| hints.refresh_support).unwrap_or(false);
    let lenses = workspace.and_then(|workspace| workspace.code_lens.as_ref());
    let lenses = lenses.and_then(|lenses| lenses.refresh_support).unwrap_or(false);
    if !hints && !lenses {
        return;
    }
    let mut settings = state.snapshot().settings.generation;
    loop {
        state.stale.notified().await;
        // What comes in the meantime is told with this.
        while tokio::time::timeout(PAUSE, state.stale.notified()).await.is_ok() {}
        let snapshot = state.snapshot();
        let is_elsewhere = snapshot.settings.generation != settings || snapshot.documents.iter().count() > 1;
        settings = snapshot.settings.generation;
        if !is_elsewhere {
            continue;
        }
        // A client that cannot do it in spite of what it says loses nothing.
        if hints {
            let _ = client.inlay_hint_refresh().await;
        }
        if lenses {
            let _ = client.code_lens_refresh().await;
        }
    }
}
