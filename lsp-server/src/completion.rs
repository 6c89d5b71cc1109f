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
mod parts;
mod project;
mod skeletons;
mod template;
mod values;

use crate::lines::Lines;
use crate::server::Asked;
use cursor::{Cursor, MARKER};
use item::{Ability, Candidate, Rank};
use parts::marked_part;
use std::path::Path;
use talint_analyzer::context::Versions;
use talint_analyzer::input::{self, Form, Input, InputKind, PROJECT_FILE};
use talint_analyzer::schema;
use talint_analyzer::syntax::{Kind, NodeRef};
use talint_analyzer::tables::{self, Shape};
use talint_analyzer::text::Span;
use talint_analyzer::version::TalosVersion;
use template::Template;
use tower_lsp::ls_types::{ClientCapabilities, CompletionItem, CompletionList, CompletionResponse, Position};

/// What can be written at a position.
pub(crate) fn completion(asked: &Asked<'_>, position: Position) -> Option<CompletionResponse> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let cursor = Cursor::new(&asked.document.text, &lines, lines.offset(position))?;
    let version = asked.found.analysis.versions.talos;
    let is_ours = asked.found.is_ours() || begins_ours(asked);
    let (span, candidates) = match cursor.in_comment() {
        Some(comment) if is_ours => (cursor.word, comments::candidates(comment)),
        _ => in_document(asked, &cursor, is_ours)?,
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
    /// Whether the text is a command line, and no YAML.
    is_plain: bool,
    /// The documents of the text.
    inputs: &'p [Input<'p, 'p>],
    /// The document.
    input: &'p Input<'p, 'p>,
    /// The versions that count.
    versions: Versions,
    cursor: &'p Cursor<'p>,
}

impl Place<'_> {
    fn version(&self) -> TalosVersion {
        self.versions.talos
    }

    /// Whether the place is in `other`.
    fn is_of(&self, other: &Input<'_, '_>) -> bool {
        self.input.span == other.span
    }
}

/// What can be written in a document, with the word that it takes the place of; `None` where it is none of Talos's.
fn in_document(asked: &Asked<'_>, cursor: &Cursor<'_>, is_ours: bool) -> Option<(Span, Vec<Candidate>)> {
    let path = asked.document.path();
    let mut seems_ours = is_ours;
    for marked in cursor.with_marker() {
        let part = marked_part(asked, &marked);
        let (text, offset, form) =
            part.as_ref().map_or((&marked, 0, Form::Detected), |part| (&part.text, part.offset, Form::Patch));
        let at = cursor.word.start.saturating_sub(offset);
        let tree = input::parse(text, &path, form);
        let inputs = input::recognise(&tree, &path, form);
        let Some(input) = inputs.iter().rfind(|input| input.span.start <= at).or(inputs.first()) else { continue };
        seems_ours = seems_ours || input.kind.is_ours();
        let node = tree.roots().find_map(|root| marker_below(root, at)).filter(|_| seems_ours);
        if let Some(node) = node {
            let versions = asked.found.analysis.versions;
            let place = Place { is_plain: tree.is_plain, inputs: &inputs, input, versions, cursor };
            return Some(at_node(&place, node, &asked.found.folder));
        }
    }
    seems_ours.then(|| (cursor.word, Vec::new()))
}

/// The scalar at `offset` that the marker stands in, `node` or below it.
fn marker_below<'t, 's>(node: NodeRef<'t, 's>, offset: u32) -> Option<NodeRef<'t, 's>> {
    if !node.span().touches(offset) {
        return None;
    }
    if node.kind() == Kind::Scalar && node.value().contains(MARKER) {
        return Some(node);
    }
    node.children().find_map(|child| marker_below(child, offset))
}

/// What can be written where the marker stands.
fn at_node(place: &Place<'_>, node: NodeRef<'_, '_>, folder: &Path) -> (Span, Vec<Candidate>) {
    if let Some(found) = expressions::names(place, node) {
        return found;
    }
    (place.cursor.word, candidates(place, node, folder))
}

fn candidates(place: &Place<'_>, node: NodeRef<'_, '_>, folder: &Path) -> Vec<Candidate> {
    if place.is_plain {
        return embedded::kernel_arguments(place);
    }
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
    let is_begun = mapping.is_some_and(|mapping| mapping.entries().any(|(key, _)| !key.value().contains(MARKER)));
    let can_be_configuration = match place.input.kind {
        InputKind::MachineConfig { .. }
        | InputKind::Document(_)
        | InputKind::UnknownDocument
        | InputKind::Schematic
        | InputKind::Empty => true,
        // What is another's, or says something else, is not begun anew.
        _ => !is_begun && !place.is_plain,
    };
    if !can_be_configuration {
        return Vec::new();
    }
    let is_there = |key: &str| mapping.is_some_and(|mapping| mapping.entry(key).is_some());
    let is_named = is_there("apiVersion") || is_there("kind");
    let structure = schema::root_type(place.input).filter(|structure| !is_named || structure.field("kind").is_some());
    let structure = structure.unwrap_or(tables::v1alpha1().root);
    let mut found = keys::fields(place, structure, mapping, &[]);
    let is_schematic = matches!(place.input.kind, InputKind::Schematic);
    for (key, value) in [("apiVersion", tables::V1ALPHA1), ("kind", "")] {
        if !is_schematic && !is_there(key) && found.iter().all(|candidate| candidate.label != key) {
            let template =
                if place.cursor.has_colon() { Template::of(key) } else { Template::of(format!("{key}: {value}")) };
            found.push(Candidate { rank: Rank::First, ..Candidate::key(key, template) });
        }
    }
    found.extend(skeletons::whole(place, mapping));
    found
}
