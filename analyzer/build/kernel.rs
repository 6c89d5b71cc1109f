//! Kernel arguments: defaults, the arguments of Talos, recommendations, and the rules that are alike.

use crate::settings::{self, Example};
use crate::tsv;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArgumentRule {
    rule: String,
    severity: String,
    #[serde(default)]
    profile: Option<String>,
    summary: String,
    why: String,
    references: Vec<String>,
    #[serde(default)]
    together: Option<String>,
    avoid: Example,
    follow: Example,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    argument: String,
    versions: Option<String>,
    reads: Option<String>,
    by: Option<String>,
    #[serde(default)]
    known: Vec<String>,
    #[serde(default)]
    starts: Vec<String>,
    #[serde(default)]
    same_as: BTreeMap<String, String>,
    #[serde(default)]
    after_removal: bool,
    weak: Weak,
    severity: Option<String>,
    problem: String,
    expected: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Weak {
    Removed,
    Written,
    NotEmpty,
    True,
    False,
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    Holds(Vec<String>),
    Lacks(Vec<String>),
}

/// The rows of `defaults.tsv`, `talos.tsv` and `recommended.tsv`.
pub(crate) fn tables(folder: &Path) -> String {
    let mut out = String::from("pub(super) static KERNEL_DEFAULTS: &[KernelDefault] = &[\n");
    for row in tsv::read(&folder.join("defaults.tsv")) {
        let value = row.get("value");
        let _ = writeln!(
            out,
            "  KernelDefault {{ argument: {:?}, value: {:?}, versions: VersionSet::from_bits({}), scope: {:?} }},",
            row.get("argument"),
            if value == "-" { "" } else { value },
            row.versions(),
            row.get("scope"),
        );
    }
    out.push_str("];\npub(super) static TALOS_ARGUMENTS: &[TalosArgument] = &[\n");
    for row in tsv::read(&folder.join("talos.tsv")) {
        let (name, bits) = (row.get("argument"), row.versions());
        let reads_first = match row.get("reads") {
            "first" => true,
            "all" => false,
            _ => row.fail("`reads` is neither `first` nor `all`"),
        };
        let _ = writeln!(
            out,
            "  TalosArgument {{ name: {name:?}, versions: VersionSet::from_bits({bits}), reads_first: {reads_first} }},"
        );
    }
    out.push_str("];\npub(super) static RECOMMENDED: &[RecommendedArgument] = &[\n");
    for row in tsv::read(&folder.join("recommended.tsv")) {
        let _ = writeln!(
            out,
            "  RecommendedArgument {{ argument: {:?}, value: {:?}, versions: VersionSet::from_bits({}), because: {:?} }},",
            row.get("argument"),
            row.get("value"),
            row.versions(),
            row.get("because"),
        );
    }
    out.push_str("];\n");
    out.push_str("pub(super) static COMMON_ARGUMENTS: &[CommonArgument] = &[\n");
    for row in tsv::read(&folder.join("common.tsv")) {
        let is_hardened = match row.get("hardened") {
            "yes" => true,
            "no" => false,
            _ => row.fail("hardened is `yes` or `no`"),
        };
        let _ = writeln!(
            out,
            "  CommonArgument {{ argument: {:?}, value: {:?}, versions: VersionSet::from_bits({}), is_hardened: {is_hardened}, \
             about: {:?} }},",
            row.get("argument"),
            row.get("value"),
            row.versions(),
            row.get("about"),
        );
    }
    out.push_str("];\n");
    out
}

/// The rules of `rules.yaml`, and their checks.
pub(crate) fn rules(folder: &Path) -> String {
    let mut rules = String::from("static KERNEL_RULES: &[Rule] = &[\n");
    let mut checks = String::from("static ARGUMENT_CHECKS: &[ArgumentCheck] = &[\n");
    for rule in settings::read::<Vec<ArgumentRule>>(&folder.join("rules.yaml")) {
        for check in &rule.checks {
            checks.push_str(&row(&rule, check));
        }
        let _ = writeln!(
            rules,
            "  Rule {{ name: {:?}, severity: {}, profile: {}, summary: {:?}, why: {:?}, avoid: {}, follow: {}, \
             references: &{:?}, check: kernel_argument::check }},",
            rule.rule,
            settings::severity(&rule.severity),
            settings::profile(rule.profile.as_deref().unwrap_or("default")),
            rule.summary.trim(),
            rule.why.trim(),
            settings::example(&rule.avoid),
            settings::example(&rule.follow),
            rule.references,
        );
    }
    rules.push_str("];\n");
    checks.push_str("];\n");
    rules + &checks
}

fn row(rule: &ArgumentRule, check: &Check) -> String {
    let weak = match &check.weak {
        Weak::Removed => "WeakArgument::Removed".to_owned(),
        Weak::Written => "WeakArgument::Written".to_owned(),
        Weak::NotEmpty => "WeakArgument::NotEmpty".to_owned(),
        Weak::True => "WeakArgument::True".to_owned(),
        Weak::False => "WeakArgument::False".to_owned(),
        Weak::OneOf(values) => format!("WeakArgument::OneOf(&{values:?})"),
        Weak::NoneOf(values) => format!("WeakArgument::NoneOf(&{values:?})"),
        Weak::Holds(values) => format!("WeakArgument::Holds(&{values:?})"),
        Weak::Lacks(values) => format!("WeakArgument::Lacks(&{values:?})"),
    };
    let reads = match check.reads.as_deref().unwrap_or("last") {
        "last" => "Reads::Last",
        "first" => "Reads::First",
        "any" => "Reads::Any",
        "once_on" => "Reads::OnceOn",
        word => panic!("{}: `{word}` is no way to read an argument", rule.rule),
    };
    let reader = match check.by.as_deref().unwrap_or("kernel") {
        "kernel" => "Reader::Kernel",
        "talos" => "Reader::Talos",
        word => panic!("{}: `{word}` reads no arguments", rule.rule),
    };
    let same_as: Vec<(&str, &str)> = check.same_as.iter().map(|(name, value)| (&**name, &**value)).collect();
    format!(
        "  ArgumentCheck {{ rule: {:?}, together: {:?}, argument: {:?}, versions: VersionSet::from_bits({}), reads: {reads}, \
         reader: {reader}, known: &{:?}, starts: &{:?}, same_as: &{same_as:?}, after_removal: {}, weak: {weak}, \
         severity: {}, problem: {:?}, expected: {:?} }},\n",
        rule.rule,
        rule.together,
        check.argument,
        settings::bits(check.versions.as_deref()),
        check.known,
        check.starts,
        check.after_removal,
        settings::severity(check.severity.as_deref().unwrap_or(&rule.severity)),
        check.problem.trim(),
        check.expected.trim(),
    )
}
