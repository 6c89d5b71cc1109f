//! Cases written by hand, for each thing that Talos's validation says: `tests/validation/cases`.
//!
//! A file holds cases of one topic. A case begins with a line `#! OUTCOME ROW`, followed by what limits it, and is a
//! configuration, or with `over BASE` a patch over that generated configuration: `worker`, `fields-worker` for one without
//! documents of its own, and so on.

use super::result::{Outcome, outcome};
use super::variants::MINORS;
use super::verdict::MODES;
use std::fs;
use std::path::Path;

/// What validation makes of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Refused,
    Warned,
    Taken,
}

/// A configuration, and what is expected of it.
pub(crate) struct Case {
    /// The file, the row, and which of the file's cases of it this is.
    pub(crate) id: String,
    file: String,
    pub(crate) said: Said,
    /// What of the validation it is about.
    pub(crate) row: String,
    /// The versions it holds for; those that load it when empty.
    pub(crate) minors: Vec<u8>,
    /// The modes it holds for. What a container needs beside is a topic of its own.
    pub(crate) modes: Vec<&'static str>,
    /// The generated configuration that the text is a patch of.
    base: Option<String>,
    text: String,
}

/// Every case, in the order of the files.
pub(crate) fn read(workspace: &Path) -> Result<Vec<Case>, String> {
    let folder = workspace.join("tests/validation/cases");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.sort();
    let mut cases: Vec<Case> = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let mut started = false;
        for line in text.lines() {
            if let Some(header) = line.strip_prefix("#! ") {
                let mut case = case(header).map_err(|error| format!("{name}: {header}: {error}"))?;
                let before = cases.iter().filter(|other| other.file == name && other.row == case.row).count();
                case.id = format!("{name}/{}/{}", case.row, before + 1);
                case.file.clone_from(&name);
                cases.push(case);
                started = true;
            } else if let Some(case) = cases.last_mut().filter(|_| started) {
                case.text.push_str(line);
                case.text.push('\n');
            }
        }
    }
    Ok(cases)
}

fn case(header: &str) -> Result<Case, String> {
    let mut words = header.split_whitespace();
    let said = match words.next() {
        Some("refused") => Said::Refused,
        Some("warned") => Said::Warned,
        Some("taken") => Said::Taken,
        other => return Err(format!("neither refused, warned nor taken: {other:?}")),
    };
    let row = words.next().ok_or("no row")?.to_owned();
    let modes = vec!["metal", "cloud"];
    let (id, file, text) = (String::new(), String::new(), String::new());
    let mut case = Case { id, file, said, row, minors: Vec::new(), modes, base: None, text };
    while let Some(word) = words.next() {
        match word {
            "over" => case.base = Some(words.next().ok_or("no base")?.to_owned()),
            "in" => {
                let modes: Vec<&str> = words.next().ok_or("no mode")?.split(',').collect();
                case.modes = MODES.map(|(name, _)| name).into_iter().filter(|mode| modes.contains(mode)).collect();
            }
            versions => {
                let minor = |text: &str| text.strip_prefix("1.").and_then(|minor| minor.parse::<u8>().ok());
                let (first, last) = versions.split_once('-').unwrap_or((versions, versions));
                let (Some(first), Some(last)) = (minor(first), minor(last)) else {
                    return Err(format!("what does `{word}` mean?"));
                };
                case.minors = (first..=last).collect();
            }
        }
    }
    Ok(case)
}

impl Case {
    /// The configuration in a version.
    fn text(&self, workspace: &Path, minor: u8) -> Result<String, String> {
        let Some(name) = &self.base else { return Ok(self.text.clone()) };
        // Before 1.14 all of a generated configuration is in fields, and 1.14 still writes it so for older machines.
        let name = match name.strip_prefix("fields-") {
            Some(role) if minor < 14 => role.to_owned(),
            Some(role) => format!("contract-1.13-{role}"),
            None => name.clone(),
        };
        let file = workspace.join(format!("corpus/generated/talos-1.{minor}/{name}.yaml"));
        let base = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let result = outcome(&base, std::slice::from_ref(&self.text), minor);
        Ok(match result {
            Outcome::Configuration(_) => result.yaml(),
            // A patch that the version cannot read is no configuration either.
            Outcome::Refused(_) => format!("{base}---\n{}", self.text),
        })
    }

    /// Whether it is about a version.
    pub(crate) fn holds_for(&self, minor: u8) -> bool {
        self.minors.is_empty() || self.minors.contains(&minor)
    }

    /// The configuration in each version.
    pub(crate) fn texts(&self, workspace: &Path) -> Result<Vec<String>, String> {
        MINORS.iter().map(|minor| self.text(workspace, *minor)).collect()
    }

    /// Whether what Talos said is what the case says, in its versions and modes. `recorded` holds a verdict for each
    /// version, with a letter for each mode.
    pub(crate) fn check(&self, recorded: &[[char; 3]]) -> Result<(), String> {
        let mut loads = false;
        for (minor, letters) in MINORS.iter().zip(recorded) {
            for ((mode, _), letter) in MODES.iter().zip(letters) {
                let is_meant = self.holds_for(*minor) && self.modes.contains(mode);
                if !is_meant || (*letter == 'l' && self.minors.is_empty()) {
                    continue;
                }
                loads = true;
                let fits = match self.said {
                    Said::Refused => *letter == 'r',
                    Said::Warned => *letter == 'w',
                    Said::Taken => matches!(letter, 'o' | 'w'),
                };
                if !fits {
                    let (id, said) = (&self.id, self.said);
                    return Err(format!("{id} {said:?}: Talos 1.{minor} says `{letter}` in {mode}"));
                }
            }
        }
        if loads { Ok(()) } else { Err(format!("{}: no version loads it", self.id)) }
    }
}
