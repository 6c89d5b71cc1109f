//! `schema/unknown-kind`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::{Remedy, Value, spelt};
use crate::rule::{Example, Findings, Rule};
use crate::schema::IssueKind;
use crate::syntax::NodeRef;

pub(crate) const RULE: Rule = Rule {
    name: "schema/unknown-kind",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A document whose kind, or apiVersion, no version of Talos has.",
    why: "Talos refuses a file with a document that it does not know.",
    avoid: Example::new("apiVersion: v1alpha1\nkind: HostNameConfigs\nhostname: worker-1\n"),
    follow: Example::new("apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: worker-1\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for issue in context.issues {
        let (message, help) = match &issue.kind {
            IssueKind::UnknownKind { closest } => (
                format!("Talos has no document of the kind `{}`", issue.node.value()),
                closest.map(|closest| format!("did you mean `{closest}`?")),
            ),
            IssueKind::NoKind => (
                "nothing says what this document is: it has no `kind`, and no section of the machine configuration; \
                 Talos refuses it"
                    .to_owned(),
                Some("write `kind`, or `machine` or `cluster`".to_owned()),
            ),
            IssueKind::WrongApiVersion { found } => (
                match found {
                    Some(found) => format!("Talos has no documents of the apiVersion `{found}`"),
                    None => "the document has a kind but no `apiVersion`; Talos refuses it".to_owned(),
                },
                Some("write `apiVersion: v1alpha1`".to_owned()),
            ),
            _ => continue,
        };
        let mut finding = rule.finding_at(issue.span, context.kind_of(issue.node), issue.node.path(), message);
        finding.help = help;
        let remedy = match &issue.kind {
            IssueKind::UnknownKind { closest: Some(closest) } => Some(spelt(issue.node, closest)),
            IssueKind::WrongApiVersion { found } => api_version(issue.node, found.as_deref()),
            _ => None,
        };
        findings.push(finding.with_remedy(remedy));
    }
}

/// The only version there is.
const API_VERSION: &str = "v1alpha1";

/// The version of a document of a known kind: there is but one.
fn api_version(node: NodeRef<'_, '_>, found: Option<&str>) -> Option<Remedy> {
    if found.is_some() {
        return Some(Remedy::changing(format!("Write `{API_VERSION}`")).write_text(node, API_VERSION));
    }
    let document = std::iter::successors(Some(node), |node| node.parent()).last()?;
    let remedy = Remedy::safe(format!("Write `apiVersion: {API_VERSION}`"));
    Some(remedy.put(document, &["apiVersion"], Value::Text(API_VERSION.to_owned())))
}
