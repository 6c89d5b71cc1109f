//! Edits change the data that they are meant to change, and no byte besides: on every entry of every configuration of the
//! corpus, and on texts of every style.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use talint_analyzer::edit::{Edit, Emptied, Layout, apply};
use talint_analyzer::syntax::{Kind, NodeRef, Style, Tree, parse};

/// What a node means: scalars with what decides their type, collections with their members.
#[derive(Clone, Debug, PartialEq)]
enum Data {
    Scalar(String, bool, Option<String>),
    Sequence(Vec<Data>),
    Mapping(Vec<(Data, Data)>),
    Alias(String),
}

impl Data {
    fn of(node: NodeRef<'_, '_>) -> Self {
        match node.kind() {
            Kind::Scalar => Self::Scalar(
                node.value().to_owned(),
                node.node().style == Style::Plain,
                node.node().tag.as_deref().map(str::to_owned),
            ),
            Kind::Alias => Self::Alias(node.value().to_owned()),
            Kind::Sequence => Self::Sequence(node.items().map(Self::of).collect()),
            Kind::Mapping => {
                Self::Mapping(node.entries().map(|(key, value)| (Self::of(key), Self::of(value))).collect())
            }
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Mapping(entries) if entries.is_empty())
            || matches!(self, Self::Sequence(items) if items.is_empty())
    }

    /// Goes along places among the members and puts what `change` makes of the data there into its place.
    fn at(&mut self, way: &[usize], change: &dyn Fn(&mut Data)) {
        match (way, self) {
            ([], data) => change(data),
            ([first, rest @ ..], Self::Mapping(entries)) => entries[*first].1.at(rest, change),
            ([first, rest @ ..], Self::Sequence(items)) => items[*first].at(rest, change),
            _ => panic!("no such way"),
        }
    }

    fn without(&mut self, way: &[usize], emptied: Emptied) {
        let Some((last, outer)) = way.split_last() else { panic!("a root stays") };
        self.at(outer, &|data| match data {
            Self::Mapping(entries) => drop(entries.remove(*last)),
            Self::Sequence(items) => drop(items.remove(*last)),
            _ => panic!("no such way"),
        });
        let is_empty = std::cell::Cell::new(false);
        self.at(outer, &|data| is_empty.set(data.is_empty()));
        if is_empty.get() && emptied == Emptied::Goes && !outer.is_empty() {
            self.without(outer, emptied);
        }
    }
}

fn data(tree: &Tree<'_>) -> Vec<Option<Data>> {
    tree.documents.iter().map(|document| document.root.map(|id| Data::of(tree.node(id)))).collect()
}

/// Every node below the root of a document, with its document and its way from the root.
fn members<'t, 's>(tree: &'t Tree<'s>) -> Vec<(usize, Vec<usize>, NodeRef<'t, 's>)> {
    fn walk<'t, 's>(
        document: usize,
        way: &[usize],
        node: NodeRef<'t, 's>,
        out: &mut Vec<(usize, Vec<usize>, NodeRef<'t, 's>)>,
    ) {
        let below = node.entries().map(|(_, value)| value).chain(node.items());
        for (place, member) in below.enumerate() {
            let way: Vec<usize> = way.iter().copied().chain([place]).collect();
            out.push((document, way.clone(), member));
            walk(document, &way, member, out);
        }
    }
    let mut out = Vec::new();
    for (number, document) in tree.documents.iter().enumerate() {
        if let Some(root) = document.root {
            walk(number, &[], tree.node(root), &mut out);
        }
    }
    out
}

/// Whether something elsewhere may stand for a part of `node`, which then cannot go.
fn is_anchored(node: NodeRef<'_, '_>) -> bool {
    node.node().anchor.is_some()
        || node.key().is_some_and(|key| key.node().anchor.is_some())
        || node.children().any(is_anchored)
}

/// The text without what `edits` touch, and the text after them without what they put in.
fn untouched(text: &str, edits: &[Edit], after: &str) -> (String, String) {
    let mut sorted = edits.to_vec();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let (mut kept, mut kept_after, mut at, mut at_after) = (String::new(), String::new(), 0, 0);
    for edit in &sorted {
        let outside = &text[at..edit.span.start as usize];
        kept.push_str(outside);
        kept_after.push_str(&after[at_after..at_after + outside.len()]);
        at_after += outside.len();
        assert_eq!(&after[at_after..at_after + edit.text.len()], edit.text);
        at_after += edit.text.len();
        at = edit.span.end as usize;
    }
    kept.push_str(&text[at..]);
    kept_after.push_str(&after[at_after..]);
    (kept, kept_after)
}

fn holds(text: &str, edits: &[Edit], wanted: &[Option<Data>], what: &str) {
    let after = apply(text, edits).unwrap_or_else(|| panic!("{what}: {edits:?} cannot be applied to\n{text}"));
    let (kept, kept_after) = untouched(text, edits, &after);
    assert_eq!(kept, kept_after, "{what}");
    let tree = parse(&after);
    assert!(tree.problems.is_empty(), "{what}: {:?}\n{after}\n--- was\n{text}", tree.problems);
    assert_eq!(data(&tree), wanted, "{what}\n{after}\n--- was\n{text}");
}

/// How many members of a text were edited, and how many are written in a way that is not understood.
#[derive(Default)]
struct Count {
    edited: usize,
    refused: usize,
}

/// Takes out every member of `text`, replaces every scalar, and adds to every mapping.
fn edit_everything(text: &str, name: &str, count: &mut Count) {
    let tree = parse(text);
    if !tree.problems.is_empty() {
        return;
    }
    let layout = Layout::new(text, &tree);
    let before = data(&tree);
    for (document, way, member) in members(&tree) {
        let what = format!("{name}: {}", member.path());
        if is_anchored(member) {
            continue;
        }
        for emptied in [Emptied::Stays, Emptied::Goes] {
            let Some(edits) = layout.remove(&[member], emptied) else {
                count.refused += 1;
                continue;
            };
            count.edited += 1;
            let mut wanted = before.clone();
            wanted[document].as_mut().unwrap().without(&way, emptied);
            // Anchors may stand in what goes with it.
            let is_more = emptied == Emptied::Goes && member.parent().is_some_and(|parent| is_anchored(parent));
            if !is_more {
                holds(text, &edits, &wanted, &format!("{what} {emptied:?}"));
            }
        }
        if member.kind() == Kind::Scalar {
            let mut wanted = before.clone();
            wanted[document].as_mut().unwrap().at(&way, &|data| {
                let Data::Scalar(_, _, tag) = data else { panic!("a scalar") };
                *data = Data::Scalar("new value".to_owned(), true, tag.clone());
            });
            holds(text, &layout.replace(member, "new value"), &wanted, &format!("{what} replaced"));
        }
        if member.kind() == Kind::Mapping
            && let Some(edit) = layout.insert(member, "added", "1")
        {
            let mut wanted = before.clone();
            wanted[document].as_mut().unwrap().at(&way, &|data| {
                let Data::Mapping(entries) = data else { panic!("a mapping") };
                let scalar = |text: &str| Data::Scalar(text.to_owned(), true, None);
                entries.push((scalar("added"), scalar("1")));
            });
            holds(text, &[edit], &wanted, &format!("{what} with more"));
        }
    }
    let mut wanted = before.clone();
    wanted
        .push(Some(Data::Mapping(vec![(Data::Scalar("a".into(), true, None), Data::Scalar("b".into(), true, None))])));
    if before.last().is_some_and(Option::is_some) {
        holds(text, &[layout.append_document("a: b")], &wanted, &format!("{name}: a document more"));
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("corpus")
}

#[test]
fn every_entry_of_the_corpus_can_be_edited() {
    let mut count = Count::default();
    for folder in ["rules", "examples", "generated/talos-1.12", "foreign"] {
        for path in files(&corpus().join(folder)) {
            let text = std::fs::read_to_string(&path).unwrap();
            edit_everything(&text, &path.display().to_string(), &mut count);
        }
    }
    assert!(count.edited > 10_000, "{}", count.edited);
    assert!(count.refused * 1000 < count.edited, "{} of {} are refused", count.refused, count.edited);
}

/// Texts of many styles, each with what is hard about it.
const STYLES: &[&str] = &[
    // Comments above, beside and below.
    "# of the file\na:\n  # of b\n  b: 1 # beside b\n  # of c\n  # of c too\n  c: 2\n  # below c, and as deep\n    # deeper than c\n# of d\nd: 3\n",
    // Block scalars, with and without the line breaks at their end.
    "a: |\n  # no comment\n  x\n\nb: >-\n  y\n\n\nc: |+\n  z\n\n# of d\nd: |2\n   w\n",
    // The last entry, without a line end.
    "a:\n  b:\n    c: 1",
    // Sequences of mappings, at the same indentation as their key and deeper.
    "a:\n- b: 1\n  c: 2\n- # of the item\n  d: 3\n  # of e\n  e: 4\nf:\n    - g: 5\n    # of the next\n    - - h\n      - i: 6\n        j: 7\n",
    // Brackets.
    "a: {b: 1, c: [2, 3], d: {e: 4}}\nf: [g, {h: 1, i: 2}, ]\nj: {\n  k: 1, # of k\n  l: 2,\n}\n",
    // Quotes, and more than one line.
    "\"a b\": 'c'\n'd': \"e\n  f\"\ng: h\n  i\n? j\n: k\nl: !!str 1\n",
    // Absent values.
    "a:\nb: # beside\nc: ~\nd:\n  -\n  - e\n  - f:\n    g:\n",
    // Documents.
    "---\n# of a\na: 1\n---\nb: 2\n...\n---\nc:\n  d: 3 # of d\n",
    // Blank lines.
    "a: 1\n\n\nb:\n\n  c: 2\n\n  d: 3\n\n\ne: 4\n\n",
    // Anchors beside what is taken out.
    "a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n",
];

#[test]
fn every_style_can_be_edited_with_every_line_end_and_a_mark() {
    for text in STYLES {
        let crlf = text.replace('\n', "\r\n");
        let variants = [(*text).to_owned(), crlf, format!("\u{feff}{text}")];
        for text in variants {
            edit_everything(&text, &format!("{text:?}"), &mut Count::default());
        }
    }
}

/// A text of nested collections in any style, with comments.
fn yaml() -> impl Strategy<Value = String> {
    #[derive(Clone, Debug)]
    enum Part {
        Scalar(String),
        Flow(String),
        Block(String),
        Mapping(Vec<(Part, u8)>),
        Sequence(Vec<(Part, u8)>),
    }
    fn comment(bits: u8, indent: &str, out: &mut String) {
        if bits & 1 != 0 {
            out.push_str(indent);
            out.push_str("# above\n");
        }
        if bits & 8 != 0 {
            out.push('\n');
        }
    }
    fn write(part: &Part, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        match part {
            Part::Scalar(text) | Part::Flow(text) => {
                out.push(' ');
                out.push_str(text);
                out.push('\n');
            }
            Part::Block(text) => {
                out.push_str(" |\n");
                for line in text.lines() {
                    out.push_str(&indent);
                    out.push_str(line);
                    out.push('\n');
                }
            }
            Part::Mapping(entries) => {
                out.push('\n');
                for (number, (value, bits)) in entries.iter().enumerate() {
                    comment(*bits, &indent, out);
                    let _ = write!(out, "{indent}k{number}:");
                    write(value, depth + 1, out);
                    if bits & 2 != 0 && matches!(value, Part::Scalar(_) | Part::Flow(_)) {
                        out.insert_str(out.len() - 1, " # beside");
                    }
                    if bits & 4 != 0 && !matches!(value, Part::Block(_)) {
                        let _ = writeln!(out, "{indent}  # deeper");
                    }
                }
            }
            Part::Sequence(items) => {
                out.push('\n');
                for (item, bits) in items {
                    comment(*bits, &indent, out);
                    let _ = write!(out, "{indent}-");
                    let start = out.len();
                    write(item, depth + 1, out);
                    // A mapping or sequence begins behind its dash when nothing stands above its first member.
                    let rest = out[start..].to_owned();
                    if let Some(rest) = rest.strip_prefix('\n').filter(|_| bits & 16 != 0)
                        && let Some(rest) = rest.strip_prefix(&format!("{indent}  "))
                        && !rest.starts_with('#')
                        && !rest.starts_with('\n')
                    {
                        out.truncate(start);
                        out.push(' ');
                        out.push_str(rest);
                    }
                }
            }
        }
    }
    let leaf = prop_oneof![
        prop::sample::select(vec!["a", "1", "'q: #'", "\"d\"", "é", "x#y", "true"])
            .prop_map(|text| Part::Scalar(text.to_owned())),
        prop::sample::select(vec!["{}", "[]", "{a: 1}", "[1, 2]", "{a: 1, b: {c: [d, e]}}", "[{a: 1, b: 2}, 3,]"])
            .prop_map(|text| Part::Flow(text.to_owned())),
        prop::sample::select(vec!["a", "# no comment\nb", "a\n  b"]).prop_map(|text| Part::Block(text.to_owned())),
    ];
    let part = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec((inner.clone(), any::<u8>()), 1..4).prop_map(Part::Mapping),
            prop::collection::vec((inner, any::<u8>()), 1..4).prop_map(Part::Sequence),
        ]
    });
    prop::collection::vec((part, any::<u8>()), 1..4).prop_map(|entries| {
        let mut out = String::new();
        write(&Part::Mapping(entries), 0, &mut out);
        out.trim_start_matches('\n').to_owned()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn every_entry_of_any_text_can_be_edited(text in yaml(), is_crlf in any::<bool>()) {
        let text = if is_crlf { text.replace('\n', "\r\n") } else { text };
        edit_everything(&text, "text", &mut Count::default());
    }

    #[test]
    fn several_entries_can_go_at_once(text in yaml(), picks in prop::collection::vec(any::<prop::sample::Index>(), 1..5)) {
        let tree = parse(&text);
        let layout = Layout::new(&text, &tree);
        let all = members(&tree);
        let mut picked: Vec<(usize, Vec<usize>, NodeRef<'_, '_>)> = picks.iter().map(|pick| all[pick.index(all.len())].clone()).collect();
        picked.sort_by(|a, b| b.1.cmp(&a.1));
        picked.dedup_by(|a, b| a.1 == b.1);
        // What is inside of another that goes is not there to go.
        let ways: Vec<Vec<usize>> = picked.iter().map(|(_, way, _)| way.clone()).collect();
        picked.retain(|(_, way, _)| !ways.iter().any(|other| other != way && way.starts_with(other)));
        let nodes: Vec<NodeRef<'_, '_>> = picked.iter().map(|(_, _, node)| *node).collect();
        let mut wanted = data(&tree);
        for (document, way, _) in &picked {
            wanted[*document].as_mut().unwrap().without(way, Emptied::Stays);
        }
        let edits = layout.remove(&nodes, Emptied::Stays).unwrap();
        holds(&text, &edits, &wanted, "several");
    }
}

#[test]
fn overlapping_edits_are_refused() {
    let edit = |start, end| Edit { span: talint_analyzer::text::Span { start, end }, text: "x".to_owned() };
    assert_eq!(apply("abcdef", &[edit(0, 3), edit(2, 4)]), None);
    assert_eq!(apply("abc", &[edit(2, 9)]), None);
    assert_eq!(apply("é", &[edit(1, 2)]), None);
    assert_eq!(apply("abcdef", &[edit(3, 4), edit(0, 1), edit(3, 3)]).unwrap(), "xbcxxef");
}

/// An entry takes its own comments with it, and no one else's.
#[test]
fn comments_go_with_what_they_belong_to() {
    let text = "a:\n  # of b\n  b: 1 # beside\n    # below b\n\n  # of c\n  c: 2\n# of d\nd: 3\n";
    let tree = parse(text);
    let layout = Layout::new(text, &tree);
    let root = tree.roots().next().unwrap();
    let removed =
        |path: &[&str]| apply(text, &layout.remove(&[root.at(path).unwrap()], Emptied::Stays).unwrap()).unwrap();
    assert_eq!(removed(&["a", "b"]), "a:\n\n  # of c\n  c: 2\n# of d\nd: 3\n");
    assert_eq!(removed(&["a", "c"]), "a:\n  # of b\n  b: 1 # beside\n    # below b\n\n# of d\nd: 3\n");
    assert_eq!(removed(&["d"]), "a:\n  # of b\n  b: 1 # beside\n    # below b\n\n  # of c\n  c: 2\n");
}
