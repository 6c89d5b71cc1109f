//! The documents that the client has open, as it sees them.

use crate::settings::Settings;
use crate::workspace::{self, Found};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use talint_analyzer::text::{Encoding, LineIndex, Position};
use tower_lsp::ls_types::{self as lsp, TextDocumentContentChangeEvent, Uri};

/// A document in one of its versions.
#[derive(Debug)]
pub(crate) struct Document {
    /// What it is called.
    pub(crate) uri: Uri,
    /// The number that the client gave to this version.
    pub(crate) version: i32,
    /// What it holds.
    pub(crate) text: String,
    /// What was found in it, and when.
    found: Mutex<Option<(When, Arc<Found>)>>,
}

/// What a finding depends on beside the text: the settings, and the state of the other documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct When {
    settings: u64,
    documents: u64,
}

impl Document {
    fn new(uri: Uri, version: i32, text: String) -> Arc<Self> {
        Arc::new(Self { uri, version, text, found: Mutex::default() })
    }

    /// The file that it is, if it is one.
    pub(crate) fn file_path(&self) -> Option<PathBuf> {
        self.uri.to_file_path().map(std::borrow::Cow::into_owned)
    }

    /// The name that the analyzer knows it by: its path, where it is a file.
    pub(crate) fn path(&self) -> String {
        self.file_path().map_or_else(|| self.uri.path().to_string(), |path| path.display().to_string())
    }

    /// What is found in it under `settings`, beside the other `documents`; worked out once, unless they bear on it and have
    /// changed.
    pub(crate) fn found(&self, documents: &Documents, settings: &Settings) -> Arc<Found> {
        let now = When { settings: settings.generation, documents: documents.generation };
        // Who panics while it is locked leaves nothing in it; the next one works it out again.
        let mut known = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((when, found)) = &*known
            && when.settings == now.settings
            && (when.documents == now.documents || !found.has_others)
        {
            return Arc::clone(found);
        }
        let found = Arc::new(workspace::look(self, documents, &settings.options));
        *known = Some((now, Arc::clone(&found)));
        found
    }
}

/// All documents that are open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Documents {
    open: HashMap<Uri, Arc<Document>>,
    /// How often any of them has changed.
    pub(crate) generation: u64,
}

impl Documents {
    pub(crate) fn get(&self, uri: &Uri) -> Option<&Arc<Document>> {
        self.open.get(uri)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Document>> {
        self.open.values()
    }

    pub(crate) fn open(&mut self, uri: Uri, version: i32, text: String) {
        self.open.insert(uri.clone(), Document::new(uri, version, text));
    }

    pub(crate) fn close(&mut self, uri: &Uri) {
        self.open.remove(uri);
    }

    /// Applies changes, each to what the one before it left.
    pub(crate) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        let Some(document) = self.open.get_mut(uri) else { return };
        let mut text = document.text.clone();
        for change in changes {
            match change.range {
                Some(range) => apply(&mut text, range, &change.text, encoding),
                None => text = change.text,
            }
        }
        *document = Document::new(uri.clone(), version, text);
    }
}

fn apply(text: &mut String, range: lsp::Range, with: &str, encoding: Encoding) {
    let lines = LineIndex::new(text);
    let offset = |place: lsp::Position| {
        let position = Position { line: place.line, column: place.character };
        lines.offset(text, position, encoding) as usize
    };
    let (start, end) = (offset(range.start), offset(range.end));
    text.replace_range(start.min(end)..end.max(start), with);
}
