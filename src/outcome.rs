//! What a command that looks for something does with what it finds.

use crate::arguments::{AskOptions, Color, FailOn, Format, OutputOptions};
use crate::output::{self, say};
use crate::report::{self, Checked};
use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use talint_analyzer::rule::names;
use talint_analyzer::{File, Options, analyze, rules};

/// The exit status when something was found.
pub(crate) const FOUND: u8 = 1;
/// The exit status when something could not be read.
pub(crate) const FAILED: u8 = 2;
const NOTHING_CHECKED: u8 = 3;

/// What is asked of the analyzer, beside what each command adds.
pub(crate) fn options(asked: &AskOptions) -> Options {
    Options {
        talos: asked.talos_version,
        profile: asked.profile.map(Into::into),
        select: asked.select.clone(),
        ignore: asked.ignore.clone(),
        ..Options::default()
    }
}

/// The rules asked for that neither talint nor a project file has; `own` are those of project files.
pub(crate) fn unknown_rules(asked: &AskOptions, own: &[&str]) -> Vec<String> {
    let is_known =
        |pattern: &str| rules::all().any(|rule| rule.matches(pattern)) || own.iter().any(|rule| names(pattern, rule));
    let unknown = asked.select.iter().chain(&asked.ignore).filter(|pattern| !is_known(pattern));
    unknown.map(|pattern| format!("there is no rule or family `{pattern}`")).collect()
}

/// Analyses one source.
///
/// # Errors
/// When the analyzer has a fault: it costs the answer for this source, not for the others.
pub(crate) fn analyse(path: String, bytes: Vec<u8>, asked: &Options) -> Result<Checked, String> {
    let analysis = catch_unwind(AssertUnwindSafe(|| analyze(&path, &bytes, asked)));
    let analysis = analysis.map_err(|_| "internal error while analysing this file; please report it".to_owned())?;
    let file = Arc::new(File { path: path.clone(), bytes });
    let (machines, others) = (Vec::new(), Arc::default());
    Ok(Checked { path, file, form: asked.form, analysis, machines, fail_on: None, others })
}

/// Shows what was found and says how it went. `failed`: whether something could not be read. `nothing`: what to say when
/// nothing was checked; `None` when that is no failure.
pub(crate) fn tell(checked: Vec<Checked>, failed: bool, options: &OutputOptions, nothing: Option<&str>) -> ExitCode {
    tell_to(checked, failed, options, nothing, false)
}

/// The same, on standard error where `is_aside` says that standard output is taken.
pub(crate) fn tell_to(
    mut checked: Vec<Checked>,
    mut failed: bool,
    options: &OutputOptions,
    nothing: Option<&str>,
    is_aside: bool,
) -> ExitCode {
    if !options.quiet {
        notices(&checked);
    }
    let was_read = !checked.is_empty();
    checked.retain(is_told);
    let content = match options.format {
        Format::Json => report::json(&checked, options),
        Format::Text => report::text(&checked, options, has_color(options)),
    };
    if is_aside && options.output.is_none() {
        say(content.trim_end());
    } else if let Err(error) = output::write(options.output.as_deref(), content.as_bytes()) {
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
    if let Some(nothing) = nothing.filter(|_| checked.is_empty()) {
        return nothing_checked(was_read, nothing);
    }
    let fails = |file: &Checked| {
        let fail_on = options.fail_on.or(file.fail_on).unwrap_or(FailOn::Warning);
        file.analysis.findings.iter().any(|finding| fail_on.counts(finding.severity))
    };
    if checked.iter().any(fails) { ExitCode::from(FOUND) } else { ExitCode::SUCCESS }
}

/// Says that nothing was checked; the exit status then. `was_read`: whether there was something to check.
pub(crate) fn nothing_checked(was_read: bool, nothing: &str) -> ExitCode {
    let nothing = if was_read { "what is there cannot be read" } else { nothing };
    say(format_args!("talint: nothing was checked: {nothing}"));
    ExitCode::from(NOTHING_CHECKED)
}

/// Whether a file is one of Talos's. A patch that holds nothing is one, when something is to be said of it.
pub(crate) fn is_told(file: &Checked) -> bool {
    file.analysis.documents > 0 || !file.analysis.findings.is_empty()
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

/// Whether output is coloured.
pub(crate) fn has_color(options: &OutputOptions) -> bool {
    match options.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            options.output.is_none() && !refused && io::stdout().is_terminal()
        }
    }
}
