//! `network/address-in-cluster-range`

use super::super::addresses::{self, Network, Written};
use super::super::documents::find_in_version;
use crate::context::Context;
use crate::finding::{Finding, Profile, Related, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "network/address-in-cluster-range",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "An address of a machine or of the cluster's endpoint is in the network of pods or services.",
    why: "Addresses of pods and services are given out and rewritten inside of the cluster. An address of a machine, a shared \
          address or the endpoint among them is taken for a pod's or a service's, and is not reached any more as soon as the \
          cluster uses it.",
    avoid: Example::talos(
        12,
        "machine:\n  network:\n    interfaces:\n      - interface: eth0\n        addresses:\n          - 10.244.0.10/24\ncluster:\n  network:\n    podSubnets:\n      - 10.244.0.0/16\n",
    ),
    follow: Example::talos(
        12,
        "machine:\n  network:\n    interfaces:\n      - interface: eth0\n        addresses:\n          - 192.0.2.10/24\ncluster:\n  network:\n    podSubnets:\n      - 10.244.0.0/16\n",
    ),
    references: &[],
    check,
};

/// Where a machine is told in which networks to look for its address.
const NODE_NETWORKS: [(&str, &[&str]); 5] = [
    (tables::V1ALPHA1, &["machine", "kubelet", "nodeIP", "validSubnets", "[]"]),
    ("KubeNodeConfig", &["nodeIP", "validSubnets", "[]"]),
    (tables::V1ALPHA1, &["cluster", "etcd", "advertisedSubnets", "[]"]),
    (tables::V1ALPHA1, &["cluster", "etcd", "listenSubnets", "[]"]),
    (tables::V1ALPHA1, &["cluster", "etcd", "subnet"]),
];

/// Where the endpoint of the cluster is set.
const ENDPOINTS: [(&str, &[&str]); 2] =
    [(tables::V1ALPHA1, &["cluster", "controlPlane", "endpoint"]), ("KubeClusterConfig", &["endpoint"])];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let pods = addresses::pods(context).into_iter().map(|pods| ("pods", pods));
    let services = addresses::services(context).into_iter().map(|services| ("services", services));
    let ranges: Vec<(&str, Written<'_, '_>)> = pods.chain(services).collect();
    let own = addresses::own(context).into_iter().map(|own| ("this address of the machine", own));
    let shared = addresses::shared(context).into_iter().map(|shared| ("this shared address", shared));
    let endpoints = endpoints(context).into_iter().map(|endpoint| ("the endpoint of the cluster", endpoint));
    let addresses = own.chain(shared).chain(endpoints).map(|(what, written)| (what, written, written.network.address()));
    let networks = addresses::networks(context, &NODE_NETWORKS);
    let networks = networks.into_iter().map(|node| ("this network, where machines have their addresses,", node, node.network));
    for (what, written, network) in addresses.chain(networks) {
        let Some((whose, range)) = ranges.iter().find(|(_, range)| range.network.contains(network)) else { continue };
        let message = format!("{what} is in the network of {whose}");
        findings.push(Finding {
            help: Some(format!("expected is an address outside of the network of {whose}, or another network for these")),
            related: vec![Related::here(range.node.visible_span(), format!("the network of {whose}"))],
            ..rule.finding(context, written.node, message)
        });
    }
}

/// The endpoints that are addresses, not names.
fn endpoints<'t, 's>(context: &Context<'t, 's>) -> Vec<Written<'t, 's>> {
    let found = find_in_version(context, &ENDPOINTS);
    let known = found.into_iter().filter(|found| !is_unknown(found.node)).filter_map(|found| {
        let (_, rest) = found.node.value().split_once("://")?;
        let host = rest.split('/').next()?;
        let host = match host.strip_prefix('[') {
            Some(host) => host.split(']').next()?,
            None => host.split(':').next()?,
        };
        Some(Written { network: Network::parse(host)?, node: found.node })
    });
    known.collect()
}
