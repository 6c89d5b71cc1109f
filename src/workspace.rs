//! The project file, the files on the disk, and what is to be checked together.

use crate::files::{Input, Reader};
use crate::patches::Layer;
use crate::report::Place;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use talint_analyzer::input::PROJECT_FILE;
use talint_analyzer::project::{self, Project};
use talint_analyzer::schema::closest;
use talint_analyzer::{File, Files, Options, Workers, describe, normalized};

/// A project file, read.
#[derive(Debug)]
pub(crate) struct ProjectFile {
    /// Its folder, without links.
    pub folder: PathBuf,
    /// The file; its path is that from its folder.
    pub file: Arc<File>,
    /// What it says.
    pub project: Arc<Project>,
}

impl ProjectFile {
    /// Its folder, as it is shown; empty when the program runs there.
    pub(crate) fn shown_folder(&self) -> PathBuf {
        shown_path(&self.folder)
    }
}

/// Which project file counts.
#[derive(Debug)]
pub(crate) enum Config {
    /// The nearest one, upwards from each file.
    Nearest,
    /// This one, for all files.
    This(PathBuf),
    /// None.
    None,
}

impl Config {
    /// What the arguments say.
    pub(crate) fn new(config: Option<&Path>, no_config: bool) -> Self {
        match config {
            Some(path) => Self::This(path.to_owned()),
            None if no_config => Self::None,
            None => Self::Nearest,
        }
    }
}

/// Finds project files, each read once.
#[derive(Debug)]
pub(crate) struct Projects<'r> {
    config: Config,
    reader: &'r Reader,
    folders: HashMap<PathBuf, Option<Arc<ProjectFile>>>,
    /// What cannot be read.
    pub errors: Vec<String>,
}

impl<'r> Projects<'r> {
    pub(crate) fn new(config: Config, reader: &'r Reader) -> Self {
        Self { config, reader, folders: HashMap::new(), errors: Vec::new() }
    }

    /// The names of the rules that the project files bring.
    pub(crate) fn rules(&self) -> Vec<&str> {
        let projects = self.folders.values().flatten();
        projects.flat_map(|file| &file.project.rules).map(|rule| rule.name.as_str()).collect()
    }

    /// The project file that counts for the files of a folder.
    pub(crate) fn of_folder(&mut self, folder: &Path) -> Option<Arc<ProjectFile>> {
        let path = match &self.config {
            Config::None => return None,
            Config::This(path) => path.clone(),
            Config::Nearest => talint_lsp::files::project_file(&std::path::absolute(folder).ok()?)?,
        };
        if let Some(known) = self.folders.get(&path) {
            return known.clone();
        }
        let read = read(&path, self.reader).map(Arc::new);
        let project = match read {
            Ok(project) => Some(project),
            Err(error) => {
                self.errors.push(format!("{}: {error}", shown(&path)));
                None
            }
        };
        self.folders.insert(path, project.clone());
        project
    }
}

/// Reads a project file.
fn read(path: &Path, reader: &Reader) -> std::io::Result<ProjectFile> {
    let bytes = reader.read(&Input::File(path.to_owned()))?;
    let path = path.canonicalize()?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let project = Arc::new(project::load(&bytes));
    Ok(ProjectFile { folder, file: Arc::new(File { path: name, bytes }), project })
}

/// The files of the disk, by their paths from a folder; some of them with a content of their own.
#[derive(Debug)]
pub(crate) struct Disk<'r> {
    folder: PathBuf,
    reader: &'r Reader,
    /// How files are called that were given on the command line.
    given: HashMap<String, PathBuf>,
    own: HashMap<String, Arc<File>>,
    /// Files that are there and cannot be read.
    failures: Mutex<BTreeSet<String>>,
}

impl<'r> Disk<'r> {
    pub(crate) fn new(folder: &Path, reader: &'r Reader) -> Self {
        let own = HashMap::new();
        let failures = Mutex::new(BTreeSet::new());
        Self { folder: folder.to_owned(), reader, given: HashMap::new(), own, failures }
    }

    /// The path of a file given on the command line, from the folder.
    pub(crate) fn given(&mut self, path: &Path) -> String {
        let whole = path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
        let key = slashes(&relative(&whole, &self.folder));
        self.given.entry(key.clone()).or_insert_with(|| path.to_owned());
        key
    }

    /// Gives a file a content of its own, in place of that on the disk.
    pub(crate) fn replace(&mut self, path: String, bytes: Vec<u8>) {
        self.own.insert(path.clone(), Arc::new(File { path, bytes }));
    }

    /// How a path is shown: as it was given, else from where the program runs.
    pub(crate) fn shown(&self, path: &str) -> String {
        let given = self.given.get(path).cloned();
        given.unwrap_or_else(|| shown_path(&self.folder.join(path))).display().to_string()
    }

    /// Where a path is read: a file as it was given, else from the folder.
    pub(crate) fn place(&self, path: &str) -> Place {
        let given = self.given.get(path);
        if self.own.contains_key(path) {
            return Place { input: Input::Stdin, folder: None };
        }
        Place {
            input: Input::File(given.cloned().unwrap_or_else(|| self.folder.join(path))),
            folder: given.is_none().then(|| self.folder.clone()),
        }
    }

    /// What could not be read.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.failures.lock().map(|failures| failures.iter().cloned().collect()).unwrap_or_default()
    }
}

impl Files for Disk<'_> {
    fn read(&self, path: &str) -> Result<Arc<File>, String> {
        let path = normalized(path);
        if let Some(file) = self.own.get(&path) {
            return Ok(Arc::clone(file));
        }
        match self.reader.read(&Input::File(self.folder.join(&path))) {
            Ok(bytes) => Ok(Arc::new(File { path, bytes })),
            Err(error) => {
                let is_there = error.kind() != std::io::ErrorKind::NotFound;
                if let Ok(mut failures) = self.failures.lock()
                    && is_there
                {
                    failures.insert(format!("{}: {error}", self.shown(&path)));
                }
                Err(error.to_string())
            }
        }
    }

    fn list(&self, folder: &str) -> Vec<String> {
        talint_lsp::files::list(&self.folder, folder)
    }
}

/// A path with `/`, as project files write it.
fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/").replacen("//", "/", 1)
}

/// The way from `folder` to `path`, both whole; `path` itself when there is none.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    let (parts, from): (Vec<_>, Vec<_>) = (path.components().collect(), folder.components().collect());
    let same = parts.iter().zip(&from).take_while(|(a, b)| a == b).count();
    if same == 0 {
        return path.to_owned();
    }
    let up = from.iter().skip(same).map(|_| Component::ParentDir);
    up.chain(parts.into_iter().skip(same)).collect()
}

/// A whole path as it is shown: from where the program runs, when it is not far.
fn shown_path(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    here.map_or_else(|_| path.to_owned(), |here| relative(path, &here))
}

/// The same as text.
fn shown(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    shown_path(&whole).display().to_string()
}

/// What the configuration of a machine is made of, and what is asked of its analysis.
///
/// # Errors
/// When no project file names the machine, or a file of it cannot be read.
pub(crate) fn machine(name: &str, config: Config, asked: &Options) -> Result<(Vec<Layer>, Options), String> {
    let reader = Reader::default();
    let mut projects = Projects::new(config, &reader);
    let project = projects.of_folder(Path::new("."));
    let Some(project) = project else {
        let error = projects.errors.pop();
        return Err(error.unwrap_or_else(|| format!("there is no {PROJECT_FILE} here or above that names machines")));
    };
    let disk = Disk::new(&project.folder, &reader);
    let described = describe(&project.project, &project.file, &disk, asked);
    let Some(machine) = described.machines.into_iter().find(|machine| &*machine.name == name) else {
        let names = project.project.machines.iter().map(|machine| machine.name.text.as_str());
        let hint = match closest(name, names) {
            Some(same) if same == name => ", for a file of it cannot be read".to_owned(),
            Some(near) => format!("; did you mean `{near}`?"),
            None => String::new(),
        };
        return Err(format!("there is no machine `{name}` to show{hint}"));
    };
    let options = Options { described: Some(machine.versions), role: machine.role, ..asked.clone() };
    let layers = machine.layers.into_iter().map(|layer| match layer {
        talint_analyzer::Layer::File(file) => {
            Layer { path: disk.shown(&file.path), input: None, bytes: file.bytes.clone() }
        }
        // What is made has no lines of its own in the file that names it.
        talint_analyzer::Layer::Part { text, .. } | talint_analyzer::Layer::Made { text, .. } => {
            Layer { path: "<generated>".to_owned(), input: None, bytes: text.into_bytes() }
        }
    });
    Ok((layers.collect(), options))
}

/// Threads that work on files.
#[derive(Debug)]
pub(crate) struct Pool {
    jobs: usize,
    pool: OnceLock<Option<rayon::ThreadPool>>,
}

impl Pool {
    /// As many threads as `jobs`, or as there are processors.
    pub(crate) fn new(jobs: Option<NonZeroUsize>) -> Self {
        Self { jobs: jobs.map_or(0, NonZeroUsize::get), pool: OnceLock::new() }
    }
}

impl Workers for Pool {
    fn map<T: Send>(&self, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<Option<T>> {
        // One fault costs one answer.
        let work = |number: usize| catch_unwind(AssertUnwindSafe(|| work(number))).ok();
        // One piece of work is not worth the threads.
        if count < 2 {
            return (0..count).map(work).collect();
        }
        let build = || rayon::ThreadPoolBuilder::new().num_threads(self.jobs).build().ok();
        match self.pool.get_or_init(build) {
            Some(pool) => pool.install(|| (0..count).into_par_iter().map(work).collect()),
            None => (0..count).map(work).collect(),
        }
    }
}
