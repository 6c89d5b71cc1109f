//! Configurations that mostly load, and whose values, sections and documents may not go together: what validation is
//! asked about.

use super::random::Random;
use super::samples;
use super::sources::{Kind, MACHINE_CONFIG, Sources};
use super::tree::{self, Layout, Tree};
use super::{Variant, join};
use std::path::Path;

/// How many configurations there are for a version.
pub(crate) const CONFIGURATIONS: usize = 2000;

/// What configurations are put together from, beside the generated ones.
pub(crate) struct Parts {
    documents: Vec<Tree>,
    machine: Vec<Tree>,
}

impl Parts {
    /// Reads them from the folder of the workspace.
    pub(crate) fn read(workspace: &Path) -> Result<Self, String> {
        let read = |name: &str| {
            let path = workspace.join("tests/validation").join(name);
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
            Ok::<_, String>(tree::read(&lines.join("\n")))
        };
        Ok(Self { documents: read("documents.yaml")?, machine: read("machine.yaml")? })
    }
}

/// The configurations of a version.
pub(crate) fn configurations(sources: &Sources, parts: &Parts, minor: u8, seed: u64) -> Vec<Variant> {
    (0..CONFIGURATIONS)
        .map(|number| {
            let id = format!("configuration/{number}");
            let mut random = Random::new(seed ^ u64::from(minor) << 16, &id);
            let mut make = Make { sources, parts, minor, random: &mut random };
            let documents = make.configuration();
            Variant { id, text: join(&documents, Layout::Block { indent: 4, flush: false }) }
        })
        .collect()
}

struct Make<'m, 'r> {
    sources: &'m Sources,
    parts: &'m Parts,
    minor: u8,
    random: &'r mut Random,
}

/// A value of a document, in the order of [`Tree::at`].
struct Typed {
    /// The key it stands under, or that of the list it is an item of.
    key: String,
    /// What is there, as the tables write it.
    value: String,
}

impl Make<'_, '_> {
    fn configuration(&mut self) -> Vec<Tree> {
        let mut documents = Vec::new();
        if self.random.chance(60) {
            let generated = self.sources.generated(self.minor);
            documents = self.random.pick(&generated).map(|trees| trees.to_vec()).unwrap_or_default();
            let count = self.random.below(3);
            self.lay_parts(&mut documents, count);
            if self.random.chance(25) {
                self.drop_document(&mut documents);
            }
        }
        let count = if documents.is_empty() { 1 + self.random.below(3) } else { self.random.below(3) };
        for _ in 0..count {
            self.add_document(&mut documents);
        }
        // Documents that stand for parts of the machine configuration conflict with them as it is.
        let most = if self.minor < 14 { 4 } else { 2 };
        for _ in 0..=self.random.below(most) {
            self.mutate(&mut documents);
        }
        documents
    }

    fn mutate(&mut self, documents: &mut Vec<Tree>) {
        match self.random.below(20) {
            0 => self.add_document(documents),
            1 if documents.len() > 1 => self.drop_document(documents),
            2 => self.lay_parts(documents, 1),
            3 => self.set_role(documents),
            4..8 => self.remove(documents),
            8 => self.repeat(documents),
            9 => self.empty(documents),
            10..14 => self.add_field(documents),
            _ => self.set_value(documents),
        }
    }

    fn lay_parts(&mut self, documents: &mut [Tree], count: usize) {
        for _ in 0..count {
            let Some(part) = self.random.pick(&self.parts.machine).cloned() else { return };
            let part = self.of_version(part, MACHINE_CONFIG);
            if let Some(machine) = documents.iter_mut().find(|document| kind_of(document) == MACHINE_CONFIG) {
                lay(machine, part);
            }
        }
    }

    fn drop_document(&mut self, documents: &mut Vec<Tree>) {
        let at = self.random.below(documents.len());
        // Without the machine configuration, which is the first, the rest would be parts of one.
        if documents.len() > 1 && (at > 0 || kind_of(&documents[0]) != MACHINE_CONFIG) {
            documents.remove(at);
        }
    }

    /// Adds a document that Talos takes by itself and that the loader takes beside the others.
    fn add_document(&mut self, documents: &mut Vec<Tree>) {
        let kinds = self.sources.kinds(self.minor);
        let is_whole = documents.iter().any(|document| kind_of(document) == MACHINE_CONFIG);
        let fitting: Vec<&Tree> = self
            .parts
            .documents
            .iter()
            .filter(|document| {
                let Some(kind) = kinds.iter().find(|kind| kind.name == kind_of(document)) else { return false };
                (is_whole || stands_alone(kind)) && !documents.iter().any(|other| excludes(kind, document, other))
            })
            .collect();
        let Some(document) = self.random.pick(&fitting).map(|document| (*document).clone()) else { return };
        let kind = kind_of(&document);
        documents.push(self.of_version(document, &kind));
    }

    fn set_role(&mut self, documents: &mut [Tree]) {
        let role =
            self.random.word(&["worker", "controlplane", "worker", "controlplane", "init", "join", "", "master"]);
        let part = Tree::Map(vec![("machine".to_owned(), Tree::map(&[("type", role)]))]);
        if let Some(machine) = documents.iter_mut().find(|document| kind_of(document) == MACHINE_CONFIG) {
            lay(machine, part);
        }
    }

    /// A document and one of its values that `wanted` holds for.
    fn choose<'d>(
        &mut self,
        documents: &'d mut [Tree],
        wanted: impl Fn(&Tree, &Typed) -> bool,
    ) -> Option<(&'d mut Tree, Typed)> {
        let at = self.random.below(documents.len());
        let document = documents.get_mut(at)?;
        let kind = kind_of(document);
        let root = self.sources.kinds.iter().find(|known| known.name == kind)?.root_type().to_owned();
        let mut typed = Vec::new();
        self.types(document, "", &root, &mut typed);
        let mut fitting = Vec::new();
        for (number, typed) in typed.iter().enumerate() {
            let is_header = matches!(typed.key.as_str(), "apiVersion" | "kind" | "version");
            if !is_header && document.at(number).is_some_and(|tree| wanted(tree, typed)) {
                fitting.push(number);
            }
        }
        let number = self.random.pick(&fitting).copied()?;
        Some((document.at(number)?, typed.swap_remove(number)))
    }

    fn types(&self, tree: &Tree, key: &str, value: &str, typed: &mut Vec<Typed>) {
        let value = value.trim_start_matches('*');
        typed.push(Typed { key: key.to_owned(), value: value.to_owned() });
        let inner = |prefix: &str| value.strip_prefix(prefix).and_then(|inner| inner.strip_suffix('>'));
        match tree {
            Tree::Text(_) => {}
            Tree::List(items) => {
                for item in items {
                    self.types(item, key, inner("list<").unwrap_or("any"), typed);
                }
            }
            Tree::Map(entries) => {
                for (name, entry) in entries {
                    let field = self.field(value, name);
                    let value = inner("map<").or(field).unwrap_or("any").to_owned();
                    self.types(entry, name, &value, typed);
                }
            }
        }
    }

    fn field(&self, owner: &str, name: &str) -> Option<&str> {
        let mut fields = self.sources.fields(owner).iter();
        let field = fields.find(|field| field.name == name && field.versions.contains(&self.minor))?;
        Some(&field.value)
    }

    fn remove(&mut self, documents: &mut [Tree]) {
        let Some((tree, _)) = self.choose(documents, |tree, _| match tree {
            Tree::Map(entries) => entries.iter().any(|(key, _)| is_free(key)),
            Tree::List(items) => !items.is_empty(),
            Tree::Text(_) => false,
        }) else {
            return;
        };
        match tree {
            Tree::Map(entries) => {
                let free: Vec<usize> = (0..entries.len()).filter(|at| is_free(&entries[*at].0)).collect();
                if let Some(at) = self.random.pick(&free) {
                    entries.remove(*at);
                }
            }
            Tree::List(items) => {
                items.remove(self.random.below(items.len()));
            }
            Tree::Text(_) => {}
        }
    }

    /// An item of a list twice.
    fn repeat(&mut self, documents: &mut [Tree]) {
        let is_list = |tree: &Tree, _: &Typed| matches!(tree, Tree::List(items) if !items.is_empty());
        if let Some((Tree::List(items), _)) = self.choose(documents, is_list) {
            let copy = self.random.pick(items).cloned();
            items.extend(copy);
        }
    }

    fn empty(&mut self, documents: &mut [Tree]) {
        let Some((tree, _)) = self.choose(documents, |_, typed| !typed.key.is_empty()) else { return };
        *tree = match tree {
            _ if self.random.chance(10) => Tree::text("null"),
            Tree::Text(_) => Tree::text("\"\""),
            Tree::List(_) => Tree::List(Vec::new()),
            Tree::Map(_) => Tree::Map(Vec::new()),
        };
    }

    /// A field that is not there yet.
    fn add_field(&mut self, documents: &mut [Tree]) {
        let sources = self.sources;
        let is_struct = |tree: &Tree, typed: &Typed| {
            matches!(tree, Tree::Map(_))
                && (!sources.fields(&typed.value).is_empty() || typed.value.starts_with("map<"))
        };
        let Some((Tree::Map(entries), typed)) = self.choose(documents, is_struct) else { return };
        if let Some(inner) = typed.value.strip_prefix("map<").and_then(|inner| inner.strip_suffix('>')) {
            let key = self.random.word(KEYS).to_owned();
            if !entries.iter().any(|(own, _)| *own == key) {
                let value = self.value(&typed.key, inner, 2);
                entries.push((key, value));
            }
            return;
        }
        let absent: Vec<(String, String)> = sources
            .fields(&typed.value)
            .iter()
            .filter(|field| field.versions.contains(&self.minor) && is_free(&field.name))
            .filter(|field| !entries.iter().any(|(key, _)| *key == field.name))
            .map(|field| (field.name.clone(), field.value.clone()))
            .collect();
        if let Some((name, value)) = self.random.pick(&absent).cloned() {
            let value = self.value(&name, &value, 3);
            entries.push((name, value));
        }
    }

    fn set_value(&mut self, documents: &mut [Tree]) {
        let is_value = |tree: &Tree, typed: &Typed| matches!(tree, Tree::Text(_)) && typed.value != "any";
        if let Some((tree, typed)) = self.choose(documents, is_value) {
            *tree = self.value(&typed.key, &typed.value, 0);
        }
    }

    /// A value that mostly loads, near to where validation draws its lines.
    fn value(&mut self, key: &str, value: &str, depth: usize) -> Tree {
        let value = value.trim_start_matches('*');
        let inner = |prefix: &str| value.strip_prefix(prefix).and_then(|inner| inner.strip_suffix('>'));
        if let Some(inner) = inner("list<") {
            let count = if depth == 0 { 0 } else { self.random.below(3) };
            return Tree::List((0..count).map(|_| self.value(key, inner, depth - 1)).collect());
        }
        if let Some(inner) = inner("map<") {
            let name = self.random.word(KEYS).to_owned();
            return Tree::Map(vec![(name, self.value(key, inner, depth.saturating_sub(1)))]);
        }
        if let Some(name) = value.strip_prefix("enum:") {
            return Tree::Text(self.random.pick(self.sources.words(name, self.minor)).cloned().unwrap_or_default());
        }
        if value == "unstructured" {
            return Tree::map(&[(self.random.word(KEYS), "1")]);
        }
        if value.contains('.') {
            let fields: Vec<(String, String)> = self
                .sources
                .fields(value)
                .iter()
                .filter(|field| field.versions.contains(&self.minor))
                .map(|field| (field.name.clone(), field.value.clone()))
                .collect();
            let share = if fields.len() > 4 { 25 } else { 60 };
            let mut entries = Vec::new();
            for (name, value) in fields {
                if depth > 0 && self.random.chance(share) {
                    let inner = self.value(&name, &value, depth - 1);
                    entries.push((name, inner));
                }
            }
            return Tree::Map(entries);
        }
        let words = samples::near(key, value);
        Tree::text(self.random.word(if words.is_empty() { samples::good(value) } else { words }))
    }

    /// The document without the fields that the version does not have.
    fn of_version(&self, document: Tree, kind: &str) -> Tree {
        let root = self.sources.kinds.iter().find(|known| known.name == kind).map(Kind::root_type);
        self.prune(document, root.unwrap_or("any"))
    }

    fn prune(&self, tree: Tree, value: &str) -> Tree {
        let value = value.trim_start_matches('*');
        let inner = |prefix: &str| value.strip_prefix(prefix).and_then(|inner| inner.strip_suffix('>'));
        match tree {
            Tree::List(items) => {
                Tree::List(items.into_iter().map(|item| self.prune(item, inner("list<").unwrap_or("any"))).collect())
            }
            Tree::Map(entries) if !self.sources.fields(value).is_empty() => {
                let known = entries.into_iter().filter_map(|(name, entry)| {
                    let field = self.field(value, &name)?;
                    let entry = self.prune(entry, field);
                    Some((name, entry))
                });
                Tree::Map(known.collect())
            }
            Tree::Map(entries) => {
                let inner = inner("map<").unwrap_or("any");
                Tree::Map(entries.into_iter().map(|(name, entry)| (name, self.prune(entry, inner))).collect())
            }
            Tree::Text(text) => Tree::Text(text),
        }
    }
}

/// Keys of mappings in which anything may stand.
const KEYS: &[&str] = &[
    "a",
    "cpu",
    "memory",
    "\"\"",
    "example.org/a",
    "a b",
    "node-role.kubernetes.io/control-plane",
    "authorization-mode",
    "port",
    "kind",
    "docker.io",
    "A_1",
];

/// Whether a key may be taken away or added without making it another document.
fn is_free(key: &str) -> bool {
    !matches!(key, "apiVersion" | "kind" | "version")
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

/// Whether Talos takes a document of a kind without the machine configuration.
fn stands_alone(kind: &Kind) -> bool {
    const NEED_OTHERS: [&str; 3] = ["DiscoveryServiceConfig", "KubeAPIServerCAConfig", "KubeSpanConfig"];
    !kind.control_plane_only && !NEED_OTHERS.contains(&kind.name.as_str())
}

/// Whether the loader refuses `document`, which is of `kind`, beside `other`.
fn excludes(kind: &Kind, document: &Tree, other: &Tree) -> bool {
    let other_kind = kind_of(other);
    let same_name = field(document, "name") == field(other, "name");
    (other_kind == kind.name || kind.conflicts.contains(&other_kind)) && same_name
}

/// Lays `part` over `tree`: mappings are merged, all else is replaced.
fn lay(tree: &mut Tree, part: Tree) {
    match (tree, part) {
        (Tree::Map(entries), Tree::Map(more)) => {
            for (key, value) in more {
                match entries.iter_mut().find(|(own, _)| *own == key) {
                    Some((_, own)) => lay(own, value),
                    None => entries.push((key, value)),
                }
            }
        }
        (tree, part) => *tree = part,
    }
}
