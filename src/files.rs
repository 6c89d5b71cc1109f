//! What the arguments name: files, folders, standard input.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

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
            let found = talint_lsp::files::find(path);
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

/// Reads inputs, more than once where that is asked for.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Files that changed and are not written yet, by their paths without links.
    changed: HashMap<PathBuf, Vec<u8>>,
    /// Standard input, which gives what it has but once.
    stdin: OnceLock<Vec<u8>>,
}

impl Reader {
    /// Reads an input whole: what it was changed to, or what is there.
    ///
    /// # Errors
    /// As [`read`].
    pub(crate) fn read(&self, input: &Input) -> io::Result<Vec<u8>> {
        match input {
            Input::Stdin => {
                if let Some(bytes) = self.stdin.get() {
                    return Ok(bytes.clone());
                }
                let bytes = read(input)?;
                Ok(self.stdin.get_or_init(|| bytes).clone())
            }
            Input::File(path) if self.changed.is_empty() => read(&Input::File(path.clone())),
            Input::File(path) => match self.changed.get(&identity(path)) {
                Some(bytes) => Ok(bytes.clone()),
                None => read(input),
            },
        }
    }

    /// Has an input read as `bytes` from now on.
    pub(crate) fn change(&mut self, input: &Input, bytes: Vec<u8>) {
        match input {
            Input::Stdin => self.stdin = OnceLock::from(bytes),
            Input::File(path) => drop(self.changed.insert(identity(path), bytes)),
        }
    }

    /// Has files read as they are again.
    pub(crate) fn forget_files(&mut self) {
        self.changed.clear();
    }
}

/// Reads an input whole, up to the limit of the analyzer.
///
/// # Errors
/// When it cannot be read, or is larger than the limit.
pub(crate) fn read(input: &Input) -> io::Result<Vec<u8>> {
    match input {
        Input::File(path) => talint_lsp::files::read(path),
        Input::Stdin => talint_lsp::files::read_limited(io::stdin().lock(), 0),
    }
}
