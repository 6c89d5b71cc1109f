//! Finding and reading the files to check.

use ignore::WalkBuilder;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use talint_analyzer::template;
use talint_analyzer::text::MAX_BYTES;

/// Endings of the files that are looked for in folders, beside those of templates.
const ENDINGS: [&str; 5] = ["yaml", "yml", "json", "patch", "cmdline"];

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
            let mut found = search(path, &mut errors);
            found.sort();
            inputs.extend(found.into_iter().filter(|file| seen.insert(identity(file))).map(Input::File));
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

fn search(folder: &Path, errors: &mut Vec<String>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // Hidden folders may hold configuration; the store of git does not.
    let walk = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walk {
        match entry {
            Ok(entry) => {
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                let ending = entry.path().extension().and_then(|ending| ending.to_str()).unwrap_or("");
                if is_file && (ENDINGS.contains(&ending) || template::ENDINGS.contains(&ending)) {
                    let path = entry.path();
                    found.push(path.strip_prefix("./").unwrap_or(path).to_path_buf());
                }
            }
            Err(error) => errors.push(error.to_string()),
        }
    }
    found
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
        Input::File(path) => {
            let file = File::open(path)?;
            if file.metadata()?.is_dir() {
                return Err(io::Error::other("is a folder"));
            }
            let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
            read_limited(file, size.min(MAX_BYTES))
        }
        Input::Stdin => read_limited(io::stdin().lock(), 0),
    }
}

fn read_limited(source: impl Read, capacity: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(capacity + 1);
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    source.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES {
        let limit = MAX_BYTES / (1024 * 1024);
        return Err(io::Error::other(format!("is larger than {limit} MiB, the most that is read")));
    }
    Ok(bytes)
}
