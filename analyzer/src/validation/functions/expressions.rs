//! CEL expressions.

use super::super::condition::text;
use super::super::{Hit, Subject, Value};
use crate::expressions;

/// Expressions that Talos does not take.
pub(crate) fn expressions(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let Some(place) = expressions::place(subject.kind, subject.field) else { return Vec::new() };
    let nodes = subject.values(subject.field).into_iter().filter_map(Value::not_null);
    let hits = nodes.filter_map(|node| {
        let text = text(Some(node)).filter(|text| !text.is_empty())?;
        let value = expressions::problem(text, place.environment, place.gives, subject.context.talos())?;
        Some(Hit { value, ..Hit::at(subject.context, node) })
    });
    hits.collect()
}
