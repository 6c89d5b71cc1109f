//! The registry of rules: each file below `src/rules/<family>/` is one rule and has a `RULE`.

use std::fmt::Write as _;
use std::path::Path;

/// The source text of the registry: the modules, and the list of all rules sorted by name.
pub(crate) fn registry(folder: &Path) -> String {
    let mut out = String::new();
    let mut rules = Vec::new();
    for family in entries(folder).into_iter().filter(|entry| entry.is_dir()) {
        let family_name = stem(&family);
        let _ = writeln!(out, "mod {family_name} {{");
        for file in entries(&family) {
            let name = stem(&file);
            let _ = writeln!(out, "    #[path = {:?}]\n    pub(super) mod {name};", file.display().to_string());
            rules.push(format!("{family_name}::{name}"));
        }
        out.push_str("}\n");
    }
    let _ = writeln!(out, "/// Every rule that is code, in the order of the files.\nstatic CODE: &[&Rule] = &[");
    for rule in rules {
        let _ = writeln!(out, "    &{rule}::RULE,");
    }
    out.push_str("];\n");
    out
}

/// The files of a folder with the ending `extension`, sorted.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    paths
}

fn entries(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "rs"));
    paths.sort();
    paths
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
