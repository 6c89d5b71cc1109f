//! The corpus: configurations with the findings they must give written beside the lines.
//!
//! A comment `#! rule/name` at the end of a line says that this rule finds something that begins on this line; several
//! names stand for several findings. A comment `#^ rule/name` speaks of the line above it, `#v rule/name` of the line below. What
//! is not written must not be found, whatever its severity. A line `#~ patch` ends the base, or the patch before it, and
//! begins a patch that is laid over it. A line `#= talos=1.14` asks for a version, as the command line does.
//! `corpus/README.md` says more.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use talint_analyzer::finding::Severity;
use talint_analyzer::input::Form;
use talint_analyzer::rule::{Example, Rule};
use talint_analyzer::text::LineIndex;
use talint_analyzer::version::MinorVersion;
use talint_analyzer::{Analysis, Options, Source, analyze, analyze_layered, rules};

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
    let mut found: Vec<_> =
        analysis.findings.iter().map(|finding| (lines.line(finding.span.start) + 1, finding.rule.to_owned())).collect();
    found.sort();
    found
}

fn check(path: &Path) -> (String, Analysis) {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = path.strip_prefix(corpus()).unwrap_or(path).display().to_string();
    let asked = text.lines().find_map(|line| line.strip_prefix("#= talos=").and_then(MinorVersion::parse));
    let analysis = analyze_parts(&name, &text, &Options { talos: asked, ..Options::default() });
    (text, analysis)
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

#[test]
fn findings_are_those_written_beside_the_lines() {
    let mut report = String::new();
    let folders = ["rules", "examples"];
    let files: Vec<PathBuf> = folders.iter().flat_map(|folder| files_below(&corpus().join(folder))).collect();
    assert!(files.len() > 40, "the corpus has only {} files", files.len());
    for path in files {
        let (text, analysis) = check(&path);
        let (expected, found) = (expected(&text), found(&text, &analysis));
        if analysis.documents == 0 {
            let _ = writeln!(report, "{}\n  nothing in it is recognised as Talos's", path.display());
        } else if expected != found {
            let _ = writeln!(report, "{}", path.display());
            for (line, rule) in expected.iter().filter(|expectation| !found.contains(expectation)) {
                let _ = writeln!(report, "  line {line}: {rule} is expected and not found");
            }
            for finding in &analysis.findings {
                let line = LineIndex::new(&text).line(finding.span.start) + 1;
                if !expected.contains(&(line, finding.rule.to_owned())) {
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
fn the_examples_of_the_documentation_are_true() {
    let finds = |rule: &Rule, example: &Example| {
        let version = MinorVersion { major: 1, minor: u16::from(example.version().minor()) };
        let options = Options { talos: Some(version), profile: Some(rule.profile), ..Options::default() };
        let analysis = analyze_parts("example.yaml", example.text, &options);
        assert!(analysis.documents > 0, "{}: the example is not recognised:\n{}", rule.name, example.text);
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
    let row = |rule: &Rule| format!("{}\t{}\t{}", rule.name, rule.severity, rule.profile.as_str());
    let registry: BTreeSet<String> = rules::all().map(row).collect();
    let missing: Vec<_> = registry.difference(&catalogue).collect();
    let gone: Vec<_> = catalogue.difference(&registry).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not in tests/catalogue.tsv: {missing:?}; only there: {gone:?}");
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
