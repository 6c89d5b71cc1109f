//! Findings as output.

mod json;
mod text;

pub(crate) use json::json;
pub(crate) use text::text;

use crate::patches::Layer;
use std::collections::BTreeMap;
use std::sync::Arc;
use talint_analyzer::Analysis;
use talint_analyzer::finding::{Related, Severity};
use talint_analyzer::input::Form;

/// A file that was checked.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Its name, as given.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// What it was known to be.
    pub form: Form,
    /// What came of it.
    pub analysis: Analysis,
    /// The base and the patches that it is one of, in their order.
    pub layers: Option<Arc<Vec<Layer>>>,
}

impl Checked {
    /// The layer that a place beside a finding is in, when it is another than this file.
    fn layer(&self, related: &Related) -> Option<&Layer> {
        let file = related.file.as_deref()?;
        self.layers.as_ref()?.iter().find(|layer| layer.path == file)
    }
}

/// How many findings of a severity there are.
pub(crate) fn count(checked: &[Checked], severity: Severity) -> usize {
    checked.iter().flat_map(|file| &file.analysis.findings).filter(|finding| finding.severity == severity).count()
}

/// How many findings each rule has, most first.
pub(crate) fn statistics(checked: &[Checked]) -> Vec<(&'static str, usize)> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for finding in checked.iter().flat_map(|file| &file.analysis.findings) {
        *counts.entry(finding.rule).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
