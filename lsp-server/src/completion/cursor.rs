//! The place in the text: the word that is being written, and what is around it on its line.

use crate::lines::Lines;
use talint_analyzer::text::Span;

/// What stands for the word that is being written.
pub(super) const MARKER: &str = "zztalintzz";

/// The place in the text.
pub(super) struct Cursor<'t> {
    text: &'t str,
    /// The word at the cursor, which is replaced.
    pub(super) word: Span,
    /// What is before the word on its line.
    pub(super) before: &'t str,
    /// What is behind it.
    pub(super) after: &'t str,
    offset: u32,
    /// What the file is like.
    pub(super) style: Style,
    opened: Opened,
}

/// What a file is written like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// By how many spaces mappings are indented.
    pub(super) step: usize,
    /// By how many spaces the items of a list are indented.
    pub(super) list: usize,
    /// What ends a line.
    pub(super) line_end: &'static str,
}

/// What is open on a line.
#[derive(Clone, Debug, Default)]
struct Opened {
    /// The brackets, outermost first.
    brackets: Vec<char>,
    /// The quote.
    quote: Option<char>,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, lines: &Lines<'_>, offset: u32) -> Option<Self> {
        let line = lines.line(offset);
        let content = line.slice(text).trim_end_matches(['\n', '\r']);
        let at = (offset - line.start) as usize;
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '$' | '=' | '*');
        let head = content.get(..at)?;
        let start = head.trim_end_matches(is_word).len();
        // A dash that begins an item is no part of the word.
        let begins_item = head[start..].starts_with("- ") || &head[start..] == "-";
        let start = if begins_item { start + 1 } else { start };
        let tail = content.get(at..)?;
        let end = at + (tail.len() - tail.trim_start_matches(is_word).len());
        let begin = line.start as usize;
        let before = content.get(..start)?;
        Some(Self {
            text,
            word: Span::new(begin + start, begin + end),
            before,
            after: content.get(end..)?,
            offset,
            style: Style::of(text),
            opened: Opened::of(before),
        })
    }

    /// What is written of the word so far.
    pub(super) fn written(&self) -> &'t str {
        self.text.get(self.word.start as usize..self.offset as usize).unwrap_or("")
    }

    /// What is written so far of a comment to this program, when the cursor is in one.
    pub(super) fn in_comment(&self) -> Option<&'t str> {
        let line = self.word.start as usize - self.before.len();
        let head = self.text.get(line..self.offset as usize)?;
        let at = head.find("# talint:")?;
        head.get(at..)
    }

    /// Whether the cursor is between brackets.
    pub(super) fn is_in_flow(&self) -> bool {
        !self.opened.brackets.is_empty()
    }

    /// Whether the cursor is between quotes.
    pub(super) fn is_quoted(&self) -> bool {
        self.opened.quote.is_some()
    }

    /// Whether a colon already follows the word.
    pub(super) fn has_colon(&self) -> bool {
        self.after.trim_start().starts_with(':')
    }

    /// The next line that says something, with its column.
    fn line_below(&self) -> Option<(usize, &'t str)> {
        let below = self.text.get(self.word.end as usize + self.after.len()..)?;
        let mut lines = below.lines().map(|line| (line.len() - line.trim_start_matches(' ').len(), line.trim()));
        lines.find(|(_, line)| !line.is_empty() && !line.starts_with('#'))
    }

    /// Whether the lines below already hold a value of the word, if it is a key.
    pub(super) fn has_value_below(&self) -> bool {
        self.line_below().is_some_and(|(column, line)| {
            let is_list = line.starts_with("- ") && column == self.column() && !self.before.contains('-');
            column > self.column() || is_list
        })
    }

    /// Whether the lines below go on with the mapping that the word, which begins an item, is a key of.
    fn has_mapping_below(&self) -> bool {
        self.line_below().is_some_and(|(column, line)| column >= self.column() && line.contains(':'))
    }

    /// The column of the word.
    pub(super) fn column(&self) -> usize {
        self.before.chars().count()
    }

    /// By how many columns the line is indented.
    pub(super) fn indent(&self) -> usize {
        self.before.len() - self.before.trim_start_matches(' ').len()
    }

    /// Texts with the marker in the place of the word, likeliest first: as a key where a key may begin, else as a value, with
    /// what is open closed.
    pub(super) fn with_marker(&self) -> Vec<String> {
        let begins = self.before.trim_end_matches(['"', '\'']).trim_start_matches([' ', '-']).is_empty();
        let closing: String = self.opened.closing().collect();
        let is_closed = |quote: char| self.after.contains(quote);
        let as_written = (MARKER.to_owned(), self.after.to_owned());
        let closed = (MARKER.to_owned(), closing.clone());
        let forms = match self.opened.quote {
            Some(quote) if is_closed(quote) && begins && self.after.trim_end().ends_with(quote) => {
                vec![(MARKER.to_owned(), format!("{quote}:")), as_written]
            }
            Some(quote) if is_closed(quote) => vec![as_written],
            Some(quote) if begins => vec![(MARKER.to_owned(), format!("{quote}:")), closed],
            Some(_) => vec![closed],
            None if self.has_colon() => vec![as_written],
            None if self.is_in_flow() => vec![as_written, (MARKER.to_owned(), format!("{}{closing}", self.after))],
            // An item may be a value; whether it is a key is seen by what the list holds.
            None if begins && (!self.before.contains('-') || self.has_mapping_below()) => {
                // A value that is written keeps the end of the mapping behind the key.
                let value = if self.has_value_below() { "" } else { " ~" };
                vec![(format!("{MARKER}:{value}"), String::new()), (MARKER.to_owned(), String::new())]
            }
            None => vec![(MARKER.to_owned(), String::new())],
        };
        let head = &self.text[..self.word.start as usize];
        let line_end = self.word.end as usize + self.after.len();
        // `key:word` is no key yet.
        let space = if self.before.ends_with(':') { " " } else { "" };
        let whole = |(marker, rest)| format!("{head}{space}{marker}{rest}{}", &self.text[line_end..]);
        forms.into_iter().map(whole).collect()
    }
}

impl Opened {
    /// What is open at the end of the beginning of a line.
    fn of(line: &str) -> Self {
        let mut opened = Self::default();
        // Brackets and quotes mean something only where a value begins.
        let mut begins = true;
        let mut last = ' ';
        for letter in line.chars() {
            if let Some(quote) = opened.quote {
                if letter == quote && last != '\\' {
                    opened.quote = None;
                }
            } else if begins && matches!(letter, '[' | '{') {
                opened.brackets.push(letter);
            } else if begins && matches!(letter, '"' | '\'') {
                opened.quote = Some(letter);
                begins = false;
            } else if !opened.brackets.is_empty() && matches!(letter, ']' | '}') {
                opened.brackets.pop();
                begins = false;
            } else if !opened.brackets.is_empty() && letter == ',' {
                begins = true;
            } else if letter == ' ' {
                begins = begins || last == ':' || last == '-' && line.trim_start().starts_with('-');
            } else {
                begins = letter == '-' && begins;
            }
            last = letter;
        }
        opened
    }

    /// What closes it.
    fn closing(&self) -> impl Iterator<Item = char> {
        let close = |bracket: &char| if *bracket == '[' { ']' } else { '}' };
        self.quote.into_iter().chain(self.brackets.iter().rev().map(close))
    }
}

impl Style {
    /// How the first lines that show it are written.
    fn of(text: &str) -> Self {
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let (mut step, mut list) = (None, None);
        let mut open: Option<usize> = None;
        for line in text.lines() {
            let content = line.trim_start_matches(' ');
            if content.trim_end().is_empty() || content.starts_with('#') {
                continue;
            }
            let indent = line.len() - content.len();
            if let Some(above) = open {
                if content.starts_with("- ") {
                    list = list.or(indent.checked_sub(above));
                } else {
                    step = step.or(indent.checked_sub(above).filter(|step| *step > 0));
                }
            }
            if step.is_some() && list.is_some() {
                break;
            }
            // What follows is of the last key of the line, behind the dashes of its items.
            let key = content.trim_start_matches(['-', ' ']);
            open = content.trim_end().ends_with(':').then_some(line.len() - key.len());
        }
        let step = step.unwrap_or(2);
        Self { step, list: list.unwrap_or(step), line_end }
    }
}

#[cfg(test)]
mod tests {
    use super::{Opened, Style};

    #[test]
    fn what_is_open_is_told_from_brackets_in_text() {
        let of = |line: &str| Opened::of(line).closing().collect::<String>();
        assert_eq!(of("a: [b, {c: "), "}]");
        assert_eq!(of("- {a: [1], b: "), "}");
        assert_eq!(of("a: \"b, "), "\"");
        assert_eq!(of("a: ['b', 'c"), "']");
        assert_eq!(of("a: disk.x in [1, {"), "");
        assert_eq!(of("a: it's"), "");
    }

    #[test]
    fn a_file_shows_how_it_is_indented() {
        let of = |text: &str| (Style::of(text).step, Style::of(text).list);
        assert_eq!(of("a:\n    b:\n        - c\n"), (4, 4));
        assert_eq!(of("a:\n  b:\n  - c\n"), (2, 0));
        assert_eq!(of("a:\n  - b:\n      - c: 1\n"), (2, 2));
        assert_eq!(of(""), (2, 2));
    }
}
