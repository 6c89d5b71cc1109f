//! A repository to measure with: 300 files in 20 machines. Bases, patches that all machines of a role share, and patches of
//! each machine, cut out of generated configurations.

#![allow(clippy::unwrap_used, reason = "it stops where it cannot go on")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub(crate) const MACHINES: usize = 20;
pub(crate) const FILES: usize = 300;

const GENERATED: &str = "corpus/generated/talos-1.12";
const CONTROL_PLANES: usize = 6;
/// Patches that machines share: of all, and of each role.
const SHARED: [(&str, usize); 3] = [("all", 12), ("controlplane", 12), ("worker", 12)];

/// Writes the repository, and says which files are in it.
pub(crate) fn write(folder: &Path, bases: usize) -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join(GENERATED))
        .find(|path| path.is_dir())
        .unwrap();
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
pub(crate) fn commented(text: &str) -> String {
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
