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
    Hit { related: Some(super::beside(other)), ..Hit::at(subject.context, node) }
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

/// `auth` beside credentials of another kind.
pub(crate) fn auth_beside_others(subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let find = |field: &'static str| subject.values(&[field]).into_iter().find_map(Value::not_null);
    let is_set = |field| find(field).is_some_and(|node| !node.value().is_empty());
    match find("auth").filter(|auth| !auth.value().is_empty() || is_unknown(*auth)) {
        Some(auth) if is_set("username") || is_set("identityToken") => vec![Hit::at(subject.context, auth)],
        _ => Vec::new(),
    }
}
