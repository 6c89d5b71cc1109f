//! Machines and files together: each text is read once, and what it says by itself is looked at once a version.

mod describe;
mod gather;

pub use describe::{Described, ToolFile, describe};
pub use gather::{Gathered, Given, gather};

use crate::analysis::{Analysis, Options, Read, ReadSource, analyze};
use crate::finding::Finding;
use crate::input::{self, Form};
use crate::layered::{Frame, Key, form};
use crate::machine::{File, FileAnalysis, Files, Groups, Layer, LayerAnalysis, Machine, collect};
use crate::project::{self, Project};
use crate::source::Source;
use crate::syntax::Tree;
use crate::text;
use crate::tools;
use std::collections::HashMap;
use std::sync::Arc;

/// How pieces of work that do not depend on each other are done: the analyzer has no threads of its own.
pub trait Workers {
    /// Does `work` for each number below `count`, and gives the results in their order. `None` stands for work that was
    /// not done, through a fault.
    fn map<T: Send>(&self, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<Option<T>>;
}

/// One after the other.
#[derive(Clone, Copy, Debug)]
pub struct InOrder;

impl Workers for InOrder {
    fn map<T: Send>(&self, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<Option<T>> {
        (0..count).map(|number| Some(work(number))).collect()
    }
}

/// What is to be checked.
#[derive(Clone, Copy)]
pub struct Workspace<'w> {
    /// The project file.
    pub project: Option<(&'w Arc<File>, &'w Project)>,
    /// The machines, and what is wrong in the project file about their files.
    pub described: &'w Described,
    /// Files that no machine uses, by path and what they are known to be.
    pub alone: &'w [(String, Form)],
    /// How those are had.
    pub files: &'w (dyn Files + Sync),
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The files: those of the machines first, in their order, then those by themselves.
    pub files: Vec<FileAnalysis>,
    /// Files that could not be looked at, and why.
    pub failures: Vec<(String, String)>,
    /// Machines that could not be analysed, through a fault of the analyzer.
    pub faults: Vec<Arc<str>>,
}

/// Layers that are analysed together: the configuration of a machine, or its schematic.
struct Unit<'w> {
    machine: usize,
    is_schematic: bool,
    layers: &'w [Layer],
    options: Options,
    /// The number of the reading of each layer.
    reads: Vec<usize>,
}

/// A text, whatever machines it is a layer of.
#[derive(PartialEq, Eq, Hash)]
enum TextKey<'w> {
    File(&'w str),
    /// The text too, for parts of one line begin where the line does.
    Part(&'w str, u32, &'w str),
    Made(&'w str, &'w str),
}

impl<'w> TextKey<'w> {
    fn of(layer: &'w Layer) -> Self {
        match layer {
            Layer::File(file) => Self::File(&file.path),
            Layer::Part { file, offset, text } => Self::Part(&file.path, *offset, text),
            Layer::Made { file, text, .. } => Self::Made(&file.path, text),
        }
    }
}

/// The texts of all layers, and how each is to be read, without those that are there before.
#[derive(Default)]
struct Texts<'w> {
    known: HashMap<TextKey<'w>, usize>,
    sources: Vec<Source<'w>>,
    known_reads: HashMap<(usize, bool), usize>,
    /// The text, and whether it is a base.
    reads: Vec<(usize, bool)>,
}

impl<'w> Texts<'w> {
    /// The number of the reading of a layer.
    fn add(&mut self, layer: &'w Layer, is_base: bool) -> usize {
        let sources = &mut self.sources;
        let text = *self.known.entry(TextKey::of(layer)).or_insert_with(|| {
            sources.push(layer.source());
            sources.len() - 1
        });
        let reads = &mut self.reads;
        *self.known_reads.entry((text, is_base)).or_insert_with(|| {
            reads.push((text, is_base));
            reads.len() - 1
        })
    }
}

/// Checks a workspace: what is to be said of each file.
#[must_use]
pub fn check(workspace: Workspace<'_>, options: &Options, workers: &impl Workers) -> Outcome {
    let (mut failures, mut faults) = (Vec::new(), Vec::new());
    let mut files: Groups<String, FileAnalysis> = Groups::default();
    let mut add = |next: FileAnalysis| files.add(next.file.path.clone(), next, FileAnalysis::join);
    let (layers, without_base) = analyze_machines(&workspace.described.machines, options, workers, &mut faults);
    collect(layers).into_iter().for_each(&mut add);
    if let Some((host, _)) = workspace.project {
        add(of_project(host, workspace.described, &without_base, options));
    }
    let described = options.described.or(workspace.project.map(|(_, project)| project.versions()));
    let alone = workers.map(workspace.alone.len(), |number| {
        let (path, form) = workspace.alone.get(number)?;
        let options = Options { form: *form, described, ..options.clone() };
        Some(workspace.files.read(path).map(|file| {
            let analysis = analyze(&file.path, &file.bytes, &options);
            // What is not Talos's need not be kept.
            let is_told = analysis.documents > 0 || !analysis.findings.is_empty() || !analysis.notices.is_empty();
            is_told.then_some((file, analysis))
        }))
    });
    for ((path, _), result) in workspace.alone.iter().zip(alone) {
        match result.flatten() {
            Some(Ok(Some((file, analysis)))) => add(FileAnalysis { file, analysis, machines: Vec::new() }),
            Some(Ok(None)) => {}
            Some(Err(error)) => failures.push((path.clone(), error)),
            None => failures.push((path.clone(), FAULT.to_owned())),
        }
    }
    let mut files = files.list;
    files.iter_mut().for_each(FileAnalysis::unite);
    for tool in &workspace.described.tools {
        tools::finish(&tool.host, &tool.findings, &mut files, options);
    }
    if let Some((host, project)) = workspace.project {
        for file in &mut files {
            file.analysis.findings.retain(|finding| !project.ignores(&finding.rule, &file.file.path));
        }
        files.retain(|file| !project.exclude.matches(&file.file.path) || file.file.path == host.path);
    }
    Outcome { files, failures, faults }
}

/// Checks the machines that the file of a tool describes, and the description. `None` when it is not the file of a tool that
/// is known.
#[must_use]
pub fn analyze_described(host: &Arc<File>, files: &(dyn Files + Sync), options: &Options) -> Option<Vec<FileAnalysis>> {
    let mut described = Described::default();
    described.add(host, tools::describe(host, files, options)?);
    let workspace = Workspace { project: None, described: &described, alone: &[], files };
    Some(check(workspace, options, &InOrder).files)
}

/// What is found in machines alone, by file.
pub(crate) fn check_machines(machines: &[Machine], options: &Options) -> Vec<FileAnalysis> {
    collect(analyze_machines(machines, options, &InOrder, &mut Vec::new()).0)
}

/// What is said where the analyzer itself failed.
const FAULT: &str = "internal error while analysing this file; please report it";

/// What is to be said of the project file itself.
fn of_project(host: &Arc<File>, described: &Described, without_base: &[&Machine], options: &Options) -> FileAnalysis {
    let options = Options { form: Form::Project, ..options.clone() };
    let mut analysis = analyze(&host.path, &host.bytes, &options);
    analysis.findings.extend(described.findings.iter().cloned());
    for machine in without_base {
        let Some((_, span)) = &machine.place else { continue };
        let message = format!("this is no Talos configuration, so the machine `{}` is not checked", machine.name);
        analysis.findings.extend(project::finding(project::INVALID, *span, String::new(), message));
    }
    FileAnalysis { file: Arc::clone(host), analysis, machines: Vec::new() }
}

/// What is to be said of each layer of each machine, and the machines whose base is no configuration.
fn analyze_machines<'w>(
    machines: &'w [Machine],
    options: &Options,
    workers: &impl Workers,
    faults: &mut Vec<Arc<str>>,
) -> (Vec<LayerAnalysis>, Vec<&'w Machine>) {
    let mut texts = Texts::default();
    let units: Vec<Unit<'_>> =
        machines.iter().enumerate().flat_map(|(number, machine)| units(number, machine, options, &mut texts)).collect();
    let decoded: Vec<_> = texts.sources.iter().map(|source| text::decode(source.bytes)).collect();
    let trees = workers.map(decoded.len(), |number| {
        let (source, (text, _)) = (texts.sources.get(number)?, decoded.get(number)?);
        Some(input::parse(text, source.name(), Form::Patch))
    });
    let trees: Vec<Option<Tree<'_>>> = trees.into_iter().map(Option::flatten).collect();
    let read = |number: usize| {
        let (text, is_base) = *texts.reads.get(number)?;
        let (source, (decoded, not_text)) = (texts.sources.get(text)?, decoded.get(text)?);
        Some(Read::new(source.name(), decoded, *not_text, trees.get(text)?.as_ref()?, form(is_base)))
    };
    let reads: Vec<Option<Read<'_, '_>>> =
        workers.map(texts.reads.len(), read).into_iter().map(Option::flatten).collect();

    let sources: Vec<Option<Vec<ReadSource<'_, '_>>>> = units
        .iter()
        .map(|unit| {
            let each = unit.layers.iter().zip(&unit.reads);
            each.map(|(layer, read)| Some(ReadSource { source: layer.source(), read: reads.get(*read)?.as_ref()? }))
                .collect()
        })
        .collect();
    let frames =
        workers.map(units.len(), |number| Frame::new(sources.get(number)?.as_ref()?, &units.get(number)?.options));
    let frames: Vec<Option<Frame>> = frames.into_iter().map(Option::flatten).collect();

    // What a text says by itself, once for all units that hold it to the same.
    let mut known: HashMap<(usize, Key), usize> = HashMap::new();
    let mut wanted: Vec<(usize, &Frame)> = Vec::new();
    for (unit, frame) in units.iter().zip(&frames) {
        let Some(frame) = frame else { continue };
        for read in &unit.reads {
            known.entry((*read, frame.key())).or_insert_with(|| {
                wanted.push((*read, frame));
                wanted.len() - 1
            });
        }
    }
    let own = workers.map(wanted.len(), |number| {
        let (read, frame) = wanted.get(number)?;
        let (_, is_base) = texts.reads.get(*read)?;
        Some(frame.of_source(reads.get(*read)?.as_ref()?, *is_base))
    });

    let analyses = workers.map(units.len(), |number| {
        let (unit, frame) = (units.get(number)?, frames.get(number)?.as_ref()?);
        let own = |layer: usize| -> Vec<Finding> {
            let found = unit.reads.get(layer).and_then(|read| known.get(&(*read, frame.key())));
            found.and_then(|at| own.get(*at)?.clone().flatten()).unwrap_or_default()
        };
        let sources = sources.get(number)?.as_ref()?;
        if unit.is_schematic {
            return Some(sources.iter().map(|source| frame.analyze_alone(*source)).collect());
        }
        Some(frame.analyze(sources, own).sources)
    });
    let (mut layers, mut without_base) = (Vec::new(), Vec::new());
    for (unit, analyses) in units.iter().zip(analyses) {
        let Some(machine) = machines.get(unit.machine) else { continue };
        let Some(analyses) = analyses.flatten() else {
            faults.push(Arc::clone(&machine.name));
            continue;
        };
        let is_silent = |base: &Analysis| base.documents == 0 && base.notices.is_empty();
        if !unit.is_schematic && analyses.first().is_some_and(is_silent) {
            without_base.push(machine);
        }
        let each = unit.layers.iter().zip(analyses);
        layers.extend(each.map(|(layer, analysis)| LayerAnalysis::new(machine, layer, analysis)));
    }
    (layers, without_base)
}

/// The units of a machine.
fn units<'w>(number: usize, machine: &'w Machine, options: &Options, texts: &mut Texts<'w>) -> Vec<Unit<'w>> {
    let options = machine.options(options);
    let unit = |layers: &'w [Layer], is_schematic: bool, texts: &mut Texts<'w>| Unit {
        machine: number,
        is_schematic,
        layers,
        options: options.clone(),
        reads: layers.iter().enumerate().map(|(at, layer)| texts.add(layer, at == 0)).collect(),
    };
    let mut units = vec![unit(&machine.layers, false, texts)];
    units.extend(machine.schematic.as_ref().map(|schematic| unit(std::slice::from_ref(schematic), true, texts)));
    units
}
