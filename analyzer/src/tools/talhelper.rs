//! talhelper's `talconfig.yaml`: a cluster with its nodes, out of which talhelper makes a configuration for each node.
//!
//! Read off talhelper 3: the generated configuration of the version and the role gets what the fields of the cluster and the
//! node say, then the documents made of fields, the patches of the section of the role with those of the node behind them,
//! and last the patches of the cluster. A field of the node takes the place of that of the section; of some lists both count.

use super::made::{Document, Value};
use super::reader::{Host, entry, get};
use crate::context::NamedVersions;
use crate::directives::Role;
use crate::finding::Severity;
use crate::input::is_unknown;
use crate::machine::{Layer, Machine};
use crate::syntax::{Kind, NodeRef};
use crate::text::Span;
use crate::version::MinorVersion;
use std::sync::Arc;

/// The fields of the file.
const CLUSTER: [&str; 18] = [
    "clusterName",
    "talosVersion",
    "kubernetesVersion",
    "endpoint",
    "domain",
    "allowSchedulingOnMasters",
    "allowSchedulingOnControlPlanes",
    "additionalMachineCertSans",
    "additionalApiServerCertSans",
    "inlineManifests",
    "clusterPodNets",
    "clusterSvcNets",
    "cniConfig",
    "patches",
    "nodes",
    "imageFactory",
    "controlPlane",
    "worker",
];

/// The fields that only a node has.
const NODE: [&str; 9] = [
    "hostname",
    "ipAddress",
    "controlPlane",
    "installDisk",
    "installDiskSelector",
    "ignoreHostname",
    "overridePatches",
    "overrideExtraManifests",
    "overrideMachineCertSANs",
];

/// The fields of a node, of `controlPlane` and of `worker`.
const SECTION: [&str; 22] = [
    "nodeLabels",
    "nodeAnnotations",
    "nodeTaints",
    "machineDisks",
    "machineFiles",
    "disableSearchDomain",
    "kernelModules",
    "nameservers",
    "networkInterfaces",
    "extraManifests",
    "certSANs",
    "patches",
    "talosImageURL",
    "noSchematicValidate",
    "schematic",
    "imageSchematic",
    "machineSpec",
    "ingressFirewall",
    "extensionServices",
    "volumes",
    "userVolumes",
    "filenameTmpl",
];

const IMAGE_FACTORY: [&str; 5] = ["registryURL", "schematicEndpoint", "protocol", "installerURLTmpl", "ISOURLTmpl"];
const MACHINE_SPEC: [&str; 6] = ["mode", "arch", "secureboot", "useUKI", "bootMethod", "imageSuffix"];

/// Fields of a node that become a field of the machine configuration as they are.
const SAME: [(&str, &[&str]); 7] = [
    ("nodeLabels", &["machine", "nodeLabels"]),
    ("nodeAnnotations", &["machine", "nodeAnnotations"]),
    ("nodeTaints", &["machine", "nodeTaints"]),
    ("machineDisks", &["machine", "disks"]),
    ("kernelModules", &["machine", "kernel", "modules"]),
    ("installDisk", &["machine", "install", "disk"]),
    ("installDiskSelector", &["machine", "install", "diskSelector"]),
];

/// The same for those that Talos has documents for from 1.12 on.
const NETWORK: [(&str, &[&str]); 3] = [
    ("networkInterfaces", &["machine", "network", "interfaces"]),
    ("nameservers", &["machine", "network", "nameservers"]),
    ("disableSearchDomain", &["machine", "network", "disableSearchDomain"]),
];

/// Fields of the cluster that become a field of the machine configuration as they are.
const OF_CLUSTER: [(&str, &[&str]); 4] = [
    ("domain", &["cluster", "network", "dnsDomain"]),
    ("clusterPodNets", &["cluster", "network", "podSubnets"]),
    ("clusterSvcNets", &["cluster", "network", "serviceSubnets"]),
    ("cniConfig", &["cluster", "network", "cni"]),
];

/// The version of Talos from which talhelper writes the network as documents.
const NETWORK_DOCUMENTS: u8 = 12;
/// The version of Talos from which Kubernetes is configured by documents.
const KUBERNETES_DOCUMENTS: u8 = 14;

/// What talhelper does with a field that it does not know.
const PASSES_OVER: (Severity, &str) = (Severity::Warning, "talhelper passes over it");

type Node<'t> = NodeRef<'t, 't>;

/// Reads the machines of a talconfig. False when the file is none.
pub(super) fn describe<'t>(host: &mut Host<'t>) -> bool {
    let Some(root) = host.tree.roots().next().filter(|root| is_talconfig(*root)) else { return false };
    let versions = host.versions(get(root, "talosVersion"), get(root, "kubernetesVersion"));
    // The talhelper that still wrote older versions knew other fields.
    if versions.talos.is_none_or(|talos| talos >= MinorVersion { major: 1, minor: 9 }) {
        check_fields(host, root);
        check_required(host, root);
    }
    let nodes: Vec<Node<'t>> = get(root, "nodes").into_iter().flat_map(NodeRef::items).map(NodeRef::resolved).collect();
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

/// Tells of fields that talhelper does not know: it passes over them.
fn check_fields<'t>(host: &mut Host<'t>, root: Node<'t>) {
    host.unknown_fields(root, &CLUSTER, "a talconfig", PASSES_OVER);
    if let Some(factory) = get(root, "imageFactory") {
        host.unknown_fields(factory, &IMAGE_FACTORY, "`imageFactory`", PASSES_OVER);
    }
    let of_node: Vec<&str> = NODE.iter().chain(&SECTION).copied().collect();
    let nodes = get(root, "nodes").into_iter().flat_map(NodeRef::items).map(NodeRef::resolved);
    for node in nodes {
        host.unknown_fields(node, &of_node, "a node", PASSES_OVER);
        check_machine_spec(host, node);
    }
    for name in ["controlPlane", "worker"] {
        if let Some(section) = get(root, name) {
            host.unknown_fields(section, &SECTION, &format!("`{name}`"), PASSES_OVER);
            check_machine_spec(host, section);
        }
    }
}

/// Tells of what talhelper does not do without, and of images that it does not take.
fn check_required<'t>(host: &mut Host<'t>, root: Node<'t>) {
    let is_missing = |holder: Node<'t>, name: &str| get(holder, name).is_none_or(is_zero);
    let refuses = "talhelper refuses the file";
    let cluster = root.entry("clusterName").map_or(root, |(key, _)| key);
    for name in ["kubernetesVersion", "endpoint"] {
        if is_missing(root, name) {
            host.find("tool/refused", cluster, format!("the cluster has no `{name}`; {refuses}"), None);
        }
    }
    for node in get(root, "nodes").into_iter().flat_map(NodeRef::items).map(NodeRef::resolved) {
        let place = entry(node, "hostname").map(|(_, name)| name).or_else(|| node.children().next()).unwrap_or(node);
        for name in ["hostname", "ipAddress"] {
            if is_missing(node, name) {
                host.find("tool/refused", place, format!("the node has no `{name}`; {refuses}"), None);
            }
        }
        if is_missing(node, "installDisk") && is_missing(node, "installDiskSelector") {
            let message = format!("the node has neither `installDisk` nor `installDiskSelector`; {refuses}");
            host.find("tool/refused", place, message, None);
        }
    }
    let sections = ["controlPlane", "worker"].into_iter().filter_map(|name| get(root, name));
    let nodes = get(root, "nodes").into_iter().flat_map(NodeRef::items).map(NodeRef::resolved);
    for image in sections.chain(nodes).filter_map(|holder| get(holder, "talosImageURL")).collect::<Vec<_>>() {
        let name = image.value().rsplit('/').next().unwrap_or("");
        if name.contains([':', '@']) && !is_unknown(image) {
            let message = format!("the image has a tag or a digest, which talhelper adds by itself; {refuses}");
            let help = "write the name alone; the tag is that of `talosVersion`".to_owned();
            host.find("tool/refused", image, message, Some(help));
        }
    }
}

fn check_machine_spec<'t>(host: &mut Host<'t>, holder: Node<'t>) {
    if let Some(spec) = get(holder, "machineSpec") {
        host.unknown_fields(spec, &MACHINE_SPEC, "`machineSpec`", PASSES_OVER);
    }
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
        let items = |holder: Option<Node<'t>>| -> Vec<Node<'t>> {
            let list = holder.and_then(|holder| get(holder, name));
            list.into_iter().flat_map(NodeRef::items).map(NodeRef::resolved).collect()
        };
        let (own, of_section) = (items(Some(self.node)), items(self.section));
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
    let mut layers = vec![if has_selector { without_disk(base) } else { base }];
    // What talhelper makes of the documents of Kubernetes is not settled.
    host.is_partial |= host.version(versions).minor() >= KUBERNETES_DOCUMENTS;
    let documents = documents(host, root, sources, role, versions);
    layers.extend(host.made(&documents, place));
    for patch in sources.items("patches", "overridePatches", true) {
        layers.extend(self::patch(host, patch));
    }
    let of_cluster: Vec<Node<'t>> =
        get(root, "patches").into_iter().flat_map(NodeRef::items).map(NodeRef::resolved).collect();
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

/// A base without the disk that Talos generates: talhelper lets it generate none.
fn without_disk(base: Layer) -> Layer {
    const DISK: &str = "        disk: /dev/sda\n";
    let Layer::Made { file, place, mut text, anchors } = base else { return base };
    let at = text.find(DISK).unwrap_or(text.len());
    let moved = |offset: u32| if offset as usize > at { offset - Span::new(DISK.len(), 0).start } else { offset };
    let anchors = anchors
        .into_iter()
        .map(|(made, written)| (Span { start: moved(made.start), end: moved(made.end) }, written))
        .collect();
    text = text.replacen(DISK, "", 1);
    Layer::Made { file, place, text, anchors }
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

/// What talhelper makes of the fields of the cluster and the node.
fn documents<'t>(
    host: &mut Host<'t>,
    root: Node<'t>,
    sources: Sources<'t>,
    role: Role,
    versions: NamedVersions,
) -> Vec<Document<'t, 't>> {
    let version = host.version(versions).minor();
    let mut config = Document::default();
    of_cluster(&mut config, root, role, version);
    for (name, path) in SAME {
        set_same(&mut config, sources, name, path);
    }
    set_certificate_names(&mut config, root, sources);
    if let Some((key, files)) = sources.field("machineFiles") {
        let files = files.items().map(|file| machine_file(host, file.resolved())).collect();
        config.set(&["machine", "files"], Some(key.span()), Value::List(files));
    }
    if version < KUBERNETES_DOCUMENTS {
        set_image(&mut config, root, sources);
    }
    let has_arguments =
        version < NETWORK_DOCUMENTS && !sources.value("machineSpec").is_some_and(|spec| is_true(get(spec, "useUKI")));
    let arguments = sources.value("schematic").and_then(|schematic| get(schematic, "customization"));
    if let Some((key, arguments)) = arguments.and_then(|customization| entry(customization, "extraKernelArgs"))
        && has_arguments
    {
        config.set(&["machine", "install", "extraKernelArgs"], Some(key.span()), Value::Written(arguments));
    }
    let mut documents = Vec::new();
    if version < NETWORK_DOCUMENTS {
        for (name, path) in NETWORK {
            set_same(&mut config, sources, name, path);
        }
        if let Some((key, hostname)) = entry(sources.node, "hostname").filter(|_| !ignores_hostname(sources)) {
            config.set(&["machine", "network", "hostname"], Some(key.span()), Value::Written(hostname));
        }
    } else {
        network(sources, &mut documents);
    }
    firewall(sources, &mut documents);
    services_and_volumes(sources, &mut documents);
    documents.insert(0, config);
    documents
}

fn ignores_hostname(sources: Sources<'_>) -> bool {
    is_true(get(sources.node, "ignoreHostname"))
}

fn set_same<'t>(config: &mut Document<'t, 't>, sources: Sources<'t>, name: &str, path: &[&str]) {
    if let Some((key, value)) = sources.field(name).filter(|(_, value)| !value.is_null()) {
        config.set(path, Some(key.span()), Value::Written(value));
    }
}

/// What the fields of the cluster become.
fn of_cluster<'t>(config: &mut Document<'t, 't>, root: Node<'t>, role: Role, version: u8) {
    if version >= KUBERNETES_DOCUMENTS {
        return;
    }
    for (name, path) in OF_CLUSTER {
        if let Some((key, value)) = entry(root, name).filter(|(_, value)| !is_zero(*value)) {
            config.set(path, Some(key.span()), Value::Written(value));
        }
    }
    if let Some(kubernetes) = get(root, "kubernetesVersion").filter(|node| !is_unknown(*node) && !is_zero(*node)) {
        let tag = kubernetes.value().trim_start_matches('v');
        let mut image = |path: &[&str], name: &str| {
            config.set(path, None, Value::Text(format!("{name}:v{tag}"), kubernetes.span()));
        };
        image(&["machine", "kubelet", "image"], "ghcr.io/siderolabs/kubelet");
        if role == Role::ControlPlane {
            image(&["cluster", "apiServer", "image"], "registry.k8s.io/kube-apiserver");
            image(&["cluster", "controllerManager", "image"], "registry.k8s.io/kube-controller-manager");
            image(&["cluster", "scheduler", "image"], "registry.k8s.io/kube-scheduler");
            image(&["cluster", "proxy", "image"], "registry.k8s.io/kube-proxy");
        }
    }
    if role != Role::ControlPlane {
        return;
    }
    let allowing = ["allowSchedulingOnMasters", "allowSchedulingOnControlPlanes"];
    if let Some((key, value)) =
        allowing.iter().find_map(|name| entry(root, name).filter(|(_, value)| is_true(Some(*value))))
    {
        let path = ["cluster", "allowSchedulingOnControlPlanes"];
        config.set(&path, Some(key.span()), Value::Word("true", value.span()));
    }
    if let Some((key, names)) = entry(root, "additionalApiServerCertSans") {
        config.set(&["cluster", "apiServer", "certSANs"], Some(key.span()), Value::Written(names));
    }
    if let Some((key, manifests)) = entry(root, "inlineManifests") {
        let item = |item: Node<'t>| picked(item.resolved(), &["name", "contents"]);
        config.set(
            &["cluster", "inlineManifests"],
            Some(key.span()),
            Value::List(manifests.items().map(item).collect()),
        );
    }
}

fn set_certificate_names<'t>(config: &mut Document<'t, 't>, root: Node<'t>, sources: Sources<'t>) {
    let of_cluster = get(root, "additionalMachineCertSans").into_iter().flat_map(NodeRef::items);
    let names = of_cluster.chain(sources.items("certSANs", "overrideMachineCertSANs", false));
    let names: Vec<Value<'t, 't>> = names.map(|name| Value::Written(name.resolved())).collect();
    if !names.is_empty() {
        let key = sources.field("certSANs").or_else(|| entry(root, "additionalMachineCertSans"));
        config.set(&["machine", "certSANs"], key.map(|(key, _)| key.span()), Value::List(names));
    }
}

/// The image that the machine is installed from: that of the address, or that of the Image Factory for the schematic.
fn set_image<'t>(config: &mut Document<'t, 't>, root: Node<'t>, sources: Sources<'t>) {
    let Some(version) = get(root, "talosVersion").filter(|version| !is_unknown(*version) && !is_zero(*version)) else {
        return;
    };
    let tag = version.value().trim_start_matches('v');
    let (name, place) = match sources.value("talosImageURL") {
        Some(address) => (address.value().to_owned(), address.span()),
        // The name of the image is the checksum of the schematic.
        None => ("factory.talos.dev/metal-installer/${schematic}".to_owned(), version.span()),
    };
    config.set(&["machine", "install", "image"], Some(place), Value::Text(format!("{name}:v{tag}"), place));
}

/// A file of a machine: its content may come from another file.
fn machine_file<'t>(host: &mut Host<'t>, file: Node<'t>) -> Value<'t, 't> {
    let from = get(file, "content").filter(|content| content.value().starts_with('@'));
    let Some(content) = from else { return picked(file, &["content", "permissions", "path", "op"]) };
    let name = content.value().trim_start_matches('@');
    let was_partial = host.is_partial;
    let _ = host.named_file(content, name);
    host.is_partial = was_partial;
    let Value::Map(mut entries) = picked(file, &["permissions", "path", "op"]) else { return Value::Written(file) };
    let mut holder = Document::default();
    holder.set(&["content"], None, Value::Text("${file}".to_owned(), content.span()));
    entries.extend(holder.into_entries());
    Value::Map(entries)
}

/// The entries of a mapping that are named.
fn picked<'t>(node: Node<'t>, names: &[&str]) -> Value<'t, 't> {
    if node.kind() != Kind::Mapping {
        return Value::Written(node);
    }
    let mut document = Document::default();
    for name in names {
        if let Some((key, value)) = entry(node, name) {
            document.set(&[name], Some(key.span()), Value::Written(value));
        }
    }
    Value::Map(document.into_entries())
}

/// A document of `kind` out of the entries of a mapping.
fn document<'t>(kind: &str, node: Node<'t>, names: &[&str]) -> Document<'t, 't> {
    let place = first_span(node);
    let mut document = Document::of_kind(kind, place);
    for name in names {
        if let Some((key, value)) = entry(node, name) {
            document.set(&[name], Some(key.span()), Value::Written(value));
        }
    }
    document
}

fn first_span(node: Node<'_>) -> Span {
    get(node, "name").or_else(|| node.children().next()).map_or(node.span(), NodeRef::visible_span)
}

/// The documents of the network: the name of the host, the resolvers, keys of WireGuard.
fn network<'t>(sources: Sources<'t>, documents: &mut Vec<Document<'t, 't>>) {
    if let Some((key, hostname)) = entry(sources.node, "hostname") {
        let mut document = Document::of_kind("HostnameConfig", hostname.visible_span());
        if ignores_hostname(sources) {
            document.set(&["auto"], None, Value::Text("stable".to_owned(), hostname.visible_span()));
        } else {
            document.set(&["hostname"], Some(key.span()), Value::Written(hostname));
            document.set(&["auto"], None, Value::Text("off".to_owned(), hostname.visible_span()));
        }
        documents.push(document);
    }
    let nameservers = sources.field("nameservers").filter(|(_, list)| list.items().next().is_some());
    let search = sources.field("disableSearchDomain").filter(|(_, value)| is_true(Some(*value)));
    if let Some((key, _)) = nameservers.or(search) {
        let mut document = Document::of_kind("ResolverConfig", key.span());
        if let Some((key, list)) = nameservers {
            let server = |item: Node<'t>| {
                let mut holder = Document::default();
                holder.set(&["address"], Some(item.span()), Value::Written(item.resolved()));
                Value::Map(holder.into_entries())
            };
            document.set(&["nameservers"], Some(key.span()), Value::List(list.items().map(server).collect()));
        }
        if let Some((key, value)) = search {
            document.set(&["searchDomains", "disableDefault"], Some(key.span()), Value::Word("true", value.span()));
        }
        documents.push(document);
    }
    let interfaces = sources.value("networkInterfaces");
    for interface in interfaces.into_iter().flat_map(NodeRef::items).map(NodeRef::resolved) {
        let (Some(wireguard), Some(name)) = (get(interface, "wireguard"), get(interface, "interface")) else {
            continue;
        };
        let mut document = document("WireguardConfig", wireguard, &["privateKey", "listenPort"]);
        document.set(&["name"], None, Value::Written(name));
        if let Some((key, peers)) = entry(wireguard, "peers") {
            document.set(&["peers"], Some(key.span()), Value::Written(peers));
        }
        documents.push(document);
    }
}

/// The documents of the ingress firewall.
fn firewall<'t>(sources: Sources<'t>, documents: &mut Vec<Document<'t, 't>>) {
    let Some((key, firewall)) = sources.field("ingressFirewall").filter(|(_, value)| !value.is_null()) else { return };
    let mut default = Document::of_kind("NetworkDefaultActionConfig", key.span());
    if let Some((key, action)) = entry(firewall, "defaultAction") {
        default.set(&["ingress"], Some(key.span()), Value::Written(action));
    }
    documents.push(default);
    for rule in get(firewall, "rules").into_iter().flat_map(NodeRef::items).map(NodeRef::resolved) {
        documents.push(document("NetworkRuleConfig", rule, &["name", "portSelector", "ingress"]));
    }
}

/// The documents of extension services and volumes.
fn services_and_volumes<'t>(sources: Sources<'t>, documents: &mut Vec<Document<'t, 't>>) {
    const LISTS: [(&str, &str, &[&str]); 3] = [
        ("extensionServices", "ExtensionServiceConfig", &["name", "configFiles", "environment"]),
        ("volumes", "VolumeConfig", &["name", "provisioning", "encryption"]),
        ("userVolumes", "UserVolumeConfig", &["name", "volumeType", "provisioning", "filesystem", "encryption"]),
    ];
    for (field, kind, names) in LISTS {
        for item in sources.value(field).into_iter().flat_map(NodeRef::items).map(NodeRef::resolved) {
            documents.push(document(kind, item, names));
        }
    }
}
