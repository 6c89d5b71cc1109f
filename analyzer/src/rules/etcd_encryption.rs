//! Encryption of what etcd holds, for the rules about it: where it is configured, and which provider comes first.

use super::documents;
use crate::context::Context;
use crate::input::is_unknown;
use crate::syntax::NodeRef;
use crate::tables;

/// The kind of document that configures it, from Talos 1.14.
pub(super) const DOCUMENT: &str = "KubeEtcdEncryptionConfig";

/// The value of a secret of the machine configuration, unless it is empty.
pub(super) fn secret<'t, 's>(context: &Context<'t, 's>, field: &str) -> Option<NodeRef<'t, 's>> {
    let found = context.find(tables::V1ALPHA1, &["cluster", field]);
    found
        .into_iter()
        .map(|found| found.node)
        .find(|node| !node.is_null() && (is_unknown(*node) || !node.value().is_empty()))
}

/// Whether Talos refuses a control-plane machine without encryption, which `talos/missing-etcd-encryption` tells.
pub(super) fn is_missing_refused(context: &Context<'_, '_>, root: NodeRef<'_, '_>) -> bool {
    let is_written = |field: &str| root.at(&["cluster", field]).is_some_and(|node| !node.is_null());
    let has_ca = is_written("ca") || is_written("acceptedCAs");
    context.talos().minor() >= 14 && (has_ca || context.documents("KubeAPIServerCAConfig").next().is_some())
}

/// Whether the secrets were taken out of a configuration: it is the base of others, which have them.
pub(super) fn is_without_secrets(root: NodeRef<'_, '_>) -> bool {
    root.at(&["cluster", "token"]).is_some_and(|token| token.value().is_empty())
}

/// The entries of documents that speak of secrets, each with the key of its first provider.
pub(super) fn first_providers<'t, 's>(context: &Context<'t, 's>) -> Vec<NodeRef<'t, 's>> {
    let documents = documents::in_version(context, DOCUMENT);
    let entries = documents.into_iter().filter_map(|document| document.at(&["config", "resources"]));
    let entries = entries.flat_map(NodeRef::items).map(NodeRef::resolved).filter(|entry| covers_secrets(*entry));
    entries
        .filter_map(|entry| {
            let first = entry.get("providers")?.items().next()?.resolved();
            first.entries().next().map(|(key, _)| key)
        })
        .collect()
}

/// Whether an entry names secrets, or what they are a part of.
pub(super) fn covers_secrets(entry: NodeRef<'_, '_>) -> bool {
    let mut names = entry.get("resources").into_iter().flat_map(NodeRef::items);
    names.any(|name| is_unknown(name) || matches!(name.value(), "secrets" | "secrets." | "*." | "*.*"))
}
