//! What an editor's extension asks beyond the protocol, through `workspace/executeCommand`.

use crate::analysis::{View, view};
use crate::server::Asked;
use serde::Deserialize;
use serde_json::{Value, json};
use talint_analyzer::config;
use talint_analyzer::context::Mode;
use talint_analyzer::directives;
use talint_analyzer::finding::Profile;
use talint_analyzer::input::Form;
use talint_analyzer::{secrets, syntax};
use tower_lsp::ls_types::Uri;

/// What can be asked. No editor's extension may call a command of its own by these names.
pub(crate) const COMMANDS: [&str; 3] = [STATUS, EFFECTIVE_CONFIGURATION, SETTINGS];

const STATUS: &str = "talint.server.status";
const EFFECTIVE_CONFIGURATION: &str = "talint.server.effectiveConfiguration";
const SETTINGS: &str = "talint.server.settings";

/// What a command is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Argument {
    pub(crate) uri: Uri,
}

/// The answer to a command; nothing when the document has none.
pub(crate) fn answer(asked: &Asked<'_>, command: &str) -> Option<Value> {
    view(asked.document, &asked.document.text, &asked.snapshot.settings, |view| match command {
        STATUS => Some(status(asked, view)),
        EFFECTIVE_CONFIGURATION => effective_configuration(view).map(Value::String),
        SETTINGS => Some(Value::String(settings(asked, view))),
        _ => None,
    })
}

/// The version a document is held to and where it comes from, the profile, and the machines that it is part of.
fn status(asked: &Asked<'_>, view: &View<'_>) -> Value {
    json!({
        "talosVersion": view.versions.talos.to_string(),
        "talosVersionSource": view.versions.talos_source.as_str(),
        "profile": profile(asked, view).as_str(),
        "machines": [],
    })
}

/// What Talos makes of a document by itself, without its secrets. Nothing comes of what is no configuration.
fn effective_configuration(view: &View<'_>) -> Option<String> {
    let layered = config::layer(view.tree, &[], view.versions.talos);
    let text = config::render(&layered.documents);
    (!text.is_empty()).then(|| without_secrets(&layered.documents, &text))
}

/// The text that documents were rendered to, with another one in place of each secret.
fn without_secrets(documents: &[config::Document], text: &str) -> String {
    let hidden = secrets::find("", text.as_bytes(), Form::Patch);
    let tree = syntax::parse(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for place in config::places(documents, &tree) {
        let (start, end) = (place.span.start as usize, place.span.end as usize);
        let is_hidden = hidden.iter().any(|secret| secret.start <= place.span.start && place.span.end <= secret.end);
        let is_value = !place.is_key && place.is_scalar && start < end && at <= start;
        if !is_hidden || !is_value {
            continue;
        }
        let before = text.get(at..start).unwrap_or_default();
        // A block scalar begins with the `|` on the line before its own.
        let indicator = if place.is_block { before.rfind(['|', '>']) } else { None };
        out.push_str(indicator.and_then(|indicator| before.get(..indicator)).unwrap_or(before));
        out.push_str("<redacted>");
        let value = text.get(start..end).unwrap_or_default();
        at = start + value.trim_end().len();
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The settings that a document is held to, as YAML.
fn settings(asked: &Asked<'_>, view: &View<'_>) -> String {
    let (versions, options) = (&view.versions, &asked.snapshot.settings.options);
    let mode = match options.mode {
        Mode::Metal => "metal",
        Mode::Cloud => "cloud",
        Mode::Container => "container",
    };
    format!(
        "talosVersion: {} # {}\nkubernetesVersion: {} # {}\nprofile: {}\nmode: {mode}\nselect: [{}]\nignore: [{}]\n",
        versions.talos,
        versions.talos_source.as_str(),
        versions.kubernetes,
        versions.kubernetes_source.as_str(),
        profile(asked, view).as_str(),
        options.select.join(", "),
        options.ignore.join(", "),
    )
}

fn profile(asked: &Asked<'_>, view: &View<'_>) -> Profile {
    let modeline = directives::read(view.text, view.tree).modeline.profile;
    asked.snapshot.settings.options.profile.or(modeline).unwrap_or_default()
}
