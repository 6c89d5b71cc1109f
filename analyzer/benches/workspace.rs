//! What the check of a whole repository costs beside reading and scanning the same files, in one run.
//!
//! The repository has 300 files in 20 machines: bases, patches that all machines of a role share, and patches of each
//! machine, cut out of generated configurations. Both are done by one thread, in turns, and their medians are compared.

#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::unwrap_used,
    reason = "it prints figures, and stops where it cannot go on"
)]

mod measure;

use measure::{median, scan, time};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use talint_analyzer::{File, Files, InOrder, Options, Workspace, check, describe, project};

/// The most that the check may cost, in readings and scans of the same bytes.
const WANTED: f64 = 3.0;

const MACHINES: usize = 20;
const CONTROL_PLANES: usize = 6;
const FILES: usize = 300;
/// Patches that machines share: of all, and of each role.
const SHARED: [(&str, usize); 3] = [("all", 12), ("controlplane", 12), ("worker", 12)];

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

/// Writes the repository, and says which files are in it.
fn write(folder: &Path, bases: usize) -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/generated/talos-1.12");
    let read = |role: &str| std::fs::read_to_string(corpus.join(format!("{role}.yaml"))).unwrap();
    let mut files = Vec::new();
    let mut put = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        files.push(path);
    };
    let role = |number: usize| if number < CONTROL_PLANES { "controlplane" } else { "worker" };
    let mut project = String::from("talos-version: 1.12\nmachines:\n");
    for machine in 0..MACHINES {
        let role = role(machine);
        let base = if bases == MACHINES { format!("machine-{machine}") } else { role.to_owned() };
        let _ = writeln!(
            project,
            "  - name: machine-{machine}\n    base: bases/{base}.yaml\n    patches: [all/*.yaml, {role}/*.yaml, \"node/{{name}}/*.yaml\"]"
        );
        if bases == MACHINES {
            put(&format!("bases/{base}.yaml"), &commented(&read(role)));
        }
    }
    if bases < MACHINES {
        for role in ["controlplane", "worker"] {
            put(&format!("bases/{role}.yaml"), &commented(&read(role)));
        }
    }
    put("talint.yaml", &project);
    let sections = [sections(&read("controlplane")), sections(&read("worker"))];
    for (group, count) in SHARED {
        for number in 0..count {
            let sections = &sections[usize::from(group != "controlplane")];
            put(&format!("{group}/{number:02}.yaml"), &sections[number % sections.len()]);
        }
    }
    let left = FILES - if bases == MACHINES { MACHINES } else { 2 } - 36 - 1;
    for number in 0..left {
        let machine = number % MACHINES;
        let sections = &sections[usize::from(role(machine) == "worker")];
        let text = format!("# Patch {number} of machine {machine}.\n{}", sections[number / MACHINES % sections.len()]);
        put(&format!("node/machine-{machine}/{number:03}.yaml"), &text);
    }
    files
}

/// A configuration with a comment above each line, as `talosctl gen config` writes them.
fn commented(text: &str) -> String {
    let comment = |line: &str| {
        let indent = &line[..line.len() - line.trim_start().len()];
        if line.starts_with("---") {
            format!("{line}\n")
        } else {
            format!("{indent}# What this field is for, in a few words.\n{line}\n")
        }
    };
    text.lines().map(comment).collect()
}

/// Patches out of a configuration: each section that holds more than one line and no key material.
fn sections(text: &str) -> Vec<String> {
    let mut sections: Vec<String> = Vec::new();
    let mut parent = "";
    for line in text.lines().take_while(|line| *line != "---") {
        let indent = line.len() - line.trim_start().len();
        match indent {
            0 => parent = line,
            4 => sections.push(format!("{parent}\n{line}\n")),
            _ => {
                let last = sections.last_mut().unwrap();
                last.push_str(line);
                last.push('\n');
            }
        }
    }
    let is_wanted =
        |section: &String| section.lines().count() > 2 && !section.contains("key:") && !section.contains("crt:");
    sections.retain(is_wanted);
    sections
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
