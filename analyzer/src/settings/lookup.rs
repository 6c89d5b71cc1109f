//! Finding the value at a path, in a document or in the operations of a JSON patch.

use crate::input::{Input, InputKind};
use crate::syntax::NodeRef;
use crate::tables;

/// A value at a path.
#[derive(Clone, Copy, Debug)]
pub struct Found<'t, 's> {
    /// The value, aliases resolved.
    pub node: NodeRef<'t, 's>,
    /// The kind of the document it stands in.
    pub kind: &'static str,
}

impl Found<'_, '_> {
    /// Whether an operation of a JSON patch writes it.
    #[must_use]
    pub fn is_in_operation(&self) -> bool {
        self.kind == InputKind::JsonPatch.name()
    }
}

/// The values at `path` of documents of kind `document`, in the order of the text. The step `*` stands for every key of a
/// mapping, `[]` for every item of a list.
#[must_use]
pub fn find<'t, 's>(inputs: &[Input<'t, 's>], document: &str, path: &[&str]) -> Vec<Found<'t, 's>> {
    let mut found = Vec::new();
    for input in inputs {
        let Some(root) = input.root else { continue };
        let kind = input.kind.name();
        let mut nodes = Vec::new();
        match input.kind {
            InputKind::JsonPatch if document == tables::V1ALPHA1 => {
                root.items().for_each(|operation| in_operation(operation, path, &mut nodes));
            }
            InputKind::JsonPatch => {}
            _ if kind == document => descend(root, path, &mut nodes),
            _ => {}
        }
        found.extend(nodes.into_iter().map(|node| Found { node, kind }));
    }
    found
}

fn descend<'t, 's>(node: NodeRef<'t, 's>, path: &[&str], nodes: &mut Vec<NodeRef<'t, 's>>) {
    match path.split_first() {
        None => nodes.push(node),
        Some((&"*", rest)) => node.entries().for_each(|(_, value)| descend(value.resolved(), rest, nodes)),
        Some((&"[]", rest)) => node.items().for_each(|item| descend(item.resolved(), rest, nodes)),
        Some((step, rest)) => {
            if let Some(value) = node.get(step) {
                descend(value, rest, nodes);
            }
        }
    }
}

/// What an operation of a JSON patch writes at `path`: its value, or a part of it.
fn in_operation<'t, 's>(operation: NodeRef<'t, 's>, path: &[&str], nodes: &mut Vec<NodeRef<'t, 's>>) {
    if !operation.get("op").is_some_and(|op| matches!(op.value(), "add" | "replace")) {
        return;
    }
    let (Some(pointer), Some(value)) = (operation.get("path"), operation.get("value")) else { return };
    let Some(pointer) = pointer.value().strip_prefix('/') else { return };
    let mut rest = path;
    for step in pointer.split('/') {
        let Some((first, others)) = rest.split_first() else { return };
        if !matches!(*first, "*" | "[]") && *first != step.replace("~1", "/").replace("~0", "~") {
            return;
        }
        rest = others;
    }
    descend(value, rest, nodes);
}

/// What the operations of JSON patches add to the list at `path`: the values of `add` to `path/-` and `path/N`.
#[must_use]
pub(super) fn added_items<'t, 's>(inputs: &[Input<'t, 's>], path: &[&str]) -> Vec<NodeRef<'t, 's>> {
    let pointer = format!("/{}/", path.join("/"));
    let patches =
        inputs.iter().filter(|input| matches!(input.kind, InputKind::JsonPatch)).filter_map(|input| input.root);
    patches
        .flat_map(NodeRef::items)
        .filter(|operation| operation.get("op").is_some_and(|op| matches!(op.value(), "add" | "replace")))
        .filter(|operation| {
            let path = operation.get("path").map_or("", NodeRef::value);
            path.strip_prefix(&pointer).is_some_and(|rest| !rest.contains('/'))
        })
        .filter_map(|operation| operation.get("value"))
        .collect()
}
