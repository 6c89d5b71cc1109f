//! `talint migrate`: fields of the machine configuration, moved to the documents that take their place.

use crate::arguments::MigrateOptions;
use crate::diff;
use crate::files::{self, Input};
use crate::outcome::FAILED;
use crate::output::{self, say};
use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::path::Path;
use std::process::ExitCode;
use talint_analyzer::edit::apply;
use talint_analyzer::text::{LineIndex, decode};
use talint_analyzer::version::TalosVersion;
use talint_analyzer::{Migration, migrate};

const TO_MOVE: u8 = 1;
const NOTHING: u8 = 3;

/// What came of the paths.
#[derive(Default)]
struct Tally {
    configurations: usize,
    to_move: usize,
    moved: usize,
    failed: bool,
    /// Why fields stay, with where.
    kept: BTreeMap<(String, &'static str, String), Vec<String>>,
    shown: String,
}

/// Migrates what `options` asks for.
pub(crate) fn run(options: &MigrateOptions) -> ExitCode {
    let mut tally = Tally::default();
    for path in &options.paths {
        let (inputs, errors) = files::find(std::slice::from_ref(path));
        tally.failed |= !errors.is_empty();
        for error in errors {
            say(format_args!("talint: {error}"));
        }
        // A file that is named is changed where it stands.
        let tree = if path.is_dir() { Some(path.as_path()) } else { path.parent() };
        let tree = tree.filter(|tree| !tree.as_os_str().is_empty()).unwrap_or(Path::new("."));
        for input in inputs {
            if let Err(error) = one(&input, tree, options, &mut tally) {
                tally.failed = true;
                say(format_args!("talint: {}: {error}", name(&input)));
            }
        }
    }
    for ((path, document, because), places) in &tally.kept {
        let place = match places.as_slice() {
            [first, rest @ ..] if !rest.is_empty() => format!("{first} and {} more", rest.len()),
            places => places.concat(),
        };
        say(format_args!("talint: {place}: `{path}` is not moved to {document}: {because}"));
    }
    if tally.moved > 0 {
        say(format_args!("talint: {} files changed", tally.moved));
    }
    if output::print(&tally.shown) != ExitCode::SUCCESS || tally.failed {
        return ExitCode::from(FAILED);
    }
    if tally.configurations == 0 {
        say("talint: there is no machine configuration among the paths");
        return ExitCode::from(NOTHING);
    }
    if tally.to_move > 0 { ExitCode::from(TO_MOVE) } else { ExitCode::SUCCESS }
}

fn name(input: &Input) -> String {
    match input {
        Input::File(path) => path.display().to_string(),
        Input::Stdin => "<stdin>".to_owned(),
    }
}

fn one(input: &Input, tree: &Path, options: &MigrateOptions, tally: &mut Tally) -> Result<(), String> {
    let bytes = files::read(input).map_err(|error| error.to_string())?;
    let name = name(input);
    let target = options.talos_version.unwrap_or(TalosVersion::NEWEST);
    let migration = catch_unwind(|| migrate(&name, &bytes, target));
    let migration = migration.map_err(|_| "internal error while looking at this file; please report it".to_owned())?;
    tally.configurations += migration.configurations;
    if let Some(notice) = &migration.notice {
        say(format_args!("talint: {name}: nothing was moved: {notice}"));
    }
    let (text, _) = decode(&bytes);
    keep(&migration, &name, &text, tally);
    if migration.edits.is_empty() {
        return Ok(());
    }
    let after = apply(&text, &migration.edits).ok_or("internal error: the changes overlap; please report it")?;
    match input {
        Input::File(path) if options.write => {
            output::replace(path, tree, &bytes, after.as_bytes()).map_err(|error| error.to_string())?;
            tally.moved += 1;
        }
        Input::Stdin if options.write => {
            tally.shown.push_str(&after);
        }
        _ => {
            tally.to_move += 1;
            tally.shown.push_str(&diff::unified(&name, &text, &after, options.show_secrets, false));
        }
    }
    Ok(())
}

fn keep(migration: &Migration, name: &str, text: &str, tally: &mut Tally) {
    let lines = LineIndex::new(text);
    for kept in &migration.kept {
        let place = format!("{name}:{}", lines.line(kept.span.start) + 1);
        let reason = (kept.path.clone(), kept.document, kept.because.clone());
        tally.kept.entry(reason).or_default().push(place);
    }
}
