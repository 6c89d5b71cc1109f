//! `apiserver/authorization-mode`

use super::super::documents;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;

pub(crate) const RULE: Rule = Rule {
    name: "apiserver/authorization-mode",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The API server allows everything, or lacks the Node or the RBAC authorizer.",
    why: "Authorizers are asked in turn until one decides; AlwaysAllow allows whatever the others have no opinion of. What is \
          configured in the machine configuration is added to Node and RBAC. With the documents of Talos 1.14 nothing is added: \
          what no KubeAuthorizerConfig names is not there.",
    avoid: Example::new("cluster:\n  apiServer:\n    extraArgs:\n      authorization-mode: AlwaysAllow\n"),
    follow: Example::new("cluster:\n  apiServer:\n    extraArgs:\n      authorization-mode: Webhook\n"),
    references: &["CIS 1.12 1.2.6", "CIS 1.12 1.2.7", "CIS 1.12 1.2.8", "STIG V-242382", "STIG V-242435"],
    check,
};

const ALWAYS_ALLOW: &str = "AlwaysAllow";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let message = "AlwaysAllow allows whatever Node and RBAC have no opinion of, and that is everything else";
    let help = "expected are Node and RBAC, which Talos sets, and a webhook where one is needed: take it out";
    let flag = context.effective_by_id("apiserver.authorization-mode");
    for written in flag.iter().flat_map(|effective| &effective.written) {
        for (_, span) in written.words(context.text).into_iter().filter(|(word, _)| *word == ALWAYS_ALLOW) {
            let mut finding = rule.finding_at(span, written.kind, written.node.path(), message);
            finding.help = Some(help.to_owned());
            let remedy = Remedy::changing(format!("Take `{ALWAYS_ALLOW}` out of `{}`", written.called()));
            let remedy = remedy.without_words(written.node, |word| word == ALWAYS_ALLOW);
            findings.push(finding.with_remedy(remedy));
        }
    }
    let authorizers = documents::in_version(context, "KubeAuthorizerConfig");
    missing(rule, context, &authorizers, findings);
}

/// The authorizers that the documents of a control plane lack.
fn missing(rule: &Rule, context: &Context<'_, '_>, authorizers: &[NodeRef<'_, '_>], findings: &mut Findings) {
    let servers = documents::in_version(context, "KubeAPIServerConfig");
    let (Some(_), Some(server)) = (context.whole_control_plane(), servers.first()) else { return };
    if authorizers.iter().any(|authorizer| authorizer.get("type").is_none_or(is_unknown)) {
        return;
    }
    for (name, loss) in
        [("Node", "no kubelet may read what its pods need"), ("RBAC", "the roles of the cluster count for nothing")]
    {
        if authorizers.iter().any(|authorizer| authorizer.get("type").is_some_and(|node| node.value() == name)) {
            continue;
        }
        let message =
            format!("no KubeAuthorizerConfig has the type `{name}`, and with this document Talos adds none: {loss}");
        let mut finding = rule.finding(context, server.get("kind").unwrap_or(*server), message);
        finding.help = Some(format!(
            "expected are the types Node and RBAC: add a KubeAuthorizerConfig document with `type: {name}`"
        ));
        findings.push(finding);
    }
}
