//! Controls: a setting held to an expectation, each a row of data.

use crate::context::Context;
use crate::finding::Severity;
use crate::rule::{Findings, Rule};
use crate::settings::{Effective, Written};
use crate::tables;

/// A setting and what is expected of it.
#[derive(Debug)]
pub struct Control {
    /// The rule.
    pub rule: &'static str,
    /// The id of the setting.
    pub setting: &'static str,
    /// Which values are weaker than they should be.
    pub weak: Weak,
    /// The severity when such a value is written.
    pub written: Severity,
    /// When nothing is written in a whole configuration and the default is weak: `None` to say nothing, else the
    /// severity; `Some(None)` for something optional.
    pub absent: Option<Option<Severity>>,
    /// What is wrong then, as a clause.
    pub problem: &'static str,
    /// What is expected: "a positive number".
    pub expected: &'static str,
    /// What to write.
    pub write: &'static str,
}

/// Which values are weak.
#[derive(Debug)]
pub enum Weak {
    /// Numbers up to this one.
    AtMost(i64),
    /// Numbers from this one.
    AtLeast(i64),
    /// These words, in any case.
    Equals(&'static [&'static str]),
}

impl Weak {
    fn applies(&self, value: &str) -> bool {
        let number = || value.trim().parse::<i64>().ok();
        match self {
            Self::AtMost(limit) => number().is_some_and(|number| number <= *limit),
            Self::AtLeast(limit) => number().is_some_and(|number| number >= *limit),
            Self::Equals(words) => words.iter().any(|word| word.eq_ignore_ascii_case(value.trim())),
        }
    }
}

/// Holds the settings of a source to the controls of `rule`.
pub(super) fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for control in super::CONTROLS.iter().filter(|control| control.rule == rule.name) {
        let Some(effective) = context.effective_by_id(control.setting) else { continue };
        match effective.winner() {
            Some(winner) => written(rule, control, context, winner, findings),
            None => absent(rule, control, context, &effective, findings),
        }
    }
}

fn written(
    rule: &Rule,
    control: &Control,
    context: &Context<'_, '_>,
    winner: &Written<'_, '_>,
    findings: &mut Findings,
) {
    let Some(value) = winner.text().filter(|value| control.weak.applies(value)) else { return };
    let name = last_step(control.setting);
    let message = match winner.place.flag {
        Some(flag) => format!("`--{flag}` sets {} to `{value}`: {}", control.setting, control.problem),
        None => format!("`{name}` is `{value}`: {}", control.problem),
    };
    let mut finding = rule.finding(context, winner.node, message);
    finding.severity = control.written;
    finding.help = Some(format!("expected is {}: write {}", control.expected, control.write));
    findings.push(finding);
}

fn absent(
    rule: &Rule,
    control: &Control,
    context: &Context<'_, '_>,
    effective: &Effective<'_, '_>,
    findings: &mut Findings,
) {
    let (Some(severity), Some(root)) = (control.absent, context.whole()) else { return };
    let Some(default) = effective.default.filter(|default| control.weak.applies(default)) else { return };
    let place =
        effective.setting.places.iter().find(|place| place.flag.is_none() && place.document == tables::V1ALPHA1);
    let path = place.map_or(&[][..], |place| place.path);
    let message = format!(
        "`{}` is not set, and its default in Talos {} is `{default}`: {}",
        last_step(control.setting),
        context.talos(),
        control.problem,
    );
    let span = context.nearest(root, path);
    let mut finding = rule.finding_at(span, tables::V1ALPHA1, path.join("."), message);
    finding.severity = severity.unwrap_or_else(|| context.optional());
    finding.help = Some(format!("expected is {}: write {}", control.expected, control.write));
    finding.references.push(format!("Talos {} default", context.talos()).into());
    findings.push(finding);
}

fn last_step(id: &str) -> &str {
    id.rsplit('.').next().unwrap_or(id)
}
