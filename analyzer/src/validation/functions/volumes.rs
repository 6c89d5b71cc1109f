//! Volumes.

use super::super::condition::text;
use super::super::{Condition, Hit, Subject, Value};
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
