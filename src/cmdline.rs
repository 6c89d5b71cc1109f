//! `talint cmdline`

use crate::arguments::CmdlineOptions;
use crate::files::{self, Input};
use crate::outcome;
use crate::output::say;
use std::path::Path;
use std::process::ExitCode;
use talint_analyzer::Options;
use talint_analyzer::input::Form;

/// Checks the kernel command line of `options`, shows what is found, and says how it went.
pub(crate) fn run(options: &CmdlineOptions) -> ExitCode {
    let form = if options.extra { Form::ExtraArguments } else { Form::CommandLine };
    let asked = Options { form, ..outcome::options(&options.asked) };
    let unknown = outcome::unknown_rules(&options.asked, &[]);
    if let Some(error) = unknown.first() {
        say(format_args!("talint: {error}"));
        return ExitCode::from(outcome::FAILED);
    }
    let (name, bytes) = source(&options.arguments);
    let checked =
        bytes.map_err(|error| error.to_string()).and_then(|bytes| outcome::analyse(name.clone(), bytes, &asked));
    match checked {
        Ok(checked) => {
            let nothing = Some("there is no kernel command line in what was given");
            outcome::tell(vec![checked], false, &options.output, nothing)
        }
        Err(error) => {
            say(format_args!("talint: {name}: {error}"));
            ExitCode::from(outcome::FAILED)
        }
    }
}

/// Endings of files that may hold a command line.
const FILE_ENDINGS: [&str; 6] = ["yaml", "yml", "json", "txt", "log", "cmdline"];

/// What the arguments stand for: standard input, a file, or the command line itself.
fn source(arguments: &[String]) -> (String, std::io::Result<Vec<u8>>) {
    if let [only] = arguments {
        if only == "-" {
            return ("<stdin>".to_owned(), files::read(&Input::Stdin));
        }
        let path = Path::new(only);
        // Arguments have no such endings, and no folders without a value.
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
        let is_named_as_file = only.contains('/') || FILE_ENDINGS.contains(&ending);
        if path.exists() || is_named_as_file && !only.contains(['=', ' ']) {
            return (only.clone(), files::read(&Input::File(path.to_owned())));
        }
    }
    ("<arguments>".to_owned(), Ok(arguments.join(" ").into_bytes()))
}
