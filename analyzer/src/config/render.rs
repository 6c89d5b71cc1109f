//! The effective configuration as YAML, with the place that each part of the text comes from.

use super::layer::Document;
use super::merge::SAFE;
use super::value::{Content, Entry, Origin, Scalar, Value};
use crate::syntax::{self, NodeRef, Resolved, Style, Tree, resolve_scalar};
use crate::text::Span;
use std::fmt::Write as _;

/// A part of the rendered text.
#[derive(Clone, Debug)]
pub struct Place {
    /// The bytes in the rendered text.
    pub span: Span,
    /// Where it comes from.
    pub origin: Origin,
    /// What it took the place of.
    pub replaced: Vec<Origin>,
    /// Whether it is a key.
    pub is_key: bool,
    /// Whether it is a scalar.
    pub is_scalar: bool,
    /// Whether it is a block scalar: its bytes are those of its lines, and `|` stands on the line before.
    pub is_block: bool,
}

/// Writes documents as YAML: block style, without comments, scalars as they were written.
#[must_use]
pub fn render(documents: &[Document]) -> String {
    let mut out = String::new();
    for (number, document) in documents.iter().enumerate() {
        if number > 0 {
            out.push_str("---\n");
        }
        match document.root.entries() {
            [] => out.push_str("{}\n"),
            entries => mapping(entries, 0, &mut out),
        }
    }
    out
}

/// Where each key and value of the rendered text of `documents` comes from, in the order of the text. `tree` is that of
/// the text.
#[must_use]
pub fn places(documents: &[Document], tree: &Tree<'_>) -> Vec<Place> {
    let mut places = Vec::new();
    for (document, root) in documents.iter().zip(tree.roots()) {
        place(&document.root, root, &mut places);
    }
    places
}

fn place(value: &Value, node: NodeRef<'_, '_>, places: &mut Vec<Place>) {
    let is_scalar = matches!(value.content, Content::Scalar(_));
    let replaced = value.replaced.clone();
    let is_block = matches!(node.node().style, Style::Literal | Style::Folded);
    places.push(Place { span: node.span(), origin: value.origin, replaced, is_key: false, is_scalar, is_block });
    for (item, node) in value.items().iter().zip(node.items()) {
        place(item, node, places);
    }
    for (entry, (key, node)) in value.entries().iter().zip(node.entries()) {
        places.push(Place {
            span: key.span(),
            origin: entry.key_origin,
            replaced: Vec::new(),
            is_key: true,
            is_scalar: true,
            is_block: false,
        });
        place(&entry.value, node, places);
    }
}

fn mapping(entries: &[Entry], indent: usize, out: &mut String) {
    for entry in entries {
        out.push_str(&" ".repeat(indent));
        out.push_str(&key(&entry.key));
        out.push(':');
        nested(&entry.value, indent, out);
    }
}

/// A value behind a key or a dash, line end included.
fn nested(value: &Value, indent: usize, out: &mut String) {
    match &value.content {
        Content::Scalar(value) => {
            let text = scalar(value, indent + 4);
            if !text.is_empty() {
                out.push(' ');
                out.push_str(&text);
            }
            out.push('\n');
        }
        Content::List(items) if items.is_empty() => out.push_str(" []\n"),
        Content::Map(entries) if entries.is_empty() => out.push_str(" {}\n"),
        Content::List(items) => {
            out.push('\n');
            list(items, indent + 4, out);
        }
        Content::Map(entries) => {
            out.push('\n');
            mapping(entries, indent + 4, out);
        }
    }
}

fn list(items: &[Value], indent: usize, out: &mut String) {
    for item in items {
        out.push_str(&" ".repeat(indent));
        out.push('-');
        match &item.content {
            Content::Map(entries) if !entries.is_empty() => {
                let mut block = String::new();
                mapping(entries, indent + 2, &mut block);
                out.push(' ');
                out.push_str(block.trim_start_matches(' '));
            }
            Content::List(items) if !items.is_empty() => {
                let mut block = String::new();
                list(items, indent + 2, &mut block);
                out.push(' ');
                out.push_str(block.trim_start_matches(' '));
            }
            // A block scalar is indented past the dash.
            _ => nested(item, indent.saturating_sub(2), out),
        }
    }
}

fn key(key: &Scalar) -> String {
    let one_line = Scalar { style: if key.style == Style::Plain { Style::Plain } else { SAFE }, ..key.clone() };
    scalar(&one_line, 0)
}

/// A scalar in the style it was written in, if it can be.
fn scalar(scalar: &Scalar, indent: usize) -> String {
    let text = scalar.text.as_str();
    let mut out = String::new();
    match scalar.tag.as_deref() {
        Some(tag) if tag.starts_with("!!") || tag == "!" => {
            out.push_str(tag);
            out.push(' ');
        }
        _ => {}
    }
    match scalar.style {
        Style::Plain if stands_plain(scalar) => out.push_str(text),
        Style::SingleQuoted if !text.contains(['\n', '\r']) && is_printable(text) => {
            let _ = write!(out, "'{}'", text.replace('\'', "''"));
        }
        Style::Literal | Style::Folded if stands_literal(text) => literal(text, indent, &mut out),
        _ => double_quoted(text, &mut out),
    }
    out
}

/// Whether a text that was read without quotes can be written so in block style.
fn stands_plain(scalar: &Scalar) -> bool {
    let text = scalar.text.as_str();
    // Most are words, numbers, paths and addresses, which need no reading.
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'-' | b'+' | b':');
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    if text.is_empty() || begins && !text.ends_with(':') && text.bytes().all(is_word) {
        return true;
    }
    if text.contains(['\n', '\r', '\t']) || !is_printable(text) {
        return false;
    }
    // Whatever reads back as the same text alone on a line does so behind a key, too.
    let line = format!("a: {text}\n");
    let tree = syntax::parse(&line);
    let Some(read) = tree.roots().next().and_then(|root| root.get("a")) else { return false };
    tree.problems.is_empty() && tree.comments.is_empty() && read.value() == text && read.is_plain()
        || resolve_scalar(text, Style::Plain, None) == Resolved::Null
}

fn is_printable(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() && !matches!(c, '\u{feff}' | '\u{85}' | '\u{2028}' | '\u{2029}'))
}

fn stands_literal(text: &str) -> bool {
    let lines_are_plain = text.chars().all(|c| c == '\n' || is_printable(c.encode_utf8(&mut [0; 4])));
    lines_are_plain && text.trim_end_matches('\n').contains(|c: char| c != '\n') && !text.starts_with([' ', '\n', '\t'])
}

fn literal(text: &str, indent: usize, out: &mut String) {
    let body = text.trim_end_matches('\n');
    let ends = text.len() - body.len();
    out.push_str(match ends {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push_str(line);
        }
    }
    // The line end behind the scalar is the first one.
    out.push_str(&"\n".repeat(ends.saturating_sub(1)));
}

fn double_quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c.encode_utf8(&mut [0; 4])) => out.push(c),
            c if u32::from(c) <= 0xff => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if u32::from(c) <= 0xffff => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
}
