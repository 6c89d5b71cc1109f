//! Cluster API: the objects of the bootstrap and control-plane providers for Talos.
//!
//! A `TalosControlPlane`, a `TalosConfigTemplate` and a `TalosConfig` each say which configuration Talos generates for their
//! machines, and what is patched in it: first the operations of `configPatches`, then the texts of `strategicPatches`.

use super::reader::{Host, at, get, items, without_documents};
use crate::directives::Role;
use crate::input::is_unknown;
use crate::machine::Machine;
use crate::syntax::{Kind, NodeRef};
use std::sync::Arc;

type Node<'t> = NodeRef<'t, 't>;

/// Where the objects hold the description of a machine: API group, kind, the way there.
const PLACES: [(&str, &str, &[&str]); 4] = [
    ("controlplane.cluster.x-k8s.io/", "TalosControlPlane", &["spec", "controlPlaneConfig", "controlplane"]),
    ("controlplane.cluster.x-k8s.io/", "TalosControlPlane", &["spec", "controlPlaneConfig", "init"]),
    ("bootstrap.cluster.x-k8s.io/", "TalosConfigTemplate", &["spec", "template", "spec"]),
    ("bootstrap.cluster.x-k8s.io/", "TalosConfig", &["spec"]),
];

/// Whether a text may be what [`describe`] reads.
pub(super) fn may_be(text: &str) -> bool {
    text.contains("cluster.x-k8s.io/")
}

/// Reads the machines of the objects of a file. False when it holds none.
pub(super) fn describe<'t>(host: &mut Host<'t>) -> bool {
    let roots: Vec<Node<'t>> = host.tree.roots().filter(|root| root.kind() == Kind::Mapping).collect();
    for root in roots {
        let group = root.get("apiVersion").map_or("", NodeRef::value);
        let kind = root.get("kind").map_or("", NodeRef::value);
        for (_, _, path) in PLACES.iter().filter(|place| group.starts_with(place.0) && kind == place.1) {
            if let Some(spec) = at(root, path).filter(|spec| spec.kind() == Kind::Mapping) {
                machine(host, root, spec);
            }
        }
    }
    !host.described.machines.is_empty()
}

fn machine<'t>(host: &mut Host<'t>, root: Node<'t>, spec: Node<'t>) {
    let Some(kind) = get(spec, "generateType").filter(|kind| !is_unknown(*kind)) else { return };
    let name = at(root, &["metadata", "name"]);
    let place = name.unwrap_or(kind).visible_span();
    let version = get(spec, "talosVersion");
    let versions = host.versions(version, at(root, &["spec", "version"]));
    let patches = get(spec, "configPatches").filter(|patches| patches.items().next().is_some());
    let role = Role::parse(kind.value());
    host.is_partial = false;
    let mut layers = Vec::new();
    if let Some(role) = role {
        let base = host.base(versions, role, version.map_or(place, NodeRef::visible_span), &[]);
        // Operations of RFC 6902 go with no more than one document. What the providers let Talos 1.14 generate hangs on the
        // Talos that they are built with.
        let is_settled = host.version(versions).minor() < 14;
        host.is_partial = !is_settled;
        let is_one = patches.is_some() || !is_settled;
        layers.push(if is_one { without_documents(base, |_| true) } else { base });
    } else {
        // The configuration is there as a whole.
        let Some(data) = get(spec, "data").filter(|data| data.kind() == Kind::Scalar) else { return };
        layers.extend(host.part(data));
    }
    layers.extend(patches.and_then(|patches| host.part(patches)));
    let strategic = items(get(spec, "strategicPatches"));
    layers.extend(strategic.into_iter().filter_map(|patch| host.part(patch)));
    host.described.machines.push(Machine {
        name: name.map_or("", NodeRef::value).into(),
        role,
        mode: None,
        versions,
        layers,
        schematic: None,
        place: Some((Arc::clone(&host.file), place)),
        is_partial: host.is_partial,
    });
}
