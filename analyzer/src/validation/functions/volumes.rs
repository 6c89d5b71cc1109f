//! Volumes.

use super::super::condition::{number, text};
use super::super::{Condition, Hit, Subject, Value};
use super::{beside, first_before};
use crate::syntax::NodeRef;
use crate::tables;

/// A smallest size above the `maxSize` beside it. A share, a size below zero and one of more than that cannot be compared.
pub(crate) fn min_above_max(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let size = |value: &Value<'_, '_>| tables::size(text(Some(value.not_null()?))?);
    let path = [&subject.field[..subject.field.len().saturating_sub(1)], &["maxSize"]].concat();
    let (least, most) = (subject.values(subject.field), subject.values(&path));
    let (Some(least), Some(most)) = (least.first(), most.first()) else { return Vec::new() };
    match (size(least), size(most), least.node()) {
        (Some(least), Some(most), Some(node)) if least > most => vec![Hit::at(subject.context, node)],
        _ => Vec::new(),
    }
}

/// Keys in a slot that another key has.
pub(crate) fn shared_slots(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let keys = subject.values(subject.field).into_iter().filter_map(Value::not_null).flat_map(NodeRef::items);
    let slot = |key: NodeRef<'_, '_>| number(key.get("slot"), subject);
    let slots: Vec<_> = keys.map(NodeRef::resolved).filter_map(|key| Some((key, slot(key)?))).collect();
    let pairs = first_before(&slots, |(_, slot), (_, other)| slot == other);
    pairs
        .map(|((key, slot), (other, _))| {
            let related = beside(shown_slot(*other));
            Hit { value: slot.to_string(), related, ..Hit::at(subject.context, shown_slot(*key)) }
        })
        .collect()
}

/// Where the slot of a key is written, or the key when it is not.
fn shown_slot<'t, 's>(key: NodeRef<'t, 's>) -> NodeRef<'t, 's> {
    key.get("slot").unwrap_or(key)
}

/// An encryption that is more than none.
pub(crate) fn set_encryption(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    written(subject, |node| {
        let is_none = node.get("provider").is_none_or(|provider| provider.value().eq_ignore_ascii_case("none"));
        !is_none || is_set(subject, node, &["keys"])
    })
}

/// A description of a file system that is more than none.
pub(crate) fn set_filesystem(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    written(subject, |node| {
        let is_none = node.get("type").is_none_or(|kind| kind.value().eq_ignore_ascii_case("none"));
        !is_none || is_set(subject, node, &["projectQuotaSupport", "xfs"])
    })
}

fn is_set(subject: &Subject<'_, '_, '_>, node: NodeRef<'_, '_>, fields: &'static [&'static str]) -> bool {
    Condition::HasSome(fields).judge(Value::Written(node), subject) == Some(true)
}

/// The value of the field, if it is written and `is_wrong`.
fn written<'t, 's>(subject: &Subject<'_, 't, 's>, is_wrong: impl Fn(NodeRef<'t, 's>) -> bool) -> Vec<Hit> {
    let values = subject.values(subject.field).into_iter().filter_map(Value::not_null);
    values.filter(|node| is_wrong(*node)).map(|node| Hit::at(subject.context, node)).collect()
}
