//! `node/restricted-label`

use crate::context::Context;
use crate::directives::Role;
use crate::finding::{Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::tables;
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "node/restricted-label",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A label of a worker that its kubelet may not set.",
    why: "A worker sets its labels with the rights of its kubelet, and the NodeRestriction admission of Kubernetes lets a \
          kubelet set only some labels below kubernetes.io and k8s.io. The API server refuses the whole change, so the node \
          gets none of its labels, annotations and taints. A control-plane machine sets its labels with other rights.",
    avoid: Example::new("machine:\n  type: worker\n  nodeLabels:\n    node-role.kubernetes.io/worker: \"\"\n"),
    follow: Example::new("machine:\n  type: worker\n  nodeLabels:\n    node.kubernetes.io/pool: fast\n"),
    references: &["Kubernetes NodeRestriction"],
    check,
};

/// Labels below kubernetes.io that a kubelet may set.
const ALLOWED: [&str; 11] = [
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "kubernetes.io/arch",
    "beta.kubernetes.io/os",
    "beta.kubernetes.io/arch",
    "beta.kubernetes.io/instance-type",
    "node.kubernetes.io/instance-type",
    "failure-domain.beta.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

/// Prefixes below which a kubelet may set any label.
const ALLOWED_PREFIXES: [&str; 2] = ["kubelet.kubernetes.io", "node.kubernetes.io"];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.role != Some(Role::Worker) {
        return;
    }
    let mut labels = context.find(tables::V1ALPHA1, &["machine", "nodeLabels", "*"]);
    if context.talos() >= TalosVersion::nearest(14) {
        labels.extend(context.find("KubeNodeConfig", &["labels", "*"]));
    }
    for found in labels {
        let Some(key) = found.node.key() else { continue };
        if found.node.is_null() || is_unknown(key) || is_allowed(key.value()) {
            continue;
        }
        let label = key.value();
        let message = format!(
            "a worker may not give itself the label `{label}`: the API server refuses it, and with it all its labels"
        );
        let mut finding = rule.finding_at(key.span(), found.kind, found.node.path(), message);
        finding.help = Some(
            "expected is a label outside of kubernetes.io and k8s.io, or below node.kubernetes.io; set this one with \
             `kubectl label node`, which has the rights for it"
                .to_owned(),
        );
        findings.push(finding);
    }
}

/// What the `NodeRestriction` admission lets a kubelet set.
fn is_allowed(label: &str) -> bool {
    let prefix = label.split_once('/').map_or("", |(prefix, _)| prefix);
    let is_below =
        |domain: &str| prefix.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if is_below("node-restriction.kubernetes.io") {
        return false;
    }
    let is_restricted = is_below("kubernetes.io") || is_below("k8s.io");
    !is_restricted || ALLOWED.contains(&label) || ALLOWED_PREFIXES.into_iter().any(is_below)
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn labels_that_a_kubelet_may_set() {
        for label in
            ["app", "example.org/x", "mykubernetes.io/x", "topology.kubernetes.io/zone", "a.node.kubernetes.io/x"]
        {
            assert!(is_allowed(label), "{label}");
        }
        for label in [
            "node-role.kubernetes.io/worker",
            "x.node-restriction.kubernetes.io/y",
            "kubernetes.io/role",
            "topology.kubernetes.io/rack",
            "feature.node.k8s.io/x",
        ] {
            assert!(!is_allowed(label), "{label}");
        }
    }
}
