//! What can be written here, in text that is half written.
//!
//! The word at the cursor is taken out and a marker is put in its place, so that what is around it can be read; the place
//! of the marker in the tree says what may stand there.

use crate::analysis::{View, view};
use crate::lines::Lines;
use crate::server::Asked;
use serde_json::json;
use talint_analyzer::input::Input;
use talint_analyzer::rules;
use talint_analyzer::schema::{self, Located};
use talint_analyzer::settings;
use talint_analyzer::syntax::{Kind, NodeRef};
use talint_analyzer::tables::{self, Shape, Type};
use talint_analyzer::text::Span;
use talint_analyzer::version::TalosVersion;
use tower_lsp::ls_types::{
    CompletionItem, CompletionItemKind, CompletionItemTag, CompletionList, CompletionResponse, CompletionTextEdit,
    Position, TextEdit,
};

/// What stands for the word that is being written.
const MARKER: &str = "zztalintzz";

/// What can be written at a position.
pub(crate) fn completion(asked: &Asked<'_>, position: Position) -> Option<CompletionResponse> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let text = &asked.document.text;
    let cursor = Cursor::new(text, &lines, lines.offset(position))?;
    let candidates = if let Some(comment) = cursor.in_comment() {
        in_directive(comment)
    } else {
        let with_marker = cursor.with_marker();
        view(asked.document, &with_marker, &asked.snapshot.settings, |view| candidates(view, &cursor))
    };
    let range = lines.range(cursor.word);
    let items = candidates.into_iter().map(|candidate| candidate.item(range)).collect();
    Some(CompletionResponse::List(CompletionList { is_incomplete: false, items }))
}

/// The place in the text.
struct Cursor<'t> {
    text: &'t str,
    /// The word at the cursor, which is replaced.
    word: Span,
    /// What is before the word on its line.
    before: &'t str,
    /// What is behind it.
    after: &'t str,
    offset: u32,
    /// How many spaces the file indents by.
    step: usize,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str, lines: &Lines<'_>, offset: u32) -> Option<Self> {
        let line = lines.line(offset);
        let content = line.slice(text).trim_end_matches(['\n', '\r']);
        let at = (offset - line.start) as usize;
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '$' | '=');
        let head = content.get(..at)?;
        let start = head.trim_end_matches(is_word).len();
        // A dash that begins an item is no part of the word.
        let start = if head[start..].starts_with("- ") || &head[start..] == "-" { start + 1 } else { start };
        let tail = content.get(at..)?;
        let end = at + (tail.len() - tail.trim_start_matches(is_word).len());
        let begin = line.start as usize;
        Some(Self {
            text,
            word: Span::new(begin + start, begin + end),
            before: content.get(..start)?,
            after: content.get(end..)?,
            offset,
            step: step(text),
        })
    }

    /// What is written of the word so far and stands before it, when the cursor is in a comment to this program.
    fn in_comment(&self) -> Option<&'t str> {
        let line = self.word.start as usize - self.before.len();
        let head = self.text.get(line..self.offset as usize)?;
        let at = head.find("# talint:")?;
        head.get(at..)
    }

    fn is_value(&self) -> bool {
        self.before.trim_end().ends_with(':')
    }

    /// The text with the marker: as a key where a key may begin, else as a value.
    fn with_marker(&self) -> String {
        let flow = self.before.contains(['{', '[']);
        let begins = self.before.trim_start_matches([' ', '-']).is_empty();
        let has_colon = self.after.trim_start().starts_with(':');
        let (marker, rest) = match () {
            () if has_colon => (MARKER.to_owned(), self.after),
            () if flow => (MARKER.to_owned(), self.after),
            // An item may be a value; whether it is a key is seen by what the list holds.
            () if begins && !self.before.contains('-') => (format!("{MARKER}:"), ""),
            () => (MARKER.to_owned(), ""),
        };
        let head = &self.text[..self.word.start as usize];
        let line_end = self.word.end as usize + self.after.len();
        // `key:word` is no key yet.
        let space = if self.before.ends_with(':') { " " } else { "" };
        format!("{head}{space}{marker}{rest}{}", &self.text[line_end..])
    }
}

/// How many spaces a file indents by: those of its first indented key.
fn step(text: &str) -> usize {
    let indents = text.lines().map(|line| line.len() - line.trim_start_matches(' ').len());
    indents.zip(text.lines()).find(|(indent, line)| *indent > 0 && line.contains(':')).map_or(2, |(indent, _)| indent)
}

/// Something that can be written.
struct Candidate {
    label: String,
    /// What is written, when it is more than the label.
    insert: Option<String>,
    kind: CompletionItemKind,
    detail: Option<String>,
    deprecated: bool,
    /// Lower comes first.
    rank: u8,
    data: Option<serde_json::Value>,
}

impl Candidate {
    fn value(label: &str, detail: Option<String>) -> Self {
        let kind = CompletionItemKind::VALUE;
        Self { label: label.to_owned(), insert: None, kind, detail, deprecated: false, rank: 1, data: None }
    }

    fn key(label: &str, insert: String) -> Self {
        Self { insert: Some(insert), kind: CompletionItemKind::PROPERTY, ..Self::value(label, None) }
    }

    fn item(self, range: tower_lsp::ls_types::Range) -> CompletionItem {
        let new_text = self.insert.unwrap_or_else(|| self.label.clone());
        CompletionItem {
            sort_text: Some(format!("{}{}", self.rank, self.label)),
            filter_text: Some(self.label.clone()),
            label: self.label,
            kind: Some(self.kind),
            detail: self.detail,
            tags: self.deprecated.then(|| vec![CompletionItemTag::DEPRECATED]),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text })),
            data: self.data,
            ..CompletionItem::default()
        }
    }
}

/// What can be written where the marker stands.
fn candidates(view: &View<'_>, cursor: &Cursor<'_>) -> Vec<Candidate> {
    let Some(node) = view.node_at(cursor.word.start).filter(|node| node.value().contains(MARKER)) else {
        return Vec::new();
    };
    let Some(input) = view.input_at(cursor.word.start) else { return Vec::new() };
    let version = view.versions.talos;
    let parent = node.parent();
    let is_key = parent.is_some_and(|parent| parent.entries().any(|(key, _)| key == node));
    if is_key {
        let Some(mapping) = parent else { return Vec::new() };
        return keys(input, mapping, version, cursor);
    }
    if parent.is_none() {
        // The first word of a document.
        return root_keys(input, node, version, cursor);
    }
    let is_in_root = parent.is_some_and(|parent| parent.parent().is_none());
    if is_in_root && node.key().is_some_and(|key| key.value() == "kind") {
        return kinds(version);
    }
    let Some(located) = schema::locate(input, node, version) else { return Vec::new() };
    // An item of a list of structures begins with a key.
    if let Shape::Struct(structure) = located.shape.value()
        && parent.is_some_and(|parent| parent.kind() == Kind::Sequence)
    {
        return fields(structure, None, version, cursor);
    }
    values(&located, node, version, cursor)
}

/// The keys that can be added to a mapping.
fn keys(input: &Input<'_, '_>, mapping: NodeRef<'_, '_>, version: TalosVersion, cursor: &Cursor<'_>) -> Vec<Candidate> {
    if mapping.parent().is_none() {
        return root_keys(input, mapping, version, cursor);
    }
    let known = schema::locate(input, mapping, version).map(|located| *located.shape.value());
    let mut found = match known {
        Some(Shape::Struct(structure)) => fields(structure, Some(mapping), version, cursor),
        _ => Vec::new(),
    };
    keys_of_settings(input, mapping, version, cursor, &mut found);
    found
}

/// The keys of the root of a document.
fn root_keys(
    input: &Input<'_, '_>,
    node: NodeRef<'_, '_>,
    version: TalosVersion,
    cursor: &Cursor<'_>,
) -> Vec<Candidate> {
    let mapping = Some(node).filter(|node| node.kind() == Kind::Mapping);
    let is_named =
        mapping.is_some_and(|mapping| mapping.entry("apiVersion").is_some() || mapping.entry("kind").is_some());
    let structure = schema::root_type(input).filter(|structure| !is_named || structure.field("kind").is_some());
    let structure = structure.unwrap_or(tables::v1alpha1().root);
    let mut found = fields(structure, mapping, version, cursor);
    for (key, insert) in [("apiVersion", "apiVersion: v1alpha1"), ("kind", "kind: ")] {
        let is_there = mapping.is_some_and(|mapping| mapping.entry(key).is_some());
        if !is_there && found.iter().all(|candidate| candidate.label != key) {
            found.push(Candidate { rank: 0, ..Candidate::key(key, insert.to_owned()) });
        }
    }
    found
}

/// The fields of a structure that are not in `mapping` yet.
fn fields(
    structure: &'static Type,
    mapping: Option<NodeRef<'_, '_>>,
    version: TalosVersion,
    cursor: &Cursor<'_>,
) -> Vec<Candidate> {
    let is_there = |name: &str| mapping.is_some_and(|mapping| mapping.entry(name).is_some());
    let fields = structure.fields.iter().filter(|field| !is_there(field.name));
    let mut found: Vec<Candidate> = fields
        .filter_map(|field| {
            let variant = field.variant(version)?;
            let is_required = matches!(field.name, "apiVersion" | "kind");
            let replaced = variant.replaced_by.first().map(|other| format!(", deprecated: use {other}"));
            let detail = format!("{}{}", schema::noun(&variant.shape), replaced.unwrap_or_default());
            let rank = if is_required {
                0
            } else if variant.deprecated {
                2
            } else {
                1
            };
            Some(Candidate {
                detail: Some(detail),
                deprecated: variant.deprecated,
                rank,
                data: Some(json!({ "type": structure.name, "field": field.name })),
                ..Candidate::key(field.name, cursor.insert(field.name, variant.shape.value()))
            })
        })
        .collect();
    if mapping.is_some_and(|mapping| mapping.parent().is_some()) {
        let detail = Some("takes this away, in a patch".to_owned());
        let key = Candidate::key("$patch", cursor.insert("$patch: delete", &Shape::Any));
        found.push(Candidate { rank: 3, detail, insert: Some("$patch: delete".to_owned()), ..key });
    }
    found
}

impl Cursor<'_> {
    /// A key with what its value begins with.
    fn insert(&self, name: &str, shape: &Shape) -> String {
        if self.after.trim_start().starts_with(':') {
            return name.to_owned();
        }
        // An item goes on below its first key, not below its dash.
        let column = self.before.chars().count();
        let indent = " ".repeat(column + self.step);
        let is_flow = self.before.contains(['{', '[']);
        match shape {
            Shape::Struct(_) | Shape::Map(_) if !is_flow => format!("{name}:\n{indent}"),
            Shape::List(_) if !is_flow => format!("{name}:\n{indent}- "),
            _ => format!("{name}: "),
        }
    }
}

/// Keys below places where anything may be written, that settings stand at: arguments of components, fields of the
/// kubelet's configuration, kernel parameters.
fn keys_of_settings(
    input: &Input<'_, '_>,
    mapping: NodeRef<'_, '_>,
    version: TalosVersion,
    cursor: &Cursor<'_>,
    found: &mut Vec<Candidate>,
) {
    let path = mapping.steps();
    if path.contains(&tables::ITEM) {
        return;
    }
    let document = input.kind.name();
    for setting in settings::settings() {
        for place in
            setting.places.iter().filter(|place| place.document == document && place.versions.contains(version))
        {
            let Some(key) = step_behind(place.path, &path) else { continue };
            let is_new = mapping.entry(key).is_none() && found.iter().all(|candidate| candidate.label != key);
            if is_new && !matches!(key, "*" | "[]") {
                let is_last = place.path.len() == path.len() + 1;
                let insert = if is_last { cursor.insert(key, &Shape::String) } else { format!("{key}:\n") };
                let default = setting.default_in(version).filter(|_| is_last);
                let detail = default.map(|default| format!("default {default}"));
                found.push(Candidate { detail, ..Candidate::key(key, insert) });
            }
        }
    }
    if path.last().is_some_and(|last| *last == "sysctls") {
        for sysctl in tables::sysctls().iter().filter(|sysctl| sysctl.versions.contains(version)) {
            if mapping.entry(sysctl.key).is_none() && found.iter().all(|candidate| candidate.label != sysctl.key) {
                let detail = Some(format!("Talos sets {}", sysctl.value));
                found.push(Candidate { detail, ..Candidate::key(sysctl.key, format!("{}: ", sysctl.key)) });
            }
        }
    }
    if path.last().is_some_and(|last| matches!(*last, "nodeLabels" | "labels" | "nodeTaints" | "taints")) {
        for label in WELL_KNOWN_LABELS.iter().filter(|label| mapping.entry(label).is_none()) {
            found.push(Candidate::key(label, format!("{label}: ")));
        }
    }
}

/// Labels and taints of nodes that Kubernetes gives a meaning to and that a configuration may set.
const WELL_KNOWN_LABELS: [&str; 5] = [
    "node-role.kubernetes.io/control-plane",
    "node.kubernetes.io/exclude-from-external-load-balancers",
    "node.kubernetes.io/instance-type",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

/// The step of a way that comes behind `path`.
fn step_behind(way: &[&'static str], path: &[&str]) -> Option<&'static str> {
    let is_same = |(step, key): (&&str, &&str)| *step == "*" || step == key;
    let begins = way.len() > path.len() && way.iter().zip(path).all(is_same);
    way.get(path.len()).copied().filter(|_| begins)
}

/// What a value can be.
fn values(located: &Located, node: NodeRef<'_, '_>, version: TalosVersion, cursor: &Cursor<'_>) -> Vec<Candidate> {
    let words: Vec<Candidate> = match located.shape.value() {
        Shape::Bool => ["true", "false"].iter().map(|word| Candidate::value(word, None)).collect(),
        Shape::Enum(words) => {
            let variant = words.variant(version).or(words.variants.last());
            let values = variant.map_or(&[][..], |variant| variant.values);
            values.iter().map(|word| Candidate::value(word, None)).collect()
        }
        _ if node.parent().and_then(NodeRef::key).is_some_and(|key| key.value() == "extraKernelArgs") => {
            kernel_arguments(version)
        }
        _ if is_cipher_suite(node) => tables::cipher_suites()
            .iter()
            .filter(|suite| suite.class == tables::CipherClass::Strong)
            .map(|suite| Candidate::value(suite.name, None))
            .collect(),
        _ => Vec::new(),
    };
    if cursor.is_value() || !words.is_empty() { words } else { Vec::new() }
}

fn is_cipher_suite(node: NodeRef<'_, '_>) -> bool {
    let named = |node: NodeRef<'_, '_>| {
        node.key().is_some_and(|key| matches!(key.value(), "tlsCipherSuites" | "tls-cipher-suites"))
    };
    named(node) || node.parent().is_some_and(named)
}

fn kernel_arguments(version: TalosVersion) -> Vec<Candidate> {
    let recommended = tables::recommended_arguments().iter().filter(|argument| argument.versions.contains(version));
    let recommended = recommended.map(|argument| {
        let text = if argument.value.is_empty() {
            argument.argument.to_owned()
        } else {
            format!("{}={}", argument.argument, argument.value)
        };
        Candidate::value(&text, Some(argument.because.to_owned()))
    });
    let init_on_free = "init_on_free=1";
    let init_on_free = Candidate::value(init_on_free, Some("memory is zeroed when it is freed".to_owned()));
    let talos = tables::talos_arguments().iter().filter(|argument| argument.versions.contains(version));
    std::iter::once(init_on_free)
        .chain(recommended)
        .chain(talos.map(|argument| Candidate::value(argument.name, None)))
        .collect()
}

/// The kinds of documents.
fn kinds(version: TalosVersion) -> Vec<Candidate> {
    let documents = tables::documents().iter().filter(|document| document.kind != tables::V1ALPHA1);
    let documents = documents.filter(|document| document.versions().contains(version));
    documents
        .map(|document| Candidate { kind: CompletionItemKind::CLASS, ..Candidate::value(document.kind, None) })
        .collect()
}

/// What can be said to this program in a comment.
fn in_directive(comment: &str) -> Vec<Candidate> {
    let open = comment.rfind('[').filter(|open| !comment[*open..].contains(']'));
    if open.is_some() {
        return rules::all().map(|rule| Candidate::value(rule.name, Some(rule.summary.to_owned()))).collect();
    }
    let words = ["ignore[", "ignore-file[", "talos=", "kubernetes=", "profile=", "role="];
    words.iter().map(|word| Candidate { kind: CompletionItemKind::KEYWORD, ..Candidate::value(word, None) }).collect()
}
