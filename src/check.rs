//! `talint check`

use crate::arguments::{CheckOptions, FailOn};
use crate::files::{self, Input, Reader};
use crate::fix;
use crate::outcome;
use crate::output::say;
use crate::patches::{self, Layer};
use crate::report::{Checked, Other, Others, Place};
use crate::workspace::{Config, Disk, Pool, ProjectFile, Projects};
use clap::ValueEnum as _;
use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use talint_analyzer::input::Form;
use talint_analyzer::schema::closest;
use talint_analyzer::{File, Given, Options, Source, analyze_layered, check, gather};

/// Checks the paths of `options`, shows what is found, and says how it went.
pub(crate) fn run(options: &CheckOptions) -> ExitCode {
    let nothing = (!options.allow_nothing).then_some("there is no Talos configuration among the paths");
    let mut reader = Reader::default();
    if options.fix || options.diff {
        return fix::run(options, &mut reader, nothing);
    }
    let (checked, failures) = look(options, &reader);
    tell_of(&failures);
    outcome::tell(checked, !failures.is_empty(), &options.output, nothing)
}

/// Says what could not be checked.
pub(crate) fn tell_of(failures: &[String]) {
    for failure in failures {
        say(format_args!("talint: {failure}"));
    }
}

/// Checks the paths of `options` as `reader` reads them: what came of each file, and what could not be checked.
pub(crate) fn look(options: &CheckOptions, reader: &Reader) -> Results {
    let mut projects = Projects::new(Config::new(options.config.config.as_deref(), options.config.no_config), reader);
    let paths = if options.paths.is_empty() { vec![root(&mut projects)] } else { options.paths.clone() };
    let (inputs, errors) = files::find(&paths);
    let (checked, mut failures) = if options.patch.is_empty() {
        check_groups(inputs, &mut projects, options, reader)
    } else {
        check_layered(&inputs, &mut projects, options, reader).unwrap_or_else(|error| (Vec::new(), vec![error]))
    };
    let unknown = outcome::unknown_rules(&options.asked, &projects.rules());
    failures.splice(0..0, errors.into_iter().chain(unknown).chain(projects.errors.iter().cloned()));
    (checked, failures)
}

/// What is checked when no path is given: the folder of the project file, else this folder.
fn root(projects: &mut Projects<'_>) -> PathBuf {
    let folder = projects.of_folder(Path::new(".")).map(|project| project.shown_folder());
    folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("."))
}

/// What was checked, and what could not be.
pub(crate) type Results = (Vec<Checked>, Vec<String>);

/// Checks the inputs, those of each project file together.
fn check_groups(inputs: Vec<Input>, projects: &mut Projects<'_>, options: &CheckOptions, reader: &Reader) -> Results {
    let mut groups: Vec<(Option<Arc<ProjectFile>>, Vec<Input>)> = Vec::new();
    for input in inputs {
        let project = projects.of_folder(folder(&input, options));
        let is_same = |(group, _): &&mut (Option<Arc<ProjectFile>>, _)| {
            group.as_ref().map(|group| &group.folder) == project.as_ref().map(|project| &project.folder)
        };
        match groups.iter_mut().find(is_same) {
            Some((_, inputs)) => inputs.push(input),
            None => groups.push((project, vec![input])),
        }
    }
    let pool = Pool::new(options.jobs);
    let mut names = Names::new(&options.machine);
    let mut results = Results::default();
    for (project, inputs) in groups {
        let (checked, failures) = Group::new(project, options).check(&inputs, &mut names, &pool, reader);
        results.0.extend(checked);
        results.1.extend(failures);
    }
    results.1.extend(names.unknown());
    results
}

/// The folder that an input is in, where its project file is looked for first.
fn folder<'i>(input: &'i Input, options: &'i CheckOptions) -> &'i Path {
    let path = match input {
        Input::File(path) => path,
        Input::Stdin => &options.stdin_filename,
    };
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The machines asked for by name.
struct Names<'o> {
    wanted: &'o [String],
    found: BTreeSet<&'o str>,
    known: BTreeSet<String>,
}

impl<'o> Names<'o> {
    fn new(wanted: &'o [String]) -> Self {
        Self { wanted, found: BTreeSet::new(), known: BTreeSet::new() }
    }

    /// Whether a machine is asked for; all are when no name is given.
    fn wants(&mut self, name: &str) -> bool {
        self.known.insert(name.to_owned());
        let wanted = self.wanted.iter().find(|wanted| *wanted == name);
        self.found.extend(wanted.map(String::as_str));
        wanted.is_some() || self.wanted.is_empty()
    }

    /// What is to be said of names that no machine has.
    fn unknown(&self) -> Vec<String> {
        let missing = self.wanted.iter().filter(|name| !self.found.contains(name.as_str()));
        let message = |name: &String| match closest(name, self.known.iter().map(String::as_str)) {
            Some(near) => format!("there is no machine `{name}` to check; did you mean `{near}`?"),
            None => format!("there is no machine `{name}` to check"),
        };
        missing.map(message).collect()
    }
}

/// Files with one project file, or without one.
struct Group<'o> {
    project: Option<Arc<ProjectFile>>,
    options: &'o CheckOptions,
    asked: Options,
}

impl<'o> Group<'o> {
    fn new(project: Option<Arc<ProjectFile>>, options: &'o CheckOptions) -> Self {
        let asked = Options {
            kubernetes: options.kubernetes_version,
            mode: options.mode.map(Into::into),
            ..outcome::options(&options.asked)
        };
        let asked = match &project {
            Some(project) => asked.of_project(&project.project),
            None => asked,
        };
        Self { project, options, asked }
    }

    /// The least severity that makes the exit status 1, if the project file says it.
    fn fail_on(&self) -> Option<FailOn> {
        let word = self.project.as_ref()?.project.fail_on.as_deref()?;
        FailOn::from_str(word, false).ok()
    }

    fn check(&self, inputs: &[Input], names: &mut Names<'_>, pool: &Pool, reader: &Reader) -> Results {
        let here = || std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        let mut disk = Disk::new(&self.project.as_ref().map_or_else(here, |project| project.folder.clone()), reader);
        let mut failures = Vec::new();
        let mut paths: Vec<String> = Vec::new();
        for input in inputs {
            match input {
                Input::File(path) => paths.push(disk.given(path)),
                Input::Stdin => {
                    let path = disk.given(&self.options.stdin_filename);
                    match reader.read(input) {
                        Ok(bytes) => disk.replace(path.clone(), bytes),
                        Err(error) => failures.push(format!("{}: {error}", disk.shown(&path))),
                    }
                    paths.push(path);
                }
            }
        }
        let project = self.project.as_ref().map(|project| (&project.file, &*project.project));
        // Whoever checks nothing in particular means all machines.
        let given = Given { project, paths: &paths, is_whole: self.options.paths.is_empty(), files: &disk };
        let mut gathered = gather(given, &self.asked, pool);
        gathered.described.machines.retain(|machine| names.wants(&machine.name));
        gathered.narrow();
        if self.options.mode.is_some() {
            gathered.described.machines.iter_mut().for_each(|machine| machine.mode = self.asked.mode);
        }
        // Whoever names machines means no other file, unless it is named too.
        if !self.options.machine.is_empty() && self.options.paths.is_empty() {
            gathered.alone.clear();
        }
        let mut outcome = check(gathered.workspace(given), &self.asked, pool);

        failures.extend(disk.failures());
        failures.extend(outcome.failures.iter().map(|(path, error)| format!("{}: {error}", disk.shown(path))));
        let fault = |machine| format!("{machine}: internal error while analysing this machine; please report it");
        failures.extend(outcome.faults.iter().map(fault));
        failures.sort();
        failures.dedup();
        let others: Arc<Others> = Arc::new(outcome.files.iter().map(|file| other(&file.file, &disk)).collect());
        gathered.limit(&mut outcome, given);
        let place: HashMap<&str, usize> = paths.iter().enumerate().map(|(at, path)| (path.as_str(), at)).collect();
        let mut checked: Vec<(usize, Checked)> = Vec::new();
        for file in outcome.files {
            let at = place.get(file.file.path.as_str()).copied();
            let is_host = project.is_some_and(|(host, _)| host.path == file.file.path);
            let is_tool = gathered.described.tools.iter().any(|tool| tool.host.path == file.file.path);
            let form = match (is_host, file.machines.is_empty() || is_tool) {
                (true, _) => Form::Project,
                (false, true) => Form::Detected,
                (false, false) => Form::Patch,
            };
            let shown = disk.shown(&file.file.path);
            let next = Checked {
                path: shown,
                file: file.file,
                form,
                analysis: file.analysis,
                machines: file.machines,
                fail_on: self.fail_on(),
                others: Arc::clone(&others),
            };
            checked.push((at.unwrap_or(usize::MAX), next));
        }
        checked.sort_by(|(a, first), (b, second)| (a, &first.path).cmp(&(b, &second.path)));
        (checked.into_iter().map(|(_, file)| file).collect(), failures)
    }
}

fn other(file: &Arc<File>, disk: &Disk<'_>) -> (String, Other) {
    let place = Some(disk.place(&file.path));
    (file.path.clone(), Other { path: disk.shown(&file.path), file: Arc::clone(file), place })
}

/// Checks one base with the patches of the command line.
fn check_layered(
    inputs: &[Input],
    projects: &mut Projects<'_>,
    options: &CheckOptions,
    reader: &Reader,
) -> Result<Results, String> {
    let [input] = inputs else {
        return Err(format!("`--patch` is laid over one base, but there are {} files to check", inputs.len()));
    };
    let group = Group::new(projects.of_folder(folder(input, options)), options);
    let path = match input {
        Input::File(path) => path.display().to_string(),
        Input::Stdin => options.stdin_filename.display().to_string(),
    };
    let layers = patches::read(&path, input, &options.patch, reader)?;
    let file = |Layer { path, input, bytes }| (Arc::new(File { path, bytes }), input);
    let (layers, places): (Vec<Arc<File>>, Vec<Option<Input>>) = layers.into_iter().map(file).unzip();
    let analyze = || {
        let sources: Vec<_> = layers.iter().map(|file| Source::file(&file.path, &file.bytes)).collect();
        let (base, patches) = sources.split_first()?;
        Some(analyze_layered(*base, patches, &group.asked).sources)
    };
    let Ok(Some(analyses)) = catch_unwind(AssertUnwindSafe(analyze)) else {
        return Err(format!("{path}: internal error while analysing these files; please report it"));
    };
    if analyses.first().is_none_or(|base| base.documents == 0) {
        return Ok(Results::default());
    }
    let named = |(file, input): (&Arc<File>, Option<Input>)| {
        let place = input.map(|input| Place { input, folder: None });
        (file.path.clone(), Other { path: file.path.clone(), file: Arc::clone(file), place })
    };
    let others: Arc<Others> = Arc::new(layers.iter().zip(places).map(named).collect());
    let each = layers.into_iter().zip(analyses).map(|(file, analysis)| Checked {
        path: file.path.clone(),
        file,
        form: Form::Patch,
        analysis,
        machines: Vec::new(),
        fail_on: group.fail_on(),
        others: Arc::clone(&others),
    });
    Ok((each.collect(), Vec::new()))
}
