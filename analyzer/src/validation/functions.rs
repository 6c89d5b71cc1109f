//! What no condition of a row expresses.

mod containers;
mod expressions;
mod kubernetes;
mod network;
mod volumes;

pub(crate) use containers::*;
pub(crate) use expressions::*;
pub(crate) use kubernetes::*;
pub(crate) use network::*;
pub(crate) use volumes::*;

use super::condition::{Condition, boolean, number};
use super::value::{Absence, Value, look_up};
use super::{Hit, Subject};
use crate::finding::Related;
use crate::input::is_unknown;
use crate::rule;
use crate::syntax::NodeRef;

/// Members of a bond or bridge that another one has too.
pub(crate) fn shared_members(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let mut seen: Vec<(NodeRef<'_, '_>, &str)> = Vec::new();
    let mut hits = Vec::new();
    for device in subject.scope.items().map(NodeRef::resolved) {
        let owner = device.get("interface").map_or("", NodeRef::value);
        for member in members(device) {
            let other = seen.iter().rfind(|(other, _)| other.value() == member.value());
            if let Some((other, _)) = other.filter(|(_, other_owner)| *other_owner != owner) {
                let related = Some(Related::here(rule::place(*other), "it is a member here"));
                hits.push(Hit { related, ..Hit::at(subject.context, member) });
            }
            seen.push((member, owner));
        }
    }
    hits
}

/// The members of a bond or bridge, by name.
fn members<'t, 's>(device: NodeRef<'t, 's>) -> Vec<NodeRef<'t, 's>> {
    // Talos looks at those of the bridge where both are written.
    let holder = device.get("bridge").or_else(|| device.get("bond"));
    let members = holder.and_then(|holder| holder.get("interfaces")).into_iter().flat_map(NodeRef::items);
    members.map(NodeRef::resolved).filter(|member| !is_unknown(*member)).collect()
}

/// Members of a bond or bridge that have addresses of their own.
pub(crate) fn addressed_members(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let devices = || subject.scope.items().map(NodeRef::resolved);
    let all: Vec<NodeRef<'_, '_>> = devices().flat_map(members).collect();
    let mut hits = Vec::new();
    for device in devices() {
        let is = |field: &str| device.get(field).is_some_and(|value| boolean(value, subject) == Some(true));
        let Some(name) = device.get("interface").filter(|_| !is("ignore")) else { continue };
        let Some(member) = all.iter().find(|member| member.value() == name.value()) else { continue };
        let has = |field: &str, condition: &Condition| {
            look_up(device, &[field], Absence { is_complete: false, issues: &[] })
                .into_iter()
                .any(|value| condition.judge(value, subject) == Some(true))
        };
        let addressing = [
            ("dhcp", &Condition::True),
            ("cidr", &Condition::NotEmpty),
            ("addresses", &Condition::NotEmpty),
            ("vip", &Condition::Present),
        ];
        let field = addressing.into_iter().find(|(field, condition)| has(field, condition)).map(|(field, _)| field);
        let Some(value) = field.and_then(|field| device.get(field)) else { continue };
        let related = Some(Related::here(rule::place(*member), "it is a member here"));
        hits.push(Hit { related, value: name.value().to_owned(), ..Hit::at_key(subject.context, value) });
    }
    hits
}

/// Pairs of an item and the first one before it that `is_same` says is the same.
fn first_before<T>(items: &[T], is_same: impl Fn(&T, &T) -> bool) -> impl Iterator<Item = (&T, &T)> {
    items.iter().enumerate().filter_map(move |(number, item)| {
        let other = items.iter().take(number).find(|other| is_same(item, other))?;
        Some((item, other))
    })
}

/// The other one of two things that do not go together.
fn beside(node: NodeRef<'_, '_>) -> Related {
    Related::here(rule::place(node), "the other one is here")
}

/// Partitions without a size before others: they take the rest of the disk.
pub(crate) fn unsized_partitions(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let partitions: Vec<NodeRef<'_, '_>> = subject.scope.items().map(NodeRef::resolved).collect();
    let Some((_, before_last)) = partitions.split_last() else { return Vec::new() };
    let mut hits = Vec::new();
    for partition in before_last {
        match subject.look_up(*partition, &["size"]).first() {
            Some(Value::Absent) => hits
                .push(Hit { span: subject.context.nearest(*partition, &[]), ..Hit::at(subject.context, *partition) }),
            Some(Value::Written(size)) if is_zero_size(size.value()) => hits.push(Hit::at(subject.context, *size)),
            _ => {}
        }
    }
    hits
}

/// Whether a size is nothing: `0`, `0 MiB`.
fn is_zero_size(text: &str) -> bool {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
    digits.chars().all(|c| matches!(c, '0' | '.' | ','))
}

/// Keys of a volume in a slot that another key has.
pub(crate) fn repeated_slots(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let mut seen: Vec<(i128, NodeRef<'_, '_>)> = Vec::new();
    let mut hits = Vec::new();
    for key in subject.scope.items().map(NodeRef::resolved) {
        let slot = match subject.look_up(key, &["slot"]).first() {
            Some(Value::Written(slot)) => number(Some(*slot), subject),
            Some(Value::Absent) => Some(0),
            _ => None,
        };
        let Some(slot) = slot else { continue };
        let place = |key: NodeRef<'_, '_>| subject.context.nearest(key, &["slot"]);
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == slot) {
            let related = Some(Related::here(place(*first), "the first key in it is here"));
            let value = slot.to_string();
            hits.push(Hit { span: place(key), value, related, ..Hit::at(subject.context, key) });
        }
        seen.push((slot, key));
    }
    hits
}

/// Containers that depend on one that is not configured.
pub(crate) fn unknown_containers(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let names: Vec<&str> = containers(subject).filter_map(|container| name(container)).collect();
    let wanted = dependencies(subject.scope).filter(|wanted| !is_unknown(*wanted) && !names.contains(&wanted.value()));
    let is_whole = subject.context.whole().is_some();
    wanted
        .filter(|wanted| is_whole && !wanted.value().is_empty())
        .map(|wanted| Hit::at(subject.context, wanted))
        .collect()
}

/// Containers that wait for each other in a circle: what the first of them waits for.
pub(crate) fn circular_containers(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let all: Vec<NodeRef<'_, '_>> = containers(subject).collect();
    let Some(own) = name(subject.scope) else { return Vec::new() };
    let mut before = all.iter().take_while(|container| container.id() != subject.scope.id());
    let is_told = before
        .any(|container| name(*container).is_some_and(|other| reaches(&all, own, other) && reaches(&all, other, own)));
    dependencies(subject.scope)
        .filter(|wanted| !is_told && wanted.value() != own && reaches(&all, wanted.value(), own))
        .map(|wanted| Hit::at(subject.context, wanted))
        .collect()
}

/// Whether the container `from` waits for `to`, or for one that does.
fn reaches(all: &[NodeRef<'_, '_>], from: &str, to: &str) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(current) = seen.get(next).copied() {
        next += 1;
        let container = all.iter().find(|container| name(**container) == Some(current));
        for wanted in container.into_iter().flat_map(|container| dependencies(*container)).map(NodeRef::value) {
            if wanted == to {
                return true;
            }
            if let Some(known) = all.iter().filter_map(|container| name(*container)).find(|known| *known == wanted)
                && !seen.contains(&known)
            {
                seen.push(known);
            }
        }
    }
    false
}

fn containers<'t, 's>(subject: &Subject<'_, 't, 's>) -> impl Iterator<Item = NodeRef<'t, 's>> {
    subject.context.documents("ContainerConfig")
}

fn name<'t>(container: NodeRef<'t, '_>) -> Option<&'t str> {
    container.get("name").filter(|name| !is_unknown(*name)).map(NodeRef::value)
}

fn dependencies<'t, 's>(container: NodeRef<'t, 's>) -> impl Iterator<Item = NodeRef<'t, 's>> {
    let list = container.at(&["dependsOn", "containers"]);
    list.into_iter().flat_map(NodeRef::items).map(NodeRef::resolved)
}
