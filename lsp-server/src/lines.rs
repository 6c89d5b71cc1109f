//! Ranges of bytes as positions of the protocol, and back.

use crate::documents::Document;
use talint_analyzer::text::{Encoding, LineIndex, Position, Span};
use tower_lsp::ls_types as lsp;

/// The lines of a document, in the client's way of counting columns.
pub(crate) struct Lines<'d> {
    text: &'d str,
    index: LineIndex,
    encoding: Encoding,
}

impl<'d> Lines<'d> {
    pub(crate) fn new(document: &'d Document, encoding: Encoding) -> Self {
        Self::of(&document.text, encoding)
    }

    /// The lines of a text that is not open.
    pub(crate) fn of(text: &'d str, encoding: Encoding) -> Self {
        Self { text, index: LineIndex::new(text), encoding }
    }

    /// The text.
    pub(crate) fn text(&self) -> &'d str {
        self.text
    }

    pub(crate) fn position(&self, offset: u32) -> lsp::Position {
        let position = self.index.position(self.text, offset, self.encoding);
        lsp::Position { line: position.line, character: position.column }
    }

    pub(crate) fn range(&self, span: Span) -> lsp::Range {
        lsp::Range { start: self.position(span.start), end: self.position(span.end) }
    }

    pub(crate) fn offset(&self, position: lsp::Position) -> u32 {
        let position = Position { line: position.line, column: position.character };
        self.index.offset(self.text, position, self.encoding)
    }

    pub(crate) fn span(&self, range: lsp::Range) -> Span {
        Span { start: self.offset(range.start), end: self.offset(range.end) }
    }

    /// The line of an offset, its line end included.
    pub(crate) fn line(&self, offset: u32) -> Span {
        self.index.line_span(self.text, self.index.line(offset))
    }
}
