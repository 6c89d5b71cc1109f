//! `admission/pod-security-missing`

use super::super::pod_security::{self, PLUGIN};
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::input::InputKind;
use crate::fix::Remedy;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
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

/// Patches that take the plugin, or what it stands in, away.
fn removed(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let message = "this patch takes Pod Security admission away: any pod may be privileged";
    let around = (1..=pod_security::LIST.len()).flat_map(|length| {
        let path = pod_security::LIST.get(..length).unwrap_or(&[]);
        context.find(tables::V1ALPHA1, path).into_iter().map(|found| found.node)
    });
    let nodes = pod_security::entries(context).into_iter().chain(around);
    let mut places: Vec<_> = nodes.filter_map(pod_security::deletion).collect();
    for input in context.inputs.iter().filter(|input| matches!(input.kind, InputKind::JsonPatch)) {
        places.extend(input.root.into_iter().flat_map(NodeRef::items).filter_map(taken_away));
    }
    for node in places {
        let mut finding = rule.finding(context, node, message);
        finding.help = Some(format!(
            "leave `{PLUGIN}` in place, and give the namespaces that need more the label \
             `pod-security.kubernetes.io/enforce` with the level they need"
        ));
        // The path of an operation has nothing to remove but the operation.
        let deleting = node.parent().filter(|_| node.key().is_some_and(|key| key.value() != "path"));
        let remedy = deleting.map(|entry| Remedy::changing("Remove the deletion").remove_item(entry));
        findings.push(finding.with_remedy(remedy));
    }
}

/// The path of an operation that removes the list, what holds it or an item of it, or puts an empty list in its place.
fn taken_away<'t, 's>(operation: NodeRef<'t, 's>) -> Option<NodeRef<'t, 's>> {
    const LIST: &str = "/cluster/apiServer/admissionControl";
    let path = operation.get("path")?;
    let is_gone = match operation.get("op")?.value() {
        "remove" => {
            let item = path.value().strip_prefix(LIST).and_then(|rest| rest.strip_prefix('/'));
            matches!(path.value(), "/cluster/apiServer" | LIST) || item.is_some_and(|item| !item.contains('/'))
        }
        "replace" | "add" => {
            let is_empty = operation.get("value").is_some_and(|value| value.is_null() || value.children().next().is_none());
            path.value() == LIST && is_empty
        }
        _ => false,
    };
    is_gone.then_some(path)
}
