//! `schema/invalid-value`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::spelt;
use crate::rule::{Example, Findings, Rule};
use crate::schema::IssueKind;

pub(crate) const RULE: Rule = Rule {
    name: "schema/invalid-value",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A value that is not of the form, or not one of the words, that the field takes.",
    why: "Talos refuses an address that is none, a duration without a unit, or a word it does not know.",
    avoid: Example::new("apiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\ningress: deny\n"),
    follow: Example::new("apiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\ningress: block\n"),
    references: &[],
    check,
};

/// How many words of a set are listed.
const MOST_WORDS: usize = 8;

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for issue in context.issues {
        let IssueKind::InvalidValue { expected, reason, allowed, closest, secret } = &issue.kind else { continue };
        let node = issue.node;
        let shown = if *secret { "<redacted>" } else { node.value() };
        let shown: String = shown.chars().take(60).collect();
        let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        let message = format!("`{}` is not {expected}{reason}", shown.escape_debug());
        let remedy = closest.filter(|_| !*secret).map(|closest| spelt(node, closest));
        let finding = rule.finding_at(issue.span, context.kind_of(node), node.path(), message);
        let mut finding = finding.with_remedy(remedy);
        finding.help = match (closest, allowed.as_slice()) {
            (Some(closest), _) => Some(format!("did you mean `{closest}`?")),
            (None, []) => None,
            (None, [example]) => Some(format!("write for example `{example}`")),
            (None, words) => {
                let mut list: Vec<String> =
                    words.iter().filter(|word| !word.is_empty()).take(MOST_WORDS).map(|word| format!("`{word}`")).collect();
                if words.len() > MOST_WORDS {
                    list.push("…".to_owned());
                }
                Some(format!("write one of {}", list.join(", ")))
            }
        };
        findings.push(finding);
    }
}
