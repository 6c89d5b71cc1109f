//! `apiserver/audit-policy`

use super::super::documents;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::{Kind, NodeRef};
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "apiserver/audit-policy",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The audit policy logs nothing, or writes the content of secrets to the log.",
    why: "The audit log is what tells afterwards who did what. At the level Metadata, which Talos sets for everything, it says \
          who asked for what and when; at Request and RequestResponse it holds what was sent, and for secrets that is the \
          secret, in clear text on the disk. With the documents of Talos 1.14 there is no policy but that of a \
          KubeAuditPolicyConfig.",
    avoid: Example::new(
        "cluster:\n  apiServer:\n    auditPolicy:\n      apiVersion: audit.k8s.io/v1\n      kind: Policy\n      rules:\n        - level: None\n",
    ),
    follow: Example::new(
        "cluster:\n  apiServer:\n    auditPolicy:\n      apiVersion: audit.k8s.io/v1\n      kind: Policy\n      rules:\n        - level: Metadata\n",
    ),
    references: &["CIS 1.12 3.2.1", "CIS 1.12 3.2.2", "STIG V-242401", "STIG V-242461"],
    check,
};

/// What narrows a rule of a policy to a part of the requests.
const NARROWING: [&str; 5] = ["users", "userGroups", "verbs", "namespaces", "nonResourceURLs"];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let documents = documents::in_version(context, "KubeAuditPolicyConfig");
    let policies = context.find(tables::V1ALPHA1, &["cluster", "apiServer", "auditPolicy"]);
    let policies = policies.into_iter().map(|found| found.node);
    let configurations = documents.iter().filter_map(|document| document.get("configuration"));
    // A policy takes the place of any other as a whole. An empty one in the machine configuration is as good as none.
    for policy in policies.chain(configurations).filter(|policy| policy.entries().next().is_some()) {
        judge(rule, context, policy, findings);
    }
    let servers = documents::in_version(context, "KubeAPIServerConfig");
    if let (Some(_), Some(server), true) = (context.whole_control_plane(), servers.first(), documents.is_empty()) {
        let message = "there is no KubeAuditPolicyConfig, and with this document Talos sets no audit policy of its own";
        let mut finding = rule.finding(context, server.get("kind").unwrap_or(*server), message);
        finding.help = Some("expected is a KubeAuditPolicyConfig document with a rule of `level: Metadata`".to_owned());
        findings.push(finding);
    }
    let file = context.effective_by_id("apiserver.audit-policy-file");
    if let Some(written) = file.as_ref().and_then(|effective| effective.winner())
        && let Some(path) = written.text()
    {
        let message = format!("`--audit-policy-file` is `{path}`: the policy of the configuration counts for nothing");
        let mut finding = rule.finding(context, written.node, message);
        finding.help = Some(
            "expected is the file that Talos writes: take the flag out, and write the policy in cluster.apiServer.auditPolicy \
             (from Talos 1.14 in a KubeAuditPolicyConfig document)"
                .to_owned(),
        );
        findings.push(finding.with_remedy(Remedy::changing("Remove `audit-policy-file`").remove(written.node)));
    }
}

fn judge(rule: &Rule, context: &Context<'_, '_>, policy: NodeRef<'_, '_>, findings: &mut Findings) {
    let Some(list) = policy.get("rules").filter(|list| list.kind() == Kind::Sequence) else { return };
    let mut rules = Vec::new();
    for item in list.items().map(NodeRef::resolved) {
        let Some(level) = item.get("level").filter(|level| !is_unknown(*level)) else { return };
        rules.push((item, level));
        // What comes after a rule for everything is never looked at.
        if !is_narrowed(item) && item.get("resources").is_none() {
            break;
        }
    }
    if let Some((_, level)) = rules.last()
        && rules.iter().all(|(_, level)| level.value() == "None")
    {
        let mut finding =
            rule.finding(context, *level, "nothing is logged: every request falls under the level `None`");
        finding.help =
            Some("expected is `level: Metadata` at the end, for whatever no rule before it names".to_owned());
        let remedy = Remedy::changing("Set `level` to `Metadata`").write_text(*level, "Metadata");
        findings.push(finding.with_remedy(remedy));
    }
    for (item, level) in rules.into_iter().filter(|(item, _)| covers_secrets(*item)) {
        let with_content = match level.value() {
            "RequestResponse" => true,
            "Request" => writes(item),
            _ => false,
        };
        if with_content {
            let message =
                format!("the level `{}` of this rule writes the content of secrets to the audit log", level.value());
            let mut finding = rule.finding(context, level, message);
            finding.help = Some(
                "expected is `level: Metadata` for secrets: put a rule for the resource `secrets` before this one"
                    .to_owned(),
            );
            findings.push(finding);
            return;
        }
        if !is_narrowed(item) {
            return;
        }
    }
}

fn is_narrowed(item: NodeRef<'_, '_>) -> bool {
    NARROWING.iter().any(|key| item.get(key).is_some_and(|list| list.items().next().is_some()))
}

/// Whether a rule speaks of secrets: names them, or all resources of the core group, or nothing at all.
fn covers_secrets(item: NodeRef<'_, '_>) -> bool {
    let has_items = |key| item.get(key).is_some_and(|list: NodeRef<'_, '_>| list.items().next().is_some());
    let Some(resources) = item.get("resources").filter(|_| has_items("resources")) else {
        return !has_items("nonResourceURLs");
    };
    resources.items().map(NodeRef::resolved).any(|entry| {
        let is_core = entry.get("group").is_none_or(|group| group.value().is_empty());
        let mut names = entry.get("resources").into_iter().flat_map(NodeRef::items).peekable();
        let names_no_object = entry.get("resourceNames").is_none();
        is_core
            && names_no_object
            && (names.peek().is_none() || names.any(|name| matches!(name.value(), "secrets" | "*")))
    })
}

/// Whether a rule speaks of requests that send content.
fn writes(item: NodeRef<'_, '_>) -> bool {
    let mut verbs = item.get("verbs").into_iter().flat_map(NodeRef::items).peekable();
    verbs.peek().is_none() || verbs.any(|verb| matches!(verb.value(), "create" | "update" | "patch" | "*"))
}
