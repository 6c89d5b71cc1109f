//! The corpus: configurations with the findings they must give written beside the lines.
//!
//! A comment `#! rule/name` at the end of a line says that this rule finds something that begins on this line; several
//! names stand for several findings. A comment `#^ rule/name` speaks of the line above it, `#v rule/name` of the line below. What
//! is not written must not be found, whatever its severity. A line `#~ patch` ends the base, or the patch before it, and
//! begins a patch that is laid over it. A line `#= talos=1.14` asks for a version, as the command line does.
//! `corpus/README.md` says more.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use talint_analyzer::finding::Severity;
use talint_analyzer::input::Form;
use talint_analyzer::input::PROJECT_FILE;
use talint_analyzer::reference::fixability;
use talint_analyzer::rule::{Example, Rule};
use talint_analyzer::template;
use talint_analyzer::text::LineIndex;
use talint_analyzer::version::MinorVersion;
use talint_analyzer::{
    Analysis, File, Files, InOrder, Options, Source, Workspace, analyze, analyze_described, analyze_layered, describe,
    project, rules,
};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            match path.extension().and_then(|ending| ending.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("yaml" | "yml" | "json" | "cmdline") => files.push(path),
                Some(ending) if template::ENDINGS.contains(&ending) => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// The findings that the comments of a text ask for: line from one, and rule.
fn expected(text: &str) -> Vec<(usize, String)> {
    let mut expected = Vec::new();
    for (above, line) in text.lines().enumerate() {
        // With the space, so that the first line of a script is none.
        for (mark, number) in [("#^ ", above), ("#! ", above + 1), ("#v ", above + 2)] {
            if let Some((_, rules)) = line.split_once(mark) {
                expected.extend(rules.split_whitespace().map(|rule| (number, rule.to_owned())));
            }
        }
    }
    expected.sort();
    expected
}

fn found(text: &str, analysis: &Analysis) -> Vec<(usize, String)> {
    let lines = LineIndex::new(text);
    let mut found: Vec<_> = analysis
        .findings
        .iter()
        .map(|finding| (lines.line(finding.span.start) + 1, finding.rule.to_string()))
        .collect();
    found.sort();
    found
}

fn check(path: &Path) -> (String, Analysis) {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = name_of(path);
    let asked = text.lines().find_map(|line| line.strip_prefix("#= talos=").and_then(MinorVersion::parse));
    let options = Options { talos: asked, ..Options::default() };
    let analysis = if name.ends_with(PROJECT_FILE) {
        analyze_project(&text, path.parent().unwrap())
    } else {
        analyze_parts(&name, &text, &options)
    };
    (text, analysis)
}

/// The files of a folder, for those that name others.
struct Folder<'f>(&'f Path);

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<Arc<File>, String> {
        let bytes = std::fs::read(self.0.join(path)).map_err(|error| error.to_string())?;
        Ok(Arc::new(File { path: path.to_owned(), bytes }))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join(folder)).into_iter().flatten();
        let paths = entries.map(|entry| Path::new(folder).join(entry.unwrap().file_name()).display().to_string());
        paths.collect()
    }
}

/// What is to be said of a project file, with the files of `folder`.
fn analyze_project(text: &str, folder: &Path) -> Analysis {
    let host = Arc::new(File { path: PROJECT_FILE.to_owned(), bytes: text.as_bytes().to_vec() });
    let (project, files, options) = (project::load(&host.bytes), Folder(folder), Options::default());
    let described = describe(&project, &host, &files, &options);
    let workspace = Workspace { project: Some((&host, &project)), described: &described, alone: &[], files: &files };
    let told = talint_analyzer::check(workspace, &options, &InOrder).files;
    let mut analysis = told.into_iter().find(|file| file.file.path == PROJECT_FILE).unwrap().analysis;
    // What is found in a configuration that Talos generates stands there too.
    analysis.findings.retain(|finding| finding.kind == "project");
    analysis
}

/// The name of a file of the corpus: its path from there.
fn name_of(path: &Path) -> String {
    path.strip_prefix(corpus()).unwrap_or(path).display().to_string()
}

/// What is found in the files that descriptions of machines name, with their machines.
fn named_by_descriptions(files: &[PathBuf]) -> BTreeMap<String, Analysis> {
    let mut named = BTreeMap::new();
    let corpus = corpus();
    let of_corpus = Folder(&corpus);
    for path in files {
        let host = of_corpus.read(&name_of(path)).unwrap();
        let Some(analyses) = analyze_described(&host, &of_corpus, &Options::default()) else { continue };
        let others = analyses.into_iter().filter(|analysis| analysis.file.path != host.path);
        named.extend(others.map(|analysis| (analysis.file.path.clone(), analysis.analysis)));
    }
    named
}

/// Analyses a text, or the base and the patches in it. What is before a patch is blanked, so that places stay.
fn analyze_parts(name: &str, text: &str, options: &Options) -> Analysis {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, mark) in text.match_indices("#~ patch\n") {
        parts.push((start, at));
        start = at + mark.len();
    }
    if parts.is_empty() {
        // A description of machines is analysed by what it makes of them.
        let host = Arc::new(File { path: name.to_owned(), bytes: text.as_bytes().to_vec() });
        if let Some(analyses) = analyze_described(&host, &Folder(&corpus()), options) {
            let of_host = analyses.into_iter().find(|analysis| analysis.file.path == name);
            return of_host.unwrap().analysis;
        }
        return analyze(name, text.as_bytes(), options);
    }
    parts.push((start, text.len()));
    let blank = |text: &str| text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
    let texts: Vec<String> = parts.iter().map(|(from, to)| blank(&text[..*from]) + &text[*from..*to]).collect();
    let sources: Vec<Source<'_>> = texts.iter().map(|text| Source::file(name, text.as_bytes())).collect();
    let mut analyses = analyze_layered(sources[0], &sources[1..], options).sources.into_iter();
    let mut whole = analyses.next().unwrap();
    whole.findings.extend(analyses.flat_map(|analysis| analysis.findings));
    whole
}

/// The family of the rule whose folder a file is in.
fn rule_folder(path: &Path) -> Option<&str> {
    path.strip_prefix(corpus().join("rules")).ok()?.iter().next()?.to_str()
}

#[test]
fn findings_are_those_written_beside_the_lines() {
    let mut report = String::new();
    let folders = ["rules", "examples", "reported"];
    let files: Vec<PathBuf> = folders.iter().flat_map(|folder| files_below(&corpus().join(folder))).collect();
    assert!(files.len() > 40, "the corpus has only {} files", files.len());
    let mut named = named_by_descriptions(&files);
    for path in files {
        let (text, alone) = check(&path);
        let analysis = named.remove(&name_of(&path)).unwrap_or(alone);
        let (expected, found) = (expected(&text), found(&text, &analysis));
        if analysis.documents == 0 && rule_folder(&path) != Some("project") {
            let _ = writeln!(report, "{}\n  nothing in it is recognised as Talos's", path.display());
        } else if expected != found {
            let _ = writeln!(report, "{}", path.display());
            for (line, rule) in expected.iter().filter(|expectation| !found.contains(expectation)) {
                let _ = writeln!(report, "  line {line}: {rule} is expected and not found");
            }
            for finding in &analysis.findings {
                let line = LineIndex::new(&text).line(finding.span.start) + 1;
                if !expected.contains(&(line, finding.rule.to_string())) {
                    let _ = writeln!(report, "  line {line}: {} is not expected: {}", finding.rule, finding.message);
                }
            }
            if expected.iter().collect::<BTreeSet<_>>() == found.iter().collect::<BTreeSet<_>>() {
                let _ = writeln!(report, "  the number of findings differs: expected {expected:?}, found {found:?}");
            }
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn every_rule_has_an_example_that_fires_and_one_that_is_silent() {
    let mut missing = String::new();
    for rule in rules::all() {
        let folder = corpus().join("rules").join(rule.name);
        let files = if folder.is_dir() { files_below(&folder) } else { Vec::new() };
        let (silent, firing): (Vec<_>, Vec<_>) = files
            .into_iter()
            .partition(|path| path.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("silent")));
        let names_rule = |path: &PathBuf| {
            expected(&std::fs::read_to_string(path).unwrap()).iter().any(|(_, name)| name == rule.name)
        };
        if !firing.iter().any(names_rule) {
            let _ = writeln!(missing, "{}: no file in which it fires", rule.name);
        }
        if silent.is_empty() || silent.iter().any(names_rule) {
            let _ = writeln!(missing, "{}: no file silent*.yaml in which it is silent", rule.name);
        }
    }
    assert!(missing.is_empty(), "\n{missing}");
}

#[test]
fn every_folder_of_the_corpus_is_that_of_a_rule() {
    for path in files_below(&corpus().join("rules")) {
        let folder = path.parent().unwrap();
        let name = folder.strip_prefix(corpus().join("rules")).unwrap().to_string_lossy().replace('\\', "/");
        assert!(rules::by_name(&name).is_some(), "{}: there is no rule {name}", path.display());
    }
}

#[test]
fn what_was_reported_is_named_by_its_issue() {
    let files = files_below(&corpus().join("reported"));
    assert!(files.len() >= 15, "only {} reported mistakes", files.len());
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let number = name.split('-').next().unwrap();
        assert!(number.parse::<u32>().is_ok(), "{name}: the name begins with the number of the issue");
        assert!(!expected(&std::fs::read_to_string(&path).unwrap()).is_empty(), "{name}: nothing is found");
    }
}

#[test]
fn the_examples_of_the_documentation_are_true() {
    let finds = |rule: &Rule, example: &Example| {
        let version = MinorVersion { major: 1, minor: u16::from(example.version().minor()) };
        let options = Options { talos: Some(version), profile: Some(rule.profile), ..Options::default() };
        let is_project = rule.family() == "project";
        let analysis = if is_project {
            analyze_project(example.text, &corpus())
        } else {
            analyze_parts("example.yaml", example.text, &options)
        };
        assert!(
            analysis.documents > 0 || is_project,
            "{}: the example is not recognised:\n{}",
            rule.name,
            example.text
        );
        analysis.findings.iter().filter(|finding| finding.rule == rule.name).count()
    };
    for rule in rules::all() {
        assert!(finds(rule, &rule.avoid) > 0, "{} does not fire on its own example:\n{}", rule.name, rule.avoid.text);
        assert_eq!(finds(rule, &rule.follow), 0, "{} fires on its good example:\n{}", rule.name, rule.follow.text);
    }
}

#[test]
fn rules_are_documented() {
    let mut names = BTreeSet::new();
    for rule in rules::all() {
        assert!(names.insert(rule.name), "{} is registered twice", rule.name);
        assert!(rule.name.contains('/'), "{} has no family", rule.name);
        assert!(
            rule.summary.ends_with('.') && rule.why.ends_with('.'),
            "{}: sentences end with a full stop",
            rule.name
        );
    }
}

#[test]
fn the_rules_are_those_of_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let catalogue: BTreeSet<String> = rows.map(str::to_owned).collect();
    let row = |rule: &Rule| {
        let fix = fixability(rule).as_str();
        format!("{}\t{}\t{}\t{fix}", rule.name, rule.severity, rule.profile.as_str())
    };
    let registry: BTreeSet<String> = rules::all().map(row).collect();
    let missing: Vec<_> = registry.difference(&catalogue).collect();
    let gone: Vec<_> = catalogue.difference(&registry).collect();
    let lines = |rows: &[&String]| rows.iter().map(|row| format!("  {row}")).collect::<Vec<_>>().join("\n");
    let (missing, gone) = (lines(&missing), lines(&gone));
    let message = format!("not in tests/catalogue.tsv:\n{missing}\nonly there:\n{gone}");
    assert!(missing.is_empty() && gone.is_empty(), "{message}");
}

#[test]
fn generated_configurations_give_no_error_and_no_warning() {
    let files = files_below(&corpus().join("generated"));
    assert!(files.len() >= 40, "only {} generated configurations", files.len());
    for path in files {
        let minor: u16 = path
            .components()
            .find_map(|part| part.as_os_str().to_str()?.strip_prefix("talos-1.")?.parse().ok())
            .unwrap_or_else(|| panic!("{}: the folder names no version", path.display()));
        let text = std::fs::read(&path).unwrap();
        let options = Options { talos: Some(MinorVersion { major: 1, minor }), ..Options::default() };
        let analysis = analyze(&path.display().to_string(), &text, &options);
        assert!(analysis.documents > 0, "{} is not recognised", path.display());
        let bad: Vec<_> = analysis.findings.iter().filter(|finding| finding.severity > Severity::Info).collect();
        assert!(bad.is_empty(), "{}: {bad:#?}", path.display());
    }
}

#[test]
fn generated_configurations_leave_hardening_to_do_each_named_once() {
    for path in files_below(&corpus().join("generated")) {
        let text = std::fs::read(&path).unwrap();
        let profile = Some(talint_analyzer::finding::Profile::Hardened);
        let analysis = analyze(&path.display().to_string(), &text, &Options { profile, ..Options::default() });
        let mut rules =
            vec!["disk/encryption", "network/firewall-absent", "kernel/init-on-free", "kubelet/pod-pids-limit"];
        let name = path.display().to_string();
        // From 1.12 the API server's own list of cipher suites is a strong one.
        if name.contains("controlplane")
            && ["talos-1.9/", "talos-1.10/", "talos-1.11/"].iter().any(|part| name.contains(part))
        {
            rules.push("apiserver/tls-cipher-suites");
        }
        for rule in rules {
            let count = analysis.findings.iter().filter(|finding| finding.rule == rule).count();
            assert_eq!(count, 1, "{}: {rule}", path.display());
        }
    }
}

#[test]
fn no_finding_shows_a_secret() {
    for path in files_below(&corpus()) {
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let name = path.display().to_string();
        let options = Options { profile: Some(talint_analyzer::finding::Profile::Strict), ..Options::default() };
        let secrets: Vec<&str> = talint_analyzer::secrets::find(&name, &bytes, Form::default())
            .into_iter()
            .filter_map(|span| text.get(span.start as usize..span.end as usize))
            .map(|secret| secret.trim_matches(['"', '\'']))
            .filter(|secret| secret.len() >= 12)
            .collect();
        for finding in analyze(&name, &bytes, &options).findings {
            let related = finding.related.iter().map(|related| related.message.as_str());
            for said in related.chain([finding.message.as_str(), finding.help.as_deref().unwrap_or("")]) {
                let shown = secrets.iter().any(|secret| said.contains(secret));
                assert!(!shown, "{name}: {} shows a secret", finding.rule);
            }
        }
    }
}

#[test]
fn what_is_not_talos_gives_nothing() {
    let files = files_below(&corpus().join("foreign"));
    assert!(files.len() >= 15, "only {} foreign files", files.len());
    for path in files {
        let (_, analysis) = check(&path);
        assert_eq!(analysis.documents, 0, "{} is taken for Talos's", path.display());
        assert!(analysis.findings.is_empty(), "{}: {:#?}", path.display(), analysis.findings);
    }
}
