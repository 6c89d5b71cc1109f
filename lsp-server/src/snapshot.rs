//! What the server knows, and the unchanging view of it that a request is answered from.

use crate::documents::{Document, Documents};
use crate::log::Log;
use crate::scan::{Cancel, Kept};
use crate::settings::Settings;
use crate::workers::Workers;
use crate::workspace::{ProjectFile, Projects, Used};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use talint_analyzer::text::Encoding;
use tokio::sync::Notify;
use tower_lsp::ls_types::{ClientCapabilities, ProgressToken, Uri, WorkspaceClientCapabilities};

/// What the server knows. Only [`crate::service`] changes documents.
#[derive(Debug, Default)]
pub(crate) struct State {
    now: Mutex<Snapshot>,
    /// What the client can do, once it said so.
    pub(crate) client: OnceLock<Client>,
    /// Tells that there is something new to look at.
    pub(crate) changed: Notify,
    /// Tells that there may be other files.
    pub(crate) disk_changed: Notify,
    pub(crate) workers: Workers,
    /// What is kept of scans of the workspace.
    pub(crate) scans: Kept,
    /// Work that the user can stop, by the token of its progress.
    running: Mutex<HashMap<ProgressToken, Cancel>>,
    is_told_of_files: AtomicBool,
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

impl Client {
    fn workspace<T>(&self, of: impl FnOnce(&WorkspaceClientCapabilities) -> Option<T>) -> Option<T> {
        self.capabilities.workspace.as_ref().and_then(of)
    }

    /// Whether it asks for diagnostics by itself.
    pub(crate) fn pulls(&self) -> bool {
        self.capabilities.text_document.as_ref().is_some_and(|text| text.diagnostic.is_some())
    }

    /// Whether it can be asked to ask again.
    pub(crate) fn refreshes(&self) -> bool {
        let diagnostics = |workspace: &WorkspaceClientCapabilities| workspace.diagnostics.as_ref()?.refresh_support;
        self.workspace(diagnostics).unwrap_or(false)
    }

    /// Whether it gives its configuration when it is asked.
    pub(crate) fn gives_configuration(&self) -> bool {
        self.workspace(|workspace| workspace.configuration).unwrap_or(false)
    }

    /// Whether it can be asked to tell of changes on the disk.
    pub(crate) fn watches(&self) -> bool {
        let watching =
            |workspace: &WorkspaceClientCapabilities| workspace.did_change_watched_files.as_ref()?.dynamic_registration;
        self.workspace(watching).unwrap_or(false)
    }

    /// Whether it shows progress that it did not ask for.
    pub(crate) fn shows_progress(&self) -> bool {
        self.capabilities.window.as_ref().and_then(|window| window.work_done_progress).unwrap_or(false)
    }
}

/// The documents and settings at one point of the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    /// The open documents.
    pub(crate) documents: Arc<Documents>,
    /// What is asked for.
    pub(crate) settings: Arc<Settings>,
    /// The folders that the user works in.
    pub(crate) folders: Arc<Vec<PathBuf>>,
    /// The files that tools use, as far as that was looked for.
    pub(crate) used: Arc<Used>,
    /// How often that was found to be else.
    used_generation: u64,
    /// How often files have changed on the disk, as far as the client tells.
    disk: u64,
    /// How often the folders have changed.
    folders_generation: u64,
    projects: Arc<Projects>,
    pub(crate) log: Arc<Log>,
}

/// What findings depend on beside the text: a number for each, of how often it has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) settings: u64,
    pub(crate) documents: u64,
    pub(crate) disk: u64,
    pub(crate) folders: u64,
    pub(crate) used: u64,
}

impl Moment {
    /// Whether anything but the documents is else than it was.
    pub(crate) fn differs_beside_documents(self, before: Self) -> bool {
        Self { documents: self.documents, ..before } != self
    }
}

impl Snapshot {
    /// The document called `uri`, if it is open.
    pub(crate) fn document(&self, uri: &Uri) -> Option<&Arc<Document>> {
        self.documents.get(uri)
    }

    /// The project file at `path`, if it can be read.
    pub(crate) fn project(&self, path: &Path) -> Option<ProjectFile> {
        self.projects.read(path, &self.documents, &self.log)
    }

    pub(crate) fn moment(&self) -> Moment {
        let Self { disk, folders_generation: folders, used_generation: used, .. } = *self;
        Moment { settings: self.settings.generation, documents: self.documents.generation, disk, folders, used }
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

    /// Takes it that files have changed on the disk.
    pub(crate) fn change_disk(&self) {
        self.lock().disk += 1;
        self.changed.notify_one();
        self.stale.notify_one();
        self.disk_changed.notify_one();
    }

    /// Takes the files that tools use.
    pub(crate) fn set_used(&self, used: Used) {
        let mut now = self.lock();
        if *now.used == used {
            return;
        }
        now.used = Arc::new(used);
        now.used_generation += 1;
        drop(now);
        self.changed.notify_one();
        self.stale.notify_one();
    }

    /// Changes the folders that the user works in.
    pub(crate) fn change_folders(&self, change: impl FnOnce(&mut Vec<PathBuf>)) {
        let mut now = self.lock();
        change(Arc::make_mut(&mut now.folders));
        now.folders_generation += 1;
        drop(now);
        self.changed.notify_one();
        self.stale.notify_one();
        self.disk_changed.notify_one();
    }

    /// What columns count.
    pub(crate) fn encoding(&self) -> Encoding {
        self.client.get().map_or(Encoding::Utf16, |client| client.encoding)
    }

    /// Lets the user stop what has this progress, until its end.
    pub(crate) fn can_stop(&self, token: ProgressToken, cancel: Cancel) {
        self.running().insert(token, cancel);
    }

    /// Takes it that what has this progress is at its end.
    pub(crate) fn has_ended(&self, token: &ProgressToken) {
        self.running().remove(token);
    }

    /// Stops what has this progress.
    pub(crate) fn stop(&self, token: &ProgressToken) {
        if let Some(cancel) = self.running().get(token) {
            cancel.cancel();
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<ProgressToken, Cancel>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes it that the client tells of changes on the disk.
    pub(crate) fn will_be_told_of_files(&self) {
        self.is_told_of_files.store(true, Ordering::Relaxed);
    }

    /// Whether the client tells of changes on the disk.
    pub(crate) fn is_told_of_files(&self) -> bool {
        self.is_told_of_files.load(Ordering::Relaxed)
    }

    pub(crate) fn shut_down(&self) {
        self.was_shut_down.store(true, Ordering::Relaxed);
    }

    pub(crate) fn was_shut_down(&self) -> bool {
        self.was_shut_down.load(Ordering::Relaxed)
    }
}
