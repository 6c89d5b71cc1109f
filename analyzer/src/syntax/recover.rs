//! Reading on after an error, so that one bad line does not hide what is wrong with the rest.
//!
//! The line that cannot be read, with the lines indented below it, is blanked by spaces (so every offset stays) and the
//! text is read again, a bounded number of times. Only the first error of each document is told; its document is marked
//! as broken, and no rule concludes anything from what is absent there.

use super::parse::{Lenience, Pass, Stop, apostrophes, pass};
use super::strict;
use super::tree::{Document, Problem, ProblemKind, Style, Tree};
use crate::text::{LineIndex, Span};
use std::borrow::Cow;

/// How often a text is read again at the most; large texts are read again less often.
const MAX_PASSES: usize = 40;

/// How many bytes are read at the most, all passes together, before recovery gives up.
const MAX_BYTES_READ: usize = 8 * 1024 * 1024;

/// Reads a source of YAML. It never fails: what cannot be read is told in [`Tree::problems`].
#[must_use]
pub fn parse(text: &str) -> Tree<'_> {
    let Pass { tree, stopped } = pass(text);
    let mut tree = match stopped {
        None => tree,
        Some(stop) => recover(text, tree, stop),
    };
    strict::check(text, &mut tree);
    tree
}

fn recover<'s>(text: &'s str, first: Tree<'s>, first_stop: Stop) -> Tree<'s> {
    let lines = LineIndex::new(text);
    let passes = (MAX_BYTES_READ / text.len().max(1)).clamp(1, MAX_PASSES);
    let mut blanked = text.as_bytes().to_vec();
    let mut problems: Vec<Problem> = Vec::new();
    let mut broken: Vec<Span> = Vec::new();
    let mut documents_with_error: Vec<usize> = Vec::new();
    let mut prefix = None;
    let mut stop = first_stop;
    let apostrophe = stand_in_for_apostrophe(text);
    for number in 1..=passes {
        if let Some(lenience) = stop.lenience {
            let at = match lenience {
                // The error is told at the end of the indentation.
                Lenience::TabsInFlow => lines.line_span(text, lines.line(stop.problem.span.start)).start,
                _ => stop.problem.span.start,
            } as usize;
            read_around(lenience, &text[at..], &mut blanked[at..], apostrophe);
        } else {
            if !documents_with_error.contains(&stop.document) {
                documents_with_error.push(stop.document);
                problems.push(where_to_mend(text, &lines, &stop));
            }
            broken.push(blank(text, &lines, &mut blanked, &stop));
        }
        // Only whole characters are replaced, so this is text.
        let Ok(again) = std::str::from_utf8(&blanked) else { break };
        let Pass { tree, stopped } = pass(again);
        let Some(next) = stopped else {
            return finish(text, tree, problems, &broken, apostrophe);
        };
        if number == passes {
            prefix = Some(tree.into_owned());
        }
        stop = next;
    }
    let mut tree = prefix.unwrap_or(first);
    restore_apostrophes(&mut tree, apostrophe);
    for document in &mut tree.documents {
        document.broken = true;
    }
    problems.append(&mut tree.problems);
    tree.problems = problems;
    tree
}

/// A character of two bytes that the text does not hold, to stand in for `\'`.
fn stand_in_for_apostrophe(text: &str) -> char {
    ('\u{100}'..'\u{180}').find(|stand_in| !text.contains(*stand_in)).unwrap_or('\u{2bc}')
}

fn restore_apostrophes(tree: &mut Tree<'_>, stand_in: char) {
    for node in &mut tree.nodes {
        if node.style == Style::DoubleQuoted && node.value.contains(stand_in) {
            node.value = Cow::Owned(node.value.replace(stand_in, "'"));
        }
    }
}

/// Replaces what Talos's library reads and the one used here does not by something of the same length and meaning.
fn read_around(lenience: Lenience, text: &str, rest: &mut [u8], apostrophe: char) {
    match lenience {
        Lenience::Apostrophe => {
            for at in apostrophes(text) {
                apostrophe.encode_utf8(&mut rest[at..at + 2]);
            }
        }
        Lenience::Comment => {
            for byte in rest.iter_mut().take_while(|byte| !matches!(byte, b'\n' | b'\r')) {
                *byte = b' ';
            }
        }
        // Of this line and, as there will be more, of those that follow. Tabs that Talos minds are told later.
        Lenience::TabsInFlow => {
            let mut in_indentation = true;
            for byte in rest {
                match byte {
                    b'\t' if in_indentation => *byte = b' ',
                    b'\n' | b'\r' => in_indentation = true,
                    b' ' => {}
                    _ => in_indentation = false,
                }
            }
        }
    }
}

/// The problem at the place where it is to be mended, which is not always where it was noticed.
fn where_to_mend(text: &str, lines: &LineIndex, stop: &Stop) -> Problem {
    let mut problem = stop.problem.clone();
    if problem.kind != ProblemKind::Syntax {
        return problem;
    }
    if let Some(start) = open_bracket(text, lines, stop) {
        problem.span = Span { start, end: start + 1 };
        problem.message = String::from("a bracket or brace is not closed");
    } else if let Some(start) = stop.last_words.filter(|start| lines.line(*start) < lines.line(problem.span.start)) {
        let first = text.get(start as usize..).and_then(|rest| rest.lines().next()).unwrap_or("");
        problem.span = Span::new(start as usize, start as usize + first.trim_end().len());
        problem.message = String::from("a key here is not followed by `:`");
    }
    problem
}

/// Blanks what most likely cannot be read, and says which bytes that were.
fn blank(text: &str, lines: &LineIndex, blanked: &mut [u8], stop: &Stop) -> Span {
    let at_error = lines.line(stop.problem.span.start);
    let after_good = lines.line(stop.after.min(stop.problem.span.start));
    let has_text = |line: &usize| {
        let span = lines.line_span(text, *line);
        blanked[span.start as usize..span.end as usize].iter().any(|byte| !byte.is_ascii_whitespace())
    };
    // A bracket that is not closed is noticed far behind it, and a key without its colon on the next line.
    let opened = open_bracket(text, lines, stop).map(|at| lines.line(at)).filter(has_text);
    let words = stop.last_words.map(|start| lines.line(start)).filter(|line| *line < after_good);
    let without_colon = (words.unwrap_or(after_good + 1)..=at_error)
        .filter(has_text)
        .find(|line| is_word(lines.line_span(text, *line).slice(text)));
    // Else the line of the error is the one, or, where it has nothing left, what is before it.
    let line = opened.or(without_colon).or_else(|| (0..=at_error).rev().find(has_text)).unwrap_or(at_error);
    let mut last = line;
    // Indentation by tabs says nothing of what is below.
    if let Some(indent) = indentation(lines.line_span(text, line).slice(text)) {
        for next in line + 1..lines.lines() {
            let content = lines.line_span(text, next).slice(text);
            if content.trim().is_empty() {
                continue;
            }
            if indentation(content).is_none_or(|deeper| deeper <= indent) || content.starts_with("---") {
                break;
            }
            last = next;
        }
    }
    let span = lines.line_span(text, line).to(lines.line_span(text, last));
    for byte in &mut blanked[span.start as usize..span.end as usize] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    span
}

/// Whether a line is words without a colon, where a key belongs.
fn is_word(line: &str) -> bool {
    let line = line.trim();
    !line.contains(':') && !line.starts_with(['-', '#', '"', '\'', '{', '[', '}', ']', '|', '>', '&', '*', '!', '%'])
}

/// The number of spaces a line begins with; `None` where tabs are among them.
fn indentation(line: &str) -> Option<usize> {
    let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
    (line.as_bytes().get(spaces) != Some(&b'\t')).then_some(spaces)
}

/// The bracket that was not closed before the error: the line of the error goes on as if it had been, with an entry that
/// is indented no more than the line of the bracket.
fn open_bracket(text: &str, lines: &LineIndex, stop: &Stop) -> Option<u32> {
    let bracket = stop.bracket?;
    let (first, at_error) = (lines.line(bracket), lines.line(stop.problem.span.start));
    let content = |line: usize| lines.line_span(text, line).slice(text);
    let entry = content(at_error).trim();
    let is_entry = entry.starts_with("- ") || entry.ends_with(':') || entry.contains(": ");
    let in_brackets = entry.starts_with(['{', '[', ']', '}', '"', ',']) || entry.ends_with(',');
    let is_outside = first < at_error && is_entry && !in_brackets;
    (is_outside && indentation(content(at_error)) <= indentation(content(first))).then_some(bracket)
}

/// The tree of the blanked text, with what is broken marked and the problems found on the way.
fn finish<'s>(text: &str, tree: Tree<'_>, problems: Vec<Problem>, broken: &[Span], apostrophe: char) -> Tree<'s> {
    let mut tree = tree.into_owned();
    restore_apostrophes(&mut tree, apostrophe);
    if tree.documents.is_empty() && !broken.is_empty() {
        // Nothing could be read, but there is a document.
        tree.documents.push(Document { root: None, span: Span::default(), broken: true, unread: String::new() });
    }
    let ends: Vec<u32> = tree.documents.iter().skip(1).map(|document| document.span.start).collect();
    for (number, document) in tree.documents.iter_mut().enumerate() {
        let start = if number == 0 { 0 } else { ends.get(number - 1).copied().unwrap_or(0) };
        let end = ends.get(number).copied().unwrap_or(u32::MAX);
        for span in broken.iter().filter(|span| span.start < end && start < span.end) {
            document.broken = true;
            document.unread.push_str(beginning(span.slice(text)));
        }
    }
    tree.problems.splice(0..0, problems);
    tree
}

/// As much of a text as tells what it is.
fn beginning(text: &str) -> &str {
    const LENGTH: usize = 256;
    let end = (0..=LENGTH.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}
