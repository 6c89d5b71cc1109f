//! Templates to text of the same length that is YAML: the languages of Jinja, Go, Helm and Terraform, told by their tags.
//!
//! A tag that stands for a value becomes a word that is taken as unknown, and a line of nothing but tags is blanked. Where a
//! line decides whether others are there, or brings lines that cannot be seen, a [`Template::gaps`] is told: nothing may be
//! concluded from what is absent, nor from two things that stand on different sides of it.

use crate::text::Span;

/// Endings of the files of template languages.
pub const ENDINGS: [&str; 7] = ["j2", "jinja", "jinja2", "tpl", "tmpl", "tftpl", "gotmpl"];

/// How many texts are made of a template at the most.
const MAX_VARIANTS: usize = 4;

/// A template, read.
#[derive(Debug)]
pub struct Template {
    /// What the template may become: one text, or, where it has an `else`, one for each of the branches. All are of the same
    /// length as the template.
    pub texts: Vec<String>,
    /// The tags that decide whether lines are there, or bring lines that cannot be seen. The first gap is an empty one, for a
    /// template may be a part of something.
    pub gaps: Vec<Span>,
}

/// What a tag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Stands for a value, or for lines.
    Value,
    /// Begins lines that are there on a condition, or many times.
    Open,
    /// Begins lines that are used elsewhere.
    Define,
    /// Ends a branch and begins another.
    Else,
    /// Ends what was begun.
    Close,
    /// Brings lines from elsewhere.
    Include,
    /// Leaves nothing in the text: a comment, an assignment.
    Silent,
}

#[derive(Clone, Copy, Debug)]
struct Tag {
    span: Span,
    role: Role,
    /// Whether its lines hold nothing but tags.
    is_alone: bool,
    /// Whether it is in the text of a block scalar.
    in_block: bool,
}

/// Reads `text`, of the file called `path`, when it is a template: by its ending, or by lines that only templates have.
#[must_use]
pub fn read(text: &str, path: &str) -> Option<Template> {
    const SIGNS: [&str; 4] = ["{{", "{%", "%{", "}#"];
    let ending = path.rsplit('.').next().unwrap_or("");
    let is_named = ENDINGS.contains(&ending);
    // Nearly all files hold none of the signs.
    if !is_named && !SIGNS.iter().any(|sign| text.contains(sign)) {
        return None;
    }
    let mut tags = find(text, is_named);
    mark(text, &mut tags);
    if !is_named {
        // What looks like a tag in the text of a block scalar is a text for someone else.
        tags.retain(|tag| !tag.in_block);
        let is_telling = |tag: &Tag| tag.is_alone && matches!(tag.role, Role::Open | Role::Close | Role::Include);
        if !tags.iter().any(is_telling) {
            return None;
        }
    }
    let chains = chains(&tags);
    let count = chains.iter().map(|chain| chain.branches.len()).max().unwrap_or(1).clamp(1, MAX_VARIANTS);
    let common = blank_tags(text, &tags);
    let mut texts: Vec<String> = Vec::with_capacity(count);
    for number in 0..count {
        let mut bytes = common.clone();
        for chain in &chains {
            let chosen = number.min(chain.branches.len().saturating_sub(1));
            let others =
                chain.branches.iter().enumerate().filter(|(branch, _)| chain.is_definition || *branch != chosen);
            others.for_each(|(_, span)| blank(&mut bytes, *span));
        }
        fill(&mut bytes, text, &tags);
        // Only whole characters were replaced.
        texts.extend(String::from_utf8(bytes).ok().filter(|text| !texts.contains(text)));
    }
    let is_gap = |tag: &&Tag| tag.is_alone && !(tag.in_block && tag.role == Role::Value) && tag.role != Role::Silent;
    let mut gaps = vec![Span::default()];
    gaps.extend(tags.iter().filter(is_gap).map(|tag| tag.span));
    Some(Template { texts, gaps })
}

/// The tags of a text, in their order.
fn find(text: &str, is_named: bool) -> Vec<Tag> {
    let bytes = text.as_bytes();
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(offset) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| b"{%$#".contains(byte))) {
        at += offset;
        match tag_at(text, at, is_named) {
            Some((end, role)) => {
                tags.push(Tag { span: Span::new(at, end), role, is_alone: false, in_block: false });
                at = end;
            }
            None => at += 1,
        }
    }
    tags
}

/// The end and the role of the tag that begins at `at`, if one does.
fn tag_at(text: &str, at: usize, is_named: bool) -> Option<(usize, Role)> {
    let rest = text.get(at..)?;
    let is_escaped = |sign| text.get(..at).is_some_and(|before| before.ends_with(sign));
    let one_line = rest.lines().next().unwrap_or("");
    if let Some(inside) = rest.strip_prefix("{{") {
        let start = inside.trim_start_matches(['-', ' ']);
        if start.starts_with("/*") {
            return Some((
                at + rest.find("*/").and_then(|end| Some(end + rest.get(end..)?.find("}}")? + 2))?,
                Role::Silent,
            ));
        }
        let end = close(inside, "}}").or_else(|| inside.find("}}"))? + 2;
        return Some((at + 2 + end, expression(inside.get(..end - 2)?)));
    }
    if let Some(inside) = rest.strip_prefix("{%") {
        let end = inside.find("%}")?;
        return Some((at + end + 4, statement(&inside[..end])));
    }
    if rest.starts_with("{#") && is_named {
        return Some((at + rest.find("#}")? + 2, Role::Silent));
    }
    if let Some(inside) = rest.strip_prefix("%{").filter(|_| !is_escaped('%')) {
        let end = close(inside, "}")?;
        let role = statement(&inside[..end]);
        // `%{name}` is a word of many a program.
        return matches!(role, Role::Open | Role::Else | Role::Close).then_some((at + end + 3, role));
    }
    if let Some(inside) = rest.strip_prefix("${").filter(|_| !is_escaped('$')) {
        return Some((at + close(inside, "}")? + 3, Role::Value));
    }
    // The signs that makejinja is commonly set to, so that the files still are YAML.
    if !is_named {
        return None;
    }
    if let Some(inside) = one_line.strip_prefix("#{") {
        return Some((at + inside.find("}#")? + 4, Role::Value));
    }
    if let Some(inside) = one_line.strip_prefix("#%") {
        let end = inside.find("%#")?;
        return Some((at + end + 4, statement(&inside[..end])));
    }
    if rest.starts_with("#|") {
        return Some((at + 2 + rest.get(2..)?.find("|#")? + 2, Role::Silent));
    }
    None
}

/// Where `end` closes what began before `inside`: outside of quotes and of braces opened in it.
fn close(inside: &str, end: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut previous = ' ';
    for (at, sign) in inside.char_indices() {
        match quote {
            Some(open) => {
                if sign == open && (previous != '\\' || open == '`') {
                    quote = None;
                }
            }
            None if depth == 0 && inside.get(at..)?.starts_with(end) => return Some(at),
            None => match sign {
                '"' | '`' | '\'' => quote = Some(sign),
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            },
        }
        previous = sign;
    }
    None
}

/// The role of `{{ … }}`, which says a value unless its first word is one of Go's.
fn expression(inside: &str) -> Role {
    let inside = inside.trim_start_matches('-').trim();
    let word = inside.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("");
    match word {
        "if" | "range" | "with" | "block" => Role::Open,
        "define" => Role::Define,
        "else" => Role::Else,
        "end" => Role::Close,
        _ if word.starts_with('$') && (inside.contains(":=") || inside.contains(" = ")) => Role::Silent,
        _ if word.starts_with(['#', '^']) => Role::Open,
        _ if word.starts_with('/') => Role::Close,
        _ if word.starts_with('!') => Role::Silent,
        _ => Role::Value,
    }
}

/// The role of `{% … %}` and its kin, by the first word.
fn statement(inside: &str) -> Role {
    let inside = inside.trim_start_matches(['-', '+', '~']).trim();
    let word = inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    match word {
        "if" | "for" | "with" | "block" | "filter" | "call" | "unless" => Role::Open,
        "macro" => Role::Define,
        // With a value it is an assignment, without one it takes the lines that follow.
        "set" if !inside.contains('=') => Role::Define,
        "elif" | "else" | "elseif" => Role::Else,
        _ if word.starts_with("end") && word != "endraw" => Role::Close,
        "include" | "extends" => Role::Include,
        _ => Role::Silent,
    }
}

/// Finds out which tags are alone on their lines, and which stand in block scalars.
fn mark(text: &str, tags: &mut [Tag]) {
    let mut block: Option<usize> = None;
    let mut line_start = 0;
    let mut next = 0;
    while line_start < text.len() {
        // A tag over several lines makes one line of them.
        let mut end = line_end(text, line_start);
        let first = next;
        while let Some(tag) = tags.get(next).filter(|tag| (tag.span.start as usize) < end) {
            end = end.max(line_end(text, (tag.span.end as usize).saturating_sub(1).max(line_start)));
            next += 1;
        }
        let mut outside = String::new();
        let mut at = line_start;
        for tag in tags.get(first..next).unwrap_or_default() {
            outside.push_str(text.get(at..tag.span.start as usize).unwrap_or(""));
            at = tag.span.end as usize;
        }
        outside.push_str(text.get(at..end).unwrap_or(""));
        let content = outside.trim();
        let is_alone = content.is_empty() || content.chars().all(|c| c == '#');
        let line = text.get(line_start..end).unwrap_or("");
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if block.is_some_and(|block| indent <= block && !line.trim().is_empty() && !is_alone) {
            block = None;
        }
        let in_block = block.is_some_and(|block| indent > block);
        for tag in tags.get_mut(first..next).unwrap_or_default() {
            tag.is_alone = is_alone;
            tag.in_block = in_block;
        }
        if block.is_none() && begins_block(&outside) {
            block = Some(indent);
        }
        line_start = end;
    }
}

fn line_end(text: &str, from: usize) -> usize {
    text.get(from..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| from + at + 1)
}

/// Whether a block scalar begins behind a line.
fn begins_block(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let before = line.trim_end_matches(|c: char| matches!(c, '+' | '-') || c.is_ascii_digit());
    let Some(before) = before.strip_suffix(['|', '>']) else { return false };
    before.ends_with([' ', '\t']) && before.trim_end().ends_with([':', '-'])
}

/// The branches of what is there on a condition, when each of its tags is alone on its line.
struct Chain {
    branches: Vec<Span>,
    is_definition: bool,
}

fn chains(tags: &[Tag]) -> Vec<Chain> {
    struct Open {
        start: u32,
        branches: Vec<Span>,
        is_definition: bool,
        is_alone: bool,
    }
    let mut chains = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for tag in tags {
        match tag.role {
            Role::Open | Role::Define => open.push(Open {
                start: tag.span.end,
                branches: Vec::new(),
                is_definition: tag.role == Role::Define,
                is_alone: tag.is_alone,
            }),
            Role::Else => {
                if let Some(last) = open.last_mut() {
                    last.branches.push(Span { start: last.start, end: tag.span.start });
                    last.start = tag.span.end;
                    last.is_alone &= tag.is_alone;
                }
            }
            Role::Close => {
                if let Some(mut last) = open.pop() {
                    last.branches.push(Span { start: last.start, end: tag.span.start });
                    if last.is_alone && tag.is_alone {
                        chains.push(Chain { branches: last.branches, is_definition: last.is_definition });
                    }
                }
            }
            Role::Value | Role::Include | Role::Silent => {}
        }
    }
    chains
}

fn blank(bytes: &mut [u8], span: Span) {
    for byte in bytes.get_mut(span.start as usize..span.end as usize).unwrap_or_default() {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

/// The text with tags blanked that are alone, and all others made into words that are taken as unknown.
fn blank_tags(text: &str, tags: &[Tag]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for tag in tags {
        if tag.role == Role::Silent || tag.is_alone && !(tag.in_block && tag.role == Role::Value) {
            blank(&mut bytes, tag.span);
        } else {
            unknown(&mut bytes, tag.span);
        }
    }
    bytes
}

/// Makes a tag into a plain scalar that reads as unknown: `$(…)`.
fn unknown(bytes: &mut [u8], span: Span) {
    let Some(tag) = bytes.get_mut(span.start as usize..span.end as usize) else { return };
    for byte in tag.iter_mut() {
        let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b'\n' | b'\r' | b' ');
        if !is_plain {
            *byte = b'_';
        }
    }
    if let [first, second, .., last] = tag {
        (*first, *second, *last) = (b'$', b'(', b')');
    }
}

/// Puts an unknown value where a key has lost all that was below it: `{{ toYaml … }}` on a line of its own.
fn fill(bytes: &mut [u8], text: &str, tags: &[Tag]) {
    for tag in
        tags.iter().filter(|tag| tag.is_alone && !tag.in_block && matches!(tag.role, Role::Value | Role::Include))
    {
        let (start, end) = (tag.span.start as usize, tag.span.end as usize);
        let line_start = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let indent = start - line_start;
        let before = bytes.get(..line_start).unwrap_or_default();
        let Some(key) = before.split(|byte| *byte == b'\n').rev().find(|line| !line.trim_ascii().is_empty()) else {
            continue;
        };
        let after = bytes.get(end..).unwrap_or_default();
        let next = after.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
        let indentation = |line: &[u8]| line.len() - line.trim_ascii_start().len();
        let is_key = key.trim_ascii_end().ends_with(b":") && !key.trim_ascii_start().starts_with(b"#");
        // The items of a list may stand as far to the left as its key.
        let is_item = |line: &[u8]| line.trim_ascii_start().starts_with(b"- ");
        let has_more = next.is_some_and(|next| {
            indentation(next) > indentation(key) || indentation(next) == indentation(key) && is_item(next)
        });
        let is_one_line = !text.get(start..end).unwrap_or("").contains('\n');
        if is_key && !has_more && indent > indentation(key) && end - start > 2 && is_one_line {
            unknown(bytes, tag.span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, path: &str) -> Vec<String> {
        read(text, path).map_or(Vec::new(), |template| template.texts)
    }

    #[test]
    fn a_tag_that_stands_for_a_value_becomes_an_unknown_word() {
        assert_eq!(texts("a: {{ b(\"}}\") }}\n", "x.j2"), ["a: $( b______ _)\n"]);
        assert_eq!(texts("a: \"${c(\"d\", {})}/24\"\n", "x.tftpl"), ["a: \"$(c__d__ ___)/24\"\n"]);
    }

    #[test]
    fn each_branch_gives_a_text() {
        let text = "a:\n  {{ if b }}\n  c: 1\n  {{ else }}\n  d: 2\n  {{ end }}\n";
        let blank = |text: &str| text.split('\n').map(str::trim_end).filter(|line| !line.is_empty()).count();
        let texts = texts(text, "x.tpl");
        assert_eq!(texts.iter().map(|text| blank(text)).collect::<Vec<_>>(), [2, 2]);
        assert!(texts[0].contains("c: 1") && !texts[0].contains("d: 2"));
        assert!(texts[1].contains("d: 2") && !texts[1].contains("c: 1"));
    }

    #[test]
    fn what_is_in_a_block_scalar_is_a_text_for_someone_else() {
        assert!(read("a: |\n  {{ if b }}\n  c\n  {{ end }}\n", "x.yaml").is_none());
        assert!(read("a:\n  {{ if b }}\n  c: d\n  {{ end }}\n", "x.yaml").is_some());
        assert!(read("a: {{ b }}\nc: '%{http_code}'\n", "x.yaml").is_none());
    }

    #[test]
    fn length_and_line_ends_stay_whatever_the_text() {
        const PARTS: [&str; 24] = [
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "%{",
            "${",
            "}",
            "#{",
            "}#",
            "#%",
            "%#",
            "#|",
            "|#",
            " if ",
            " else ",
            " end ",
            "\n",
            "\r\n",
            "\"",
            "é\u{1f600}",
            "key: |\n  ",
            "a",
        ];
        let mut state = 7_u32;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(PARTS[(state >> 16) as usize % PARTS.len()]);
            }
            for made in ["x.j2", "x.yaml"].iter().flat_map(|path| texts(&text, path)) {
                let ends = |text: &str| text.match_indices(['\n', '\r']).map(|(at, _)| at).collect::<Vec<_>>();
                assert_eq!((made.len(), ends(&made)), (text.len(), ends(&text)), "{text:?}");
            }
        }
    }
}
