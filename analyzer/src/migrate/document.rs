//! The text of a document that takes the place of fields: what was moved, with its comments, under new keys.

use crate::edit::indented;

/// A document that is being written.
#[derive(Debug)]
pub(super) struct Document {
    /// Its kind.
    pub kind: &'static str,
    /// The text of its name, as it is written.
    pub name: Option<String>,
    /// Comments of what gave way, whose own place is gone.
    pub comments: Vec<String>,
    entries: Vec<Entry>,
}

/// An entry: the comments above it, its key and what stands behind the key.
#[derive(Debug)]
struct Entry {
    above: Vec<String>,
    key: String,
    value: Value,
}

#[derive(Debug)]
enum Value {
    /// The text from the colon on, its further lines as far in as they are from the key.
    Text(String),
    Mapping(Vec<Entry>),
}

/// What is moved: comments, and the text from the colon on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The comments above it, a line each.
    pub above: Vec<String>,
    /// The text behind the key, colon included.
    pub text: String,
}

impl Piece {
    /// A value on one line, without comments.
    pub(super) fn value(value: &str) -> Self {
        Self { above: Vec::new(), text: format!(": {value}") }
    }
}

impl Document {
    pub(super) fn new(kind: &'static str, name: Option<String>) -> Self {
        Self { kind, name, comments: Vec::new(), entries: Vec::new() }
    }

    /// Puts `piece` at `path`, whose last key is written as `key`. What is there already stays.
    pub(super) fn put(&mut self, path: &[&str], key: &str, piece: Piece) {
        put(&mut self.entries, path, key, piece);
    }

    /// Its text, indented by steps of `step`, with line feeds.
    pub(super) fn text(&self, step: usize) -> String {
        let mut lines = self.comments.clone();
        lines.push("apiVersion: v1alpha1".to_owned());
        lines.push(format!("kind: {}", self.kind));
        lines.extend(self.name.iter().map(|name| format!("name: {name}")));
        lines.push(self.fields(step));
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }

    /// The text of its fields alone.
    pub(super) fn fields(&self, step: usize) -> String {
        lines(&self.entries, step, 0).join("\n")
    }
}

fn put(entries: &mut Vec<Entry>, path: &[&str], key: &str, piece: Piece) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        if !entries.iter().any(|entry| entry.key == key) {
            entries.push(Entry { above: piece.above, key: key.to_owned(), value: Value::Text(piece.text) });
        }
        return;
    }
    let position = entries.iter().position(|entry| entry.key == *first).unwrap_or_else(|| {
        entries.push(Entry { above: Vec::new(), key: (*first).to_owned(), value: Value::Mapping(Vec::new()) });
        entries.len() - 1
    });
    if let Some(Entry { value: Value::Mapping(inner), .. }) = entries.get_mut(position) {
        put(inner, rest, key, piece);
    }
}

fn lines(entries: &[Entry], step: usize, column: usize) -> Vec<String> {
    let mut out = Vec::new();
    for entry in entries {
        out.extend(entry.above.iter().map(|comment| indented(comment, column, "\n")));
        match &entry.value {
            Value::Text(text) => out.push(indented(&format!("{}{text}", entry.key), column, "\n")),
            Value::Mapping(inner) => {
                out.push(indented(&format!("{}:", entry.key), column, "\n"));
                out.extend(lines(inner, step, column + step));
            }
        }
    }
    out
}
