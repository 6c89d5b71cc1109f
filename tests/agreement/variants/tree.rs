//! A small tree of configuration that edits are made on, and how it is written as YAML.
//!
//! It is not talint's tree, and it is not read by talint's parser: an error of theirs must not hide here.

use std::fmt::Write as _;

/// A value, or a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    /// A scalar as YAML writes it, quotes, tag and anchor included; or anything else that fits on a line.
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// How a tree is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Layout {
    /// By indentation, with so many spaces; lists as deep as their key when `flush`.
    Block { indent: usize, flush: bool },
    /// In brackets on one line.
    Flow,
    /// As JSON, with keys and words in quotes.
    Json,
}

impl Tree {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) fn map(entries: &[(&str, &str)]) -> Self {
        Self::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), Self::text(value))).collect())
    }

    /// How many values there are, this one and those of mappings and lists below it included.
    pub(super) fn count(&self) -> usize {
        1 + match self {
            Self::Text(_) => 0,
            Self::List(items) => items.iter().map(Self::count).sum(),
            Self::Map(entries) => entries.iter().map(|(_, value)| value.count()).sum(),
        }
    }

    /// Value number `at`, counted as [`Tree::count`] does.
    pub(super) fn at(&mut self, at: usize) -> Option<&mut Self> {
        if at == 0 {
            return Some(self);
        }
        let mut at = at - 1;
        let children: Box<dyn Iterator<Item = &mut Self> + '_> = match self {
            Self::Text(_) => return None,
            Self::List(items) => Box::new(items.iter_mut()),
            Self::Map(entries) => Box::new(entries.iter_mut().map(|(_, value)| value)),
        };
        for child in children {
            let count = child.count();
            if at < count {
                return child.at(at);
            }
            at -= count;
        }
        None
    }

    /// The numbers of the values that `wanted` holds for.
    pub(super) fn find(&mut self, wanted: impl Fn(&Self) -> bool) -> Vec<usize> {
        (0..self.count()).filter(|at| self.at(*at).is_some_and(|tree| wanted(tree))).collect()
    }

    /// The tree as a document of YAML, line end included.
    pub(super) fn write(&self, layout: Layout) -> String {
        let mut text = String::new();
        match layout {
            Layout::Block { indent, flush } => self.block(&mut text, 0, indent, flush),
            Layout::Flow | Layout::Json => {
                self.flow(&mut text, layout == Layout::Json);
                text.push('\n');
            }
        }
        text
    }

    fn block(&self, text: &mut String, depth: usize, indent: usize, flush: bool) {
        let margin = " ".repeat(depth);
        match self {
            Self::Text(value) => {
                let _ = writeln!(text, "{margin}{value}");
            }
            Self::List(items) if items.is_empty() => {
                let _ = writeln!(text, "{margin}[]");
            }
            Self::Map(entries) if entries.is_empty() => {
                let _ = writeln!(text, "{margin}{{}}");
            }
            Self::List(items) => {
                for item in items {
                    let _ = write!(text, "{margin}- ");
                    item.compact(text, depth + 2, indent, flush);
                }
            }
            Self::Map(entries) => {
                for (key, value) in entries {
                    let _ = write!(text, "{margin}{key}:");
                    match value {
                        Self::Text(value) => {
                            let _ = writeln!(text, "{}{value}", if value.is_empty() { "" } else { " " });
                        }
                        Self::List(items) if !items.is_empty() => {
                            text.push('\n');
                            value.block(text, depth + if flush { 0 } else { indent }, indent, flush);
                        }
                        Self::Map(entries) if !entries.is_empty() => {
                            text.push('\n');
                            value.block(text, depth + indent, indent, flush);
                        }
                        Self::List(_) => text.push_str(" []\n"),
                        Self::Map(_) => text.push_str(" {}\n"),
                    }
                }
            }
        }
    }

    /// A block that begins in the middle of a line.
    fn compact(&self, text: &mut String, depth: usize, indent: usize, flush: bool) {
        let mut block = String::new();
        self.block(&mut block, depth, indent, flush);
        text.push_str(block.trim_start_matches(' '));
    }

    fn flow(&self, text: &mut String, json: bool) {
        match self {
            Self::Text(value) if json => text.push_str(&as_json(value)),
            Self::Text(value) => text.push_str(value),
            Self::List(items) => {
                text.push('[');
                for (number, item) in items.iter().enumerate() {
                    text.push_str(if number == 0 { "" } else { ", " });
                    item.flow(text, json);
                }
                text.push(']');
            }
            Self::Map(entries) => {
                text.push('{');
                for (number, (key, value)) in entries.iter().enumerate() {
                    let key = if json { as_json(key) } else { key.clone() };
                    let _ = write!(text, "{}{key}: ", if number == 0 { "" } else { ", " });
                    value.flow(text, json);
                }
                text.push('}');
            }
        }
    }
}

/// A scalar as JSON has it; what is in quotes, a number or a literal stays as it is.
fn as_json(value: &str) -> String {
    let is_literal = matches!(value, "true" | "false" | "null");
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match value {
        "" => "null".to_owned(),
        _ if is_literal || is_number || value.starts_with(['"', '[', '{', '&', '*', '!', '\'']) => value.to_owned(),
        _ => format!("{value:?}"),
    }
}

/// Reads the documents of a generated configuration, which is block style without comments and quoted keys.
pub(super) fn read(text: &str) -> Vec<Tree> {
    let mut documents = Vec::new();
    for document in text.split("\n---\n") {
        let lines: Vec<(usize, &str)> = document
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| (line.len() - line.trim_start().len(), line.trim_start()))
            .collect();
        let mut at = 0;
        documents.push(read_block(&lines, &mut at, 0));
    }
    documents
}

fn read_block(lines: &[(usize, &str)], at: &mut usize, indent: usize) -> Tree {
    let is_list = lines.get(*at).is_some_and(|(_, line)| line.starts_with("- "));
    let mut items = Vec::new();
    let mut entries = Vec::new();
    while let Some((depth, line)) = lines.get(*at).copied() {
        if depth < indent || is_list != line.starts_with("- ") {
            break;
        }
        if !is_list {
            entries.push(read_entry(lines, at, depth, line));
            continue;
        }
        let item = &line[2..];
        if item.contains(": ") || item.ends_with(':') {
            // The item is a mapping whose first entry is on this line.
            let mut inner: Vec<(usize, &str)> = vec![(depth + 2, item)];
            *at += 1;
            while let Some(line) = lines.get(*at).filter(|(below, _)| *below > depth) {
                inner.push(*line);
                *at += 1;
            }
            items.push(read_block(&inner, &mut 0, depth + 2));
        } else {
            *at += 1;
            items.push(read_scalar(lines, at, depth, item));
        }
    }
    if is_list { Tree::List(items) } else { Tree::Map(entries) }
}

fn read_entry(lines: &[(usize, &str)], at: &mut usize, depth: usize, line: &str) -> (String, Tree) {
    *at += 1;
    let (key, value) = line.split_once(':').unwrap_or((line, ""));
    let value = value.trim();
    let value = match value {
        "" => match lines.get(*at) {
            Some((below, _)) if *below > depth => {
                let below = *below;
                read_block(lines, at, below)
            }
            _ => Tree::text(""),
        },
        _ => read_scalar(lines, at, depth, value),
    };
    (key.to_owned(), value)
}

/// A scalar; a block scalar becomes one in quotes.
fn read_scalar(lines: &[(usize, &str)], at: &mut usize, depth: usize, value: &str) -> Tree {
    match value {
        "[]" => return Tree::List(Vec::new()),
        "{}" => return Tree::Map(Vec::new()),
        "|" => {}
        _ => return Tree::text(value),
    }
    let mut text = String::new();
    while let Some((_, line)) = lines.get(*at).filter(|(below, _)| *below > depth) {
        text.push_str(line);
        text.push_str("\\n");
        *at += 1;
    }
    Tree::Text(format!("\"{text}\""))
}
