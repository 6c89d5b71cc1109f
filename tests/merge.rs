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
    let mut settings = 0;
    for (number, (case, row)) in cases.iter().zip(&recorded).enumerate() {
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
            // The settings of all would take long.
            if number % 4 == 0 {
                settings += origins::check_settings(id, base, patches, minor);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(known.is_empty(), "these are differences no longer: {known:?}");
    let accepted = recorded.iter().filter(|row| row[2] != "refused").count();
    assert!(accepted >= 1000, "Talos takes only {accepted} of the cases");
    assert!(settings >= 2 * accepted, "only {settings} settings are written");
}

/// Patches that every generated configuration takes, each with the versions.
const PATCHES: [(&str, std::ops::RangeInclusive<u8>); 5] = [
    (
        "machine:\n  sysctls: {vm.max_map_count: \"262144\", kernel.kptr_restrict: \"1\"}\n  sysfs:\n    devices.system.cpu.x: \"1\"\n",
        9..=14,
    ),
    ("cluster:\n  etcd:\n    extraArgs:\n      election-timeout: \"5000\"\n      data-dir: /other\n", 9..=14),
    ("machine:\n  certSANs: [a, 'b', \"c\"]\n  nodeLabels:\n    a: |-\n      b\n", 9..=14),
    ("apiVersion: v1alpha1\nkind: WatchdogTimerConfig\ndevice: /dev/watchdog0\ntimeout: 120s\n", 9..=14),
    (
        "cluster:\n  apiServer:\n    extraArgs: {audit-log-maxage: '60', enable-admission-plugins: \"AlwaysPullImages\"}\nmachine:\n  kubelet:\n    extraConfig:\n      podPidsLimit: 0x10\n      maxPods: 200\n",
        9..=13,
    ),
];

#[test]
fn every_value_of_every_generated_configuration_knows_its_place() {
    let mut settings = 0;
    for minor in 9..=14 {
        let folder = workspace().join(format!("corpus/generated/talos-1.{minor}"));
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let base = std::fs::read_to_string(&path).unwrap();
            let takes = |versions: &std::ops::RangeInclusive<u8>| versions.contains(&minor);
            let all: Vec<String> =
                PATCHES.iter().filter(|(_, versions)| takes(versions)).map(|(patch, _)| (*patch).to_owned()).collect();
            let alone = all.iter().map(|patch| vec![patch.clone()]);
            for patches in alone.chain([Vec::new(), all.clone()]) {
                let id = format!("{} with {patches:?}", path.display());
                match outcome(&base, &patches, minor) {
                    Outcome::Configuration(layered) => origins::check(&id, &base, &patches, &layered, minor),
                    Outcome::Refused(why) => panic!("{id}: {why}"),
                }
                settings += origins::check_settings(&id, &base, &patches, minor);
            }
        }
    }
    assert!(settings > 5000, "{settings}");
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
