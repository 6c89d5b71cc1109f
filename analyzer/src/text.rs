//! Source text: bytes to text, byte ranges, and positions in the encodings editors use.
//!
//! Every later stage speaks in byte offsets into the source; only the edges turn them into lines and columns.

use std::borrow::Cow;

/// The largest source that is read, in bytes. Talos configuration is some kilobytes; the limit keeps a file that is
/// something else altogether from being read whole.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// A range of bytes in a source text, `start` included and `end` not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The range from `start` to `end`; offsets beyond 4 GiB do not occur, as [`MAX_BYTES`] is far below.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: clamp(start), end: clamp(end) }
    }

    /// The text of the range, empty when the range is not one of `text`.
    #[must_use]
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The place of `word` in this range of `text`, when it stands there once.
    #[must_use]
    pub fn only(self, word: &str, text: &str) -> Option<Self> {
        let mut matches = self.slice(text).match_indices(word);
        let (at, _) = matches.next().filter(|_| matches.next().is_none() && !word.is_empty())?;
        let start = self.start as usize + at;
        Some(Self::new(start, start + word.len()))
    }

    /// Whether no byte is in the range.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Whether `offset` is in the range, its end included.
    #[must_use]
    pub fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }
}

fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, the default of the language server protocol.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

const BYTE_ORDER_MARK: char = '\u{feff}';

/// A line and a column, both counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from zero.
    pub line: u32,
    /// The column, from zero, in units of an [`Encoding`].
    pub column: u32,
}

/// Where the lines of a text begin.
///
/// A line ends at a line feed, a carriage return, or both together: those are the line ends of YAML and of the
/// language server protocol alike, so one index serves both.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the lines of `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        // Nearly all texts have no other line ends, and those are found quickly.
        if !bytes.contains(&b'\r') {
            starts.extend(text.match_indices('\n').map(|(offset, _)| clamp(offset + 1)));
            return Self { starts };
        }
        for (offset, byte) in bytes.iter().enumerate() {
            let ends_line = match byte {
                b'\n' => true,
                b'\r' => bytes.get(offset + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends_line {
                starts.push(clamp(offset + 1));
            }
        }
        Self { starts }
    }

    /// The number of lines; an empty text has one.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The line, from zero, that holds the byte at `offset`.
    #[must_use]
    pub fn line(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of line `line`, its line end included. Empty when there is no such line.
    #[must_use]
    pub fn line_span(&self, text: &str, line: usize) -> Span {
        let end = clamp(text.len());
        let Some(start) = self.starts.get(line) else { return Span { start: end, end } };
        Span { start: *start, end: self.starts.get(line + 1).copied().unwrap_or(end) }
    }

    /// The position of the byte at `offset`. An offset inside a character counts as the start of that character, one
    /// past the end as the end.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32, encoding: Encoding) -> Position {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line(clamp(offset));
        let start = self.starts.get(line).copied().unwrap_or(0) as usize;
        // A byte order mark is no column to anyone.
        let before = text.get(start..offset).unwrap_or("").trim_start_matches(BYTE_ORDER_MARK);
        let column = match encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 => before.chars().map(char::len_utf16).sum(),
            Encoding::Utf32 => before.chars().count(),
        };
        Position { line: clamp(line), column: clamp(column) }
    }

    /// The offset of a position: the inverse of [`LineIndex::position`]. A column past the end of its line is the end of
    /// the line (before the line end), a line past the last one the end of the text.
    #[must_use]
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> u32 {
        let span = self.line_span(text, position.line as usize);
        let line = span.slice(text).trim_end_matches(['\n', '\r']);
        let mark = line.len() - line.trim_start_matches(BYTE_ORDER_MARK).len();
        let mut column = 0;
        for (offset, character) in line.char_indices().filter(|(offset, _)| *offset >= mark) {
            if column >= position.column as usize {
                return span.start + clamp(offset);
            }
            column += match encoding {
                Encoding::Utf8 => character.len_utf8(),
                Encoding::Utf16 => character.len_utf16(),
                Encoding::Utf32 => 1,
            };
        }
        span.start + clamp(line.len())
    }
}

/// Why the bytes of a source are not wholly text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotText {
    /// The bytes here are not UTF-8; they stand as `?` in the text.
    InvalidUtf8(Span),
    /// The source begins with the mark of UTF-16.
    Utf16,
}

/// Turns bytes into text of the same length, so that every offset is an offset into the bytes.
///
/// Bytes that are not UTF-8 are replaced by `?`, byte by byte, and the first of them is told: the rest of the source is
/// still analysed.
#[must_use]
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<NotText>) {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return (Cow::Borrowed(""), Some(NotText::Utf16));
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return (Cow::Borrowed(text), None),
        Err(error) => error,
    };
    let first = error.valid_up_to();
    let length = error.error_len().unwrap_or(bytes.len() - first);
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    (Cow::Owned(text), Some(NotText::InvalidUtf8(Span::new(first, first + length))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_what_each_encoding_counts() {
        let text = "a\né: \u{1f600}x\r\nlast\rend";
        let index = LineIndex::new(text);
        let x = u32::try_from(text.find('x').unwrap()).unwrap();
        assert_eq!(index.position(text, x, Encoding::Utf8), Position { line: 1, column: 8 });
        assert_eq!(index.position(text, x, Encoding::Utf16), Position { line: 1, column: 5 });
        assert_eq!(index.position(text, x, Encoding::Utf32), Position { line: 1, column: 4 });
        assert_eq!(index.lines(), 4);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for (offset, _) in text.char_indices().filter(|(_, c)| !matches!(c, '\n' | '\r')) {
                let offset = u32::try_from(offset).unwrap();
                assert_eq!(index.offset(text, index.position(text, offset, encoding), encoding), offset);
            }
        }
    }

    #[test]
    fn invalid_bytes_keep_their_place() {
        let (text, error) = decode(b"a: \xff\xfeb\n");
        assert_eq!(text, "a: ??b\n");
        assert_eq!(error, Some(NotText::InvalidUtf8(Span { start: 3, end: 4 })));
    }
}
