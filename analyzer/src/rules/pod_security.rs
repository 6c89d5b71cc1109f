//! Pod Security admission, for the rules about it: where it is configured, and what its configuration says.

use super::documents;
use crate::context::Context;
use crate::settings::find;
use crate::syntax::{Kind, NodeRef};
use crate::tables;

/// The name of the admission plugin.
pub(super) const PLUGIN: &str = "PodSecurity";

/// The levels, weakest first.
pub(super) const LEVELS: [&str; 3] = ["privileged", "baseline", "restricted"];

/// The way to the list of admission plugins in the machine configuration.
pub(super) const LIST: &[&str] = &["cluster", "apiServer", "admissionControl"];

/// The kind of document that holds one admission plugin, from Talos 1.14.
pub(super) const DOCUMENT: &str = "KubeAdmissionControlConfig";

/// The entries of the PodSecurity plugin: items of the list, and documents.
pub(super) fn entries<'t, 's>(context: &Context<'t, 's>) -> Vec<NodeRef<'t, 's>> {
    let items = find(context.inputs, tables::V1ALPHA1, LIST).into_iter().flat_map(|list| list.node.items());
    let items = items.map(NodeRef::resolved).chain(documents::in_version(context, DOCUMENT));
    items.filter(|entry| entry.get("name").is_some_and(|name| name.value() == PLUGIN)).collect()
}

/// The configurations of the plugin, deleted entries left out.
pub(super) fn configurations<'t, 's>(context: &Context<'t, 's>) -> Vec<NodeRef<'t, 's>> {
    let mut entries = entries(context);
    entries.retain(|entry| !is_deleted(*entry));
    entries
        .into_iter()
        .filter_map(|entry| entry.get("configuration"))
        .filter(|node| node.kind() == Kind::Mapping)
        .collect()
}

/// Whether a patch deletes this node.
pub(super) fn is_deleted(node: NodeRef<'_, '_>) -> bool {
    deletion(node).is_some()
}

/// What says that a patch deletes this node: the value of `$patch`, or of `$$patch` where a template takes one `$` off.
pub(super) fn deletion<'t, 's>(node: NodeRef<'t, 's>) -> Option<NodeRef<'t, 's>> {
    let directive = node.get("$patch").or_else(|| node.get("$$patch"));
    directive.filter(|directive| directive.value() == "delete")
}

/// The rank of a level: 0 for `privileged`, 2 for `restricted`.
pub(super) fn rank(level: &str) -> Option<usize> {
    LEVELS.iter().position(|name| *name == level)
}
