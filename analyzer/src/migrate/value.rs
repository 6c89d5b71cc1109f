//! Values in their new place: the text of what is moved, and what is written otherwise there.

use super::document::Piece;
use crate::edit::{Edit, Layout, apply, indented};
use crate::input::is_unknown;
use crate::syntax::{Kind, NodeRef, Resolved, Style, resolve};
use crate::tables::Transform;
use crate::text::Span;
use base64::Engine as _;

/// Why something cannot be moved, as a clause.
pub(super) type Reason = String;

/// `node` as it is written in its new place. `beside` is the field that each item of a list gets too.
///
/// # Errors
/// When it cannot be written there.
pub(super) fn piece<'t, 's>(
    layout: &Layout<'t, 's>,
    node: NodeRef<'t, 's>,
    transform: Transform,
    beside: Option<(&str, NodeRef<'t, 's>)>,
) -> Result<Piece, Reason> {
    match transform {
        Transform::Same | Transform::Entries => moved(layout, node, Vec::new()),
        Transform::Negated => match resolve(node) {
            Resolved::Bool(value) => moved(layout, node, layout.replace(node, if value { "false" } else { "true" })),
            _ => Err("whether it is true is not known here".to_owned()),
        },
        Transform::Items(key, _) => moved(layout, node, items(layout, node, key, beside)?),
        Transform::Pem => Ok(lone(layout, node, &format!(": {}", decoded(layout, node)?))),
        Transform::PemList => {
            let item = indented(&format!("- {}", decoded(layout, node)?), layout.step(), "\n");
            Ok(lone(layout, node, &format!(":\n{item}")))
        }
        Transform::Into(template) => {
            let value = node.span().slice(layout.text);
            if node.kind() != Kind::Scalar || value.contains('\n') || layout.block_indicator(node).is_some() {
                return Err("it is not written on one line".to_owned());
            }
            let text = indented(&template.replace("<value>", value), layout.step(), "\n");
            Ok(lone(layout, node, &format!(":\n{text}")))
        }
        Transform::Member => member(layout, node),
        Transform::Key => {
            let key = node.key().ok_or("it has no name")?;
            Ok(Piece::value(key.span().slice(layout.text)))
        }
        Transform::PodName => Ok(Piece::value(&pod_name(node).ok_or("the name of the pod is not known")?)),
    }
}

/// The text from the key on, after `edits`.
fn moved<'t, 's>(layout: &Layout<'t, 's>, node: NodeRef<'t, 's>, edits: Vec<Edit>) -> Result<Piece, Reason> {
    let not_understood = || "it is written in a way that is not understood".to_owned();
    let key = node.key().ok_or_else(not_understood)?;
    let extent = layout.extent(node).ok_or_else(not_understood)?;
    let start = key.span().end;
    let shift = |span: Span| Span { start: span.start.saturating_sub(start), end: span.end.saturating_sub(start) };
    let edits: Vec<Edit> = edits.into_iter().map(|edit| Edit { span: shift(edit.span), text: edit.text }).collect();
    let text = apply(Span { start, end: extent.body.end }.slice(layout.text), &edits).ok_or_else(not_understood)?;
    let is_in_braces = node.parent().is_some_and(|parent| parent.node().style == Style::Flow);
    let mut text = unindented(&text, extent.column);
    if is_in_braces && text.contains('\n') {
        // On lines of their own again, they must be deeper than the key.
        let lines: Vec<&str> = text.split('\n').map(str::trim_start).collect();
        text = lines.join(&format!("\n{}", " ".repeat(layout.step())));
    }
    if !text.trim_start().starts_with(':') {
        return Err(not_understood());
    }
    Ok(Piece { above: comments(layout, extent.head), text })
}

/// A value that is written anew: its comments all stand above it.
fn lone<'t, 's>(layout: &Layout<'t, 's>, node: NodeRef<'t, 's>, text: &str) -> Piece {
    let above = layout.extent(node).map(|extent| comments(layout, extent.whole())).unwrap_or_default();
    Piece { above, text: text.to_owned() }
}

/// The comments in a range, a line each.
pub(super) fn comments(layout: &Layout<'_, '_>, span: Span) -> Vec<String> {
    layout.comments(span).map(|comment| comment.span.slice(layout.text).trim_end().to_owned()).collect()
}

/// The text of a member as a value.
fn member<'t, 's>(layout: &Layout<'t, 's>, node: NodeRef<'t, 's>) -> Result<Piece, Reason> {
    let extent = layout.extent(node).ok_or("it is written in a way that is not understood")?;
    if node.node().style == Style::Flow {
        return Ok(lone(layout, node, &format!(": {}", node.span().slice(layout.text).replace("\r\n", "\n"))));
    }
    let first = node.children().next().ok_or("it is empty")?;
    let column = layout.extent(first_value(node)).map_or(0, |extent| extent.column);
    let body = Span { start: first.span().start, end: extent.body.end };
    let text = indented(&unindented(body.slice(layout.text), column), layout.step(), "\n");
    let above = comments(layout, Span { start: extent.whole().start, end: body.start });
    Ok(Piece { above, text: format!(":\n{text}") })
}

fn first_value<'t, 's>(node: NodeRef<'t, 's>) -> NodeRef<'t, 's> {
    node.entries().next().map_or(node, |(_, value)| value)
}

/// What makes mappings of the items of a list.
fn items<'t, 's>(
    layout: &Layout<'t, 's>,
    list: NodeRef<'t, 's>,
    key: &str,
    beside: Option<(&str, NodeRef<'t, 's>)>,
) -> Result<Vec<Edit>, Reason> {
    let mut edits = Vec::new();
    if list.kind() != Kind::Sequence {
        return Err("it is not a list".to_owned());
    }
    let is_flow = list.node().style == Style::Flow;
    for item in list.items() {
        let is_simple = item.kind() == Kind::Scalar && !item.is_null() && layout.block_indicator(item).is_none();
        if !is_simple || is_unknown(item) && item.is_plain() && item.value().starts_with('{') {
            return Err("its items are not plain values".to_owned());
        }
        let beside = beside.map(|(name, value)| format!("{name}: {}", value.span().slice(layout.text)));
        if is_flow {
            edits.push(Edit::insert(item.span().start, format!("{{{key}: ")));
            let more = beside.map(|beside| format!(", {beside}")).unwrap_or_default();
            edits.push(Edit::insert(item.span().end, format!("{more}}}")));
            continue;
        }
        edits.push(Edit::insert(item.span().start, format!("{key}: ")));
        if let Some(beside) = beside {
            let column = layout.column(item.span().start);
            let end = layout.line_end_after(item.span().end);
            edits.push(Edit::insert(end, format!("\n{}{beside}", " ".repeat(column))));
        }
    }
    Ok(edits)
}

/// The text that a base64 value stands for, as a block scalar.
fn decoded<'t, 's>(layout: &Layout<'t, 's>, node: NodeRef<'t, 's>) -> Result<String, Reason> {
    let not_text = || "it is not base64 of a certificate or key as text".to_owned();
    if node.kind() != Kind::Scalar || is_unknown(node) {
        return Err("its value is not known here".to_owned());
    }
    let encoded: String = node.value().chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).map_err(|_| not_text())?;
    let text = String::from_utf8(bytes).map_err(|_| not_text())?;
    let is_plain = text.chars().all(|c| c == '\n' || c.is_ascii_graphic() || c == ' ');
    let content = text.trim_end_matches('\n');
    if !is_plain || !content.starts_with("-----BEGIN ") {
        return Err(not_text());
    }
    let chomping = match text.len() - content.len() {
        0 => "-",
        1 => "",
        _ => return Err(not_text()),
    };
    Ok(format!("|{chomping}\n{}", indented(content, layout.step(), "\n")))
}

/// What Talos calls a pod: its namespace and its name.
pub(super) fn pod_name(pod: NodeRef<'_, '_>) -> Option<String> {
    let part = |key: &str| match pod.at(&["metadata", key]) {
        Some(node) if node.kind() == Kind::Scalar && !is_unknown(node) => Some(node.value().to_owned()),
        Some(_) => None,
        None => Some("default".to_owned()),
    };
    Some(format!("{}-{}", part("namespace")?, part("name")?))
}

/// `text` with its lines but the first moved to the left by `column`.
fn unindented(text: &str, column: usize) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text
        .split('\n')
        .enumerate()
        .map(|(number, line)| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            let taken = if number == 0 { 0 } else { indent.min(column) };
            line.get(taken..).unwrap_or("")
        })
        .collect();
    lines.join("\n")
}
