//! A source: the bytes of a base or a patch, and where in its file they stand.

use crate::edit::Edit;
use crate::text::Span;

/// A base or a patch.
#[derive(Clone, Copy, Debug)]
pub struct Source<'b> {
    /// The file it is in.
    pub path: &'b str,
    /// What it holds.
    pub bytes: &'b [u8],
    /// Where in the file it stands.
    pub position: Position<'b>,
}

impl<'b> Source<'b> {
    /// A whole file.
    #[must_use]
    pub fn file(path: &'b str, bytes: &'b [u8]) -> Self {
        Self { path, bytes, position: Position::Whole }
    }

    /// The name that may tell what it is: what a tool makes has none of its own.
    pub(crate) fn name(&self) -> &'b str {
        if matches!(self.position, Position::Made { .. }) { "" } else { self.path }
    }
}

/// Where the bytes of a source stand in its file.
#[derive(Clone, Copy, Debug)]
pub enum Position<'b> {
    /// The source is the file.
    Whole,
    /// The source is a part of the file.
    Part {
        /// The byte of the file that it begins at.
        offset: u32,
        /// The file.
        host: &'b [u8],
    },
    /// A tool makes the source out of what is written in the file.
    Made {
        /// The place that stands for all of it.
        place: Span,
        /// Ranges of the source, each with the range of the file that it is made of.
        anchors: &'b [(Span, Span)],
    },
}

impl Position<'_> {
    /// The range of the file that a range of the source is about.
    #[must_use]
    pub fn in_file(self, span: Span) -> Span {
        match self {
            Self::Whole => span,
            Self::Part { offset, .. } => Span { start: span.start + offset, end: span.end + offset },
            Self::Made { place, anchors } => {
                let holds = |(made, _): &&(Span, Span)| made.start <= span.start && span.end <= made.end;
                let closest = anchors.iter().filter(holds).min_by_key(|(made, _)| made.end - made.start);
                closest.map_or(place, |(_, written)| *written)
            }
        }
    }
}

impl Source<'_> {
    /// The change of the file that makes a change of the source. `None` where the bytes of the source are not those of
    /// the file.
    pub(crate) fn edit_in_file(&self, text: &str, edit: Edit) -> Option<Edit> {
        match self.position {
            Position::Whole => Some(edit),
            Position::Made { .. } => None,
            Position::Part { host, .. } => {
                // The line end behind the last line is the host's: what goes up to there leaves it to the line before.
                let before = edit.span.start as usize;
                let has_line_end =
                    matches!(host.get(self.position.in_file(edit.span).end as usize), Some(b'\r' | b'\n'));
                let is_end = edit.span.end as usize == text.len() && edit.text.is_empty() && has_line_end;
                let kept = text.get(..before).filter(|_| is_end).and_then(|kept| kept.strip_suffix('\n'));
                let kept = kept.map(|kept| kept.strip_suffix('\r').unwrap_or(kept).len());
                let edit = Edit { span: Span::new(kept.unwrap_or(before), edit.span.end as usize), ..edit };
                let span = self.position.in_file(edit.span);
                let written = host.get(span.start as usize..span.end as usize)?;
                let is_quoted = matches!(self.byte_before(), Some(b'"' | b'\''));
                let is_special = |text: &str| text.contains(['"', '\'', '\\', '\n', '\r']);
                let is_same = written == edit.span.slice(text).as_bytes();
                let is_kept = !is_quoted || !is_special(edit.span.slice(text)) && !is_special(&edit.text);
                (is_same && is_kept).then_some(Edit { span, text: edit.text })
            }
        }
    }

    /// The byte of the file before a part: that of a scalar in quotes is one.
    fn byte_before(&self) -> Option<u8> {
        let Position::Part { offset, host } = self.position else { return None };
        host.get((offset as usize).checked_sub(1)?).copied()
    }
}
