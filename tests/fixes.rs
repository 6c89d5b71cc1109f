//! Fixes keep what they promise, over the corpus, the examples of all rules, and generated configurations with defects
//! planted in them: the file still parses, the finding is gone, nothing new is found, no setting gets weaker, and
//! applied again and again they come to rest.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "fixes/controls.rs"]
mod controls;
#[path = "fixes/planted.rs"]
mod planted;
#[path = "fixes/stories.rs"]
mod stories;
#[path = "fixes/tools.rs"]
mod tools;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use talint_analyzer::edit::{Edit, apply};
use talint_analyzer::effective::Value;
use talint_analyzer::finding::{Finding, Profile, Severity};
use talint_analyzer::fix::Fix;
use talint_analyzer::fixes::{Fixable, Fixed, until_settled};
use talint_analyzer::input::Form;
use talint_analyzer::version::MinorVersion;
use talint_analyzer::{Analysis, Options, REFUSING, Source, analyze_layered, config, layered_settings, rules, secrets};

/// A finding, with the number of the file that it is in.
type Found = (usize, Finding);

/// A base and its patches: each a file with a name of its own.
#[derive(Clone)]
struct Layers {
    /// What it is, for messages.
    name: String,
    files: Vec<(String, String)>,
    options: Options,
}

impl Layers {
    fn sources(&self) -> Vec<Source<'_>> {
        self.files.iter().map(|(path, text)| Source::file(path, text.as_bytes())).collect()
    }

    fn analyses(&self) -> Vec<Analysis> {
        let sources = self.sources();
        if sources.len() == 1 {
            return vec![talint_analyzer::analyze(sources[0].path, sources[0].bytes, &self.options)];
        }
        analyze_layered(sources[0], &sources[1..], &self.options).sources
    }

    /// The findings with the number of the file that each is in.
    fn findings(&self) -> Vec<Found> {
        let each = self.analyses().into_iter().enumerate();
        each.flat_map(|(file, analysis)| analysis.findings.into_iter().map(move |finding| (file, finding))).collect()
    }

    /// The values of all settings of the machine, by component and name.
    fn settings(&self) -> BTreeMap<(&'static str, String), Value> {
        let sources = self.sources();
        let analysis = analyze_layered(sources[0], &sources[1..], &self.options);
        let settings = layered_settings(sources[0], &sources[1..], &self.options, &analysis.layered);
        settings.into_iter().map(|setting| ((setting.component, setting.name), setting.value)).collect()
    }

    /// The configuration that comes of the layers.
    fn whole(&self) -> String {
        let sources = self.sources();
        config::render(&analyze_layered(sources[0], &sources[1..], &self.options).layered.documents)
    }

    /// What in it is secret.
    fn secrets(&self) -> Vec<String> {
        let of_file = |(path, text): &(String, String)| {
            let spans = secrets::find(path, text.as_bytes(), Form::Detected).into_iter();
            spans.map(|span| span.slice(text).trim().to_owned()).collect::<Vec<_>>()
        };
        // What stands in the place of one may stand for a certificate too.
        let is_one = |secret: &String| secret.len() > 10 && secret != "<generated>" && !secret.starts_with("ENC[");
        self.files.iter().flat_map(of_file).filter(is_one).collect()
    }

    /// Whether Talos loads it.
    fn is_loaded(&self) -> bool {
        let refusing = Options { select: REFUSING.map(str::to_owned).to_vec(), ..self.options.clone() };
        let asked = Self { options: refusing, ..self.clone() };
        !asked.findings().iter().any(|(_, finding)| finding.severity == Severity::Error)
    }

    /// The same with a fix of a finding in the file `own`.
    fn with(&self, own: usize, fix: &Fix) -> Option<Self> {
        let mut edits: BTreeMap<usize, Vec<Edit>> = BTreeMap::new();
        for change in &fix.edits {
            let file = match &change.file {
                Some(path) => self.files.iter().position(|(name, _)| **name == **path)?,
                None => own,
            };
            edits.entry(file).or_default().push(change.edit.clone());
        }
        let mut next = self.clone();
        for (file, edits) in edits {
            next.files[file].1 = apply(&self.files[file].1, &edits)?;
        }
        Some(next)
    }
}

/// Whether Talos refuses what is found, so that no machine gets it.
fn is_refusal(finding: &Finding) -> bool {
    finding.severity == Severity::Error && rules::by_name(&finding.rule).is_some_and(rules::is_refusal)
}

/// What tells findings apart, wherever they are: rule, and path without the numbers of items.
fn counts(findings: &[Found]) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for (_, finding) in findings {
        *counts.entry(key(finding)).or_default() += 1;
    }
    counts
}

/// How often each rule speaks.
fn rule_counts(findings: &[(usize, Finding)]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (_, finding) in findings {
        *counts.entry(finding.rule.to_string()).or_default() += 1;
    }
    counts
}

/// What is refused on the machine alone, where nothing comes up with it: what a machine gets is what it gets without.
fn is_refused_later(finding: &Finding) -> bool {
    let is_refusing = finding.rule.ends_with("/denied-argument")
        || ["kubelet/protected-field", "etcd/transport-security", "admission/invalid"].contains(&&*finding.rule);
    is_refusing && finding.severity == Severity::Error
}

fn key(finding: &Finding) -> (String, String) {
    let steps = finding.path.split('[').map(|step| step.split_once(']').map_or(step, |(_, rest)| rest));
    (finding.rule.to_string(), steps.collect::<Vec<_>>().join("[]"))
}

fn count(counts: &BTreeMap<(String, String), usize>, finding: &Finding) -> usize {
    counts.get(&key(finding)).copied().unwrap_or(0)
}

/// Whether `new` was there before, but not seen behind `finding`.
fn is_uncovered(finding: &Finding, new: &Finding, (before, after): (&[Found], &[Found])) -> bool {
    let is_refused = |found: &Finding| {
        let is_of = |family: &str| found.rule.starts_with(family);
        found.severity == Severity::Error && (is_of("schema/") || is_of("patch/"))
    };
    let refused = |found: &[Found]| found.iter().filter(|(_, found)| is_refused(found)).count();
    // What is not read or laid over each other hides what else there is.
    if !is_refused(new) && (refused(after) < refused(before) || finding.rule.starts_with("schema/")) {
        return true;
    }
    // Where a whole section is gone, what was missing in it is missing around it.
    let (then, now) = (counts(before), counts(after));
    let is_inside = |old: &Finding| old.rule == new.rule && old.path.starts_with(&new.path);
    if before.iter().any(|(_, old)| is_inside(old) && count(&now, old) < count(&then, old)) {
        return true;
    }
    // What it won over is judged by itself.
    let of_rule = |found: &[Found]| found.iter().filter(|(_, other)| other.rule == new.rule).count();
    if finding.rule == new.rule && of_rule(after) <= of_rule(before) {
        return true;
    }
    match (&*finding.rule, &*new.rule) {
        // What a machine is for is only known now; what a patch cleared is there again.
        ("talos/machine-type" | "patch/resets-omitted", _) => true,
        // Another patch takes out what is gone already, or says nothing of what is there now.
        (_, "patch/no-effect") => !finding.rule.starts_with("patch/"),
        // So it is meant.
        ("talos/ca-key-on-worker", "patch/resets-omitted") => true,
        // What another layer adds to a section stands alone.
        ("ineffective/role", _) if new.path.starts_with(&finding.path) => true,
        // One of many secrets stands for all.
        ("ineffective/role", "secrets/plaintext") => true,
        ("talos/controlplane-document-on-worker", "talos/field-beside-document") => true,
        // A node that registers gets the labels.
        ("kubelet/authorization-mode", "talos/controlplane-label") => true,
        _ => false,
    }
}

/// Tries every fix of `layers` by itself, and all of them together; returns how many there are.
fn try_fixes(layers: &Layers, report: &mut String) -> usize {
    let found = layers.findings();
    let before = counts(&found);
    let settings = layers.is_loaded().then(|| layers.settings());
    let secrets = layers.secrets();
    let mut tried = 0;
    for (own, finding) in &found {
        let Some(fix) = &finding.fix else { continue };
        tried += 1;
        let mut wrong = |message: &str| {
            let _ = writeln!(report, "{}: {} at {}: {}: {message}", layers.name, finding.rule, finding.path, fix.title);
        };
        let shows = |secret: &String| {
            fix.title.contains(secret) || fix.edits.iter().any(|change| change.edit.text.contains(secret))
        };
        if secrets.iter().any(shows) {
            wrong("it shows a secret");
        }
        let Some(next) = layers.with(*own, fix) else {
            wrong("its edits cannot be made");
            continue;
        };
        let after = next.findings();
        let now = counts(&after);
        let in_file =
            |found: &[Found]| found.iter().filter(|(file, other)| file == own && key(other) == key(finding)).count();
        if in_file(&after) >= in_file(&found) {
            wrong("it is found again");
        }
        // What Talos refuses hides what else there is.
        let hides = |new: &Finding| {
            let is_schema = finding.rule.starts_with("schema/");
            // What a machine is for is only known now.
            finding.rule == "talos/machine-type"
                || is_schema && (!new.rule.starts_with("schema/") || new.severity != Severity::Error)
        };
        // What is found at another place than before is not new.
        let (rules_before, rules_now) = (rule_counts(&found), rule_counts(&after));
        let is_new = |new: &Finding| {
            count(&now, new) > count(&before, new) && rules_now.get(&*new.rule) > rules_before.get(&*new.rule)
        };
        for (_, new) in after.iter().filter(|(_, new)| is_new(new) && !hides(new)) {
            if !is_uncovered(finding, new, (&found, &after)) {
                wrong(&format!("{} at {} is new: {}", new.rule, new.path, new.message));
            }
        }
        if finding.rule == "patch/no-effect" && fix.is_safe && next.whole() != layers.whole() {
            wrong("it is called safe and makes another configuration");
        }
        // What Talos refuses no machine gets, and an old word for a role it reads as the new one.
        let is_old_word = finding.rule == "talos/machine-type";
        let is_comparable = !is_refusal(finding) && !is_refused_later(finding) && !is_old_word;
        if let Some(settings) = settings.as_ref().filter(|_| fix.is_safe && is_comparable) {
            let now = next.settings();
            // A field that nobody reads is listed where it is written.
            let is_listed = |name: &&(_, _)| now.contains_key(*name) || finding.rule != "schema/unused-field";
            let mut names = now.keys().chain(settings.keys().filter(is_listed));
            if let Some(name) = names.find(|name| now.get(*name) != settings.get(*name)) {
                wrong(&format!("it is called safe and makes {name:?} {:?} of {:?}", now.get(name), settings.get(name)));
            }
        }
    }
    if tried > 0 {
        let (next, rounds) = all_fixes(layers);
        // What Talos refuses comes first, for it hides the rest; and of several patches each may clear what the one before
        // it says again.
        let is_refused = found.iter().any(|(_, finding)| finding.rule.starts_with("talos/"));
        let is_chain = found.iter().any(|(_, finding)| finding.rule == "patch/resets-omitted");
        let most = 2 + usize::from(is_refused || settings.is_none());
        if rounds > if is_chain { layers.files.len().max(most) } else { most } {
            let _ = writeln!(report, "{}: all fixes together need {rounds} rounds", layers.name);
        }
        let left = next.findings();
        for (_, finding) in left.iter().filter(|(_, finding)| finding.fix.is_some()) {
            let _ = writeln!(report, "{}: {} at {} is left after all fixes", layers.name, finding.rule, finding.path);
        }
    }
    tried
}

/// The layers with all fixes, and how many rounds that took.
fn all_fixes(layers: &Layers) -> (Layers, usize) {
    all_fixes_that(layers, |_, _| true)
}

/// The layers with all fixes that are wanted, and how many rounds that took.
fn all_fixes_that(layers: &Layers, is_wanted: impl Fn(&Finding, &Fix) -> bool) -> (Layers, usize) {
    let (mut next, mut rounds) = (layers.clone(), 0);
    let mut fixed = Fixed::default();
    let settled = until_settled(|| {
        for (path, text) in &mut next.files {
            if let Some(bytes) = fixed.files.get(path) {
                *text = String::from_utf8(bytes.clone()).unwrap();
            }
        }
        let analyses = next.analyses();
        let files = next.files.iter().zip(&analyses);
        let files: Vec<Fixable<'_>> = files
            .map(|((path, text), analysis)| Fixable { path, bytes: text.as_bytes(), findings: &analysis.findings })
            .collect();
        let is_any = fixed.round(files, &is_wanted);
        rounds += usize::from(is_any);
        Ok::<bool, ()>(is_any)
    });
    assert!(settled.is_ok());
    (next, rounds)
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// A file of the corpus, with the patches that stand in it as files of their own.
fn of_corpus(path: &Path) -> Option<Layers> {
    let text = std::fs::read_to_string(path).ok()?;
    let name = path.strip_prefix(corpus()).unwrap().display().to_string();
    let talos = text.lines().find_map(|line| line.strip_prefix("#= talos=").and_then(MinorVersion::parse));
    let parts = text.split("#~ patch\n").enumerate();
    let files = parts.map(|(number, part)| {
        let name = if number == 0 { name.clone() } else { format!("{name}.{number}.patch.yaml") };
        (name, part.to_owned())
    });
    let options = Options { talos, profile: Some(Profile::Strict), ..Options::default() };
    Some(Layers { name: name.clone(), files: files.collect(), options })
}

#[test]
fn fixes_of_the_corpus_keep_their_promises() {
    let (mut report, mut tried) = (String::new(), 0);
    for folder in ["rules", "examples", "reported"] {
        for layers in files_below(&corpus().join(folder)).iter().filter_map(|path| of_corpus(path)) {
            tried += try_fixes(&layers, &mut report);
        }
    }
    println!("{tried} fixes");
    assert!(report.is_empty(), "\n{report}");
    assert!(tried > 540, "only {tried} fixes were tried");
}

/// Files of one's own: `TALINT_FILES=folder cargo test --test fixes -- --ignored --nocapture`. Shows what each fix changes.
#[test]
#[ignore = "needs a folder of files"]
fn fixes_of_files_keep_their_promises() {
    let (mut report, mut tried) = (String::new(), 0);
    let folder = std::env::var("TALINT_FILES").unwrap();
    for path in files_below(Path::new(&folder)) {
        let is_asked_for = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        let Some(text) = std::fs::read_to_string(&path).ok().filter(|_| is_asked_for) else { continue };
        let name = path.display().to_string();
        let options = Options { profile: Some(Profile::Strict), ..Options::default() };
        let layers = Layers { name: name.clone(), files: vec![(name, text)], options };
        tried += try_fixes(&layers, &mut report);
        for (own, finding) in layers.findings() {
            let Some(fix) = &finding.fix else { continue };
            let Some(next) = layers.with(own, fix) else { continue };
            println!("{}: {}: {} (safe: {})", layers.name, finding.rule, fix.title, fix.is_safe);
            println!("{}", similar::TextDiff::from_lines(&layers.files[0].1, &next.files[0].1).unified_diff());
        }
    }
    println!("{tried} fixes");
    assert!(report.is_empty(), "\n{report}");
}
