//! The project file: its keys, names of rules and settings, paths of files.

use super::Place;
use super::comments::rule_names;
use super::cursor::Cursor;
use super::documentation::Subject;
use super::item::{Candidate, Rank};
use super::template::Template;
use crate::workspace::relative;
use std::path::Path;
use talint_analyzer::input::PROJECT_FILE;
use talint_analyzer::project::{Key, PROJECT, Shape};
use talint_analyzer::settings;
use talint_analyzer::syntax::NodeRef;
use talint_analyzer::tables::ITEM;
use talint_analyzer::version::TalosVersion;
use tower_lsp::ls_types::CompletionItemKind;

/// How many files are offered.
const MAX_FILES: usize = 500;

/// The keys that can be added to a mapping.
pub(super) fn keys(place: &Place<'_>, mapping: NodeRef<'_, '_>) -> Vec<Candidate> {
    keys_at(place.cursor, &mapping.steps(), Some(mapping))
}

/// The keys at a place of the project file that are not in `mapping` yet.
fn keys_at(cursor: &Cursor<'_>, steps: &[&str], mapping: Option<NodeRef<'_, '_>>) -> Vec<Candidate> {
    let is_there = |name: &str| mapping.is_some_and(|mapping| mapping.entry(name).is_some());
    match shape_at(steps) {
        Some(Shape::Keys(keys)) => {
            let new = keys.iter().filter(|key| !is_there(key.name));
            new.map(|key| candidate(cursor, steps, key)).collect()
        }
        Some(Shape::Map { key: Shape::Rules, value }) => {
            let as_key = |name: Candidate| Candidate {
                template: template(cursor, &name.label, value),
                kind: CompletionItemKind::PROPERTY,
                ..name
            };
            rules_and_families().into_iter().filter(|name| !is_there(&name.label)).map(as_key).collect()
        }
        _ => Vec::new(),
    }
}

fn candidate(cursor: &Cursor<'_>, steps: &[&str], key: &Key) -> Candidate {
    let rank = if key.required { Rank::First } else { Rank::Usual };
    let way = steps.iter().copied().chain([key.name]).map(str::to_owned).collect();
    let written = Candidate::key(key.name, template(cursor, key.name, &key.shape));
    Candidate { rank, ..written.about(Subject::Project(way)) }
}

/// A key with what its value begins with.
fn template(cursor: &Cursor<'_>, name: &str, shape: &Shape) -> Template {
    if cursor.has_colon() || cursor.is_quoted() {
        return Template::of(name);
    }
    let begun = Template::of(format!("{name}:"));
    let style = cursor.style;
    if cursor.has_value_below() && !cursor.is_in_flow() {
        return begun;
    }
    match shape {
        Shape::Keys(_) | Shape::Map { .. } if cursor.is_in_flow() => begun.text(" {").end().text("}"),
        Shape::List(_) if cursor.is_in_flow() => begun.text(" [").end().text("]"),
        Shape::Keys(_) | Shape::Map { .. } => begun.line(style.step).end(),
        Shape::List(_) => begun.line(style.list).text("- ").end(),
        Shape::Word(words) => begun.text(" ").choice(words),
        Shape::Switch => begun.text(" ").choice(&["true", "false"]),
        _ => begun.text(" ").end(),
    }
}

/// What a value can be. The paths of files begin at `folder`.
pub(super) fn values(place: &Place<'_>, node: NodeRef<'_, '_>, folder: &Path) -> Vec<Candidate> {
    let steps = node.steps();
    let is_item = node.parent().is_some_and(|parent| parent.parent().is_some() && node.key().is_none());
    match shape_at(&steps) {
        Some(Shape::Keys(_)) if is_item => keys_at(place.cursor, &steps, None),
        Some(shape) => of_shape(shape, folder),
        None => Vec::new(),
    }
}

fn of_shape(shape: &Shape, folder: &Path) -> Vec<Candidate> {
    let words = |words: &[&str]| words.iter().map(|word| Candidate::value(*word)).collect();
    match shape {
        Shape::Word(known) => words(known),
        Shape::Switch => words(&["true", "false"]),
        Shape::TalosVersion | Shape::TalosVersions => {
            TalosVersion::all().rev().map(|version| Candidate::value(version.to_string())).collect()
        }
        Shape::Rules => rules_and_families(),
        Shape::Setting => {
            let known = settings::settings().iter();
            known.map(|setting| Candidate::value(setting.id).about(Subject::Setting(setting.id.to_owned()))).collect()
        }
        Shape::Path | Shape::Pattern => files(folder),
        Shape::OneOrMore(inner) => of_shape(inner, folder),
        _ => Vec::new(),
    }
}

/// The names of rules, and of families of them.
fn rules_and_families() -> Vec<Candidate> {
    let mut found = rule_names();
    let mut families: Vec<String> =
        found.iter().filter_map(|rule| rule.label.split_once('/')).map(|(family, _)| format!("{family}/")).collect();
    families.dedup();
    families.sort_unstable();
    families.dedup();
    let families = families
        .into_iter()
        .map(|family| Candidate { note: Some("all of them".to_owned()), ..Candidate::value(family) });
    found.extend(families);
    found
}

/// The files below a folder that may be configuration, by their paths from it.
fn files(folder: &Path) -> Vec<Candidate> {
    let found = crate::files::find(folder).files;
    let paths = found.iter().map(|file| relative(file, folder)).filter(|path| !path.ends_with(PROJECT_FILE));
    let file = |path: String| Candidate { kind: CompletionItemKind::FILE, ..Candidate::value(path) };
    paths.take(MAX_FILES).map(file).collect()
}

/// What a key of the project file is for.
pub(super) fn about(steps: &[String]) -> Option<&'static str> {
    let (last, around) = steps.split_last()?;
    let around: Vec<&str> = around.iter().map(String::as_str).collect();
    match shape_at(&around)? {
        Shape::Keys(keys) => keys.iter().find(|key| key.name == last).map(|key| key.about),
        _ => None,
    }
}

/// What a place of the project file takes.
fn shape_at(steps: &[&str]) -> Option<&'static Shape> {
    static ROOT: Shape = Shape::Keys(PROJECT);
    let mut shape = &ROOT;
    for step in steps {
        shape = match shape {
            Shape::Keys(keys) => &keys.iter().find(|key| key.name == *step)?.shape,
            Shape::List(item) | Shape::OneOrMore(item) if *step == ITEM => item,
            Shape::Map { value, .. } => value,
            _ => return None,
        };
    }
    Some(shape)
}
