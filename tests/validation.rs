//! talint refuses what Talos's validation refuses, in every version and mode, but for `validation/differences.tsv`.
//!
//! Talos's verdicts are recorded by `cargo xtask validate`; Go is not needed here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "validation/cases.rs"]
mod cases;
#[path = "agreement/cell.rs"]
mod cell;
#[expect(dead_code, reason = "a row may be needed by one version only")]
#[path = "agreement/differences.rs"]
mod differences;
#[allow(dead_code, reason = "shared with the comparison of results")]
#[path = "merge/result.rs"]
mod result;
#[allow(dead_code, unused_imports, reason = "shared with the agreement on single texts")]
#[path = "agreement/variants/mod.rs"]
mod variants;
#[path = "validation/verdict.rs"]
mod verdict;

use cases::{Case, Said};
use differences::{Difference, Seen, Side};
use std::collections::BTreeMap;
use std::path::Path;
use talint_analyzer::rules;
use variants::configurations::{Parts, configurations};
use variants::{MINORS, SEED, Sources, hash};
use verdict::{MODES, Verdict, is_whole, modes_of};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(workspace().join("tests/validation").join(name)).unwrap()
}

/// The rows of a recorded table.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(2).map(|line| line.split('\t').collect())
}

/// A recorded verdict: a letter for each mode.
fn letters(verdict: &str) -> [char; 3] {
    let mut letters = verdict.chars();
    [(); 3].map(|()| letters.next().unwrap())
}

/// How talint differs from what Talos said in a mode.
struct Compared<'m> {
    meant: &'m [Difference],
    id: &'m str,
    text: &'m str,
    minor: u8,
}

impl Compared<'_> {
    fn difference(&self, mode: &str, letter: char, ours: &Verdict) -> Option<String> {
        let refused = matches!(letter, 'l' | 'r');
        if refused != ours.errors.is_empty() {
            return None;
        }
        let Self { meant, id, text, minor } = *self;
        let side = if refused { Side::Talos } else { Side::Talint };
        let recognised = is_whole(text);
        let seen = Seen { source: "configuration", id, text: text.as_bytes(), minor, side, recognised };
        let is_meant = differences::is_meant(meant, &seen);
        (!is_meant).then(|| format!("{id} in {mode}: Talos says `{letter}`, talint {:?}", ours.errors.first()))
    }
}

/// Configurations of which most are not in order.
fn agreement(minor: u8) {
    let (sources, parts) = (Sources::read(workspace()).unwrap(), Parts::read(workspace()).unwrap());
    let recorded = read(&format!("verdicts/talos-1.{minor}.tsv"));
    let meant = differences::read(&read("differences.tsv")).unwrap();
    let configurations = configurations(&sources, &parts, minor, SEED);
    let mut recorded = rows(&recorded);
    let mut wrong = Vec::new();
    for configurations in configurations.chunks(50) {
        let row = recorded.next().unwrap();
        let texts: Vec<&str> = configurations.iter().map(|variant| variant.text.as_str()).collect();
        assert_eq!(row[1], hash(&texts.concat()), "record the verdicts anew: cargo xtask validate");
        for (configuration, said) in configurations.iter().zip(row[2].split(' ')) {
            let text = configuration.text.as_str();
            let compared = Compared { meant: &meant, id: &configuration.id, text, minor };
            let modes = MODES.into_iter().zip(letters(said)).filter(|((name, _), _)| modes_of(text).contains(name));
            wrong.extend(modes.filter_map(|((name, mode), letter)| {
                compared.difference(name, letter, &verdict::verdict(text, minor, mode))
            }));
        }
    }
    let count = configurations.len();
    assert!(wrong.is_empty(), "Talos 1.{minor}: {} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn talos_1_9_refuses_what_talint_refuses() {
    agreement(9);
}

#[test]
fn talos_1_10_refuses_what_talint_refuses() {
    agreement(10);
}

#[test]
fn talos_1_11_refuses_what_talint_refuses() {
    agreement(11);
}

#[test]
fn talos_1_12_refuses_what_talint_refuses() {
    agreement(12);
}

#[test]
fn talos_1_13_refuses_what_talint_refuses() {
    agreement(13);
}

#[test]
fn talos_1_14_refuses_what_talint_refuses() {
    agreement(14);
}

/// A case with its text and what Talos said of it, in every version.
struct Recorded {
    case: Case,
    texts: Vec<String>,
    said: Vec<[char; 3]>,
}

fn recorded_cases() -> Vec<Recorded> {
    let cases = cases::read(workspace()).unwrap();
    let table = read("cases.tsv");
    let recorded: BTreeMap<&str, Vec<&str>> = rows(&table).map(|row| (row[0], row)).collect();
    let with_recorded = cases.into_iter().map(|case| {
        let row = recorded.get(case.id.as_str()).unwrap_or_else(|| panic!("record anew: cargo xtask validate --cases"));
        let texts = case.texts(workspace()).unwrap();
        assert_eq!(row[1], hash(&texts.concat()), "record {} anew: cargo xtask validate --cases", case.id);
        let said = row[2].split(' ').map(letters).collect();
        Recorded { case, texts, said }
    });
    with_recorded.collect()
}

#[test]
fn talos_says_of_every_case_what_the_case_says() {
    let cases = recorded_cases();
    let wrong: Vec<String> = cases.iter().filter_map(|recorded| recorded.case.check(&recorded.said).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rule that a row is a check of, or that is called so.
fn rule_of(row: &str) -> &'static str {
    if let Some(rule) = rules::by_name(row) {
        return rule.name;
    }
    let check = rules::validation_checks().iter().find(|check| check.id == row);
    check.unwrap_or_else(|| panic!("no row is called {row}")).rule
}

/// The case of a row is refused, or warned of, by the rule of that row, in the versions and modes that Talos does it in.
#[test]
fn talint_says_of_every_case_what_talos_says() {
    let mut wrong = Vec::new();
    for Recorded { case, texts, said } in recorded_cases() {
        let rule = rule_of(&case.row);
        let versions = MINORS.into_iter().zip(&texts).zip(said);
        for ((minor, text), said) in versions.filter(|((minor, _), _)| case.holds_for(*minor)) {
            let id = format!("{} 1.{minor}", case.id);
            let compared = Compared { meant: &[], id: &id, text, minor };
            for ((name, mode), letter) in MODES.into_iter().zip(said).filter(|((name, _), _)| case.modes.contains(name))
            {
                let ours = verdict::verdict(text, minor, mode);
                wrong.extend(compared.difference(name, letter, &ours));
                let is_found = |findings: &[(&str, String)]| findings.iter().any(|(found, _)| *found == rule);
                let is_right = match (case.said, letter) {
                    (Said::Refused, 'r') => is_found(&ours.errors),
                    (Said::Warned, 'w') => is_found(&ours.warnings),
                    (Said::Warned | Said::Taken, 'o') => !is_found(&ours.warnings),
                    _ => true,
                };
                if !is_right {
                    wrong.push(format!("{} 1.{minor} in {name}: {:?} {:?}", case.id, ours.errors, ours.warnings));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// A row whose case nobody wrote could be anything.
#[test]
fn every_row_has_a_case_that_talos_refuses_or_warns_of() {
    let cases = cases::read(workspace()).unwrap();
    let has_case = |row: &str| cases.iter().any(|case| case.row == row && case.said != Said::Taken);
    let without: Vec<&str> =
        rules::validation_checks().iter().map(|check| check.id).filter(|id| !has_case(id)).collect();
    assert!(without.is_empty(), "no case for {without:?}");
}
