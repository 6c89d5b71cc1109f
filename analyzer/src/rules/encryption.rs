//! Encryption of volumes, for the rules about it.

use crate::context::Context;
use crate::input::{self, InputKind};
use crate::syntax::NodeRef;
use crate::tables;
use crate::version::TalosVersion;

/// The encryption of a volume as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encrypted<'t, 's> {
    /// The name of the volume; empty when it has none yet.
    pub name: &'t str,
    /// Whether it is one of the system's own volumes.
    pub is_system: bool,
    /// The encryption.
    pub node: NodeRef<'t, 's>,
}

/// Documents that configure a volume with encryption.
const DOCUMENTS: [&str; 4] = ["VolumeConfig", "UserVolumeConfig", "RawVolumeConfig", "SwapVolumeConfig"];

/// The volumes of a source for which encryption is written, in both generations.
pub(super) fn volumes<'t, 's>(context: &Context<'t, 's>) -> Vec<Encrypted<'t, 's>> {
    let mut volumes = Vec::new();
    for (section, name) in [("state", "STATE"), ("ephemeral", "EPHEMERAL")] {
        for found in context.find(tables::V1ALPHA1, &["machine", "systemDiskEncryption", section]) {
            if !found.node.is_null() {
                volumes.push(Encrypted { name, is_system: true, node: found.node });
            }
        }
    }
    for kind in DOCUMENTS.into_iter().filter(|_| context.talos() >= TalosVersion::nearest(10)) {
        for root in context.documents(kind) {
            let is_system = kind == "VolumeConfig";
            // Until 1.10 the document only says how large a volume of the system is.
            let counts = !is_system || context.talos() >= TalosVersion::nearest(11);
            if let Some(node) = root.get("encryption").filter(|node| counts && !node.is_null()) {
                volumes.push(Encrypted { name: root.get("name").map_or("", NodeRef::value), is_system, node });
            }
        }
    }
    volumes
}

impl<'t, 's> Encrypted<'t, 's> {
    /// Its keys.
    pub(super) fn keys(self) -> Vec<NodeRef<'t, 's>> {
        self.node.get("keys").into_iter().flat_map(NodeRef::items).map(NodeRef::resolved).collect()
    }
}

/// Whether anything about the encryption of volumes is not known before deployment.
pub(super) fn is_uncertain(context: &Context<'_, '_>) -> bool {
    let is_template = |node: Option<NodeRef<'_, '_>>| node.is_some_and(input::is_unknown);
    context.inputs.iter().any(|input| match input.kind {
        InputKind::MachineConfig { .. } => {
            is_template(input.root.and_then(|root| root.at(&["machine", "systemDiskEncryption"])))
        }
        InputKind::Document(document) => {
            document.kind == "VolumeConfig" && is_template(input.root.and_then(|root| root.get("name")))
        }
        _ => false,
    })
}
