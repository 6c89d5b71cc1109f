//! `talint check`

use crate::arguments::CheckOptions;
use crate::files::{self, Input};
use crate::outcome;
use crate::output::say;
use crate::report::Checked;
use rayon::prelude::*;
use std::process::ExitCode;
use talint_analyzer::Options;

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
    let nothing = (!options.allow_nothing).then_some("there is no Talos configuration among the paths");
    outcome::tell(checked, failed, &options.output, nothing)
}

fn check_all(inputs: &[Input], options: &CheckOptions) -> Vec<Result<Checked, String>> {
    let asked = Options {
        kubernetes: options.kubernetes_version,
        mode: options.mode.into(),
        ..outcome::options(&options.asked)
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
    outcome::analyse(name(input, options), bytes, asked)
}

fn name(input: &Input, options: &CheckOptions) -> String {
    match input {
        Input::File(path) => path.display().to_string(),
        Input::Stdin => options.stdin_filename.display().to_string(),
    }
}
