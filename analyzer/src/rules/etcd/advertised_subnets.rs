//! `etcd/advertised-subnets`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "etcd/advertised-subnets",
    severity: Severity::Info,
    profile: Profile::Strict,
    summary: "etcd is not told which of several networks to use.",
    why: "Without a choice Talos takes the first address that it finds, which may be that of the wrong network and another one \
          after a change of the hardware. With advertisedSubnets etcd stays on the network that is meant for it.",
    avoid: Example::new(
        "version: v1alpha1\nmachine:\n  type: controlplane\n  token: wax5gv.lnvaarixa0ckem1r\n  network:\n    interfaces:\n      - interface: eth0\n        dhcp: true\n      - interface: eth1\n        addresses: [192.0.2.10/24]\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.10:6443\n",
    ),
    follow: Example::new(
        "version: v1alpha1\nmachine:\n  type: controlplane\n  token: wax5gv.lnvaarixa0ckem1r\n  network:\n    interfaces:\n      - interface: eth0\n        dhcp: true\n      - interface: eth1\n        addresses: [192.0.2.10/24]\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.10:6443\n  etcd:\n    advertisedSubnets: [192.0.2.0/24]\n",
    ),
    references: &[],
    check,
};

/// Documents that give a link addresses, by their field `addresses` or by what they are.
const LINKS: [&str; 6] = ["LinkConfig", "VLANConfig", "BondConfig", "BridgeConfig", "DHCPv4Config", "DHCPv6Config"];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let Some(root) = context.whole_control_plane() else { return };
    let is_set = |field| root.at(&["cluster", "etcd", field]).is_some_and(|node: NodeRef<'_, '_>| !node.is_null());
    if is_set("advertisedSubnets") || is_set("subnet") {
        return;
    }
    let interfaces = context.find(tables::V1ALPHA1, &["machine", "network", "interfaces", "[]"]);
    let interfaces = interfaces.into_iter().map(|found| found.node).filter(|interface| {
        let is_true = |key| interface.get(key).is_some_and(|value| value.value() == "true");
        !is_true("ignore") && (is_true("dhcp") || has_items(*interface, "addresses"))
    });
    let mut names: Vec<&str> =
        interfaces.filter_map(|interface| interface.get("interface")).map(NodeRef::value).collect();
    for kind in LINKS {
        let has_address = |document: &NodeRef<'_, '_>| kind.starts_with("DHCP") || has_items(*document, "addresses");
        names.extend(
            context.documents(kind).filter(has_address).filter_map(|root| root.get("name")).map(NodeRef::value),
        );
    }
    names.sort_unstable();
    names.dedup();
    if let [first, second, ..] = names.as_slice() {
        let path = ["cluster", "etcd", "advertisedSubnets"];
        let message = format!(
            "this machine has addresses on `{first}` and `{second}`, and etcd is not told which network to use"
        );
        let mut finding = rule.finding_at(context.nearest(root, &path), tables::V1ALPHA1, path.join("."), message);
        finding.help = Some(
            "expected is the subnet that the control-plane machines share: write it in cluster.etcd.advertisedSubnets"
                .to_owned(),
        );
        findings.push(finding);
    }
}

fn has_items(node: NodeRef<'_, '_>, key: &str) -> bool {
    node.get(key).is_some_and(|list| list.items().next().is_some())
}
