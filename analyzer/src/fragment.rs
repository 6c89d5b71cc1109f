//! Configuration inside of another YAML file, as a text whose offsets stay true: byte for byte the part of the file, with
//! what is not of the configuration blanked.

use crate::syntax::{self, Kind, NodeRef, Style, Tree};
use crate::text::Span;

/// A text inside of a YAML file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The text, as long as the part of the file that it is.
    pub text: String,
    /// Where that part begins: byte `i` of the text is byte `offset + i` of the file.
    pub offset: u32,
}

/// The fragment that `node` of the file `host` holds: the text of a scalar, or a mapping or list as it stands there. `None`
/// where no text of the same length says the same: a folded scalar that folds, escapes that stand for nothing of their
/// length, an alias of something outside.
#[must_use]
pub fn of(host: &str, node: NodeRef<'_, '_>) -> Option<Fragment> {
    match (node.kind(), node.node().style) {
        (Kind::Scalar, Style::Literal | Style::Folded) => block(host, node),
        (Kind::Scalar, Style::SingleQuoted | Style::DoubleQuoted) => quoted(host, node),
        (Kind::Mapping | Kind::Sequence, _) => inline(host, node),
        _ => None,
    }
}

/// A block scalar: its lines as they stand. A mark of a document goes to the beginning of its line, for only there it is
/// one.
fn block(host: &str, node: NodeRef<'_, '_>) -> Option<Fragment> {
    let span = node.span();
    let start = line_start(host, span)?;
    let indent = span.start as usize - start;
    let content = host.get(start..span.end as usize)?;
    let is_blank = |line: &str| line.trim_matches([' ', '\t', '\r', '\n']).is_empty();
    let mut text = String::with_capacity(content.len());
    let mut dedented = String::with_capacity(content.len());
    for line in content.split_inclusive('\n') {
        let spaces = (line.len() - line.trim_start_matches(' ').len()).min(indent);
        if spaces < indent && !is_blank(line) {
            return None;
        }
        let rest = line.get(spaces..)?;
        dedented.push_str(rest);
        let is_mark = ["---", "..."].iter().any(|mark| rest.starts_with(mark));
        if is_mark {
            let end = rest.trim_end_matches(['\n', '\r']).len();
            text.push_str(rest.get(..end)?);
            text.push_str(line.get(..line.len() - rest.len())?);
            text.push_str(rest.get(end..)?);
        } else {
            text.push_str(line);
        }
    }
    let lines = |text: &str| text.lines().collect::<Vec<_>>().join("\n").trim_start_matches('\n').trim_end().to_owned();
    let is_exact = lines(&dedented) == lines(node.value());
    is_exact.then(|| Fragment { text, offset: Span::new(start, 0).start })
}

/// Where the line begins that a range begins on.
fn line_start(host: &str, span: Span) -> Option<usize> {
    Some(host.get(..span.start as usize)?.rfind('\n').map_or(0, |at| at + 1))
}

/// A scalar in quotes: what stands between them, with escapes as something of their length that says the same.
fn quoted(host: &str, node: NodeRef<'_, '_>) -> Option<Fragment> {
    let span = node.span();
    let inside = Span { start: span.start + 1, end: span.end.checked_sub(1)? };
    let written = inside.slice(host);
    let mut text = String::with_capacity(written.len());
    // A quote that begins something has its space before it, one that ends something behind it.
    let mut is_open = false;
    let mut signs = written.chars().peekable();
    let is_double = node.node().style == Style::DoubleQuoted;
    while let Some(sign) = signs.next() {
        let escape = if is_double && sign == '\\' || !is_double && sign == '\'' { '\\' } else { sign };
        if escape != '\\' {
            text.push(sign);
            continue;
        }
        match signs.next()? {
            'n' if is_double => text.push_str(" \n"),
            't' if is_double => text.push_str("  "),
            quote @ ('"' | '\'') => {
                text.extend(if is_open { [quote, ' '] } else { [' ', quote] });
                is_open = !is_open;
            }
            _ => return None,
        }
    }
    let is_exact = text.len() == written.len() && is_same(&syntax::parse(&text), &syntax::parse(node.value()));
    is_exact.then_some(Fragment { text, offset: inside.start })
}

/// Whether two texts say the same.
fn is_same(first: &Tree<'_>, second: &Tree<'_>) -> bool {
    let is_clean = first.problems.is_empty() && second.problems.is_empty();
    is_clean
        && first.len() == second.len()
        && first
            .nodes()
            .zip(second.nodes())
            .all(|(a, b)| a.kind == b.kind && a.value == b.value && a.parent == b.parent)
}

/// A mapping or a list where it stands, from the beginning of its line.
fn inline(host: &str, node: NodeRef<'_, '_>) -> Option<Fragment> {
    let span = node.span();
    if has_outside_alias(node, span) {
        return None;
    }
    let start = line_start(host, span)?;
    let mut text = " ".repeat(span.start as usize - start);
    text.push_str(span.slice(host));
    Some(Fragment { text, offset: Span::new(start, 0).start })
}

fn has_outside_alias(node: NodeRef<'_, '_>, span: Span) -> bool {
    let is_inside = |target: NodeRef<'_, '_>| span.start <= target.span().start && target.span().end <= span.end;
    match node.kind() {
        Kind::Alias => !node.target().is_some_and(is_inside),
        _ => node.children().any(|child| has_outside_alias(child, span)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fragment at the first value of the host's root mapping.
    fn first(host: &str) -> Option<Fragment> {
        let tree = syntax::parse(host);
        let (_, value) = tree.roots().next()?.entries().next()?;
        of(host, value)
    }

    /// Each leaf of a fragment has the bytes of the host; returns the values.
    fn leaves(host: &str) -> Vec<String> {
        let fragment = first(host).unwrap_or_else(|| panic!("no fragment in {host:?}"));
        let (start, end) = (fragment.offset as usize, fragment.offset as usize + fragment.text.len());
        assert!(host.get(start..end).is_some(), "{host:?}");
        let tree = syntax::parse(&fragment.text);
        assert!(tree.problems.is_empty(), "{:?} in {:?}", tree.problems, fragment.text);
        let scalars = tree.nodes().filter(|node| node.kind == Kind::Scalar && !node.span.is_empty());
        scalars
            .map(|node| {
                let in_host = Span { start: node.span.start + fragment.offset, end: node.span.end + fragment.offset };
                let (here, there) = (node.span.slice(&fragment.text), in_host.slice(host));
                assert!(
                    here == there || there.contains('\\') || there.contains("''"),
                    "{here:?} is {there:?} in {host:?}"
                );
                node.value.to_string()
            })
            .collect()
    }

    #[test]
    fn a_block_scalar_is_its_lines() {
        assert_eq!(leaves("a: |\n  b:\n    c: é\n    # d\n    e: [1, \"2\"]\nz: 0\n"), ["b", "c", "é", "e", "1", "2"]);
        assert_eq!(leaves("a: |-\n\n    b: 1\n\n      # c\n    d: |\n      e\n\n"), ["b", "1", "d", "e\n"]);
        assert_eq!(leaves("a: >-\n  b:\n    c: 1\n    d: 2\n"), ["b", "c", "1", "d", "2"]);
        assert_eq!(leaves("- |\r\n  b: 1\r\n  c: 2\r\n".replace("- ", "a: ").as_str()), ["b", "1", "c", "2"]);
    }

    #[test]
    fn documents_of_a_block_scalar_are_told_apart() {
        let host = "a: |\n  b: 1\n  --- # next\n  c: 2\n";
        assert_eq!(leaves(host), ["b", "1", "c", "2"]);
        assert_eq!(first(host).unwrap().text, "  b: 1\n--- # next  \n  c: 2\n");
    }

    #[test]
    fn a_quoted_scalar_is_what_is_between_the_quotes() {
        assert_eq!(leaves("a: \"b: {c: 1}\"\n"), ["b", "c", "1"]);
        assert_eq!(leaves("a: 'b: {c: \"1\"}'\n"), ["b", "c", "1"]);
        assert_eq!(leaves("a: \"b:\\n  c: \\\"d e\\\"\\n  f: 2\"\n"), ["b", "c", "d e", "f", "2"]);
        assert_eq!(leaves("a: '{\"b\": [''c'', 1]}'\n"), ["b", "c", "1"]);
    }

    #[test]
    fn a_mapping_or_list_stands_where_it_is() {
        assert_eq!(leaves("a:\n  b: 1\n  c: {d: 2}\n"), ["b", "1", "c", "d", "2"]);
        assert_eq!(leaves("a: {b: 1, c: [2]}\n"), ["b", "1", "c", "2"]);
        assert_eq!(leaves("a:\n  - op: add\n    path: /b\n  - c\n"), ["op", "add", "path", "/b", "c"]);
    }

    #[test]
    fn what_has_no_text_of_its_length_is_none() {
        assert_eq!(first("a: >\n  b: 1\n  c: 2\n"), None);
        assert_eq!(first("a: \"b: \\u00e9\"\n"), None);
        assert_eq!(first("a: b\n"), None);
        let host = "x: &y 1\na: {b: *y}\n";
        let tree = syntax::parse(host);
        let value = tree.roots().next().and_then(|root| root.get("a")).unwrap();
        assert_eq!(of(host, value), None);
    }

    const LINES: [&str; 10] = [
        "key: value",
        "list: [1, 'two', \"three\"]",
        "# a comment",
        "map: {a: b}",
        "text: |\n  lines\n   more",
        "é: \u{1f600}",
        "quoted: \"a \\\" b\"",
        "---",
        "",
        "item:\n- x\n- y: z",
    ];

    #[test]
    fn leaves_are_the_bytes_of_the_host_in_random_configurations() {
        let mut state = 11_u32;
        let mut next = |count: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize % count
        };
        for round in 0..4000 {
            let mut content = String::from("first: 1\n");
            for number in 0..next(6) {
                let line = LINES[next(LINES.len())].replacen(':', &format!("{number}:"), 1);
                content.push_str(&line);
                content.push('\n');
            }
            let indent = " ".repeat(1 + next(6));
            let indented = |text: &str| {
                text.split('\n')
                    .map(|line| if line.is_empty() { String::new() } else { format!("{indent}{line}") })
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            let host = match round % 3 {
                0 => format!("a: |\n{}", indented(&content)),
                1 => format!("a: {:?}\n", content.replace('\u{1f600}', "x")),
                _ => format!("a: # why\n{}\nz: 1\n", indented(&content.replace("---\n", ""))),
            };
            // Not each text in quotes has a fragment; what has one keeps its places.
            if first(&host).is_some() {
                assert!(!leaves(&host).is_empty());
            } else {
                assert_eq!(round % 3, 1, "{host:?}");
            }
        }
    }
}
