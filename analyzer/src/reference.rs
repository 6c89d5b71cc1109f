//! What hangs on a field: the settings that it sets, and the rules that look at it.

use crate::analysis::{Options, analyze};
use crate::rule::Rule;
use crate::rules;
use crate::settings::{self, Setting};
use crate::tables::{FieldInfo, steps_of};
use crate::version::MinorVersion;

/// Families whose rules judge text, form or files, whatever the field.
const ABOUT_NO_FIELD: [&str; 4] = ["yaml", "schema", "suppression", "patch"];

/// The settings that `field` sets, or, where its keys are not Talos's, that a key of it sets.
pub fn settings_of(field: &FieldInfo) -> impl Iterator<Item = &'static Setting> {
    settings::settings().iter().filter(|setting| {
        let sets = |place: &settings::SettingPlace| {
            place.document == field.kind && field.leads_here(place.path.iter().copied())
        };
        setting.places.iter().any(sets)
    })
}

/// The rules that look at `field`: those that hold a setting of it to an expectation, and those whose own example has a
/// finding there. The examples are analysed for it.
#[must_use]
pub fn rules_of(field: &FieldInfo) -> Vec<&'static Rule> {
    let settings: Vec<&str> = settings_of(field).map(|setting| setting.id).collect();
    let expects = |rule: &Rule| rules::controls_of(rule.name).iter().any(|control| settings.contains(&control.setting));
    let is_about_fields = |rule: &&Rule| !ABOUT_NO_FIELD.contains(&rule.family());
    let looks = |rule: &&'static Rule| expects(rule) || finds_in_example(rule, field);
    let mut found: Vec<&'static Rule> = rules::all().filter(is_about_fields).filter(looks).collect();
    found.sort_by_key(|rule| rule.name);
    found
}

fn finds_in_example(rule: &Rule, field: &FieldInfo) -> bool {
    let talos = MinorVersion { major: 1, minor: u16::from(rule.avoid.version().minor()) };
    let select = vec![rule.name.to_owned()];
    let options = Options { talos: Some(talos), select, ..Options::default() };
    let findings = analyze("example.yaml", rule.avoid.text.as_bytes(), &options).findings;
    findings.iter().filter(|finding| finding.kind == field.kind).any(|finding| {
        let steps = steps_of(&finding.path);
        field.leads_here(steps.iter().map(String::as_str))
    })
}
