//! What can be folded: documents, and what stands below a key.

use crate::analysis::{View, view};
use crate::lines::Lines;
use crate::server::Asked;
use talint_analyzer::syntax::{Kind, NodeRef, Style};
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{FoldingRange, FoldingRangeKind};

/// The ranges that can be folded, each on lines of its own.
pub(crate) fn folding_ranges(asked: &Asked<'_>) -> Vec<FoldingRange> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let find = |view: &View<'_>| {
        let mut spans = Vec::new();
        for input in view.inputs.iter().filter(|input| input.kind.is_ours()) {
            let Some(root) = input.root else { continue };
            spans.push(trimmed(input.span.to(root.span()), view.text));
            below(root, view.text, &mut spans);
        }
        let mut ranges: Vec<FoldingRange> = spans.iter().filter_map(|span| range(*span, &lines, None)).collect();
        ranges.extend(comments(view, &lines));
        // Of two that begin on one line the larger is what people fold.
        ranges.sort_by_key(|range| (range.start_line, std::cmp::Reverse(range.end_line)));
        ranges.dedup_by_key(|range| range.start_line);
        ranges
    };
    view(asked.document, &asked.document.text, &asked.snapshot.settings, find)
}

/// The entries and items below `node` that hold more than a line.
fn below(node: NodeRef<'_, '_>, text: &str, spans: &mut Vec<Span>) {
    for (key, value) in node.entries() {
        let is_block = matches!(value.node().style, Style::Literal | Style::Folded);
        if value.kind() != Kind::Scalar || is_block {
            spans.push(trimmed(key.span().to(value.span()), text));
        }
        below(value, text, spans);
    }
    for item in node.items() {
        if item.kind() != Kind::Scalar {
            spans.push(trimmed(item.span(), text));
        }
        below(item, text, spans);
    }
}

/// A range without the space at its end, which belongs to nothing.
fn trimmed(span: Span, text: &str) -> Span {
    let start = span.start as usize;
    Span::new(start, start + span.slice(text).trim_end().len())
}

fn range(span: Span, lines: &Lines<'_>, kind: Option<FoldingRangeKind>) -> Option<FoldingRange> {
    let (start, end) = (lines.position(span.start), lines.position(span.end));
    let range = FoldingRange { start_line: start.line, end_line: end.line, kind, ..FoldingRange::default() };
    (end.line > start.line).then_some(range)
}

/// Comments over several lines that follow each other.
fn comments(view: &View<'_>, lines: &Lines<'_>) -> Vec<FoldingRange> {
    let mut blocks: Vec<Span> = Vec::new();
    for comment in &view.tree.comments {
        let line = lines.position(comment.span.start).line;
        let is_alone = lines.line(comment.span.start).slice(view.text).trim_start().starts_with('#');
        match blocks.last_mut() {
            Some(block) if is_alone && lines.position(block.end).line + 1 == line => *block = block.to(comment.span),
            _ if is_alone => blocks.push(comment.span),
            _ => {}
        }
    }
    blocks.into_iter().filter_map(|block| range(block, lines, Some(FoldingRangeKind::Comment))).collect()
}
