//! The effective configuration as it is shown: without secrets, with the place of each value.

use super::layer::Document;
use super::render::{Place, places, render};
use super::value::Origin;
use crate::edit::{Edit, apply};
use crate::input::Form;
use crate::secrets;
use crate::syntax;
use crate::text::{LineIndex, Span};

/// What is shown beside the values.
#[derive(Clone, Copy, Debug, Default)]
pub struct Showing {
    /// Whether secrets are shown.
    pub secrets: bool,
    /// Whether each value has its place in a comment.
    pub origins: bool,
    /// Whether a secret that a patch sets has its place in a comment: two secrets that are hidden look alike.
    pub changed_secrets: bool,
}

/// Documents as YAML. `place` names an origin: `file:line`.
#[must_use]
pub fn shown(documents: &[Document], showing: Showing, place: impl Fn(Origin) -> String) -> String {
    let text = render(documents);
    let tree = syntax::parse(&text);
    let lines = LineIndex::new(&text);
    let hidden = if showing.secrets { Vec::new() } else { secrets::find("", text.as_bytes(), Form::Patch) };
    let is_hidden = |span: Span| hidden.iter().any(|secret| secret.start <= span.start && span.end <= secret.end);
    let mut edits: Vec<Edit> = Vec::new();
    for value in &places(documents, &tree) {
        let is_leaf = !value.is_key && (value.is_scalar || matches!(value.span.slice(&text), "{}" | "[]"));
        if !is_leaf {
            continue;
        }
        let is_secret = !value.span.is_empty() && is_hidden(value.span);
        let line = lines.line(value.span.start);
        // A block scalar begins with the `|` on the line before its own.
        let first_line = trimmed(lines.line_span(&text, line.saturating_sub(usize::from(value.is_block))), &text);
        let mut span = trimmed(value.span, &text);
        if value.is_block {
            let indicator = first_line.slice(&text).rfind(['|', '>']).unwrap_or(0);
            span.start = Span::new(first_line.start as usize + indicator, 0).start;
        }
        if is_secret {
            edits.push(Edit { span, text: "<redacted>".to_owned() });
        }
        let is_changed_secret = showing.changed_secrets && is_secret && value.origin.source > 0;
        if showing.origins || is_changed_secret {
            let after = if is_secret { span.end } else { first_line.end };
            edits.push(Edit::insert(after, comment(value, &place)));
        }
    }
    // What cannot be hidden is not shown.
    apply(&text, &edits).unwrap_or_default()
}

fn comment(value: &Place, place: &impl Fn(Origin) -> String) -> String {
    let was = value.replaced.last().map(|before| format!(", in place of {}", place(*before)));
    format!(" # {}{}", place(value.origin), was.unwrap_or_default())
}

/// A range without the white space at its end.
fn trimmed(span: Span, text: &str) -> Span {
    let length = span.slice(text).trim_end().len();
    Span::new(span.start as usize, span.start as usize + length)
}
