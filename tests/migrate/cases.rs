//! The configurations that migrations are held to, each with what is expected beside it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use talint_analyzer::edit::apply;
use talint_analyzer::migrate;
use talint_analyzer::version::TalosVersion;

/// A configuration, and the version that it is to be written for.
pub(crate) struct Case {
    /// The minor number of the version.
    pub(crate) minor: u8,
    /// Where it is.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// What came of a case.
pub(crate) struct Outcome {
    pub(crate) text: String,
    /// What moved and what stays, a line each.
    pub(crate) said: String,
}

impl Case {
    /// Where the expected text is.
    pub(crate) fn expected(&self) -> PathBuf {
        self.path.with_extension("migrated.yaml")
    }

    /// Where it is written what moves and what stays.
    pub(crate) fn expected_said(&self) -> PathBuf {
        self.path.with_extension("said")
    }

    /// Whether it is laid over others.
    #[allow(dead_code, reason = "the tests lay nothing over anything")]
    pub(crate) fn is_patch(&self) -> bool {
        self.path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("patch"))
    }

    pub(crate) fn outcome(&self) -> Result<Outcome, String> {
        outcome(&self.text, self.minor)
    }
}

/// The text as it is written for Talos 1.`minor`.
pub(crate) fn outcome(text: &str, minor: u8) -> Result<Outcome, String> {
    let migration = migrate("talos.yaml", text.as_bytes(), TalosVersion::nearest(minor));
    if let Some(notice) = migration.notice {
        return Err(notice);
    }
    let mut said = String::new();
    for moved in &migration.moved {
        let _ = writeln!(said, "moves {} to {}", moved.path, moved.document);
    }
    for kept in &migration.kept {
        let _ = writeln!(said, "stays {} ({}): {}", kept.path, kept.document, kept.because);
    }
    let text = apply(text, &migration.edits).ok_or("the changes overlap")?;
    Ok(Outcome { text, said })
}

/// The cases below `tests/migrate`, a folder a version.
pub(crate) fn cases(workspace: &Path) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for version in TalosVersion::all() {
        let folder = workspace.join("tests/migrate").join(version.to_string());
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_source = path.extension().is_some_and(|ending| ending == "yaml");
            if is_source && !name.contains(".migrated.") {
                let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                cases.push(Case { minor: version.minor(), path, text });
            }
        }
    }
    cases.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(cases)
}

/// The generated configurations of versions before the documents: their names and texts.
pub(crate) fn generated(workspace: &Path, folder: &str) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for version in ["1.9", "1.10", "1.11", "1.12", "1.13"] {
        let folder = workspace.join(folder).join(format!("talos-{version}"));
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            all.push((path.display().to_string(), text));
        }
    }
    all.sort();
    Ok(all)
}
