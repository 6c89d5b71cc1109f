//! The outline: documents, and the keys in them.

use crate::analysis::{View, view};
use crate::lines::Lines;
use crate::server::Asked;
use talint_analyzer::input::Input;
use talint_analyzer::syntax::{Kind, NodeRef};
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{DocumentSymbol, DocumentSymbolResponse, SymbolKind};

/// Deeper nesting is not outlined; what people look for stands above it.
const MAX_DEPTH: usize = 12;

/// The outline of a document.
pub(crate) fn symbols(asked: &Asked<'_>) -> DocumentSymbolResponse {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let outline = |view: &View<'_>| -> Vec<DocumentSymbol> {
        let ours = view.inputs.iter().filter(|input| input.kind.is_ours());
        ours.filter_map(|input| document(input, &lines)).collect()
    };
    let symbols = view(asked.document, &asked.document.text, &asked.snapshot.settings, outline);
    DocumentSymbolResponse::Nested(symbols)
}

fn document(input: &Input<'_, '_>, lines: &Lines<'_>) -> Option<DocumentSymbol> {
    let root = input.root?;
    let kind = root.entry("kind").map(|(_, kind)| kind);
    let name = root.get("name").map(|name| name.value().to_owned()).filter(|name| !name.is_empty());
    let first = kind.or_else(|| root.children().next()).unwrap_or(root);
    let title = kind.map_or(input.kind.name(), NodeRef::value).to_owned();
    let children = children(root, lines, 0);
    Some(symbol(title, name, SymbolKind::MODULE, input.span.to(root.span()), first.span(), children, lines))
}

fn children(node: NodeRef<'_, '_>, lines: &Lines<'_>, depth: usize) -> Vec<DocumentSymbol> {
    if depth == MAX_DEPTH {
        return Vec::new();
    }
    let entries = node.entries().filter(|(key, _)| !key.value().is_empty()).map(|(key, value)| {
        let range = key.span().to(value.span());
        let inner = children(value, lines, depth + 1);
        symbol(key.value().to_owned(), None, kind_of(value), range, key.span(), inner, lines)
    });
    let items = node.items().enumerate().filter(|(_, item)| item.kind() == Kind::Mapping).map(|(number, item)| {
        let inner = children(item, lines, depth + 1);
        let first = item.children().next().map_or(item.span(), NodeRef::span);
        symbol(item_name(item, number), None, SymbolKind::OBJECT, item.span(), first, inner, lines)
    });
    entries.chain(items).collect()
}

/// What an item of a list is called: by what tells it from the others, else by its number.
fn item_name(item: NodeRef<'_, '_>, number: usize) -> String {
    let telling = ["name", "interface", "device", "hostname", "network", "path", "host", "image"];
    let name = telling.iter().find_map(|key| item.get(key)).map(NodeRef::value).filter(|name| !name.is_empty());
    name.map_or_else(|| format!("[{number}]"), str::to_owned)
}

fn kind_of(value: NodeRef<'_, '_>) -> SymbolKind {
    match value.resolved().kind() {
        Kind::Mapping => SymbolKind::OBJECT,
        Kind::Sequence => SymbolKind::ARRAY,
        _ => SymbolKind::PROPERTY,
    }
}

fn symbol(
    name: String,
    detail: Option<String>,
    kind: SymbolKind,
    span: Span,
    selection: Span,
    children: Vec<DocumentSymbol>,
    lines: &Lines<'_>,
) -> DocumentSymbol {
    // The protocol wants the one inside of the other.
    let range = lines.range(span.to(selection));
    let children = (!children.is_empty()).then_some(children);
    #[expect(deprecated, reason = "the field is part of the type")]
    DocumentSymbol {
        name,
        detail,
        kind,
        tags: None,
        deprecated: None,
        range,
        selection_range: lines.range(selection),
        children,
    }
}
