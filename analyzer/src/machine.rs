//! Machines: what each is made of, wherever it is described, and what is found in all of them.
//!
//! A project file, talhelper, Omni and Cluster API each describe machines in a way of their own; all of them come to a
//! [`Machine`], which is analysed as its layers are merged by Talos.

use crate::analysis::{Analysis, Options};
use crate::config::Layered;
use crate::context::{Mode, NamedVersions};
use crate::directives::Role;
use crate::effective::EffectiveSetting;
use crate::finding::Finding;
use crate::layered::{self, Merged, layered_settings};
use crate::source::{Position, Source};
use crate::text::Span;
use crate::version::TalosVersion;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

include!(concat!(env!("OUT_DIR"), "/generated.rs"));

/// A file, as it was handed in.
#[derive(Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, as the caller knows it.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// How files are had: the analyzer reads none by itself. A command line reads the disk, a language server what is open
/// in the editor before that.
pub trait Files {
    /// The file at `path`.
    ///
    /// # Errors
    /// When it cannot be read: why not, in words for a message.
    fn read(&self, path: &str) -> Result<Arc<File>, String>;

    /// The paths of the files in `folder`, sorted; those in folders below it are not among them.
    fn list(&self, folder: &str) -> Vec<String>;
}

/// No files at all, for what names none, or where they say nothing of what is asked.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str) -> Result<Arc<File>, String> {
        Err(format!("{path} is not there"))
    }

    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// A path without `.` and `..`, as far as its text tells.
#[must_use]
pub fn normalized(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// A layer of the configuration of a machine: the base, or a patch.
#[derive(Clone, Debug)]
pub enum Layer {
    /// A whole file.
    File(Arc<File>),
    /// A part of a file that is a configuration by itself.
    Part {
        /// The file it stands in.
        file: Arc<File>,
        /// The part, as long as its bytes in the file.
        text: String,
        /// Where in the file it begins.
        offset: u32,
    },
    /// What a tool makes out of what is written in a file.
    Made {
        /// The file.
        file: Arc<File>,
        /// The place in the file that stands for all of it.
        place: Span,
        /// What the tool makes.
        text: String,
        /// Ranges of `text`, each with the range of the file that it is made of.
        anchors: Vec<(Span, Span)>,
    },
}

impl Layer {
    /// The file that findings in this layer are shown in.
    #[must_use]
    pub fn file(&self) -> &Arc<File> {
        match self {
            Self::File(file) | Self::Part { file, .. } | Self::Made { file, .. } => file,
        }
    }

    /// What is analysed of it.
    #[must_use]
    pub fn source(&self) -> Source<'_> {
        match self {
            Self::File(file) => Source::file(&file.path, &file.bytes),
            Self::Part { file, text, offset } => {
                let position = Position::Part { offset: *offset, host: &file.bytes };
                Source { path: &file.path, bytes: text.as_bytes(), position }
            }
            Self::Made { file, place, text, anchors } => {
                Source { path: &file.path, bytes: text.as_bytes(), position: Position::Made { place: *place, anchors } }
            }
        }
    }
}

/// A machine.
#[derive(Clone, Debug)]
pub struct Machine {
    /// What it is called.
    pub name: Arc<str>,
    /// Its role, where that is said outside of its configuration.
    pub role: Option<Role>,
    /// How it runs Talos, where that is said.
    pub mode: Option<Mode>,
    /// The versions that what describes it names.
    pub versions: NamedVersions,
    /// Its configuration: the base first, then the patches in their order.
    pub layers: Vec<Layer>,
    /// The schematic of the image that it boots: its kernel arguments are the machine's.
    pub schematic: Option<Layer>,
    /// The place that names its base, or the machine itself, in the file that describes it.
    pub place: Option<(Arc<File>, Span)>,
    /// Whether layers are missing that could not be had: nothing is concluded from what is absent.
    pub is_partial: bool,
}

impl Machine {
    /// A file that is the whole configuration of a machine, which is called as the file.
    #[must_use]
    pub fn of_file(file: File) -> Self {
        Self {
            name: file.path.as_str().into(),
            role: None,
            mode: None,
            versions: NamedVersions::NONE,
            layers: vec![Layer::File(Arc::new(file))],
            schematic: None,
            place: None,
            is_partial: false,
        }
    }

    /// The base, then the patches.
    pub(crate) fn sources(&self) -> Vec<Source<'_>> {
        self.layers.iter().map(Layer::source).collect()
    }

    /// Its layers as one configuration, in which nothing is looked for. `None` when the base holds nothing of Talos.
    #[must_use]
    pub fn merge(&self, options: &Options) -> Option<Merged> {
        let sources = self.sources();
        let (base, patches) = sources.split_first()?;
        layered::merge(*base, patches, &self.options(options))
    }

    /// Its settings; `layered` is what comes of its layers. Each place names a layer, and is a range of that layer's file.
    #[must_use]
    pub fn settings(&self, options: &Options, layered: &Layered) -> Vec<EffectiveSetting> {
        let sources = self.sources();
        let Some((base, patches)) = sources.split_first() else { return Vec::new() };
        layered_settings(*base, patches, &self.options(options), layered)
    }

    /// The files that it is made of.
    pub fn files(&self) -> impl Iterator<Item = &Arc<File>> {
        self.layers.iter().chain(&self.schematic).map(Layer::file)
    }

    /// What is asked of the analysis of this machine.
    #[must_use]
    pub fn options(&self, options: &Options) -> Options {
        Options {
            described: Some(self.versions),
            role: self.role.or(options.role),
            mode: self.mode.or(options.mode),
            has_schematic: self.schematic.is_some(),
            is_partial: self.is_partial,
            ..options.clone()
        }
    }
}

/// What is to be said of a file.
#[derive(Debug)]
pub struct FileAnalysis {
    /// The file.
    pub file: Arc<File>,
    /// What was found in it, each finding with the machines it was found in.
    pub analysis: Analysis,
    /// The machines that it is a layer of; none for a file by itself.
    pub machines: Vec<Arc<str>>,
}

/// What is to be said of a layer of a machine.
#[derive(Debug)]
pub(crate) struct LayerAnalysis {
    /// The file it stands in.
    pub file: Arc<File>,
    /// Where in the file: two machines share a layer when file and place are the same.
    place: Place,
    /// What was found in it.
    pub analysis: Analysis,
    /// The machine.
    pub machine: Arc<str>,
}

/// Where in its file a layer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    Whole,
    Part(u32),
    Made(Span),
}

impl LayerAnalysis {
    pub(crate) fn new(machine: &Machine, layer: &Layer, mut analysis: Analysis) -> Self {
        let place = match layer.source().position {
            Position::Whole => Place::Whole,
            Position::Part { offset, .. } => Place::Part(offset),
            Position::Made { place, .. } => {
                // What the tool writes in an old way is for the tool to mend.
                analysis.findings.retain(|finding| finding.rule != "schema/deprecated-field");
                Place::Made(place)
            }
        };
        Self { file: Arc::clone(layer.file()), place, analysis, machine: Arc::clone(&machine.name) }
    }
}

/// Rules about what a layer does to a machine, which are no mistake where another machine needs it.
fn needs_every_machine(rule: &str) -> bool {
    rule.starts_with("ineffective/") || matches!(rule, "patch/no-effect" | "suppression/unused")
}

/// What is to be said of each file, in the order in which the files come first: a finding that several machines give
/// becomes one with all their names, and what is only a mistake in every machine of a layer is dropped elsewhere.
pub(crate) fn collect(analyses: impl IntoIterator<Item = LayerAnalysis>) -> Vec<FileAnalysis> {
    let mut layers: Groups<(String, Place), FileAnalysis> = Groups::default();
    for LayerAnalysis { file, place, mut analysis, machine } in analyses {
        for finding in &mut analysis.findings {
            finding.machines = vec![Arc::clone(&machine)];
        }
        let next = FileAnalysis { analysis, machines: vec![machine], file: Arc::clone(&file) };
        layers.add((file.path.clone(), place), next, FileAnalysis::join);
    }
    let users = Users::of(&layers);
    let mut files: Groups<String, FileAnalysis> = Groups::default();
    for mut layer in layers.list {
        layer.unite();
        let all = layer.machines.len();
        layer.analysis.findings.retain(|finding| finding.machines.len() == all || !needs_every_machine(&finding.rule));
        for finding in &mut layer.analysis.findings {
            users.limit(finding, &layer.file.path);
        }
        files.add(layer.file.path.clone(), layer, |file, layer| {
            let documents = file.analysis.documents + layer.analysis.documents;
            file.join(layer);
            file.analysis.documents = documents;
        });
    }
    for file in &mut files.list {
        file.unite();
    }
    files.list
}

/// A layer in a file: where it begins, and the machines that have it.
struct Used {
    start: u32,
    machines: Vec<Arc<str>>,
}

/// The layers in each file.
struct Users(HashMap<String, Vec<Used>>);

impl Users {
    fn of(layers: &Groups<(String, Place), FileAnalysis>) -> Self {
        let mut users: HashMap<String, Vec<Used>> = HashMap::new();
        for ((path, place), number) in &layers.index {
            let start = match place {
                Place::Whole => 0,
                Place::Part(start) => *start,
                // Nothing that a tool makes is changed.
                Place::Made(_) => continue,
            };
            let machines = layers.list.get(*number).map_or(&[][..], |layer| &layer.machines);
            users.entry(path.clone()).or_default().push(Used { start, machines: machines.to_vec() });
        }
        Self(users)
    }

    /// Holds a fix of `finding`, which is in the file `path`, to what is right for all machines that it changes.
    fn limit(&self, finding: &mut Finding, path: &str) {
        let Some(fix) = &mut finding.fix else { return };
        let has_others = fix.edits.iter().any(|edit| {
            let parts = self.0.get(edit.file.as_deref().unwrap_or(path)).map_or(&[][..], Vec::as_slice);
            let own = parts.iter().map(|part| part.start).filter(|start| *start <= edit.edit.span.start).max();
            let mut machines = parts.iter().filter(|part| Some(part.start) == own).flat_map(|part| &part.machines);
            machines.any(|machine| !finding.machines.contains(machine))
        });
        // What changes nothing for these machines may for the others.
        fix.is_safe &= !has_others;
        if has_others && is_of_some_machines(&finding.rule) {
            finding.fix = None;
        }
    }
}

/// Rules whose fix takes away what machines of another role need.
fn is_of_some_machines(rule: &str) -> bool {
    rule.ends_with("-on-worker") || rule == "ineffective/role"
}

impl FileAnalysis {
    /// Adds the analysis of the same text.
    pub(crate) fn join(&mut self, other: Self) {
        for notice in other.analysis.notices {
            if !self.analysis.notices.contains(&notice) {
                self.analysis.notices.push(notice);
            }
        }
        self.analysis.findings.extend(other.analysis.findings);
        for machine in other.machines {
            if !self.machines.contains(&machine) {
                self.machines.push(machine);
            }
        }
    }

    /// Makes findings that say the same one.
    pub(crate) fn unite(&mut self) {
        let findings = &mut self.analysis.findings;
        findings.sort_by(|a, b| (a.span, &a.rule, &a.message).cmp(&(b.span, &b.rule, &b.message)));
        findings.dedup_by(|next, kept| {
            let is_same = next.says_same(kept);
            if is_same {
                kept.join(next);
            }
            is_same
        });
    }
}

/// Values by key, in the order in which the keys come first.
pub(crate) struct Groups<Key, Value> {
    index: HashMap<Key, usize>,
    pub(crate) list: Vec<Value>,
}

impl<Key, Value> Default for Groups<Key, Value> {
    fn default() -> Self {
        Self { index: HashMap::new(), list: Vec::new() }
    }
}

impl<Key: Eq + Hash, Value> Groups<Key, Value> {
    /// Adds a value: joined to the one of the same key, if there is one.
    pub(crate) fn add(&mut self, key: Key, value: Value, join: impl FnOnce(&mut Value, Value)) {
        if let Some(known) = self.index.get(&key).and_then(|at| self.list.get_mut(*at)) {
            join(known, value);
            return;
        }
        self.index.insert(key, self.list.len());
        self.list.push(value);
    }
}

/// The configuration that Talos generates for a role, in a version, with placeholders for what differs from cluster to
/// cluster: secrets, certificates and the endpoint.
#[must_use]
pub fn generated(version: TalosVersion, role: Role) -> &'static str {
    let newest = GENERATED.last().map_or("", |(_, control_plane, _)| control_plane);
    GENERATED.iter().find(|(minor, _, _)| *minor == version.minor()).map_or(newest, |(_, control_plane, worker)| {
        match role {
            Role::ControlPlane => control_plane,
            Role::Worker => worker,
        }
    })
}
