//! Tools that describe machines in a file of their own: talhelper, Omni and Cluster API.
//!
//! Each says what a machine is made of in a way of its own; here it becomes a [`Machine`], which is analysed as any other. A
//! value that the tool writes into the configuration leads back to where it was written.

mod cluster_api;
mod made;
mod omni;
mod reader;
mod talhelper;

use crate::analysis::{Analysis, Options, Read, ReadSource, fixed, wanted};
use crate::finding::Finding;
use crate::input::{self, Form};
use crate::machine::{File, FileAnalysis, Files, Machine};
use crate::rule::sorted;
use crate::source::Source;
use crate::text::decode;
use reader::Host;
use std::sync::Arc;

/// What the file of a tool describes.
#[derive(Debug, Default)]
pub struct Described {
    /// The machines.
    pub machines: Vec<Machine>,
    /// What is wrong with the description itself, each with the file it is in.
    pub findings: Vec<(Arc<File>, Finding)>,
    /// The paths of the files that are layers of the machines.
    pub used: Vec<String>,
}

/// The machines that `host` describes, in the version that `options` ask for or it names. `None` when it is not the file of
/// a tool that is known.
#[must_use]
pub fn describe(host: &Arc<File>, files: &dyn Files, options: &Options) -> Option<Described> {
    let (text, _) = decode(&host.bytes);
    // Nearly all files are told by their text, which is sooner done than reading it.
    if !talhelper::may_be(&text) && !omni::may_be(&text) && !cluster_api::may_be(&text) {
        return None;
    }
    let tree = input::parse(&text, &host.path, Form::Detected);
    // What a template leaves out or repeats is not known.
    if !tree.gaps.is_empty() {
        return None;
    }
    let mut host = Host::new(host, &text, &tree, files, options);
    let is_described = talhelper::describe(&mut host) || omni::describe(&mut host) || cluster_api::describe(&mut host);
    is_described.then_some(host.described)
}

/// Whether a text may have `key`, as a key of a mapping in any style.
fn may_have_key(text: &str, key: &str) -> bool {
    let is_key = |(at, _): (usize, &str)| {
        let after = text.get(at + key.len()..).unwrap_or_default();
        after.trim_start_matches(['"', '\'', ' ']).starts_with(':')
    };
    text.match_indices(key).any(is_key)
}

/// Adds what is wrong with the description in `host` to what was found in its machines, and lets pass what comments in it
/// let pass.
pub(crate) fn finish(
    host: &Arc<File>,
    findings: &[(Arc<File>, Finding)],
    files: &mut Vec<FileAnalysis>,
    options: &Options,
) {
    let (text, not_text) = decode(&host.bytes);
    let tree = input::parse(&text, &host.path, Form::Detected);
    let read = Read::new(&host.path, &text, not_text, &tree, Form::Detected);
    let wanted = wanted(options, options.profile(read.directives.modeline.profile));
    let mut change_in = |file: &Arc<File>, change: &dyn Fn(Vec<Finding>) -> Vec<Finding>| {
        let at = files.iter().position(|known| known.file.path == file.path).unwrap_or_else(|| {
            let versions = read.versions(options);
            let analysis = Analysis { findings: Vec::new(), notices: Vec::new(), documents: 1, versions };
            files.push(FileAnalysis { file: Arc::clone(file), analysis, machines: Vec::new() });
            files.len() - 1
        });
        if let Some(known) = files.get_mut(at) {
            known.analysis.findings = change(std::mem::take(&mut known.analysis.findings));
        }
    };
    for (file, finding) in findings.iter().filter(|(_, finding)| wanted.rule(&finding.rule).is_some()) {
        change_in(file, &|mut known| {
            known.push(finding.clone());
            sorted(known)
        });
    }
    let source = ReadSource { source: Source::file(&host.path, &host.bytes), read: &read };
    change_in(host, &|known| {
        let mut kept = wanted.suppress(&read, known);
        fixed(&mut kept, 0, &[source]);
        kept
    });
}
