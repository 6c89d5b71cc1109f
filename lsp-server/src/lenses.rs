//! The machines of a file, with what is found in them, above its first line; in a file that describes machines, above each.

use crate::commands::effective_configuration;
use crate::lines::Lines;
use crate::server::Asked;
use crate::workspace::Counts;
use talint_analyzer::Machine;
use talint_analyzer::project::{self, Project};
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{CodeLens, Command};

/// Of more machines above one line the last lens tells only how many there are.
const MAX_MACHINES: usize = 8;

/// The lenses of a document.
pub(crate) fn code_lenses(asked: &Asked<'_>) -> Vec<CodeLens> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let machines = &asked.found.machines;
    let (described, above): (Vec<&Machine>, Vec<&Machine>) = machines
        .iter()
        .partition(|machine| machine.place.as_ref().is_some_and(|(file, _)| file.path == asked.found.key));
    // A project file names its machines, by itself or by the names of others.
    let project = asked.found.is_project.then(|| project::load(asked.document.text.as_bytes()));
    let mut lenses = Vec::new();
    for machine in described {
        let range = lines.range(place(project.as_ref(), machine));
        lenses.push(CodeLens { range, command: Some(command(asked, machine)), data: None });
    }
    let first = lines.range(Span::default());
    let above_lens = |machine: &&Machine| CodeLens { range: first, command: Some(command(asked, machine)), data: None };
    lenses.extend(above.iter().take(MAX_MACHINES).map(above_lens));
    if above.len() > MAX_MACHINES {
        let title = format!("and {} more machines", above.len() - MAX_MACHINES);
        let command = Command { title, command: String::new(), arguments: None };
        lenses.push(CodeLens { range: first, command: Some(command), data: None });
    }
    lenses
}

/// Where a file, which may be a project file, names a machine that it describes.
fn place(project: Option<&Project>, machine: &Machine) -> Span {
    let entry = project.and_then(|said| said.machines.iter().find(|entry| *entry.name.text == *machine.name));
    entry.map(|entry| entry.name.span).or(machine.place.as_ref().map(|(_, span)| *span)).unwrap_or_default()
}

/// "cp-1: 2 errors, 1 warning", which shows what the machine gets.
fn command(asked: &Asked<'_>, machine: &Machine) -> Command {
    let counts = asked.found.counts.get(&machine.name).copied().unwrap_or_default();
    let title = format!("{}: {}", machine.name, told(counts));
    effective_configuration(asked.client, title, &asked.document.uri, &machine.name)
}

fn told(counts: Counts) -> String {
    let plural = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        count => Some(format!("{count} {word}s")),
    };
    let Counts { errors, warnings, infos } = counts;
    let all = [(errors, "error"), (warnings, "warning"), (infos, "note")];
    let told: Vec<String> = all.into_iter().filter_map(|(count, word)| plural(count, word)).collect();
    if told.is_empty() { "nothing found".to_owned() } else { told.join(", ") }
}
