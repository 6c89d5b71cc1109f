//! `schema/not-in-version`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::schema::IssueKind;

pub(crate) const RULE: Rule = Rule {
    name: "schema/not-in-version",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A field or a kind of document that this version of Talos does not have, but others do.",
    why: "A Talos machine refuses configuration that is newer or older than itself. When nothing names the version, the \
          newest one is assumed, and this is only told.",
    avoid: Example::talos(11, "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: worker-1\n"),
    follow: Example::talos(12, "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: worker-1\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for issue in context.issues {
        let (what, versions) = match &issue.kind {
            IssueKind::FieldNotInVersion { versions } => ("the key", versions),
            IssueKind::KindNotInVersion { versions } => ("the kind", versions),
            _ => continue,
        };
        let talos = context.talos();
        let exists = versions.describe();
        let mut message = format!("{what} `{}` exists {exists}, not in Talos {talos}", issue.node.value());
        let mut finding_severity = rule.severity;
        if context.is_version_assumed() {
            message.push_str(", which is assumed here as nothing names a version");
            finding_severity = Severity::Info;
        }
        let mut finding = rule.finding_at(issue.span, context.kind_of(issue.node), issue.node.path(), message);
        finding.severity = finding_severity;
        finding.help = Some(if context.is_version_assumed() {
            "name the version, with `--talos-version` or a comment `# talint: talos=1.12` in the file".to_owned()
        } else {
            format!("take it out for Talos {talos}")
        });
        findings.push(finding);
    }
}
