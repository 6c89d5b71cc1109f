//! `talint explain`: what something is, by its name.

use crate::arguments::ExplainOptions;
use crate::outcome;
use crate::output::{print, say};
use std::process::ExitCode;
use talint_analyzer::explain;

/// Explains what `options` names.
pub(crate) fn explain(options: &ExplainOptions) -> ExitCode {
    let name = options.name.as_str();
    if let Some(explanation) = explain::explain(name) {
        return print(&explanation.text());
    }
    say(format_args!("talint: `{name}` is nothing that is known{}", explain::hint(name)));
    ExitCode::from(outcome::FAILED)
}
