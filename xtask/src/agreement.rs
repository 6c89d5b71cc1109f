//! `cargo xtask oracle`: what each version makes of the variants that talint is compared on.

#[path = "../../tests/agreement/cell.rs"]
mod cell;
#[path = "../../tests/agreement/differences.rs"]
#[expect(dead_code, reason = "only the test asks which differences are not needed")]
pub(crate) mod differences;
#[path = "../../tests/agreement/variants/mod.rs"]
pub(crate) mod variants;
#[path = "../../tests/agreement/verdict.rs"]
mod verdict;

use std::fmt::Write as _;
use std::fs;

use crate::oracle::{self, Answer, Question, VERSIONS, write_recorded};
use crate::scalars;
use differences::{Seen, Side};
use variants::{MINORS, SEED, Sources, Variant};

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let number = |text: &String| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
    match arguments {
        [] => record(),
        [option, count] if option == "--sample" => sample(usize::try_from(number(count)?).unwrap_or(usize::MAX)),
        [option, seed] if option == "--fuzz" => fuzz(number(seed)?),
        _ => Err("usage: cargo xtask oracle [--sample N | --fuzz SEED]".to_owned()),
    }
}

/// The table of a version, as a path in the workspace.
fn table(version: &str) -> String {
    format!("tests/agreement/verdicts/talos-{version}.tsv")
}

fn ask(version: &str, variants: &[Variant]) -> Result<Vec<Answer>, String> {
    let questions: Vec<Question> =
        variants.iter().map(|variant| Question { text: variant.text.clone().into_bytes(), patch: false }).collect();
    oracle::ask(version, &questions)
}

/// Records the verdicts anew.
fn record() -> Result<(), String> {
    let sources = Sources::read(&oracle::workspace())?;
    for (version, minor) in VERSIONS.into_iter().zip(MINORS) {
        let variants = variants::variants(&sources, minor, SEED);
        let answers = ask(version, &variants)?;
        let mut text = "# Recorded by `cargo xtask oracle`. The hash is that of the variant's text.\n".to_owned();
        text.push_str("variant\thash\tverdict\n");
        for (variant, answer) in variants.iter().zip(&answers) {
            let _ = writeln!(text, "{}\t{}\t{}", variant.id, variant.hash(), said(answer));
        }
        write_recorded(&table(version), &text)?;
        let accepted = answers.iter().filter(|answer| answer.ok).count();
        println!("  Talos {version} accepts {accepted} of {}", answers.len());
    }
    scalars::record()
}

/// Asks about some of the variants whether the verdicts are still those recorded.
fn sample(count: usize) -> Result<(), String> {
    if let Some(reason) = oracle::unavailable() {
        println!("Talos was not asked: Go or one of its modules cannot be had here.\n{reason}");
        return Ok(());
    }
    let sources = Sources::read(&oracle::workspace())?;
    let mut differences = Vec::new();
    for (version, minor) in VERSIONS.into_iter().zip(MINORS) {
        let path = oracle::workspace().join(table(version));
        let recorded = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut variants = variants::variants(&sources, minor, SEED);
        // Evenly spread, so that every edit is in it.
        let step = (variants.len() / count.max(1)).max(1);
        let mut number = 0;
        variants.retain(|_| {
            number += 1;
            (number - 1) % step == 0
        });
        for (variant, answer) in variants.iter().zip(ask(version, &variants)?) {
            let line = format!("{}\t{}\t{}", variant.id, variant.hash(), said(&answer));
            if !recorded.lines().any(|recorded| recorded == line) {
                differences.push(format!("Talos {version}: {line}\n{}", answer.error));
            }
        }
        println!("Talos {version}: asked about {} variants", variants.len());
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("the verdicts are not those recorded:\n{}", differences.join("\n")))
}

/// Compares talint with every version on variants of a seed of its own.
fn fuzz(seed: u64) -> Result<(), String> {
    let sources = Sources::read(&oracle::workspace())?;
    let path = oracle::workspace().join("tests/agreement/differences.tsv");
    let meant = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let meant = differences::read(&meant)?;
    let mut differences = 0;
    for (version, minor) in VERSIONS.into_iter().zip(MINORS) {
        let variants = variants::variants(&sources, minor, seed);
        for (variant, answer) in variants.iter().zip(ask(version, &variants)?) {
            let ours = verdict::verdict(variant.text.as_bytes(), minor);
            let Variant { id, text } = variant;
            let side = if answer.ok { Side::Talint } else { Side::Talos };
            let seen = Seen { source: "variant", id, text: text.as_bytes(), minor, side, recognised: ours.recognised };
            if ours.errors.is_empty() != answer.ok && !differences::is_meant(&meant, &seen) {
                differences += 1;
                println!("=== Talos {version} {id}\n{}\nTalos: {}", text.trim_end(), said(&answer));
                println!("  {}", answer.error.lines().next().unwrap_or(""));
                println!("talint: {:?}{}", ours.errors.first(), if ours.recognised { "" } else { " (not recognised)" });
            }
        }
    }
    if differences == 0 { Ok(()) } else { Err(format!("{differences} differences")) }
}

/// A verdict in a word: `ok`, or the class of what the loader says.
fn said(answer: &Answer) -> &'static str {
    const CLASSES: &[(&str, &str)] = &[
        ("unknown keys", "unknown-key"),
        ("null element", "null-element"),
        ("already defined at", "duplicate-key"),
        ("duplicate document", "duplicate-document"),
        ("conflict", "conflict"),
        ("missing kind", "no-kind"),
        ("missing apiVersion", "no-api-version"),
        ("not registered", "unknown-kind"),
        ("config not found", "empty"),
        ("expected a", "no-document"),
        ("cannot unmarshal", "type"),
        ("cannot construct", "type"),
        ("did not find", "syntax"),
        ("could not find", "syntax"),
        ("found ", "syntax"),
        ("mapping values are not", "syntax"),
        ("block sequence entries", "syntax"),
        ("control characters", "syntax"),
        ("unknown anchor", "syntax"),
    ];
    if answer.ok {
        return "ok";
    }
    CLASSES.iter().find(|(part, _)| answer.error.contains(part)).map_or("refused", |(_, class)| class)
}
