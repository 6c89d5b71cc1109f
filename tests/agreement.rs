//! talint's load verdict is that of Talos's own loader, in every version, but for `agreement/differences.tsv`.
//!
//! Talos's verdicts are recorded by `cargo xtask oracle`; Go is not needed here.

#[path = "agreement/cell.rs"]
mod cell;
#[path = "agreement/differences.rs"]
mod differences;
#[path = "agreement/variants/mod.rs"]
mod variants;
#[path = "agreement/verdict.rs"]
mod verdict;

use differences::{Difference, Seen, Side};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use variants::{MINORS, SEED, Sources};

/// How many disagreements are shown in full.
const MOST_SHOWN: usize = 25;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// The rows of a table, without its comment and its header.
fn table(name: &str) -> Result<Vec<Vec<String>>, String> {
    let path = workspace().join("tests").join(name);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text.lines().filter(|line| !line.starts_with("# ")).skip(1);
    Ok(lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

/// Texts held against recorded verdicts.
struct Comparison {
    source: &'static str,
    differences: Vec<Difference>,
    asked: usize,
    disagreements: Vec<String>,
}

impl Comparison {
    fn new(source: &'static str) -> Result<Self, String> {
        let path = workspace().join("tests/agreement/differences.tsv");
        let table = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { source, differences: differences::read(&table)?, asked: 0, disagreements: Vec::new() })
    }

    /// `verdict` is what Talos said: `ok`, or something else when it refuses.
    fn hold(&mut self, id: &str, text: &[u8], minor: u8, said: &str) {
        self.asked += 1;
        let refused = said != "ok";
        let ours = verdict::verdict(text, minor);
        if ours.errors.is_empty() != refused {
            return;
        }
        let side = if refused { Side::Talos } else { Side::Talint };
        let shown = String::from_utf8_lossy(text);
        let seen = Seen { source: self.source, id, text, minor, side, recognised: ours.recognised };
        if differences::is_meant(&self.differences, &seen) {
            return;
        }
        let mut message = format!("Talos 1.{minor}: {id}\n  Talos says: {said}\n");
        match ours.errors.first() {
            Some((rule, error)) => {
                let _ = writeln!(message, "  talint says: {rule}: {error}");
            }
            None if ours.recognised => message.push_str("  talint says nothing\n"),
            None => message.push_str("  talint says nothing: it does not take this for Talos's\n"),
        }
        for line in shown.lines().take(60) {
            let _ = writeln!(message, "    | {}", line.chars().take(100).collect::<String>());
        }
        self.disagreements.push(message);
    }

    fn finish(self) -> Result<(), String> {
        let unused = differences::unused(&self.differences, self.source);
        if self.disagreements.is_empty() && unused.is_empty() {
            return Ok(());
        }
        let mut message = format!("{} of {} verdicts disagree\n", self.disagreements.len(), self.asked);
        for disagreement in self.disagreements.iter().take(MOST_SHOWN) {
            let _ = writeln!(message, "{disagreement}");
        }
        for pattern in unused {
            let _ = writeln!(message, "the row `{pattern}` of differences.tsv is not needed");
        }
        if let Some(file) = std::env::var_os("TALINT_DISAGREEMENTS") {
            let name = format!("{}-{}.txt", file.to_string_lossy(), self.source);
            std::fs::write(name, self.disagreements.join("\n")).map_err(|error| error.to_string())?;
        }
        Err(message)
    }
}

fn hold_variants() -> Result<(), String> {
    let sources = Sources::read(&workspace())?;
    let mut comparison = Comparison::new("variant")?;
    for minor in MINORS {
        let recorded = table(&format!("agreement/verdicts/talos-1.{minor}.tsv"))?;
        let variants = variants::variants(&sources, minor, SEED);
        assert_eq!(
            variants.len(),
            recorded.len(),
            "run `cargo xtask oracle`: the variants are others than those recorded"
        );
        for (variant, row) in variants.iter().zip(&recorded) {
            let [id, hash, said] = row.as_slice() else { return Err(format!("not three columns: {row:?}")) };
            let same = *id == variant.id && *hash == variant.hash();
            assert!(same, "run `cargo xtask oracle`: {} is not the variant that was recorded", variant.id);
            comparison.hold(id, variant.text.as_bytes(), minor, said);
        }
    }
    comparison.finish()
}

fn hold_scalars() -> Result<(), String> {
    let targets = table("oracle/targets.tsv")?;
    let mut comparison = Comparison::new("scalar")?;
    for row in table("oracle/scalars.tsv")? {
        let [name, value, verdicts @ ..] = row.as_slice() else { return Err(format!("too few columns: {row:?}")) };
        let target = targets.iter().find(|target| target[0] == *name).ok_or(format!("no target {name}"))?;
        let template = cell::unescape(&target[1]);
        let value_bytes = cell::unescape(value);
        let text: Vec<u8> =
            template.iter().flat_map(|byte| if *byte == b'@' { value_bytes.clone() } else { vec![*byte] }).collect();
        for (minor, said) in MINORS.into_iter().zip(verdicts) {
            if said != "-" {
                comparison.hold(&format!("{name} <- {value}"), &text, minor, said);
            }
        }
    }
    comparison.finish()
}

fn hold_documents() -> Result<(), String> {
    let mut comparison = Comparison::new("document")?;
    for row in table("oracle/documents.tsv")? {
        let [about, _patch, text, verdicts @ ..] = row.as_slice() else {
            return Err(format!("too few columns: {row:?}"));
        };
        for (minor, said) in MINORS.into_iter().zip(verdicts) {
            comparison.hold(about, &cell::unescape(text), minor, said);
        }
    }
    comparison.finish()
}

/// Fails with a message of several lines, which a result would not show as such.
macro_rules! hold {
    ($name:ident, $held:expr) => {
        #[test]
        fn $name() {
            if let Err(message) = $held {
                panic!("{message}");
            }
        }
    };
}

hold!(every_variant_is_refused_or_taken_as_talos_does, hold_variants());
hold!(every_scalar_is_decoded_as_talos_does, hold_scalars());
hold!(every_document_is_loaded_as_talos_does, hold_documents());
