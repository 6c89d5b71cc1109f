//! What talhelper makes of the fields of a talconfig: the machine configuration and the documents beside it.

use super::super::made::{Document, Value};
use super::super::reader::{Host, entry, get, items};
use super::{Node, Sources, is_true, is_zero};
use crate::context::NamedVersions;
use crate::directives::Role;
use crate::input::is_unknown;
use crate::syntax::{Kind, NodeRef};
use crate::text::Span;

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
pub(super) const KUBERNETES_DOCUMENTS: u8 = 14;

/// What talhelper makes of the fields of the cluster and the node.
pub(super) fn of_node<'t>(
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
    let of_cluster = items(get(root, "additionalMachineCertSans")).into_iter();
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
    for interface in items(interfaces) {
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
    for rule in items(get(firewall, "rules")) {
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
        for item in items(sources.value(field)) {
            documents.push(document(kind, item, names));
        }
    }
}
