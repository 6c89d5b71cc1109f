//! Diagnostics to clients that do not ask for them.

use crate::diagnostics::diagnostics;
use crate::snapshot::{Snapshot, State};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::task::spawn_blocking;
use tower_lsp::Client;
use tower_lsp::ls_types::{Diagnostic, Uri};

/// What was published of a document last.
struct Published {
    version: i32,
    settings: u64,
    is_empty: bool,
}

/// Publishes the diagnostics of every document, for as long as the server lives. Changes that come in the meantime are
/// seen in the next round, all of them at once; what is about a text that is no longer there is dropped.
pub(crate) async fn run(state: Arc<State>, client: Client) {
    let mut published: HashMap<Uri, Published> = HashMap::new();
    loop {
        state.changed.notified().await;
        let snapshot = state.snapshot();
        let closed: Vec<Uri> = published.keys().filter(|uri| snapshot.documents.get(uri).is_none()).cloned().collect();
        for uri in closed {
            if published.remove(&uri).is_some_and(|last| !last.is_empty) {
                client.publish_diagnostics(uri, Vec::new(), None).await;
            }
        }
        let settings = snapshot.settings.generation;
        let is_new = |uri: &Uri, version: i32| {
            published.get(uri).is_none_or(|last| (last.version, last.settings) != (version, settings))
        };
        let documents = snapshot.documents.iter().filter(|document| is_new(&document.uri, document.version));
        let new: Vec<(Uri, i32)> = documents.map(|document| (document.uri.clone(), document.version)).collect();
        for (uri, version) in new {
            let Some(found) = find(&state, &snapshot, uri.clone()).await else { continue };
            let is_current = state.snapshot().documents.get(&uri).is_some_and(|document| document.version == version);
            if !is_current {
                continue;
            }
            // What never had diagnostics and has none now is not spoken of: it may not be Talos's at all.
            let had_some = published.get(&uri).is_some_and(|last| !last.is_empty);
            let is_empty = found.is_empty();
            if !is_empty || had_some {
                client.publish_diagnostics(uri.clone(), found, Some(version)).await;
            }
            published.insert(uri, Published { version, settings, is_empty });
        }
    }
}

/// The diagnostics of a document; `None` when the analyzer has a fault, which costs this answer and no other.
async fn find(state: &Arc<State>, snapshot: &Snapshot, uri: Uri) -> Option<Vec<Diagnostic>> {
    let (state, snapshot) = (Arc::clone(state), snapshot.clone());
    let work = move || {
        let client = state.client.get()?;
        snapshot.document(&uri).map(|document| diagnostics(document, &snapshot, client))
    };
    spawn_blocking(work).await.ok().flatten()
}
