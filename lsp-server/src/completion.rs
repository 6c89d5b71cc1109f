//! What can be written here, in text that is half written.
//!
//! The word at the cursor is taken out and a marker is put in its place, so that what is around it can be read; the place
//! of the marker in the tree says what may stand there.

mod comments;
mod cursor;
mod documentation;
mod embedded;
mod expressions;
mod item;
mod keys;
mod project;
mod skeletons;
mod template;
mod values;

use crate::analysis::{View, view};
use crate::lines::Lines;
use crate::server::Asked;
use cursor::{Cursor, MARKER};
use item::{Ability, Candidate, Rank};
use std::path::Path;
use talint_analyzer::input::{self, Input, InputKind, PROJECT_FILE};
use talint_analyzer::schema;
use talint_analyzer::syntax::{Kind, NodeRef};
use talint_analyzer::tables::{self, Shape};
use talint_analyzer::text::Span;
use talint_analyzer::version::TalosVersion;
use template::Template;
use tower_lsp::ls_types::{ClientCapabilities, CompletionItem, CompletionList, CompletionResponse, Position};

/// What can be written at a position.
pub(crate) fn completion(asked: &Asked<'_>, position: Position) -> Option<CompletionResponse> {
    if !asked.found.is_ours() && !begins_ours(asked) {
        return None;
    }
    let lines = Lines::new(asked.document, asked.client.encoding);
    let cursor = Cursor::new(&asked.document.text, &lines, lines.offset(position))?;
    let version = asked.found.analysis.versions.talos;
    let (span, candidates) = match cursor.in_comment() {
        Some(comment) => (cursor.word, comments::candidates(comment)),
        None => in_document(asked, &cursor),
    };
    let client = Ability::of(&asked.client.capabilities);
    let range = lines.range(span);
    let items = candidates.into_iter().map(|candidate| candidate.item(range, &cursor, &client, version)).collect();
    Some(CompletionResponse::List(CompletionList { is_incomplete: false, items }))
}

/// An item with what there is to say of it.
pub(crate) fn resolve(item: CompletionItem, capabilities: &ClientCapabilities) -> CompletionItem {
    documentation::resolve(item, &Ability::of(capabilities))
}

/// Whether a document is a project file, or says nothing yet and is going to be Talos's: by its name, its folder, or a
/// comment.
fn begins_ours(asked: &Asked<'_>) -> bool {
    let text = &asked.document.text;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "---");
    let mut said = lines.filter(|line| !line.starts_with('#'));
    let says_nothing = said.next().is_none_or(|line| !line.contains(' ')) && said.next().is_none();
    // The project file itself is of no machine and holds no document of Talos's.
    if asked.document.path().ends_with(PROJECT_FILE) {
        return true;
    }
    let is_named = || input::is_named_after_talos(&asked.document.path());
    let is_of_project =
        || !asked.found.folder.as_os_str().is_empty() && asked.found.folder.join(PROJECT_FILE).is_file();
    says_nothing && (text.contains("# talint:") || is_named() || is_of_project())
}

/// Where something can be written.
struct Place<'p> {
    view: &'p View<'p>,
    input: &'p Input<'p, 'p>,
    cursor: &'p Cursor<'p>,
}

impl Place<'_> {
    fn version(&self) -> TalosVersion {
        self.view.versions.talos
    }

    /// Whether the place is in `other`.
    fn is_of(&self, other: &Input<'_, '_>) -> bool {
        self.input.span == other.span
    }
}

/// What can be written in a document, with the word that it takes the place of.
fn in_document(asked: &Asked<'_>, cursor: &Cursor<'_>) -> (Span, Vec<Candidate>) {
    for text in cursor.with_marker() {
        let found = view(asked.document, &text, &asked.snapshot.settings, |view| {
            let node = view.node_at(cursor.word.start).filter(|node| node.value().contains(MARKER))?;
            // The project file may name the versions.
            let view = &View { versions: asked.found.analysis.versions, inputs: view.inputs.clone(), ..*view };
            let input = view.input_at(cursor.word.start)?;
            Some(at_node(&Place { view, input, cursor }, node, &asked.found.folder))
        });
        if let Some(found) = found {
            return found;
        }
    }
    (cursor.word, Vec::new())
}

/// What can be written where the marker stands.
fn at_node(place: &Place<'_>, node: NodeRef<'_, '_>, folder: &Path) -> (Span, Vec<Candidate>) {
    if let Some(found) = expressions::names(place, node) {
        return found;
    }
    (place.cursor.word, candidates(place, node, folder))
}

fn candidates(place: &Place<'_>, node: NodeRef<'_, '_>, folder: &Path) -> Vec<Candidate> {
    let parent = node.parent();
    let is_key = parent.is_some_and(|parent| parent.entries().any(|(key, _)| key == node));
    let is_project = matches!(place.input.kind, InputKind::Project);
    if is_key || parent.is_none() {
        let mapping = if is_key { parent } else { None };
        return match mapping.filter(|mapping| mapping.parent().is_some() || is_project) {
            Some(mapping) if is_project => project::keys(place, mapping),
            Some(mapping) => keys::keys(place, mapping),
            None => in_root(place, mapping),
        };
    }
    if is_project {
        return project::values(place, node, folder);
    }
    let is_whole = node.value() == MARKER;
    if let Some(found) = values::in_root(place, node).filter(|_| is_whole) {
        return found;
    }
    if let Some(found) = embedded::words(place, node) {
        return found;
    }
    let Some(located) = schema::locate(place.input, node, place.version()).filter(|_| is_whole) else {
        return Vec::new();
    };
    // An item of a list of structures begins with a key.
    if let Shape::Struct(structure) = located.shape.value()
        && parent.is_some_and(|parent| parent.kind() == Kind::Sequence)
    {
        return keys::fields(place, structure, None, &node.steps());
    }
    values::values(place, node, &located)
}

/// What can be written in the root of a document, of which `mapping` is the rest.
fn in_root(place: &Place<'_>, mapping: Option<NodeRef<'_, '_>>) -> Vec<Candidate> {
    if place.view.tree.is_plain {
        return Vec::new();
    }
    let is_there = |key: &str| mapping.is_some_and(|mapping| mapping.entry(key).is_some());
    let is_named = is_there("apiVersion") || is_there("kind");
    let structure = schema::root_type(place.input).filter(|structure| !is_named || structure.field("kind").is_some());
    let structure = structure.unwrap_or(tables::v1alpha1().root);
    let mut found = keys::fields(place, structure, mapping, &[]);
    for (key, value) in [("apiVersion", tables::V1ALPHA1), ("kind", "")] {
        if !is_there(key) && found.iter().all(|candidate| candidate.label != key) {
            let template =
                if place.cursor.has_colon() { Template::of(key) } else { Template::of(format!("{key}: {value}")) };
            found.push(Candidate { rank: Rank::First, ..Candidate::key(key, template) });
        }
    }
    found.extend(skeletons::whole(place, mapping));
    found
}
