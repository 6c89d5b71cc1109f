//! A rule.

use super::{Explanation, Part, setting};
use crate::fix::Fixability;
use crate::reference::fixability;
use crate::rule::{Example, Rule};
use crate::rules;
use crate::settings;

/// What `rule` looks for, why, what it expects, and its examples.
pub(super) fn explain(rule: &Rule) -> Explanation {
    let mut out = Explanation::new(rule.name, format!("{}, profile {}", rule.severity, rule.profile.as_str()));
    out.paragraph(rule.summary);
    out.paragraph(rule.why);
    for control in rules::controls_of(rule.name) {
        let line = format!("Expected of {}: {}.", control.setting, control.expected);
        let rows = settings::setting(control.setting).map(setting::facts).unwrap_or_default();
        out.parts.push(Part::Of { line, column: setting::COLUMN, rows });
    }
    out.parts.push(example("Avoid", &rule.avoid));
    out.parts.push(example("Write", &rule.follow));
    match fixability(rule) {
        Fixability::None => {}
        Fixability::Safe => out.line("Fixed by `talint check --fix`.".to_owned()),
        Fixability::Unsafe => out.line(
            "Fixed by `talint check --fix --unsafe-fixes`, after which a machine may get something else: look at what it changes."
                .to_owned(),
        ),
    }
    if !rule.references.is_empty() {
        out.line(format!("References: {}", rule.references.join(", ")));
    }
    out
}

fn example(title: &str, example: &Example) -> Part {
    Part::Example { title: format!("{title} (Talos {})", example.version()), text: example.text }
}
