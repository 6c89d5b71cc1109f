//! What is around a document: the project file, the machines that the document is a part of, and the other files of them.

use crate::documents::{Document, Documents};
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};
use talint_analyzer::finding::Severity;
use talint_analyzer::input::{Form, PROJECT_FILE};
use talint_analyzer::project::{self, Project};
use talint_analyzer::text::MAX_BYTES;
use talint_analyzer::{
    Analysis, Described, File, FileAnalysis, Files, InOrder, Machine, Merged, Options, Workspace, analyze, check,
    describe, normalized, tools,
};

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

/// The files of a folder: those that are open as they are in the editor, all others as they are on the disk.
struct Around<'d> {
    folder: PathBuf,
    documents: &'d Documents,
}

impl Files for Around<'_> {
    fn read(&self, path: &str) -> Result<Arc<File>, String> {
        let path = normalized(path);
        let whole = self.folder.join(&path);
        let open = self.documents.iter().find(|document| document.file_path().as_deref() == Some(&whole));
        let bytes = match open {
            Some(document) => document.text.clone().into_bytes(),
            None => read(&whole).map_err(|error| error.to_string())?,
        };
        Ok(Arc::new(File { path, bytes }))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.join(folder)).into_iter().flatten().flatten();
        let files = entries.filter(|entry| entry.path().is_file());
        let names = files.filter_map(|entry| entry.file_name().into_string().ok());
        let mut paths: Vec<String> = names.map(|name| normalized(&format!("{folder}/{name}"))).collect();
        paths.sort();
        paths
    }
}

/// A file of the disk; what is larger than any configuration is not read.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let length = std::fs::metadata(path)?.len();
    if length > u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) {
        return Err(std::io::Error::other("the file is too large"));
    }
    std::fs::read(path)
}

/// Looks at a document as a part of what it belongs to: the machines of the nearest project file, those that it describes
/// itself as the file of a tool, or nothing else.
pub(crate) fn look(document: &Document, documents: &Documents, options: &Options) -> Found {
    let alone = |folder: PathBuf| Found {
        analysis: analyze(&document.path(), document.text.as_bytes(), options),
        machines: Vec::new(),
        others: Vec::new(),
        merged: OnceLock::new(),
        counts: HashMap::new(),
        key: document.path().rsplit('/').next().unwrap_or_default().to_owned(),
        is_project: false,
        has_others: false,
        folder,
        options: options.clone(),
    };
    let Some(path) = document.file_path() else { return alone(PathBuf::new()) };
    let nearest = path.ancestors().skip(1).find(|folder| folder.join(PROJECT_FILE).is_file());
    let folder = nearest.or(path.parent()).unwrap_or(Path::new("")).to_owned();
    let files = Around { folder: folder.clone(), documents };
    let key = relative(&path, &folder);
    let read = nearest.and_then(|_| files.read(PROJECT_FILE).ok());
    let project = read.map(|file| (Arc::new(project::load(&file.bytes)), file));
    let options = match &project {
        Some((said, _)) => with_project(options, said),
        None => options.clone(),
    };
    let host = Arc::new(File { path: key.clone(), bytes: document.text.clone().into_bytes() });
    let of_project = project.as_ref().map(|(said, file)| (describe(said, file, &files, &options), said, file));
    let is_excluded = project.as_ref().is_some_and(|(said, _)| said.exclude.matches(&key));
    let mut described = Described::default();
    let mut others = Vec::new();
    let mut is_host = false;
    if let Some((machines, _, file)) = of_project {
        is_host = file.path == key;
        described = machines;
        let is_part = |machine: &Machine| is_host || machine.files().any(|file| file.path == key);
        (described.machines, others) = described.machines.into_iter().partition(is_part);
    }
    if !is_excluded
        && !is_host
        && let Some(of_tool) = tools::describe(&host, &files, &options)
    {
        described.add(&host, of_tool);
    }
    let is_part = !described.machines.is_empty() || !described.tools.is_empty() || is_host;
    let has_others = is_part || project.is_some();
    let by_itself = [(key.clone(), Form::Detected)];
    let workspace = Workspace {
        project: project.as_ref().map(|(said, file)| (file, &**said)),
        described: &described,
        alone: if is_part || is_excluded { &[] } else { &by_itself },
        files: &files,
    };
    if !has_others {
        return alone(folder);
    }
    let files = check(workspace, &options, &InOrder).files;
    let counts = count(&files);
    let found = files.into_iter().find(|file| file.file.path == key);
    let analysis = match found {
        Some(FileAnalysis { analysis, .. }) => analysis,
        // Nothing is to be said of it.
        None => Analysis { findings: Vec::new(), ..alone(folder.clone()).analysis },
    };
    let (machines, merged) = (described.machines, OnceLock::new());
    Found { analysis, machines, others, merged, counts, key, is_project: is_host, has_others, folder, options }
}

fn with_project(options: &Options, project: &Arc<Project>) -> Options {
    Options {
        mode: options.mode.or(project.mode),
        described: Some(project.versions()),
        project: Some(Arc::clone(project)),
        ..options.clone()
    }
}

/// The way from `folder` to `path`, with `/` between the names.
fn relative(path: &Path, folder: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    names.collect::<Vec<_>>().join("/")
}
