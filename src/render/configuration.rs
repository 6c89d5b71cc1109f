//! The effective configuration as text.

use super::Names;
use crate::arguments::RenderOptions;
use talint_analyzer::config::{self, Document, Place};
use talint_analyzer::edit::{Edit, apply};
use talint_analyzer::input::Form;
use talint_analyzer::text::{LineIndex, Span};
use talint_analyzer::{secrets, syntax};

/// The documents as they are shown: without secrets, with origins when asked for.
pub(super) fn shown(documents: &[Document], names: &Names<'_>, options: &RenderOptions) -> String {
    let text = config::render(documents);
    let tree = syntax::parse(&text);
    let places = config::places(documents, &tree);
    let lines = LineIndex::new(&text);
    let hidden = if options.show_secrets { Vec::new() } else { secrets::find("", text.as_bytes(), Form::Patch) };
    let is_hidden = |span: Span| hidden.iter().any(|secret| secret.start <= span.start && span.end <= secret.end);
    let mut edits: Vec<Edit> = Vec::new();
    for place in &places {
        let is_leaf = !place.is_key && (place.is_scalar || matches!(place.span.slice(&text), "{}" | "[]"));
        if !is_leaf {
            continue;
        }
        let is_secret = !place.span.is_empty() && is_hidden(place.span);
        let line = lines.line(place.span.start);
        // A block scalar begins with the `|` on the line before its own.
        let first_line = trimmed(lines.line_span(&text, line.saturating_sub(usize::from(place.is_block))), &text);
        let mut value = trimmed(place.span, &text);
        if place.is_block {
            let indicator = first_line.slice(&text).rfind(['|', '>']).unwrap_or(0);
            value.start = Span::new(first_line.start as usize + indicator, 0).start;
        }
        if is_secret {
            edits.push(Edit { span: value, text: "<redacted>".to_owned() });
        }
        // Two secrets look alike; a comparison must show that they are not the same.
        let is_changed_secret = options.diff.is_some() && is_secret && place.origin.source > 0;
        if options.origins || is_changed_secret {
            let after = if is_secret { value.end } else { first_line.end };
            edits.push(Edit::insert(after, comment(place, names)));
        }
    }
    // What cannot be hidden is not shown.
    apply(&text, &edits).unwrap_or_default()
}

fn comment(place: &Place, names: &Names<'_>) -> String {
    let was = place.replaced.last().map(|before| format!(", in place of {}", names.place(*before)));
    format!(" # {}{}", names.place(place.origin), was.unwrap_or_default())
}

/// A range without the white space at its end.
fn trimmed(span: Span, text: &str) -> Span {
    let length = span.slice(text).trim_end().len();
    Span::new(span.start as usize, span.start as usize + length)
}
