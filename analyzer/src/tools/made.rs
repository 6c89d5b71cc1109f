//! Configuration as a tool writes it: out of values of its own and of parts of the file that describes the machine, each
//! with the way back.

use crate::input::is_unknown;
use crate::syntax::{Kind, NodeRef, Style};
use crate::text::Span;
use std::fmt::Write as _;

/// The longest text that is made: a description that aliases blow up beyond it is not followed.
const MAX_LENGTH: usize = 1024 * 1024;

/// A value of the configuration that is made.
#[derive(Clone)]
pub(super) enum Value<'t, 's> {
    /// What is written in the file.
    Written(NodeRef<'t, 's>),
    /// A text that is made of what is written at the place.
    Text(String, Span),
    /// A word of YAML that is made of what is written at the place: a boolean, a number.
    Word(&'static str, Span),
    List(Vec<Value<'t, 's>>),
    Map(Vec<Entry<'t, 's>>),
}

/// An entry of a mapping that is made.
#[derive(Clone)]
pub(super) struct Entry<'t, 's> {
    key: String,
    /// Where the key is written, by whatever name.
    place: Option<Span>,
    value: Value<'t, 's>,
}

/// A document that is made.
#[derive(Clone, Default)]
pub(super) struct Document<'t, 's> {
    entries: Vec<Entry<'t, 's>>,
}

impl<'t, 's> Document<'t, 's> {
    /// A document of a kind.
    pub(super) fn of_kind(kind: &str, place: Span) -> Self {
        let mut document = Self::default();
        document.set(&["apiVersion"], None, Value::Text("v1alpha1".to_owned(), place));
        document.set(&["kind"], Some(place), Value::Text(kind.to_owned(), place));
        document
    }

    /// Sets the value at `path`; `place` is where its key is written.
    pub(super) fn set(&mut self, path: &[&str], place: Option<Span>, value: Value<'t, 's>) {
        set(&mut self.entries, path, place, value);
    }

    /// Its entries, as those of a mapping.
    pub(super) fn into_entries(self) -> Vec<Entry<'t, 's>> {
        self.entries
    }

    fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

fn set<'t, 's>(entries: &mut Vec<Entry<'t, 's>>, path: &[&str], place: Option<Span>, value: Value<'t, 's>) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        entries.push(Entry { key: (*first).to_owned(), place, value });
        return;
    }
    let at = entries.iter().position(|entry| entry.key == *first && matches!(entry.value, Value::Map(_)));
    let at = at.unwrap_or_else(|| {
        entries.push(Entry { key: (*first).to_owned(), place: None, value: Value::Map(Vec::new()) });
        entries.len() - 1
    });
    if let Some(Entry { value: Value::Map(inner), .. }) = entries.get_mut(at) {
        set(inner, rest, place, value);
    }
}

/// A text with the way back to what it is made of.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) text: String,
    pub(super) anchors: Vec<(Span, Span)>,
}

/// The text of documents. `host` is the text of the file that parts come from.
pub(super) fn write(host: &str, documents: &[Document<'_, '_>]) -> Option<Made> {
    let mut writer = Writer { host, made: Made::default() };
    for document in documents.iter().filter(|document| !document.is_empty()) {
        if !writer.made.text.is_empty() {
            writer.made.text.push_str("---\n");
        }
        for entry in &document.entries {
            writer.entry(entry, 0);
        }
    }
    (writer.made.text.len() < MAX_LENGTH).then_some(writer.made)
}

/// The text of a part of the file, for a place where its own bytes say less: with what aliases stand for.
pub(super) fn copy(host: &str, node: NodeRef<'_, '_>) -> Option<Made> {
    let mut writer = Writer { host, made: Made::default() };
    writer.node(node, 0, 0);
    // A mapping or a list begins on a line of its own.
    writer.made.text.remove(0);
    for (made, _) in &mut writer.made.anchors {
        made.start -= 1;
        made.end -= 1;
    }
    (writer.made.text.len() < MAX_LENGTH).then_some(writer.made)
}

struct Writer<'h> {
    host: &'h str,
    made: Made,
}

impl Writer<'_> {
    fn indent(&mut self, depth: usize) {
        for _ in 0..depth {
            self.made.text.push_str("  ");
        }
    }

    /// Writes something, and remembers what it is made of.
    fn anchored(&mut self, place: Option<Span>, write: impl FnOnce(&mut Self)) {
        let start = self.made.text.len();
        write(self);
        if let Some(place) = place {
            self.made.anchors.push((Span::new(start, self.made.text.len()), place));
        }
    }

    fn entry(&mut self, entry: &Entry<'_, '_>, depth: usize) {
        self.indent(depth);
        let place = entry.place.or_else(|| first_place(&entry.value));
        self.anchored(place, |writer| writer.made.text.push_str(&plain_or_quoted(&entry.key)));
        self.made.text.push(':');
        self.value(&entry.value, depth);
    }

    /// Writes a value behind its key, which stands at `depth`.
    fn value(&mut self, value: &Value<'_, '_>, depth: usize) {
        match value {
            Value::Written(node) => self.node(*node, depth + 1, 0),
            Value::Text(text, place) => {
                self.made.text.push(' ');
                self.anchored(Some(*place), |writer| writer.made.text.push_str(&quoted(text)));
                self.made.text.push('\n');
            }
            Value::Word(word, place) => {
                self.made.text.push(' ');
                self.anchored(Some(*place), |writer| writer.made.text.push_str(word));
                self.made.text.push('\n');
            }
            Value::List(items) if items.is_empty() => self.made.text.push_str(" []\n"),
            Value::List(items) => {
                self.made.text.push('\n');
                for item in items {
                    self.indent(depth + 1);
                    self.made.text.push('-');
                    self.value(item, depth + 1);
                }
            }
            Value::Map(entries) if entries.is_empty() => self.made.text.push_str(" {}\n"),
            Value::Map(entries) => {
                self.made.text.push('\n');
                for entry in entries {
                    self.entry(entry, depth + 1);
                }
            }
        }
    }

    /// Writes what is written in the file, its lines at `depth`. `nesting` bounds what aliases stand for.
    fn node(&mut self, node: NodeRef<'_, '_>, depth: usize, nesting: usize) {
        let node = node.resolved();
        if self.made.text.len() >= MAX_LENGTH || nesting > crate::syntax::MAX_DEPTH {
            self.made.text.push('\n');
            return;
        }
        let is_leaf = node.kind() == Kind::Scalar || is_unknown(node) || node.children().next().is_none();
        if is_leaf {
            self.made.text.push(' ');
            self.anchored(Some(node.visible_span()), |writer| writer.leaf(node));
            self.made.text.push('\n');
            return;
        }
        self.made.text.push('\n');
        for item in node.items() {
            self.indent(depth);
            self.made.text.push('-');
            self.node(item, depth + 1, nesting + 1);
        }
        for (key, value) in node.entries().filter(|(key, _)| key.kind() == Kind::Scalar || is_unknown(*key)) {
            self.indent(depth);
            self.anchored(Some(key.span()), |writer| writer.leaf(key));
            self.made.text.push(':');
            self.node(value, depth + 1, nesting + 1);
        }
    }

    /// Writes a scalar as it is written, where that is one line, else in quotes.
    fn leaf(&mut self, node: NodeRef<'_, '_>) {
        if let Some(tag) = node.node().tag.as_deref() {
            let _ = write!(self.made.text, "{tag} ");
        }
        let written = node.span().slice(self.host);
        match node.node().style {
            Style::Literal | Style::Folded => self.made.text.push_str(&quoted(node.value())),
            _ if written.contains(['\n', '\r']) => self.made.text.push_str(&quoted(node.value())),
            _ => self.made.text.push_str(written),
        }
    }
}

/// The first place that a value is made of.
fn first_place(value: &Value<'_, '_>) -> Option<Span> {
    match value {
        Value::Written(node) => Some(node.visible_span()),
        Value::Text(_, place) | Value::Word(_, place) => Some(*place),
        Value::List(items) => items.iter().find_map(first_place),
        Value::Map(entries) => entries.iter().find_map(|entry| entry.place.or_else(|| first_place(&entry.value))),
    }
}

fn plain_or_quoted(key: &str) -> String {
    let is_plain = key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.chars().all(|c| c.is_ascii_alphanumeric());
    if is_plain { key.to_owned() } else { quoted(key) }
}

/// A text as a scalar in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if sign.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(sign));
            }
            _ => out.push(sign),
        }
    }
    out.push('"');
    out
}
