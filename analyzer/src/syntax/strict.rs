//! What Talos's YAML library does not read, though the one used here does.
//!
//! Talos reads YAML 1.1 with a descendant of libyaml; the library here reads YAML 1.2, which allows more.

use super::tree::{Dialect, Kind, Node, NodeRef, Problem, ProblemKind, Style, Tree};
use crate::text::Span;
use std::collections::HashSet;

/// Adds to the problems of `tree`, at most one a document.
pub(super) fn check(text: &str, tree: &mut Tree<'_>) {
    let mut found = Vec::new();
    nodes(text, tree, &mut found);
    tabs(text, tree, &mut found);
    lines(text, &mut found);
    found.sort_by_key(|problem| problem.span);
    let document = |tree: &Tree<'_>, problem: &Problem| {
        tree.documents.partition_point(|document| document.span.start <= problem.span.start)
    };
    let mut told: HashSet<(ProblemKind, usize)> =
        tree.problems.iter().map(|problem| (problem.kind, document(tree, problem))).collect();
    for problem in found {
        if told.insert((problem.kind, document(tree, &problem))) {
            tree.problems.push(problem);
        }
    }
}

fn problem(start: usize, length: usize, message: &str) -> Problem {
    Problem { kind: ProblemKind::Syntax, span: Span::new(start, start + length), message: message.to_owned() }
}

fn dialect(dialect: Dialect, problem: Problem) -> Problem {
    Problem { kind: ProblemKind::Dialect(dialect), ..problem }
}

/// What is wrong with single nodes.
fn nodes(text: &str, tree: &Tree<'_>, found: &mut Vec<Problem>) {
    for node in &tree.nodes {
        match (node.kind, node.style) {
            (Kind::Scalar, Style::Plain) if is_in_flow(tree, node) => plain_in_flow(text, node, found),
            (Kind::Scalar, Style::DoubleQuoted) => escapes(text, node.span, found),
            (Kind::Alias, _) => anchor(&node.value, node.span, is_in_flow(tree, node), found),
            _ => {}
        }
        if node.kind == Kind::Scalar && is_key(tree, node) {
            key(text, node, found);
        }
        if let Some(span) = node.anchor {
            anchor(span.slice(text).trim_start_matches('&'), span, is_in_flow(tree, node), found);
        }
    }
}

fn plain_in_flow(text: &str, node: &Node<'_>, found: &mut Vec<Problem>) {
    let start = node.span.start as usize;
    let written = node.span.slice(text);
    if written.starts_with(':') {
        found.push(problem(start, 1, "a value in brackets cannot begin with `:`; put it in quotes"));
        return;
    }
    let mut marks = written.match_indices('?').map(|(at, _)| start + at).peekable();
    let Some(first) = marks.peek().copied() else { return };
    let is_before_blank = |at: &usize| text.get(at + 1..).is_some_and(|rest| rest.starts_with([' ', '\t', '\n', '\r']));
    let key = marks.find(is_before_blank);
    found.push(if let Some(at) = key {
        problem(at, 1, "`? ` begins a key in brackets; put the value in quotes")
    } else {
        let message = "`?` is not read in brackets; put the value in quotes";
        dialect(Dialect::QuestionMarkInFlow, problem(first, 1, message))
    });
}

fn is_in_flow(tree: &Tree<'_>, node: &Node<'_>) -> bool {
    node.parent.is_some_and(|parent| tree.node(parent).node().style == Style::Flow)
}

fn is_key(tree: &Tree<'_>, node: &Node<'_>) -> bool {
    node.position.is_multiple_of(2) && node.parent.is_some_and(|parent| tree.node(parent).kind() == Kind::Mapping)
}

/// A key that no `?` marks.
fn key(text: &str, node: &Node<'_>, found: &mut Vec<Problem>) {
    let start = node.span.start as usize;
    if node.span.is_empty() {
        let (before, rest) = text.split_at_checked(start).unwrap_or((text, ""));
        let is_absent = node.tag.is_none() && node.anchor.is_none() && rest.starts_with(':');
        if is_absent && !before.trim_end().ends_with('?') {
            found.push(problem(start, 1, "the key before `:` is missing"));
        }
        return;
    }
    // A plain key over lines is longer than its value, as the line after is indented.
    let is_as_written =
        node.style == Style::Plain && node.span.end - node.span.start == Span::new(0, node.value.len()).end;
    let is_block = matches!(node.style, Style::Literal | Style::Folded);
    if is_as_written || is_block || !node.span.slice(text).contains('\n') {
        return;
    }
    let line = text.get(..start).unwrap_or("").rsplit(['\n', '\r']).next().unwrap_or("");
    if !line.contains('?') {
        let message = "a key stands on one line with its `:`; is the line before it complete?".to_owned();
        found.push(Problem { kind: ProblemKind::Syntax, span: node.span, message });
    }
}

/// The name of an anchor or an alias.
fn anchor(name: &str, span: Span, in_flow: bool, found: &mut Vec<Problem>) {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return;
    }
    let message = "the name of an anchor is made of letters, digits, `_` and `-` only".to_owned();
    let problem = Problem { kind: ProblemKind::Syntax, span, message };
    // In a block the colon ends the name and begins a value.
    if !name.is_ascii() || in_flow && name.contains(':') {
        found.push(problem);
    } else if !name.contains(':') {
        found.push(dialect(Dialect::AnchorName, problem));
    }
}

/// Escapes of JSON that libyaml does not have.
fn escapes(text: &str, span: Span, found: &mut Vec<Problem>) {
    let source = span.slice(text);
    let mut at = 0;
    while let Some(next) = source.get(at..).and_then(|rest| rest.find('\\')) {
        at += next;
        let rest = &source[at + 1..];
        let is_surrogate = |digits: &str, start: usize| {
            digits.get(start..start + 4).and_then(|hex| u32::from_str_radix(hex, 16).ok()).is_some_and(|code| {
                (0xd800..0xe000).contains(&code) && digits[..start].bytes().all(|byte| byte == b'0')
            })
        };
        let start = span.start as usize + at;
        if rest.starts_with('/') {
            found.push(problem(start, 2, "the escape `\\/` is one of JSON, not of YAML 1.1; write `/`"));
            return;
        }
        if rest.strip_prefix('u').is_some_and(|digits| is_surrogate(digits, 0))
            || rest.strip_prefix('U').is_some_and(|digits| is_surrogate(digits, 4))
        {
            let message = "the escape is one half of a character; write the character itself";
            found.push(problem(start, 6, message));
            return;
        }
        at += 1 + rest.chars().next().map_or(0, char::len_utf8);
    }
}

/// Tabs that stand where indentation counts.
fn tabs(text: &str, tree: &Tree<'_>, found: &mut Vec<Problem>) {
    if !text.contains('\t') {
        return;
    }
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        // Indicators of entries end indentation of their own.
        let indentation = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'-' | b'?')).count();
        let tab = line[..indentation].find('\t').filter(|_| !line.starts_with("--"));
        if let Some(tab) = tab
            && !is_free_for_tabs(text, tree, start, start + tab)
        {
            found.push(problem(start + tab, 1, "a tab is used for indentation; YAML indents with spaces"));
            return;
        }
        start += line.len();
    }
}

/// Whether a tab may stand at `at`, in the white space that begins the line at `line`.
fn is_free_for_tabs(text: &str, tree: &Tree<'_>, line: usize, at: usize) -> bool {
    let offset = Span::new(at, at).start;
    // Nodes stand in the order of their text.
    let next = tree.nodes.partition_point(|node| node.span.start <= offset);
    let Some(last) = next.checked_sub(1).map(|last| tree.node(super::NodeId(Span::new(last, last).start))) else {
        return false;
    };
    let mut node = Some(last);
    while let Some(around) = node {
        let is_opaque =
            around.node().style == Style::Flow || around.kind() == Kind::Scalar && around.node().style != Style::Plain;
        if is_opaque && around.span().end > offset {
            return true;
        }
        node = around.parent();
    }
    // A plain scalar may go on after a tab, if it is indented enough.
    let is_plain = last.kind() == Kind::Scalar && last.node().style == Style::Plain && !last.span().is_empty();
    let between = text.get(last.span().end as usize..at).unwrap_or("");
    let goes_on = last.span().end > offset || between.bytes().all(|byte| byte.is_ascii_whitespace());
    is_plain && goes_on && at - line > indentation_of(text, last)
}

/// The column of the block that holds a node.
fn indentation_of(text: &str, node: NodeRef<'_, '_>) -> usize {
    let start = node.parent().map_or(0, |parent| parent.span().start as usize);
    let before = text.get(..start).unwrap_or("");
    start - before.rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

/// Directives, and what stands around the marks of documents.
fn lines(text: &str, found: &mut Vec<Problem>) {
    let mut has_marks = false;
    let mut start = 0;
    // Only what begins a line counts.
    for line in text.split_inclusive('\n') {
        match line.as_bytes().first() {
            Some(b'%' | b'.') => has_marks = true,
            Some(b'\xef') if start > 0 && line.starts_with('\u{feff}') => {
                found.push(problem(start, 3, "a byte order mark stands at the beginning of a file only"));
            }
            _ => {}
        }
        start += line.len();
    }
    if !has_marks {
        return;
    }
    // Whether a document may begin, and directives may stand.
    let mut between = true;
    let mut ended = false;
    let mut any = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let is_mark = |mark: &str| {
            content.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        };
        if content.is_empty() || content.starts_with('#') {
        } else if is_mark("...") {
            if !any {
                let message = "there is no document for `...` to end";
                found.push(dialect(Dialect::LeadingEnd, problem(start, 3, message)));
            }
            (between, ended) = (true, true);
        } else if is_mark("---") {
            (between, ended, any) = (false, false, true);
        } else if between && content.starts_with('%') {
            let mut words = content.split_whitespace();
            let known = match words.next() {
                Some("%YAML") => words.next() == Some("1.1"),
                Some("%TAG") => true,
                _ => false,
            };
            if !known {
                let message = "Talos reads YAML 1.1 and no other directive than `%YAML 1.1` and `%TAG`";
                found.push(problem(start, content.len(), message));
            }
        } else {
            if ended {
                found.push(problem(start, content.len(), "after `...` the next document begins with `---`"));
            }
            (between, ended, any) = (false, false, true);
        }
        start += line.len();
    }
}
