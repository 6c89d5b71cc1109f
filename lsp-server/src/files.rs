//! The files of the disk: how the command line and the language server find and read them, and which are looked for.

use ignore::WalkBuilder;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use talint_analyzer::input::PROJECT_FILE;
use talint_analyzer::text::MAX_BYTES;
use talint_analyzer::{normalized, template};

/// Endings of the files that are looked for in folders, beside those of templates.
const ENDINGS: [&str; 5] = ["yaml", "yml", "json", "patch", "cmdline"];

/// Endings of the files that are looked for in folders.
pub fn endings() -> impl Iterator<Item = &'static str> {
    ENDINGS.into_iter().chain(template::ENDINGS)
}

/// What is in a folder.
#[derive(Debug, Default)]
pub struct Found {
    /// The files that may be Talos's, sorted.
    pub files: Vec<PathBuf>,
    /// What could not be searched, and why.
    pub errors: Vec<String>,
}

/// Looks for files that may be Talos's in a folder and those below it, as `.gitignore` allows. Symbolic links are not
/// followed.
#[must_use]
pub fn find(folder: &Path) -> Found {
    let mut found = Found::default();
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
                if is_file && endings().any(|known| known == ending) {
                    let path = entry.path();
                    found.files.push(path.strip_prefix("./").unwrap_or(path).to_path_buf());
                }
            }
            Err(error) => found.errors.push(error.to_string()),
        }
    }
    found.files.sort();
    found
}

/// The nearest project file, in `folder` or above it. The folder is a whole path.
#[must_use]
pub fn project_file(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join(PROJECT_FILE)).find(|path| path.is_file())
}

/// Reads a file whole, up to the limit of the analyzer.
///
/// # Errors
/// When it cannot be read, is a folder, or is larger than the limit.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::other("is a folder"));
    }
    let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    read_limited(file, size.min(MAX_BYTES))
}

/// Reads a source whole, up to the limit of the analyzer; `capacity` is how much is expected.
///
/// # Errors
/// When it cannot be read, or is larger than the limit.
pub fn read_limited(source: impl Read, capacity: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(capacity + 1);
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    source.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES {
        let limit = MAX_BYTES / (1024 * 1024);
        return Err(io::Error::other(format!("is larger than {limit} MiB, the most that is read")));
    }
    Ok(bytes)
}

/// The paths of the files in `folder`, sorted; those in folders below it are not among them. The folder and the paths
/// begin at `root`, and have `/` between their names.
#[must_use]
pub fn list(root: &Path, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    let names = files.filter_map(|entry| entry.file_name().into_string().ok());
    let mut paths: Vec<String> = names.map(|name| normalized(&format!("{folder}/{name}"))).collect();
    paths.sort();
    paths
}
