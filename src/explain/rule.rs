//! `talint explain` of a rule.

use super::{paragraph, setting};
use std::fmt::Write as _;
use talint_analyzer::fix::Fixability;
use talint_analyzer::reference::fixability;
use talint_analyzer::rule::{Example, Rule};
use talint_analyzer::{rules, settings};

/// What `rule` looks for, why, what it expects, and its examples.
pub(super) fn explain(rule: &Rule) -> String {
    let mut out = format!("{}  ({}, profile {})\n\n", rule.name, rule.severity, rule.profile.as_str());
    paragraph(&mut out, rule.summary);
    paragraph(&mut out, rule.why);
    for control in rules::controls_of(rule.name) {
        let _ = writeln!(out, "Expected of {}: {}.", control.setting, control.expected);
        if let Some(setting) = settings::setting(control.setting) {
            out.push_str(&setting::facts(setting));
        }
        out.push('\n');
    }
    example(&mut out, "Avoid", &rule.avoid);
    example(&mut out, "Write", &rule.follow);
    match fixability(rule) {
        Fixability::None => {}
        Fixability::Safe => out.push_str("Fixed by `talint check --fix`.\n"),
        Fixability::Unsafe => out.push_str(
            "Fixed by `talint check --fix --unsafe-fixes`, after which a machine may get something else: look at what it changes.\n",
        ),
    }
    if !rule.references.is_empty() {
        let _ = writeln!(out, "References: {}", rule.references.join(", "));
    }
    out
}

fn example(out: &mut String, title: &str, example: &Example) {
    let _ = writeln!(out, "{title} (Talos {}):\n", example.version());
    for line in example.text.lines() {
        let _ = writeln!(out, "    {line}");
    }
    out.push('\n');
}
