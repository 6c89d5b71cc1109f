//! Talos's own validation: rules and their checks, a topic a file.

use crate::settings::{self, Example};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidationRule {
    rule: String,
    severity: String,
    summary: String,
    why: String,
    #[serde(default)]
    references: Vec<String>,
    avoid: Example,
    follow: Example,
    /// What is wrong and what to write, of checks that do not say it themselves.
    problem: Option<String>,
    help: Option<String>,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    id: String,
    #[serde(rename = "in")]
    scopes: OneOrMore,
    field: Option<String>,
    versions: Option<String>,
    mode: Option<String>,
    role: Option<String>,
    #[serde(default)]
    when: BTreeMap<String, Condition>,
    #[serde(default)]
    unless: BTreeMap<String, Condition>,
    wrong: Option<Condition>,
    by: Option<String>,
    severity: Option<String>,
    problem: Option<String>,
    help: Option<String>,
    fix: Option<Fix>,
}

/// What takes the finding away: whether it can mean only this, and what is done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Fix {
    Safe(Does),
    Unsafe(Does),
}

/// What the enumeration of the same name in `src/validation/repair.rs` says of each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Does {
    Remove,
    RemoveIf(Vec<String>),
    RemoveItem,
    Write(String),
    Begin(String),
    CutFrom(char),
    Turn,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// What the enumeration of the same name in `src/validation/condition.rs` says of each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Condition {
    Present,
    Absent,
    Empty,
    NotEmpty,
    Emptied,
    Blank,
    True,
    NotTrue,
    False,
    NotFalse,
    Zero,
    NotZero,
    Below(i64),
    Above(i64),
    Within(i64, i64),
    Outside(i64, i64),
    NotMultipleOf(String),
    ShorterThan(i64),
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    Word(Vec<String>),
    NoWord(Vec<String>),
    SameAs(String),
    LongerThan(usize),
    Holds(String),
    BelowPath(Vec<String>),
    OtherLetters(String),
    NotForm(String),
    LacksForm(String),
    EmptyOrNotForm(String),
    OfForm(String),
    MoreThan(usize),
    Repeated,
    LacksAll(Vec<String>),
    HasSome(Vec<String>),
    AllEmpty(Vec<String>),
    HasSeveral(Vec<String>),
    SchemeNoneOf(Vec<String>),
    StartsWith(Vec<String>),
    Key(Box<Condition>),
}

/// The rules of `folder`, and their checks.
pub(crate) fn rules(folder: &Path) -> String {
    let mut rules = String::from("static VALIDATION_RULES: &[Rule] = &[\n");
    let mut checks = String::from("static VALIDATION_CHECKS: &[Check] = &[\n");
    let files = crate::rules::files(folder, "yaml");
    let mut all: Vec<ValidationRule> =
        files.iter().flat_map(|path| settings::read::<Vec<ValidationRule>>(path)).collect();
    all.sort_by(|a, b| a.rule.cmp(&b.rule));
    let mut count = 0;
    let mut group = 0;
    for rule in &mut all {
        rule.checks.sort_by(|a, b| a.scopes.cmp(&b.scopes));
        for same in rule.checks.chunk_by(|a, b| a.scopes == b.scopes) {
            for check in same {
                checks.push_str(&row(rule, check, group));
            }
            group += 1;
        }
        let range = count..count + rule.checks.len();
        count = range.end;
        let _ = writeln!(
            rules,
            "  Rule {{ name: {:?}, severity: {}, profile: Profile::Default, summary: {:?}, why: {:?}, avoid: {}, \
             follow: {}, references: &{:?}, check: |rule, context, findings| validation::check(rule, \
             &VALIDATION_CHECKS[{range:?}], context, findings) }},",
            rule.rule,
            settings::severity(&rule.severity),
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

fn row(rule: &ValidationRule, check: &Check, group: usize) -> String {
    let scopes: Vec<String> = match &check.scopes {
        OneOrMore::One(scope) => vec![place(scope)],
        OneOrMore::More(scopes) => scopes.iter().map(|scope| place(scope)).collect(),
    };
    let clauses = |clauses: &BTreeMap<String, Condition>| {
        let clauses: Vec<String> = clauses.iter().map(|(path, holds)| clause(path, holds)).collect();
        clauses.join(", ")
    };
    let words = |own: &Option<String>, of_rule: &Option<String>| {
        let words = own.as_ref().or(of_rule.as_ref());
        words.unwrap_or_else(|| panic!("{}: what is wrong and what to write is to be said", check.id)).trim().to_owned()
    };
    let wrong = match (&check.wrong, &check.by) {
        (Some(wrong), None) => format!("Wrong::Is({})", condition(wrong)),
        (None, Some(function)) => format!("Wrong::By(validation::functions::{function})"),
        _ => panic!("{}: what is wrong is a condition, `wrong`, or a function, `by`", check.id),
    };
    let mode = match check.mode.as_deref() {
        None => "None",
        Some("metal") => "Some(Mode::Metal)",
        Some("container") => "Some(Mode::Container)",
        Some(word) => panic!("{}: `{word}` is not a mode that Talos checks anything in", check.id),
    };
    format!(
        "  Check {{ id: {:?}, rule: {:?}, group: {group}, scopes: &[{}], field: &{:?}, versions: VersionSet::from_bits({}), mode: {mode}, \
         role: {}, when: &[{}], unless: &[{}], wrong: {wrong}, severity: {}, problem: {:?}, help: {:?}, fix: {} }},\n",
        check.id,
        rule.rule,
        scopes.join(", "),
        steps(check.field.as_deref().unwrap_or("")),
        settings::bits(check.versions.as_deref()),
        settings::role(check.role.as_deref()),
        clauses(&check.when),
        clauses(&check.unless),
        settings::severity(check.severity.as_deref().unwrap_or(&rule.severity)),
        words(&check.problem, &rule.problem),
        words(&check.help, &rule.help),
        check.fix.as_ref().map_or_else(|| "None".to_owned(), repair),
    )
}

fn repair(fix: &Fix) -> String {
    let (is_safe, does) = match fix {
        Fix::Safe(does) => (true, does),
        Fix::Unsafe(does) => (false, does),
    };
    let does = match does {
        Does::Remove => "Remove".to_owned(),
        Does::RemoveIf(texts) => format!("RemoveIf(&{texts:?})"),
        Does::RemoveItem => "RemoveItem".to_owned(),
        Does::Write(word) => format!("Write({word:?})"),
        Does::Begin(start) => format!("Begin({start:?})"),
        Does::CutFrom(letter) => format!("CutFrom({letter:?})"),
        Does::Turn => "Turn".to_owned(),
    };
    format!("Some(Repair {{ is_safe: {is_safe}, does: Does::{does} }})")
}

/// A place: a path of the machine configuration, a kind with a path, or a kind alone.
fn place(text: &str) -> String {
    let (document, path) = document_and_path(text);
    format!("Place {{ document: {document:?}, path: &{path:?} }}")
}

fn document_and_path(text: &str) -> (&str, Vec<&str>) {
    match text.split_once(' ') {
        Some((document, path)) => (document, steps(path)),
        None if text.starts_with(char::is_uppercase) || text == "v1alpha1" => (text, Vec::new()),
        None => ("v1alpha1", steps(text)),
    }
}

/// The steps of a path; one in quotes may hold full stops.
fn steps(path: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    for (number, part) in path.split('"').enumerate() {
        match number % 2 {
            0 => steps.extend(part.split('.').filter(|step| !step.is_empty())),
            _ => steps.push(part),
        }
    }
    steps
}

/// A condition on a value below the scope when its path begins with a full stop, else anywhere.
fn clause(path: &str, holds: &Condition) -> String {
    let (document, steps) = if let Some(path) = path.strip_prefix('.') {
        (None, steps(path))
    } else {
        let (document, steps) = document_and_path(path);
        (Some(document), steps)
    };
    format!("Clause {{ document: {document:?}, path: &{steps:?}, holds: {} }}", condition(holds))
}

fn condition(condition: &Condition) -> String {
    let name = match condition {
        Condition::Present => "Present".to_owned(),
        Condition::Absent => "Absent".to_owned(),
        Condition::Empty => "Empty".to_owned(),
        Condition::Blank => "Blank".to_owned(),
        Condition::Emptied => "Emptied".to_owned(),
        Condition::NotEmpty => "NotEmpty".to_owned(),
        Condition::True => "True".to_owned(),
        Condition::NotTrue => "NotTrue".to_owned(),
        Condition::NotFalse => "NotFalse".to_owned(),
        Condition::False => "False".to_owned(),
        Condition::Zero => "Zero".to_owned(),
        Condition::NotZero => "NotZero".to_owned(),
        Condition::Below(limit) => format!("Below({limit})"),
        Condition::Above(limit) => format!("Above({limit})"),
        Condition::Within(least, most) => format!("Within({least}, {most})"),
        Condition::Outside(least, most) => format!("Outside({least}, {most})"),
        Condition::NotMultipleOf(path) => format!("NotMultipleOf(&{:?})", steps(path)),
        Condition::ShorterThan(seconds) => format!("ShorterThan({seconds})"),
        Condition::OneOf(words) => format!("OneOf(&{words:?})"),
        Condition::NoneOf(words) => format!("NoneOf(&{words:?})"),
        Condition::Word(words) => format!("Word(&{words:?})"),
        Condition::NoWord(words) => format!("NoWord(&{words:?})"),
        Condition::SameAs(path) => format!("SameAs(&{:?})", steps(path)),
        Condition::LongerThan(length) => format!("LongerThan({length})"),
        Condition::Holds(part) => format!("Holds({part:?})"),
        Condition::BelowPath(paths) => format!("BelowPath(&{paths:?})"),
        Condition::OtherLetters(letters) => format!("OtherLetters({letters:?})"),
        Condition::NotForm(form) => format!("NotForm(Form::{form})"),
        Condition::LacksForm(form) => format!("LacksForm(Form::{form})"),
        Condition::EmptyOrNotForm(form) => format!("EmptyOrNotForm(Form::{form})"),
        Condition::OfForm(form) => format!("OfForm(Form::{form})"),
        Condition::MoreThan(count) => format!("MoreThan({count})"),
        Condition::Repeated => "Repeated".to_owned(),
        Condition::LacksAll(fields) => format!("LacksAll(&{fields:?})"),
        Condition::HasSome(fields) => format!("HasSome(&{fields:?})"),
        Condition::AllEmpty(fields) => format!("AllEmpty(&{fields:?})"),
        Condition::HasSeveral(fields) => format!("HasSeveral(&{fields:?})"),
        Condition::SchemeNoneOf(schemes) => format!("SchemeNoneOf(&{schemes:?})"),
        Condition::StartsWith(words) => format!("StartsWith(&{words:?})"),
        Condition::Key(inner) => format!("Key(&{})", self::condition(inner)),
    };
    format!("Condition::{name}")
}
