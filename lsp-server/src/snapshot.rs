//! What the server knows, and the unchanging view of it that a request is answered from.

use crate::documents::{Document, Documents};
use crate::settings::Settings;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use talint_analyzer::text::Encoding;
use tokio::sync::Notify;
use tower_lsp::ls_types::{ClientCapabilities, Uri};

/// What the server knows. Only [`crate::service`] changes documents.
#[derive(Debug, Default)]
pub(crate) struct State {
    now: Mutex<Snapshot>,
    /// What the client can do, once it said so.
    pub(crate) client: OnceLock<Client>,
    /// Tells that there is something new to look at.
    pub(crate) changed: Notify,
    /// Tells that what was shown of other documents may be out of date.
    pub(crate) stale: Notify,
    was_shut_down: AtomicBool,
}

/// What the client can do.
#[derive(Debug, Default)]
pub(crate) struct Client {
    /// What it said of itself.
    pub(crate) capabilities: ClientCapabilities,
    /// What its columns count.
    pub(crate) encoding: Encoding,
}

/// The documents and settings at one point of the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    /// The open documents.
    pub(crate) documents: Arc<Documents>,
    /// What is asked for.
    pub(crate) settings: Arc<Settings>,
}

impl Snapshot {
    /// The document called `uri`, if it is open.
    pub(crate) fn document(&self, uri: &Uri) -> Option<&Arc<Document>> {
        self.documents.get(uri)
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Snapshot> {
        // Whoever panics in here has not left anything half done: values are replaced whole.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The view of this moment.
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.lock().clone()
    }

    /// Changes the documents.
    pub(crate) fn change_documents(&self, change: impl FnOnce(&mut Documents)) {
        let mut now = self.lock();
        let documents = Arc::make_mut(&mut now.documents);
        change(documents);
        documents.generation += 1;
        drop(now);
        self.changed.notify_one();
        self.stale.notify_one();
    }

    /// Takes new settings.
    pub(crate) fn set_settings(&self, mut settings: Settings) {
        let mut now = self.lock();
        settings.generation = now.settings.generation + 1;
        now.settings = Arc::new(settings);
        drop(now);
        self.changed.notify_one();
        self.stale.notify_one();
    }

    /// Forgets what was found: files have changed on the disk.
    pub(crate) fn forget(&self) {
        let settings = Settings::clone(&self.lock().settings);
        self.set_settings(settings);
    }

    /// What columns count.
    pub(crate) fn encoding(&self) -> Encoding {
        self.client.get().map_or(Encoding::Utf16, |client| client.encoding)
    }

    pub(crate) fn shut_down(&self) {
        self.was_shut_down.store(true, Ordering::Relaxed);
    }

    pub(crate) fn was_shut_down(&self) -> bool {
        self.was_shut_down.load(Ordering::Relaxed)
    }
}
