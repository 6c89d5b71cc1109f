//! What is more than text inside of values: kernel arguments, addresses, expressions, and patches in the file of a tool,
//! which an editor takes for text.

use crate::analysis::{View, each_view};
use crate::lines::Lines;
use crate::server::Asked;
use talint_analyzer::schema;
use talint_analyzer::syntax::{Kind, NodeRef, Resolved, Style, resolve};
use talint_analyzer::tables::{Format, Shape};
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{Range, SemanticToken, SemanticTokenType, SemanticTokens, SemanticTokensLegend};

/// The kinds of tokens, in the order in which the protocol numbers them.
const TYPES: [SemanticTokenType; 8] = [
    SemanticTokenType::PARAMETER,
    SemanticTokenType::OPERATOR,
    SemanticTokenType::STRING,
    SemanticTokenType::NUMBER,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::KEYWORD,
    SemanticTokenType::COMMENT,
];

const PARAMETER: u32 = 0;
const OPERATOR: u32 = 1;
const STRING: u32 = 2;
const NUMBER: u32 = 3;
const PROPERTY: u32 = 4;
const FUNCTION: u32 = 5;
const KEYWORD: u32 = 6;
const COMMENT: u32 = 7;

/// What the numbers of tokens mean.
pub(crate) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend { token_types: TYPES.to_vec(), token_modifiers: Vec::new() }
}

/// The tokens of a document, or of a range of it.
pub(crate) fn semantic_tokens(asked: &Asked<'_>, range: Option<Range>) -> SemanticTokens {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let mut tokens = Vec::new();
    // What is text to the editor.
    let mut texts: Option<Vec<Span>> = None;
    each_view(asked, |view| {
        let mut found = embedded(view);
        let first = view.tree.roots().next().map(|root| view.in_file(root.span()).start);
        match &texts {
            None => texts = Some(view.tree.roots().flat_map(NodeRef::scalars).map(NodeRef::span).collect()),
            Some(texts) if first.is_some_and(|first| texts.iter().any(|text| text.touches(first))) => {
                yaml(view, &mut found);
            }
            Some(_) => {}
        }
        tokens.extend(found.into_iter().map(|(span, kind)| (view.in_file(span), kind)));
    });
    if let Some(range) = range {
        let wanted = lines.span(range);
        tokens.retain(|(span, _)| span.start < wanted.end && wanted.start < span.end);
    }
    tokens.sort_unstable();
    let mut data = Vec::with_capacity(tokens.len());
    let (mut line, mut column) = (0, 0);
    for (span, token_type) in tokens {
        let (start, end) = (lines.position(span.start), lines.position(span.end));
        if start.line != end.line {
            continue;
        }
        let delta_start = if start.line == line { start.character - column } else { start.character };
        data.push(SemanticToken {
            delta_line: start.line - line,
            delta_start,
            length: end.character - start.character,
            token_type,
            token_modifiers_bitset: 0,
        });
        (line, column) = (start.line, start.character);
    }
    SemanticTokens { result_id: None, data }
}

/// Adds the tokens of YAML as such, where there is nothing more to tell.
fn yaml(view: &View<'_>, found: &mut Vec<(Span, u32)>) {
    found.extend(view.tree.comments.iter().map(|comment| (comment.span, COMMENT)));
    let embedded: Vec<Span> = found.iter().map(|(span, _)| *span).collect();
    let mut nodes: Vec<NodeRef<'_, '_>> = view.tree.roots().collect();
    while let Some(node) = nodes.pop() {
        nodes.extend(node.children());
        let span = node.span();
        let is_told = || embedded.iter().any(|inner| span.start <= inner.start && inner.end <= span.end);
        if node.kind() != Kind::Scalar || span.is_empty() || is_told() {
            continue;
        }
        let is_key = node.parent().is_some_and(|parent| parent.entries().any(|(key, _)| key == node));
        found.push((span, if is_key { PROPERTY } else { kind_of(node) }));
    }
}

/// What a value is by itself.
fn kind_of(node: NodeRef<'_, '_>) -> u32 {
    match resolve(node) {
        Resolved::Int(_) | Resolved::Float(_) => NUMBER,
        Resolved::Bool(_) | Resolved::Null => KEYWORD,
        _ => STRING,
    }
}

/// Whether what is read of a scalar is what is written: it has no escapes.
fn is_as_written(node: NodeRef<'_, '_>, text: &str) -> bool {
    let written = node.span().slice(text);
    match node.node().style {
        Style::DoubleQuoted => !written.contains('\\'),
        Style::SingleQuoted => !written.trim_matches('\'').contains('\''),
        _ => true,
    }
}

/// The tokens of what is embedded in a text, in any order.
fn embedded(view: &View<'_>) -> Vec<(Span, u32)> {
    let mut found = Vec::new();
    for input in view.inputs.iter().filter(|input| input.kind.is_ours()) {
        let Some(root) = input.root else { continue };
        for node in root.scalars() {
            if !is_as_written(node, view.text) {
                continue;
            }
            let is_argument = view.tree.is_plain
                || node.parent().and_then(NodeRef::key).is_some_and(|key| key.value() == "extraKernelArgs");
            if is_argument {
                kernel_arguments(node.span(), view.text, &mut found);
                continue;
            }
            let located = schema::locate(input, node, view.versions.talos);
            match located.map(|located| *located.shape.value()) {
                Some(Shape::Format(Format::Prefix | Format::Ip | Format::IpPort)) => {
                    found.push((inner(node.span(), view.text), NUMBER));
                }
                Some(Shape::Format(Format::Cel)) => expression(node.span(), view.text, &mut found),
                Some(Shape::String) if is_prefix(node.value()) => found.push((inner(node.span(), view.text), NUMBER)),
                _ => {}
            }
        }
    }
    found
}

/// A prefix of addresses where any text may stand.
fn is_prefix(text: &str) -> bool {
    let parts = text.split_once('/');
    parts.is_some_and(|(address, bits)| address.parse::<std::net::IpAddr>().is_ok() && bits.parse::<u8>().is_ok())
}

/// What is between the quotes.
fn inner(span: Span, text: &str) -> Span {
    let content = span.slice(text);
    let quoted = content.len() >= 2 && content.starts_with(['"', '\'']);
    if quoted { Span::new(span.start as usize + 1, span.end as usize - 1) } else { span }
}

fn kernel_arguments(span: Span, text: &str, found: &mut Vec<(Span, u32)>) {
    let span = inner(span, text);
    let content = span.slice(text);
    for word in content.split_whitespace() {
        let start = span.start as usize + (word.as_ptr() as usize - content.as_ptr() as usize);
        let name = word.split('=').next().unwrap_or(word);
        let minus = usize::from(name.len() > 1 && name.starts_with('-'));
        if minus > 0 {
            found.push((Span::new(start, start + minus), OPERATOR));
        }
        found.push((Span::new(start + minus, start + name.len()), PARAMETER));
        if name.len() < word.len() {
            let at = start + name.len();
            found.push((Span::new(at, at + 1), OPERATOR));
            if at + 1 < start + word.len() {
                found.push((Span::new(at + 1, start + word.len()), STRING));
            }
        }
    }
}

/// The tokens of a CEL expression.
fn expression(span: Span, text: &str, found: &mut Vec<(Span, u32)>) {
    let content = span.slice(text);
    let start = span.start as usize;
    let bytes = content.as_bytes();
    // The quotes of the YAML text around it are none of the expression.
    let mut at =
        usize::from(content.len() >= 2 && matches!(bytes[0], b'"' | b'\'') && bytes[bytes.len() - 1] == bytes[0]);
    let end_of_text = content.len() - at;
    while at < end_of_text {
        let rest = &content[at..end_of_text];
        let first = rest.chars().next().unwrap_or(' ');
        let while_true = |is_part: &dyn Fn(char) -> bool| rest.len() - rest.trim_start_matches(is_part).len();
        let (length, kind) = match first {
            '"' | '\'' => {
                let close = rest[1..].find(first).map_or(rest.len(), |close| close + 2);
                (close, Some(STRING))
            }
            '0'..='9' => (while_true(&|c| c.is_ascii_alphanumeric() || c == '.'), Some(NUMBER)),
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = while_true(&|c| c.is_ascii_alphanumeric() || c == '_');
                let is_call = rest[length..].trim_start().starts_with('(');
                let is_keyword = matches!(&rest[..length], "true" | "false" | "null" | "in");
                (
                    length,
                    Some(if is_keyword {
                        KEYWORD
                    } else if is_call {
                        FUNCTION
                    } else {
                        PROPERTY
                    }),
                )
            }
            '=' | '!' | '<' | '>' | '&' | '|' | '+' | '-' | '*' | '%' | '?' | ':' => {
                (while_true(&|c| "=!<>&|+-*%?:".contains(c)), Some(OPERATOR))
            }
            other => (other.len_utf8(), None),
        };
        if let Some(kind) = kind {
            found.push((Span::new(start + at, start + at + length), kind));
        }
        at += length;
    }
}
