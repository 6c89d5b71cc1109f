//! The cluster templates of Omni: documents that say by their `kind` what they are of a cluster, without an `apiVersion`.
//!
//! Read off Omni 1.x: a machine gets the patches of the cluster, then those of its set, then its own. Kernel arguments and
//! extensions are those of the innermost that names some. Omni refuses fields that it does not know, and patches of what it
//! looks after itself.

use super::made::{Document, Value};
use super::reader::{Host, at, entry, get, items, without_documents};
use crate::context::NamedVersions;
use crate::directives::Role;
use crate::edit::Layout;
use crate::finding::{Finding, Severity};
use crate::fix::{self, Remedy};
use crate::input::is_unknown;
use crate::machine::{Layer, Machine};
use crate::rules;
use crate::syntax::{self, Kind, NodeRef};
use crate::text::decode;
use std::sync::Arc;

/// What Omni does with a field that it does not know.
const REFUSES: (Severity, &str) = (Severity::Error, "Omni refuses the template");

type Node<'t> = NodeRef<'t, 't>;

const CLUSTER: [&str; 10] = [
    "kind",
    "name",
    "labels",
    "annotations",
    "kubernetes",
    "talos",
    "features",
    "patches",
    "kernelArgs",
    "systemExtensions",
];

const SET: [&str; 13] = [
    "kind",
    "name",
    "labels",
    "annotations",
    "bootstrapSpec",
    "machines",
    "machineClass",
    "updateStrategy",
    "deleteStrategy",
    "upgradeStrategy",
    "patches",
    "kernelArgs",
    "systemExtensions",
];

const MACHINE: [&str; 9] =
    ["kind", "name", "labels", "annotations", "locked", "install", "patches", "kernelArgs", "systemExtensions"];

const PATCH: [&str; 6] = ["name", "idOverride", "labels", "annotations", "file", "inline"];

/// Fields of the machine configuration that Omni looks after itself. Of late `machine.install.disk` is one too, which
/// templates have long set: it is left out.
const FORBIDDEN: [&str; 15] = [
    "cluster.clusterName",
    "cluster.id",
    "cluster.controlPlane.endpoint",
    "cluster.token",
    "cluster.secret",
    "cluster.aescbcEncryptionSecret",
    "cluster.secretboxEncryptionSecret",
    "cluster.ca",
    "cluster.acceptedCAs",
    "cluster.serviceAccount",
    "machine.token",
    "machine.ca",
    "machine.type",
    "machine.install.extensions",
    "machine.acceptedCAs",
];

/// Documents that Omni writes itself.
const FORBIDDEN_DOCUMENTS: [&str; 6] = [
    "UnattendedInstallConfig",
    "DiscoveryIdentityConfig",
    "KubeClusterConfig",
    "KubeEtcdEncryptionConfig",
    "KubeAPIServerCAConfig",
    "KubeAggregatorCAConfig",
];

/// Lists that must not hold the role of an administrator: the kind of the document, empty for the machine configuration, and
/// the way there.
const ROLES: [(&str, &[&str]); 2] = [
    ("", &["machine", "features", "kubernetesTalosAPIAccess", "allowedRoles"]),
    ("KubeTalosAPIAccessConfig", &["allowedRoles"]),
];

/// Whether a text may be what [`describe`] reads: each template has a `Cluster`, and each of its documents a kind.
pub(super) fn may_be(text: &str) -> bool {
    let is_kind = |(at, _): (usize, &str)| {
        let before = text.get(..at).unwrap_or_default().trim_end_matches(['"', '\'', ' ']);
        before.strip_suffix(':').is_some_and(|key| key.trim_end_matches(['"', '\'', ' ']).ends_with("kind"))
    };
    text.match_indices("Cluster").any(is_kind)
}

/// Reads the machines of a cluster template. False when the file is none.
pub(super) fn describe<'t>(host: &mut Host<'t>) -> bool {
    let documents: Vec<Node<'t>> = host.tree.roots().filter(|root| root.kind() == Kind::Mapping).collect();
    if !documents.iter().any(|root| is_cluster(*root)) || !documents.iter().all(|root| is_template(*root)) {
        return false;
    }
    let of_kind = |kind: &'static str| documents.iter().copied().filter(move |root| kind_of(*root) == kind);
    let Some(cluster) = of_kind("Cluster").next() else { return false };
    for document in &documents {
        let (known, what): (&[&str], _) = match kind_of(*document) {
            "Cluster" => (&CLUSTER, "a cluster"),
            "Machine" => (&MACHINE, "a machine"),
            _ => (&SET, "a set of machines"),
        };
        host.unknown_fields(*document, known, what, REFUSES);
    }
    let versions = host.versions(at(cluster, &["talos", "version"]), at(cluster, &["kubernetes", "version"]));
    let machines: Vec<Node<'t>> = of_kind("Machine").collect();
    let sets = of_kind("ControlPlane").map(|set| (set, Role::ControlPlane));
    let sets: Vec<(Node<'t>, Role)> = sets.chain(of_kind("Workers").map(|set| (set, Role::Worker))).collect();
    for (set, role) in sets {
        let names = items(get(set, "machines"));
        // A class of machines is like one machine of which nothing more is known.
        if names.is_empty() && get(set, "machineClass").is_some() {
            machine(host, cluster, set, None, None, role, versions);
        }
        for name in names {
            let own =
                machines.iter().copied().find(|own| get(*own, "name").is_some_and(|own| own.value() == name.value()));
            machine(host, cluster, set, Some(name), own, role, versions);
        }
    }
    if host.described.machines.is_empty() {
        machine(host, cluster, cluster, None, None, Role::ControlPlane, versions);
    }
    true
}

fn kind_of(root: Node<'_>) -> &str {
    root.get("kind").map_or("", NodeRef::value)
}

fn is_cluster(root: Node<'_>) -> bool {
    kind_of(root) == "Cluster" && at(root, &["talos", "version"]).is_some()
}

fn is_template(root: Node<'_>) -> bool {
    root.entry("apiVersion").is_none() && matches!(kind_of(root), "Cluster" | "ControlPlane" | "Workers" | "Machine")
}

fn machine<'t>(
    host: &mut Host<'t>,
    cluster: Node<'t>,
    set: Node<'t>,
    name: Option<Node<'t>>,
    own: Option<Node<'t>>,
    role: Role,
    versions: NamedVersions,
) {
    let place =
        name.or_else(|| get(set, "name")).or_else(|| get(set, "kind")).map_or(set.span(), NodeRef::visible_span);
    let version = at(cluster, &["talos", "version"]).map_or(place, NodeRef::visible_span);
    host.is_partial = false;
    let base = host.base(versions, role, version, &[("clusterName", get(cluster, "name"))]);
    let base = without_documents(base, |kind| kind == "UnattendedInstallConfig");
    let mut layers = Vec::new();
    let mut config = Document::default();
    // From Talos 1.14 on Omni installs by itself, and the configuration says nothing of it.
    let is_in_config = host.version(versions).minor() < 14;
    let install = own.and_then(|own| get(own, "install")).filter(|_| is_in_config);
    if let Some((key, disk)) = install.and_then(|install| entry(install, "disk")) {
        config.set(&["machine", "install", "disk"], Some(key.span()), Value::Written(disk));
    }
    layers.extend(host.made(&[config], place));
    let mut holders = vec![cluster];
    holders.extend((set != cluster).then_some(set));
    holders.extend(own);
    for holder in &holders {
        let patches = items(get(*holder, "patches"));
        for patch in patches {
            layers.extend(self::patch(host, patch));
        }
    }
    let replaced = replaced(&layers);
    let length = base.source().bytes.len();
    let base = without_documents(base, |kind| replaced.contains(&kind));
    host.is_partial |= base.source().bytes.len() != length;
    layers.insert(0, base);
    let innermost = |field: &str| holders.iter().rev().find_map(|holder| entry(*holder, field));
    let mut schematic = Document::default();
    if let Some((key, arguments)) = innermost("kernelArgs") {
        schematic.set(&["customization", "extraKernelArgs"], Some(key.span()), Value::Written(arguments));
    }
    if let Some((key, extensions)) = innermost("systemExtensions") {
        let path = ["customization", "systemExtensions", "officialExtensions"];
        schematic.set(&path, Some(key.span()), Value::Written(extensions));
    }
    let schematic = host.made(&[schematic], place);
    let names = || get(set, "name").or_else(|| get(set, "kind")).map_or("", NodeRef::value);
    host.described.machines.push(Machine {
        name: name.map_or_else(names, NodeRef::value).into(),
        role: Some(role),
        mode: None,
        versions,
        layers,
        schematic,
        place: Some((Arc::clone(&host.file), place)),
        is_partial: host.is_partial,
    });
}

/// The documents in whose place patches write fields. Omni generates what the version had that a cluster began with, which a
/// template does not say: a patch that Omni took once says that there are none of them.
fn replaced(patches: &[Layer]) -> Vec<&'static str> {
    let beside = || rules::validation_checks().iter().filter(|check| check.rule == "talos/field-beside-document");
    let mut replaced = Vec::new();
    for layer in patches {
        let (text, _) = decode(layer.source().bytes);
        let tree = syntax::parse(&text);
        let config = || tree.roots().filter(|root| root.get("kind").is_none());
        for check in beside() {
            let ways = check.scopes.iter().map(|scope| scope.path.iter().chain(check.field).copied().collect());
            let is_written = |way: Vec<&str>| config().any(|root| root.at(&way).is_some());
            if ways.into_iter().any(is_written) {
                replaced.extend(check.when.iter().filter_map(|clause| clause.document));
            }
        }
    }
    replaced
}

/// The layers of a patch: a file, a text, a mapping, or a list of mappings.
fn patch<'t>(host: &mut Host<'t>, patch: Node<'t>) -> Vec<Layer> {
    host.unknown_fields(patch, &PATCH, "a patch", REFUSES);
    check(host, patch);
    let mut layers = Vec::new();
    if let Some(name) = get(patch, "file") {
        layers.extend(host.named_file(name, name.value()).map(Layer::File));
    }
    match get(patch, "inline") {
        Some(inline) if inline.kind() == Kind::Sequence => {
            layers.extend(inline.items().filter_map(|item| host.part(item.resolved())));
        }
        Some(inline) if !inline.is_null() => layers.extend(host.part(inline)),
        _ => {}
    }
    for layer in &layers {
        forbidden(host, layer);
    }
    layers
}

/// Tells of a patch that Omni does not take for one.
fn check<'t>(host: &mut Host<'t>, patch: Node<'t>) {
    let has = |name: &str| get(patch, name).is_some_and(|value| !value.is_null());
    let Some(place) = patch.children().next() else { return };
    let message = match (has("file"), has("inline")) {
        (true, true) => "a patch has a `file` or is `inline`, not both",
        (false, false) => "a patch has a `file` or is `inline`, and this has neither",
        (false, true) if !has("name") && !has("idOverride") => {
            "a patch that is `inline` has a `name` or an `idOverride`"
        }
        _ => return,
    };
    host.find("tool/refused", place, format!("{message}; Omni refuses the template"), None);
}

/// Tells of what Omni refuses in a patch.
fn forbidden(host: &mut Host<'_>, layer: &Layer) {
    if matches!(layer, Layer::Made { .. }) {
        return;
    }
    let source = layer.source();
    let (text, _) = decode(source.bytes);
    let tree = syntax::parse(&text);
    let layout = Layout::new(&text, &tree);
    for root in tree.roots().filter(|root| root.kind() == Kind::Mapping) {
        for (node, what) in refused(root) {
            let Some(rule) = rules::by_name("omni/forbidden-field") else { return };
            let span = source.position.in_file(node.visible_span());
            let message = format!("{what} is for Omni to set; it refuses a patch that does");
            let mut finding: Finding = rule.finding_at(span, "", node.path(), message);
            finding.help = Some("take it out of the patch".to_owned());
            finding.fix = fix::alone(without(root, node), source, &layout).map(Box::new);
            host.add(Arc::clone(layer.file()), finding);
        }
    }
}

/// The patch without what Omni refuses: a key, an item, or the document that the `kind` is of.
fn without(root: NodeRef<'_, '_>, node: NodeRef<'_, '_>) -> Remedy {
    let value = node.behind();
    if value.is_none() && node.key().is_some() {
        return Remedy::changing("Remove this document").remove(root);
    }
    Remedy::changing(format!("Remove `{}`", node.value())).remove(value.unwrap_or(node))
}

/// The nodes of a document that Omni refuses, and what they are.
fn refused<'r, 's>(root: NodeRef<'r, 's>) -> Vec<(NodeRef<'r, 's>, String)> {
    let kind = root.get("kind");
    let name = kind.map_or("", NodeRef::value);
    if let Some(kind) = kind.filter(|_| FORBIDDEN_DOCUMENTS.contains(&name)) {
        return vec![(kind, format!("the document `{name}`"))];
    }
    let mut found = Vec::new();
    let fields: &[&str] = match name {
        "" => &FORBIDDEN,
        "KubeServiceAccountConfig" => &["issuer.privateKey"],
        _ => &[],
    };
    for field in fields {
        let (holder, last) = field.rsplit_once('.').unwrap_or(("", field));
        let holder = holder.split('.').filter(|step| !step.is_empty()).try_fold(root, NodeRef::get);
        if let Some((key, _)) = holder.and_then(|holder| holder.entry(last)) {
            found.push((key, format!("`{field}`")));
        }
    }
    for (_, path) in ROLES.iter().filter(|(of, _)| *of == name) {
        let roles = root.at(path).into_iter().flat_map(NodeRef::items);
        let admins = roles.filter(|role| role.resolved().value() == "os:admin" && !is_unknown(*role));
        found.extend(admins.map(|role| (role, "the role `os:admin`".to_owned())));
    }
    found
}
