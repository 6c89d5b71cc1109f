//! From the changes of a remedy to edits of the source that they are made in, by its lines and its style.

use super::{Change, Target, Value};
use crate::edit::{Edit, Emptied, Layout};
use crate::syntax::{Kind, NodeRef, Resolved, Style, resolve_text};
use crate::text::Span;

/// The edits of a source that make changes. `is_json_patch`: whether it is a list of operations. `None` where that cannot
/// be done by changing a few bytes.
pub(crate) fn edits(changes: &[&Change], layout: &Layout<'_, '_>, is_json_patch: bool) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    let mut gone = Vec::new();
    for change in changes {
        match change {
            Change::Remove(target) => {
                let node = find(*target, layout, is_json_patch)?;
                match node.parent() {
                    Some(_) => gone.push(node),
                    None => edits.push(without_document(layout, node)?),
                }
            }
            Change::Write(target, value) => {
                let node = find(*target, layout, is_json_patch)?;
                edits.extend(layout.replace(node, &written(layout, node, value)?));
            }
            Change::Replace(span, text) => {
                if span.slice(layout.text).contains('\n') {
                    return None;
                }
                edits.push(Edit { span: *span, text: text.clone() });
            }
            Change::Put(target, path, value) => {
                edits.extend(put(layout, find(*target, layout, is_json_patch)?, path, value)?);
            }
            Change::RemoveComment(span) => edits.push(layout.remove_comment(*span)),
            Change::RemoveEmptyDocument(span) => edits.push(layout.remove_document(span.start, true)?),
        }
    }
    if !gone.is_empty() {
        edits.extend(removed(layout, gone, is_json_patch)?);
    }
    // Where lines of a template may be missing, nobody knows what is changed.
    let is_open = |edit: &Edit| {
        let touches = |gap: &Span| gap.start <= edit.span.end && edit.span.start <= gap.end;
        layout.tree.gaps.iter().any(touches)
    };
    (!edits.iter().any(is_open)).then_some(edits)
}

/// Takes out entries and items, and what is then empty. Something is left of each document.
fn removed<'t, 's>(layout: &Layout<'t, 's>, nodes: Vec<NodeRef<'t, 's>>, is_json_patch: bool) -> Option<Vec<Edit>> {
    let mut gone: Vec<NodeRef<'t, 's>> = Vec::new();
    for node in nodes {
        let mut next = Some(node);
        while let Some(node) = next {
            if !gone.contains(&node) {
                gone.push(node);
            }
            next = emptied_with(node, &gone, is_json_patch);
        }
    }
    let leaves_nothing = |node: &NodeRef<'t, 's>| {
        let root = node.parent().filter(|parent| parent.parent().is_none() && parent.kind() == Kind::Mapping);
        root.is_some_and(|root| root.entries().all(|(_, value)| gone.contains(&value)))
    };
    if gone.iter().any(leaves_nothing) {
        return None;
    }
    layout.remove(&gone, Emptied::Stays)
}

/// Takes out a document. What talint is told there may be for all of the file.
fn without_document(layout: &Layout<'_, '_>, root: NodeRef<'_, '_>) -> Option<Edit> {
    let edit = layout.remove_document(root.span().start, false)?;
    let is_told = layout.comments(edit.span).any(|comment| comment.span.slice(layout.text).contains("talint:"));
    (!is_told).then_some(edit)
}

/// The value that a target names.
fn find<'t, 's>(target: Target, layout: &Layout<'t, 's>, is_json_patch: bool) -> Option<NodeRef<'t, 's>> {
    let node = layout.tree.node_of(target.span())?;
    let node = match target {
        Target::Value(_) => node,
        Target::Key(_) if node.is_key() => node.behind()?,
        // The path of an operation of a JSON patch stands for the key.
        Target::Key(_) => node,
    };
    // The path of an operation leads to its value.
    let node = match (is_json_patch, node.key()) {
        (true, Some(key)) if key.value() == "path" => node.parent()?.get("value")?,
        _ => node,
    };
    // What an alias repeats elsewhere changes there too.
    let mut outer = Some(node);
    while let Some(holder) = outer {
        if holder.node().anchor.is_some() {
            return None;
        }
        outer = holder.parent();
    }
    Some(node)
}

/// What goes too when `node` does and all of `gone`: the collection that nothing is left of, and the operation of a JSON
/// patch that writes the value.
fn emptied_with<'t, 's>(
    node: NodeRef<'t, 's>,
    gone: &[NodeRef<'t, 's>],
    is_json_patch: bool,
) -> Option<NodeRef<'t, 's>> {
    let is_operation = |operation: NodeRef<'_, '_>| {
        is_json_patch && operation.parent().is_some_and(|list| list.parent().is_none()) && operation.get("op").is_some()
    };
    let parent = node.parent()?;
    if is_operation(parent) {
        return Some(parent);
    }
    let outer = parent.parent().filter(|_| parent.key().is_some())?;
    let mut members = parent.entries().map(|(_, value)| value).chain(parent.items());
    let is_emptied = members.all(|member| gone.contains(&member));
    // The last of a document stays, empty.
    let is_last = outer.parent().is_none() && outer.children().count() == 2;
    (is_emptied && !is_last && !is_operation(outer)).then_some(parent)
}

/// A value as it is written in the place of `node`.
fn written(layout: &Layout<'_, '_>, node: NodeRef<'_, '_>, value: &Value) -> Option<String> {
    let text = match value {
        Value::Literal(text) => return Some(text.clone()),
        Value::Text(text) => text,
    };
    if text.chars().any(char::is_control) {
        return None;
    }
    Some(match node.node().style {
        Style::SingleQuoted => format!("'{}'", text.replace('\'', "''")),
        Style::DoubleQuoted => double_quoted(text),
        _ => string(text, layout.text),
    })
}

/// A string in a list of one line, in quotes where it needs them.
pub(crate) fn quoted(text: &str) -> String {
    string(text, "")
}

/// A string, in quotes where it needs them: in those that the source uses most.
fn string(text: &str, source: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '+' | '=');
    let begins_plain = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/'));
    let is_string = matches!(resolve_text(text), Resolved::Str(_));
    if begins_plain && is_string && text.chars().all(is_plain) && !text.ends_with(':') {
        return text.to_owned();
    }
    let prefers_single = source.matches('\'').count() > source.matches('"').count();
    if prefers_single && !text.contains('\'') { format!("'{text}'") } else { double_quoted(text) }
}

fn double_quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Adds an entry below the keys of `path` to a mapping.
fn put(layout: &Layout<'_, '_>, mapping: NodeRef<'_, '_>, path: &[String], value: &Value) -> Option<Vec<Edit>> {
    let (mut mapping, mut path) = (mapping, path);
    while let [first, rest @ ..] = path
        && let Some((_, below)) = mapping.entry(first)
    {
        if below.kind() != Kind::Mapping || below.node().anchor.is_some() || rest.is_empty() {
            return None;
        }
        (mapping, path) = (below, rest);
    }
    let (key, nested) = path.split_first()?;
    let text = match value {
        Value::Literal(text) => text.clone(),
        Value::Text(text) => string(text, layout.text),
    };
    let quoted = |key: &String| string(key, layout.text);
    let block = || {
        let mut lines = String::new();
        for (depth, key) in nested.iter().enumerate() {
            lines.push('\n');
            lines.push_str(&" ".repeat(layout.step() * (depth + 1)));
            lines.push_str(&quoted(key));
            lines.push(':');
        }
        if lines.is_empty() { text.clone() } else { format!("{lines} {text}") }
    };
    let is_flow = mapping.node().style == Style::Flow;
    if is_flow
        && mapping.entries().next().is_none()
        && let Some(edits) = layout.begin(mapping, &quoted(key), &block())
    {
        return Some(edits);
    }
    let value = if is_flow {
        nested.iter().rev().fold(text.clone(), |inner, key| format!("{{{}: {inner}}}", quoted(key)))
    } else {
        block()
    };
    Some(vec![layout.insert(mapping, &quoted(key), &value)?])
}
