//! What the arguments name: files, folders, standard input.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// Something to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// The files of `paths`, folders searched, each once, and what could not be searched.
pub(crate) fn find(paths: &[PathBuf]) -> (Vec<Input>, Vec<String>) {
    let mut inputs = Vec::new();
    let mut errors = Vec::new();
    let mut seen = HashSet::new();
    for path in paths {
        if path.as_os_str() == "-" {
            if !inputs.contains(&Input::Stdin) {
                inputs.push(Input::Stdin);
            }
        } else if path.is_dir() {
            let found = talint_files::find(path);
            errors.extend(found.errors);
            inputs.extend(found.files.into_iter().filter(|file| seen.insert(identity(file))).map(Input::File));
        } else if seen.insert(identity(path)) {
            inputs.push(Input::File(path.clone()));
        }
    }
    (inputs, errors)
}

/// What tells a file apart from others, however its path is written.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// Reads an input whole, up to the limit of the analyzer.
///
/// # Errors
/// When it cannot be read, or is larger than the limit.
pub(crate) fn read(input: &Input) -> io::Result<Vec<u8>> {
    match input {
        Input::File(path) => talint_files::read(path),
        Input::Stdin => talint_files::read_limited(io::stdin().lock(), 0),
    }
}
