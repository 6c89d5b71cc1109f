//! `network/firewall-absent`

use crate::context::{Context, Mode};
use crate::finding::{Finding, Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "network/firewall-absent",
    severity: Severity::Info,
    profile: Profile::Hardened,
    summary: "There is no ingress firewall.",
    why: "By default every port of a machine is open to whoever can reach it: the Talos API, the kubelet, etcd. With a \
          default action of block, rules say who may reach what. Talos leaves it off, as it does not know the network.",
    avoid: Example::new(
        "version: v1alpha1\nmachine:\n  type: worker\n  token: ENC[AES256_GCM,data:Tr7o,type:str]\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.10:6443\n",
    ),
    follow: Example::new(concat!(
        "version: v1alpha1\nmachine:\n  type: worker\n  token: ENC[AES256_GCM,data:Tr7o,type:str]\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.10:6443\n",
        "---\napiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\ningress: block\n",
    )),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let Some(root) = context.whole().filter(|_| context.mode != Some(Mode::Container)) else { return };
    let documents = ["NetworkDefaultActionConfig", "NetworkRuleConfig"];
    if documents.into_iter().any(|kind| context.documents(kind).next().is_some()) {
        return;
    }
    let message = "there is no ingress firewall: every port of the machine is open to whoever can reach it";
    let path = ["machine", "network"];
    findings.push(Finding {
        help: Some(
            "expected is a NetworkDefaultActionConfig with `ingress: block`, and NetworkRuleConfig documents for what must \
             be reached"
                .to_owned(),
        ),
        ..rule.finding_at(context.nearest(root, &path), tables::V1ALPHA1, path.join("."), message)
    });
}
