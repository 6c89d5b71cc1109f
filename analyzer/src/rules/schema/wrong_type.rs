//! `schema/wrong-type`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::{Remedy, quoted};
use crate::rule::{Example, Findings, Rule};
use crate::schema::IssueKind;
use crate::syntax::{Kind, NodeRef, Resolved, Style, resolve_text};

pub(crate) const RULE: Rule = Rule {
    name: "schema/wrong-type",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A value of a type that the field cannot hold.",
    why: "Talos refuses a list where it reads a mapping, or a word where it reads a number. Where it converts, as from a \
          number to a string, nothing is said.",
    avoid: Example::new("machine:\n  certSANs: 192.0.2.10\n"),
    follow: Example::new("machine:\n  certSANs:\n    - 192.0.2.10\n"),
    references: &[],
    check,
};

/// The value in the type that the field takes, where it can be only one.
fn remedy(node: NodeRef<'_, '_>, expected: &str) -> Option<Remedy> {
    if node.kind() != Kind::Scalar || matches!(node.node().style, Style::Literal | Style::Folded) {
        return None;
    }
    let is_number = || matches!(resolve_text(node.value()), Resolved::Int(_));
    let is_meant = match expected {
        "a list" => return (!node.is_null() && node.is_plain()).then(|| listed(node)),
        "true or false" => matches!(node.value(), "true" | "false"),
        _ => expected.starts_with("a whole number") && is_number(),
    };
    let title = format!("Write `{}` without quotes", node.value());
    is_meant.then(|| Remedy::safe(title).write_literal(node, node.value()))
}

/// The value as the one item of a list.
fn listed(node: NodeRef<'_, '_>) -> Remedy {
    Remedy::safe("Make it a list of one item").write_literal(node, format!("[{}]", quoted(node.value())))
}

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for issue in context.issues {
        let IssueKind::WrongType { expected, found } = &issue.kind else { continue };
        let key = issue.node.key().map_or("this", |key| key.value());
        let message = format!("`{key}` takes {expected}, not {found}; Talos refuses the file");
        let mut finding = rule.finding_at(issue.span, context.kind_of(issue.node), issue.node.path(), message);
        if expected == "a list" && matches!(*found, "a string" | "a whole number" | "a number") {
            finding.help = Some("write it as an item of a list: `- value` on a line of its own".to_owned());
        }
        findings.push(finding.with_remedy(remedy(issue.node, expected)));
    }
}
