//! What takes a finding away: what a rule says of it, and the edits that come of that.
//!
//! A rule names what is to change by the nodes that it looked at: a [`Remedy`]. In the configuration that base and
//! patches make together these are not yet the bytes of a file; `layered` leads each change back to the source that set
//! the value. Then the changes become [`Edit`]s, by the lines and the style of that source.

mod edits;

pub(crate) use edits::{edits, quoted};

use crate::edit::{Edit, Layout};
use crate::source::Source;
use crate::syntax::{Kind, NodeRef, Resolved, resolve_text};
use crate::text::Span;
use std::sync::Arc;

/// How many changes a remedy has at the most: who made hundreds of mistakes alike looks at them again.
pub(crate) const MOST_CHANGES: usize = 100;

/// What takes a finding away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a request: "Remove `profiling`".
    pub title: String,
    /// Whether every machine gets the same afterwards, or what is there is refused by Talos and can mean only this.
    pub is_safe: bool,
    /// The changes, all of which are made or none.
    pub edits: Vec<FileEdit>,
}

/// What fixes the findings of a rule have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fixability {
    /// None.
    #[default]
    None,
    /// Such as change nothing that a machine gets.
    Safe,
    /// Such as may change it.
    Unsafe,
}

impl Fixability {
    /// The word for it in every output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// A change of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEdit {
    /// The file, when it is another than that of the finding.
    pub file: Option<Arc<str>>,
    /// The change.
    pub edit: Edit,
}

/// What a rule says is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remedy {
    /// What it does, as a request.
    pub title: String,
    /// As [`Fix::is_safe`].
    pub is_safe: bool,
    /// The changes, each with the number of the source that it is made in when that is another than the finding's.
    pub changes: Vec<(Option<usize>, Change)>,
}

/// A change of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// An entry or an item goes.
    Remove(Target),
    /// A value gives way to another.
    Write(Target, Value),
    /// A key gives way to another, or a part of a scalar to other text.
    Replace(Span, String),
    /// An entry is added to a mapping, below the keys of a path, each of which may be there.
    Put(Target, Vec<String>, Value),
    /// A comment goes, with its line if nothing else stands there.
    RemoveComment(Span),
    /// The document that holds nothing and stands here goes.
    RemoveEmptyDocument(Span),
}

/// A value, by what is written of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The bytes of the value.
    Value(Span),
    /// The bytes of its key.
    Key(Span),
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// YAML on one line: a number, `true`, `[a, b]`.
    Literal(String),
    /// A string, in quotes where YAML would read it as something else.
    Text(String),
}

impl Target {
    /// A value of an entry or an item: a scalar by itself, for another source may have set it than the one that has its
    /// key first; a collection by its key.
    pub(crate) fn of(node: NodeRef<'_, '_>) -> Self {
        match node.key() {
            Some(key) if node.kind() != Kind::Scalar || node.span().is_empty() => Self::Key(key.span()),
            _ => Self::Value(node.span()),
        }
    }

    /// The bytes that tell which value it is.
    pub(crate) fn span(self) -> Span {
        match self {
            Self::Value(span) | Self::Key(span) => span,
        }
    }

    /// The same of other bytes.
    pub(crate) fn at(self, span: Span) -> Self {
        match self {
            Self::Value(_) => Self::Value(span),
            Self::Key(_) => Self::Key(span),
        }
    }
}

impl Remedy {
    /// A remedy that changes nothing yet; `is_safe` as in [`Fix::is_safe`].
    pub(crate) fn new(is_safe: bool, title: impl Into<String>) -> Self {
        Self { title: title.into(), is_safe, changes: Vec::new() }
    }

    /// A remedy after which every machine gets the same as before, or that gives to what Talos refuses the one meaning it
    /// can have.
    pub(crate) fn safe(title: impl Into<String>) -> Self {
        Self::new(true, title)
    }

    /// A remedy after which machines get something else.
    pub(crate) fn changing(title: impl Into<String>) -> Self {
        Self::new(false, title)
    }

    fn and(mut self, change: Change) -> Self {
        self.changes.push((None, change));
        self
    }

    /// Takes out an entry, named by its value, or an item.
    pub(crate) fn remove(self, node: NodeRef<'_, '_>) -> Self {
        self.and(Change::Remove(Target::of(node)))
    }

    /// Takes out an item; the only one with its list.
    pub(crate) fn remove_item(self, item: NodeRef<'_, '_>) -> Self {
        let list = item.parent().filter(|list| list.kind() == Kind::Sequence && list.key().is_some());
        let list = list.filter(|list| list.items().count() == 1);
        self.remove(list.unwrap_or(item))
    }

    /// Puts a value in the place of another.
    pub(crate) fn write(self, node: NodeRef<'_, '_>, value: Value) -> Self {
        self.and(Change::Write(Target::of(node), value))
    }

    /// Puts a string in the place of a value.
    pub(crate) fn write_text(self, node: NodeRef<'_, '_>, text: impl Into<String>) -> Self {
        self.write(node, Value::Text(text.into()))
    }

    /// Puts a number, a boolean or other YAML of one line in the place of a value.
    pub(crate) fn write_literal(self, node: NodeRef<'_, '_>, text: impl Into<String>) -> Self {
        self.write(node, Value::Literal(text.into()))
    }

    /// Gives another name to an entry.
    pub(crate) fn rename(self, key: NodeRef<'_, '_>, name: impl Into<String>) -> Self {
        self.and(Change::Write(Target::Value(key.span()), Value::Text(name.into())))
    }

    /// Puts text in the place of a part of a scalar.
    pub(crate) fn replace(self, span: Span, text: impl Into<String>) -> Self {
        self.and(Change::Replace(span, text.into()))
    }

    /// Adds an entry to a mapping, below the keys of `path`: to the innermost mapping that is there already.
    pub(crate) fn put(self, mapping: NodeRef<'_, '_>, path: &[&str], value: Value) -> Self {
        let (mapping, path) = innermost(mapping, path);
        let path = path.iter().map(|step| (*step).to_owned()).collect();
        self.and(Change::Put(Target::of(mapping), path, value))
    }

    /// Takes the words that are `wrong` out of a list, whose items, or whose parts between commas, they are; where none is
    /// left, the whole entry. Nothing is changed in a list of hundreds of words.
    pub(crate) fn without_words(mut self, list: NodeRef<'_, '_>, wrong: impl Fn(&str) -> bool) -> Self {
        let count = |node: NodeRef<'_, '_>| node.resolved().value().split(',').count();
        let words: usize = if list.kind() == Kind::Sequence { list.items().map(count).sum() } else { count(list) };
        if words > MOST_CHANGES {
            return self;
        }
        let left = |node: NodeRef<'_, '_>| {
            let words = node.resolved().value().split(',').map(str::trim).filter(|word| !word.is_empty());
            let (gone, kept): (Vec<_>, Vec<_>) = words.map(str::to_owned).partition(|word| wrong(word));
            (!gone.is_empty()).then_some(kept)
        };
        if list.kind() != Kind::Sequence {
            let kept = left(list).unwrap_or_default();
            return if kept.is_empty() { self.remove(list) } else { self.write_text(list, kept.join(",")) };
        }
        let is_gone = |item: NodeRef<'_, '_>| left(item).is_some_and(|kept| kept.is_empty());
        if list.items().all(is_gone) {
            return self.remove(list);
        }
        for item in list.items() {
            match left(item) {
                Some(kept) if kept.is_empty() => self = self.remove(item),
                Some(kept) => self = self.write_text(item, kept.join(",")),
                None => {}
            }
        }
        self
    }

    /// Takes out a document that holds nothing.
    pub(crate) fn remove_empty_document(self, span: Span) -> Self {
        self.and(Change::RemoveEmptyDocument(span))
    }

    /// Takes out a comment.
    pub(crate) fn remove_comment(self, span: Span) -> Self {
        self.and(Change::RemoveComment(span))
    }
}

/// The innermost mapping on the way of `path`, whose last key is not looked for, and the rest of the way.
pub(crate) fn innermost<'t, 's, 'p>(mapping: NodeRef<'t, 's>, path: &'p [&'p str]) -> (NodeRef<'t, 's>, &'p [&'p str]) {
    let (mut mapping, mut path) = (mapping, path);
    while let [step, rest @ ..] = path
        && let Some(below) = mapping.get(step).filter(|below| below.kind() == Kind::Mapping && !rest.is_empty())
    {
        (mapping, path) = (below, rest);
    }
    (mapping, path)
}

/// Whether two words differ only in case and in what joins their parts.
pub(crate) fn is_same_word(first: &str, second: &str) -> bool {
    let plain = |word: &str| {
        let letters = word.chars().filter(|c| !matches!(c, '-' | '_' | ' ' | '.'));
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    plain(first) == plain(second)
}

/// A value in the place of another: a number or a boolean where the other is one, else a string.
pub(crate) fn alike(node: NodeRef<'_, '_>, value: &str) -> Value {
    let is_string = |text: &str| matches!(resolve_text(text), Resolved::Str(_));
    if node.is_plain() && !is_string(node.value()) && !is_string(value) {
        Value::Literal(value.to_owned())
    } else {
        Value::Text(value.to_owned())
    }
}

/// Whether two values are written alike, but for order and style.
pub(crate) fn says_same(first: NodeRef<'_, '_>, second: NodeRef<'_, '_>) -> bool {
    let is_plain = |node: NodeRef<'_, '_>| node.is_plain();
    match (first.kind(), second.kind()) {
        (Kind::Scalar, Kind::Scalar) => first.value() == second.value() && is_plain(first) == is_plain(second),
        (Kind::Sequence, Kind::Sequence) => {
            first.items().count() == second.items().count()
                && first.items().zip(second.items()).all(|(first, second)| says_same(first, second))
        }
        (Kind::Mapping, Kind::Mapping) => {
            first.entries().count() == second.entries().count()
                && first
                    .entries()
                    .all(|(key, value)| second.entry(key.value()).is_some_and(|(_, other)| says_same(value, other)))
        }
        _ => false,
    }
}

/// The word that was meant in the place of a value that Talos refuses: safe where it is the same but for case.
pub(crate) fn spelt(node: NodeRef<'_, '_>, word: &str) -> Remedy {
    Remedy::new(is_same_word(node.value(), word), format!("Write `{word}`")).write_text(node, word)
}

/// The name that was meant for a key, if there is none of it yet: safe where it is the same but for case.
pub(crate) fn renamed(key: NodeRef<'_, '_>, name: &str) -> Option<Remedy> {
    let is_free = key.parent().is_some_and(|mapping| mapping.entry(name).is_none());
    let remedy = Remedy::new(is_same_word(key.value(), name), format!("Rename to `{name}`"));
    is_free.then(|| remedy.rename(key, name))
}

/// What takes a finding in a source by itself away.
pub(crate) fn alone(remedy: Remedy, source: Source<'_>, layout: &Layout<'_, '_>) -> Option<Fix> {
    let changes: Vec<&Change> = remedy.changes.iter().map(|(_, change)| change).collect();
    let edits = edits(&changes, layout, false)?.into_iter();
    let edits = edits.map(|edit| Some(FileEdit { file: None, edit: source.edit_in_file(layout.text, edit)? }));
    Some(Fix { title: remedy.title, is_safe: remedy.is_safe, edits: edits.collect::<Option<_>>()? })
}
