//! CEL expressions.

use super::super::condition::text;
use super::super::{Hit, Subject, Value};
use crate::expressions::{self, Type};

fn wrong(subject: &Subject<'_, '_, '_>, environment: &'static str, wanted: Type) -> Vec<Hit> {
    let nodes = subject.values(subject.field).into_iter().filter_map(Value::not_null);
    let hits = nodes.filter_map(|node| {
        let text = text(Some(node)).filter(|text| !text.is_empty())?;
        let value = expressions::problem(text, environment, wanted, subject.context.talos())?;
        Some(Hit { value, ..Hit::at(subject.context, node) })
    });
    hits.collect()
}

/// Selectors of disks that Talos does not take.
pub(crate) fn disk_expressions(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    wrong(subject, "DiskLocator", Type::Bool)
}

/// Selectors of volumes that Talos does not take.
pub(crate) fn volume_expressions(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    wrong(subject, "VolumeLocator", Type::Bool)
}

/// Selectors of members of an array or a group that Talos does not take.
pub(crate) fn member_expressions(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    wrong(subject, "MemberVolumeLocator", Type::Bool)
}

/// Selectors of links that Talos does not take.
pub(crate) fn link_expressions(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    wrong(subject, "LinkLocator", Type::Bool)
}

/// Conditions of a lack of memory that Talos does not take.
pub(crate) fn trigger_expressions(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    wrong(subject, "OOMTrigger", Type::Bool)
}

/// Ranks of what uses memory that Talos does not take.
pub(crate) fn ranking_expressions(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    wrong(subject, "OOMCgroupScoring", Type::Double)
}
