//! `talint check`

use crate::arguments::CheckOptions;
use crate::files::{self, Input};
use crate::outcome;
use crate::output::say;
use crate::patches::{self, Layer};
use crate::report::Checked;
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use talint_analyzer::input::Form;
use talint_analyzer::{Options, Source, analyze_layered};

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
            Ok(file) if outcome::is_told(&file) || !file.analysis.notices.is_empty() => checked.push(file),
            Ok(_) => {}
            Err(error) => {
                failed = true;
                say(format_args!("talint: {error}"));
            }
        }
    }
    let nothing = (!options.allow_nothing).then_some("there is no Talos configuration among the paths");
    outcome::tell(checked, failed, &options.output, nothing)
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
        kubernetes: options.kubernetes_version,
        mode: options.mode.map(Into::into),
        ..outcome::options(&options.asked)
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
        let sources: Vec<Source<'_>> = layers.iter().map(|layer| Source::file(&layer.path, &layer.bytes)).collect();
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
        Ok(Checked { path, bytes, form: Form::Patch, analysis, layers: Some(Arc::clone(&layers)) })
    })
    .collect()
}

fn check_one(input: &Input, options: &CheckOptions, asked: &Options) -> Result<Checked, String> {
    let bytes = files::read(input).map_err(|error| error.to_string())?;
    outcome::analyse(name(input, options), bytes, asked)
}

fn name(input: &Input, options: &CheckOptions) -> String {
    match input {
        Input::File(path) => path.display().to_string(),
        Input::Stdin => options.stdin_filename.display().to_string(),
    }
}
