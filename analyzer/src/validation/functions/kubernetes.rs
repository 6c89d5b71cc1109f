//! Documents of Kubernetes.

use super::super::condition::{number, text};
use super::super::prefix::Prefix;
use super::super::{Hit, Subject, Value};
use super::{beside, first_before};
use crate::syntax::NodeRef;

/// Resources other than processor and memory.
pub(crate) fn other_resources(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let kinds = [["resources", "requests", "*"], ["resources", "limits", "*"]];
    let resources = kinds.iter().flat_map(|path| subject.values(path)).filter_map(Value::node);
    let is_other = |node: &NodeRef<'_, '_>| node.key().is_some_and(|key| !matches!(key.value(), "cpu" | "memory"));
    resources.filter(is_other).map(|node| Hit::at_key(subject.context, node)).collect()
}

fn prefixes<'t, 's>(subject: &Subject<'_, 't, 's>) -> Vec<(NodeRef<'t, 's>, Prefix)> {
    let nodes = subject.values(subject.field).into_iter().filter_map(Value::not_null);
    nodes.filter_map(|node| Some((node, Prefix::read(text(Some(node))?)?))).collect()
}

fn hits(subject: &Subject<'_, '_, '_>, is_wrong: impl Fn(Prefix) -> bool) -> Vec<Hit> {
    let wrong = prefixes(subject).into_iter().filter(|(_, prefix)| is_wrong(*prefix));
    wrong.map(|(node, _)| Hit::at(subject.context, node)).collect()
}

/// Prefixes of a family of addresses that one before them has.
pub(crate) fn repeated_families(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let prefixes = prefixes(subject);
    let pairs = first_before(&prefixes, |(_, prefix), (_, other)| prefix.is_ipv4 == other.is_ipv4);
    pairs
        .map(|((node, _), (other, _))| Hit { related: Some(beside(*other)), ..Hit::at(subject.context, *node) })
        .collect()
}

/// Prefixes with less than 16 addresses.
pub(crate) fn small_subnets(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    hits(subject, |prefix| prefix.host_bits() < 4)
}

/// Prefixes with more addresses than Kubernetes takes for services.
pub(crate) fn large_services(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    hits(subject, |prefix| prefix.host_bits() > 20)
}

/// How many bits more than the subnet has the part of a machine; `None` when that is not known.
fn bits_for_machines(subject: &Subject<'_, '_, '_>, prefix: Prefix) -> Option<i128> {
    let (field, default, most) =
        if prefix.is_ipv4 { ("nodeCIDRMaskSizeIPv4", 24, 32) } else { ("nodeCIDRMaskSizeIPv6", 64, 128) };
    let mask = match *subject.values(&[field]).first()? {
        Value::Unknown => return None,
        value => number(value.not_null(), subject)?,
    };
    let mask = if mask == 0 { default } else { mask };
    (1..=most).contains(&mask).then(|| mask - i128::from(prefix.length))
}

/// Subnets of pods that are smaller than the part of a machine.
pub(crate) fn pods_below_mask(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    hits(subject, |prefix| bits_for_machines(subject, prefix).is_some_and(|bits| bits < 0))
}

/// Subnets of pods with more parts than Kubernetes can hand out.
pub(crate) fn pods_above_mask(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    hits(subject, |prefix| bits_for_machines(subject, prefix).is_some_and(|bits| bits > 16))
}

/// Subnets of services that are not as many as those of pods.
pub(crate) fn other_number_of_subnets(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let list = |field: &'static str| subject.values(&[field]).into_iter().find_map(Value::not_null);
    let (Some(pods), Some(services)) = (list("podSubnets"), list("serviceSubnets")) else { return Vec::new() };
    let is_same = pods.items().count() == services.items().count();
    if is_same { Vec::new() } else { vec![Hit::at_key(subject.context, services)] }
}
