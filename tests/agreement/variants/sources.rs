//! What variants are made of: the generated configurations and the tables of what every version takes.

use super::random::Random;
use super::samples;
use super::tree::{self, Tree};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The minor numbers of the versions.
pub(crate) const MINORS: [u8; 6] = [9, 10, 11, 12, 13, 14];

/// The kind of the document without `kind`, in the tables.
pub(super) const MACHINE_CONFIG: &str = "v1alpha1";

/// How deep a field may lie.
const MAX_DEPTH: usize = 8;

pub(crate) struct Sources {
    pub(super) kinds: Vec<Kind>,
    fields: BTreeMap<String, Vec<Field>>,
    enums: Vec<(String, Vec<u8>, Vec<String>)>,
    corpus: Vec<(u8, Vec<Tree>)>,
}

pub(super) struct Kind {
    pub(super) name: String,
    root: String,
    pub(super) versions: Vec<u8>,
    pub(super) named: bool,
    pub(super) conflicts: Vec<String>,
    /// Whether it is for control-plane machines only.
    pub(super) control_plane_only: bool,
}

impl Kind {
    /// The structure of its root.
    pub(super) fn root_type(&self) -> &str {
        &self.root
    }
}

pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) versions: Vec<u8>,
}

/// A way from the root of a document to a field: keys, `[]` for an item of a list, `*` for any key of a mapping.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) kind: String,
    pub(super) steps: Vec<String>,
    /// What is there, as the tables write it.
    pub(super) value: String,
}

impl Sources {
    /// Reads them from the folder of the workspace.
    pub(crate) fn read(workspace: &Path) -> Result<Self, String> {
        let read = |name: &str| {
            let path = workspace.join("analyzer/data/schema").join(name);
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let rows = |text: &str| -> Vec<Vec<String>> {
            text.lines().skip(2).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
        };
        let mut sources = Self { kinds: Vec::new(), fields: BTreeMap::new(), enums: Vec::new(), corpus: Vec::new() };
        for row in rows(&read("documents.tsv")?) {
            let [name, root, versions, name_field, flags] = row.as_slice() else { return Err(format!("{row:?}")) };
            let conflicts = flags.split(',').find_map(|flag| flag.strip_prefix("conflicts_with="));
            sources.kinds.push(Kind {
                name: name.clone(),
                root: root.clone(),
                versions: minors(versions),
                named: !name_field.is_empty(),
                control_plane_only: flags.split(',').any(|flag| flag == "controlplane_only"),
                conflicts: conflicts.map(|kinds| kinds.split('|').map(str::to_owned).collect()).unwrap_or_default(),
            });
        }
        for row in rows(&read("fields.tsv")?) {
            let [owner, name, value, versions, _flags] = row.as_slice() else { return Err(format!("{row:?}")) };
            let field = Field { name: name.clone(), value: value.clone(), versions: minors(versions) };
            sources.fields.entry(owner.clone()).or_default().push(field);
        }
        for row in rows(&read("enums.tsv")?) {
            let [name, versions, _case, values] = row.as_slice() else { return Err(format!("{row:?}")) };
            sources.enums.push((name.clone(), minors(versions), values.split('|').map(str::to_owned).collect()));
        }
        for minor in MINORS {
            let folder = workspace.join("corpus/generated").join(format!("talos-1.{minor}"));
            let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            let mut files: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
            files.sort();
            for file in files {
                let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
                sources.corpus.push((minor, tree::read(&text)));
            }
        }
        Ok(sources)
    }

    /// The generated configurations of a version.
    pub(super) fn generated(&self, minor: u8) -> Vec<&[Tree]> {
        self.corpus.iter().filter(|(of, _)| *of == minor).map(|(_, trees)| trees.as_slice()).collect()
    }

    /// The kinds of documents that a version has.
    pub(super) fn kinds(&self, minor: u8) -> Vec<&Kind> {
        self.kinds.iter().filter(|kind| kind.versions.contains(&minor)).collect()
    }

    /// The fields of a structure, of every version.
    pub(super) fn fields(&self, owner: &str) -> &[Field] {
        self.fields.get(owner).map_or(&[], Vec::as_slice)
    }

    /// Every name of a field, of every structure and version.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.fields.values().flatten().map(|field| field.name.as_str()).filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Every place of every kind that a version has.
    pub(super) fn places(&self, minor: u8) -> Vec<Place> {
        let mut places = Vec::new();
        for kind in self.kinds(minor) {
            self.search(&kind.name, &kind.root, minor, &mut Vec::new(), &mut Vec::new(), &mut places);
        }
        // What a document is has edits of its own.
        places.retain(|place| !matches!(place.steps.as_slice(), [only] if only == "apiVersion" || only == "kind"));
        places
    }

    fn search<'a>(
        &'a self,
        kind: &str,
        owner: &'a str,
        minor: u8,
        steps: &mut Vec<String>,
        open: &mut Vec<&'a str>,
        places: &mut Vec<Place>,
    ) {
        if open.contains(&owner) || steps.len() > MAX_DEPTH {
            return;
        }
        open.push(owner);
        for field in self.fields(owner).iter().filter(|field| field.versions.contains(&minor)) {
            let before = steps.len();
            steps.push(field.name.clone());
            let mut value = field.value.as_str();
            places.push(Place { kind: kind.to_owned(), steps: steps.clone(), value: value.to_owned() });
            while let Some((step, inner)) = element(value) {
                steps.push(step.to_owned());
                value = inner;
                places.push(Place { kind: kind.to_owned(), steps: steps.clone(), value: value.to_owned() });
            }
            self.search(kind, value.trim_start_matches('*'), minor, steps, open, places);
            steps.truncate(before);
        }
        open.pop();
    }

    /// A good value for what the tables write as `value`.
    pub(super) fn good(&self, value: &str, minor: u8, random: &mut Random, depth: usize) -> Tree {
        let value = value.trim_start_matches('*');
        if let Some((step, inner)) = element(value) {
            let count = if depth == 0 { 0 } else { random.below(3) };
            let mut items = (0..count).map(|_| self.good(inner, minor, random, depth - 1));
            return if step == "[]" {
                Tree::List(items.collect())
            } else {
                Tree::Map((0..count).filter_map(|number| Some((format!("key{number}"), items.next()?))).collect())
            };
        }
        if let Some(name) = value.strip_prefix("enum:") {
            let words = self.words(name, minor);
            return Tree::Text(random.pick(words).cloned().unwrap_or_default());
        }
        if value == "unstructured" {
            return Tree::map(&[("a", "1"), ("b", "[x, null]")]);
        }
        if value.contains('.') {
            let fields: Vec<&Field> =
                self.fields(value).iter().filter(|field| field.versions.contains(&minor)).collect();
            let share = if fields.len() > 4 { 25 } else { 60 };
            let chosen: Vec<&&Field> =
                fields.iter().filter(|field| depth > 0 && random.chance(share) && field.name != "kind").collect();
            let entries = chosen
                .into_iter()
                .filter(|field| field.name != "apiVersion")
                .map(|field| (field.name.clone(), self.good(&field.value, minor, random, depth - 1)));
            return Tree::Map(entries.collect());
        }
        Tree::text(random.word(samples::good(value)))
    }

    /// The words of an enumeration in a version.
    pub(super) fn words(&self, name: &str, minor: u8) -> &[String] {
        let found = self.enums.iter().find(|(of, versions, _)| of == name && versions.contains(&minor));
        found.map_or(&[], |(_, _, words)| words.as_slice())
    }

    /// A document of a kind with some of its fields.
    pub(super) fn document(&self, kind: &Kind, minor: u8, random: &mut Random) -> Tree {
        let mut entries = header(&kind.name);
        if let Tree::Map(fields) = self.good(&kind.root, minor, random, 4) {
            entries.extend(
                fields.into_iter().filter(|(key, _)| !entries.iter().any(|(own, _)| own == key)).collect::<Vec<_>>(),
            );
        }
        let has = |entries: &[(String, Tree)], wanted: &str| entries.iter().any(|(key, _)| key == wanted);
        if kind.named && !has(&entries, "name") {
            entries.push(("name".to_owned(), Tree::text("a")));
        }
        // Without one of its sections the machine configuration is not known for one.
        if kind.name == MACHINE_CONFIG && !has(&entries, "machine") && !has(&entries, "cluster") {
            entries.push(("machine".to_owned(), Tree::map(&[("type", "worker"), ("token", "a")])));
        }
        Tree::Map(entries)
    }

    /// The smallest document that has `value` at a place.
    pub(super) fn around(&self, place: &Place, value: Tree) -> Tree {
        let mut inner = value;
        for step in place.steps.iter().skip(1).rev() {
            inner = match step.as_str() {
                "[]" => Tree::List(vec![inner]),
                "*" => Tree::Map(vec![("key".to_owned(), inner)]),
                name => Tree::Map(vec![(name.to_owned(), inner)]),
            };
        }
        let mut entries = header(&place.kind);
        if let Some(first) = place.steps.first() {
            entries.retain(|(key, _)| key != first);
            entries.push((first.clone(), inner));
        }
        let named = self.kinds.iter().any(|kind| kind.name == place.kind && kind.named);
        if named && !entries.iter().any(|(key, _)| key == "name") {
            entries.push(("name".to_owned(), Tree::text("a")));
        }
        Tree::Map(entries)
    }
}

/// The entries that every document of a kind begins with.
pub(super) fn header(kind: &str) -> Vec<(String, Tree)> {
    let entries: &[(&str, &str)] =
        if kind == MACHINE_CONFIG { &[("version", "v1alpha1")] } else { &[("apiVersion", "v1alpha1"), ("kind", kind)] };
    entries.iter().map(|(key, value)| ((*key).to_owned(), Tree::text(value))).collect()
}

/// What the elements of a list or a mapping are, with the step to them.
fn element(value: &str) -> Option<(&'static str, &str)> {
    let value = value.trim_start_matches('*');
    let inner = |prefix: &str| value.strip_prefix(prefix)?.strip_suffix('>');
    inner("list<").map(|inner| ("[]", inner)).or_else(|| inner("map<").map(|inner| ("*", inner)))
}

/// Versions written as ranges: `1.9-1.11,1.13`.
fn minors(text: &str) -> Vec<u8> {
    let minor = |version: &str| version.strip_prefix("1.").and_then(|minor| minor.parse::<u8>().ok()).unwrap_or(0);
    let mut minors = Vec::new();
    for range in text.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        minors.extend(minor(first)..=minor(last));
    }
    minors
}
