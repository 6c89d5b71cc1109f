//! `cargo xtask merge`: what each version makes of the bases and patches that talint is compared on.

#[path = "../../tests/merge/result.rs"]
pub(crate) mod result;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::agreement::variants::patches::{Case, cases};
use crate::agreement::variants::{MINORS, SEED, Sources, hash};
use crate::oracle::{self, VERSIONS, write_recorded};
use result::{canonical_of, outcome};
use serde::Deserialize;
use serde_json::json;

/// What Talos makes of a case.
#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    result: String,
    #[serde(default)]
    error: String,
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => compare(SEED, true),
        [option, seed] if option == "--fuzz" => {
            compare(seed.parse().map_err(|error| format!("{seed}: {error}"))?, false)
        }
        [option] if option == "--fixtures" => fixtures(),
        _ => Err("usage: cargo xtask merge [--fuzz SEED | --fixtures]".to_owned()),
    }
}

/// Asks every version about the cases of a seed, and says where talint differs.
fn compare(seed: u64, record: bool) -> Result<(), String> {
    let sources = Sources::read(&oracle::workspace())?;
    for (version, minor) in VERSIONS.into_iter().zip(MINORS) {
        let cases = cases(&sources, minor, seed);
        let answers = ask(version, &cases)?;
        if record {
            let mut text =
                "# Recorded by `cargo xtask merge`: a hash of the case, and one of the result as data.\n".to_owned();
            text.push_str("case\thash\tresult\n");
            for (case, answer) in cases.iter().zip(&answers) {
                let said = if answer.ok { hash(&canonical_of(&answer.result, minor)) } else { "refused".to_owned() };
                let _ = writeln!(text, "{}\t{}\t{said}", case.id, case.hash());
            }
            write_recorded(&format!("tests/merge/talos-{version}.tsv"), &text)?;
        }
        differences(version, minor, &cases, &answers)?;
    }
    Ok(())
}

/// Shows where talint differs from Talos; how often.
fn differences(version: &str, minor: u8, cases: &[Case], answers: &[Answer]) -> Result<usize, String> {
    let mut number = 0;
    let mut accepted = 0;
    let mut rendered = Vec::new();
    for (case, answer) in cases.iter().zip(answers) {
        accepted += usize::from(answer.ok);
        let mut show = |what: &str, more: &str| {
            number += 1;
            println!("=== Talos {version} {}: {what}", case.id);
            println!("--- base\n{}", case.base.trim_end());
            for patch in &case.patches {
                println!("--- patch\n{}", patch.trim_end());
            }
            println!("--- Talos\n{}\n--- talint\n{more}", if answer.ok { &answer.result } else { &answer.error });
        };
        let ours = outcome(&case.base, &case.patches, minor);
        match (ours.canonical(minor), answer.ok) {
            (None, true) => show("talint refuses", &ours.yaml()),
            (Some(_), false) => show("Talos refuses", &ours.yaml()),
            (Some(canonical), true) => {
                let theirs = canonical_of(&answer.result, minor);
                if canonical == theirs {
                    rendered.push((case, answer, ours.yaml()));
                } else {
                    show("other data", &ours.yaml());
                    for (ours, theirs) in canonical.lines().zip(theirs.lines()).filter(|(ours, theirs)| ours != theirs)
                    {
                        println!("ours   {ours}\ntheirs {theirs}");
                    }
                }
            }
            (None, false) => {}
        }
    }
    // What talint renders, Talos must read as what it made itself.
    let again: Vec<Case> = rendered
        .iter()
        .map(|(case, _, yaml)| Case { id: case.id.clone(), base: yaml.clone(), patches: Vec::new() })
        .collect();
    for ((case, answer, yaml), read) in rendered.iter().zip(ask(version, &again)?) {
        if read.result != answer.result {
            number += 1;
            println!("=== Talos {version} {}: rendered otherwise\n--- talint\n{yaml}", case.id);
            println!("--- Talos reads\n{}{}\n--- instead of\n{}", read.result, read.error, answer.result);
        }
    }
    println!("Talos {version}: {} cases, {accepted} accepted, {number} differences", cases.len());
    Ok(number)
}

/// Compares talint with every version on the patches that Talos tests itself with: each of its patches over each of its
/// bases, and those of a folder one after the other. They are read where Go keeps the module.
pub(crate) fn fixtures() -> Result<(), String> {
    if let Some(reason) = oracle::unavailable() {
        println!("Talos was not asked: Go or one of its modules cannot be had here.\n{reason}");
        return Ok(());
    }
    let mut wrong = 0;
    for (version, minor) in VERSIONS.into_iter().zip(MINORS) {
        let cases = fixtures_of(&oracle::module_source(version)?.join("config/configpatcher/testdata"))?;
        wrong += differences(version, minor, &cases, &ask(version, &cases)?)?;
    }
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} differences")) }
}

fn fixtures_of(folder: &Path) -> Result<Vec<Case>, String> {
    const BASES: [&str; 3] = ["config.yaml", "base.yaml", "controlplane_orig.yaml"];
    let mut bases = Vec::new();
    let mut patches: Vec<(PathBuf, String)> = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if BASES.contains(&name.as_str()) {
                bases.push((path, text));
            } else if !name.contains("expected") {
                patches.push((path, text));
            }
        }
    }
    patches.sort();
    let mut cases = Vec::new();
    for (path, base) in &bases {
        for (patch, text) in &patches {
            let id = format!("{} over {}", patch.display(), path.display());
            cases.push(Case { id, base: base.clone(), patches: vec![text.clone()] });
        }
        let own = patches.iter().filter(|(patch, _)| patch.parent() == path.parent());
        let own: Vec<String> = own.map(|(_, text)| text.clone()).collect();
        cases.push(Case { id: format!("all over {}", path.display()), base: base.clone(), patches: own });
    }
    Ok(cases)
}

fn ask(version: &str, cases: &[Case]) -> Result<Vec<Answer>, String> {
    let questions = cases.iter().map(|case| json!({"base": case.base, "patches": case.patches}));
    oracle::answers(version, "patch", questions.collect())
}
