//! `schema/unknown-field`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::schema::{IssueKind, Place};

pub(crate) const RULE: Rule = Rule {
    name: "schema/unknown-field",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A key that no version of Talos knows at this place.",
    why: "Talos refuses configuration with a key it does not know, so that a misspelt or misplaced setting is not lost in \
          silence.",
    avoid: Example::new("machine:\n  kubelet:\n    extraArg:\n      feature-gates: GracefulNodeShutdown=true\n"),
    follow: Example::new("machine:\n  kubelet:\n    extraArgs:\n      feature-gates: GracefulNodeShutdown=true\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for issue in context.issues {
        let key = issue.node;
        let (message, help) = match &issue.kind {
            IssueKind::UnknownField { closest, elsewhere } => {
                let message = format!("Talos does not know the key `{}` here and refuses the file", key.value());
                let help = match (closest, elsewhere.as_slice()) {
                    (Some(closest), _) => Some(format!("did you mean `{closest}`?")),
                    (None, []) => None,
                    (None, places) => Some(format!("it belongs at {}", join(places, context))),
                };
                (message, help)
            }
            IssueKind::MergeKey => {
                let message = "Talos does not take the merge key `<<` here and refuses the file".to_owned();
                (message, Some("write the fields out".to_owned()))
            }
            IssueKind::KeyNotScalar => {
                let message = "this key is not a plain word; Talos refuses the file".to_owned();
                (message, None)
            }
            _ => continue,
        };
        let mut finding = rule.finding_at(issue.span, context.kind_of(key), key.path(), message);
        finding.help = help;
        findings.push(finding);
    }
}

fn join(places: &[Place], context: &Context<'_, '_>) -> String {
    let describe = |place: &Place| {
        if place.versions.contains(context.talos()) {
            place.to_string()
        } else {
            format!("{place} ({})", place.versions.describe())
        }
    };
    places.iter().map(describe).collect::<Vec<_>>().join(", or ")
}
