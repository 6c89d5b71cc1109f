//! talhelper's `talconfig.yaml`: a cluster with its nodes, out of which talhelper makes a configuration for each node.
//!
//! Read off talhelper 3: the generated configuration of the version and the role gets what the fields of the cluster and the
//! node say, then the documents made of fields, the patches of the section of the role with those of the node behind them,
//! and last the patches of the cluster. A field of the node takes the place of that of the section; of some lists both count.

mod check;
mod documents;

use super::may_have_key;
use super::reader::{Host, entry, get, items, without, without_documents};
use crate::context::NamedVersions;
use crate::directives::Role;
use crate::input::is_unknown;
use crate::machine::{Layer, Machine};
use crate::syntax::{Kind, NodeRef};
use crate::version::MinorVersion;
use std::sync::Arc;

type Node<'t> = NodeRef<'t, 't>;

/// The disk that Talos generates; talhelper lets it generate none for a node with a selector.
const GENERATED_DISK: &str = "        disk: /dev/sda\n";

/// Documents that Talos 1.14 generates and talhelper 3.1 does not: what they say stays in the machine configuration.
const NOT_GENERATED: [&str; 12] = [
    "DiscoveryIdentityConfig",
    "UnattendedInstallConfig",
    "VolumeConfig",
    "SecurityProfileConfig",
    "KubeClusterConfig",
    "KubeNodeConfig",
    "KubeletConfig",
    "KubePrismConfig",
    "KubeCoreDNSConfig",
    "KubeAPIServerCAConfig",
    "KubeAggregatorCAConfig",
    "KubeServiceAccountConfig",
];

/// Reads the machines of a talconfig. False when the file is none.
pub(super) fn describe(host: &mut Host<'_>) -> bool {
    let Some(root) = host.tree.roots().next().filter(|root| is_talconfig(*root)) else { return false };
    let versions = host.versions(get(root, "talosVersion"), get(root, "kubernetesVersion"));
    // The talhelper that still wrote older versions knew other fields.
    if versions.talos.is_none_or(|talos| talos >= MinorVersion { major: 1, minor: 9 }) {
        check::fields(host, root);
        check::required(host, root);
    }
    let nodes = items(get(root, "nodes"));
    for node in nodes {
        let is_control_plane = get(node, "controlPlane");
        if is_control_plane.is_some_and(is_unknown) {
            continue;
        }
        let role = if is_true(is_control_plane) { Role::ControlPlane } else { Role::Worker };
        machine(host, root, node, role, versions);
    }
    true
}

/// Whether a text may be what [`describe`] reads.
pub(super) fn may_be(text: &str) -> bool {
    may_have_key(text, "clusterName") && may_have_key(text, "nodes")
}

fn is_talconfig(root: Node<'_>) -> bool {
    let is_node = |item: Node<'_>| get(item, "hostname").is_some() || get(item, "ipAddress").is_some();
    root.entry("clusterName").is_some()
        && root.entry("kind").is_none()
        && root.get("nodes").is_some_and(|nodes| nodes.items().any(is_node))
}

fn is_true(node: Option<Node<'_>>) -> bool {
    node.is_some_and(|node| matches!(node.value(), "true" | "True" | "TRUE"))
}

/// Whether Go takes a value for one that is not set.
fn is_zero(node: Node<'_>) -> bool {
    let is_empty = node.kind() == Kind::Scalar && matches!(node.value(), "" | "false" | "False" | "FALSE");
    node.is_null() || is_empty
}

/// What a node is made of: itself, and the section of its role.
#[derive(Clone, Copy)]
struct Sources<'t> {
    node: Node<'t>,
    section: Option<Node<'t>>,
}

impl<'t> Sources<'t> {
    /// The field that counts: key and value.
    fn field(self, name: &str) -> Option<(Node<'t>, Node<'t>)> {
        let of_section = || entry(self.section?, name);
        entry(self.node, name).filter(|(_, value)| !is_zero(*value)).or_else(of_section)
    }

    fn value(self, name: &str) -> Option<Node<'t>> {
        self.field(name).map(|(_, value)| value)
    }

    /// The items of a list of which both count, unless the node says `override_name`.
    fn items(self, name: &str, override_name: &str, section_first: bool) -> Vec<Node<'t>> {
        let own = items(get(self.node, name));
        let of_section = items(self.section.and_then(|section| get(section, name)));
        if is_true(get(self.node, override_name)) && !own.is_empty() {
            return own;
        }
        let (first, second) = if section_first { (of_section, own) } else { (own, of_section) };
        first.into_iter().chain(second).collect()
    }
}

fn machine<'t>(host: &mut Host<'t>, root: Node<'t>, node: Node<'t>, role: Role, versions: NamedVersions) {
    let section = get(root, if role == Role::ControlPlane { "controlPlane" } else { "worker" });
    let sources = Sources { node, section };
    let name = get(node, "hostname").or_else(|| get(node, "ipAddress"));
    let place = name.map_or(node.span(), NodeRef::visible_span);
    let base_place = entry(root, "talosVersion").or_else(|| entry(root, "clusterName")).map(|(_, value)| value);
    host.is_partial = false;
    let base_place = base_place.map_or(place, NodeRef::visible_span);
    let known = ["clusterName", "endpoint"].map(|name| (name, get(root, name)));
    let base = host.base(versions, role, base_place, &known);
    // A node without a disk is refused, which is told of the node.
    let has_selector = get(node, "installDiskSelector").is_some_and(|selector| !is_zero(selector));
    let base = if has_selector { without(base, GENERATED_DISK) } else { base };
    let is_settled = host.version(versions).minor() < documents::KUBERNETES_DOCUMENTS;
    // What talhelper makes of the documents of Kubernetes is not settled.
    host.is_partial |= !is_settled;
    let base = if is_settled { base } else { without_documents(base, |kind| NOT_GENERATED.contains(&kind)) };
    let mut layers = vec![base];
    let documents = documents::of_node(host, root, sources, role, versions);
    layers.extend(host.made(&documents, place));
    for patch in sources.items("patches", "overridePatches", true) {
        layers.extend(self::patch(host, patch));
    }
    let of_cluster = items(get(root, "patches"));
    for patch in of_cluster {
        layers.extend(self::patch(host, patch));
    }
    for manifest in sources.items("extraManifests", "overrideExtraManifests", false) {
        let path = manifest.value().trim_start_matches('@');
        layers.extend(host.named_file(manifest, path).map(Layer::File));
    }
    let schematic = sources.value("schematic").and_then(|schematic| host.part(schematic));
    host.described.machines.push(Machine {
        name: name.map_or("", NodeRef::value).into(),
        role: Some(role),
        mode: None,
        versions,
        layers,
        schematic,
        place: Some((Arc::clone(&host.file), place)),
        is_partial: host.is_partial,
    });
}

/// A patch: a text, or the name of a file behind an `@`.
fn patch<'t>(host: &mut Host<'t>, patch: Node<'t>) -> Option<Layer> {
    if patch.kind() != Kind::Scalar {
        let message = "a patch of talhelper is a text, and this is a mapping or a list; talhelper refuses the file";
        let help = "write it as a block scalar, behind `|-`".to_owned();
        host.find("tool/refused", patch, message.to_owned(), Some(help));
        return host.part(patch);
    }
    match patch.value().strip_prefix('@') {
        Some(name) => {
            let file = host.named_file(patch, name)?;
            // talhelper passes over a file that is empty.
            let is_empty = file.bytes.iter().all(u8::is_ascii_whitespace);
            (!is_empty).then_some(Layer::File(file))
        }
        None if patch.is_null() || patch.value().trim().is_empty() => None,
        None => host.part(patch),
    }
}
