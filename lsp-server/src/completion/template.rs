//! Text to be written, with places for the user to go on at: a snippet where the client can, else plain text.

use std::fmt::Write as _;

/// A piece of text.
#[derive(Clone, Debug)]
enum Part {
    Text(String),
    /// A new line, indented by this many columns more than the word that is replaced.
    Line(usize),
    /// A place to write at, with what may stand there.
    Stop(&'static str),
    /// A place for one of several words.
    Choice(Vec<&'static str>),
    /// Where the user goes on in the end.
    End,
}

/// Text with places to write at.
#[derive(Clone, Debug, Default)]
pub(super) struct Template {
    parts: Vec<Part>,
    /// How many columns before the word further lines begin.
    outdent: usize,
}

/// How a template becomes text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Whether the client takes snippets.
    pub(super) is_snippet: bool,
    /// What ends a line.
    pub(super) line_end: &'static str,
    /// By how many columns each further line is indented at least.
    pub(super) indent: usize,
}

impl Template {
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self::default().text(text)
    }

    fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    pub(super) fn text(self, text: impl Into<String>) -> Self {
        self.with(Part::Text(text.into()))
    }

    pub(super) fn line(self, indent: usize) -> Self {
        self.with(Part::Line(indent))
    }

    pub(super) fn stop(self, example: &'static str) -> Self {
        self.with(Part::Stop(example))
    }

    pub(super) fn choice(self, words: &[&'static str]) -> Self {
        self.with(Part::Choice(words.to_vec()))
    }

    pub(super) fn end(self) -> Self {
        self.with(Part::End)
    }

    /// The same with further lines that begin so many columns before the word that is replaced.
    pub(super) fn outdented(self, outdent: usize) -> Self {
        Self { outdent, ..self }
    }

    /// Whether there is anything that a plain text cannot say.
    pub(super) fn has_stops(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Stop(_) | Part::Choice(_) | Part::End))
    }

    /// The text.
    pub(super) fn render(&self, layout: Layout) -> String {
        let mut out = String::new();
        let mut stops = 0;
        for part in &self.parts {
            match part {
                Part::Text(text) if layout.is_snippet => escape(&mut out, text, "$}\\"),
                Part::Text(text) => out.push_str(text),
                Part::Line(indent) => {
                    // What is left for the user to write leaves no white space at the end of a line.
                    out.truncate(out.trim_end_matches(' ').len());
                    out.push_str(layout.line_end);
                    out.extend(std::iter::repeat_n(' ', layout.indent.saturating_sub(self.outdent) + indent));
                }
                _ if !layout.is_snippet => {}
                Part::End => out.push_str("$0"),
                Part::Stop(example) => {
                    stops += 1;
                    let _ = write!(out, "${{{stops}");
                    if !example.is_empty() {
                        out.push(':');
                        escape(&mut out, example, "$}\\");
                    }
                    out.push('}');
                }
                Part::Choice(words) => {
                    stops += 1;
                    let _ = write!(out, "${{{stops}|");
                    for (number, word) in words.iter().enumerate() {
                        out.push_str(if number == 0 { "" } else { "," });
                        escape(&mut out, word, ",|$}\\");
                    }
                    out.push_str("|}");
                }
            }
        }
        out
    }
}

fn escape(out: &mut String, text: &str, special: &str) {
    for letter in text.chars() {
        if special.contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, Template};

    #[test]
    fn a_template_is_a_snippet_or_a_plain_text() {
        let template =
            Template::of("a: ").stop("x$").line(2).text("b: ").choice(&["1", "a,b"]).line(2).text("c: ").end();
        let text = |is_snippet| template.render(Layout { is_snippet, line_end: "\r\n", indent: 1 });
        assert_eq!(text(true), "a: ${1:x\\$}\r\n   b: ${2|1,a\\,b|}\r\n   c: $0");
        assert_eq!(text(false), "a:\r\n   b:\r\n   c: ");
    }
}
