//! `talint explain`: what rules, settings, kernel parameters, kernel arguments and fields are, from where they are
//! defined.

mod field;
mod kernel;
mod rule;
mod setting;

use crate::arguments::ExplainOptions;
use crate::outcome;
use crate::output::{print, say};
use std::process::ExitCode;
use talint_analyzer::schema::closest;
use talint_analyzer::{rules, settings, tables};

/// Explains what `options` names.
pub(crate) fn explain(options: &ExplainOptions) -> ExitCode {
    let name = options.name.as_str();
    let text = rules::by_name(name)
        .map(rule::explain)
        .or_else(|| settings::setting(name).map(setting::explain))
        .or_else(|| kernel::explain_sysctl(name.strip_prefix("sysctl.").unwrap_or(name)))
        .or_else(|| kernel::explain_argument(name.strip_prefix("kernel.arg.").unwrap_or(name)))
        .or_else(|| field::explain(name));
    if let Some(text) = text {
        return print(&text);
    }
    say(format_args!("talint: `{name}` is nothing that is known{}", hint(name)));
    ExitCode::from(outcome::FAILED)
}

/// What `name` may have meant, to go on with after it.
fn hint(name: &str) -> String {
    if let Some(places) = field::elsewhere(name) {
        return format!("; {places}");
    }
    let fields = field::names();
    let known = rules::all().map(|rule| rule.name);
    let known = known.chain(settings::settings().iter().map(|setting| setting.id));
    let known = known.chain(tables::sysctls().iter().map(|sysctl| sysctl.key));
    let known = known.chain(rules::argument_checks().iter().map(|check| check.argument));
    let known = known.chain(tables::talos_arguments().iter().map(|argument| argument.name));
    let known = known.chain(fields.iter().map(String::as_str));
    closest(name, known).map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}

/// Writes `text` in lines of a readable length, and an empty line behind it.
fn paragraph(out: &mut String, text: &str) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut width = 0;
    for (number, word) in words.iter().enumerate() {
        if number > 0 {
            let wraps = width + 1 + word.chars().count() > 100;
            out.push(if wraps { '\n' } else { ' ' });
            width = if wraps { 0 } else { width + 1 };
        }
        out.push_str(word);
        width += word.chars().count();
    }
    out.push_str("\n\n");
}
