//! A configuration as Talos writes it between a strategic patch and a JSON patch, whose paths may lead to what is only
//! written because it is not set.

use super::canonical;
use super::value::{Content, Entry, Origin, Scalar, Value};
use crate::syntax::Style;
use crate::tables::{Shape, Type, written_when_unset};
use crate::text::Span;
use crate::version::TalosVersion;

/// The source of what nobody wrote.
const NOWHERE: usize = usize::MAX;

/// Leaves out what Talos does not write, and adds what it writes for fields that are not set.
pub(super) fn encode(value: &mut Value, structure: &'static Type, version: TalosVersion) {
    let Content::Map(entries) = &mut value.content else { return };
    entries.retain(|entry| {
        let variant = structure.field(&entry.key.text).and_then(|field| field.variant(version));
        let is_written = written_when_unset(structure, &entry.key.text, version).is_some();
        let is_set = |shape| canonical::field(&entry.value, shape, version).is_some();
        variant.is_none_or(|variant| is_written || is_set(&variant.shape))
    });
    for field in structure.fields {
        let Some(variant) = field.variant(version) else { continue };
        if let Some(entry) = entries.iter_mut().find(|entry| entry.key.text == field.name) {
            encode_value(&mut entry.value, &variant.shape, version);
            continue;
        }
        let Some(text) = written_when_unset(structure, field.name, version) else { continue };
        let mut value = unset(text, &variant.shape);
        encode_value(&mut value, &variant.shape, version);
        let key_origin = value.origin;
        entries.push(Entry { key: Scalar::plain(field.name), key_origin, value });
    }
}

fn encode_value(value: &mut Value, shape: &'static Shape, version: TalosVersion) {
    match (shape.value(), &mut value.content) {
        (Shape::Struct(inner), Content::Map(_)) => encode(value, inner, version),
        (Shape::List(inner), Content::List(items)) => {
            for item in items {
                encode_value(item, inner, version);
            }
        }
        (Shape::Map(inner), Content::Map(entries)) => {
            for entry in entries {
                encode_value(&mut entry.value, inner, version);
            }
        }
        _ => {}
    }
}

fn unset(text: &str, shape: &Shape) -> Value {
    let content = match text {
        "struct" | "{}" => Content::Map(Vec::new()),
        // Bytes that read a text are written as one.
        "[]" if matches!(shape.value(), Shape::List(_)) => Content::List(Vec::new()),
        "[]" | "\"\"" => Content::Scalar(Scalar { text: String::new(), style: Style::DoubleQuoted, tag: None }),
        other => Content::Scalar(Scalar::plain(other)),
    };
    Value::new(content, Origin { source: NOWHERE, span: Span::new(0, 0) })
}

/// Takes out again what nobody wrote. What a patch put into it stays.
pub(super) fn prune(value: &mut Value) {
    value.replaced.retain(|origin| origin.source != NOWHERE);
    let is_nothing = |value: &Value| {
        value.origin.source == NOWHERE
            && match &value.content {
                Content::Scalar(_) => true,
                Content::List(items) => items.is_empty(),
                Content::Map(entries) => entries.is_empty(),
            }
    };
    let origin = match &mut value.content {
        Content::Scalar(_) => None,
        Content::List(items) => {
            items.iter_mut().for_each(prune);
            // An item keeps its place in the list, whatever it holds.
            items.first().map(|item| item.origin)
        }
        Content::Map(entries) => {
            for entry in &mut *entries {
                prune(&mut entry.value);
            }
            entries.retain(|entry| !is_nothing(&entry.value));
            for entry in &mut *entries {
                if entry.key_origin.source == NOWHERE {
                    entry.key_origin = entry.value.origin;
                }
            }
            entries.first().map(|entry| entry.value.origin)
        }
    };
    if let Some(origin) = origin.filter(|_| value.origin.source == NOWHERE) {
        value.origin = origin;
    }
}
