//! Where a source holds secret material, so that no output shows it.
//!
//! What is secret is told by the tables, and beyond them by the names of keys and the look of values: to hide too much
//! costs nothing.

use crate::input::{self, Input, InputKind};
use crate::syntax::{self, Kind, NodeRef, Tree};
use crate::tables::{self, Shape, Type};
use crate::text::{LineIndex, Span, decode};

/// The bytes of every secret in the source `bytes`, called `path`, in their order. What is not Talos's holds none that
/// would ever be shown.
#[must_use]
pub fn find(path: &str, bytes: &[u8]) -> Vec<Span> {
    spans(path, bytes, false)
}

/// [`find`] in a source that its user says is Talos's, however little of it there is.
#[must_use]
pub fn find_in_patch(path: &str, bytes: &[u8]) -> Vec<Span> {
    spans(path, bytes, true)
}

fn spans(path: &str, bytes: &[u8], is_claimed: bool) -> Vec<Span> {
    let (text, _) = decode(bytes);
    let tree = syntax::parse(&text);
    let mut inputs = input::recognise(&tree, path);
    if is_claimed {
        input::claim(&mut inputs);
    }
    let mut spans = Vec::new();
    for input in inputs.iter().filter(|input| input.kind.is_ours()) {
        let Some(root) = input.root else { continue };
        in_document(input, root, &mut spans);
        by_look(root, &mut spans);
    }
    if tree.documents.iter().any(|document| document.broken) {
        in_unread_lines(&text, &tree, &mut spans);
    }
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    spans
}

fn in_document(input: &Input<'_, '_>, root: NodeRef<'_, '_>, spans: &mut Vec<Span>) {
    match input.kind {
        InputKind::MachineConfig { .. } => in_structure(root, tables::v1alpha1().root, spans),
        InputKind::Document(document) => in_structure(root, document.root, spans),
        InputKind::JsonPatch => root.items().for_each(|operation| in_operation(operation, spans)),
        InputKind::SecretsBundle | InputKind::Talosconfig => all_scalars(root, spans),
        _ => {}
    }
}

fn in_structure(node: NodeRef<'_, '_>, structure: &'static Type, spans: &mut Vec<Span>) {
    for (key, value) in node.entries() {
        let Some(field) = structure.field(key.value()) else { continue };
        // Secret in one version is secret in all.
        if field.variants.iter().any(|variant| variant.secret) {
            all_scalars(value.resolved(), spans);
        } else if let Some(variant) = field.variants.last() {
            in_value(value, &variant.shape, spans);
        }
    }
}

fn in_value(node: NodeRef<'_, '_>, shape: &'static Shape, spans: &mut Vec<Span>) {
    match shape.value() {
        // An alias leads to what is walked where it is written.
        Shape::Struct(structure) if node.kind() == Kind::Mapping => in_structure(node, structure, spans),
        Shape::List(inner) => node.items().for_each(|item| in_value(item, inner, spans)),
        Shape::Map(inner) => node.entries().for_each(|(_, value)| in_value(value, inner, spans)),
        _ => {}
    }
}

/// An operation of a JSON patch: its path may lead to a secret, or to what holds some.
fn in_operation(operation: NodeRef<'_, '_>, spans: &mut Vec<Span>) {
    let (Some(path), Some(value)) = (operation.get("path"), operation.get("value")) else { return };
    let root: &'static Type = tables::v1alpha1().root;
    let mut structure = Some(root);
    let mut shape: Option<&'static Shape> = None;
    for step in path.value().split('/').skip(1) {
        shape = match (structure, shape.map(Shape::value)) {
            (Some(holder), _) => {
                let Some(field) = holder.field(step) else { return };
                if field.variants.iter().any(|variant| variant.secret) {
                    all_scalars(value, spans);
                    return;
                }
                field.variants.last().map(|variant| &variant.shape)
            }
            (None, Some(Shape::List(inner) | Shape::Map(inner))) => Some(inner),
            _ => return,
        };
        structure = shape.and_then(|shape| match shape.value() {
            Shape::Struct(inner) => Some(*inner),
            _ => None,
        });
    }
    match (structure, shape) {
        (_, Some(shape)) => in_value(value, shape, spans),
        (Some(structure), None) => in_structure(value, structure, spans),
        (None, None) => {}
    }
}

fn all_scalars(node: NodeRef<'_, '_>, spans: &mut Vec<Span>) {
    match node.kind() {
        Kind::Scalar => spans.push(node.span()),
        Kind::Alias => {}
        Kind::Sequence => node.items().for_each(|item| all_scalars(item, spans)),
        Kind::Mapping => node.entries().for_each(|(_, value)| all_scalars(value, spans)),
    }
}

/// Values that look like secrets, or stand under a key that is named like one.
fn by_look(node: NodeRef<'_, '_>, spans: &mut Vec<Span>) {
    match node.kind() {
        Kind::Scalar => {
            if looks_secret(node.value()) {
                spans.push(node.span());
            }
        }
        Kind::Alias => {}
        Kind::Sequence => node.items().for_each(|item| by_look(item, spans)),
        Kind::Mapping => {
            for (key, value) in node.entries() {
                if value.kind() == Kind::Scalar && is_named_secret(key.value()) && !is_plain_word(value.value()) {
                    spans.push(value.span());
                } else {
                    by_look(value, spans);
                }
            }
        }
    }
}

/// Lines that could not be read have no nodes; of those only the text is known.
fn in_unread_lines(text: &str, tree: &Tree<'_>, spans: &mut Vec<Span>) {
    let lines = LineIndex::new(text);
    for problem in &tree.problems {
        let first = lines.line(problem.span.start).saturating_sub(2);
        for line in first..(first + 5).min(lines.lines()) {
            let span = lines.line_span(text, line);
            let content = span.slice(text);
            let Some((key, value)) = content.split_once(':') else { continue };
            let name = key.trim_start_matches([' ', '\t', '-', '{', '[', '"', '\'']).trim_end_matches(['"', '\'']);
            let value_start = span.start as usize + key.len() + 1;
            let trimmed = value.trim_start();
            let start = value_start + value.len() - trimmed.len();
            if is_named_secret(name) || looks_secret(trimmed.trim_matches(['"', '\'', '\r', '\n'])) {
                spans.push(Span::new(start, start + trimmed.trim_end().len()));
            }
        }
    }
}

fn is_named_secret(key: &str) -> bool {
    const PARTS: [&str; 7] = ["secret", "token", "passw", "passphrase", "privatekey", "presharedkey", "credential"];
    let key = key.to_ascii_lowercase();
    key == "key" || key == "auth" || PARTS.iter().any(|part| key.contains(part))
}

/// Words and numbers that are no secret under any name.
fn is_plain_word(value: &str) -> bool {
    value.len() < 6 || input::is_unknown_text(value)
}

/// Private keys in PEM, plain or in base64, and bootstrap tokens.
fn looks_secret(value: &str) -> bool {
    const PEM: &str = "-----BEGIN ";
    const PEM_IN_BASE64: &str = "LS0tLS1CRUdJTi";
    const CERTIFICATE_IN_BASE64: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS";
    let is_token = || {
        let is_part = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        value.len() == 23
            && value.split_once('.').is_some_and(|(id, secret)| id.len() == 6 && is_part(id) && is_part(secret))
    };
    value.contains(PEM) && value.contains("PRIVATE KEY")
        || value.starts_with(PEM_IN_BASE64) && !value.starts_with(CERTIFICATE_IN_BASE64)
        || is_token()
}
