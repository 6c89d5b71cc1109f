//! From nodes of a tree to values: aliases expanded, and what the decoder passes over left out.

use super::value::{Content, Entry, Origin, Refusal, Scalar, Value};
use crate::syntax::{Kind, NodeId, NodeRef, Resolved};
use crate::tables::{Shape, Type};
use crate::version::TalosVersion;

/// The most values that one source may expand to: aliases of aliases grow without end.
const MOST_VALUES: usize = 200_000;

/// Reads the nodes of one source.
pub(super) struct Reader {
    source: usize,
    left: usize,
    open: Vec<NodeId>,
}

impl Reader {
    pub(super) fn new(source: usize) -> Self {
        Self { source, left: MOST_VALUES, open: Vec::new() }
    }

    fn origin(&self, node: NodeRef<'_, '_>) -> Origin {
        Origin { source: self.source, span: node.span() }
    }

    /// The value of a node, as it is written.
    pub(super) fn value(&mut self, node: NodeRef<'_, '_>) -> Result<Value, Refusal> {
        let origin = self.origin(node);
        let Some(left) = self.left.checked_sub(1) else {
            return Err(Refusal::merge(origin, "aliases of aliases make more values of this than are looked at"));
        };
        self.left = left;
        let content = match node.kind() {
            Kind::Scalar => Content::Scalar(scalar(node)),
            Kind::Sequence => Content::List(node.items().map(|item| self.value(item)).collect::<Result<_, _>>()?),
            Kind::Mapping => Content::Map(self.entries(node)?),
            Kind::Alias => {
                let target = node.target().filter(|target| !self.open.contains(&target.id()));
                let Some(target) = target else {
                    return Err(Refusal::merge(
                        origin,
                        "this alias stands inside of what it stands for, or for nothing",
                    ));
                };
                self.open.push(target.id());
                let value = self.value(target);
                self.open.pop();
                return value;
            }
        };
        Ok(Value::new(content, origin))
    }

    fn entries(&mut self, node: NodeRef<'_, '_>) -> Result<Vec<Entry>, Refusal> {
        self.open.push(node.id());
        let entries = node.entries().map(|(key, value)| {
            let key_node = key.resolved();
            Ok(Entry { key: scalar(key_node), key_origin: self.origin(key_node), value: self.value(value)? })
        });
        let entries: Result<Vec<Entry>, Refusal> = entries.collect();
        self.open.pop();
        entries
    }
}

fn scalar(node: NodeRef<'_, '_>) -> Scalar {
    Scalar { text: node.value().to_owned(), style: node.node().style, tag: node.node().tag.clone() }
}

/// Takes out what decodes to nothing: null in structures. Merges `<<` in mappings.
pub(super) fn decode(value: &mut Value, structure: &'static Type, version: TalosVersion) {
    let Content::Map(entries) = &mut value.content else { return };
    let is_field =
        |entry: &Entry| structure.field(&entry.key.text).is_some_and(|field| field.variant(version).is_some());
    entries.retain(|entry| !entry.value.is_null() || !is_field(entry));
    for entry in entries {
        let variant = structure.field(&entry.key.text).and_then(|field| field.variant(version));
        if let Some(variant) = variant {
            decode_value(&mut entry.value, &variant.shape, version);
        }
    }
}

fn decode_value(value: &mut Value, shape: &'static Shape, version: TalosVersion) {
    match (shape.value(), &mut value.content) {
        (Shape::Struct(inner), Content::Map(_)) => decode(value, inner, version),
        (Shape::List(inner), Content::List(items)) => {
            for item in items {
                decode_value(item, inner, version);
            }
        }
        (Shape::Map(inner), Content::Map(entries)) => {
            merge_keys(entries, version);
            for entry in entries {
                decode_value(&mut entry.value, inner, version);
            }
        }
        (Shape::Any, Content::Map(entries)) => {
            merge_keys(entries, version);
            for entry in entries {
                decode_value(&mut entry.value, &Shape::Any, version);
            }
        }
        (Shape::Any, Content::List(items)) => {
            for item in items {
                decode_value(item, &Shape::Any, version);
            }
        }
        _ => {}
    }
}

/// What `<<` brings stands behind what is written.
fn merge_keys(entries: &mut Vec<Entry>, version: TalosVersion) {
    let is_merge = |entry: &Entry| entry.key.text == "<<" && entry.key.resolve(version) == Resolved::Merge;
    if !entries.iter().any(is_merge) {
        return;
    }
    let (merged, written): (Vec<Entry>, Vec<Entry>) = std::mem::take(entries).into_iter().partition(is_merge);
    *entries = written;
    let mut add = |value: Value| {
        if let Content::Map(brought) = value.content {
            for entry in brought {
                if !entries.iter().any(|own| own.key.text == entry.key.text) {
                    entries.push(entry);
                }
            }
        }
    };
    for entry in merged {
        match entry.value.content {
            Content::List(items) => items.into_iter().for_each(&mut add),
            content => add(Value::new(content, entry.value.origin)),
        }
    }
}
