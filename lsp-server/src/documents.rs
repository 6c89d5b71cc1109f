//! The documents that the client has open, as it sees them.

use crate::snapshot::{Moment, Snapshot};
use crate::workspace::{self, Found};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use talint_analyzer::text::{Encoding, LineIndex, Position};
use tower_lsp::ls_types::{self as lsp, TextDocumentContentChangeEvent, Uri};

/// A document in one of its versions.
#[derive(Debug)]
pub(crate) struct Document {
    /// What it is called.
    pub(crate) uri: Uri,
    /// The file that it is, if it is one.
    pub(crate) file: Option<PathBuf>,
    /// The number that the client gave to this version.
    pub(crate) version: i32,
    /// What it holds.
    pub(crate) text: String,
    /// What was found in it, and when.
    found: Mutex<Option<(Moment, Arc<Found>)>>,
}

impl Document {
    fn new(uri: Uri, version: i32, text: String) -> Arc<Self> {
        let file = uri.to_file_path().map(std::borrow::Cow::into_owned);
        Arc::new(Self { uri, file, version, text, found: Mutex::default() })
    }

    /// The name that the analyzer knows it by: its path, where it is a file.
    pub(crate) fn path(&self) -> String {
        self.file.as_ref().map_or_else(|| self.uri.path().to_string(), |path| path.display().to_string())
    }

    /// What is found in it at the moment of `snapshot`; worked out once, unless something that bears on it has changed.
    pub(crate) fn found(&self, snapshot: &Snapshot) -> Arc<Found> {
        let now = snapshot.moment();
        // Who panics while it is locked leaves nothing in it; the next one works it out again.
        let mut known = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((when, found)) = &*known
            && (*when == now || (!found.has_others && Moment { documents: now.documents, ..*when } == now))
        {
            return Arc::clone(found);
        }
        let found = Arc::new(workspace::look(self, snapshot));
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

    /// The document that is the file at `path`, if it is open.
    pub(crate) fn of_file(&self, path: &Path) -> Option<&Arc<Document>> {
        self.iter().find(|document| document.file.as_deref() == Some(path))
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
