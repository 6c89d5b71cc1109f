//! `network/node-subnet-missed`

use super::super::addresses::{self, Network};
use crate::context::{Context, Mode};
use crate::finding::{Finding, Profile, Related, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "network/node-subnet-missed",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The networks in which a machine is to look for its address hold none of its addresses.",
    why: "The kubelet and etcd wait until the machine has an address in one of these networks. A machine whose addresses are \
          all written in its configuration, and are in other networks, waits for ever.",
    avoid: Example::talos(
        12,
        "version: v1alpha1\nmachine:\n  type: worker\n  token: ENC[AES256_GCM,data:Tr7o,type:str]\n  kubelet:\n    nodeIP:\n      validSubnets:\n        - 192.0.2.0/24\n  network:\n    interfaces:\n      - interface: eth0\n        addresses:\n          - 198.51.100.10/24\n        routes:\n          - network: 0.0.0.0/0\n            gateway: 198.51.100.1\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.10:6443\n",
    ),
    follow: Example::talos(
        12,
        "version: v1alpha1\nmachine:\n  type: worker\n  token: ENC[AES256_GCM,data:Tr7o,type:str]\n  kubelet:\n    nodeIP:\n      validSubnets:\n        - 198.51.100.0/24\n  network:\n    interfaces:\n      - interface: eth0\n        addresses:\n          - 198.51.100.10/24\n        routes:\n          - network: 0.0.0.0/0\n            gateway: 198.51.100.1\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.10:6443\n",
    ),
    references: &[],
    check,
};

/// Lists of networks, and who waits for an address in them.
const LISTS: [(&str, &[&str], &str); 4] = [
    (tables::V1ALPHA1, &["machine", "kubelet", "nodeIP", "validSubnets"], "the kubelet"),
    ("KubeNodeConfig", &["nodeIP", "validSubnets"], "the kubelet"),
    (tables::V1ALPHA1, &["cluster", "etcd", "advertisedSubnets"], "etcd"),
    (tables::V1ALPHA1, &["cluster", "etcd", "listenSubnets"], "etcd"),
];

/// Links that get their addresses from elsewhere.
const DYNAMIC: [(&str, &[&str]); 3] = [
    (tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "dhcp"]),
    (tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "vlans", "[]", "dhcp"]),
    (tables::V1ALPHA1, &["machine", "network", "kubespan", "enabled"]),
];

/// Documents of links, or of what brings links along, whose addresses are not in the configuration.
const DYNAMIC_DOCUMENTS: [&str; 4] = ["DHCPv4Config", "DHCPv6Config", "ExtensionServiceConfig", "KubeSpanConfig"];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    // Elsewhere the platform gives addresses too.
    if context.whole().is_none() || !matches!(context.mode, None | Some(Mode::Metal)) {
        return;
    }
    for (kind, path, who) in LISTS {
        for list in context.find(kind, path).into_iter().map(|found| found.node) {
            if !is_static(context) {
                return;
            }
            let own = addresses::own(context);
            let Some(networks) = networks(list) else { continue };
            // IPv6 addresses come by themselves.
            let is_missed = !networks.is_empty()
                && networks.iter().all(|network| {
                    network.is_ipv4() && !own.iter().any(|own| network.contains(own.network.address()))
                });
            if !is_missed {
                continue;
            }
            let message = format!("none of the addresses of this machine is in these networks, and {who} waits for one");
            let related = own.iter().map(|own| Related::here(own.node.visible_span(), "an address of the machine"));
            findings.push(Finding {
                help: Some("expected is a network that the machine has an address in".to_owned()),
                related: related.collect(),
                ..rule.finding(context, list, message)
            });
        }
    }
}

/// Whether all IPv4 addresses of the machine are in its configuration: its way out is, and nothing brings more.
fn is_static(context: &Context<'_, '_>) -> bool {
    let is_on = |(kind, path): &(&str, &[&str])| context.find(kind, path).iter().any(|found| found.node.value() != "false");
    let is_dynamic = DYNAMIC.iter().any(is_on) || DYNAMIC_DOCUMENTS.iter().any(|kind| context.documents(kind).next().is_some());
    !is_dynamic && addresses::is_known(context) && has_default_route(context)
}

fn has_default_route(context: &Context<'_, '_>) -> bool {
    let routes = |kind: &str, path: &[&str], to: &str| {
        context.find(kind, path).iter().any(|found| {
            let is_default = found.node.get(to).is_none_or(|network| matches!(network.value(), "" | "0.0.0.0/0"));
            let is_ipv4 = |gateway: NodeRef<'_, '_>| gateway.value().contains('.');
            is_default && found.node.get("gateway").is_some_and(is_ipv4)
        })
    };
    let links = ["BondConfig", "BridgeConfig", "LinkConfig", "VLANConfig"];
    routes(tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "routes", "[]"], "network")
        || routes(tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "vlans", "[]", "routes", "[]"], "network")
        || links.iter().any(|kind| routes(kind, &["routes", "[]"], "destination"))
}

/// The networks of a list, without those that it excludes; `None` when one is not known.
fn networks(list: NodeRef<'_, '_>) -> Option<Vec<Network>> {
    let items = list.items().map(NodeRef::resolved).filter(|item| !item.value().starts_with('!'));
    items.map(|item| Network::parse(item.value()).filter(|_| !is_unknown(item))).collect()
}
