//! What is named in one document and referred to in another: links of the network, volumes. The documents of a machine
//! stand in several files.

use crate::analysis::{View, each_view};
use crate::layers::each_layer;
use crate::lines::Lines;
use crate::machines::{Files, Place};
use crate::server::Asked;
use crate::workspace_edit::workspace_edit;
use talint_analyzer::Machine;
use talint_analyzer::edit::Edit;
use talint_analyzer::fix::FileEdit;
use talint_analyzer::input::is_unknown;
use talint_analyzer::settings::find;
use talint_analyzer::tables;
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{
    DocumentHighlight, DocumentHighlightKind, Location, Position, PrepareRenameResponse, WorkspaceEdit,
};

/// A place that names something.
struct Named {
    file: String,
    name: String,
    space: &'static str,
    defines: bool,
    /// The bytes in the file.
    span: Span,
    is_quoted: bool,
}

impl Named {
    fn is_same(&self, other: &Self) -> bool {
        (self.space, &self.name) == (other.space, &other.name)
    }

    fn place(&self) -> Place {
        Place { file: self.file.as_str().into(), span: self.span, is_made: false }
    }
}

/// Where the thing under the cursor is configured.
pub(crate) fn definition(asked: &Asked<'_>, position: Position) -> Option<Vec<Location>> {
    let files = Files::new(asked);
    let places = of_machines(asked, position)?;
    Some(places.iter().filter(|named| named.defines).filter_map(|named| files.location(&named.place())).collect())
}

/// Where it is named; with the places that configure it, when those are wanted too.
pub(crate) fn references(asked: &Asked<'_>, position: Position, with_definition: bool) -> Option<Vec<Location>> {
    let files = Files::new(asked);
    let places = of_machines(asked, position)?;
    let wanted = places.iter().filter(|named| with_definition || !named.defines);
    Some(wanted.filter_map(|named| files.location(&named.place())).collect())
}

/// The places of the thing under the cursor in this document, as an editor marks them.
pub(crate) fn highlights(asked: &Asked<'_>, position: Position) -> Option<Vec<DocumentHighlight>> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let here = here(asked);
    let under = under(&here, lines.offset(position))?;
    let mark = |named: &Named| {
        let kind = if named.defines { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ };
        DocumentHighlight { range: lines.range(named.span), kind: Some(kind) }
    };
    Some(here.iter().filter(|named| named.is_same(under)).map(mark).collect())
}

/// What a rename would change the name of.
pub(crate) fn prepare_rename(asked: &Asked<'_>, position: Position) -> Option<PrepareRenameResponse> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let here = here(asked);
    let under = under(&here, lines.offset(position))?;
    let range = lines.range(under.span);
    Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder: under.name.clone() })
}

/// The edits that give the thing under the cursor another name, in every file of its machines, and of the machines that
/// share one of these files.
pub(crate) fn rename(asked: &Asked<'_>, position: Position, new: &str) -> Option<WorkspaceEdit> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let here = here(asked);
    let under = under(&here, lines.offset(position))?;
    let found = &asked.found;
    let mut machines: Vec<&Machine> = found.machines.iter().collect();
    let mut places = loop {
        let mut places = in_layers(asked, &machines);
        places.retain(|named| named.is_same(under));
        let is_touched = |machine: &&Machine| {
            let is_known = machines.iter().any(|known| std::ptr::eq(*known, *machine));
            !is_known && machine.files().any(|file| places.iter().any(|named| named.file == file.path))
        };
        let more: Vec<&Machine> = found.others.iter().filter(is_touched).collect();
        if more.is_empty() {
            break places;
        }
        machines.extend(more);
    };
    places.sort_by(|a, b| a.file.cmp(&b.file));
    let edit = |named: &Named| {
        let text = if named.is_quoted || !is_plain(new) { format!("{new:?}") } else { new.to_owned() };
        let file = (named.file != found.key).then(|| named.file.as_str().into());
        FileEdit { file, edit: Edit { span: named.span, text } }
    };
    workspace_edit(asked, &places.iter().map(edit).collect::<Vec<_>>())
}

/// Whether a name needs no quotes.
fn is_plain(name: &str) -> bool {
    let is_number = name.parse::<f64>().is_ok();
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/'));
    is_word
        && !is_number
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !matches!(name, "true" | "false" | "null")
}

/// Every place that names the thing under the cursor, in the layers of the machines of the document. `None` when nothing
/// there is named.
fn of_machines(asked: &Asked<'_>, position: Position) -> Option<Vec<Named>> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let here = here(asked);
    let under = under(&here, lines.offset(position))?;
    let mut places = in_layers(asked, &asked.found.machines.iter().collect::<Vec<_>>());
    places.retain(|named| named.is_same(under));
    Some(places)
}

fn under(places: &[Named], offset: u32) -> Option<&Named> {
    places.iter().find(|named| named.span.touches(offset))
}

/// Every place of the document that names something.
fn here(asked: &Asked<'_>) -> Vec<Named> {
    let mut places = Vec::new();
    each_view(asked, |view| add(view, &asked.found.key, &mut places));
    places
}

/// Every place in the layers of machines that names something; those of the document first.
fn in_layers(asked: &Asked<'_>, machines: &[&Machine]) -> Vec<Named> {
    let mut places = here(asked);
    each_layer(asked, machines.iter().copied(), |path, view| {
        if path != asked.found.key {
            add(view, path, &mut places);
        }
    });
    places
}

/// Adds every place of a text that names something, in the order of the text.
fn add(view: &View<'_>, path: &str, places: &mut Vec<Named>) {
    let before = places.len();
    for name in tables::names() {
        for value in find(&view.inputs, name.document, name.path) {
            let node = value.node;
            if node.value().is_empty() || is_unknown(node) {
                continue;
            }
            places.push(Named {
                file: path.to_owned(),
                name: node.value().to_owned(),
                space: name.space,
                defines: name.defines,
                span: view.in_file(node.span()),
                is_quoted: node.span().slice(view.text).starts_with(['"', '\'']),
            });
        }
    }
    places[before..].sort_by_key(|named| named.span);
}
