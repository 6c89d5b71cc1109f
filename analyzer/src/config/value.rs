//! Values that know where they come from.

use crate::syntax::{Resolved, Style, resolve_scalar};
use crate::text::Span;
use crate::version::TalosVersion;

/// Where a value or a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The source: 0 for the base, 1 for the first patch, and so on.
    pub source: usize,
    /// The bytes in it.
    pub span: Span,
}

/// A scalar as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text after escapes and folding.
    pub text: String,
    /// How it is written.
    pub style: Style,
    /// Its tag.
    pub tag: Option<Box<str>>,
}

impl Scalar {
    pub(super) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), style: Style::Plain, tag: None }
    }

    pub(super) fn quoted(text: &str) -> Self {
        Self { text: text.to_owned(), style: Style::DoubleQuoted, tag: None }
    }

    /// What it is by itself, in a version.
    #[must_use]
    pub fn resolve(&self, version: TalosVersion) -> Resolved<'_> {
        let decoder = crate::tables::Decoder::of(version);
        decoder.resolve_scalar(&self.text, self.style, self.tag.as_deref())
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        resolve_scalar(&self.text, self.style, self.tag.as_deref()) == Resolved::Null
    }
}

/// What a value holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// A scalar.
    Scalar(Scalar),
    /// A list.
    List(Vec<Value>),
    /// A mapping.
    Map(Vec<Entry>),
}

/// A value of the effective configuration.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it holds.
    pub content: Content,
    /// Where it is written. A mapping or a list that several sources add to has the place in the first of them.
    pub origin: Origin,
    /// What it took the place of, the last one last.
    pub replaced: Vec<Origin>,
    /// Whether it is put together of what stands at its origin and of what that replaced: a URL, part by part.
    pub composed: bool,
}

/// An entry of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Scalar,
    /// Where the key is written; the first place, if several sources have it.
    pub key_origin: Origin,
    /// The value.
    pub value: Value,
}

impl Value {
    pub(super) fn new(content: Content, origin: Origin) -> Self {
        Self { content, origin, replaced: Vec::new(), composed: false }
    }

    /// The scalar.
    #[must_use]
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.content {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of the scalar; empty for other values.
    #[must_use]
    pub fn text(&self) -> &str {
        self.scalar().map_or("", |scalar| &scalar.text)
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }

    /// The entries of a mapping; none for other values.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for other values.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries().iter().find(|entry| entry.key.text == key).map(|entry| &entry.value)
    }

    /// Takes the place of what is here.
    pub(super) fn replace_by(&mut self, new: Value) {
        let old = std::mem::replace(self, new);
        let later = std::mem::take(&mut self.replaced);
        self.replaced = old.replaced;
        self.replaced.push(old.origin);
        self.replaced.extend(later);
    }
}

/// Why Talos refuses a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of mistake it is.
    pub kind: RefusalKind,
    /// The place in the patch.
    pub origin: Origin,
    /// A place it contradicts, with what is there.
    pub related: Option<(Origin, String)>,
    /// What is wrong and why, as sentences.
    pub message: String,
}

/// The kinds of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// A patch that holds nothing is taken for an empty JSON patch, and the base holds several documents.
    Empty,
    /// A JSON patch over several documents.
    JsonOnSeveralDocuments,
    /// A patch that has the same document twice.
    DocumentTwice,
    /// A path or a document that is not there.
    NotFound,
    /// Anything else that cannot be applied.
    Merge,
}

impl Refusal {
    pub(super) fn new(kind: RefusalKind, origin: Origin, message: impl Into<String>) -> Self {
        Self { kind, origin, related: None, message: message.into() }
    }

    pub(super) fn merge(origin: Origin, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Merge, origin, message)
    }

    pub(super) fn not_found(origin: Origin, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::NotFound, origin, message)
    }

    pub(super) fn beside(mut self, origin: Origin, what: &str) -> Self {
        self.related = Some((origin, what.to_owned()));
        self
    }
}
