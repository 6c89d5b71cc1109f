//! What no condition of a row expresses.

mod containers;
mod kubernetes;
mod network;
mod volumes;

pub(crate) use containers::*;
pub(crate) use kubernetes::*;
pub(crate) use network::*;
pub(crate) use volumes::*;

use super::condition::{boolean, text};
use super::{Hit, Subject, Value};
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
        let is_written = |field: &&str| {
            let value = device.get(field).map(Value::Written);
            value.is_some_and(|value| super::Condition::NotEmpty.judge(value, subject) == Some(true))
        };
        let dhcp = is("dhcp").then_some("dhcp");
        let field = dhcp.or_else(|| ["cidr", "addresses", "vip"].into_iter().find(is_written));
        let Some(value) = field.and_then(|field| device.get(field)) else { continue };
        let related = Some(Related::here(rule::place(*member), "it is a member here"));
        let value_name = text(Some(name)).unwrap_or("").to_owned();
        hits.push(Hit { related, value: value_name, ..Hit::at_key(subject.context, value) });
    }
    hits
}

/// Pairs of an item and the first one before it that `is_same` says is the same.
fn first_before<'i, T>(items: &'i [T], is_same: impl Fn(&T, &T) -> bool) -> impl Iterator<Item = (&'i T, &'i T)> {
    items.iter().enumerate().filter_map(move |(number, item)| {
        let other = items.iter().take(number).find(|other| is_same(item, other))?;
        Some((item, other))
    })
}

/// The other one of two things that do not go together.
fn beside(node: NodeRef<'_, '_>) -> Option<Related> {
    Some(Related::here(rule::place(node), "the other one is here"))
}
