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

/// The values at `path` of documents of kind `document`, in the order of the text.
#[must_use]
pub fn find<'t, 's>(inputs: &[Input<'t, 's>], document: &str, path: &[&str]) -> Vec<Found<'t, 's>> {
    let mut found = Vec::new();
    for input in inputs {
        let Some(root) = input.root else { continue };
        let kind = input.kind.name();
        match input.kind {
            InputKind::JsonPatch if document == tables::V1ALPHA1 => {
                found.extend(
                    root.items().filter_map(|operation| in_operation(operation, path)).map(|node| Found { node, kind }),
                );
            }
            InputKind::JsonPatch => {}
            _ if kind == document => found.extend(root.at(path).map(|node| Found { node, kind })),
            _ => {}
        }
    }
    found
}

/// What an operation of a JSON patch writes at `path`: its value, or a part of it.
fn in_operation<'t, 's>(operation: NodeRef<'t, 's>, path: &[&str]) -> Option<NodeRef<'t, 's>> {
    if !matches!(operation.get("op")?.value(), "add" | "replace") {
        return None;
    }
    let pointer = operation.get("path")?.value().strip_prefix('/')?;
    let mut rest = path;
    for step in pointer.split('/') {
        let (first, others) = rest.split_first()?;
        if *first != step.replace("~1", "/").replace("~0", "~") {
            return None;
        }
        rest = others;
    }
    operation.get("value")?.at(rest)
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
