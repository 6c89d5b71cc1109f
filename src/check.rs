//! `talint check`

use crate::arguments::{CheckOptions, Color, Format};
use crate::files::{self, Input};
use crate::output::{self, say};
use crate::report::{self, Checked};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use talint_analyzer::{Options, analyze};

const FOUND: u8 = 1;
const FAILED: u8 = 2;
const NOTHING_CHECKED: u8 = 3;

/// Checks the paths of `options`, shows what is found, and says how it went.
pub(crate) fn run(options: &CheckOptions) -> ExitCode {
    let (inputs, errors) = files::find(&options.paths);
    let mut failed = !errors.is_empty();
    for error in &errors {
        say(format_args!("talint: {error}"));
    }
    let results = check_all(&inputs, options);
    let mut checked = Vec::new();
    for (input, result) in inputs.iter().zip(results) {
        match result {
            Ok(file) if file.analysis.documents > 0 || !file.analysis.notices.is_empty() => checked.push(file),
            Ok(_) => {}
            Err(error) => {
                failed = true;
                say(format_args!("talint: {}: {error}", name(input, options)));
            }
        }
    }
    if !options.quiet {
        notices(&checked);
    }
    let was_noticed = !checked.is_empty();
    checked.retain(|file| file.analysis.documents > 0);
    let content = match options.format {
        Format::Json => report::json(&checked, options),
        Format::Text => report::text(&checked, options, has_color(options)),
    };
    if let Err(error) = output::write(options.output.as_deref(), content.as_bytes()) {
        // A reader that has seen enough is no failure.
        if error.kind() != io::ErrorKind::BrokenPipe {
            let place = options.output.as_deref().map_or("standard output".into(), |path| path.display().to_string());
            say(format_args!("talint: {place}: {error}"));
            failed = true;
        }
    }
    if failed {
        return ExitCode::from(FAILED);
    }
    if checked.is_empty() && !options.allow_nothing {
        let which = if was_noticed { "that can be read " } else { "" };
        say(format_args!("talint: nothing was checked: there is no Talos configuration {which}among the paths"));
        return ExitCode::from(NOTHING_CHECKED);
    }
    let mut findings = checked.iter().flat_map(|file| &file.analysis.findings);
    if findings.any(|finding| options.fail_on.counts(finding.severity)) {
        ExitCode::from(FOUND)
    } else {
        ExitCode::SUCCESS
    }
}

/// Says what users should know that is no finding, the same thing of many files once.
fn notices(checked: &[Checked]) {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in checked {
        for notice in &file.analysis.notices {
            files.entry(notice).or_default().push(&file.path);
        }
    }
    for (notice, files) in files {
        match files.as_slice() {
            [] => {}
            [file] => say(format_args!("talint: {file}: {notice}")),
            [first, rest @ ..] => say(format_args!("talint: {first} and {} more: {notice}", rest.len())),
        }
    }
}

fn check_all(inputs: &[Input], options: &CheckOptions) -> Vec<Result<Checked, String>> {
    let asked = Options {
        talos: options.talos_version,
        kubernetes: options.kubernetes_version,
        profile: options.profile.map(Into::into),
        mode: options.mode.into(),
        select: options.select.clone(),
        ignore: options.ignore.clone(),
    };
    let check = |input: &Input| check_one(input, options, &asked);
    // One file is not worth the threads.
    if inputs.len() < 2 {
        return inputs.iter().map(check).collect();
    }
    let jobs = options.jobs.map_or(0, std::num::NonZeroUsize::get);
    match rayon::ThreadPoolBuilder::new().num_threads(jobs).build() {
        Ok(pool) => pool.install(|| inputs.par_iter().map(check).collect()),
        Err(_) => inputs.iter().map(check).collect(),
    }
}

fn check_one(input: &Input, options: &CheckOptions, asked: &Options) -> Result<Checked, String> {
    let bytes = files::read(input).map_err(|error| error.to_string())?;
    let path = name(input, options);
    // A fault in the analyzer costs the answer for this file, not for the others.
    let analysis = catch_unwind(AssertUnwindSafe(|| analyze(&path, &bytes, asked)));
    let analysis = analysis.map_err(|_| "internal error while analysing this file; please report it".to_owned())?;
    // What is not Talos's need not be kept.
    let bytes = if analysis.documents > 0 { bytes } else { Vec::new() };
    Ok(Checked { path, bytes, analysis })
}

fn name(input: &Input, options: &CheckOptions) -> String {
    match input {
        Input::File(path) => path.display().to_string(),
        Input::Stdin => options.stdin_filename.display().to_string(),
    }
}

fn has_color(options: &CheckOptions) -> bool {
    match options.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            options.output.is_none() && !refused && io::stdout().is_terminal()
        }
    }
}
