//! Documents of the network.

use super::super::condition::text;
use super::super::prefix::Prefix;
use super::super::{Hit, Subject, Value};
use super::{beside, first_before};
use crate::input::is_unknown;
use crate::syntax::NodeRef;

/// Name servers that are all asked over TLS.
pub(crate) fn encrypted_name_servers(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let Some(servers) = subject.values(subject.field).into_iter().find_map(Value::not_null) else { return Vec::new() };
    let is_encrypted = |server: NodeRef<'_, '_>| {
        let protocol = server.resolved().get("protocol").map_or("", NodeRef::value);
        ["DoT", "DoH"].iter().any(|name| protocol.eq_ignore_ascii_case(name))
    };
    let is_wrong = servers.items().next().is_some() && servers.items().all(is_encrypted);
    if is_wrong { vec![Hit::at_key(subject.context, servers)] } else { Vec::new() }
}

/// The ports of a rule, with those that stand before them.
fn ranges<'t, 's>(subject: &Subject<'_, 't, 's>) -> Vec<(NodeRef<'t, 's>, u16, u16)> {
    let ports = subject.values(subject.field).into_iter().filter_map(Value::not_null).flat_map(NodeRef::items);
    let read = |node: NodeRef<'t, 's>| {
        let text = text(Some(node.resolved())).filter(|_| !is_unknown(node))?;
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        Some((node.resolved(), low.parse().ok()?, high.parse().ok()?))
    };
    ports.filter_map(read).collect()
}

/// Ranges of ports whose first is above their last.
pub(crate) fn backward_ranges(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let wrong = ranges(subject).into_iter().filter(|(_, low, high)| low > high);
    wrong.map(|(node, _, _)| Hit::at(subject.context, node)).collect()
}

/// Ranges of ports that overlap with one before them.
pub(crate) fn overlapping_ranges(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    type Range<'t, 's> = (NodeRef<'t, 's>, u16, u16);
    let overlaps = |(_, low, high): &Range<'_, '_>, (_, first, last): &Range<'_, '_>| low <= last && first <= high;
    // One that ends before it begins is wrong by itself.
    let ranges: Vec<Range<'_, '_>> = ranges(subject).into_iter().filter(|(_, low, high)| low <= high).collect();
    let pairs = first_before(&ranges, overlaps);
    pairs.map(|(one, other)| Hit { related: Some(beside(other.0)), ..Hit::at(subject.context, one.0) }).collect()
}

/// Neighbours with the address or the link of one before them.
pub(crate) fn repeated_neighbors(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let neighbors = subject.values(subject.field).into_iter().filter_map(Value::not_null).flat_map(NodeRef::items);
    let mut named = Vec::new();
    for neighbor in neighbors.map(NodeRef::resolved) {
        let field = |field| neighbor.get(field).filter(|node| !is_unknown(*node) && !node.value().is_empty());
        // One with both, or neither, is wrong by itself.
        let ((Some(node), None) | (None, Some(node))) = (field("address"), field("link")) else { continue };
        let name = node.value().parse().map_or(node.value().to_owned(), |ip: std::net::IpAddr| ip.to_string());
        named.push((node, name));
    }
    let pairs = first_before(&named, |(_, name), (_, other)| name == other);
    pairs
        .map(|((node, _), (other, _))| Hit { related: Some(beside(*other)), ..Hit::at(subject.context, *node) })
        .collect()
}

/// Prefixes that overlap with one before them.
pub(crate) fn overlapping_prefixes(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let nodes = subject.values(subject.field).into_iter().filter_map(Value::not_null);
    let prefixes: Vec<_> = nodes.filter_map(|node| Some((node, Prefix::read(text(Some(node))?)?))).collect();
    let pairs = first_before(&prefixes, |(_, prefix), (_, other)| prefix.overlaps(*other));
    pairs
        .map(|((node, _), (other, _))| Hit { related: Some(beside(*other)), ..Hit::at(subject.context, *node) })
        .collect()
}
