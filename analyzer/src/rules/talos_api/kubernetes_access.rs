//! `talos-api/kubernetes-access`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "talos-api/kubernetes-access",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "Pods may speak to the Talos API.",
    why: "Talos gives the pods of some namespaces certificates for its API. With the role os:admin whoever may create a \
          service account in such a namespace owns every machine: it can read their secrets, reset and reconfigure them. \
          Give the narrowest role that will do, such as os:reader or os:etcd:backup.",
    avoid: Example::talos(
        12,
        "machine:\n  features:\n    kubernetesTalosAPIAccess:\n      enabled: true\n      allowedRoles: [\"os:admin\"]\n      allowedKubernetesNamespaces: [kube-system]\n",
    ),
    follow: Example::talos(
        12,
        "machine:\n  features:\n    kubernetesTalosAPIAccess:\n      enabled: false\n      allowedRoles: [\"os:admin\"]\n      allowedKubernetesNamespaces: [kube-system]\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for found in context.find(tables::V1ALPHA1, &["machine", "features", "kubernetesTalosAPIAccess"]) {
        if found.node.get("enabled").is_some_and(|enabled| enabled.value() == "true") {
            access(rule, context, found.node, findings);
        }
    }
    if context.talos() >= TalosVersion::nearest(14) {
        for root in context.documents("KubeTalosAPIAccessConfig") {
            access(rule, context, root, findings);
        }
    }
}

fn access(rule: &Rule, context: &Context<'_, '_>, section: NodeRef<'_, '_>, findings: &mut Findings) {
    let roles: Vec<_> =
        section.get("allowedRoles").into_iter().flat_map(NodeRef::items).map(NodeRef::resolved).collect();
    let namespaces = section.get("allowedKubernetesNamespaces").into_iter().flat_map(NodeRef::items);
    let namespaces: Vec<String> =
        namespaces.filter(|name| !is_unknown(*name)).map(|name| format!("`{}`", name.value())).collect();
    let of = if namespaces.is_empty() { String::new() } else { format!(" of {}", namespaces.join(", ")) };
    if let Some(admin) = roles.iter().find(|role| role.value() == "os:admin") {
        let message = format!("pods{of} may get the role `os:admin` in the Talos API, and with it every machine");
        let mut finding = rule.finding(context, *admin, message);
        finding.help = Some("expected are narrower roles, such as os:reader, os:operator or os:etcd:backup".to_owned());
        findings.push(finding);
        return;
    }
    let known: Vec<String> =
        roles.iter().filter(|role| !is_unknown(**role)).map(|role| format!("`{}`", role.value())).collect();
    let Some(first) = roles.first().filter(|_| !known.is_empty()) else { return };
    let message = format!("pods{of} may speak to the Talos API as {}", known.join(", "));
    let mut finding = rule.finding(context, *first, message);
    finding.severity = Severity::Info;
    finding.help = Some("expected is no access from pods, unless a workload needs it".to_owned());
    findings.push(finding);
}
