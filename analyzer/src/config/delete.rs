//! `$patch: delete`: what it names, and how it is taken out.

use super::merge::Merger;
use super::value::{Content, Entry, Origin, Refusal, Value};
use crate::tables::{Decoder, Format, Merge, Shape, Type, merge_of_field};

/// Something that a patch deletes.
#[derive(Debug)]
pub(super) struct Deletion {
    /// Keys from the root of the document; empty for the document itself.
    path: Vec<String>,
    /// For an item of a list: the first of its keys, and the text of its value.
    item: Option<(String, String)>,
    /// Where `$patch: delete` stands.
    pub(super) origin: Origin,
}

impl Deletion {
    /// Whether it is the document itself.
    pub(super) fn is_document(&self) -> bool {
        self.path.is_empty()
    }

    fn describe(&self) -> String {
        match &self.item {
            // What it is called may be a secret.
            Some((key, _)) => format!("the item with this `{key}` from `{}`", holder(&self.path)),
            None => format!("`{}`", self.path.join(".")),
        }
    }
}

/// The list that holds an item, as a path.
fn holder(path: &[String]) -> String {
    let steps: Vec<&str> = path.iter().map(String::as_str).filter(|step| !step.starts_with('[')).collect();
    steps.join(".")
}

/// What is left of a document of a patch.
pub(super) struct Extracted {
    pub(super) deletions: Vec<Deletion>,
    /// Whether nothing is left to merge.
    pub(super) is_empty: bool,
}

/// Takes every `$patch: delete` out of a document of a patch, and what is empty without it.
pub(super) fn extract(root: &mut Value) -> Result<Extracted, Refusal> {
    let mut deletions = Vec::new();
    // Few patches delete anything, and only those need to be taken apart.
    let gone = holds_deletion(root) && walk(root, &mut Vec::new(), None, &mut deletions)?;
    let is_header = |entry: &Entry| {
        matches!(entry.key.text.as_str(), "version" | "kind" | "name") && entry.value.scalar().is_some()
    };
    let is_empty = gone || matches!(&root.content, Content::Map(entries) if entries.iter().all(is_header));
    Ok(Extracted { deletions, is_empty })
}

fn is_deletion(entry: &Entry) -> bool {
    entry.key.text == "$patch" && entry.value.scalar().is_some_and(|scalar| scalar.text == "delete")
}

fn holds_deletion(value: &Value) -> bool {
    value.items().iter().any(holds_deletion)
        || value.entries().iter().any(|entry| is_deletion(entry) || holds_deletion(&entry.value))
}

/// Whether `value` is to be taken out of what holds it. `index` is set for an item of a list.
fn walk(
    value: &mut Value,
    path: &mut Vec<String>,
    index: Option<usize>,
    deletions: &mut Vec<Deletion>,
) -> Result<bool, Refusal> {
    let has_list = path.iter().any(|step| step.starts_with('['));
    match &mut value.content {
        Content::Scalar(_) => Ok(false),
        Content::List(items) => {
            let mut at = 0;
            while let Some(item) = items.get_mut(at) {
                path.push(format!("[{at}]"));
                let gone = walk(item, path, Some(at), deletions)?;
                path.pop();
                if gone {
                    items.remove(at);
                    if items.is_empty() {
                        return Ok(true);
                    }
                } else {
                    at += 1;
                }
            }
            Ok(false)
        }
        Content::Map(entries) => {
            let mut at = 0;
            while let Some(entry) = entries.get_mut(at) {
                if is_deletion(entry) {
                    let origin = Origin {
                        source: entry.key_origin.source,
                        span: entry.key_origin.span.to(entry.value.origin.span),
                    };
                    let deletion = deletion(entries, path, index, origin, has_list)?;
                    deletions.push(deletion);
                    return Ok(true);
                }
                path.push(entry.key.text.clone());
                let gone = walk(&mut entry.value, path, None, deletions)?;
                path.pop();
                if gone {
                    entries.remove(at);
                    if entries.is_empty() {
                        return Ok(true);
                    }
                } else {
                    at += 1;
                }
            }
            Ok(false)
        }
    }
}

fn deletion(
    entries: &[Entry],
    path: &[String],
    index: Option<usize>,
    origin: Origin,
    has_list: bool,
) -> Result<Deletion, Refusal> {
    if index.is_none() {
        if has_list {
            let message = "Talos deletes whole items of a list, not what is inside of one";
            return Err(Refusal::merge(origin, message));
        }
        return Ok(Deletion { path: path.to_vec(), item: None, origin });
    }
    let key = entries.iter().find(|entry| entry.key.text != "$patch" || entry.value.text() != "delete");
    let Some(key) = key else {
        let message = "an item of a list is named by the first key beside `$patch: delete`, and there is none";
        return Err(Refusal::merge(origin, message));
    };
    Ok(Deletion { path: path.to_vec(), item: Some((key.key.text.clone(), key.value.text().to_owned())), origin })
}

impl Merger {
    /// Takes out of a document what `deletion` names.
    pub(super) fn delete(
        &mut self,
        root: &mut Value,
        structure: &'static Type,
        deletion: &Deletion,
    ) -> Result<(), Refusal> {
        let mut path: Vec<&str> = deletion.path.iter().map(String::as_str).collect();
        let is_item = path.last().is_some_and(|step| step.starts_with('['));
        if is_item {
            path.pop();
        }
        if path.iter().any(|step| step.starts_with('[')) {
            return Err(Refusal::merge(deletion.origin, "Talos does not look for lists inside of lists"));
        }
        let is_there = is_item || has(root, &path);
        let done = match &deletion.item {
            Some((key, text)) if is_item => self.delete_item(root, structure, &path, key, text),
            _ => self.delete_field(root, structure, &path),
        };
        if done {
            if !is_there {
                self.nothing_to_delete(deletion.origin);
            }
            return Ok(());
        }
        let message = format!("Talos refuses to delete {}: it is not there", deletion.describe());
        Err(Refusal::not_found(deletion.origin, message))
    }

    /// Whether the field could be deleted: its way exists, and it is a field, or the key of a mapping that is there.
    fn delete_field(&self, value: &mut Value, structure: &'static Type, path: &[&str]) -> bool {
        let [step, rest @ ..] = path else { return false };
        let Some(variant) = structure.field(step).and_then(|field| field.variant(self.version)) else { return false };
        let Content::Map(entries) = &mut value.content else { return false };
        if merge_of_field(structure, step, self.version).is_some_and(|rule| rule.how == Merge::Untagged) {
            return false;
        }
        if rest.is_empty() {
            entries.retain(|entry| entry.key.text != *step);
            return true;
        }
        let held_by_value = matches!(variant.shape, Shape::Struct(_));
        match entries.iter_mut().find(|entry| entry.key.text == *step) {
            Some(entry) => self.delete_in(&mut entry.value, &variant.shape, rest),
            // What is held by value is always there, and what it holds may be cleared though it is clear.
            None if held_by_value => {
                let mut nothing = Value::new(Content::Map(Vec::new()), value.origin);
                self.delete_in(&mut nothing, &variant.shape, rest)
            }
            None => false,
        }
    }

    fn delete_in(&self, value: &mut Value, shape: &'static Shape, path: &[&str]) -> bool {
        match shape.value() {
            Shape::Struct(inner) => self.delete_field(value, inner, path),
            Shape::Map(inner) => {
                // A free-form part is a structure around a mapping, which is looked into from 1.12 on.
                if matches!(inner, Shape::Any) && !Decoder::of(self.version).deletes_by_text() && is_structure(shape) {
                    return false;
                }
                self.delete_key(value, inner, path)
            }
            Shape::Any => self.delete_key(value, &Shape::Any, path),
            _ => false,
        }
    }

    fn delete_key(&self, value: &mut Value, inner: &'static Shape, path: &[&str]) -> bool {
        let [step, rest @ ..] = path else { return false };
        let Content::Map(entries) = &mut value.content else { return false };
        let Some(at) = entries.iter().position(|entry| entry.key.text == *step) else { return false };
        if rest.is_empty() {
            entries.remove(at);
            return true;
        }
        // Go cannot change a structure inside of a mapping, unless it is behind a pointer.
        if matches!(inner, Shape::Struct(_)) {
            return false;
        }
        entries.get_mut(at).is_some_and(|entry| self.delete_in(&mut entry.value, inner, rest))
    }

    fn delete_item(&self, root: &mut Value, structure: &'static Type, path: &[&str], key: &str, text: &str) -> bool {
        let mut value = root;
        let mut structure = structure;
        let mut shape: Option<&'static Shape> = None;
        for step in path {
            let next = match shape.map(Shape::value) {
                None | Some(Shape::Struct(_)) => {
                    let Some(variant) = structure.field(step).and_then(|field| field.variant(self.version)) else {
                        return false;
                    };
                    &variant.shape
                }
                Some(Shape::Map(inner)) => *inner,
                Some(_) => return false,
            };
            let Content::Map(entries) = &mut value.content else { return false };
            let Some(entry) = entries.iter_mut().find(|entry| entry.key.text == *step) else { return false };
            value = &mut entry.value;
            if let Shape::Struct(inner) = next.value() {
                structure = inner;
            }
            shape = Some(next);
        }
        let Some(Shape::List(inner)) = shape.map(Shape::value) else { return false };
        let (Shape::Struct(item), Content::List(items)) = (inner.value(), &mut value.content) else { return false };
        let Some(variant) = item.field(key).and_then(|field| field.variant(self.version)) else { return false };
        let by_text = Decoder::of(self.version).deletes_by_text();
        let is_comparable = match &variant.shape {
            Shape::String => true,
            Shape::Enum(_) | Shape::Format(_) => by_text,
            _ => false,
        };
        if !is_comparable {
            return false;
        }
        let is_address = matches!(variant.shape, Shape::Format(Format::Ip | Format::IpPort | Format::Prefix));
        let found = items.iter().position(|item| match item.get(key) {
            // An address that is not set is called invalid, not empty.
            Some(own) if !own.is_null() => own.text() == text && !(is_address && text.is_empty()),
            _ => text.is_empty() && !is_address,
        });
        let Some(found) = found else { return false };
        items.remove(found);
        true
    }
}

fn has(value: &Value, path: &[&str]) -> bool {
    match path {
        [] => true,
        [step, rest @ ..] => value.get(step).is_some_and(|value| has(value, rest)),
    }
}

/// Whether a free-form part is a structure around a mapping: it is, wherever the tables have a mapping of anything.
fn is_structure(shape: &Shape) -> bool {
    matches!(shape.value(), Shape::Map(inner) if matches!(inner, Shape::Any))
}
