//! `schema/unknown-field`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::{self, Remedy};
use crate::rule::{Example, Findings, Rule};
use crate::schema::{IssueKind, Place};
use crate::syntax::{Kind, NodeRef};
use crate::tables::{self, Shape};

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
        let remedy = match &issue.kind {
            IssueKind::UnknownField { closest: Some(closest), .. } => renamed(key, closest, context),
            _ => None,
        };
        let mut finding = rule.finding_at(issue.span, context.kind_of(key), key.path(), message);
        finding.help = help;
        findings.push(finding.with_remedy(remedy));
    }
}

/// The key as it is meant, if there is none of that name yet, and the value is one that it takes.
fn renamed<'t, 's>(key: NodeRef<'t, 's>, name: &str, context: &Context<'t, 's>) -> Option<Remedy> {
    let mapping = key.parent()?;
    let value = key.behind()?.resolved();
    let steps = [mapping.steps(), vec![name]].concat();
    let field = tables::field_at_steps(context.kind_of(key), &steps)?;
    let takes = |shape: &Shape| match shape.value() {
        Shape::Struct(_) | Shape::Map(_) => value.kind() == Kind::Mapping || value.is_null(),
        Shape::List(_) => value.kind() == Kind::Sequence || value.is_null(),
        Shape::Any | Shape::Pointer(_) => true,
        _ => value.kind() == Kind::Scalar,
    };
    let is_fit = field.variants.iter().any(|variant| takes(variant.shape));
    is_fit.then(|| fix::renamed(key, name))?
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
