//! Pod Security admission, for the rules about it: where it is configured, and what its configuration says.

use super::documents;
use crate::context::Context;
use crate::input::{Input, InputKind};
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

/// The way to each item of that list.
const ITEMS: &[&str] = &["cluster", "apiServer", "admissionControl", "[]"];

/// The entries of the `PodSecurity` plugin: items of the list, and documents.
pub(super) fn entries<'t, 's>(context: &Context<'t, 's>) -> Vec<NodeRef<'t, 's>> {
    let items = context.find(tables::V1ALPHA1, ITEMS).into_iter().map(|found| found.node);
    let all = items.chain(documents::in_version(context, DOCUMENT));
    all.filter(|entry| entry.get("name").is_some_and(|name| name.value() == PLUGIN)).collect()
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

/// The values at `path` of the plugin's configuration, whether the configuration holds them or the operation of a JSON
/// patch reaches into it.
pub(super) fn values<'t, 's>(context: &Context<'t, 's>, path: &[&str]) -> Vec<NodeRef<'t, 's>> {
    let mut values: Vec<NodeRef<'t, 's>> =
        configurations(context).into_iter().filter_map(|configuration| configuration.at(path)).collect();
    let patches: Vec<Input<'t, 's>> =
        context.inputs.iter().filter(|input| matches!(input.kind, InputKind::JsonPatch)).copied().collect();
    let whole_path: Vec<&str> = ITEMS.iter().chain(&["configuration"]).chain(path).copied().collect();
    for found in find(&patches, tables::V1ALPHA1, &whole_path) {
        if !values.contains(&found.node) {
            values.push(found.node);
        }
    }
    values
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
