//! What an editor's extension asks beyond the protocol, through `workspace/executeCommand`.

use crate::analysis::view;
use crate::server::Asked;
use crate::snapshot::Client;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write as _;
use talint_analyzer::compliance::compliance;
use talint_analyzer::config::{self, Origin, Showing};
use talint_analyzer::finding::Profile;
use talint_analyzer::rule::Rule;
use talint_analyzer::text::{LineIndex, decode};
use talint_analyzer::{Machine, Merged, Options, directives, effective, explain, rules};
use tower_lsp::ls_types::{Command, Uri};

/// What can be asked. No editor's extension may call a command of its own by these names.
pub(crate) const COMMANDS: [&str; 6] = [STATUS, EFFECTIVE_CONFIGURATION, SETTINGS, COMPLIANCE, EXPLAIN, RULES];

const STATUS: &str = "talint.server.status";
pub(crate) const EFFECTIVE_CONFIGURATION: &str = "talint.server.effectiveConfiguration";
const SETTINGS: &str = "talint.server.settings";
const COMPLIANCE: &str = "talint.server.compliance";
const EXPLAIN: &str = "talint.server.explain";
const RULES: &str = "talint.server.rules";

/// Commands of editors that show a document; a client says that it has them under `experimental.commands.commands`.
const SHOW_CONFIGURATION: &str = "talint.showEffectiveConfiguration";
const SHOW_EXPLANATION: &str = "talint.explain";

/// A command that shows what `rule` is: the editor's own, where it has one, else the one that answers with the text.
pub(crate) fn explain(client: &Client, rule: &str) -> Command {
    let title = format!("Explain `{rule}`");
    Command { title, command: shown_by(client, SHOW_EXPLANATION, EXPLAIN), arguments: Some(vec![rule.into()]) }
}

/// The same for what a machine of the document `uri` gets, under another title.
pub(crate) fn effective_configuration(client: &Client, title: String, uri: &Uri, machine: &str) -> Command {
    let arguments = Some(vec![json!({ "uri": uri, "machine": machine })]);
    Command { title, command: shown_by(client, SHOW_CONFIGURATION, EFFECTIVE_CONFIGURATION), arguments }
}

fn shown_by(client: &Client, of_editor: &str, of_server: &str) -> String {
    let experimental = client.capabilities.experimental.as_ref();
    let commands = experimental.and_then(|experimental| experimental.pointer("/commands/commands")?.as_array());
    let has_it = commands.is_some_and(|commands| commands.iter().any(|command| command == of_editor));
    if has_it { of_editor } else { of_server }.to_owned()
}

/// The answer to a command about no document; `None` when it is about one.
pub(crate) fn answer_without_document(command: &str, argument: Option<&Value>) -> Option<Value> {
    match command {
        EXPLAIN => {
            let name = argument.and_then(|argument| argument.as_str().or_else(|| argument.get("name")?.as_str()))?;
            Some(explain::explain(name).map_or(Value::Null, |explanation| explanation.markdown().into()))
        }
        RULES => {
            let mut all: Vec<&Rule> = rules::all().collect();
            all.sort_by_key(|rule| rule.name);
            let rule = |rule: &Rule| {
                let (severity, profile) = (rule.severity.as_str(), rule.profile.as_str());
                json!({ "name": rule.name, "severity": severity, "profile": profile, "summary": rule.summary })
            };
            Some(all.into_iter().map(rule).collect())
        }
        _ => None,
    }
}

/// What a command is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Argument {
    pub(crate) uri: Uri,
    /// The machine, where the document is a part of several; else the first.
    #[serde(default)]
    pub(crate) machine: Option<String>,
}

/// The answer to a command; nothing when the document has none.
pub(crate) fn answer(asked: &Asked<'_>, command: &str, machine: Option<&str>) -> Option<Value> {
    match command {
        STATUS => Some(status(asked)),
        EFFECTIVE_CONFIGURATION => Rendering::new(asked, machine)?.configuration().map(Value::String),
        SETTINGS => Some(Rendering::new(asked, machine)?.settings().into()),
        COMPLIANCE => account(asked, machine).map(Value::String),
        _ => None,
    }
}

/// What benchmarks ask for, and whether a machine, all machines of the project, or the document by itself does it.
fn account(asked: &Asked<'_>, machine: Option<&str>) -> Option<String> {
    let found = asked.found;
    let all = found.machines.iter().chain(&found.others);
    let mut machines: Vec<Machine> =
        all.filter(|known| machine.is_none_or(|name| &*known.name == name)).cloned().collect();
    if machines.is_empty() && machine.is_none() {
        machines.push(asked.by_itself());
    }
    let account = compliance(&machines, &found.options);
    account.machines.iter().any(|(_, versions)| versions.is_some()).then(|| account.markdown())
}

/// The version a document is held to and where it comes from, the profile, and the machines that it is part of.
fn status(asked: &Asked<'_>) -> Value {
    let versions = &asked.found.analysis.versions;
    let names: Vec<&str> = asked.found.machines.iter().map(|machine| &*machine.name).collect();
    json!({
        "talosVersion": versions.talos.to_string(),
        "talosVersionSource": versions.talos_source.as_str(),
        "profile": profile(asked).as_str(),
        "machines": names,
    })
}

fn profile(asked: &Asked<'_>) -> Profile {
    let Asked { document, snapshot, found, .. } = asked;
    let modeline = view(document, &document.text, &snapshot.settings, |view| {
        directives::read(view.text, view.tree).modeline.profile
    });
    let of_project = found.options.project.as_ref().and_then(|project| project.profile);
    found.options.profile.or(modeline).or(of_project).unwrap_or_default()
}

/// What is shown of a machine, or of a document by itself.
struct Rendering<'a> {
    machine: Machine,
    options: &'a Options,
    merged: Merged,
    /// The lines of each layer's file, which places are on.
    lines: Vec<LineIndex>,
}

impl<'a> Rendering<'a> {
    /// `None` when there is no such machine, or nothing comes of it: a patch without a base.
    fn new(asked: &Asked<'a>, machine: Option<&str>) -> Option<Self> {
        let is_it = |known: &&Machine| machine.is_none_or(|name| &*known.name == name);
        let machine = match asked.found.machines.iter().find(is_it) {
            Some(known) => known.clone(),
            None if machine.is_some() => return None,
            None => asked.by_itself(),
        };
        let options = &asked.found.options;
        let merged = machine.merge(options)?;
        let lines = machine.layers.iter().map(|layer| LineIndex::new(&decode(&layer.file().bytes).0)).collect();
        Some(Self { machine, options, merged, lines })
    }

    /// An origin as `file:line`.
    fn place(&self, origin: Origin) -> String {
        let layer = self.machine.layers.get(origin.source);
        let in_file = layer.map(|layer| layer.source().position.in_file(origin.span));
        in_file.map_or_else(String::new, |span| self.place_in_file(Origin { span, ..origin }))
    }

    /// The same of an origin whose range is one of the file already.
    fn place_in_file(&self, origin: Origin) -> String {
        let layer = self.machine.layers.get(origin.source).zip(self.lines.get(origin.source));
        layer.map_or_else(String::new, |(layer, lines)| {
            format!("{}:{}", layer.file().path, lines.line(origin.span.start) + 1)
        })
    }

    /// What Talos makes of it, without secrets, each value with its place.
    fn configuration(&self) -> Option<String> {
        let showing = Showing { origins: true, ..Showing::default() };
        let text = config::shown(&self.merged.layered.documents, showing, |origin| self.place(origin));
        (!text.is_empty()).then_some(text)
    }

    /// The settings of the machine, a line each, with their places.
    fn settings(&self) -> String {
        let versions = &self.merged.versions;
        let mut out = format!(
            "# Talos {} ({}), Kubernetes {} ({})\n",
            versions.talos,
            versions.talos_source.as_str(),
            versions.kubernetes,
            versions.kubernetes_source.as_str()
        );
        let mut component = "";
        for setting in self.machine.settings(self.options, &self.merged.layered) {
            if setting.component != component {
                component = setting.component;
                let _ = write!(out, "\n{component}:\n");
            }
            let value = match &setting.value {
                _ if setting.is_secret => "<redacted>".to_owned(),
                effective::Value::Text(text) => text.replace('\n', "\\n"),
                effective::Value::Later(what) => format!("({what})"),
                effective::Value::Removed => "(removed)".to_owned(),
            };
            let place = match setting.source {
                effective::Source::Talos => "default".to_owned(),
                effective::Source::Kubernetes => "default of Kubernetes".to_owned(),
                effective::Source::Written(origin) => self.place_in_file(origin),
            };
            let _ = writeln!(out, "  {}: {value} # {place}", setting.name);
        }
        out
    }
}
