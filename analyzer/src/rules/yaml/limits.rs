//! `yaml/limits`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::schema::IssueKind;
use crate::syntax::ProblemKind;

pub(crate) const RULE: Rule = Rule {
    name: "yaml/limits",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The text is nested deeper, refers to itself or is larger than anything Talos reads.",
    why: "What lies beyond the limits is not read, and so not analysed. Configuration that people write stays far below \
          them; an alias inside of what it stands for is refused by Talos too.",
    avoid: Example::new("machine:\n  kubelet:\n    extraConfig: &config\n      featureGates: *config\n"),
    follow: Example::new("machine:\n  kubelet:\n    extraConfig:\n      featureGates: {}\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    super::super::problems(rule, context, |kind| kind == ProblemKind::Limit, findings);
    for issue in context.issues.iter().filter(|issue| matches!(issue.kind, IssueKind::AliasCycle)) {
        let message = format!("the alias `*{}` stands inside of what it stands for, so it has no end", issue.node.value());
        findings.push(rule.finding(context, issue.node, message));
    }
}
