//! `talint check --fix` and `--diff`: what has one right answer, put right.

use crate::arguments::CheckOptions;
use crate::check::{Results, look, tell_of};
use crate::diff;
use crate::files::{Input, Reader};
use crate::outcome::{self, FAILED, FOUND};
use crate::output::{self, say};
use crate::report::{Checked, Other, Others, Place};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use talint_analyzer::File;
use talint_analyzer::finding::Finding;
use talint_analyzer::fix::Fix;
use talint_analyzer::fixes::{Fixable, Fixed, until_settled};
use talint_analyzer::rules;
use talint_analyzer::text::decode;

/// A file as it was before anything was fixed.
struct Before {
    place: Place,
    /// Its name, as it is shown.
    name: String,
    file: Arc<File>,
}

/// What fixes make of the files of a check.
#[derive(Default)]
struct Changes {
    /// The files that change, by their names, with what becomes of them.
    files: BTreeMap<String, (Before, Vec<u8>)>,
    /// How many findings are fixed.
    count: usize,
    /// What was checked before anything was fixed, and what could not be.
    before: Option<Results>,
}

/// Fixes, or shows what that would change. `nothing`: what to say when nothing was checked; `None` when that is no failure.
pub(crate) fn run(options: &CheckOptions, reader: &mut Reader, nothing: Option<&str>) -> ExitCode {
    let changes = match changes(options, reader) {
        Ok(changes) => changes,
        Err(error) => {
            say(format_args!("talint: {error}"));
            return ExitCode::from(FAILED);
        }
    };
    if options.diff {
        return show(options, changes, nothing);
    }
    let mut has_failed = false;
    let mut written = 0;
    for (before, after) in changes.files.values() {
        let Input::File(path) = &before.place.input else { continue };
        let folder = before.place.folder.as_deref().or_else(|| folder(path, options)).unwrap_or(Path::new("."));
        match output::replace(path, folder, &before.file.bytes, after) {
            Ok(()) => written += 1,
            Err(error) => {
                has_failed = true;
                say(format_args!("talint: {}: {error}", before.name));
            }
        }
    }
    // What is told now is what is there now.
    reader.forget_files();
    let (checked, failures) = look(options, reader);
    tell_of(&failures);
    if written > 0 && !options.output.quiet {
        let files = if written == 1 { "file" } else { "files" };
        let findings = if changes.count == 1 { "finding" } else { "findings" };
        // How many were fixed in those that could be written is not known.
        let count = if has_failed { String::new() } else { format!("{} {findings} ", changes.count) };
        say(format_args!("talint: {count}fixed in {written} {files}"));
    }
    // What comes in goes out, fixed or not.
    let is_stdin = options.paths.iter().any(|path| path.as_os_str() == "-");
    if is_stdin && let Err(error) = reader.read(&Input::Stdin).and_then(|text| output::write(None, &text)) {
        say(format_args!("talint: standard output: {error}"));
        has_failed = true;
    }
    outcome::tell_to(checked, has_failed || !failures.is_empty(), &options.output, nothing, is_stdin)
}

/// Shows what would change.
fn show(options: &CheckOptions, changes: Changes, nothing: Option<&str>) -> ExitCode {
    let color = outcome::has_color(&options.output);
    let mut text = String::new();
    for (name, (before, after)) in &changes.files {
        let (before, after) = (decode(&before.file.bytes).0, decode(after).0);
        text.push_str(&diff::unified(name, &before, &after, false, color));
    }
    let (checked, failures) = changes.before.unwrap_or_default();
    tell_of(&failures);
    if let Err(error) = output::write(options.output.output.as_deref(), text.as_bytes())
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        say(format_args!("talint: {error}"));
        return ExitCode::from(FAILED);
    }
    if !failures.is_empty() {
        return ExitCode::from(FAILED);
    }
    if !changes.files.is_empty() {
        return ExitCode::from(FOUND);
    }
    match nothing.filter(|_| !checked.iter().any(outcome::is_told)) {
        Some(nothing) => outcome::nothing_checked(!checked.is_empty(), nothing),
        None => ExitCode::SUCCESS,
    }
}

/// The folder that a file of the arguments is to be in to be changed: the one given that holds it, or its own.
fn folder<'p>(path: &'p Path, options: &'p CheckOptions) -> Option<&'p Path> {
    let holds = |folder: &&Path| folder.is_dir() && path.starts_with(folder);
    let given = options.paths.iter().map(std::path::PathBuf::as_path).find(holds);
    given.or(path.parent()).filter(|folder| !folder.as_os_str().is_empty())
}

/// Fixes what can be fixed, without writing anything.
///
/// # Errors
/// When fixes leave a file that cannot be read: a fault of this program.
fn changes(options: &CheckOptions, reader: &mut Reader) -> Result<Changes, String> {
    let wanted = |_: &Finding, fix: &Fix| fix.is_safe || options.unsafe_fixes;
    let mut changes = Changes::default();
    let mut unread: Option<usize> = None;
    until_settled(|| {
        let (checked, failures) = look(options, reader);
        let now = unreadable(&checked);
        if unread.is_some_and(|before| now > before) {
            return Err(
                "internal error: a fix left a file that is not YAML, and nothing was changed; please report it",
            );
        }
        unread = Some(now);
        let mut is_any = false;
        for group in groups(&checked) {
            let Some(others) = group.first().map(|first| Arc::clone(&first.others)) else { continue };
            let mut fixed = Fixed::default();
            is_any |= fixed.round(fixables(&group, &others), wanted);
            changes.count += fixed.count;
            for (path, bytes) in fixed.files {
                let Some(Other { path: name, file, place: Some(place) }) = others.get(&path) else { continue };
                reader.change(&place.input, bytes.clone());
                let before = || Before { place: place.clone(), name: name.clone(), file: Arc::clone(file) };
                let change = changes.files.entry(name.clone()).or_insert_with(|| (before(), Vec::new()));
                change.1 = bytes;
            }
        }
        changes.before.get_or_insert((checked, failures));
        Ok(is_any)
    })?;
    Ok(changes)
}

/// How many places are no YAML.
fn unreadable(checked: &[Checked]) -> usize {
    let findings = checked.iter().flat_map(|file| &file.analysis.findings);
    findings.filter(|finding| finding.rule == rules::SYNTAX).count()
}

/// The files that were checked together.
fn groups(checked: &[Checked]) -> Vec<Vec<&Checked>> {
    let mut groups: Vec<Vec<&Checked>> = Vec::new();
    for file in checked {
        let is_same =
            |group: &&mut Vec<&Checked>| group.first().is_some_and(|first| Arc::ptr_eq(&first.others, &file.others));
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(file),
            None => groups.push(vec![file]),
        }
    }
    groups
}

/// The files of a group that can be written to, with what is told of them.
fn fixables<'f>(group: &'f [&'f Checked], others: &'f Others) -> impl Iterator<Item = Fixable<'f>> {
    others.iter().filter(|(_, other)| other.place.is_some()).map(|(path, other)| {
        let told = group.iter().find(|checked| checked.file.path == *path);
        let findings = told.map_or(&[][..], |checked| &checked.analysis.findings);
        Fixable { path, bytes: &other.file.bytes, findings }
    })
}
