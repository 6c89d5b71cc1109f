//! Strategic merging: what Talos makes of a document of the base and one of a patch.
//!
//! Talos merges decoded values by their Go types: what is zero is not there, but for booleans. Where the type alone does
//! not say how, the table of `tables::merge_of_field` does.

use super::canonical;
use super::remark::Remark;
use super::url;
use super::value::{Content, Entry, Origin, Refusal, Value};
use crate::syntax::{Resolved, Style};
use crate::tables::zero_word;
use crate::tables::{Decoder, FieldVariant, Format, Merge, MergeRule, Shape, Type, merge_of_field, merge_of_form};
use crate::version::TalosVersion;

type Merged = Result<(), Refusal>;

/// Merges documents and what is in them.
pub(super) struct Merger {
    pub(super) version: TalosVersion,
    /// What the merges did that a patch may not mean.
    pub(super) remarks: Vec<Remark>,
}

/// How a value is to be merged.
#[derive(Clone, Copy, Default)]
struct How {
    rule: Option<&'static MergeRule>,
    /// Whether a zero value counts, for it stands behind a pointer.
    overwrite: bool,
}

impl How {
    fn is(self, merge: Merge) -> bool {
        self.rule.is_some_and(|rule| rule.how == merge)
    }
}

impl Merger {
    pub(super) fn new(version: TalosVersion) -> Self {
        Self { version, remarks: Vec::new() }
    }

    /// Merges the structure `right` into `left`. `patch` is the place of the patch's document, for what it leaves out.
    pub(super) fn structure(
        &mut self,
        left: &mut Value,
        right: Value,
        structure: &'static Type,
        patch: Origin,
    ) -> Merged {
        let Content::Map(given) = right.content else { return Ok(()) };
        let Content::Map(entries) = &mut left.content else { return Ok(()) };
        for field in structure.fields {
            let Some(variant) = field.variant(self.version) else { continue };
            if !given.iter().any(|entry| entry.key.text == field.name) {
                self.omitted(entries, field.name, variant, structure, patch)?;
            }
        }
        for entry in given {
            let field = structure.field(&entry.key.text);
            match field.and_then(|field| field.variant(self.version)) {
                Some(variant) => self.field(entries, entry, variant, structure)?,
                None => put(entries, entry),
            }
        }
        Ok(())
    }

    /// What a merge does to a field that the patch leaves out: some are cleared.
    fn omitted(
        &mut self,
        entries: &mut Vec<Entry>,
        name: &str,
        variant: &'static FieldVariant,
        structure: &'static Type,
        patch: Origin,
    ) -> Merged {
        let rule = merge_of_field(structure, name, self.version).map(|rule| rule.how);
        let how = match variant.shape {
            Shape::Format(format) => rule.or_else(|| merge_of_form(format, self.version)),
            _ => rule,
        };
        let at = entries.iter().position(|entry| entry.key.text == name);
        match (how, &variant.shape) {
            (Some(Merge::Refused), _) => Err(unmergeable(name, patch)),
            (Some(Merge::Always | Merge::Untagged), _) | (None, Shape::Bool) => {
                if let Some(at) = at {
                    let cleared = entries.remove(at);
                    if !self.is_zero(&cleared.value, &variant.shape) {
                        self.reset(name, cleared.key_origin, patch);
                    }
                }
                Ok(())
            }
            (None, Shape::Struct(inner)) => match at.and_then(|at| entries.get_mut(at)) {
                Some(entry) => {
                    let nothing = Value::new(Content::Map(Vec::new()), patch);
                    self.structure(&mut entry.value, nothing, inner, patch)
                }
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn field(
        &mut self,
        entries: &mut Vec<Entry>,
        entry: Entry,
        variant: &'static FieldVariant,
        structure: &'static Type,
    ) -> Merged {
        let rule = merge_of_field(structure, &entry.key.text, self.version);
        let how = How { rule, overwrite: false };
        if how.is(Merge::Refused) {
            return Err(unmergeable(&entry.key.text, entry.key_origin));
        }
        let existing = entries.iter_mut().find(|existing| existing.key.text == entry.key.text);
        match existing {
            Some(existing) => self.value(&mut existing.value, entry.value, &variant.shape, how),
            // What Talos holds by value is there from the beginning, so that the patch is merged with nothing.
            None if is_held_by_value(&variant.shape, how) => {
                let empty = match &entry.value.content {
                    Content::List(_) => Content::List(Vec::new()),
                    _ => Content::Map(Vec::new()),
                };
                let mut left = Value::new(empty, entry.value.origin);
                self.value(&mut left, entry.value, &variant.shape, how)?;
                entries.push(Entry { key: entry.key, key_origin: entry.key_origin, value: left });
                Ok(())
            }
            None => {
                entries.push(entry);
                Ok(())
            }
        }
    }

    fn value(&mut self, left: &mut Value, right: Value, shape: &'static Shape, how: How) -> Merged {
        if left.is_null() && !matches!(shape, Shape::String) {
            left.replace_by(right);
            return Ok(());
        }
        match shape {
            Shape::Pointer(inner) => {
                if right.is_null() {
                    return Ok(());
                }
                let overwrite = Decoder::of(self.version).overwrites_behind_pointers();
                self.value(left, right, inner, How { overwrite, ..how })
            }
            Shape::Struct(inner) => self.nested(left, right, inner, how),
            Shape::List(inner) => self.list(left, right, inner, how),
            Shape::Map(inner) => self.map(left, right, inner, how),
            Shape::Any if right.is_null() => Ok(()),
            Shape::Any => self.anything(left, right),
            Shape::Bool => {
                left.replace_by(right);
                Ok(())
            }
            Shape::Format(format) => self.form(left, right, *format, how),
            Shape::String | Shape::Int { .. } | Shape::Float | Shape::Enum(_) => {
                self.overwrite(left, right, shape, how);
                Ok(())
            }
        }
    }

    fn nested(&mut self, left: &mut Value, right: Value, structure: &'static Type, how: How) -> Merged {
        if !matches!(right.content, Content::Map(_)) {
            return Ok(());
        }
        if how.is(Merge::Replace) {
            if !right.entries().is_empty() {
                left.replace_by(right);
            }
            return Ok(());
        }
        let place = right.origin;
        self.structure(left, right, structure, place)
    }

    fn form(&mut self, left: &mut Value, right: Value, format: Format, how: How) -> Merged {
        match merge_of_form(format, self.version) {
            Some(Merge::RefusedTwice) => {
                let what = "Talos cannot merge this field; where the base has it, a patch can only delete it first";
                Err(Refusal::merge(right.origin, what).beside(left.origin, "the base has it here"))
            }
            Some(Merge::Parts) => url::merge(left, right),
            Some(Merge::Either) => {
                let is_percentage = |value: &Value| value.text().contains('%');
                // Both are kept, and the size in bytes is the one that counts.
                if !(right.text().is_empty() || is_percentage(&right) && !is_percentage(left)) {
                    left.replace_by(right);
                }
                Ok(())
            }
            Some(Merge::Replace | Merge::Always) => {
                left.replace_by(right);
                Ok(())
            }
            _ => {
                self.overwrite(left, right, &Shape::Format(format), how);
                Ok(())
            }
        }
    }

    /// Puts a scalar in the place of another, unless it counts as not set.
    fn overwrite(&mut self, left: &mut Value, right: Value, shape: &Shape, how: How) {
        if how.overwrite || !self.is_zero(&right, shape) {
            left.replace_by(right);
        } else if !self.is_zero(left, shape) {
            self.no_effect(left, right.origin);
        }
    }

    fn list(&mut self, left: &mut Value, right: Value, inner: &'static Shape, how: How) -> Merged {
        let place = right.origin;
        if how.is(Merge::Replace) {
            left.replace_by(right);
            return Ok(());
        }
        let (Content::List(items), Content::List(added)) = (&mut left.content, right.content) else { return Ok(()) };
        let before = items.len();
        if how.rule.is_none() {
            self.appended(items, &added, place);
        }
        for item in added {
            let found = match how.rule {
                Some(rule) if rule.how == Merge::Keyed => self.matching(items, &item, inner, rule.keys),
                Some(rule) if rule.how == Merge::KeyedReplace => {
                    // What this patch brings itself is not looked at, and of several in the base the last counts.
                    let known = items.get(..before).unwrap_or_default();
                    known.iter().rposition(|known| self.equal(known, &item, inner, rule.keys.first().unwrap_or(&"")))
                }
                _ => None,
            };
            match found.and_then(|at| items.get_mut(at)) {
                Some(existing) if how.is(Merge::KeyedReplace) => existing.replace_by(item),
                Some(existing) => {
                    if let Shape::Struct(structure) = inner.value() {
                        self.structure(existing, item, structure, place)?;
                    }
                }
                None => items.push(item),
            }
        }
        Ok(())
    }

    /// The item that `item` is merged into: the first with the same key.
    fn matching(&self, items: &[Value], item: &Value, inner: &'static Shape, keys: &[&str]) -> Option<usize> {
        let key = match keys {
            [only] => only,
            _ => keys.iter().find(|key| self.is_set(item, key, inner))?,
        };
        items.iter().position(|known| self.equal(known, item, inner, key))
    }

    fn field_shape(&self, inner: &'static Shape, key: &str) -> Option<&'static Shape> {
        let Shape::Struct(structure) = inner.value() else { return None };
        structure.field(key)?.variant(self.version).map(|variant| &variant.shape)
    }

    fn is_set(&self, item: &Value, key: &str, inner: &'static Shape) -> bool {
        let Some(shape) = self.field_shape(inner, key) else { return false };
        item.get(key).is_some_and(|value| {
            let is_pointer = matches!(shape, Shape::Pointer(_));
            is_pointer && !value.is_null() || !self.is_zero(value, shape)
        })
    }

    /// Whether two items have the same key, as Go compares them: what stands behind pointers is never the same.
    fn equal(&self, left: &Value, right: &Value, inner: &'static Shape, key: &str) -> bool {
        let Some(shape) = self.field_shape(inner, key) else { return false };
        if let (Shape::Struct(structure), Some(left), Some(right)) = (shape.value(), left.get(key), right.get(key)) {
            let holds_pointer = |value: &Value| {
                value.entries().iter().any(|entry| {
                    let variant = structure.field(&entry.key.text).and_then(|field| field.variant(self.version));
                    variant.is_some_and(|variant| matches!(variant.shape, Shape::Pointer(_)))
                })
            };
            if holds_pointer(left) || holds_pointer(right) {
                return false;
            }
        }
        let is_pointer = matches!(shape, Shape::Pointer(_));
        let canonical = |item: &Value| match item.get(key) {
            Some(value) => canonical::field(value, shape, self.version).unwrap_or_default(),
            None => String::new(),
        };
        if is_pointer && (left.get(key).is_none() || right.get(key).is_none()) {
            return false;
        }
        canonical(left) == canonical(right)
    }

    fn map(&mut self, left: &mut Value, right: Value, inner: &'static Shape, how: How) -> Merged {
        if how.is(Merge::Replace) {
            // A structure around a mapping counts as zero when it holds nothing.
            if !right.entries().is_empty() || !matches!(inner, Shape::Any) {
                left.replace_by(right);
            }
            return Ok(());
        }
        if right.entries().is_empty() && !left.entries().is_empty() {
            self.no_effect(left, right.origin);
        }
        let (Content::Map(entries), Content::Map(added)) = (&mut left.content, right.content) else { return Ok(()) };
        for entry in added {
            match entries.iter_mut().find(|existing| existing.key.text == entry.key.text) {
                None => entries.push(entry),
                Some(existing) if matches!(inner, Shape::Any) => {
                    if existing.value.is_null() {
                        existing.value.replace_by(entry.value);
                    } else {
                        self.anything(&mut existing.value, entry.value)?;
                    }
                }
                Some(existing) => self.value(&mut existing.value, entry.value, inner, How::default())?,
            }
        }
        Ok(())
    }

    /// Merges what Talos takes as it is: both sides must be of one kind.
    fn anything(&mut self, left: &mut Value, right: Value) -> Merged {
        let (own, other) = (self.kind(left), self.kind(&right));
        if own != other {
            let message = format!("Talos merges only values of one kind here: the patch has {other}, the base {own}");
            return Err(Refusal::merge(right.origin, message).beside(left.origin, "the base has it here"));
        }
        if own == "a date" {
            let refusal = Refusal::merge(right.origin, "Talos cannot merge dates; write the date in quotes, in both");
            return Err(refusal.beside(left.origin, "the base has it here"));
        }
        match (&mut left.content, right.content) {
            (Content::Map(_), content @ Content::Map(_)) => {
                let right = Value::new(content, right.origin);
                self.map(left, right, &Shape::Any, How::default())
            }
            (Content::List(items), Content::List(added)) => {
                self.appended(items, &added, right.origin);
                items.extend(added);
                Ok(())
            }
            (_, content) => {
                let right = Value::new(content, right.origin);
                let is_zero = match right.scalar().map(|scalar| scalar.resolve(self.version)) {
                    Some(Resolved::Str(text)) => text.is_empty(),
                    Some(Resolved::Int(number)) => number == 0,
                    Some(Resolved::Float(number)) => number == 0.0 && number.is_sign_positive(),
                    _ => false,
                };
                if !is_zero {
                    left.replace_by(right);
                } else if left.text() != right.text() {
                    self.no_effect(left, right.origin);
                }
                Ok(())
            }
        }
    }

    /// The kind of a free-form value, in words. What is called alike is of one Go type.
    fn kind(&self, value: &Value) -> &'static str {
        match &value.content {
            Content::Map(_) => "a mapping",
            Content::List(_) => "a list",
            Content::Scalar(scalar) => match scalar.resolve(self.version) {
                Resolved::Null => "null",
                Resolved::Bool(_) => "true or false",
                Resolved::Int(number) if number > i128::from(i64::MAX) => "a very large number",
                Resolved::Int(_) => "a whole number",
                Resolved::Float(_) => "a number with a fraction",
                Resolved::Timestamp => "a date",
                _ => "text",
            },
        }
    }

    /// Whether a value is the zero of its Go type.
    pub(super) fn is_zero(&self, value: &Value, shape: &Shape) -> bool {
        let Some(scalar) = value.scalar() else {
            return match shape.value() {
                Shape::Struct(_) => value.entries().is_empty(),
                _ => false,
            };
        };
        if scalar.is_null() {
            return true;
        }
        match shape.value() {
            Shape::Bool => !matches!(scalar.resolve(self.version), Resolved::Bool(true)) && !is_yes(&scalar.text),
            Shape::Int { .. } | Shape::Float | Shape::Format(Format::FileMode | Format::PortRange) => {
                is_zero_number(&scalar.resolve(self.version))
            }
            Shape::Enum(enumeration) => zero_word(enumeration, &scalar.text, self.version),
            Shape::Format(Format::Duration) => canonical::duration(&scalar.text) == Some(0),
            Shape::Format(Format::DiskSize) => scalar.text.bytes().all(|byte| !matches!(byte, b'1'..=b'9')),
            _ => scalar.text.is_empty(),
        }
    }
}

/// Words that a boolean field takes for true beside `true` itself.
pub(super) fn is_yes(text: &str) -> bool {
    matches!(text, "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON")
}

fn is_zero_number(resolved: &Resolved<'_>) -> bool {
    match resolved {
        Resolved::Int(number) => *number == 0,
        Resolved::Float(number) => number.abs() < 1.0,
        _ => false,
    }
}

fn is_held_by_value(shape: &Shape, how: How) -> bool {
    matches!(shape, Shape::Struct(_)) && !how.is(Merge::Replace) || how.is(Merge::Keyed)
}

fn put(entries: &mut Vec<Entry>, entry: Entry) {
    match entries.iter_mut().find(|existing| existing.key.text == entry.key.text) {
        Some(existing) => existing.value.replace_by(entry.value),
        None => entries.push(entry),
    }
}

fn unmergeable(name: &str, place: Origin) -> Refusal {
    let message = format!("this Talos version cannot merge into a document whose kind has the field `{name}`");
    Refusal::merge(place, message)
}

/// A style that any text can be written in.
pub(super) const SAFE: Style = Style::DoubleQuoted;
