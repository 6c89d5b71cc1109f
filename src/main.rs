//! The command line of talint: arguments, files, and how findings are shown. What is found is the analyzer's.

mod arguments;
mod check;
mod cmdline;
mod diff;
mod explain;
mod files;
mod fix;
mod list;
mod migrate;
mod outcome;
mod output;
mod patches;
mod render;
mod report;
mod schema;
mod workspace;

use arguments::{Arguments, Command};
use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Check(options) => check::run(&options),
        Command::Render(options) => render::run(&options),
        Command::Migrate(options) => migrate::run(&options),
        Command::Cmdline(options) => cmdline::run(&options),
        Command::Explain(options) => explain::explain(&options),
        Command::Rules(options) => list::list(&options),
        Command::Schema => schema::print(),
        Command::Lsp(_) => serve(),
    }
}

/// Serves an editor until it leaves.
fn serve() -> ExitCode {
    talint_lsp::run().unwrap_or_else(|error| {
        output::say(format_args!("talint: the language server cannot start: {error}"));
        ExitCode::from(outcome::FAILED)
    })
}
