//! Asks the client to ask anew for what changes in one file when another does.

use crate::snapshot::{Snapshot, State};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tower_lsp::Client as Socket;
use tower_lsp::ls_types::Uri;

/// How long nothing is typed before the client is asked: it has diagnostics of what is typed by itself.
const PAUSE: Duration = Duration::from_millis(200);

/// A document as it was last looked at.
#[derive(Clone, Copy)]
struct Seen {
    version: i32,
    bears_on_others: bool,
}

/// Asks a client that pulls diagnostics to do so again when what is found in other files may have changed, for as long as the
/// server lives.
pub(crate) async fn diagnostics(state: Arc<State>, socket: Socket) {
    let mut last = state.snapshot().moment();
    let mut seen: HashMap<Uri, Seen> = HashMap::new();
    loop {
        state.changed.notified().await;
        while timeout(PAUSE, state.changed.notified()).await.is_ok() {}
        let snapshot = state.snapshot();
        let moment = snapshot.moment();
        let is_else = moment.differs_beside_documents(last);
        last = moment;
        let Ok((now, bear)) = state.workers.work(move || look(&snapshot, &seen)).await else {
            seen = HashMap::new();
            continue;
        };
        seen = now;
        if is_else || bear {
            // A client that cannot do it in spite of what it says loses nothing.
            let _ = socket.workspace_diagnostic_refresh().await;
        }
    }
}

/// The documents as they are now, and whether one that bears on others has changed.
fn look(snapshot: &Snapshot, seen: &HashMap<Uri, Seen>) -> (HashMap<Uri, Seen>, bool) {
    let mut bear = seen.iter().any(|(uri, last)| last.bears_on_others && snapshot.document(uri).is_none());
    let mut now = HashMap::new();
    for document in snapshot.documents.iter() {
        let last = seen.get(&document.uri).copied().filter(|last| last.version == document.version);
        let current = last.unwrap_or_else(|| {
            let bears_on_others = document.found(snapshot).bears_on_others;
            bear |= bears_on_others || seen.get(&document.uri).is_some_and(|last| last.bears_on_others);
            Seen { version: document.version, bears_on_others }
        });
        now.insert(document.uri.clone(), current);
    }
    (now, bear)
}

/// Tells the client, for as long as the server lives, that hints and lenses may be others. Of the document that was changed
/// it asks by itself, so that one alone is nothing to tell of, unless settings, files or folders have changed.
pub(crate) async fn hints_and_lenses(state: Arc<State>, socket: Socket) {
    let workspace = state.client.get().and_then(|client| client.capabilities.workspace.as_ref());
    let hints = workspace.and_then(|workspace| workspace.inlay_hint.as_ref());
    let hints = hints.and_then(|hints| hints.refresh_support).unwrap_or(false);
    let lenses = workspace.and_then(|workspace| workspace.code_lens.as_ref());
    let lenses = lenses.and_then(|lenses| lenses.refresh_support).unwrap_or(false);
    if !hints && !lenses {
        return;
    }
    let mut last = state.snapshot().moment();
    loop {
        state.stale.notified().await;
        // What comes in the meantime is told with this.
        while timeout(PAUSE, state.stale.notified()).await.is_ok() {}
        let snapshot = state.snapshot();
        let moment = snapshot.moment();
        let is_else = moment.differs_beside_documents(last);
        last = moment;
        if !is_else && snapshot.documents.iter().count() < 2 {
            continue;
        }
        // A client that cannot do it in spite of what it says loses nothing.
        if hints {
            let _ = socket.inlay_hint_refresh().await;
        }
        if lenses {
            let _ = socket.code_lens_refresh().await;
        }
    }
}
