//! Expressions in CEL: where they stand, and the names they use.
//!
//! Only names are told apart here, not the grammar: enough to say which variables an expression asks for.

use super::documents::find_in_version;
use crate::context::Context;
use crate::input::is_unknown;
use crate::syntax::{Kind, NodeRef};
use crate::text::Span;

/// An expression.
#[derive(Clone, Copy)]
pub(super) struct Expression<'t, 's> {
    /// What kind of expression it is: the scope of its variables in `tables::expression_names`.
    pub scope: &'static str,
    pub node: NodeRef<'t, 's>,
}

/// A name in an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name<'t> {
    pub text: &'t str,
    /// Where it stands in the expression.
    pub offset: usize,
    /// The variable that it is a field of.
    pub owner: Option<&'t str>,
}

const DISK: &[&str] = &["provisioning", "diskSelector", "match"];
const VOLUME: &[&str] = &["provisioning", "volumeSelector", "match"];

/// Where expressions stand.
const PLACES: [(&str, &[&str], &str); 11] = [
    ("ExistingVolumeConfig", &["discovery", "volumeSelector", "match"], "volume-selector"),
    ("LVMVolumeGroupConfig", VOLUME, "member-selector"),
    ("LinkAliasConfig", &["selector", "match"], "link-selector"),
    ("OOMConfig", &["cgroupRankingExpression"], "oom-ranking"),
    ("OOMConfig", &["triggerExpression"], "oom-trigger"),
    ("RAIDArrayConfig", VOLUME, "member-selector"),
    ("RawVolumeConfig", DISK, "disk-selector"),
    ("SwapVolumeConfig", DISK, "disk-selector"),
    ("UnattendedInstallConfig", DISK, "disk-selector"),
    ("UserVolumeConfig", DISK, "disk-selector"),
    ("VolumeConfig", DISK, "disk-selector"),
];

/// The expressions of a source that are known.
pub(super) fn expressions<'t, 's>(context: &Context<'t, 's>) -> Vec<Expression<'t, 's>> {
    let found = PLACES.into_iter().flat_map(|(kind, path, scope)| {
        let nodes = find_in_version(context, &[(kind, path)]).into_iter().map(|found| found.node);
        nodes.map(move |node| Expression { scope, node })
    });
    found.filter(|found| found.node.kind() == Kind::Scalar && !is_unknown(found.node)).collect()
}

impl<'t> Expression<'t, '_> {
    /// The names that the expression uses and does not bring along itself; of functions and of what they return there
    /// are none. `None` for an expression that makes messages or maps, whose keys look like names.
    pub(super) fn names(self) -> Option<Vec<Name<'t>>> {
        names(self.node.value())
    }

    /// The range of a name; that of the whole expression where it cannot be told.
    pub(super) fn place(self, name: Name<'t>, text: &str) -> Span {
        let span = self.node.span();
        let Some(offset) = span.slice(text).find(self.node.value()) else {
            return span.only(name.text, text).unwrap_or(span);
        };
        let start = span.start as usize + offset + name.offset;
        Span::new(start, start + name.text.len())
    }
}

/// A part of an expression that matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str, usize),
    Sign(char),
    /// A number or a text.
    Literal,
}

fn names(expression: &str) -> Option<Vec<Name<'_>>> {
    let tokens = tokens(expression);
    if tokens.contains(&Token::Sign('{')) {
        return None;
    }
    let is_sign = |at: Option<usize>, sign| at.and_then(|at| tokens.get(at)) == Some(&Token::Sign(sign));
    let is_member = |at: usize| is_sign(at.checked_sub(1), '.') || is_sign(at.checked_sub(1), '?');
    let mut bound = Vec::new();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(text, offset) = *token else { continue };
        if is_sign(Some(at + 1), '(') {
            // `disks.exists(d, …)` brings the name `d`.
            if let (true, Some(Token::Word(variable, _))) = (is_member(at), tokens.get(at + 2)) {
                bound.extend(is_sign(Some(at + 3), ',').then_some(*variable));
            }
        } else if !is_member(at) {
            found.push(Name { text, offset, owner: None });
            let field = tokens.get(at + 2).filter(|_| is_sign(Some(at + 1), '.') && !is_sign(Some(at + 3), '('));
            if let Some(Token::Word(field, offset)) = field {
                found.push(Name { text: field, offset: *offset, owner: Some(text) });
            }
        }
    }
    found.retain(|name| !bound.contains(&name.owner.unwrap_or(name.text)));
    Some(found)
}

fn tokens(expression: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let offset = expression.len() - rest.len();
        let end = |is_part: fn(char) -> bool| rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        let length = match first {
            '"' | '\'' => text_length(rest, false),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if first.is_ascii_digit() => end(|letter| letter.is_ascii_alphanumeric() || letter == '.'),
            _ if first.is_ascii_alphabetic() || first == '_' => {
                end(|letter| letter.is_ascii_alphanumeric() || letter == '_')
            }
            _ => first.len_utf8(),
        };
        let (part, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        let is_prefix = matches!(part, "r" | "R" | "b" | "B" | "rb" | "br" | "Rb" | "bR" | "rB" | "Br" | "RB" | "BR");
        if is_prefix && after.starts_with(['"', '\'']) {
            let is_raw = part.contains(['r', 'R']);
            rest = after.get(text_length(after, is_raw)..).unwrap_or("");
            tokens.push(Token::Literal);
        } else if first.is_ascii_alphabetic() || first == '_' {
            tokens.push(Token::Word(part, offset));
        } else if first.is_ascii_digit() || matches!(first, '"' | '\'') {
            tokens.push(Token::Literal);
        } else if !first.is_whitespace() && !part.starts_with("//") {
            tokens.push(Token::Sign(first));
        }
    }
    tokens
}

/// How long the text is that `rest` begins with, quotes and all.
fn text_length(rest: &str, is_raw: bool) -> usize {
    let quote = rest.chars().next().unwrap_or('"');
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let delimiter = if rest.starts_with(&triple) { triple.as_str() } else { triple.get(..1).unwrap_or("\"") };
    let mut at = delimiter.len();
    while let Some(letter) = rest.get(at..).and_then(|rest| rest.chars().next()) {
        if rest.get(at..).is_some_and(|rest| rest.starts_with(delimiter)) {
            return at + delimiter.len();
        }
        at += letter.len_utf8();
        if letter == '\\' && !is_raw {
            at += rest.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::names;

    fn found(expression: &str) -> Option<Vec<String>> {
        let names = names(expression)?.into_iter();
        Some(
            names
                .map(|name| format!("{}{}", name.owner.map_or(String::new(), |owner| format!("{owner}.")), name.text))
                .collect(),
        )
    }

    #[test]
    fn the_names_of_an_expression() {
        let cases = [
            ("!system_disk", "system_disk"),
            ("disk.size > 120u * GB && disk.transport == 'nvme'", "disk disk.size GB disk disk.transport"),
            (r#"disk.serial.startsWith("a.b // c") // disk.comment"#, "disk disk.serial"),
            (r#"glob("pci:*", disk.modalias) || r"\" == disk.model"#, "disk disk.modalias disk disk.model"),
            ("disk.symlinks.exists(l, l.contains('x'))", "disk disk.symlinks"),
            ("0x1Fu + 1e10 + 1.5", ""),
            ("has(link.vlan) && mac(link.permanent_addr) == '''it's'''", "link link.vlan link link.permanent_addr"),
        ];
        for (expression, expected) in cases {
            let expected: Vec<String> = expected.split_whitespace().map(str::to_owned).collect();
            assert_eq!(found(expression), Some(expected), "{expression}");
        }
        assert_eq!(found("{'a': disk}.a == disk"), None);
        for broken in ["'", "\"\\", "r'", "'''", "disk.", ".", "é'é", "a.b('"] {
            found(broken);
        }
    }
}
