//! `cargo xtask validate`: what each version's validation says of configurations, in every mode.

#[path = "../../tests/validation/cases.rs"]
mod cases;
#[path = "../../tests/validation/verdict.rs"]
mod verdict;

use std::fmt::Write as _;

use crate::agreement::differences::{self, Seen, Side};
use crate::agreement::variants;
use crate::merge::result;
use crate::oracle::{self, VERSIONS, write_recorded};
use serde::Deserialize;
use serde_json::json;
use variants::configurations::{Parts, configurations};
use variants::{MINORS, SEED, Sources, Variant, hash};
use verdict::MODES;

/// What Talos says of a configuration.
#[derive(Deserialize)]
struct Answer {
    #[serde(default, rename = "loadError")]
    load_error: String,
    /// For every mode.
    #[serde(default)]
    results: Vec<Validation>,
}

#[derive(Deserialize)]
struct Validation {
    #[serde(default)]
    error: String,
    #[serde(default)]
    warnings: Vec<String>,
}

impl Answer {
    /// What it says in each mode: does not `l`oad, `r`efused, taken with a `w`arning, `o`k.
    fn letters(&self) -> [char; 3] {
        let mut letters = ['l'; 3];
        for (letter, result) in letters.iter_mut().zip(&self.results) {
            *letter = match result {
                Validation { error, .. } if !error.is_empty() => 'r',
                Validation { warnings, .. } if !warnings.is_empty() => 'w',
                _ => 'o',
            };
        }
        letters
    }

    /// What it says in a mode, for people.
    fn reason(&self, mode: usize) -> String {
        let result = self.results.get(mode);
        let warnings = result.map(|result| result.warnings.join("; ")).unwrap_or_default();
        let error = result.map_or("", |result| result.error.as_str());
        format!("{}{error}{warnings}", self.load_error)
    }
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let number = |text: &String| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
    match arguments {
        [] => record(),
        [option] if option == "--cases" => record_cases(),
        [option, count] if option == "--sample" => sample(usize::try_from(number(count)?).unwrap_or(usize::MAX)),
        [option, seed] if option == "--fuzz" => fuzz(number(seed)?),
        _ => Err("usage: cargo xtask validate [--cases | --sample N | --fuzz SEED]".to_owned()),
    }
}

fn ask(version: &str, texts: &[&str]) -> Result<Vec<Answer>, String> {
    let modes = MODES.map(|(name, _)| name);
    let questions = texts.iter().map(|text| json!({"bytes": oracle::base64(text.as_bytes()), "modes": modes}));
    oracle::answers(version, "validate", questions.collect())
}

/// The table of a version, as a path in the workspace.
fn table(version: &str) -> String {
    format!("tests/validation/verdicts/talos-{version}.tsv")
}

/// How many verdicts stand in a line.
const LINE: usize = 50;

fn line(number: usize, variants: &[Variant], answers: &[Answer]) -> String {
    let texts: Vec<&str> = variants.iter().map(|variant| variant.text.as_str()).collect();
    let verdicts: Vec<String> = answers.iter().map(|answer| answer.letters().iter().collect()).collect();
    format!("{}\t{}\t{}", number * LINE, hash(&texts.concat()), verdicts.join(" "))
}

/// Records the verdicts anew.
fn record() -> Result<(), String> {
    record_cases()?;
    let workspace = oracle::workspace();
    let (sources, parts) = (Sources::read(&workspace)?, Parts::read(&workspace)?);
    for (version, minor) in VERSIONS.into_iter().zip(MINORS) {
        let variants = configurations(&sources, &parts, minor, SEED);
        let answers = ask(version, &variants.iter().map(|variant| variant.text.as_str()).collect::<Vec<_>>())?;
        let mut text =
            "# Recorded by `cargo xtask validate`. A verdict has a letter for each of metal, cloud and container: \
                        does not `l`oad, `r`efused, taken with a `w`arning, `o`k.\nfirst\thash\tverdicts\n"
                .to_owned();
        for (number, (variants, answers)) in variants.chunks(LINE).zip(answers.chunks(LINE)).enumerate() {
            let _ = writeln!(text, "{}", line(number, variants, answers));
        }
        write_recorded(&table(version), &text)?;
        let count = |wanted: char| answers.iter().filter(|answer| answer.letters()[0] == wanted).count();
        println!(
            "  Talos {version} in metal: {} do not load, {} refused, {} with warnings, {} taken",
            count('l'),
            count('r'),
            count('w'),
            count('o')
        );
    }
    Ok(())
}

/// Records what is said of the cases written by hand, and says which are not as they say.
fn record_cases() -> Result<(), String> {
    let workspace = oracle::workspace();
    let cases = cases::read(&workspace)?;
    let texts: Result<Vec<Vec<String>>, String> = cases.iter().map(|case| case.texts(&workspace)).collect();
    let texts = texts?;
    let mut letters: Vec<Vec<[char; 3]>> = cases.iter().map(|_| Vec::new()).collect();
    let mut reasons: Vec<Vec<String>> = cases.iter().map(|_| Vec::new()).collect();
    for (index, (version, minor)) in VERSIONS.into_iter().zip(MINORS).enumerate() {
        let answers = ask(version, &texts.iter().map(|texts| texts[index].as_str()).collect::<Vec<_>>())?;
        for (number, answer) in answers.iter().enumerate() {
            letters[number].push(answer.letters());
            let reason =
                answer.reason(0).replace("not registered", "").split_whitespace().collect::<Vec<_>>().join(" ");
            reasons[number].push(format!("1.{minor}: {}", reason.chars().take(250).collect::<String>()));
        }
    }
    let mut text = "# Recorded by `cargo xtask validate`: a verdict for each version, as in verdicts/.\n".to_owned();
    text.push_str("case\thash\tverdicts\n");
    let mut wrong = Vec::new();
    for (((case, texts), letters), reasons) in cases.iter().zip(&texts).zip(&letters).zip(&reasons) {
        let verdicts: Vec<String> = letters.iter().map(|letters| letters.iter().collect()).collect();
        let _ = writeln!(text, "{}\t{}\t{}", case.id, hash(&texts.concat()), verdicts.join(" "));
        if let Err(error) = case.check(letters) {
            wrong.push(format!("{error}\n  {}\n  {}", verdicts.join(" "), reasons.join("\n  ")));
        }
    }
    write_recorded("tests/validation/cases.tsv", &text)?;
    if wrong.is_empty() { Ok(()) } else { Err(format!("{} cases are wrong:\n{}", wrong.len(), wrong.join("\n"))) }
}

/// Asks about some of the configurations whether the verdicts are still those recorded.
fn sample(count: usize) -> Result<(), String> {
    if let Some(reason) = oracle::unavailable() {
        println!("Talos was not asked: Go or one of its modules cannot be had here.\n{reason}");
        return Ok(());
    }
    let workspace = oracle::workspace();
    let (sources, parts) = (Sources::read(&workspace)?, Parts::read(&workspace)?);
    let mut differences = Vec::new();
    for (version, minor) in VERSIONS.into_iter().zip(MINORS) {
        let path = workspace.join(table(version));
        let recorded = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let variants = configurations(&sources, &parts, minor, SEED);
        for (number, variants) in variants.chunks(LINE).enumerate().take(count.div_ceil(LINE)) {
            let answers = ask(version, &variants.iter().map(|variant| variant.text.as_str()).collect::<Vec<_>>())?;
            let line = line(number, variants, &answers);
            if !recorded.lines().any(|recorded| recorded == line) {
                differences.push(format!("Talos {version}: {line}"));
            }
        }
        println!("Talos {version}: validated {} configurations", variants.len().min(count.next_multiple_of(LINE)));
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("the verdicts are not those recorded:\n{}", differences.join("\n")))
}

/// Compares talint with every version on configurations of a seed of its own, and shows the smallest that differ.
fn fuzz(seed: u64) -> Result<(), String> {
    const MOST_SHOWN: usize = 15;
    let workspace = oracle::workspace();
    let (sources, parts) = (Sources::read(&workspace)?, Parts::read(&workspace)?);
    let path = workspace.join("tests/validation/differences.tsv");
    let meant = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let meant = differences::read(&meant)?;
    let mut total = 0;
    for (version, minor) in VERSIONS.into_iter().zip(MINORS) {
        let variants = configurations(&sources, &parts, minor, seed);
        let answers = ask(version, &variants.iter().map(|variant| variant.text.as_str()).collect::<Vec<_>>())?;
        let mut shown = Vec::new();
        for (variant, answer) in variants.iter().zip(&answers) {
            let different = MODES.iter().enumerate().find_map(|(number, (name, mode))| {
                if !verdict::modes_of(&variant.text).contains(name) {
                    return None;
                }
                let ours = verdict::verdict(&variant.text, minor, *mode);
                let refused = matches!(answer.letters()[number], 'r' | 'l');
                let side = if refused { Side::Talos } else { Side::Talint };
                let Variant { id, text } = variant;
                let recognised = verdict::is_whole(text);
                let seen = Seen { source: "configuration", id, text: text.as_bytes(), minor, side, recognised };
                let is_other = refused == ours.errors.is_empty() && !differences::is_meant(&meant, &seen);
                is_other.then(|| (name, answer.reason(number), ours.errors))
            });
            if let Some((mode, reason, errors)) = different {
                shown.push((variant, format!("Talos in {mode}: {reason}\ntalint: {:?}", errors.first())));
            }
        }
        println!("Talos {version}: {} of {} differ", shown.len(), variants.len());
        total += shown.len();
        shown.sort_by_key(|(variant, _)| variant.text.len());
        for (variant, difference) in shown.iter().take(MOST_SHOWN) {
            println!("=== Talos {version} {}\n{}\n{difference}", variant.id, variant.text.trim_end());
        }
    }
    if total == 0 { Ok(()) } else { Err(format!("{total} differences")) }
}
