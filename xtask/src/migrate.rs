//! `cargo xtask migrate`: whether Talos sees the same in a configuration and in what `talint migrate` makes of it.

#[path = "../../tests/migrate/cases.rs"]
mod cases;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::agreement::variants::{Sources, variants};
use crate::oracle::{self, answers, workspace};
use cases::{cases, generated, outcome};
use serde::Deserialize;
use serde_json::{Value, json};

/// What Talos sees in a configuration.
#[derive(Debug, Deserialize, PartialEq)]
struct View {
    #[serde(default)]
    error: String,
    #[serde(default)]
    invalid: String,
    #[serde(default)]
    view: Value,
}

/// What comes of a base with patches.
#[derive(Deserialize)]
struct Patched {
    #[serde(default)]
    result: String,
    #[serde(default)]
    error: String,
}

/// Two configurations that are to be the same.
struct Pair {
    name: String,
    before: String,
    after: String,
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let accept = match arguments {
        [] => false,
        [option] if option == "--accept" => true,
        [option, seed] if option == "--fuzz" => return fuzz(seed.parse().map_err(|error| format!("{seed}: {error}"))?),
        _ => return Err("usage: cargo xtask migrate [--accept | --fuzz SEED]".to_owned()),
    };
    let workspace = workspace();
    if accept {
        for case in cases(&workspace)? {
            let outcome = case.outcome().map_err(|notice| format!("{}: {notice}", case.path.display()))?;
            write(&case.expected(), &outcome.text)?;
            write(&case.expected_said(), &outcome.said)?;
        }
    }
    if let Some(reason) = oracle::unavailable() {
        println!("Talos was not asked: Go or one of its modules cannot be had here.\n{reason}");
        return Ok(());
    }
    let mut wrong = 0;
    for (minor, pairs) in pairs(&workspace)? {
        wrong += compare(&format!("1.{minor}"), &pairs)?;
    }
    if wrong == 0 { Ok(()) } else { Err(format!("Talos sees {wrong} configurations otherwise")) }
}

/// Compares what Talos sees in generated configurations with fields of every kind laid over them.
fn fuzz(seed: u64) -> Result<(), String> {
    /// How many fields a configuration gets.
    const FIELDS: usize = 3;
    let workspace = workspace();
    let sources = Sources::read(&workspace)?;
    let bases = generated(&workspace, "corpus/generated")?;
    let bases: Vec<&String> =
        bases.iter().filter(|(name, _)| name.contains("talos-1.12/contract-1.11")).map(|(_, text)| text).collect();
    let mut wrong = 0;
    for minor in [12, 13, 14] {
        let fields = variants(&sources, minor, seed).into_iter();
        let fields =
            fields.filter(|variant| variant.id.starts_with("field/v1alpha1.") && variant.id.ends_with("=good"));
        let fields: Vec<String> = fields.map(|variant| variant.text).collect();
        let lists = fields.iter().enumerate().map(|(first, _)| {
            // Neighbours, and some from afar.
            (0..FIELDS)
                .filter_map(|step| fields.get((first + step * (1 + first % 37)) % fields.len()))
                .collect::<Vec<_>>()
        });
        let questions: Vec<Value> =
            lists.zip(bases.iter().cycle()).map(|(patches, base)| json!({"base": base, "patches": patches})).collect();
        let answers: Vec<Patched> = answers(&format!("1.{minor}"), "patch", questions)?;
        let texts = answers.into_iter().filter(|answer| answer.error.is_empty()).map(|answer| answer.result);
        let pairs = texts.enumerate().filter_map(|(number, before)| {
            let after = outcome(&before, minor).ok()?.text;
            Some(Pair { name: number.to_string(), before, after })
        });
        wrong += compare(&format!("1.{minor}"), &pairs.collect::<Vec<_>>())?;
    }
    if wrong == 0 { Ok(()) } else { Err(format!("Talos sees {wrong} configurations otherwise")) }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// What is to be compared, by version: the cases and all generated configurations.
fn pairs(workspace: &Path) -> Result<BTreeMap<u8, Vec<Pair>>, String> {
    let mut all: BTreeMap<u8, Vec<Pair>> = BTreeMap::new();
    let pair = |name: &str, text: &str, minor: u8| -> Result<Pair, String> {
        let after = outcome(text, minor).map_err(|notice| format!("{name}: {notice}"))?.text;
        Ok(Pair { name: name.to_owned(), before: text.to_owned(), after })
    };
    let mut texts = generated(workspace, "corpus/generated")?;
    // With the comments of talosctl, where they were made.
    texts.extend(generated(workspace, "target/oracle/generated")?);
    for minor in [12, 13, 14] {
        for (name, text) in &texts {
            all.entry(minor).or_default().push(pair(name, text, minor)?);
        }
    }
    for case in cases(workspace)? {
        let name = case.path.display().to_string();
        if !case.is_patch() {
            all.entry(case.minor).or_default().push(pair(&name, &case.text, case.minor)?);
            continue;
        }
        let cases::Outcome { text: after, said } = case.outcome()?;
        for (base_name, base) in texts.iter().filter(|(name, _)| name.contains("talos-1.12/")) {
            let migrated = outcome(base, case.minor)?.text;
            // Fields that stay in a patch are refused beside the documents of the base.
            let bases = [("", base), (" migrated too", &migrated)].into_iter();
            for (how, base_after) in bases.take(if said.contains("stays ") { 1 } else { 2 }) {
                let name = format!("{name} over {base_name}{how}");
                let results = patched(case.minor, &[(base, &case.text), (base_after, &after)])?;
                if let [before, after] = results.as_slice() {
                    all.entry(case.minor).or_default().push(Pair {
                        name,
                        before: before.clone(),
                        after: after.clone(),
                    });
                }
            }
        }
    }
    Ok(all)
}

/// What comes of bases with a patch each.
fn patched(minor: u8, questions: &[(&String, &String)]) -> Result<Vec<String>, String> {
    let lines = questions.iter().map(|(base, patch)| json!({"base": base, "patches": [patch]})).collect();
    let answers: Vec<Patched> = answers(&format!("1.{minor}"), "patch", lines)?;
    answers
        .into_iter()
        .map(|answer| if answer.error.is_empty() { Ok(answer.result) } else { Err(answer.error) })
        .collect()
}

/// Shows where Talos sees something else, and counts.
fn compare(version: &str, pairs: &[Pair]) -> Result<usize, String> {
    let texts = pairs.iter().flat_map(|pair| [&pair.before, &pair.after]);
    let questions = texts.map(|text| json!({"bytes": oracle::base64(text.as_bytes())})).collect();
    let views: Vec<View> = answers(version, "view", questions)?;
    let mut wrong = 0;
    let mut changed = 0;
    for (pair, views) in pairs.iter().zip(views.chunks_exact(2)) {
        let [before, after] = views else { continue };
        changed += usize::from(pair.before != pair.after);
        // What is invalid is told in the words of where it stands.
        let is_invalid = !before.invalid.is_empty() && !after.invalid.is_empty();
        if before.error == after.error && before.view == after.view && (is_invalid || before.invalid == after.invalid) {
            continue;
        }
        wrong += 1;
        println!("=== Talos {version}: {}", pair.name);
        if let Ok(number) = pair.name.parse::<usize>() {
            println!("--- {number} before\n{}--- after\n{}", pair.before, pair.after);
        }
        if (&before.error, &before.invalid) != (&after.error, &after.invalid) {
            println!("before: {}\nafter:  {}{}", before.invalid.trim(), after.error, after.invalid.trim());
        }
        differences("", &before.view, &after.view);
    }
    println!("Talos {version}: {} configurations, {changed} changed, {wrong} seen otherwise", pairs.len());
    Ok(wrong)
}

fn differences(path: &str, before: &Value, after: &Value) {
    if before == after {
        return;
    }
    if let (Value::Object(before), Value::Object(after)) = (before, after) {
        for key in before.keys().chain(after.keys().filter(|key| !before.contains_key(*key))) {
            let of = |object: &serde_json::Map<String, Value>| object.get(key).cloned().unwrap_or_default();
            differences(&format!("{path}.{key}"), &of(before), &of(after));
        }
        return;
    }
    println!("{path}: {before}, then {after}");
}
