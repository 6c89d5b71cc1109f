//! Reading on after an error, so that one bad line does not hide what is wrong with the rest.
//!
//! The line that cannot be read, with the lines indented below it, is blanked by spaces (so every offset stays) and the
//! text is read again, a bounded number of times. Only the first error of each document is told; its document is marked
//! as broken, and no rule concludes anything from what is absent there.

use super::parse::{Pass, Stop, pass};
use super::tree::{Problem, Tree};
use crate::text::{LineIndex, Span};

/// How often a text is read again at the most; large texts are read again less often.
const MAX_PASSES: usize = 40;

/// How many bytes are read at the most, all passes together, before recovery gives up.
const MAX_BYTES_READ: usize = 8 * 1024 * 1024;

/// Reads a source of YAML. It never fails: what cannot be read is told in [`Tree::problems`].
#[must_use]
pub fn parse(text: &str) -> Tree<'_> {
    let Pass { tree, stopped } = pass(text);
    match stopped {
        None => tree,
        Some(stop) => recover(text, tree, stop),
    }
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
    for _ in 0..passes {
        if !documents_with_error.contains(&stop.document) {
            documents_with_error.push(stop.document);
            problems.push(stop.problem.clone());
        }
        broken.push(blank(text, &lines, &mut blanked, &stop));
        // Blanking is bytewise spaces over whole characters, so this is text.
        let Ok(again) = std::str::from_utf8(&blanked) else { break };
        let Pass { tree, stopped } = pass(again);
        let Some(next) = stopped else {
            return finish(tree, problems, &broken);
        };
        prefix = Some(tree.into_owned());
        stop = next;
    }
    let mut tree = prefix.unwrap_or(first);
    for document in &mut tree.documents {
        document.broken = true;
    }
    problems.append(&mut tree.problems);
    tree.problems = problems;
    tree
}

/// Blanks what most likely cannot be read, and says which bytes that were.
fn blank(text: &str, lines: &LineIndex, blanked: &mut [u8], stop: &Stop) -> Span {
    let at_error = lines.line(stop.problem.span.start);
    let after_good = lines.line(stop.after.min(stop.problem.span.start));
    // The error is often noticed only after the line that caused it; the line where good reading ended is the other
    // candidate. Each pass blanks one that has something left.
    let candidates = [at_error].into_iter().chain((0..=at_error).rev().filter(|line| *line >= after_good));
    let has_text = |line: usize, blanked: &[u8]| {
        let span = lines.line_span(text, line);
        blanked[span.start as usize..span.end as usize].iter().any(|byte| !byte.is_ascii_whitespace())
    };
    let line = candidates
        .clone()
        .find(|line| has_text(*line, blanked))
        .or_else(|| (0..after_good).rev().find(|line| has_text(*line, blanked)))
        .unwrap_or(at_error);
    let mut last = line;
    let indent = indentation(lines.line_span(text, line).slice(text));
    for next in line + 1..lines.lines() {
        let content = lines.line_span(text, next).slice(text);
        if content.trim().is_empty() {
            continue;
        }
        if indentation(content) <= indent || content.starts_with("---") {
            break;
        }
        last = next;
    }
    let span = lines.line_span(text, line).to(lines.line_span(text, last));
    for byte in &mut blanked[span.start as usize..span.end as usize] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    span
}

fn indentation(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// The tree of the blanked text, with what is broken marked and the problems found on the way.
fn finish<'s>(tree: Tree<'_>, problems: Vec<Problem>, broken: &[Span]) -> Tree<'s> {
    let mut tree = tree.into_owned();
    let ends: Vec<u32> = tree.documents.iter().skip(1).map(|document| document.span.start).collect();
    for (number, document) in tree.documents.iter_mut().enumerate() {
        let start = if number == 0 { 0 } else { ends.get(number - 1).copied().unwrap_or(0) };
        let end = ends.get(number).copied().unwrap_or(u32::MAX);
        document.broken |= broken.iter().any(|span| span.start < end && start < span.end);
    }
    tree.problems.splice(0..0, problems);
    tree
}
