//! What is named in one document and referred to in another: links of the network, volumes.

use crate::analysis::{View, view};
use crate::lines::Lines;
use crate::server::Asked;
use std::collections::HashMap;
use talint_analyzer::input::is_unknown;
use talint_analyzer::settings::find;
use talint_analyzer::syntax::NodeRef;
use talint_analyzer::tables;
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{
    DocumentHighlight, DocumentHighlightKind, GotoDefinitionResponse, Location, Position, PrepareRenameResponse, Range,
    TextEdit, WorkspaceEdit,
};

/// A place that names something.
struct Named<'t> {
    name: &'t str,
    space: &'static str,
    defines: bool,
    span: Span,
    is_quoted: bool,
}

/// Where the thing under the cursor is configured.
pub(crate) fn definition(asked: &Asked<'_>, position: Position) -> Option<GotoDefinitionResponse> {
    let places = same(asked, position, |named| named.defines.then_some(named.span))?;
    let location = |range: Range| Location { uri: asked.document.uri.clone(), range };
    let locations: Vec<Location> = places.into_iter().map(location).collect();
    (!locations.is_empty()).then_some(GotoDefinitionResponse::Array(locations))
}

/// Where it is named; with the places that configure it, when those are wanted too.
pub(crate) fn references(asked: &Asked<'_>, position: Position, with_definition: bool) -> Option<Vec<Location>> {
    let places = same(asked, position, |named| (with_definition || !named.defines).then_some(named.span))?;
    Some(places.into_iter().map(|range| Location { uri: asked.document.uri.clone(), range }).collect())
}

/// The places of the thing under the cursor, as an editor marks them.
pub(crate) fn highlights(asked: &Asked<'_>, position: Position) -> Option<Vec<DocumentHighlight>> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let mark = |named: &Named<'_>| {
        let kind = if named.defines { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ };
        Some(DocumentHighlight { range: lines.range(named.span), kind: Some(kind) })
    };
    all(asked, position, mark)
}

/// What a rename would change the name of.
pub(crate) fn prepare_rename(asked: &Asked<'_>, position: Position) -> Option<PrepareRenameResponse> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let offset = lines.offset(position);
    let under = all(asked, position, |named| {
        named.span.touches(offset).then(|| (lines.range(named.span), named.name.to_owned()))
    })?;
    let (range, placeholder) = under.into_iter().next()?;
    Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder })
}

/// The edits that give the thing under the cursor another name.
pub(crate) fn rename(asked: &Asked<'_>, position: Position, new: &str) -> Option<WorkspaceEdit> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let edit = |named: &Named<'_>| {
        let new_text = if named.is_quoted || !is_plain(new) { format!("{new:?}") } else { new.to_owned() };
        Some(TextEdit { range: lines.range(named.span), new_text })
    };
    let edits = all(asked, position, edit)?;
    let changes = HashMap::from([(asked.document.uri.clone(), edits)]);
    Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
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

/// The ranges of those places of the thing under the cursor that `pick` takes.
fn same(asked: &Asked<'_>, position: Position, pick: impl Fn(&Named<'_>) -> Option<Span>) -> Option<Vec<Range>> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    all(asked, position, |named| pick(named).map(|span| lines.range(span)))
}

/// What `make` makes of each place of the thing under the cursor, in the order of the text. `None` when nothing there is
/// named.
fn all<T>(asked: &Asked<'_>, position: Position, make: impl Fn(&Named<'_>) -> Option<T>) -> Option<Vec<T>> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let offset = lines.offset(position);
    view(asked.document, &asked.document.text, &asked.snapshot.settings, |view| {
        let named = named(view);
        let under = named.iter().find(|named| named.span.touches(offset))?;
        let same = named.iter().filter(|named| (named.space, named.name) == (under.space, under.name));
        Some(same.filter_map(make).collect())
    })
}

/// Every place that names something.
fn named<'t>(view: &View<'t>) -> Vec<Named<'t>> {
    let mut found = Vec::new();
    for name in tables::names() {
        for value in find(&view.inputs, name.document, name.path) {
            let node: NodeRef<'t, 't> = value.node;
            if node.value().is_empty() || is_unknown(node) {
                continue;
            }
            let span = node.span();
            let is_quoted = span.slice(view.text).starts_with(['"', '\'']);
            found.push(Named { name: node.value(), space: name.space, defines: name.defines, span, is_quoted });
        }
    }
    found.sort_by_key(|named| named.span);
    found
}
