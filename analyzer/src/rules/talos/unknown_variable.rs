//! `talos/unknown-variable`

use super::super::expressions::{self, Name};
use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::tables::{self, ExpressionName};

pub(crate) const RULE: Rule = Rule {
    name: "talos/unknown-variable",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "An expression asks for a variable or a field that there is none of.",
    why: "Disks, volumes and links are chosen by expressions in CEL, over variables that Talos gives them. Talos refuses an \
          expression with another name in it; the fields are those that `talosctl get disks -o yaml` shows, with an \
          underscore where a word ends.",
    avoid: Example::talos(
        12,
        "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  diskSelector:\n    match: disk.devPath == \"/dev/sdb\"\n",
    ),
    follow: Example::talos(
        12,
        "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  diskSelector:\n    match: disk.dev_path == \"/dev/sdb\"\n",
    ),
    references: &[],
    check,
};

/// What CEL itself knows.
const OF_THE_LANGUAGE: [&str; 16] = [
    "true", "false", "null", "in", "int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type",
    "google", "optional",
];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for expression in expressions::expressions(context) {
        for name in expression.names().unwrap_or_default() {
            let scope = match name.owner {
                None => expression.scope,
                Some(owner) => owner,
            };
            let known = || tables::expression_names().iter().filter(move |known| known.scope == scope);
            let is_known = |known: &ExpressionName| known.name == name.text && known.versions.contains(context.talos());
            // Only of some variables the fields are known.
            let is_open = name.owner.is_some() && known().next().is_none();
            let is_of_language = name.owner.is_none() && OF_THE_LANGUAGE.contains(&name.text);
            if is_open || is_of_language || known().any(is_known) {
                continue;
            }
            let (message, help) = words(context, name, &known().collect::<Vec<_>>());
            let mut finding = rule.finding(context, expression.node, message);
            finding.span = expression.place(name, context.text);
            findings.push(Finding { help: Some(help), ..finding });
        }
    }
}

fn words(context: &Context<'_, '_>, name: Name<'_>, known: &[&ExpressionName]) -> (String, String) {
    let text = name.text;
    let of = |name: Name<'_>| name.owner.map_or("variable".to_owned(), |owner| format!("field of `{owner}`"));
    if let Some(other) = known.iter().find(|known| known.name == text) {
        let versions = other.versions.describe();
        let message = format!("`{text}` is no {} in Talos {}, which refuses the expression", of(name), context.talos());
        return (message, format!("it is there {versions}"));
    }
    let here = known.iter().filter(|known| known.versions.contains(context.talos())).map(|known| known.name);
    let here: Vec<&str> = here.collect();
    let plain = |word: &str| word.replace('_', "").to_ascii_lowercase();
    let near = here.iter().min_by_key(|known| strsim::osa_distance(&plain(known), &plain(text)));
    let near = near.filter(|known| strsim::osa_distance(&plain(known), &plain(text)) <= text.len() / 4);
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if here.len() <= 40 => format!("expected is one of {}", here.join(", ")),
        None => "take it out".to_owned(),
    };
    (format!("there is no {} called `{text}`, and Talos refuses the expression", of(name)), help)
}
