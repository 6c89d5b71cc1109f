//! What hangs on a field: the settings that it sets, and the rules that look at it; and what hangs on a rule: whether it
//! has a fix. The examples of the rules tell.

use crate::analysis::{Analysis, Options, analyze};
use crate::finding::Finding;
use crate::fix::{Fix, Fixability};
use crate::input::PROJECT_FILE;
use crate::layered::analyze_layered;
use crate::machine::{File, NoFiles};
use crate::rule::Rule;
use crate::rules;
use crate::settings::{self, Setting};
use crate::source::Source;
use crate::tables::{FieldInfo, steps_of};
use crate::version::MinorVersion;
use crate::workspace::analyze_described;
use std::sync::Arc;

/// Families whose rules judge text, form or files, whatever the field.
const ABOUT_NO_FIELD: [&str; 4] = ["yaml", "schema", "suppression", "patch"];

/// The settings that `field` sets, or, where its keys are not Talos's, that a key of it sets.
pub fn settings_of(field: &FieldInfo) -> impl Iterator<Item = &'static Setting> {
    settings::settings().iter().filter(|setting| {
        let sets = |place: &settings::SettingPlace| {
            place.document == field.kind
                && place.combine != settings::Combine::Denied
                && field.leads_here(place.path.iter().copied())
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
    in_example(rule).iter().filter(|finding| finding.kind == field.kind).any(|finding| {
        let steps = steps_of(&finding.path);
        field.leads_here(steps.iter().map(String::as_str))
    })
}

/// What fixes `rule` has: those of its example, which is analysed for it.
#[must_use]
pub fn fixability(rule: &Rule) -> Fixability {
    let findings = in_example(rule);
    let fixes: Vec<&Fix> = findings.iter().filter_map(|finding| finding.fix.as_deref()).collect();
    match fixes.as_slice() {
        [] => Fixability::None,
        fixes if fixes.iter().all(|fix| fix.is_safe) => Fixability::Safe,
        _ => Fixability::Unsafe,
    }
}

/// The line that ends a base, or a patch, in an example, and begins the next patch.
const PATCH: &str = "#~ patch\n";

/// What `rule` finds in its own example.
fn in_example(rule: &Rule) -> Vec<Finding> {
    let talos = MinorVersion { major: 1, minor: u16::from(rule.avoid.version().minor()) };
    let options = Options { talos: Some(talos), profile: Some(rule.profile), ..Options::default() };
    let path = if rule.family() == "project" { PROJECT_FILE } else { "example.yaml" };
    let host = Arc::new(File { path: path.to_owned(), bytes: rule.avoid.text.into() });
    if let Some(files) = analyze_described(&host, &NoFiles, &options) {
        return only(rule, files.into_iter().map(|file| file.analysis));
    }
    let parts = rule.avoid.text.split(PATCH).map(|part| Source::file(path, part.as_bytes()));
    let analyses = match parts.collect::<Vec<_>>().as_slice() {
        [base, patches @ ..] if !patches.is_empty() => analyze_layered(*base, patches, &options).sources,
        _ => vec![analyze(path, &host.bytes, &options)],
    };
    only(rule, analyses)
}

/// The findings of a rule.
fn only(rule: &Rule, analyses: impl IntoIterator<Item = Analysis>) -> Vec<Finding> {
    let all = analyses.into_iter().flat_map(|analysis| analysis.findings);
    all.filter(|finding| finding.rule == rule.name).collect()
}
