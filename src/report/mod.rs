//! Findings as output.

mod json;
mod text;

pub(crate) use json::{json, range};
pub(crate) use text::text;

use crate::arguments::FailOn;
use crate::files::Input;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use talint_analyzer::finding::{Finding, Related, Severity};
use talint_analyzer::input::Form;
use talint_analyzer::{Analysis, File};

/// A file that was checked.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Its name, as it is shown.
    pub path: String,
    /// What it holds.
    pub file: Arc<File>,
    /// What it was known to be.
    pub form: Form,
    /// What came of it.
    pub analysis: Analysis,
    /// The machines that it is a part of; none for a file by itself.
    pub machines: Vec<Arc<str>>,
    /// The least severity that makes the exit status 1, where a project file says it.
    pub fail_on: Option<FailOn>,
    /// The files that were checked together with it.
    pub others: Arc<Others>,
}

/// Files that were checked together, by their paths.
pub(crate) type Others = HashMap<String, Other>;

/// A file beside others.
#[derive(Debug)]
pub(crate) struct Other {
    /// Its name, as it is shown.
    pub path: String,
    /// What it holds.
    pub file: Arc<File>,
    /// Where it was read; `None` when that is no place to write to.
    pub place: Option<Place>,
}

/// Where a file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// What was read.
    pub input: Input,
    /// The folder that it is a file of; `None` when it was given by itself, or by a folder of the arguments.
    pub folder: Option<PathBuf>,
}

impl Checked {
    /// The file that a place beside a finding is in, when it is another than this file.
    fn other(&self, related: &Related) -> Option<&Other> {
        self.others.get(related.file.as_deref()?)
    }

    /// The machines to name beside a finding: where it is not found in all that have the file.
    fn some_machines<'f>(&self, finding: &'f Finding) -> &'f [Arc<str>] {
        if finding.machines.len() < self.machines.len() { &finding.machines } else { &[] }
    }
}

/// How many findings of a severity there are.
pub(crate) fn count(checked: &[Checked], severity: Severity) -> usize {
    checked.iter().flat_map(|file| &file.analysis.findings).filter(|finding| finding.severity == severity).count()
}

/// How many findings each rule has, most first.
pub(crate) fn statistics(checked: &[Checked]) -> Vec<(&str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in checked.iter().flat_map(|file| &file.analysis.findings) {
        *counts.entry(&*finding.rule).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
