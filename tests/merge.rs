//! What talint makes of bases with patches is what Talos makes of them, and every value knows where it is written.
//!
//! What Talos makes of them was recorded by `cargo xtask merge`; differences on purpose are in
//! `tests/merge/differences.tsv`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "merge/origins.rs"]
mod origins;
#[path = "merge/result.rs"]
mod result;
#[allow(dead_code, unused_imports, reason = "shared with the agreement on single texts")]
#[path = "agreement/variants/mod.rs"]
mod variants;

use result::{Outcome, outcome};
use std::collections::BTreeMap;
use std::path::Path;
use variants::patches::{Case, cases};
use variants::{SEED, Sources, hash};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cases of a version that talint is known to see otherwise, with the reason.
fn differences(minor: u8) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(workspace().join("tests/merge/differences.tsv")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let rows = rows.map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter(|row| row[0] == format!("1.{minor}")).map(|row| (row[1].to_owned(), row[2].to_owned())).collect()
}

fn agreement(minor: u8) {
    let sources = Sources::read(workspace()).unwrap();
    let recorded = std::fs::read_to_string(workspace().join(format!("tests/merge/talos-1.{minor}.tsv"))).unwrap();
    let recorded: Vec<Vec<&str>> = recorded.lines().skip(2).map(|line| line.split('\t').collect()).collect();
    let cases = cases(&sources, minor, SEED);
    assert_eq!(recorded.len(), cases.len(), "record the results anew: cargo xtask merge");
    let mut known = differences(minor);
    let mut wrong = Vec::new();
    for (case, row) in cases.iter().zip(&recorded) {
        let Case { id, base, patches } = case;
        assert_eq!((row[0], row[1]), (id.as_str(), case.hash().as_str()), "record anew: cargo xtask merge");
        let result = outcome(base, patches, minor);
        let said = result.canonical(minor).map_or("refused".to_owned(), |text| hash(&text));
        let is_same = said == row[2];
        if !is_same && known.remove(id).is_none() {
            let why = if let Outcome::Refused(why) = &result { why.as_str() } else { "" };
            wrong.push(format!("{id}: {said}, not {} {why}", row[2]));
        }
        if let Outcome::Configuration(layered) = &result {
            origins::check(id, base, patches, layered, minor);
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(known.is_empty(), "these are differences no longer: {known:?}");
    let accepted = recorded.iter().filter(|row| row[2] != "refused").count();
    assert!(accepted >= 1000, "Talos takes only {accepted} of the cases");
}

#[test]
fn talos_1_9_makes_the_same_of_bases_and_patches() {
    agreement(9);
}

#[test]
fn talos_1_10_makes_the_same_of_bases_and_patches() {
    agreement(10);
}

#[test]
fn talos_1_11_makes_the_same_of_bases_and_patches() {
    agreement(11);
}

#[test]
fn talos_1_12_makes_the_same_of_bases_and_patches() {
    agreement(12);
}

#[test]
fn talos_1_13_makes_the_same_of_bases_and_patches() {
    agreement(13);
}

#[test]
fn talos_1_14_makes_the_same_of_bases_and_patches() {
    agreement(14);
}
