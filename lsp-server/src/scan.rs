//! The diagnostics of all files of the workspace: those of `talint check` on each of its folders.

use crate::diagnostics::{Text, result_id};
use crate::documents::Documents;
use crate::snapshot::{Client, Moment, Snapshot};
use crate::workspace::{Around, ProjectFile, Used, relative, used, whole};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use talint_analyzer::input::Form;
use talint_analyzer::text::decode;
use talint_analyzer::{Described, FileAnalysis, Given, Options, Outcome, Workers, Workspace, check, gather};
use tower_lsp::ls_types::{
    Diagnostic, FullDocumentDiagnosticReport, MessageType, PreviousResultId, UnchangedDocumentDiagnosticReport, Uri,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};

/// How many files that stand by themselves are looked at between two steps.
const STEP: usize = 64;

/// Whether work is to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub(crate) fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is kept of the last scan, which is little: neither texts nor findings.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    /// When it was, and what was said of each file; nothing before the first one.
    told: Option<(Moment, HashMap<PathBuf, Told>)>,
    /// Files that no machine uses, whose findings hang on nothing but their text and what is asked.
    alone: HashMap<PathBuf, Alone>,
}

/// What the client has of files from earlier answers: the name it calls each by, and the result. Clients write names in
/// ways of their own, so files are told apart by their paths.
#[derive(Debug)]
pub(crate) struct Previous(HashMap<PathBuf, (Uri, String)>);

impl Previous {
    pub(crate) fn new(ids: Vec<PreviousResultId>) -> Self {
        let with_path = |id: PreviousResultId| Some((id.uri.to_file_path()?.into_owned(), (id.uri, id.value)));
        Self(ids.into_iter().filter_map(with_path).collect())
    }

    fn has(&self, path: &Path, result_id: &str) -> bool {
        self.0.get(path).is_some_and(|(_, known)| known == result_id)
    }

    /// What the client calls a file.
    fn uri(&self, path: &Path) -> Option<Uri> {
        self.0.get(path).map_or_else(|| Uri::from_file_path(path), |(uri, _)| Some(uri.clone()))
    }

    /// The files that the client has and that are not among those told, unless they are open: those it asks for one by one.
    fn gone<'p>(&'p self, told: &'p HashMap<PathBuf, Told>, documents: &'p Documents) -> impl Iterator<Item = &'p Uri> {
        let is_gone = |(path, _): &(&PathBuf, _)| !told.contains_key(*path) && documents.of_file(path).is_none();
        self.0.iter().filter(is_gone).map(|(_, (uri, _))| uri)
    }
}

/// What was said of a file.
#[derive(Clone, Debug)]
struct Told {
    uri: Uri,
    version: Option<i32>,
    result_id: String,
}

#[derive(Clone, Debug)]
struct Alone {
    written: SystemTime,
    bytes: u64,
    settings: u64,
    project: Option<ProjectFile>,
    /// `None` for what is not Talos's.
    result_id: Option<String>,
}

impl Alone {
    fn is_same(&self, other: &Self) -> bool {
        let project = |alone: &Self| alone.project.as_ref().map(|read| Arc::as_ptr(&read.project));
        (self.written, self.bytes, self.settings) == (other.written, other.bytes, other.settings)
            && project(self) == project(other)
    }
}

impl Kept {
    /// Whether there was no scan yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.with(|last| last.told.is_none())
    }

    /// The reports of the last scan, where nothing has changed since and the client has them all.
    pub(crate) fn unchanged(
        &self,
        snapshot: &Snapshot,
        previous: &Previous,
    ) -> Option<Vec<WorkspaceDocumentDiagnosticReport>> {
        self.with(|last| {
            let (_, told) = last.told.as_ref().filter(|(when, _)| *when == snapshot.moment())?;
            let has_all = told.iter().all(|(path, told)| previous.has(path, &told.result_id));
            let has_no_more = previous.gone(told, &snapshot.documents).next().is_none();
            (has_all && has_no_more).then(|| told.values().cloned().map(unchanged).collect())
        })
    }

    fn with<R>(&self, look: impl FnOnce(&mut Last) -> R) -> R {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How far a scan is.
#[derive(Debug)]
pub(crate) struct Step {
    /// What was not told before.
    pub(crate) reports: Vec<WorkspaceDocumentDiagnosticReport>,
    /// How many files were looked at.
    pub(crate) done: usize,
    /// How many there are.
    pub(crate) all: usize,
}

/// What came of a scan.
#[derive(Debug)]
pub(crate) struct Summary {
    /// How many files were looked at.
    pub(crate) files: usize,
    /// How many of them are of Talos.
    pub(crate) ours: usize,
    /// How many folders they are in.
    pub(crate) folders: usize,
}

/// Looks at all files of the workspace, and tells the client's reports step by step. `None` when it was cancelled.
pub(crate) fn scan(
    (snapshot, client): (&Snapshot, &Client),
    previous: &Previous,
    kept: &Kept,
    cancel: &Cancel,
    tell: &dyn Fn(Step),
) -> Option<Summary> {
    let groups = groups(snapshot);
    let all = groups.iter().map(|group| group.paths.len()).sum();
    let known = kept.with(|last| last.alone.clone());
    let mut scan = Scan { snapshot, client, previous, cancel, tell, known, all, done: 0, told: HashMap::new() };
    // A file may be used by machines of several project files, so those come first.
    let mut found = BTreeMap::new();
    let mut rest = Vec::new();
    for group in &groups {
        rest.push(scan.machines(group, &mut found)?);
    }
    let together = all - rest.iter().map(Vec::len).sum::<usize>();
    let reports = found.into_iter().filter_map(|(path, items)| scan.report(path, items)).collect();
    scan.step(reports, together);
    let mut alone = HashMap::new();
    for (group, files) in groups.iter().zip(rest) {
        alone.extend(scan.alone(group, files)?);
    }
    scan.tell_of_gone();
    let summary = Summary { files: all, ours: scan.told.len(), folders: snapshot.folders.len() };
    kept.with(|last| *last = Last { told: Some((snapshot.moment(), scan.told)), alone });
    Some(summary)
}

/// The files that tools use in the workspace.
pub(crate) fn used_by_tools(snapshot: &Snapshot) -> Used {
    let mut all = Used::new();
    for group in groups(snapshot) {
        let files = Around { folder: group.folder.clone(), documents: &snapshot.documents };
        let options = group.options(snapshot);
        let gathered = gather(group.given(&files), &options, &Guarded(&Cancel::default()));
        all.extend(used(&gathered, &group.folder));
    }
    all
}

/// Files with one project file, or without one.
struct Group {
    folder: PathBuf,
    project: Option<ProjectFile>,
    /// Their paths from the folder.
    paths: Vec<String>,
}

impl Group {
    /// What is asked of the analysis of its files.
    fn options(&self, snapshot: &Snapshot) -> Options {
        let options = snapshot.settings.options.clone();
        match &self.project {
            Some(read) => options.of_project(&read.project),
            None => options,
        }
    }

    fn given<'g>(&'g self, files: &'g Around<'g>) -> Given<'g> {
        let project = self.project.as_ref().map(|read| (&read.file, &*read.project));
        Given { project, paths: &self.paths, is_whole: false, files }
    }
}

/// The files of the folders of the workspace, each once, by the project file that counts for them.
fn groups(snapshot: &Snapshot) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    for root in snapshot.folders.iter() {
        let found = crate::files::find(root);
        for error in found.errors {
            snapshot.log.tell(MessageType::WARNING, format!("a part of the workspace cannot be searched: {error}"));
        }
        let mut projects: HashMap<PathBuf, Option<PathBuf>> = HashMap::new();
        // Groups of this root begin here: without a project file, paths begin at the root.
        let first = groups.len();
        for file in found.files {
            let Some(parent) = file.parent().filter(|_| !seen.contains(&file)) else { continue };
            let project =
                projects.entry(parent.to_owned()).or_insert_with_key(|parent| crate::files::project_file(parent));
            let folder = project.as_deref().and_then(Path::parent).unwrap_or(root);
            let is_it = |group: &Group| group.folder == folder && group.project.is_some() == project.is_some();
            let begin = if project.is_some() { 0 } else { first };
            let at = groups.iter().skip(begin).position(is_it).map_or(groups.len(), |at| begin + at);
            if at == groups.len() {
                let project = project.as_deref().and_then(|path| snapshot.project(path));
                groups.push(Group { folder: folder.to_owned(), project, paths: Vec::new() });
            }
            if let Some(group) = groups.get_mut(at) {
                group.paths.push(relative(&file, &group.folder));
            }
            seen.insert(file);
        }
    }
    groups
}

struct Scan<'s> {
    snapshot: &'s Snapshot,
    client: &'s Client,
    /// What the client has.
    previous: &'s Previous,
    cancel: &'s Cancel,
    tell: &'s dyn Fn(Step),
    /// What was found by the scan before.
    known: HashMap<PathBuf, Alone>,
    all: usize,
    done: usize,
    told: HashMap<PathBuf, Told>,
}

impl Scan<'_> {
    /// Looks at the machines of a group, and gives the files that none of them uses.
    fn machines(&self, group: &Group, found: &mut BTreeMap<PathBuf, Vec<Diagnostic>>) -> Option<Vec<(String, Form)>> {
        let files = Around { folder: group.folder.clone(), documents: &self.snapshot.documents };
        let (given, options) = (group.given(&files), group.options(self.snapshot));
        let mut gathered = gather(given, &options, &Guarded(self.cancel));
        gathered.narrow();
        let together = Workspace { alone: &[], ..gathered.workspace(given) };
        let mut outcome = self.check(together, &options)?;
        gathered.limit(&mut outcome, given);
        for file in &outcome.files {
            let Some((path, items)) = self.diagnostics(&group.folder, file) else { continue };
            let known = found.entry(path).or_default();
            for item in items {
                if !known.contains(&item) {
                    known.push(item);
                }
            }
        }
        Some(gathered.alone)
    }

    /// Looks at the files of a group that stand by themselves, and says what is to be kept of them.
    fn alone(&mut self, group: &Group, files: Vec<(String, Form)>) -> Option<HashMap<PathBuf, Alone>> {
        let mut kept: HashMap<PathBuf, Alone> = HashMap::new();
        let (mut reports, mut new) = (Vec::new(), Vec::new());
        let all = files.len();
        for file in files {
            let path = group.folder.join(&file.0);
            // Machines of another project file may use it.
            if self.told.contains_key(&path) {
                continue;
            }
            let now = self.now(group, &path);
            if let Some((known, told)) = now.as_ref().and_then(|now| self.same(&path, now)) {
                reports.extend(told.map(|told| self.unchanged(path.clone(), told)));
                kept.insert(path, known);
                continue;
            }
            kept.extend(now.map(|now| (path, now)));
            new.push(file);
        }
        self.step(reports, all - new.len());
        let files = Around { folder: group.folder.clone(), documents: &self.snapshot.documents };
        let (project, options) = (group.given(&files).project, group.options(self.snapshot));
        let by_itself = Described::default();
        for alone in new.chunks(STEP) {
            let workspace = Workspace { project, described: &by_itself, alone, files: &files };
            let outcome = self.check(workspace, &options)?;
            let mut reports = Vec::new();
            // The project file was told of with its machines.
            for file in outcome.files.iter().filter(|file| project.is_none_or(|(host, _)| host.path != file.file.path))
            {
                let Some((path, items)) = self.diagnostics(&group.folder, file) else { continue };
                reports.extend(self.report(path.clone(), items));
                if let Some(known) = kept.get_mut(&path) {
                    known.result_id = self.told.get(&path).map(|told| told.result_id.clone());
                }
            }
            self.step(reports, alone.len());
        }
        Some(kept)
    }

    /// A file as it is on the disk now; `None` when it is open, or cannot be looked at.
    fn now(&self, group: &Group, path: &Path) -> Option<Alone> {
        if self.snapshot.documents.of_file(path).is_some() {
            return None;
        }
        let metadata = path.metadata().ok()?;
        Some(Alone {
            written: metadata.modified().ok()?,
            bytes: metadata.len(),
            settings: self.snapshot.settings.generation,
            project: group.project.clone(),
            result_id: None,
        })
    }

    /// What is known of a file that has not changed, and what was told of it, where the client still has that.
    fn same(&self, path: &Path, now: &Alone) -> Option<(Alone, Option<Told>)> {
        let known = self.known.get(path).filter(|known| known.is_same(now))?.clone();
        let Some(result_id) = known.result_id.clone() else { return Some((known, None)) };
        let uri = self.previous.uri(path).filter(|_| self.previous.has(path, &result_id))?;
        Some((known, Some(Told { uri, version: None, result_id })))
    }

    /// `None` when the scan is cancelled.
    fn check(&self, workspace: Workspace<'_>, options: &Options) -> Option<Outcome> {
        let outcome = check(workspace, options, &Guarded(self.cancel));
        if self.cancel.is_cancelled() {
            return None;
        }
        for (path, error) in &outcome.failures {
            self.snapshot.log.tell(MessageType::WARNING, format!("{path}: {error}"));
        }
        for machine in &outcome.faults {
            let message = format!("{machine}: internal error while analysing this machine; please report it");
            self.snapshot.log.tell(MessageType::ERROR, message);
        }
        Some(outcome)
    }

    fn step(&mut self, reports: Vec<WorkspaceDocumentDiagnosticReport>, files: usize) {
        self.done += files;
        (self.tell)(Step { reports, done: self.done, all: self.all });
    }

    /// A file, and its diagnostics.
    fn diagnostics(&self, folder: &Path, file: &FileAnalysis) -> Option<(PathBuf, Vec<Diagnostic>)> {
        let path = whole(folder, &file.file.path);
        let uri = self.uri(&path)?;
        let (text, _) = decode(&file.file.bytes);
        let text = Text { uri: &uri, content: &text, folder };
        Some((path, text.diagnostics(&file.analysis.findings, self.snapshot, self.client)))
    }

    /// What the client calls a file.
    fn uri(&self, path: &Path) -> Option<Uri> {
        let open = self.snapshot.documents.of_file(path);
        open.map_or_else(|| self.previous.uri(path), |document| Some(document.uri.clone()))
    }

    fn report(&mut self, path: PathBuf, items: Vec<Diagnostic>) -> Option<WorkspaceDocumentDiagnosticReport> {
        let open = self.snapshot.documents.of_file(&path);
        let result_id = result_id(&items, open.map(|document| &**document));
        let told = Told { uri: self.uri(&path)?, version: open.map(|document| document.version), result_id };
        if self.previous.has(&path, &told.result_id) {
            return Some(self.unchanged(path, told));
        }
        self.told.insert(path, told.clone());
        Some(full(told, items))
    }

    fn unchanged(&mut self, path: PathBuf, told: Told) -> WorkspaceDocumentDiagnosticReport {
        self.told.insert(path, told.clone());
        unchanged(told)
    }

    /// Takes back what the client has of files that are no longer there, or no longer Talos's.
    fn tell_of_gone(&mut self) {
        let gone = self.previous.gone(&self.told, &self.snapshot.documents).cloned();
        let report = |uri: Uri| full(Told { uri, version: None, result_id: String::new() }, Vec::new());
        let reports = gone.map(report).collect();
        self.step(reports, 0);
    }
}

fn full(told: Told, items: Vec<Diagnostic>) -> WorkspaceDocumentDiagnosticReport {
    let result_id = Some(told.result_id).filter(|id| !id.is_empty());
    WorkspaceDocumentDiagnosticReport::Full(WorkspaceFullDocumentDiagnosticReport {
        uri: told.uri,
        version: told.version.map(i64::from),
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id, items },
    })
}

fn unchanged(told: Told) -> WorkspaceDocumentDiagnosticReport {
    WorkspaceDocumentDiagnosticReport::Unchanged(WorkspaceUnchangedDocumentDiagnosticReport {
        uri: told.uri,
        version: told.version.map(i64::from),
        unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: told.result_id },
    })
}

/// One after the other, a fault costing one answer, until it is cancelled.
struct Guarded<'c>(&'c Cancel);

impl Workers for Guarded<'_> {
    fn map<T: Send>(&self, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<Option<T>> {
        let guarded = |number| catch_unwind(AssertUnwindSafe(|| work(number))).ok();
        (0..count).map(|number| if self.0.is_cancelled() { None } else { guarded(number) }).collect()
    }
}
