//! What is done to configurations.

use super::random::Random;
use super::samples;
use super::sources::{Kind, MACHINE_CONFIG, MINORS, Place, Sources};
use super::tree::{Layout, Tree};
use super::{join, layout};

/// What an edit works with.
pub(super) struct Edit<'a> {
    pub(super) sources: &'a Sources,
    pub(super) minor: u8,
    pub(super) random: &'a mut Random,
}

type Make = fn(&mut Edit<'_>) -> String;

/// Every edit, by name. A new one goes to the end or anywhere else: each variant has its own seed.
pub(super) const EDITS: &[(&str, Make)] = &[
    ("plain", plain),
    ("restyled", restyled),
    ("kind", some_kind),
    ("several", several),
    ("unknown-key", unknown_key),
    ("misspelt", misspelt),
    ("moved", moved),
    ("other-version", other_version),
    ("wrong-shape", wrong_shape),
    ("odd-scalar", odd_scalar),
    ("format", format),
    ("enum", enumeration),
    ("foreign-kind", foreign_kind),
    ("api-version", api_version),
    ("duplicate-key", duplicate_key),
    ("duplicate-document", duplicate_document),
    ("conflict", conflict),
    ("null", nulls),
    ("alias", alias),
    ("merge", merge),
    ("key-style", key_style),
    ("empty-document", empty_document),
    ("syntax", syntax),
    ("indent", indent),
    ("bytes", bytes),
    ("comment", comment),
    ("free-form", free_form),
];

impl Edit<'_> {
    /// Documents to start from: a generated configuration, or some documents from the tables.
    fn start(&mut self) -> Vec<Tree> {
        if self.random.chance(45) {
            let generated = self.sources.generated(self.minor);
            let mut documents = self.random.pick(&generated).map(|trees| trees.to_vec()).unwrap_or_default();
            // Long certificates only cost time; a part of the documents shows as much as all.
            while documents.len() > 4 {
                let at = 1 + self.random.below(documents.len() - 1);
                documents.remove(at);
            }
            return documents;
        }
        let count = 1 + self.random.below(2);
        (0..count).map(|number| self.named_document(number)).collect()
    }

    fn named_document(&mut self, number: usize) -> Tree {
        let kinds = self.sources.kinds(self.minor);
        // Half of what people write is the machine configuration.
        let machine_config = kinds.iter().find(|kind| kind.name == MACHINE_CONFIG);
        let kind = if number == 0 && self.random.chance(50) { machine_config } else { self.random.pick(&kinds) };
        let Some(kind) = kind else { return Tree::Map(Vec::new()) };
        self.document(kind, number)
    }

    fn document(&mut self, kind: &Kind, number: usize) -> Tree {
        let mut document = self.sources.document(kind, self.minor, self.random);
        if let Tree::Map(entries) = &mut document
            && kind.named
            && let Some((_, name)) = entries.iter_mut().find(|(key, _)| key == "name")
        {
            *name = Tree::Text(format!("name{number}"));
        }
        document
    }

    fn write(&mut self, documents: &[Tree]) -> String {
        join(documents, layout(self.random))
    }

    fn block(&mut self, documents: &[Tree]) -> String {
        let indent = if self.random.chance(50) { 4 } else { 2 };
        join(documents, Layout::Block { indent, flush: self.random.chance(30) })
    }

    /// Changes one value of one document that `wanted` holds for.
    fn change(
        &mut self,
        documents: &mut [Tree],
        wanted: impl Fn(&Tree) -> bool,
        change: impl FnOnce(&mut Self, &mut Tree),
    ) {
        let at = self.random.below(documents.len());
        let Some(document) = documents.get_mut(at) else { return };
        let found = document.find(wanted);
        if let Some(at) = self.random.pick(&found).copied()
            && let Some(tree) = document.at(at)
        {
            change(self, tree);
        }
    }

    /// Changes the entry at an index of a mapping somewhere in the documents.
    fn change_entry(
        &mut self,
        documents: &mut [Tree],
        change: impl FnOnce(&mut Self, &mut Vec<(String, Tree)>, usize),
    ) {
        let has_entries = |tree: &Tree| matches!(tree, Tree::Map(entries) if !entries.is_empty());
        self.change(documents, has_entries, |edit, tree| {
            let Tree::Map(entries) = tree else { return };
            let at = edit.random.below(entries.len());
            change(edit, entries, at);
        });
    }

    fn place(&mut self, wanted: impl Fn(&Place) -> bool) -> Option<Place> {
        let places: Vec<Place> = self.sources.places(self.minor).into_iter().filter(wanted).collect();
        self.random.pick(&places).cloned()
    }
}

fn is_map(tree: &Tree) -> bool {
    matches!(tree, Tree::Map(_))
}

fn is_text(tree: &Tree) -> bool {
    matches!(tree, Tree::Text(_))
}

fn plain(edit: &mut Edit<'_>) -> String {
    let documents = edit.start();
    edit.write(&documents)
}

/// The same values in other quotes, with tags and anchors that change nothing, keys in quotes.
fn restyled(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    for _ in 0..5 {
        edit.change(&mut documents, is_text, |edit, tree| {
            let Tree::Text(value) = tree else { return };
            let is_word =
                value.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'/' | b':' | b'='));
            let plain = value.clone();
            *value = match edit.random.below(5) {
                0 if is_word => format!("\"{plain}\""),
                1 if is_word => format!("'{plain}'"),
                2 if is_word => format!("!!str {plain}"),
                3 if is_word && !plain.is_empty() => format!("&anchor{} {plain}", edit.random.below(100)),
                _ => plain,
            };
        });
        edit.change(&mut documents, is_map, |edit, tree| {
            let Tree::Map(entries) = tree else { return };
            let at = edit.random.below(entries.len());
            if let Some((key, _)) = entries.get_mut(at)
                && !key.starts_with(['"', '\'', '&', '!'])
            {
                *key = if edit.random.chance(50) { format!("\"{key}\"") } else { format!("'{key}'") };
            }
        });
    }
    edit.write(&documents)
}

fn some_kind(edit: &mut Edit<'_>) -> String {
    let kinds = edit.sources.kinds(edit.minor);
    let Some(kind) = edit.random.pick(&kinds).copied() else { return String::new() };
    let document = edit.document(kind, 0);
    edit.write(&[document])
}

fn several(edit: &mut Edit<'_>) -> String {
    let count = 2 + edit.random.below(3);
    let documents: Vec<Tree> = (0..count).map(|number| edit.named_document(number)).collect();
    let layout = layout(edit.random);
    let texts: Vec<String> = documents.iter().map(|document| document.write(layout)).collect();
    let separator = edit.random.word(&["---\n", "---\n", "--- # next\n", "...\n---\n", "\n---\n\n", "---  \n"]);
    let start = edit.random.word(&["", "---\n", "# first\n---\n", "\n\n---\n"]);
    let end = edit.random.word(&["", "", "...\n", "---\n", "\n\n", "# end\n"]);
    format!("{start}{}{end}", texts.join(separator))
}

fn add_key(edit: &mut Edit<'_>, key: String) -> String {
    let mut documents = edit.start();
    edit.change(&mut documents, is_map, |edit, tree| {
        if let Tree::Map(entries) = tree {
            let value = edit.random.word(&["a", "1", "null", "[]", "{}", "{a: b}", "[a]"]);
            let at = edit.random.below(entries.len() + 1);
            entries.insert(at, (key, Tree::text(value)));
        }
    });
    edit.write(&documents)
}

fn unknown_key(edit: &mut Edit<'_>) -> String {
    let names = ["foo", "Machine", "kind2", "token ", "x-comment", "1", "true", "null", "a.b", "$patch2", "sops2", "-"];
    let key = edit.random.word(&names).to_owned();
    add_key(edit, key)
}

/// A key that some structure of some version has, put anywhere.
fn moved(edit: &mut Edit<'_>) -> String {
    let names = edit.sources.names();
    let key = edit.random.word(&names).to_owned();
    add_key(edit, key)
}

fn misspelt(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    edit.change_entry(&mut documents, |edit, entries, at| {
        let Some((key, _)) = entries.get_mut(at) else { return };
        let mut letters: Vec<char> = key.chars().collect();
        let at = edit.random.below(letters.len().saturating_sub(1));
        match edit.random.below(4) {
            0 if letters.len() > 1 => letters.swap(at, at + 1),
            1 if letters.len() > 1 => {
                letters.remove(at);
            }
            2 => letters.insert(at, 'e'),
            _ => {
                if let Some(letter) = letters.get_mut(at) {
                    *letter =
                        if letter.is_uppercase() { letter.to_ascii_lowercase() } else { letter.to_ascii_uppercase() };
                }
            }
        }
        *key = letters.into_iter().collect();
    });
    edit.write(&documents)
}

/// A field at its place, but one of another version.
fn other_version(edit: &mut Edit<'_>) -> String {
    let own = edit.minor;
    let others: Vec<u8> = MINORS.into_iter().filter(|minor| *minor != own).collect();
    let other = edit.random.pick(&others).copied().unwrap_or(own);
    let have: Vec<Vec<String>> = edit.sources.places(own).into_iter().map(|place| place.steps).collect();
    let known: Vec<&str> = edit.sources.kinds(own).iter().map(|kind| kind.name.as_str()).collect();
    let places: Vec<Place> = edit
        .sources
        .places(other)
        .into_iter()
        .filter(|place| known.contains(&place.kind.as_str()) && !have.contains(&place.steps))
        .collect();
    let Some(place) = edit.random.pick(&places).cloned().or_else(|| edit.place(|_| true)) else { return String::new() };
    let value = edit.sources.good(&place.value, other, edit.random, 2);
    let document = edit.sources.around(&place, value);
    edit.write(&[document])
}

fn wrong_shape(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    edit.change(
        &mut documents,
        |_| true,
        |edit, tree| {
            let old = std::mem::replace(tree, Tree::Map(Vec::new()));
            *tree = match edit.random.below(9) {
                0 => Tree::List(vec![old]),
                1 => Tree::Map(vec![("a".to_owned(), old)]),
                2 => Tree::text("word"),
                3 => Tree::text("1"),
                4 => Tree::List(Vec::new()),
                5 => Tree::Map(Vec::new()),
                6 => Tree::text("null"),
                7 => Tree::text("\"\""),
                _ => match old {
                    Tree::List(mut items) => items.pop().unwrap_or(Tree::text("")),
                    Tree::Map(entries) => Tree::List(entries.into_iter().map(|(_, value)| value).collect()),
                    Tree::Text(text) => Tree::Text(format!("[{text}, {text}]")),
                },
            };
        },
    );
    edit.write(&documents)
}

fn odd_scalar(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    edit.change(&mut documents, is_text, |edit, tree| *tree = Tree::text(edit.random.word(samples::ODD)));
    edit.block(&documents)
}

/// A value that is in a form of its own.
fn format(edit: &mut Edit<'_>) -> String {
    let names = [
        "bool",
        "int",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "int32",
        "filemode",
        "duration",
        "url",
        "ip",
        "prefix",
        "ip-port",
        "hwaddr",
        "port-range",
        "bytesize",
        "bytesize-or-percent",
        "disk-size",
        "disk-size-match",
        "base64",
        "base64-key",
        "arg",
    ];
    let name = edit.random.word(&names);
    let Some(place) = edit.place(|place| place.value.trim_start_matches('*') == name) else { return plain(edit) };
    let value = if edit.random.chance(50) {
        edit.random.word(samples::good(name))
    } else {
        edit.random.word(samples::bad(name))
    };
    let document = edit.sources.around(&place, Tree::text(value));
    edit.write(&[document])
}

fn enumeration(edit: &mut Edit<'_>) -> String {
    let Some(place) = edit.place(|place| place.value.trim_start_matches('*').starts_with("enum:")) else {
        return plain(edit);
    };
    let name = place.value.trim_start_matches('*').trim_start_matches("enum:").to_owned();
    let words = edit.sources.words(&name, edit.minor);
    let word = edit.random.pick(words).cloned().unwrap_or_default();
    let value = match edit.random.below(9) {
        0 => word.to_uppercase(),
        1 => {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
        2 => format!("{word}s"),
        3 => word.chars().skip(1).collect(),
        4 => format!("\"{word}\""),
        5 => format!(" {word} "),
        6 => edit.random.word(samples::ODD).to_owned(),
        _ => word,
    };
    let document = edit.sources.around(&place, Tree::Text(value));
    edit.block(&[document])
}

/// A document of a kind that another version has, or none.
fn foreign_kind(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    if edit.random.chance(60) {
        let minor = edit.random.pick(&MINORS).copied().unwrap_or(edit.minor);
        let kinds: Vec<&Kind> = edit.sources.kinds.iter().filter(|kind| kind.versions.contains(&minor)).collect();
        if let Some(kind) = edit.random.pick(&kinds).copied() {
            documents.push(edit.sources.document(kind, minor, edit.random));
        }
    } else {
        let names =
            ["LinkConfigs", "linkConfig", "Machine", "v1alpha1", "\"\"", "null", "1", "KubeletConfig", "~", "Config"];
        documents.push(Tree::map(&[("apiVersion", "v1alpha1"), ("kind", edit.random.word(&names)), ("name", "a")]));
    }
    edit.write(&documents)
}

fn api_version(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    let mut document = some_document(edit);
    if let Tree::Map(entries) = &mut document {
        entries.retain(|(key, _)| key != "apiVersion");
        let versions = [
            "",
            "v1",
            "v1beta1",
            "V1alpha1",
            "v1alpha2",
            "\"v1alpha1\"",
            "'v1alpha1'",
            "1",
            "talos.dev/v1alpha1",
            "null",
        ];
        let version = edit.random.word(&versions);
        if !version.is_empty() {
            let at = edit.random.below(entries.len() + 1);
            entries.insert(at, ("apiVersion".to_owned(), Tree::text(version)));
        }
    }
    documents.push(document);
    edit.write(&documents)
}

fn some_document(edit: &mut Edit<'_>) -> Tree {
    let kinds: Vec<&Kind> =
        edit.sources.kinds(edit.minor).into_iter().filter(|kind| kind.name != MACHINE_CONFIG).collect();
    match edit.random.pick(&kinds).copied() {
        Some(kind) => edit.document(kind, 7),
        None => Tree::Map(Vec::new()),
    }
}

fn duplicate_key(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    edit.change_entry(&mut documents, |edit, entries, at| {
        let Some((key, value)) = entries.get(at).cloned() else { return };
        let key = match edit.random.below(5) {
            0 => format!("\"{key}\""),
            1 => format!("'{key}'"),
            2 => format!("!!str {key}"),
            _ => key,
        };
        let value = if edit.random.chance(30) { Tree::text("null") } else { value };
        let at = edit.random.below(entries.len() + 1);
        entries.insert(at, (key, value));
    });
    edit.write(&documents)
}

fn duplicate_document(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    let at = edit.random.below(documents.len());
    let Some(mut copy) = documents.get(at).cloned() else { return String::new() };
    if let Tree::Map(entries) = &mut copy {
        match edit.random.below(4) {
            0 => entries
                .retain(|(key, _)| matches!(key.as_str(), "apiVersion" | "kind" | "name" | "version" | "machine")),
            1 => {
                for (key, value) in entries.iter_mut() {
                    if key == "name" {
                        *value = Tree::text("another");
                    }
                }
            }
            2 => entries.retain(|(key, _)| key != "name"),
            _ => {}
        }
    }
    documents.push(copy);
    edit.write(&documents)
}

fn conflict(edit: &mut Edit<'_>) -> String {
    let kinds: Vec<&Kind> =
        edit.sources.kinds(edit.minor).into_iter().filter(|kind| !kind.conflicts.is_empty()).collect();
    let Some(kind) = edit.random.pick(&kinds).copied() else { return several(edit) };
    let other = edit.random.pick(&kind.conflicts).cloned().unwrap_or_default();
    let kinds = edit.sources.kinds(edit.minor);
    let Some(other) = kinds.into_iter().find(|kind| kind.name == other) else { return several(edit) };
    let same = usize::from(edit.random.chance(50));
    let mut documents = vec![edit.document(kind, 1), edit.document(other, 2 - same)];
    if edit.random.chance(30) {
        documents.reverse();
    }
    edit.write(&documents)
}

/// Null, in one of its forms, anywhere.
fn nulls(edit: &mut Edit<'_>) -> String {
    let null = edit.random.word(&["null", "~", "", "!!null null", "Null"]);
    if edit.random.chance(50) {
        let Some(place) = edit.place(|place| place.steps.last().is_some_and(|step| step == "[]" || step == "*")) else {
            return String::new();
        };
        let document = edit.sources.around(&place, Tree::text(null));
        return edit.block(&[document]);
    }
    let mut documents = edit.start();
    edit.change(&mut documents, |_| true, |_, tree| *tree = Tree::text(null));
    edit.block(&documents)
}

/// An anchor on one value, and its alias in the place of another.
fn alias(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    let at = edit.random.below(documents.len());
    let Some(document) = documents.get_mut(at) else { return String::new() };
    let same_form = edit.random.chance(60);
    let count = document.count();
    let first = 1 + edit.random.below(count.saturating_sub(1));
    let Some(tree) = document.at(first) else { return String::new() };
    let target = tree.clone();
    let anchored = match &target {
        Tree::Text(value) if !value.starts_with(['&', '*']) => format!("&a {value}"),
        Tree::Text(value) => value.clone(),
        other => format!("&a {}", other.write(Layout::Flow).trim_end()),
    };
    *tree = Tree::Text(anchored);
    let wanted = |tree: &Tree| !same_form || std::mem::discriminant(tree) == std::mem::discriminant(&target);
    let after: Vec<usize> = document.find(wanted).into_iter().filter(|at| *at != 0 && *at != first).collect();
    if let Some(at) = edit.random.pick(&after).copied()
        && let Some(tree) = document.at(at)
    {
        *tree = Tree::text("*a");
    }
    edit.block(&documents)
}

fn merge(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    let values =
        ["{token: a}", "{a: b}", "*a", "[{a: b}, {c: d}]", "null", "x", "{}", "[*a]", "{<<: {a: b}}", "{name: b}"];
    let value = edit.random.word(&values);
    let anchor = edit.random.word(&["{a: b}", "{token: a}", "[a]", "{image: x}", "a", "{}"]);
    if let Some(Tree::Map(entries)) = documents.first_mut()
        && value.contains('*')
        && let Some((_, Tree::Map(machine))) = entries.iter_mut().find(|(key, _)| key == "machine")
    {
        machine.insert(0, ("baseRuntimeSpecOverrides".to_owned(), Tree::Text(format!("{{x: &a {anchor}}}"))));
    }
    edit.change(&mut documents, is_map, |edit, tree| {
        if let Tree::Map(entries) = tree {
            let at = edit.random.below(entries.len() + 1);
            let key = edit.random.word(&["<<", "<<", "<<", "'<<'", "!!merge <<"]);
            entries.insert(at, (key.to_owned(), Tree::text(value)));
        }
    });
    edit.block(&documents)
}

/// Keys written in other ways.
fn key_style(edit: &mut Edit<'_>) -> String {
    let mut documents = edit.start();
    edit.change_entry(&mut documents, |edit, entries, at| {
        let Some((key, _)) = entries.get_mut(at) else { return };
        let old = key.trim_matches(['"', '\'']).to_owned();
        *key = match edit.random.below(14) {
            0 => format!("!!str {old}"),
            1 => format!("!local {old}"),
            2 => format!("&key {old}"),
            3 => format!("\"{old}\""),
            4 => format!("? {old}\n"),
            5 => format!("{old} "),
            6 => format!("[{old}]"),
            7 => format!("{{{old}: a}}"),
            8 => format!("!!int {old}"),
            9 => "null".to_owned(),
            10 => "\"\"".to_owned(),
            11 => "2001-01-01".to_owned(),
            12 => "1.5".to_owned(),
            _ => format!("'{old}'"),
        };
    });
    edit.block(&documents)
}

fn empty_document(edit: &mut Edit<'_>) -> String {
    let documents = edit.start();
    let layout = layout(edit.random);
    let mut texts: Vec<String> = documents.iter().map(|document| document.write(layout)).collect();
    let empty = ["", "null\n", "~\n", "{}\n", "[]\n", "# nothing\n", "\n\n", "a\n", "\"\"\n", "...\n", "!!null ''\n"];
    for _ in 0..=edit.random.below(2) {
        let at = edit.random.below(texts.len() + 1);
        texts.insert(at, edit.random.word(&empty).to_owned());
    }
    let start = edit.random.word(&["", "---\n"]);
    format!("{start}{}", texts.join("---\n"))
}

/// A character or two more or less, anywhere.
fn syntax(edit: &mut Edit<'_>) -> String {
    let documents = edit.start();
    let text = if edit.random.chance(70) { edit.block(&documents) } else { edit.write(&documents) };
    let mut characters: Vec<char> = text.chars().collect();
    let at = edit.random.below(characters.len());
    match edit.random.below(4) {
        0 => {
            // A whole sign of YAML goes.
            let signs: Vec<usize> = characters
                .iter()
                .enumerate()
                .filter(|(_, character)| {
                    matches!(character, ':' | '"' | '\'' | '[' | ']' | '{' | '}' | '-' | '\n' | ' ' | ',')
                })
                .map(|(at, _)| at)
                .collect();
            if let Some(at) = edit.random.pick(&signs).copied() {
                characters.remove(at);
            }
        }
        1 => {
            // At the start of a value, where signs count most.
            let starts: Vec<usize> = characters
                .windows(2)
                .enumerate()
                .filter(|(_, pair)| *pair == [':', ' '])
                .map(|(at, _)| at + 2)
                .collect();
            let at = edit.random.pick(&starts).copied().unwrap_or(at);
            let inserted: Vec<char> = edit.random.word(samples::SYNTAX).chars().collect();
            characters.splice(at..at, inserted);
        }
        _ => {
            let inserted: Vec<char> = edit.random.word(samples::SYNTAX).chars().collect();
            characters.splice(at..at, inserted);
        }
    }
    characters.into_iter().collect()
}

/// A line that is indented otherwise.
fn indent(edit: &mut Edit<'_>) -> String {
    let documents = edit.start();
    let text = edit.block(&documents);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = edit.random.below(lines.len());
    let Some(line) = lines.get_mut(at) else { return text };
    match edit.random.below(6) {
        0 => line.insert(0, ' '),
        1 => line.insert_str(0, "  "),
        2 => line.insert(0, '\t'),
        3 => *line = line.strip_prefix(' ').unwrap_or(line).to_owned(),
        4 => *line = line.strip_prefix("  ").unwrap_or(line).to_owned(),
        _ => *line = line.trim_start().to_owned(),
    }
    lines.join("\n") + "\n"
}

fn bytes(edit: &mut Edit<'_>) -> String {
    let documents = edit.start();
    let text = edit.write(&documents);
    match edit.random.below(12) {
        0 | 1 => text.replace('\n', "\r\n"),
        2 => text.replace('\n', "\r"),
        3 => format!("\u{feff}{text}"),
        4 => text.trim_end().to_owned(),
        5 => text.replace('\n', "  \n"),
        6 => text.replace('\n', "\n\n"),
        7 => text.replace("---\n", "---\n\u{feff}"),
        8 => text.replace(": ", ":   "),
        9 => text.replace(": ", ":\t"),
        10 => text.replacen('\n', "\u{85}", 1),
        _ => text.replacen('a', "é😀", 1),
    }
}

fn comment(edit: &mut Edit<'_>) -> String {
    let documents = edit.start();
    let text = edit.block(&documents);
    let mut commented = String::new();
    for line in text.lines() {
        match edit.random.below(8) {
            0 => commented.push_str("# a comment: [\n"),
            1 => commented.push_str("      # indented\n"),
            2 => commented.push('\n'),
            _ => {}
        }
        commented.push_str(line);
        commented.push_str(if edit.random.chance(15) { " # why" } else { "" });
        commented.push('\n');
    }
    commented
}

/// Values that Talos takes as they are.
fn free_form(edit: &mut Edit<'_>) -> String {
    let Some(place) = edit.place(|place| place.value.ends_with("unstructured")) else { return plain(edit) };
    let contents = [
        "{a: {b: [1, 2.5, null, 2001-01-01]}}",
        "{a: 1, a: 2}",
        "{1: a, 2: b}",
        "{[a]: b}",
        "{{a: b}: c}",
        "{a: &x {b: c}, d: *x}",
        "{a: {1: x, '1': y}}",
        "{a: {1: x, 01: y}}",
        "{a: !!int x}",
        "{a: !local x}",
        "{null: a}",
        "{a: {<<: {b: c}}}",
        "{<<: {b: c}}",
        "{a: {<<: x}}",
        "{a: \"\\u00e9\"}",
        "{a: 0x10, b: .nan}",
        "{true: a}",
        "[a]",
        "a",
        "1",
        "{a: &x [*x]}",
        "{a: *nothing}",
    ];
    let document = edit.sources.around(&place, Tree::text(edit.random.word(&contents)));
    edit.block(&[document])
}
