//! `node/scheduling-on-control-plane`

use crate::context::Context;
use crate::directives::Role;
use crate::finding::{Finding, Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "node/scheduling-on-control-plane",
    severity: Severity::Info,
    profile: Profile::Strict,
    summary: "Workloads may run on control-plane machines.",
    why: "A workload that breaks out of its container on a control-plane machine is beside etcd and the keys of the cluster, \
          and one that takes all memory takes the API server with it. In a small cluster it is often wanted.",
    avoid: Example::new("cluster:\n  allowSchedulingOnControlPlanes: true\n"),
    follow: Example::new("cluster:\n  allowSchedulingOnControlPlanes: false\n"),
    references: &[],
    check,
};

const TAINT: &str = "node-role.kubernetes.io/control-plane";
const PROBLEM: &str = "workloads may run on control-plane machines, beside etcd and the keys of the cluster";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let help = || Some("expected is a control plane that runs nothing else, where there are workers enough".to_owned());
    for field in ["allowSchedulingOnControlPlanes", "allowSchedulingOnMasters"] {
        for found in context.find(tables::V1ALPHA1, &["cluster", field]) {
            if found.node.value() == "true" {
                findings.push(Finding {
                    help: help(),
                    ..rule.finding(context, found.node, format!("`{field}` is on: {PROBLEM}"))
                });
            }
        }
    }
    // From 1.14 the taint that keeps workloads away is written in a document, or not there.
    if context.talos() < TalosVersion::nearest(14)
        || context.role != Some(Role::ControlPlane)
        || context.whole().is_none()
    {
        return;
    }
    for root in context.documents("KubeNodeConfig") {
        let taints = root.get("taints");
        if taints.is_some_and(|taints| is_unknown(taints) || taints.entries().any(|(key, _)| key.value() == TAINT)) {
            continue;
        }
        let place = taints.filter(|taints| taints.entries().next().is_some()).and_then(NodeRef::key);
        let place = place.or_else(|| root.get("kind")).map_or(root.span(), NodeRef::visible_span);
        let message = format!("the taint `{TAINT}` is not set: {PROBLEM}");
        findings.push(Finding { help: help(), ..rule.finding_at(place, "KubeNodeConfig", "taints", message) });
    }
}
