//! The documents that the client has open, as it sees them.

use crate::analysis::Analysed;
use crate::settings::Settings;
use std::collections::HashMap;
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
    /// What was found in it, and under which settings.
    analysed: Mutex<Option<(u64, Arc<Analysed>)>>,
}

impl Document {
    fn new(uri: Uri, version: i32, text: String) -> Arc<Self> {
        Arc::new(Self { uri, version, text, analysed: Mutex::default() })
    }

    /// The name that the analyzer knows it by: its path, where it is a file.
    pub(crate) fn path(&self) -> String {
        match self.uri.to_file_path() {
            Some(path) => path.display().to_string(),
            None => self.uri.path().to_string(),
        }
    }

    /// What is found in it under `settings`, worked out once.
    pub(crate) fn analysed(&self, settings: &Settings) -> Arc<Analysed> {
        // Who panics while it is locked leaves nothing in it; the next one works it out again.
        let mut known = self.analysed.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((generation, analysed)) if *generation == settings.generation => Arc::clone(analysed),
            _ => {
                let analysed = Arc::new(Analysed::new(&self.path(), &self.text, settings));
                *known = Some((settings.generation, Arc::clone(&analysed)));
                analysed
            }
        }
    }
}

/// All documents that are open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Documents {
    open: HashMap<Uri, Arc<Document>>,
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
