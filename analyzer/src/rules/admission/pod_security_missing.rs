//! `admission/pod-security-missing`

use super::super::pod_security::{self, PLUGIN};
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::input::InputKind;
use crate::rule::{Example, Findings, Rule};
use crate::settings::find;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "admission/pod-security-missing",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "Pod Security admission is not configured, or a patch takes it away.",
    why: "The configuration that Talos generates enforces the baseline level of the Pod Security Standards in every \
          namespace. It is nothing but a default of the generator: without the entry Kubernetes enforces nothing, and any \
          pod may be privileged.",
    avoid: Example::new("cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        $patch: delete\n"),
    follow: Example::new(
        "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          defaults:\n            enforce: baseline\n",
    ),
    references: &["CIS 1.12 5.2.1", "STIG V-242437"],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    removed(rule, context, findings);
    let Some(root) = context.whole_control_plane() else { return };
    if pod_security::entries(context).is_empty() {
        let span = context.nearest(root, pod_security::LIST);
        let message = "no `PodSecurity` admission plugin is configured: any pod may be privileged";
        let mut finding = rule.finding_at(span, tables::V1ALPHA1, pod_security::LIST.join("."), message);
        let place = if context.talos().minor() >= 14 { "a KubeAdmissionControlConfig document" } else { "cluster.apiServer.admissionControl" };
        finding.help = Some(format!("expected is `enforce: baseline` with `audit` and `warn: restricted`: add the plugin `PodSecurity` in {place}"));
        finding.references.push(format!("Talos {} default", context.talos()).into());
        findings.push(finding);
    }
}

/// Patches that take the plugin, or the list it stands in, away.
fn removed(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let message = "this patch takes Pod Security admission away: any pod may be privileged";
    let list = find(context.inputs, tables::V1ALPHA1, pod_security::LIST).into_iter().map(|found| found.node);
    let nodes = pod_security::entries(context).into_iter().chain(list);
    let mut places: Vec<_> = nodes.filter_map(pod_security::deletion).collect();
    for input in context.inputs.iter().filter(|input| matches!(input.kind, InputKind::JsonPatch)) {
        for operation in input.root.into_iter().flat_map(|root| root.items()) {
            let is_remove = operation.get("op").is_some_and(|op| op.value() == "remove");
            let path = operation.get("path").filter(|path| is_remove && path.value() == "/cluster/apiServer/admissionControl");
            places.extend(path);
        }
    }
    for node in places {
        let mut finding = rule.finding(context, node, message);
        finding.help = Some(format!("leave `{PLUGIN}` in place, and exempt the namespaces that need more"));
        findings.push(finding);
    }
}
