//! `talint check`

use crate::arguments::{CheckOptions, Color, Format};
use crate::files::{self, Input};
use crate::output::{self, say};
use crate::patches::{self, Layer};
use crate::report::{self, Checked};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use talint_analyzer::{Options, Source, analyze, analyze_layered};

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
    let results = if options.patch.is_empty() {
        let results = inputs.iter().zip(check_all(&inputs, options));
        results.map(|(input, result)| result.map_err(|error| format!("{}: {error}", name(input, options)))).collect()
    } else {
        check_layered(&inputs, options)
    };
    let mut checked = Vec::new();
    for result in results {
        match result {
            Ok(file) if is_told(&file) || !file.analysis.notices.is_empty() => checked.push(file),
            Ok(_) => {}
            Err(error) => {
                failed = true;
                say(format_args!("talint: {error}"));
            }
        }
    }
    if !options.quiet {
        notices(&checked);
    }
    let was_noticed = !checked.is_empty();
    checked.retain(is_told);
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

/// Whether a file is one of Talos's. A patch that holds nothing is one, when something is to be said of it.
fn is_told(file: &Checked) -> bool {
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

fn check_all(inputs: &[Input], options: &CheckOptions) -> Vec<Result<Checked, String>> {
    let asked = asked(options);
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

fn asked(options: &CheckOptions) -> Options {
    Options {
        talos: options.talos_version,
        kubernetes: options.kubernetes_version,
        profile: options.profile.map(Into::into),
        mode: options.mode.into(),
        select: options.select.clone(),
        ignore: options.ignore.clone(),
    }
}

/// Checks one base with the patches of the command line.
fn check_layered(inputs: &[Input], options: &CheckOptions) -> Vec<Result<Checked, String>> {
    let [input] = inputs else {
        return vec![Err(format!("`--patch` is laid over one base, but there are {} files to check", inputs.len()))];
    };
    let path = name(input, options);
    let base = files::read(input).map(|bytes| Layer { path: path.clone(), bytes });
    let layers = base.map_err(|error| format!("{path}: {error}")).and_then(|base| {
        let mut layers = vec![base];
        layers.extend(patches::read(&options.patch)?);
        Ok(layers)
    });
    let layers = match layers {
        Ok(layers) => Arc::new(layers),
        Err(error) => return vec![Err(error)],
    };
    let analyze = || {
        let sources: Vec<Source<'_>> =
            layers.iter().map(|layer| Source { path: &layer.path, bytes: &layer.bytes }).collect();
        let (base, patches) = sources.split_first()?;
        Some(analyze_layered(*base, patches, &asked(options)).sources)
    };
    let Ok(Some(analyses)) = catch_unwind(AssertUnwindSafe(analyze)) else {
        return vec![Err(format!("{path}: internal error while analysing these files; please report it"))];
    };
    if analyses.first().is_none_or(|base| base.documents == 0) {
        return Vec::new();
    }
    let each = layers.iter().zip(analyses);
    each.map(|(layer, analysis)| {
        let Layer { path, bytes } = layer.clone();
        Ok(Checked { path, bytes, analysis, layers: Some(Arc::clone(&layers)) })
    })
    .collect()
}

fn check_one(input: &Input, options: &CheckOptions, asked: &Options) -> Result<Checked, String> {
    let bytes = files::read(input).map_err(|error| error.to_string())?;
    let path = name(input, options);
    // A fault in the analyzer costs the answer for this file, not for the others.
    let analysis = catch_unwind(AssertUnwindSafe(|| analyze(&path, &bytes, asked)));
    let analysis = analysis.map_err(|_| "internal error while analysing this file; please report it".to_owned())?;
    // What is not Talos's need not be kept.
    let bytes = if analysis.documents > 0 { bytes } else { Vec::new() };
    Ok(Checked { path, bytes, analysis, layers: None })
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
