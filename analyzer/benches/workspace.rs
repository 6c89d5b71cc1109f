//! What the check of a whole repository costs beside reading and scanning the same files, in one run.
//!
//! Both are done by one thread, in turns, and their medians are compared.

#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::unwrap_used,
    reason = "it prints figures, and stops where it cannot go on"
)]

mod measure;

use measure::repository::{FILES, MACHINES, write};
use measure::{median, scan, time};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use talint_analyzer::{File, Files, InOrder, Options, Workspace, check, describe, project};

/// The most that the check may cost, in readings and scans of the same bytes.
const WANTED: f64 = 3.0;

fn main() {
    let rounds = if std::env::args().any(|argument| argument == "--bench") { 101 } else { 3 };
    println!("{:34} {:>9} {:>12} {:>12} {:>7}", "repository", "bytes", "read, scan", "check", "ratio");
    for bases in [MACHINES, 2] {
        let folder = tempfile::tempdir().unwrap();
        let files = write(folder.path(), bases);
        assert_eq!(files.len(), FILES);
        compare(&format!("{FILES} files, {MACHINES} machines, {bases} bases"), folder.path(), &files, rounds);
    }
}

/// The files of a folder.
struct Folder<'f>(&'f Path);

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Result<Arc<File>, String> {
        let bytes = std::fs::read(self.0.join(path)).map_err(|error| error.to_string())?;
        Ok(Arc::new(File { path: path.to_owned(), bytes }))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| format!("{folder}/{}", entry.file_name().display())).collect()
    }
}

fn compare(name: &str, folder: &Path, files: &[PathBuf], rounds: usize) {
    let bytes: u64 = files.iter().map(|file| file.metadata().unwrap().len()).sum();
    let (mut scans, mut checks) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        scans.push(time(|| files.iter().for_each(|file| scan(&std::fs::read_to_string(file).unwrap()))));
        checks.push(time(|| check_folder(folder)));
    }
    let (bare, whole) = (median(scans), median(checks));
    let ratio = whole.as_secs_f64() / bare.as_secs_f64();
    let verdict = if ratio <= WANTED { "" } else { "  more than wanted" };
    println!("{name:34} {bytes:9} {bare:>12.1?} {whole:>12.1?} {ratio:7.2}{verdict}");
}

/// The whole check: every file is read, and every machine put together.
fn check_folder(folder: &Path) {
    let files = Folder(folder);
    let host = files.read("talint.yaml").unwrap();
    let (project, options) = (project::load(&host.bytes), Options::default());
    let described = describe(&project, &host, &files, &options);
    assert_eq!(described.machines.len(), MACHINES);
    let workspace = Workspace { project: Some((&host, &project)), described: &described, alone: &[], files: &files };
    let outcome = black_box(check(workspace, &options, &InOrder));
    assert_eq!(outcome.files.len(), FILES);
}
