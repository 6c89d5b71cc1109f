//! Containers, and the images they are made of.

use super::super::condition::text;
use super::super::{Hit, Subject, Value};
use super::first_before;
use crate::input::is_unknown;
use crate::syntax::NodeRef;

/// Mounts at a place where another one is.
pub(crate) fn repeated_destinations(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let destinations: Vec<NodeRef<'_, '_>> = subject
        .values(subject.field)
        .into_iter()
        .filter_map(Value::not_null)
        .filter_map(|mount| {
            ["userVolume", "tmpfs", "hostPath"].iter().find_map(|kind| mount.get(kind)?.get("destination"))
        })
        .filter(|node| !is_unknown(*node))
        .collect();
    let is_same = |node: &NodeRef<'_, '_>, other: &NodeRef<'_, '_>| node.value() == other.value();
    first_before(&destinations, is_same).map(|(node, other)| other_hit(subject, *node, *other)).collect()
}

fn other_hit(subject: &Subject<'_, '_, '_>, node: NodeRef<'_, '_>, other: NodeRef<'_, '_>) -> Hit {
    Hit { related: super::beside(other), ..Hit::at(subject.context, node) }
}

/// Options to read only and to write, in one list.
pub(crate) fn opposite_options(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let lists = subject.values(subject.field).into_iter().filter_map(Value::not_null);
    let wrong = lists.filter_map(|list| {
        let find = |word: &str| list.items().map(NodeRef::resolved).find(|item| item.value() == word);
        Some((find("rw")?, find("ro")?))
    });
    wrong.map(|(node, other)| other_hit(subject, node, other)).collect()
}

/// Capabilities that are given and taken away.
pub(crate) fn given_and_taken(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let list =
        |field| subject.values(&["security", "capabilities", field, "[]"]).into_iter().filter_map(Value::not_null);
    let dropped: Vec<NodeRef<'_, '_>> = list("drop").collect();
    let both = list("add").filter_map(|node| {
        let other = dropped.iter().find(|other| other.value() == node.value() && !is_unknown(node))?;
        Some((node, *other))
    });
    both.map(|(node, other)| other_hit(subject, node, other)).collect()
}

/// An image without a digest, that is an image.
pub(crate) fn image_without_digest(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let nodes = subject.values(subject.field).into_iter().filter_map(Value::not_null);
    let is_wrong = |node: &NodeRef<'_, '_>| {
        text(Some(*node)).is_some_and(|image| super::super::form::is_image(image) && !image.contains('@'))
    };
    nodes.filter(is_wrong).map(|node| Hit::at(subject.context, node)).collect()
}

/// Containers to wait for that are not there.
pub(crate) fn absent_containers(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    // In a part of a configuration they may be elsewhere.
    if subject.context.whole().is_none() {
        return Vec::new();
    }
    let names: Vec<&str> = containers(subject).filter_map(|container| text(container.get("name"))).collect();
    let nodes = subject.values(subject.field).into_iter().filter_map(Value::not_null);
    let is_absent = |node: &NodeRef<'_, '_>| !node.value().is_empty() && !names.contains(&node.value());
    nodes.filter(is_absent).map(|node| Hit::at(subject.context, node)).collect()
}

/// A container that waits for itself by way of others.
pub(crate) fn circles_of_containers(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let Some(own) = text(subject.scope.get("name")) else { return Vec::new() };
    let waits_for = |name: &str| -> Vec<String> {
        let container = containers(subject).find(|container| text(container.get("name")) == Some(name));
        let list = container.and_then(|container| container.at(&["dependsOn", "containers"]));
        list.into_iter().flat_map(NodeRef::items).map(|item| item.resolved().value().to_owned()).collect()
    };
    let nodes = subject.values(subject.field).into_iter().filter_map(Value::not_null);
    let leads_back = |node: &NodeRef<'_, '_>| {
        let mut seen: Vec<String> = Vec::new();
        let mut next = vec![node.value().to_owned()];
        while let Some(name) = next.pop() {
            if name == own {
                return true;
            }
            if !seen.contains(&name) {
                next.extend(waits_for(&name));
                seen.push(name);
            }
        }
        false
    };
    // One that names itself is told of by itself.
    let others = nodes.filter(|node| node.value() != own);
    others.filter(leads_back).map(|node| Hit::at(subject.context, node)).collect()
}

fn containers<'t, 's>(subject: &Subject<'_, 't, 's>) -> impl Iterator<Item = NodeRef<'t, 's>> {
    subject.context.documents("ContainerConfig").map(NodeRef::resolved)
}

/// `auth` beside credentials of another kind.
pub(crate) fn auth_beside_others(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let find = |field: &'static str| subject.values(&[field]).into_iter().find_map(Value::not_null);
    let is_set = |field| find(field).is_some_and(|node| !node.value().is_empty());
    match find("auth").filter(|auth| !auth.value().is_empty() || is_unknown(*auth)) {
        Some(auth) if is_set("username") || is_set("identityToken") => vec![Hit::at(subject.context, auth)],
        _ => Vec::new(),
    }
}
