//! Growing selections: the value, its entry, what holds it, up to the document.

use crate::analysis::{View, view};
use crate::lines::Lines;
use crate::server::Asked;
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{Position, SelectionRange};

/// A growing selection for each position.
pub(crate) fn selection_ranges(asked: &Asked<'_>, positions: &[Position]) -> Vec<SelectionRange> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let select =
        |view: &View<'_>| positions.iter().map(|position| selection(view, lines.offset(*position), &lines)).collect();
    view(asked.document, &asked.document.text, &asked.snapshot.settings, select)
}

fn selection(view: &View<'_>, offset: u32, lines: &Lines<'_>) -> SelectionRange {
    let mut spans = vec![Span { start: offset, end: offset }];
    let mut node = view.node_at(offset);
    while let Some(inner) = node {
        spans.push(inner.span());
        if let Some(key) = inner.key() {
            spans.push(key.span().to(inner.span()));
        }
        node = inner.parent();
    }
    spans.push(Span::new(0, view.text.len()));
    // From the outermost in, each inside of the one before.
    let mut selection: Option<SelectionRange> = None;
    let mut outer: Option<Span> = None;
    for span in spans.into_iter().rev() {
        let fits = outer.is_none_or(|outer| outer != span && outer.start <= span.start && span.end <= outer.end);
        if fits {
            selection = Some(SelectionRange { range: lines.range(span), parent: selection.map(Box::new) });
            outer = Some(span);
        }
    }
    let here = lines.range(Span { start: offset, end: offset });
    selection.unwrap_or(SelectionRange { range: here, parent: None })
}
