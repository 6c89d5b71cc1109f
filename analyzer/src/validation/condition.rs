//! Conditions on values.

use super::form::{self, Form};
use super::value::Value;
use super::{Hit, Subject};
use crate::finding::Related;
use crate::input::is_unknown;
use crate::rule;
use crate::syntax::{Kind, NodeRef, Resolved};
use crate::tables;

/// A condition on a value. What is absent or null is empty, false, zero, and the empty text, as it is to Go.
#[derive(Debug)]
pub enum Condition {
    /// Something is written that is not null.
    Present,
    /// Nothing is written, or null.
    Absent,
    /// Nothing, or an empty text, list or mapping.
    Empty,
    /// Nothing, or white space.
    Blank,
    /// An empty text that is written: what was there was taken out.
    Emptied,
    /// A text, list or mapping that is not empty, or another value.
    NotEmpty,
    /// True.
    True,
    /// False or absent.
    NotTrue,
    /// False, and written.
    False,
    /// True or absent.
    NotFalse,
    /// The number 0, or absent.
    Zero,
    /// Another number.
    NotZero,
    /// A number below this one, and written.
    Below(i64),
    /// A number above this one.
    Above(i64),
    /// A number from the one to the other.
    Within(i64, i64),
    /// A number that is not from the one to the other, and written.
    Outside(i64, i64),
    /// A number that the number beside it does not divide. Of 0 every number is a multiple.
    NotMultipleOf(&'static [&'static str]),
    /// A duration below this many seconds, and not zero.
    ShorterThan(i64),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// None of these texts. Absent is the empty text.
    NoneOf(&'static [&'static str]),
    /// One of these words, in letters of any case, as the decoder reads names of constants.
    Word(&'static [&'static str]),
    /// None of these words, or nothing.
    NoWord(&'static [&'static str]),
    /// The text of a value beside it.
    SameAs(&'static [&'static str]),
    /// A text of more bytes than this.
    LongerThan(usize),
    /// A text that holds this.
    Holds(&'static str),
    /// One of these paths, or of one that ends in `/`, the folder or what is in it.
    BelowPath(&'static [&'static str]),
    /// A text with other characters than these; `a-z` stands for a range of them.
    OtherLetters(&'static str),
    /// A text that is not of this form, and not empty.
    NotForm(Form),
    /// A text that is not of this form, and written; it may be empty.
    LacksForm(Form),
    /// A text that is not of this form, or none.
    EmptyOrNotForm(Form),
    /// A text of this form.
    OfForm(Form),
    /// A list of more items than this.
    MoreThan(usize),
    /// The value of an item that an item before it in the list has too.
    Repeated,
    /// A mapping that has none of these fields, or only as null.
    LacksAll(&'static [&'static str]),
    /// A mapping in which all of these fields are empty.
    AllEmpty(&'static [&'static str]),
    /// A mapping in which one of these fields is not empty.
    HasSome(&'static [&'static str]),
    /// A mapping that has more than one of these fields.
    HasSeveral(&'static [&'static str]),
    /// A URL with another scheme than these, and not empty.
    SchemeNoneOf(&'static [&'static str]),
    /// A text that begins with one of these.
    StartsWith(&'static [&'static str]),
    /// A value whose key fulfils this condition.
    Key(&'static Condition),
}

impl Condition {
    /// Whether the condition may hold for what is absent.
    #[must_use]
    pub fn holds_for_absent(&self) -> bool {
        matches!(
            self,
            Self::Absent
                | Self::Empty
                | Self::Blank
                | Self::NotTrue
                | Self::NotFalse
                | Self::Zero
                | Self::NoneOf(_)
                | Self::NoWord(_)
                | Self::LacksAll(_)
                | Self::AllEmpty(_)
                | Self::EmptyOrNotForm(_)
        ) || matches!(self, Self::Word(words) if words.contains(&""))
    }

    /// Whether it is about a value by itself, and not about what stands around it.
    #[must_use]
    pub fn needs_value_alone(&self) -> bool {
        matches!(
            self,
            Self::True
                | Self::False
                | Self::Below(_)
                | Self::Above(_)
                | Self::ShorterThan(_)
                | Self::OneOf(_)
                | Self::NoneOf(_)
                | Self::LongerThan(_)
                | Self::Within(..)
                | Self::Outside(..)
                | Self::Word(_)
                | Self::NoWord(_)
                | Self::Holds(_)
                | Self::BelowPath(_)
                | Self::OtherLetters(_)
                | Self::NotForm(_)
                | Self::LacksForm(_)
                | Self::EmptyOrNotForm(_)
                | Self::OfForm(_)
                | Self::SchemeNoneOf(_)
                | Self::StartsWith(_)
        )
    }

    /// Whether the condition holds; `None` when that cannot be known.
    #[must_use]
    pub fn judge<'t, 's>(&self, value: Value<'t, 's>, subject: &Subject<'_, 't, 's>) -> Option<bool> {
        let node = match value {
            Value::Unknown => return None,
            value => value.not_null(),
        };
        // In a patch what is empty leaves what was there before.
        if self.holds_for_absent() && is_empty(node) && !subject.is_complete {
            return None;
        }
        match self {
            Self::Present => Some(node.is_some()),
            Self::Absent => Some(node.is_none()),
            Self::Empty => Some(is_empty(node)),
            Self::Blank => Some(text(node)?.trim().is_empty()),
            Self::Emptied => Some(text(Some(node?))?.is_empty()),
            Self::NotEmpty => Some(!is_empty(node)),
            Self::True => Some(boolean(node?, subject)?),
            Self::NotTrue => Some(node.is_none_or(|node| boolean(node, subject) == Some(false))),
            Self::NotFalse => Some(node.is_none_or(|node| boolean(node, subject) == Some(true))),
            Self::False => Some(!boolean(node?, subject)?),
            Self::Zero => Some(number(node, subject)? == 0),
            Self::NotZero => Some(number(node, subject)? != 0),
            Self::Below(limit) => Some(number(Some(node?), subject)? < i128::from(*limit)),
            Self::Above(limit) => Some(number(node, subject)? > i128::from(*limit)),
            Self::Within(least, most) => {
                let number = number(node, subject)?;
                Some(number >= i128::from(*least) && number <= i128::from(*most))
            }
            Self::Outside(least, most) => {
                let number = number(Some(node?), subject)?;
                Some(number < i128::from(*least) || number > i128::from(*most))
            }
            Self::NotMultipleOf(path) => {
                let other = match beside(subject, path) {
                    Value::Unknown => return None,
                    other => number(other.not_null(), subject)?,
                };
                Some(other != 0 && number(node, subject)? % other != 0)
            }
            Self::ShorterThan(seconds) => {
                let nanoseconds = tables::duration(text(Some(node?))?)?;
                #[expect(clippy::cast_precision_loss, reason = "limits are small")]
                let limit = *seconds as f64 * 1e9;
                Some(nanoseconds < limit && nanoseconds != 0.0)
            }
            Self::OneOf(words) => Some(words.contains(&text(node)?)),
            Self::NoneOf(words) => Some(!words.contains(&text(node)?)),
            Self::Word(words) => Some(is_word(text(node)?, words)),
            Self::NoWord(words) => Some(!is_word(text(node)?, words)),
            Self::SameAs(path) => Some(text(Some(node?))? == text(Some(beside(subject, path).not_null()?))?),
            Self::LongerThan(length) => Some(text(node)?.len() > *length),
            Self::Holds(part) => Some(text(node)?.contains(part)),
            Self::BelowPath(paths) => Some(is_below(text(node)?, paths)),
            Self::OtherLetters(letters) => Some(!text(node)?.bytes().all(|byte| is_among(byte, letters.as_bytes()))),
            Self::LacksForm(form) => Some(!form.takes(text(Some(node?))?, subject.decoder())),
            Self::EmptyOrNotForm(form) => Some(!form.takes(text(node)?, subject.decoder())),
            Self::OfForm(form) => Some(form.takes(text(Some(node?))?, subject.decoder())),
            Self::NotForm(form) => {
                let text = text(node)?;
                Some(!text.is_empty() && !form.takes(text, subject.decoder()))
            }
            Self::MoreThan(count) => Some(node?.items().count() > *count),
            Self::Repeated => Some(first_of(node?).is_some()),
            Self::LacksAll(fields) => count(subject, node, fields, |node| node.is_some()).map(|count| count == 0),
            Self::AllEmpty(fields) => count(subject, node, fields, |node| !is_empty(node)).map(|count| count == 0),
            Self::HasSome(fields) => count(subject, node, fields, |node| !is_empty(node)).map(|count| count > 0),
            Self::HasSeveral(fields) => count(subject, node, fields, |node| node.is_some()).map(|count| count > 1),
            Self::SchemeNoneOf(schemes) => {
                let text = text(node)?;
                Some(!text.is_empty() && !schemes.contains(&form::scheme(text).to_ascii_lowercase().as_str()))
            }
            Self::StartsWith(words) => {
                let text = text(Some(node?))?;
                Some(words.iter().any(|word| text.starts_with(word)))
            }
            Self::Key(condition) => {
                let key = node.or(value.node())?.key()?;
                if is_unknown(key) { None } else { condition.judge(Value::Written(key), subject) }
            }
        }
    }

    /// What is wrong at a value for which the condition holds.
    #[must_use]
    pub(super) fn hit(&self, node: NodeRef<'_, '_>, subject: &Subject<'_, '_, '_>) -> Hit {
        match self {
            Self::Key(_) => Hit::at_key(subject.context, node),
            Self::Repeated => {
                let related = first_of(node).map(|first| Related::here(rule::place(first), "the first one is here"));
                Hit { related, ..Hit::at(subject.context, node) }
            }
            _ => Hit::at(subject.context, node),
        }
    }
}

fn is_empty(node: Option<NodeRef<'_, '_>>) -> bool {
    node.is_none_or(|node| match node.kind() {
        Kind::Scalar => node.value().is_empty(),
        Kind::Sequence => node.items().all(NodeRef::is_null),
        _ => node.children().next().is_none(),
    })
}

/// The text of a scalar; the empty text when there is none.
pub(super) fn text<'t>(node: Option<NodeRef<'t, '_>>) -> Option<&'t str> {
    match node {
        None => Some(""),
        Some(node) if node.kind() == Kind::Scalar => Some(node.value()),
        Some(_) => None,
    }
}

/// A boolean as a field takes it.
pub(super) fn boolean(node: NodeRef<'_, '_>, subject: &Subject<'_, '_, '_>) -> Option<bool> {
    match subject.decoder().resolve(node) {
        Resolved::Bool(value) => Some(value),
        Resolved::Str(word) => match word.to_ascii_lowercase().as_str() {
            "y" | "yes" | "on" => Some(true),
            "n" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A whole number as a field takes it; 0 when there is none.
pub(super) fn number(node: Option<NodeRef<'_, '_>>, subject: &Subject<'_, '_, '_>) -> Option<i128> {
    let Some(node) = node else { return Some(0) };
    match subject.decoder().resolve(node) {
        Resolved::Int(number) => Some(number),
        #[expect(clippy::cast_possible_truncation, reason = "the decoder converts so")]
        Resolved::Float(number) if number.is_finite() => Some(number as i128),
        _ => None,
    }
}

/// The value at a path below the scope.
fn beside<'t, 's>(subject: &Subject<'_, 't, 's>, path: &[&str]) -> Value<'t, 's> {
    subject.values(path).into_iter().next().unwrap_or(Value::Unknown)
}

/// Of how many fields of a mapping `is_counted` holds; what is not known counts when it is written.
fn count<'t, 's>(
    subject: &Subject<'_, 't, 's>,
    node: Option<NodeRef<'t, 's>>,
    fields: &[&str],
    is_counted: fn(Option<NodeRef<'t, 's>>) -> bool,
) -> Option<usize> {
    let Some(node) = node else { return Some(0) };
    let mut count = 0;
    for field in fields {
        let path: Vec<&str> = field.split('.').collect();
        count += match subject.look_up(node, &path).first()? {
            Value::Unknown if node.at(&path).is_some_and(|value| !value.is_null()) => 1,
            Value::Unknown => return None,
            value => usize::from(is_counted(value.not_null())),
        };
    }
    Some(count)
}

fn is_word(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a path is one of `paths`, or in one of them that is a folder.
fn is_below(text: &str, paths: &[&str]) -> bool {
    paths.iter().any(|path| match path.strip_suffix('/') {
        Some(folder) => text == folder || text.starts_with(path),
        None => text == *path,
    })
}

/// Whether a byte is among letters, of which `a-z` stands for a range.
fn is_among(byte: u8, letters: &[u8]) -> bool {
    match letters {
        [] => false,
        [first, b'-', last, rest @ ..] => (*first..=*last).contains(&byte) || is_among(byte, rest),
        [first, rest @ ..] => byte == *first || is_among(byte, rest),
    }
}

/// The value of an item before, when it is the same: of the item itself, or at the same place in it.
fn first_of<'t, 's>(node: NodeRef<'t, 's>) -> Option<NodeRef<'t, 's>> {
    let mut steps = Vec::new();
    let mut item = node;
    let list = loop {
        let parent = item.parent()?;
        if parent.kind() == Kind::Sequence {
            break parent;
        }
        steps.insert(0, item.key()?.value());
        item = parent;
    };
    let before = list.items().take_while(|other| other.id() != item.id());
    before
        .filter_map(|other| other.resolved().at(&steps))
        .find(|other| other.kind() == Kind::Scalar && other.value() == node.value() && !is_unknown(*other))
}
