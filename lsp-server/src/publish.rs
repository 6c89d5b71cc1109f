//! Diagnostics to clients that do not ask for them.

use crate::diagnostics::diagnostics;
use crate::documents::Document;
use crate::snapshot::{Moment, Snapshot, State};
use std::collections::HashMap;
use std::sync::Arc;
use tower_lsp::Client;
use tower_lsp::ls_types::{Diagnostic, Uri};

/// What was published of a document last.
struct Published {
    version: i32,
    moment: Moment,
    found: Vec<Diagnostic>,
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
            if published.remove(&uri).is_some_and(|last| !last.found.is_empty()) {
                client.publish_diagnostics(uri, Vec::new(), None).await;
            }
        }
        let moment = snapshot.moment();
        let last = |document: &Document| published.get(&document.uri).map(|last| (last.version, last.moment));
        let is_new = |document: &&Arc<Document>| last(document) != Some((document.version, moment));
        let mut new: Vec<(bool, Uri, i32)> = snapshot
            .documents
            .iter()
            .filter(is_new)
            .map(|document| {
                let is_same_text = last(document).is_some_and(|(version, _)| version == document.version);
                (is_same_text, document.uri.clone(), document.version)
            })
            .collect();
        // What is typed in comes before what it bears on.
        new.sort_by_key(|(is_same_text, ..)| *is_same_text);
        for (is_same_text, uri, version) in new {
            // Whoever goes on typing waits for nothing else: the next round has it all.
            if is_same_text && state.snapshot().moment() != moment {
                break;
            }
            let Some(found) = find(&state, &snapshot, uri.clone()).await else { continue };
            let is_current = state.snapshot().documents.get(&uri).is_some_and(|document| document.version == version);
            if !is_current {
                continue;
            }
            // What never had diagnostics and has none now is not spoken of: it may not be Talos's at all. What was told of
            // the same text is not told again.
            let last = published.get(&uri);
            let had_some = last.is_some_and(|last| !last.found.is_empty());
            let is_told = last.is_some_and(|last| last.version == version && last.found == found);
            if !is_told && (!found.is_empty() || had_some) {
                client.publish_diagnostics(uri.clone(), found.clone(), Some(version)).await;
            }
            published.insert(uri, Published { version, moment, found });
        }
    }
}

/// The diagnostics of a document; `None` when the analyzer has a fault, which costs this answer and no other.
async fn find(state: &Arc<State>, snapshot: &Snapshot, uri: Uri) -> Option<Vec<Diagnostic>> {
    let (known, snapshot) = (Arc::clone(state), snapshot.clone());
    let work = move || {
        let client = known.client.get()?;
        snapshot.document(&uri).map(|document| diagnostics(document, &snapshot, client))
    };
    state.workers.work(work).await.ok().flatten()
}
