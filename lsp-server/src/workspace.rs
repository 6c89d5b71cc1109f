//! What is around a document: the project file, the machines that the document is a part of, and the other files of them.

use crate::documents::{Document, Documents};
use crate::lines::Lines;
use crate::log::Log;
use crate::snapshot::Snapshot;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use talint_analyzer::finding::Severity;
use talint_analyzer::project::{self, Project};
use talint_analyzer::text::{Encoding, decode};
use talint_analyzer::{
    Analysis, File, FileAnalysis, Files, Gathered, Given, InOrder, Machine, Merged, Options, analyze, check, gather,
    normalized,
};
use tower_lsp::ls_types::{MessageType, Uri};

/// What is found in a document, and where it belongs.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) analysis: Analysis,
    /// The machines that it is a part of.
    pub(crate) machines: Vec<Machine>,
    /// The other machines of the project file.
    pub(crate) others: Vec<Machine>,
    /// What comes of the layers of each machine, those that it is a part of first; worked out when it is asked for.
    pub(crate) merged: OnceLock<Vec<Option<Merged>>>,
    /// What is found in all files of each machine that it is a part of: how much of which severity.
    pub(crate) counts: HashMap<Arc<str>, Counts>,
    /// The path of the document from the folder.
    pub(crate) key: String,
    /// Whether it is the project file.
    pub(crate) is_project: bool,
    /// Whether other files bear on it.
    pub(crate) has_others: bool,
    /// Whether it bears on other files.
    pub(crate) bears_on_others: bool,
    /// The folder that the paths of files begin at.
    pub(crate) folder: PathBuf,
    /// What was asked of the analysis.
    pub(crate) options: Options,
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    pub(crate) infos: usize,
}

/// The findings of each machine, in all its files.
fn count(files: &[FileAnalysis]) -> HashMap<Arc<str>, Counts> {
    let mut counts: HashMap<Arc<str>, Counts> = HashMap::new();
    for finding in files.iter().flat_map(|file| &file.analysis.findings) {
        for machine in &finding.machines {
            let of_machine = counts.entry(Arc::clone(machine)).or_default();
            *match finding.severity {
                Severity::Error => &mut of_machine.errors,
                Severity::Warning => &mut of_machine.warnings,
                Severity::Info => &mut of_machine.infos,
            } += 1;
        }
    }
    counts
}

impl Found {
    /// Whether the document is one of Talos's, or describes machines. Of others nothing is said.
    pub(crate) fn is_ours(&self) -> bool {
        self.is_project
            || self.analysis.documents > 0
            || !self.analysis.findings.is_empty()
            || !self.machines.is_empty()
    }
}

/// A project file, read.
#[derive(Clone, Debug)]
pub(crate) struct ProjectFile {
    /// The file; its path is that from its folder.
    pub(crate) file: Arc<File>,
    pub(crate) project: Arc<Project>,
}

/// The project files that were read, each read again only when it holds something else.
#[derive(Debug, Default)]
pub(crate) struct Projects {
    known: Mutex<HashMap<PathBuf, (ProjectFile, String)>>,
}

impl Projects {
    /// The project file at `path`, as the editor or the disk has it; `None` when it cannot be read, which is told.
    pub(crate) fn read(&self, path: &Path, documents: &Documents, log: &Log) -> Option<ProjectFile> {
        let (folder, name) = (path.parent()?, path.file_name()?.to_str()?);
        let file = match (Around { folder: folder.to_owned(), documents }).read(name) {
            Ok(file) => file,
            Err(error) => {
                log.tell(MessageType::WARNING, format!("{} cannot be read: {error}", path.display()));
                return None;
            }
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let last = known.get(path);
        if let Some((same, _)) = last.filter(|(last, _)| last.file == file) {
            return Some(same.clone());
        }
        let read = ProjectFile { project: Arc::new(project::load(&file.bytes)), file };
        let summary = summary(&read.project);
        if last.is_none_or(|(_, last)| *last != summary) {
            let how = if last.is_some() { "read again" } else { "read" };
            log.tell(MessageType::INFO, format!("{} was {how}: {summary}", path.display()));
        }
        known.insert(path.to_owned(), (read.clone(), summary));
        Some(read)
    }
}

/// What a project file asks for, in a line.
fn summary(project: &Project) -> String {
    let versions = project.versions();
    let talos = versions.talos.map_or_else(|| "no Talos version".to_owned(), |talos| format!("Talos {talos}"));
    let profile = project.profile.unwrap_or_default().as_str();
    let machines = project.machines.len();
    let unit = if machines == 1 { "machine" } else { "machines" };
    format!("{talos}, profile {profile}, {machines} {unit}")
}

/// Files that tools use for the machines which they describe, each with the descriptions that use it.
pub(crate) type Used = HashMap<PathBuf, Users>;

/// Descriptions of machines that use a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Users {
    /// The folder that their paths begin at.
    folder: PathBuf,
    paths: Vec<String>,
}

/// The files that the tools among `gathered` use; paths begin at `folder`.
pub(crate) fn used(gathered: &Gathered, folder: &Path) -> Used {
    let mut used = Used::new();
    for tool in &gathered.described.tools {
        let of_tool = |machine: &&Machine| machine.files().any(|file| file.path == tool.host.path);
        let files = gathered.described.machines.iter().filter(of_tool).flat_map(Machine::files);
        for file in files.filter(|file| file.path != tool.host.path) {
            let new = || Users { folder: folder.to_owned(), paths: Vec::new() };
            let users = used.entry(whole(folder, &file.path)).or_insert_with(new);
            if !users.paths.contains(&tool.host.path) {
                users.paths.push(tool.host.path.clone());
            }
        }
    }
    used
}

/// The files of a folder: those that are open as they are in the editor, all others as they are on the disk.
pub(crate) struct Around<'d> {
    pub(crate) folder: PathBuf,
    pub(crate) documents: &'d Documents,
}

impl Files for Around<'_> {
    fn read(&self, path: &str) -> Result<Arc<File>, String> {
        let path = normalized(path);
        let whole = self.folder.join(&path);
        let bytes = match self.documents.of_file(&whole) {
            Some(document) => document.text.clone().into_bytes(),
            None => crate::files::read(&whole).map_err(|error| error.to_string())?,
        };
        Ok(Arc::new(File { path, bytes }))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        crate::files::list(&self.folder, folder)
    }
}

/// Looks at a document as a part of what it belongs to: the machines of the nearest project file, those that it describes
/// itself as the file of a tool, or nothing else.
pub(crate) fn look(document: &Document, snapshot: &Snapshot) -> Found {
    let options = snapshot.settings.options.clone();
    let Some(path) = document.file.as_deref() else { return alone(document, PathBuf::new(), options) };
    let parent = path.parent().unwrap_or(Path::new(""));
    let project_path = crate::files::project_file(parent);
    let users = snapshot.used.get(path);
    let folder = match (project_path.as_deref().and_then(Path::parent), users) {
        (Some(folder), _) => folder.to_owned(),
        (None, Some(users)) => users.folder.clone(),
        (None, None) => parent.to_owned(),
    };
    let users = users.filter(|users| users.folder == folder);
    let project = project_path.and_then(|path| snapshot.project(&path));
    let options = match &project {
        Some(read) => options.of_project(&read.project),
        None => options,
    };
    let key = relative(path, &folder);
    let files = Around { folder: folder.clone(), documents: &snapshot.documents };
    let mut paths = vec![key.clone()];
    paths.extend(users.into_iter().flat_map(|users| users.paths.iter().cloned()));
    let given = Given {
        project: project.as_ref().map(|read| (&read.file, &*read.project)),
        paths: &paths,
        is_whole: false,
        files: &files,
    };
    let mut gathered = gather(given, &options, &InOrder);
    let is_host = project.as_ref().is_some_and(|read| read.file.path == key);
    let is_part = |machine: &Machine| is_host || machine.files().any(|file| file.path == key);
    let machines = std::mem::take(&mut gathered.described.machines);
    let others;
    (gathered.described.machines, others) = machines.into_iter().partition(is_part);
    let is_tool = gathered.described.tools.iter().any(|tool| tool.host.path == key);
    let is_described = !gathered.described.machines.is_empty() || is_tool;
    if project.is_none() && !is_described {
        return alone(document, folder, options);
    }
    let files = check(gathered.workspace(given), &options, &InOrder).files;
    let counts = count(&files);
    let found = files.into_iter().find(|file| file.file.path == key);
    let analysis = match found {
        Some(FileAnalysis { analysis, .. }) => analysis,
        // Nothing is to be said of it.
        None => Analysis { findings: Vec::new(), ..alone(document, folder.clone(), options.clone()).analysis },
    };
    let (machines, merged) = (gathered.described.machines, OnceLock::new());
    let (is_project, bears_on_others) = (is_host, is_described || is_host);
    let has_others = true;
    Found { analysis, machines, others, merged, counts, key, is_project, has_others, bears_on_others, folder, options }
}

/// What is found in a document by itself.
fn alone(document: &Document, folder: PathBuf, options: Options) -> Found {
    let analysis = analyze(&document.path(), document.text.as_bytes(), &options);
    Found {
        analysis,
        machines: Vec::new(),
        others: Vec::new(),
        merged: OnceLock::new(),
        counts: HashMap::new(),
        key: document.path().rsplit('/').next().unwrap_or_default().to_owned(),
        is_project: false,
        has_others: false,
        bears_on_others: false,
        folder,
        options,
    }
}

/// Hands to `look` another file of a folder as it is now, in the editor or else on the disk: what the client calls it, the
/// version that is open, its lines. `None` when it cannot be read.
pub(crate) fn elsewhere<R>(
    (folder, file): (&Path, &str),
    (snapshot, encoding): (&Snapshot, Encoding),
    look: impl FnOnce(Uri, Option<i32>, &Lines<'_>) -> R,
) -> Option<R> {
    let path = whole(folder, file);
    if let Some(document) = snapshot.documents.of_file(&path) {
        return Some(look(document.uri.clone(), Some(document.version), &Lines::new(document, encoding)));
    }
    let (uri, bytes) = (Uri::from_file_path(&path)?, crate::files::read(&path).ok()?);
    Some(look(uri, None, &Lines::of(&decode(&bytes).0, encoding)))
}

/// A file by its path from a folder, which may lead out of it.
pub(crate) fn whole(folder: &Path, path: &str) -> PathBuf {
    let mut whole = folder.to_owned();
    for part in path.split('/') {
        if part == ".." {
            whole.pop();
        } else {
            whole.push(part);
        }
    }
    whole
}

/// The way from `folder` to `path`, with `/` between the names.
pub(crate) fn relative(path: &Path, folder: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    names.collect::<Vec<_>>().join("/")
}
