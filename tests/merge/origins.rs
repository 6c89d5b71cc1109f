//! Every leaf has an origin whose text resolves to it, and so has every setting that is written.

use talint_analyzer::config::{Content, Layered, Origin, Scalar, Value};
use talint_analyzer::effective::{self, EffectiveSetting};
use talint_analyzer::syntax::{self, Kind, NodeRef, Resolved, Style};
use talint_analyzer::version::{MinorVersion, TalosVersion};
use talint_analyzer::{Options, Source, analyze_layered, layered_settings};

pub(crate) fn check(id: &str, base: &str, patches: &[String], layered: &Layered, minor: u8) {
    let version = TalosVersion::nearest(minor);
    let texts: Vec<&str> = std::iter::once(base).chain(patches.iter().map(String::as_str)).collect();
    for document in &layered.documents {
        leaves(&document.root, &mut |scalar, origin| {
            let text = texts.get(origin.source).unwrap_or_else(|| panic!("{id}: there is no source {}", origin.source));
            let written = origin.span.slice(text);
            assert!(is_at(scalar, written, version), "{id}: {scalar:?} is not what {written:?} at {origin:?} says");
        });
    }
}

fn leaves(value: &Value, each: &mut impl FnMut(&Scalar, Origin)) {
    match &value.content {
        // A URL may be put together of two.
        Content::Scalar(_) if value.composed => assert!(!value.replaced.is_empty()),
        Content::Scalar(scalar) => each(scalar, value.origin),
        Content::List(items) => items.iter().for_each(|item| leaves(item, each)),
        Content::Map(entries) => {
            for entry in entries {
                each(&entry.key, entry.key_origin);
                leaves(&entry.value, each);
            }
        }
    }
}

/// Whether the text of an origin says what the scalar says: read alone it has the same text, or the same number.
fn is_at(scalar: &Scalar, written: &str, version: TalosVersion) -> bool {
    let tree = syntax::parse(written);
    let Some(node) = tree.roots().next() else { return scalar.text.is_empty() };
    // The lines of a block scalar are indented as they are in the file.
    let is_block = matches!(scalar.style, Style::Literal | Style::Folded);
    let same_words = || is_block && written.split_whitespace().eq(scalar.text.split_whitespace());
    let same_text = node.value() == scalar.text || written.trim() == scalar.text || same_words();
    let same_number = match (syntax::resolve(node), scalar.resolve(version)) {
        (Resolved::Str(_), _) | (_, Resolved::Str(_)) => false,
        (own, other) => own == other,
    };
    // A key that a JSON patch adds is the last step of its path.
    let is_step = node.value().rsplit('/').next().map(|step| step.replace("~1", "/").replace("~0", "~"));
    let is_word_for_bool = matches!(scalar.text.as_str(), "true" | "false") && node.value().len() <= 5;
    same_text || same_number || is_step.as_deref() == Some(&scalar.text) || is_word_for_bool
}

/// Holds each place that the list of settings names to the value beside it; says how many there are.
pub(crate) fn check_settings(id: &str, base: &str, patches: &[String], minor: u8) -> usize {
    let options = Options {
        talos: Some(MinorVersion { major: 1, minor: minor.into() }),
        select: vec!["patch/".to_owned()],
        ..Options::default()
    };
    let texts: Vec<&str> = std::iter::once(base).chain(patches.iter().map(String::as_str)).collect();
    let sources: Vec<Source<'_>> = texts.iter().map(|text| Source::file("a.yaml", text.as_bytes())).collect();
    let analysis = analyze_layered(sources[0], &sources[1..], &options);
    let settings = layered_settings(sources[0], &sources[1..], &options, &analysis.layered);
    let mut composed = Vec::new();
    analysis.layered.documents.iter().for_each(|document| composed_values(&document.root, &mut composed));
    let mut count = 0;
    for setting in &settings {
        let effective::Source::Written(origin) = setting.source else { continue };
        if composed.contains(&origin) {
            continue;
        }
        let text = texts.get(origin.source).unwrap_or_else(|| panic!("{id}: there is no source {}", origin.source));
        // A list that is not indented begins behind its first dash.
        let before = text[..origin.span.start as usize].trim_end_matches(' ').trim_end_matches('-');
        let column = before.chars().rev().take_while(|c| *c != '\n').count();
        let written = &text[before.len()..origin.span.end as usize];
        assert!(says(setting, written, column), "{id}: {setting:?} is not what {written:?} says");
        count += 1;
    }
    count
}

/// The places of values that are put together of two.
fn composed_values(value: &Value, found: &mut Vec<Origin>) {
    if value.composed {
        found.push(value.origin);
    }
    value.items().iter().for_each(|item| composed_values(item, found));
    value.entries().iter().for_each(|entry| composed_values(&entry.value, found));
}

/// Whether `written`, which stands in this column, says what a setting is.
fn says(setting: &EffectiveSetting, written: &str, column: usize) -> bool {
    let value = match &setting.value {
        effective::Value::Text(value) => value.as_ref(),
        effective::Value::Removed => {
            return written.strip_prefix('-').is_some_and(|rest| rest.starts_with(&setting.name));
        }
        effective::Value::Later(_) => return false,
    };
    let first = value.split(',').next().unwrap_or("");
    match (setting.component, setting.name.as_str()) {
        ("kernel", name) if written.contains(name) && written.contains(value) => return true,
        // A provider is named by a key.
        ("encryption", _) => return written.contains(first),
        _ => {}
    }
    // The lines below the first are indented as they are in the file.
    let text = format!("{}{written}", " ".repeat(column));
    let tree = syntax::parse(&text);
    let Some(node) = tree.roots().next() else { return value.is_empty() };
    let mut scalars = Vec::new();
    all_scalars(node, &mut scalars);
    scalars.retain(|scalar| !scalar.is_empty());
    let is_part = |scalar: &&str| value.contains(*scalar) || scalar.split(',').all(|part| value.contains(part.trim()));
    // What is empty now may stand where something was that a patch took out.
    let is_said = value.trim_matches(',').is_empty() || !scalars.is_empty() && scalars.iter().all(is_part);
    let is_same_bool = || node.value().len() <= 5 && matches!(value, "true" | "false");
    // Worked out of subnets, each of which gives one address.
    let is_of_subnets = || setting.name == "clusterDNS" && scalars.len() == value.split(',').count();
    is_said || node.kind() == Kind::Scalar && (node.value() == value || is_same_bool()) || is_of_subnets()
}

fn all_scalars<'t>(node: NodeRef<'t, '_>, scalars: &mut Vec<&'t str>) {
    match node.kind() {
        Kind::Scalar if node.is_null() => {}
        Kind::Scalar => scalars.push(node.value()),
        Kind::Sequence => node.items().for_each(|item| all_scalars(item, scalars)),
        Kind::Mapping => node.entries().for_each(|(key, value)| {
            scalars.push(key.value());
            all_scalars(value, scalars);
        }),
        Kind::Alias => {}
    }
}
