//! What holds of the tree of every text, and that it is the tree that other readers of YAML make of it.

use proptest::collection::vec;
use proptest::prelude::*;
use saphyr::LoadableYamlNode as _;
use serde::Deserialize as _;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use talint_analyzer::syntax::{Kind, NodeRef, ProblemKind, Style, Tree, parse};
use talint_analyzer::text::Span;
use talint_analyzer::{Options, analyze};

/// Texts of the signs that count in YAML, which arbitrary text seldom holds side by side.
fn yaml_like() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        8 => prop::sample::select(vec![
            "a", "b: ", "key: value\n", "- ", "-", ": ", ":", "? ", "?", "\n", "\n  ", "\n    ", " ", "\t", "[", "]", "{", "}", ", ",
            "&a ", "*a", "!!str ", "!b ", "|\n", ">-\n", "\"", "'", "\\", "#", " # c\n", "---\n", "...\n", "%YAML 1.2\n", "<<: ",
            "\r\n", "\r", "\u{feff}", "é", "😀", "\0", "\u{85}", "machine:\n", "  token: a\n", "@", "`", "~", "{{ x }}", "''", "\\u12",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    vec(part, 0..60).prop_map(|parts| parts.concat())
}

fn is_in_text(span: Span, text: &str) -> bool {
    let (start, end) = (span.start as usize, span.end as usize);
    start <= end && end <= text.len() && text.is_char_boundary(start) && text.is_char_boundary(end)
}

fn check(node: NodeRef<'_, '_>, text: &str) {
    let span = node.span();
    assert!(is_in_text(span, text), "{node:?} is not in {text:?}");
    if let Some(anchor) = node.node().anchor {
        assert!(is_in_text(anchor, text), "the anchor of {node:?} is not in {text:?}");
    }
    if node.kind() == Kind::Mapping {
        assert_eq!(node.children().count() % 2, 0, "{node:?} has a key without value in {text:?}");
    }
    let mut before = span.start;
    for child in node.children() {
        assert_eq!(child.parent(), Some(node), "{child:?} in {text:?}");
        let inside = span.start <= child.span().start && child.span().end <= span.end;
        assert!(inside, "{child:?} is outside of {node:?} in {text:?}");
        assert!(before <= child.span().start, "{child:?} begins before its neighbour ends in {text:?}");
        before = child.span().end;
        check(child, text);
    }
    for (key, value) in node.entries() {
        assert_eq!(value.key(), Some(key), "{text:?}");
        assert_eq!(value.path(), key.path(), "{text:?}");
    }
}

fn check_tree(tree: &Tree<'_>, text: &str) {
    for document in &tree.documents {
        assert!(is_in_text(document.span, text), "{document:?} is not in {text:?}");
    }
    for root in tree.roots() {
        check(root, text);
    }
    for problem in &tree.problems {
        assert!(is_in_text(problem.span, text), "{problem:?} is not in {text:?}");
    }
    for comment in &tree.comments {
        assert!(is_in_text(comment.span, text), "{comment:?} is not in {text:?}");
    }
}

#[test]
fn an_absent_value_lies_inside_of_its_mapping() {
    let text = "b: #\n\" # c\n\"[ # c\na\\''";
    check_tree(&parse(text), text);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn every_text_has_a_sound_tree(text in any::<String>()) {
        check_tree(&parse(&text), &text);
    }

    #[test]
    fn every_text_like_yaml_has_a_sound_tree(text in yaml_like()) {
        check_tree(&parse(&text), &text);
    }

    #[test]
    fn every_source_is_analysed(bytes in vec(any::<u8>(), 0..200), text in yaml_like()) {
        let _ = analyze("a.yaml", &bytes, &Options::default());
        let text = format!("version: v1alpha1\nmachine:\n  token: a\n{text}");
        for finding in analyze("controlplane.yaml", text.as_bytes(), &Options::default()).findings {
            prop_assert!(is_in_text(finding.span, &text), "{finding:?} is not in {text:?}");
        }
    }

    #[test]
    fn a_broken_line_moves_nothing_else(
        sections in vec(1..6_usize, 1..6),
        line in any::<prop::sample::Index>(),
        breaker in prop::sample::select(vec!["@", "`a", "%a", "]", "}", "a: b: c", "*", "\"a\" b", "[a", "{a", "\"a", "'a", "|9x"]),
    ) {
        let mut lines = Vec::new();
        for (section, keys) in sections.iter().enumerate() {
            lines.push(format!("section{section}:"));
            lines.extend((0..*keys).map(|key| format!("  key{section}-{key}: value{section}-{key}")));
        }
        let whole = lines.join("\n");
        // A line with a value, so that nothing else goes with it.
        let values: Vec<usize> = (0..lines.len()).filter(|line| lines[*line].starts_with(' ')).collect();
        let line = values[line.index(values.len())];
        let old = std::mem::take(&mut lines[line]);
        let indentation = &old[..2];
        let filler = format!("{indentation}k: {breaker}");
        let broken = format!("{filler:old$}", old = old.len());
        // A line of the same length keeps every other offset.
        prop_assume!(broken.len() == old.len());
        lines[line] = broken;
        let broken = lines.join("\n");
        let before = scalars(&parse(&whole));
        let tree = parse(&broken);
        prop_assert!(tree.problems.iter().any(|problem| problem.kind == ProblemKind::Syntax), "{broken}");
        let after = scalars(&tree);
        let start: usize = lines[..line].iter().map(|line| line.len() + 1).sum();
        let on_line = |span: &Span| (start..=start + old.len()).contains(&(span.start as usize));
        let expected: Vec<_> = before.into_iter().filter(|(span, _)| !on_line(span)).collect();
        let kept: Vec<_> = after.into_iter().filter(|(span, _)| !on_line(span) && !span.is_empty()).collect();
        prop_assert_eq!(expected, kept, "{}", broken);
    }
}

/// All scalars that are written, with their places.
fn scalars(tree: &Tree<'_>) -> Vec<(Span, String)> {
    fn below(node: NodeRef<'_, '_>, found: &mut Vec<(Span, String)>) {
        if node.kind() == Kind::Scalar {
            found.push((node.span(), node.value().to_owned()));
        }
        for child in node.children() {
            below(child, found);
        }
    }
    let mut found = Vec::new();
    for root in tree.roots() {
        below(root, &mut found);
    }
    found
}

/// A value as any reader of YAML sees it.
#[derive(Debug, PartialEq)]
enum Value {
    /// Text.
    Text(String),
    /// What is no text when it stands without quotes; how far readers go with that is their own.
    Word,
    List(Vec<Self>),
    Map(Vec<(Self, Self)>),
}

/// Ours beside another's. Where theirs is no text, ours must be without quotes.
fn agrees(ours: NodeRef<'_, '_>, theirs: &Value) -> bool {
    let node = ours.resolved();
    match (node.kind(), theirs) {
        // An alias inside of what it stands for is nothing to those that would expand it.
        (_, Value::Word) if ours.kind() == Kind::Alias => true,
        (Kind::Scalar, Value::Text(text)) => node.value() == text,
        (Kind::Scalar, Value::Word) => node.node().style == Style::Plain || node.node().tag.is_some(),
        (Kind::Sequence, Value::List(items)) => {
            node.items().count() == items.len() && node.items().zip(items).all(|(ours, theirs)| agrees(ours, theirs))
        }
        (Kind::Mapping, Value::Map(entries)) => {
            node.entries().count() == entries.len()
                && node
                    .entries()
                    .zip(entries)
                    .all(|(ours, theirs)| agrees(ours.0, &theirs.0) && agrees(ours.1, &theirs.1))
        }
        _ => false,
    }
}

fn from_libyaml(value: serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Null | serde_yaml::Value::Bool(_) | serde_yaml::Value::Number(_) => Value::Word,
        serde_yaml::Value::String(text) => Value::Text(text),
        serde_yaml::Value::Sequence(items) => Value::List(items.into_iter().map(from_libyaml).collect()),
        serde_yaml::Value::Mapping(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (from_libyaml(key), from_libyaml(value))).collect())
        }
        serde_yaml::Value::Tagged(tagged) => from_libyaml(tagged.value),
    }
}

/// The documents as the library says that is a translation of libyaml, as Talos's is.
fn libyaml(text: &str) -> Result<Vec<Value>, String> {
    serde_yaml::Deserializer::from_str(text)
        .map(|document| serde_yaml::Value::deserialize(document).map(from_libyaml).map_err(|error| error.to_string()))
        .collect()
}

fn from_saphyr(value: &saphyr::Yaml<'_>) -> Value {
    match value {
        saphyr::Yaml::Value(saphyr::Scalar::String(text)) => Value::Text(text.to_string()),
        saphyr::Yaml::Sequence(items) => Value::List(items.iter().map(from_saphyr).collect()),
        saphyr::Yaml::Mapping(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (from_saphyr(key), from_saphyr(value))).collect())
        }
        saphyr::Yaml::Tagged(_, value) => from_saphyr(value),
        _ => Value::Word,
    }
}

/// The documents as a reader of YAML 1.2 says.
fn saphyr(text: &str) -> Result<Vec<Value>, String> {
    let documents = saphyr::Yaml::load_from_str(text).map_err(|error| error.to_string())?;
    Ok(documents.iter().map(from_saphyr).collect())
}

/// What is different between our reading and another's; `None` when nothing is.
fn difference(text: &str, theirs: &Result<Vec<Value>, String>) -> Option<String> {
    let tree = parse(text);
    let problem = tree.problems.iter().find(|problem| !matches!(problem.kind, ProblemKind::Dialect(_)));
    match (problem, theirs) {
        (Some(_), Err(_)) => None,
        (Some(problem), Ok(_)) => Some(format!("only we refuse it: {}", problem.message)),
        (None, Err(error)) => Some(format!("only they refuse it: {error}")),
        (None, Ok(documents)) => {
            let ours: Vec<_> =
                tree.documents.iter().map(|document| document.root.map(|root| tree.node(root))).collect();
            // A text without documents is one that is null, to some.
            let same = ours.is_empty() && *documents == [Value::Word]
                || ours.len() == documents.len()
                    && ours
                        .iter()
                        .zip(documents)
                        .all(|(ours, theirs)| ours.map_or(*theirs == Value::Word, |ours| agrees(ours, theirs)));
            (!same).then(|| format!("they read {documents:?}"))
        }
    }
}

/// Why one of the other readers says something else of a text, where that is known and meant.
fn reason(difference: &str) -> Option<&'static str> {
    const KNOWN: &[(&str, &str)] = &[
        ("duplicate", "a key twice is for a rule, not for the tree"),
        ("unknown anchor", "aliases are told apart from syntax"),
        ("recursion limit", "their limits of nesting are lower"),
        ("a key stands on one line", "YAML 1.2 is laxer about keys over lines in brackets"),
    ];
    KNOWN.iter().find(|(part, _)| difference.contains(part)).map(|(_, reason)| *reason)
}

fn corpus() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.extension().and_then(|ending| ending.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("yaml" | "yml" | "json") => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

#[test]
fn the_corpus_is_read_as_others_read_it() {
    let mut report = String::new();
    let files = corpus();
    assert!(files.len() > 100);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        for (name, theirs) in [("libyaml", libyaml(&text)), ("saphyr", saphyr(&text))] {
            if let Some(difference) = difference(&text, &theirs).filter(|difference| reason(difference).is_none()) {
                let _ = writeln!(
                    report,
                    "{} ({name}): {}",
                    path.display(),
                    difference.chars().take(300).collect::<String>()
                );
            }
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// A tree to be written.
#[derive(Clone, Debug)]
enum Written {
    Scalar(String),
    List(Vec<Self>),
    Map(Vec<Self>),
}

fn written() -> impl Strategy<Value = Written> {
    let scalar = prop_oneof![
        prop::sample::select(vec![
            "word",
            "two words",
            "1",
            "-1.5",
            "true",
            "null",
            "~",
            "''",
            "\"\"",
            "'it''s'",
            "\"a\\tb\\n\"",
            "\"\\u00e9\\x41\"",
            "a#b",
            "a:b",
            "http://a/b",
            "é😀",
            "-a",
            "\"#\"",
            "': '",
            "!!str 1",
            "&a b",
            "\"two\\\n        lines\"",
            "a.b/c-d_e",
            "12:30",
            "%a%"
        ])
        .prop_filter("a directive", |text| !text.starts_with('%'))
        .prop_map(str::to_owned),
        "[a-z]{1,12}",
        "'[ -&(-~]{0,12}'",
    ];
    scalar.prop_map(Written::Scalar).prop_recursive(4, 40, 5, |inner| {
        prop_oneof![vec(inner.clone(), 0..5).prop_map(Written::List), vec(inner, 0..5).prop_map(Written::Map),]
    })
}

impl Written {
    fn flow(&self) -> String {
        match self {
            Self::Scalar(text) => text.clone(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::flow).collect::<Vec<_>>().join(", ")),
            Self::Map(values) => {
                let entries = values.iter().enumerate().map(|(key, value)| format!("key{key}: {}", value.flow()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn block(&self, depth: usize, text: &mut String) {
        let margin = " ".repeat(depth);
        match self {
            Self::List(items) if !items.is_empty() => {
                for item in items {
                    let _ = writeln!(text, "{margin}-");
                    item.block(depth + 2, text);
                }
            }
            Self::Map(values) if !values.is_empty() => {
                for (key, value) in values.iter().enumerate() {
                    let _ = writeln!(text, "{margin}key{key}:");
                    value.block(depth + 2, text);
                }
            }
            other => {
                let _ = writeln!(text, "{margin}{}", other.flow());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn what_is_written_is_read_as_others_read_it(documents in vec(written(), 1..3), in_flow in any::<bool>()) {
        let texts: Vec<String> = documents.iter().map(|document| {
            let mut text = String::new();
            if in_flow {
                let _ = writeln!(text, "{}", document.flow());
            } else {
                document.block(0, &mut text);
            }
            text
        }).collect();
        let text = format!("---\n{}", texts.join("---\n"));
        for (name, theirs) in [("libyaml", libyaml(&text)), ("saphyr", saphyr(&text))] {
            let difference = difference(&text, &theirs).filter(|difference| reason(difference).is_none());
            prop_assert_eq!(difference, None, "{} on\n{}", name, text);
        }
    }
}
