//! Differences between talint and Talos that are kept on purpose: the table `differences.tsv`.

use super::cell::unescape;
use std::cell::Cell;

/// A row of the table.
pub(crate) struct Difference {
    /// What it is matched with: `scalar`, `document`, `variant`; it must be needed in each that is named.
    sources: Vec<String>,
    /// Which text it is about; `*` stands for anything.
    pattern: Pattern,
    minors: Vec<u8>,
    side: Side,
    /// Whether it is only meant where talint does not take the text for Talos's, or, where configurations are validated,
    /// does not take it for a whole one.
    unrecognised: bool,
    /// How often it was needed.
    used: Cell<usize>,
}

/// Parts between which anything may stand.
struct Pattern {
    written: String,
    of_text: bool,
    parts: Vec<Vec<u8>>,
}

impl Pattern {
    fn read(written: &str) -> Self {
        let (of_text, pattern) = written.strip_prefix("text:").map_or((false, written), |pattern| (true, pattern));
        let parts = pattern.split('*').map(unescape).collect();
        Self { written: written.to_owned(), of_text, parts }
    }

    fn matches(&self, text: &[u8]) -> bool {
        let [first, middle @ ..] = self.parts.as_slice() else { return false };
        let Some((last, middle)) = middle.split_last() else { return text == first.as_slice() };
        let Some(rest) = text.strip_prefix(first.as_slice()) else { return false };
        let Some(mut rest) = rest.strip_suffix(last.as_slice()) else { return false };
        for part in middle.iter().filter(|part| !part.is_empty()) {
            let Some(at) = rest.windows(part.len()).position(|window| window == part.as_slice()) else { return false };
            rest = &rest[at + part.len()..];
        }
        true
    }
}

/// Who refuses what the other takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Talos,
    Talint,
}

/// A difference that was seen.
pub(crate) struct Seen<'a> {
    pub(crate) source: &'a str,
    /// What the row or the variant is called.
    pub(crate) id: &'a str,
    pub(crate) text: &'a [u8],
    pub(crate) minor: u8,
    pub(crate) side: Side,
    pub(crate) recognised: bool,
}

/// Reads the table: `sources`, `pattern`, `versions`, `refused by`, `reason`. A pattern of texts begins with `text:`.
pub(crate) fn read(table: &str) -> Result<Vec<Difference>, String> {
    let mut differences = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [sources, pattern, versions, refused_by, reason] = cells[..] else {
            return Err(format!("not five columns: {line}"));
        };
        let (side, unrecognised) = match refused_by {
            "Talos" => (Side::Talos, false),
            "Talos, unrecognised" | "Talos, in part" => (Side::Talos, true),
            "talint" => (Side::Talint, false),
            _ => return Err(format!("refused by neither Talos nor talint: {line}")),
        };
        if reason.is_empty() {
            return Err(format!("no reason: {line}"));
        }
        let minor = |text: &str| text.strip_prefix("1.").and_then(|minor| minor.parse::<u8>().ok());
        let (first, last) = versions.split_once('-').unwrap_or((versions, versions));
        let (Some(first), Some(last)) = (minor(first), minor(last)) else {
            return Err(format!("no versions: {line}"));
        };
        let sources = sources.split(',').map(str::to_owned).collect();
        let (pattern, used) = (Pattern::read(pattern), Cell::new(0));
        differences.push(Difference { sources, pattern, minors: (first..=last).collect(), side, unrecognised, used });
    }
    Ok(differences)
}

/// Whether a row of the table says that this difference is meant.
pub(crate) fn is_meant(differences: &[Difference], seen: &Seen<'_>) -> bool {
    let row = differences.iter().find(|difference| {
        let subject = if difference.pattern.of_text { seen.text } else { seen.id.as_bytes() };
        difference.side == seen.side
            && !(difference.unrecognised && seen.recognised)
            && difference.minors.contains(&seen.minor)
            && difference.sources.iter().any(|source| source == seen.source)
            && difference.pattern.matches(subject)
    });
    if let Some(row) = row {
        row.used.set(row.used.get() + 1);
    }
    row.is_some()
}

/// The rows of a source that were not needed.
pub(crate) fn unused<'a>(differences: &'a [Difference], source: &str) -> Vec<&'a str> {
    let idle = differences
        .iter()
        .filter(|difference| difference.used.get() == 0 && difference.sources.iter().any(|of| of == source));
    idle.map(|difference| difference.pattern.written.as_str()).collect()
}
