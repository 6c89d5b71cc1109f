//! Bases and patches to lay over them: most of them good, some refused.

use super::random::Random;
use super::sources::{Kind, MACHINE_CONFIG, Place, Sources};
use super::tree::{Layout, Tree};
use super::{hash, layout};

/// A base with its patches.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) base: String,
    pub(crate) patches: Vec<String>,
}

impl Case {
    /// A short hash of the texts: a result is recorded for these only.
    pub(crate) fn hash(&self) -> String {
        hash(&format!("{}\n{:?}", self.base, self.patches))
    }
}

/// How many cases there are for a version.
pub(crate) const CASES: usize = 2000;

/// The cases of a version.
pub(crate) fn cases(sources: &Sources, minor: u8, seed: u64) -> Vec<Case> {
    let places = sources.places(minor);
    (0..CASES).map(|number| case(sources, &places, minor, seed, number)).collect()
}

fn case(sources: &Sources, places: &[Place], minor: u8, seed: u64, number: usize) -> Case {
    let id = format!("{}/{number}", if number % 3 == 2 { "triple" } else { "pair" });
    let mut random = Random::new(seed ^ u64::from(minor) << 8, &id);
    let mut make = Make { sources, places, minor, random: &mut random };
    let documents = make.base();
    let count = if number % 3 == 2 { 2 } else { 1 };
    let patches: Vec<String> = (0..count).map(|_| make.patch(&documents)).collect();
    Case { id, base: write(&documents, &mut random), patches }
}

fn write(documents: &[Tree], random: &mut Random) -> String {
    let texts: Vec<String> = documents.iter().map(|document| complete(document).write(plain(layout(random)))).collect();
    texts.join("---\n")
}

/// Values without quotes are not all that they seem in brackets; that is another test's.
fn plain(layout: Layout) -> Layout {
    if layout == Layout::Flow { Layout::Json } else { layout }
}

/// Talos writes a firewall rule without a protocol so that it cannot read it again.
fn complete(document: &Tree) -> Tree {
    let mut document = document.clone();
    let Tree::Map(entries) = &mut document else { return document };
    let is_deletion = entries.iter().any(|(key, _)| key == "$patch");
    if !entries.iter().any(|(_, value)| *value == Tree::text("NetworkRuleConfig")) || is_deletion {
        return document;
    }
    let protocol = ("protocol".to_owned(), Tree::text("tcp"));
    let selector = entries.iter_mut().find(|(key, _)| key == "portSelector");
    if let Some((_, Tree::Map(selector))) = selector {
        selector.retain(|(key, _)| key != "protocol" && key != "$patch");
        selector.push(protocol);
    } else {
        entries.retain(|(key, _)| key != "portSelector");
        entries.push(("portSelector".to_owned(), Tree::Map(vec![protocol])));
    }
    document
}

struct Make<'m, 'r> {
    sources: &'m Sources,
    places: &'m [Place],
    minor: u8,
    random: &'r mut Random,
}

impl Make<'_, '_> {
    fn base(&mut self) -> Vec<Tree> {
        let generated = self.sources.generated(self.minor);
        let Some(generated) = self.random.pick(&generated) else { return Vec::new() };
        let mut documents: Vec<Tree> = generated.to_vec();
        if self.random.chance(40) {
            documents.truncate(1);
        }
        // More of the machine configuration than what is generated.
        for _ in 0..self.random.below(6) {
            let Some(place) = self.place(MACHINE_CONFIG) else { break };
            let value = self.sources.good(&place.value, self.minor, self.random, 3);
            if let Some(first) = documents.first_mut() {
                insert(first, &place.steps, value);
            }
        }
        for _ in 0..self.random.below(4) {
            let kinds = self.sources.kinds(self.minor);
            let Some(kind) = self.random.pick(&kinds).copied().filter(|kind| kind.name != MACHINE_CONFIG) else {
                continue;
            };
            if !self.excludes(&documents, kind) {
                documents.push(self.sources.document(kind, self.minor, self.random));
            }
        }
        documents
    }

    /// Whether a document of a kind cannot stand beside those there are.
    fn excludes(&self, documents: &[Tree], kind: &Kind) -> bool {
        documents.iter().any(|document| {
            let other = kind_of(document);
            let of_other = self.sources.kinds.iter().find(|known| known.name == other);
            other == kind.name
                || kind.conflicts.contains(&other)
                || of_other.is_some_and(|known| known.conflicts.contains(&kind.name))
        })
    }

    fn place(&mut self, kind: &str) -> Option<Place> {
        let of_kind: Vec<&Place> = self.places.iter().filter(|place| place.kind == kind).collect();
        self.random.pick(&of_kind).map(|place| (*place).clone())
    }

    fn patch(&mut self, base: &[Tree]) -> String {
        match self.random.below(20) {
            0 => self.odd(base),
            1..4 => self.json(base),
            _ => self.strategic(base),
        }
    }

    fn odd(&mut self, base: &[Tree]) -> String {
        match self.random.below(8) {
            0 => String::new(),
            1 => "# nothing here\n".to_owned(),
            2 => "version: v1alpha1\n".to_owned(),
            3 => format!("---\n---\n{}", self.strategic(base)),
            4 => "machine:\n  unknown: 1\n".to_owned(),
            5 => "[]\n".to_owned(),
            6 => format!("{0}---\n{0}", self.strategic(base)),
            _ => "machine:\n  type: worker\n  type: worker\n".to_owned(),
        }
    }

    fn strategic(&mut self, base: &[Tree]) -> String {
        let mut documents: Vec<Tree> = Vec::new();
        for _ in 0..=self.random.below(3) {
            let part = match self.random.below(10) {
                // Around something that is there.
                0..5 => self.around_existing(base),
                5..8 => self.around_place(base),
                _ => self.anew(base),
            };
            let Some(part) = part else { continue };
            let same = |other: &Tree| kind_of(other) == kind_of(&part) && name_of(other) == name_of(&part);
            match documents.iter_mut().find(|other| same(other)) {
                Some(document) => union(document, part),
                None => documents.push(part),
            }
        }
        if documents.is_empty() {
            documents.push(Tree::map(&[("debug", "true"), ("version", "v1alpha1")]));
        }
        write(&documents, self.random)
    }

    /// A document of a kind the base may or may not have.
    fn anew(&mut self, base: &[Tree]) -> Option<Tree> {
        let kinds = self.sources.kinds(self.minor);
        let kind = self.random.pick(&kinds).copied().filter(|kind| kind.name != MACHINE_CONFIG)?;
        let there = base.iter().any(|document| kind_of(document) == kind.name);
        if !there && self.excludes(base, kind) && self.random.chance(80) {
            return None;
        }
        if self.random.chance(15) {
            let mut delete = super::sources::header(&kind.name);
            if kind.named && self.random.chance(80) {
                delete.push(("name".to_owned(), Tree::text("a")));
            }
            delete.push(("$patch".to_owned(), Tree::text("delete")));
            return Some(Tree::Map(delete));
        }
        Some(self.sources.document(kind, self.minor, self.random))
    }

    /// A field of a document that the base has, or of the machine configuration.
    fn around_place(&mut self, base: &[Tree]) -> Option<Tree> {
        let document = self.random.pick(base)?;
        let kind = if self.random.chance(60) { MACHINE_CONFIG.to_owned() } else { kind_of(document) };
        let place = self.place(&kind)?;
        let value = if self.random.chance(8) {
            Tree::map(&[("$patch", "delete")])
        } else {
            self.sources.good(&place.value, self.minor, self.random, 3)
        };
        let mut tree = self.sources.around(&place, value);
        if kind == kind_of(document) {
            identify(&mut tree, document);
        }
        Some(tree)
    }

    /// A path of the base, with another value at its end.
    fn around_existing(&mut self, base: &[Tree]) -> Option<Tree> {
        let document = self.random.pick(base)?.clone();
        let kind = kind_of(&document);
        let root = self.sources.kinds.iter().find(|known| known.name == kind)?.root_type().to_owned();
        let Tree::Map(_) = &document else { return None };
        let mut tree = self.vary(&document, &root)?;
        identify(&mut tree, &document);
        Some(tree)
    }

    /// Part of `tree`, varied; `value` is what the tables say is there.
    fn vary(&mut self, tree: &Tree, value: &str) -> Option<Tree> {
        let value = value.trim_start_matches('*');
        if self.random.chance(5) {
            return Some(Tree::map(&[("$patch", "delete")]));
        }
        match tree {
            Tree::Map(entries) => {
                if entries.is_empty() || self.random.chance(10) {
                    return Some(self.sources.good(value, self.minor, self.random, 3));
                }
                let (key, inner) = self.random.pick(entries)?.clone();
                let inner_value = self.inner(value, &key);
                let varied = match inner_value {
                    Some(inner_value) => self.vary(&inner, &inner_value)?,
                    None => inner,
                };
                let mut result = vec![(key, varied)];
                if self.random.chance(30)
                    && let Tree::Map(more) = self.sources.good(value, self.minor, self.random, 2)
                {
                    let known: Vec<String> = result.iter().map(|(key, _)| key.clone()).collect();
                    result.extend(more.into_iter().filter(|(key, _)| !known.contains(key)).take(2));
                }
                Some(Tree::Map(result))
            }
            Tree::List(items) => {
                let inner_value = value.strip_prefix("list<").and_then(|inner| inner.strip_suffix('>'));
                let item = self.random.pick(items).cloned();
                let Some(mut item) = item.filter(|_| self.random.chance(80)) else {
                    return Some(self.sources.good(value, self.minor, self.random, 3));
                };
                if let Tree::Map(entries) = &mut item {
                    if self.random.chance(35) {
                        entries.truncate(2);
                        entries.insert(0, ("$patch".to_owned(), Tree::text("delete")));
                    } else if let (Some(inner_value), true) = (inner_value, self.random.chance(60)) {
                        // The first entry is often the key by which items are told apart.
                        let more = self.sources.good(inner_value, self.minor, self.random, 3);
                        entries.truncate(1);
                        if let Tree::Map(more) = more {
                            let known: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
                            entries.extend(more.into_iter().filter(|(key, _)| !known.contains(key)));
                        }
                    }
                }
                Some(Tree::List(vec![item]))
            }
            Tree::Text(_) => {
                let new = match self.random.below(10) {
                    0 => Tree::text("null"),
                    1 => Tree::text("\"\""),
                    2 => Tree::text("0"),
                    _ => self.sources.good(value, self.minor, self.random, 2),
                };
                Some(if value == "unstructured" { Tree::text("1") } else { new })
            }
        }
    }

    fn inner(&self, value: &str, key: &str) -> Option<String> {
        if let Some(inner) = value.strip_prefix("map<").and_then(|inner| inner.strip_suffix('>')) {
            return Some(inner.to_owned());
        }
        if value == "unstructured" || value == "any" {
            return Some("any".to_owned());
        }
        let field = self
            .sources
            .fields(value)
            .iter()
            .find(|field| field.name == key && field.versions.contains(&self.minor))?;
        Some(field.value.clone())
    }

    /// A JSON patch of some operations, most of them on paths of the base.
    fn json(&mut self, base: &[Tree]) -> String {
        let Some(document) = base.first() else { return "[]\n".to_owned() };
        let mut paths: Vec<(String, Tree)> = Vec::new();
        walk(document, "", &mut paths);
        let mut operations = Vec::new();
        for _ in 0..=self.random.below(3) {
            let Some((path, tree)) = self.random.pick(&paths).cloned() else { break };
            let other = self.random.pick(&paths).map(|(path, _)| path.clone()).unwrap_or_default();
            let value = if self.random.chance(70) { tree.clone() } else { Tree::text(self.random.word(VALUES)) };
            let op = self.random.word(&["add", "replace", "replace", "remove", "test", "copy", "move", "add"]);
            // What Talos writes though it is not set is there after a strategic patch.
            let path = match self.random.below(12) {
                4..6 => self.random.word(UNSET).to_owned(),
                0 => format!("{path}/missing"),
                1 => format!("{path}/-"),
                2 => format!("{path}/0"),
                3 => format!("{path}/-1"),
                _ => path,
            };
            let text = |text: &str| Tree::Text(format!("{text:?}"));
            let mut operation = vec![("op".to_owned(), text(op)), ("path".to_owned(), text(&path))];
            match op {
                "remove" => {}
                "copy" | "move" => operation.push(("from".to_owned(), text(&other))),
                _ => operation.push(("value".to_owned(), value)),
            }
            operations.push(Tree::Map(operation));
        }
        Tree::List(operations).write(plain(layout(self.random)))
    }
}

const UNSET: &[&str] = &[
    "/machine/certSANs/-",
    "/machine/certSANs",
    "/machine/kubelet/image",
    "/machine/install/wipe",
    "/machine/network/hostname",
    "/cluster/apiServer/image",
    "/cluster/controlPlane/endpoint",
    "/cluster/network/dnsDomain",
    "/cluster/network/podSubnets/-",
    "/machine/install/image",
    "/machine/ca/key",
];

const VALUES: &[&str] = &["a", "1", "\"\"", "true", "null", "yes", "0x10", "[a]", "{}", "1.5"];

fn walk(tree: &Tree, path: &str, paths: &mut Vec<(String, Tree)>) {
    if !path.is_empty() {
        paths.push((path.to_owned(), tree.clone()));
    }
    match tree {
        Tree::Text(_) => {}
        Tree::List(items) => {
            for (number, item) in items.iter().enumerate() {
                walk(item, &format!("{path}/{number}"), paths);
            }
        }
        Tree::Map(entries) => {
            for (key, value) in entries {
                walk(value, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), paths);
            }
        }
    }
}

fn field<'t>(tree: &'t Tree, key: &str) -> Option<&'t Tree> {
    let Tree::Map(entries) = tree else { return None };
    entries.iter().find(|(own, _)| own == key).map(|(_, value)| value)
}

fn kind_of(document: &Tree) -> String {
    match field(document, "kind") {
        Some(Tree::Text(kind)) => kind.clone(),
        _ => MACHINE_CONFIG.to_owned(),
    }
}

fn name_of(document: &Tree) -> Option<&Tree> {
    field(document, "name")
}

/// Gives `tree` what tells `document` apart.
fn identify(tree: &mut Tree, document: &Tree) {
    let Tree::Map(entries) = tree else { return };
    for key in ["name", "kind", "apiVersion"] {
        if let Some(value) = field(document, key) {
            entries.retain(|(own, _)| own != key);
            entries.insert(0, (key.to_owned(), value.clone()));
        }
    }
}

/// Puts a value at a place, where what is on the way is a mapping or absent.
fn insert(tree: &mut Tree, steps: &[String], value: Tree) {
    let [step, rest @ ..] = steps else {
        *tree = value;
        return;
    };
    match step.as_str() {
        "[]" => {
            if !matches!(tree, Tree::List(_)) {
                *tree = Tree::List(Vec::new());
            }
            if let Tree::List(items) = tree {
                let mut item = Tree::Map(Vec::new());
                insert(&mut item, rest, value);
                items.push(item);
            }
        }
        name => {
            let name = if name == "*" { "key" } else { name };
            if !matches!(tree, Tree::Map(_)) {
                *tree = Tree::Map(Vec::new());
            }
            if let Tree::Map(entries) = tree {
                if let Some((_, inner)) = entries.iter_mut().find(|(key, _)| key == name) {
                    return insert(inner, rest, value);
                }
                let mut inner = Tree::Map(Vec::new());
                insert(&mut inner, rest, value);
                entries.push((name.to_owned(), inner));
            }
        }
    }
}

/// The entries of both; those of `more` where only they have them.
fn union(tree: &mut Tree, more: Tree) {
    let (Tree::Map(entries), Tree::Map(more)) = (tree, more) else { return };
    for (key, value) in more {
        match entries.iter_mut().find(|(own, _)| *own == key) {
            Some((_, own)) => union(own, value),
            None => entries.push((key, value)),
        }
    }
}
