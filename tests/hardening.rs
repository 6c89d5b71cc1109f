//! Every default that a configuration can weaken, in every place that can weaken it, for every version.
//!
//! The rows of `tests/hardening/*.tsv` name
//!
//! - `rule`: the rule that must find it;
//! - `setting`: what is weakened, for people;
//! - `weaker`: a weaker value, as YAML in one line;
//! - `versions`: the versions in which it counts, or `none`;
//! - `places`: where it can be written, separated by `, `.
//!
//! A place is a path of the machine configuration (`machine.kubelet.extraArgs.anonymous-auth`), or a kind of document
//! and a path in it (`KubeletConfig config.readOnlyPort`), which counts in the versions that have the kind, or a
//! `schematic` and a path. `["a.b"]` is a key with dots, `[]` an item of a list, `[name=x]` one with that key, and
//! `Kind(name=x)` a document with that field.
//!
//! The test writes the value in each place for each version, as configuration and, for the machine configuration, as a
//! JSON patch too, and demands a finding of the rule on that line where it counts, and none of that rule elsewhere.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fmt::Write as _;
use std::path::Path;
use talint_analyzer::finding::{Finding, Profile};
use talint_analyzer::text::LineIndex;
use talint_analyzer::version::{MinorVersion, TalosVersion};
use talint_analyzer::{Options, analyze, rules, tables};

/// A row of a table.
struct Row {
    place: String,
    rule: String,
    weaker: String,
    versions: Vec<u8>,
    places: Vec<Place>,
}

/// Where a value is written.
struct Place {
    /// A kind of document, `v1alpha1` or `schematic`.
    kind: String,
    /// A field of the document that stands beside it.
    beside: Option<(String, String)>,
    steps: Vec<Step>,
}

enum Step {
    Key(String),
    /// An item of a list, with a field beside.
    Item(Option<(String, String)>),
}

impl Place {
    fn parse(text: &str) -> Self {
        let (kind, path) = text.split_once(' ').unwrap_or((tables::V1ALPHA1, text));
        let (kind, beside) = match kind.split_once('(') {
            Some((kind, field)) => (kind, field.trim_end_matches(')').split_once('=')),
            None => (kind, None),
        };
        let mut steps = Vec::new();
        let mut rest = path;
        while !rest.is_empty() {
            if let Some(quoted) = rest.strip_prefix("[\"") {
                let (key, after) = quoted.split_once("\"]").unwrap_or_else(|| panic!("{text}: no `\"]`"));
                steps.push(Step::Key(key.to_owned()));
                rest = after;
            } else if let Some(item) = rest.strip_prefix('[') {
                let (field, after) = item.split_once(']').unwrap_or_else(|| panic!("{text}: no `]`"));
                steps.push(Step::Item(field.split_once('=').map(owned)));
                rest = after;
            } else {
                let start = rest.trim_start_matches('.');
                let end = start.find(['.', '[']).unwrap_or(start.len());
                steps.push(Step::Key(start[..end].to_owned()));
                rest = &start[end..];
            }
        }
        Self { kind: kind.to_owned(), beside: beside.map(owned), steps }
    }

    /// Whether the place counts in a version at all.
    fn exists_in(&self, version: TalosVersion) -> bool {
        if self.kind == "schematic" {
            return true;
        }
        let document = tables::document_type(&self.kind).unwrap_or_else(|| panic!("there is no kind {}", self.kind));
        document.variant(version).is_some()
    }

    /// A document with the value in this place, in its last line.
    fn document(&self, value: &str) -> String {
        let mut text = String::new();
        if !matches!(self.kind.as_str(), tables::V1ALPHA1 | "schematic") {
            let _ = writeln!(text, "apiVersion: v1alpha1\nkind: {}", self.kind);
        }
        if let Some((key, value)) = &self.beside {
            let _ = writeln!(text, "{key}: {value}");
        }
        let mut indent = String::new();
        // What the line begins with, when it is the first of an item.
        let mut begin = String::new();
        for (index, step) in self.steps.iter().enumerate() {
            let is_last = index + 1 == self.steps.len();
            match step {
                Step::Key(key) => {
                    let _ = write!(text, "{begin}\"{key}\":");
                    begin.clear();
                    if is_last {
                        let _ = writeln!(text, " {value}");
                    } else {
                        text.push('\n');
                        indent.push_str("  ");
                        begin.clone_from(&indent);
                    }
                }
                Step::Item(field) => {
                    let item = format!("{indent}- ");
                    indent.push_str("  ");
                    match field {
                        Some((key, name)) => {
                            let _ = writeln!(text, "{item}{key}: {name}");
                            begin.clone_from(&indent);
                        }
                        None => begin = item,
                    }
                    if is_last {
                        let _ = writeln!(text, "{begin}{value}");
                    }
                }
            }
        }
        text
    }

    /// A JSON patch that adds the value in this place; `None` where that takes more than one step.
    fn json_patch(&self, value: &str) -> Option<String> {
        let mut pointer = String::new();
        for step in &self.steps {
            match step {
                Step::Key(key) => {
                    let _ = write!(pointer, "/{}", key.replace('~', "~0").replace('/', "~1"));
                }
                Step::Item(_) => return None,
            }
        }
        let is_machine_config = self.kind == tables::V1ALPHA1;
        is_machine_config.then(|| format!("- op: add\n  path: {pointer}\n  value: {value}\n"))
    }
}

fn owned((key, value): (&str, &str)) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

fn rows() -> Vec<Row> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hardening");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "tsv"));
    files.sort();
    let mut rows = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
        for (number, line) in lines.skip(1) {
            let place = format!("{}:{}", file.display(), number + 1);
            let cells: Vec<&str> = line.split('\t').collect();
            let [rule, _setting, weaker, versions, places] = cells.as_slice() else {
                panic!("{place}: {} cells, not 5", cells.len());
            };
            rows.push(Row {
                rule: (*rule).to_owned(),
                weaker: (*weaker).to_owned(),
                versions: minors(versions),
                places: places.split(", ").map(Place::parse).collect(),
                place,
            });
        }
    }
    rows
}

/// The minor versions of `1.9-1.13`, `1.14` or `none`.
fn minors(text: &str) -> Vec<u8> {
    let minor = |text: &str| text.strip_prefix("1.").and_then(|minor| minor.parse().ok());
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (minor(first), minor(last)) {
        _ if text == "none" => Vec::new(),
        (Some(first), Some(last)) => (first..=last).collect(),
        _ => panic!("`{text}` is no range of versions"),
    }
}

/// The findings of a rule in a text, each with its line from one.
fn findings(text: &str, version: TalosVersion, rule: &str) -> Vec<(usize, Finding)> {
    let talos = MinorVersion { major: 1, minor: u16::from(version.minor()) };
    let options = Options { talos: Some(talos), profile: Some(Profile::Strict), ..Options::default() };
    let analysis = analyze("weakened.yaml", text.as_bytes(), &options);
    assert!(analysis.documents > 0, "this is not recognised as Talos's:\n{text}");
    let lines = LineIndex::new(text);
    let found = analysis.findings.into_iter().filter(|finding| finding.rule == rule);
    found.map(|finding| (lines.line(finding.span.start) + 1, finding)).collect()
}

#[test]
fn what_is_weakened_is_found_where_it_counts_and_nowhere_else() {
    let rows = rows();
    assert!(rows.len() > 150, "only {} rows", rows.len());
    let mut report = String::new();
    for row in &rows {
        assert!(rules::by_name(&row.rule).is_some(), "{}: there is no rule {}", row.place, row.rule);
        for place in &row.places {
            let texts = [Some(place.document(&row.weaker)), place.json_patch(&row.weaker)];
            for text in texts.iter().flatten() {
                for version in TalosVersion::all() {
                    let counts = row.versions.contains(&version.minor()) && place.exists_in(version);
                    let found = findings(text, version, &row.rule);
                    let is_there = found.iter().any(|(line, _)| *line == text.lines().count());
                    if counts && !is_there {
                        let _ =
                            writeln!(report, "{}: {} finds nothing there in {version}\n{text}", row.place, row.rule);
                    } else if !counts && !found.is_empty() {
                        let _ = writeln!(report, "{}: {} speaks in {version}\n{text}{found:#?}", row.place, row.rule);
                    }
                }
            }
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// Rules about more than one value, or about what is absent: the corpus has them.
const NOT_A_VALUE: [&str; 6] = [
    "admission/invalid",
    "admission/pod-security-missing",
    "apiserver/admission-optional",
    "apiserver/kubelet-certificate-authority",
    "etcd/advertised-subnets",
    "kubelet/args-duplicate-config",
];

/// Families of which every rule must have a row.
const FAMILIES: [&str; 7] = ["admission", "apiserver", "controller-manager", "etcd", "kubelet", "proxy", "scheduler"];

#[test]
fn every_rule_about_a_default_has_a_row() {
    let rows = rows();
    let missing: Vec<&str> = rules::all()
        .filter(|rule| FAMILIES.contains(&rule.family()) && !NOT_A_VALUE.contains(&rule.name))
        .map(|rule| rule.name)
        .filter(|name| rows.iter().all(|row| row.rule != *name))
        .collect();
    assert!(missing.is_empty(), "no row of tests/hardening names {missing:?}");
}
