//! Which machines and files are meant when files are given.

use super::describe::{Described, describe};
use super::{Outcome, Workers, Workspace};
use crate::analysis::Options;
use crate::input::Form;
use crate::machine::{File, Files, Machine};
use crate::project::Project;
use crate::tools;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Files that are to be checked.
#[derive(Clone, Copy)]
pub struct Given<'g> {
    /// The project file that counts for them.
    pub project: Option<(&'g Arc<File>, &'g Project)>,
    /// Their paths.
    pub paths: &'g [String],
    /// Whether all machines of the project file are meant, whatever files they are made of. They are where the project
    /// file itself is given.
    pub is_whole: bool,
    /// How files are had.
    pub files: &'g (dyn Files + Sync),
}

/// What is to be checked together.
#[derive(Debug)]
pub struct Gathered {
    /// The machines of the project file, and those of the tools' files that are given.
    pub described: Described,
    /// The files given that no machine uses.
    pub alone: Vec<(String, Form)>,
    /// Whether all machines of the project file are meant.
    is_whole: bool,
    /// The files given, and those that tools use.
    meant: BTreeSet<String>,
}

/// Gathers what the files given are a part of, and what they describe themselves.
#[must_use]
pub fn gather(given: Given<'_>, options: &Options, workers: &impl Workers) -> Gathered {
    let Given { project, paths, files, .. } = given;
    let mut described = match project {
        Some((file, project)) => describe(project, file, files, options),
        None => Described::default(),
    };
    let mut meant: BTreeSet<String> = paths.iter().cloned().collect();
    let is_project = |path: &str| project.is_some_and(|(file, _)| file.path == path);
    let is_whole = given.is_whole || paths.iter().any(|path| is_project(path));
    // The descriptions that tools keep of machines, and the files that they name.
    let is_excluded = |path: &str| project.is_some_and(|(_, project)| project.exclude.matches(path));
    let of_tools = workers.map(paths.len(), |number| {
        let path = paths.get(number).filter(|path| !is_excluded(path) && !is_project(path))?;
        let host = files.read(path).ok()?;
        let of_tool = tools::describe(&host, files, options)?;
        Some((host, of_tool))
    });
    let mut of_a_tool: BTreeSet<String> = BTreeSet::new();
    for (host, of_tool) in of_tools.into_iter().flatten().flatten() {
        of_a_tool.extend(of_tool.used.iter().cloned().chain([host.path.clone()]));
        described.add(&host, of_tool);
    }
    let is_alone = |path: &&String| {
        !is_project(path) && !is_excluded(path) && !described.used.contains(*path) && !of_a_tool.contains(*path)
    };
    let alone = paths.iter().filter(is_alone).map(|path| (path.clone(), Form::Detected)).collect();
    meant.extend(of_a_tool);
    Gathered { described, alone, is_whole, meant }
}

impl Gathered {
    /// Leaves out the machines that no given file is a part of.
    pub fn narrow(&mut self) {
        let has_given = |machine: &Machine| machine.files().any(|file| self.meant.contains(&file.path));
        self.described.machines.retain(|machine| self.is_whole || has_given(machine));
    }

    /// What the check is to look at.
    #[must_use]
    pub fn workspace<'g>(&'g self, given: Given<'g>) -> Workspace<'g> {
        Workspace { project: given.project, described: &self.described, alone: &self.alone, files: given.files }
    }

    /// Leaves in `outcome` what the files given are told of. What is wrong in the project file bears on all that is checked.
    pub fn limit(&self, outcome: &mut Outcome, given: Given<'_>) {
        if self.is_whole {
            return;
        }
        outcome.files.retain_mut(|file| {
            if self.meant.contains(&file.file.path) {
                return true;
            }
            let is_host = given.project.is_some_and(|(host, _)| host.path == file.file.path);
            let is_told = |rule: &str| is_host && (rule.starts_with("project/") || rule.starts_with("yaml/"));
            file.analysis.findings.retain(|finding| is_told(&finding.rule));
            !file.analysis.findings.is_empty()
        });
    }
}
