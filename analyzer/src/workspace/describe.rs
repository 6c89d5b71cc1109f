//! From what a project file says of machines to the machines.

use crate::analysis::{Options, Read};
use crate::context::{NamedVersions, VersionSource};
use crate::finding::Finding;
use crate::input::Form;
use crate::machine::{File, Files, Layer, Machine, generated, normalized};
use crate::project::{self, Located, MachineEntry, Project};
use crate::syntax;
use crate::text::{self, Span};
use crate::tools;
use crate::version::{MinorVersion, TalosVersion};
use globset::{GlobBuilder, GlobMatcher};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Machines, as a file describes them.
#[derive(Debug, Default)]
pub struct Described {
    /// The machines whose files could all be read.
    pub machines: Vec<Machine>,
    /// What is wrong in the file that describes them: files that are not there.
    pub findings: Vec<Finding>,
    /// The paths of the files that are layers or schematics of the machines.
    pub used: BTreeSet<String>,
    /// The files of tools that describe some of the machines.
    pub tools: Vec<ToolFile>,
}

/// A file of a tool that describes machines.
#[derive(Debug)]
pub struct ToolFile {
    /// The file.
    pub host: Arc<File>,
    /// What is wrong with the description, each with the file that it is in.
    pub findings: Vec<(Arc<File>, Finding)>,
}

impl Described {
    /// Adds the machines that a file of a tool describes.
    pub fn add(&mut self, host: &Arc<File>, of_tool: tools::Described) {
        self.machines.extend(of_tool.machines);
        self.used.extend(of_tool.used);
        self.tools.push(ToolFile { host: Arc::clone(host), findings: of_tool.findings });
    }
}

/// The machines of a project file, which is `host`; its folder is the empty path. `options` are those of the command.
#[must_use]
pub fn describe(project: &Project, host: &Arc<File>, files: &dyn Files, options: &Options) -> Described {
    let mut describing = Describing {
        project,
        host,
        files,
        options,
        read: HashMap::new(),
        globs: HashMap::new(),
        listed: HashMap::new(),
        missing: BTreeMap::new(),
        wildcards: BTreeMap::new(),
    };
    let mut described = Described::default();
    for entry in &project.machines {
        let Some(machine) = describing.machine(entry) else { continue };
        let layers = machine.layers.iter().chain(&machine.schematic);
        described.used.extend(layers.map(|layer| layer.file().path.clone()).filter(|path| *path != host.path));
        described.machines.push(machine);
    }
    described.findings = describing.findings();
    described
}

struct Describing<'d> {
    project: &'d Project,
    host: &'d Arc<File>,
    files: &'d dyn Files,
    options: &'d Options,
    /// The files that were asked for.
    read: HashMap<String, Result<Arc<File>, String>>,
    /// The patterns of names that were asked for.
    globs: HashMap<String, GlobMatcher>,
    /// The files of the folders that were asked for.
    listed: HashMap<String, Vec<String>>,
    /// Paths that cannot be read, by their place: why, and the machines that want them.
    missing: BTreeMap<(Span, String), (String, Vec<String>)>,
    /// Paths with wildcards by their place, and whether they match a file for any machine.
    wildcards: BTreeMap<Span, (String, bool)>,
}

impl Describing<'_> {
    /// What is missing, as findings.
    fn findings(self) -> Vec<Finding> {
        let finding = |span, message| project::finding(project::MISSING_FILE, span, String::new(), message);
        let missing = self.missing.into_iter().filter_map(|((span, path), (error, machines))| {
            let machines = match machines.as_slice() {
                [one] => format!("the machine `{one}` is"),
                machines => format!("{} machines are", machines.len()),
            };
            finding(span, format!("`{path}` cannot be read, so {machines} not checked: {error}"))
        });
        let unmatched = self.wildcards.into_iter().filter(|(_, (_, is_matched))| !is_matched);
        let unmatched = unmatched.filter_map(|(span, (path, _))| {
            finding(span, format!("no file matches `{path}`, so no machine gets a patch of it"))
        });
        missing.chain(unmatched).collect()
    }

    /// The machine of an entry; `None` when a file of it is missing, which is said.
    fn machine(&mut self, entry: &MachineEntry) -> Option<Machine> {
        let of_all = self.project.versions();
        let talos = entry.talos.or(of_all.talos);
        let versions = NamedVersions { talos, kubernetes: entry.kubernetes.or(of_all.kubernetes), ..of_all };
        let mut is_whole = true;
        let mut patches = Vec::new();
        for pattern in &entry.patches {
            let Some(paths) = self.paths(pattern) else {
                is_whole = false;
                continue;
            };
            for path in paths {
                let path = Located { text: path, span: pattern.span };
                match self.file(&path, &entry.name.text) {
                    Some(file) => patches.push(Layer::File(file)),
                    None => is_whole = false,
                }
            }
        }
        let schematic = entry.schematic.as_ref().map(|path| self.file(path, &entry.name.text).map(Layer::File));
        let base = match &entry.base {
            Some(path) => self.file(path, &entry.name.text).map(Layer::File),
            None => self.generated(entry, versions, &patches),
        };
        if !is_whole || schematic.as_ref().is_some_and(Option::is_none) {
            return None;
        }
        let layers = std::iter::once(base?).chain(patches).collect();
        let mode = entry.mode.or(self.project.mode);
        let name = entry.name.text.as_str().into();
        let place = Some((Arc::clone(self.host), entry.base.as_ref().unwrap_or(&entry.name).span));
        Some(Machine {
            name,
            role: entry.role,
            mode,
            versions,
            layers,
            schematic: schematic.flatten(),
            place,
            is_partial: false,
        })
    }

    fn file(&mut self, path: &Located, machine: &str) -> Option<Arc<File>> {
        let name = normalized(&path.text);
        let files = self.files;
        match self.read.entry(name).or_insert_with_key(|name| files.read(name)) {
            Ok(file) => Some(Arc::clone(file)),
            Err(error) => {
                let place = (path.span, path.text.clone());
                self.missing.entry(place).or_insert_with(|| (error.clone(), Vec::new())).1.push(machine.to_owned());
                None
            }
        }
    }

    /// Whether the path at a place has the name of the machine in it.
    fn is_named(&self, span: Span) -> bool {
        let bytes = self.host.bytes.get(span.start as usize..span.end as usize).unwrap_or_default();
        String::from_utf8_lossy(bytes).contains("{name}")
    }

    /// The paths that a path stands for, which is itself unless it has wildcards; `None` when it is no pattern, which the
    /// check of the project file says.
    fn paths(&mut self, pattern: &Located) -> Option<Vec<String>> {
        let path = normalized(&pattern.text);
        let at = path.rfind('/').map_or(0, |slash| slash + 1);
        let (folder, name) = path.split_at(at);
        if project::has_wildcard(folder) {
            return None;
        }
        if !project::has_wildcard(name) {
            return Some(vec![path]);
        }
        if !self.globs.contains_key(name) {
            let glob = GlobBuilder::new(name).literal_separator(true).build().ok()?;
            self.globs.insert(name.to_owned(), glob.compile_matcher());
        }
        let glob = self.globs.get(name)?;
        // What is hidden is only meant where it is named.
        let is_meant = |file: &str| glob.is_match(file) && (name.starts_with('.') || !file.starts_with('.'));
        let files = self.files;
        let listed = self.listed.entry(folder.to_owned()).or_insert_with_key(|folder| {
            let mut listed = files.list(folder.trim_end_matches('/'));
            listed.sort();
            listed
        });
        let is_meant = |path: &&String| is_meant(path.rsplit('/').next().unwrap_or(path));
        let found: Vec<String> = listed.iter().filter(is_meant).cloned().collect();
        // What is different for each machine may be nothing for some.
        if !self.is_named(pattern.span) {
            let known = self.wildcards.entry(pattern.span).or_insert_with(|| (pattern.text.clone(), false));
            known.1 |= !found.is_empty();
        }
        Some(found)
    }

    /// The base that Talos generates for a machine, in the version that it will be held to.
    fn generated(&self, entry: &MachineEntry, versions: NamedVersions, patches: &[Layer]) -> Option<Layer> {
        let options = Options { described: Some(versions), ..self.options.clone() };
        let named = |layer: &Layer| -> Option<MinorVersion> {
            let source = layer.source();
            // Only what may name another version needs to be read for it.
            let may_name = versions.talos.is_none() || source.bytes.windows(7).any(|bytes| bytes == b"talint:");
            let (text, not_text) = text::decode(may_name.then_some(source.bytes)?);
            let tree = syntax::parse(&text);
            let versions = Read::new(source.path, &text, not_text, &tree, Form::Patch).versions(&options);
            let known = MinorVersion { major: 1, minor: u16::from(versions.talos.minor()) };
            Some(known).filter(|_| versions.talos_source != VersionSource::Assumed)
        };
        let version = options.talos.or_else(|| patches.iter().find_map(named)).or(versions.talos);
        let version = version.map_or(TalosVersion::NEWEST, TalosVersion::nearest_to);
        let text = generated(version, entry.role?).to_owned();
        Some(Layer::Made { file: Arc::clone(self.host), place: entry.name.span, text, anchors: Vec::new() })
    }
}
