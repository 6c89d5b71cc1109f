//! Arguments that Talos does not let a configuration give, for the rules of each component.

use crate::context::Context;
use crate::fix::Remedy;
use crate::input::InputKind;
use crate::rule::{Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables::{self, DeniedArgument};

/// Reports the arguments of `component` that Talos denies.
pub(super) fn check(rule: &Rule, context: &Context<'_, '_>, component: &str, findings: &mut Findings) {
    let counts = |denied: &&DeniedArgument| denied.component == component && denied.versions.contains(context.talos());
    // Most configurations give no arguments at all, and there are many that are denied.
    let has_patch = context.inputs.iter().any(|input| matches!(input.kind, InputKind::JsonPatch));
    let mut given: Option<(&str, bool)> = None;
    for denied in tables::denied_arguments().iter().filter(counts) {
        let is_given = match given {
            Some((document, is_given)) if document == denied.document => is_given,
            _ => !context.find(denied.document, denied.path).is_empty(),
        };
        given = Some((denied.document, is_given));
        if !is_given && !has_patch {
            continue;
        }
        for (name, key, value) in written(context, denied) {
            // A patch that takes the argument away.
            if value.get("$patch").is_some() {
                continue;
            }
            // What is denied by its start the loader refuses; the rest only the machine notices.
            let message = if denied.argument.ends_with('*') {
                format!("Talos refuses `--{name}` in a {}", denied.document)
            } else {
                let talos = context.talos();
                format!("Talos {talos} does not let `--{name}` be given, and {component} does not come up with it")
            };
            let span = key.map_or(value.visible_span(), NodeRef::span);
            let mut finding = rule.finding_at(span, context.kind_of(value), value.path(), message);
            finding.help = Some(match denied.instead {
                "" => "take it out: Talos sets what is needed".to_owned(),
                instead => format!("take it out, and {instead}"),
            });
            // What is to be done instead is left to do.
            let remedy = Remedy::new(denied.instead.is_empty(), format!("Remove `{name}`"));
            findings.push(finding.with_remedy(remedy.remove(value)));
        }
    }
}

/// An argument that is written: its name, its key where it has one, and its value.
type WrittenArgument<'t, 's> = (String, Option<NodeRef<'t, 's>>, NodeRef<'t, 's>);

fn written<'t, 's>(context: &Context<'t, 's>, denied: &DeniedArgument) -> Vec<WrittenArgument<'t, 's>> {
    let Some(start) = denied.argument.strip_suffix('*') else {
        let path: Vec<&str> = denied.path.iter().copied().chain([denied.argument]).collect();
        let found = context.find(denied.document, &path).into_iter();
        return found
            .map(|found| {
                let key = found.node.key().filter(|key| key.value() == denied.argument);
                (denied.argument.to_owned(), key, found.node)
            })
            .collect();
    };
    let lists = context.find(denied.document, denied.path).into_iter();
    let entries = lists.flat_map(|list| list.node.entries());
    let has_own_row = |name: &str| {
        tables::denied_arguments().iter().any(|other| {
            other.argument == name && other.component == denied.component && other.document == denied.document
        })
    };
    entries
        .filter(|(key, _)| key.value().starts_with(start) && !has_own_row(key.value()))
        .map(|(key, value)| (key.value().to_owned(), Some(key), value.resolved()))
        .collect()
}
