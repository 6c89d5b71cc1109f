//! What is wrong in a talconfig by itself: fields that talhelper does not know, and what it refuses.

use super::super::reader::{Host, entry, get, items};
use super::{Node, is_zero};
use crate::finding::Severity;
use crate::input::is_unknown;

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

/// What talhelper does with a field that it does not know.
const PASSES_OVER: (Severity, &str) = (Severity::Warning, "talhelper passes over it");

/// Tells of fields that talhelper does not know: it passes over them.
pub(super) fn fields<'t>(host: &mut Host<'t>, root: Node<'t>) {
    host.unknown_fields(root, &CLUSTER, "a talconfig", PASSES_OVER);
    if let Some(factory) = get(root, "imageFactory") {
        host.unknown_fields(factory, &IMAGE_FACTORY, "`imageFactory`", PASSES_OVER);
    }
    let of_node: Vec<&str> = NODE.iter().chain(&SECTION).copied().collect();
    let nodes = items(get(root, "nodes"));
    for node in nodes {
        host.unknown_fields(node, &of_node, "a node", PASSES_OVER);
        machine_spec(host, node);
    }
    for name in ["controlPlane", "worker"] {
        if let Some(section) = get(root, name) {
            host.unknown_fields(section, &SECTION, &format!("`{name}`"), PASSES_OVER);
            machine_spec(host, section);
        }
    }
}

/// Tells of what talhelper does not do without, and of images that it does not take.
pub(super) fn required<'t>(host: &mut Host<'t>, root: Node<'t>) {
    let is_missing = |holder: Node<'t>, name: &str| get(holder, name).is_none_or(is_zero);
    let refuses = "talhelper refuses the file";
    let cluster = root.entry("clusterName").map_or(root, |(key, _)| key);
    for name in ["kubernetesVersion", "endpoint"] {
        if is_missing(root, name) {
            host.find("tool/refused", cluster, format!("the cluster has no `{name}`; {refuses}"), None);
        }
    }
    for node in items(get(root, "nodes")) {
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
    let nodes = items(get(root, "nodes"));
    for image in sections.chain(nodes).filter_map(|holder| get(holder, "talosImageURL")).collect::<Vec<_>>() {
        let name = image.value().rsplit('/').next().unwrap_or("");
        if name.contains([':', '@']) && !is_unknown(image) {
            let message = format!("the image has a tag or a digest, which talhelper adds by itself; {refuses}");
            let help = "write the name alone; the tag is that of `talosVersion`".to_owned();
            host.find("tool/refused", image, message, Some(help));
        }
    }
}

fn machine_spec<'t>(host: &mut Host<'t>, holder: Node<'t>) {
    if let Some(spec) = get(holder, "machineSpec") {
        host.unknown_fields(spec, &MACHINE_SPEC, "`machineSpec`", PASSES_OVER);
    }
}
