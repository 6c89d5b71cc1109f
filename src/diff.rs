//! What changes in a file, as people see it.

use similar::{ChangeTag, TextDiff};
use std::borrow::Cow;
use std::fmt::Write as _;
use talint_analyzer::edit::{Edit, apply};
use talint_analyzer::input::Form;
use talint_analyzer::secrets;
use talint_analyzer::text::Span;

/// The changes of the file `name`, unified. Secrets are hidden unless they are asked for.
pub(crate) fn unified(name: &str, before: &str, after: &str, show_secrets: bool, color: bool) -> String {
    let (before, after) = (shown(name, before, show_secrets), shown(name, after, show_secrets));
    let diff = TextDiff::from_lines(&*before, &*after);
    let mut unified = diff.unified_diff();
    unified.header(name, name);
    if !color {
        return unified.to_string();
    }
    let mut out = format!("\x1b[1m--- {name}\n+++ {name}\x1b[0m\n");
    for hunk in unified.iter_hunks() {
        // Writing to a string does not fail.
        let _ = writeln!(out, "\x1b[36m{}\x1b[0m", hunk.header());
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches(['\n', '\r']);
            let _ = match change.tag() {
                ChangeTag::Delete => writeln!(out, "\x1b[31m-{line}\x1b[0m"),
                ChangeTag::Insert => writeln!(out, "\x1b[32m+{line}\x1b[0m"),
                ChangeTag::Equal => writeln!(out, " {line}"),
            };
        }
    }
    out
}

/// A text as it is shown: without secrets, unless they are asked for.
fn shown<'t>(name: &str, text: &'t str, show_secrets: bool) -> Cow<'t, str> {
    if show_secrets {
        return Cow::Borrowed(text);
    }
    let mut edits: Vec<Edit> = Vec::new();
    for span in secrets::find(name, text.as_bytes(), Form::Detected) {
        // A block scalar ends with its line.
        let secret = span.slice(text);
        let end = span.start as usize + secret.trim_end().len();
        let span = Span::new(span.start as usize, end);
        if edits.last().is_none_or(|before| before.span.end <= span.start) {
            edits.push(Edit { span, text: "<redacted>".to_owned() });
        }
    }
    // What cannot be hidden is not shown.
    apply(text, &edits).map_or(Cow::Borrowed(""), Cow::Owned)
}
