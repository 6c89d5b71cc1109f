//! What each machine gets for the field under the cursor, and where that is written.

use super::{Asking, is_secret, settings_at};
use crate::machines::{Configured, Files, Gets, Place, Values, list};
use std::fmt::Write as _;
use talint_analyzer::effective;
use talint_analyzer::input::Input;
use talint_analyzer::schema;
use talint_analyzer::settings::SYSCTLS;
use talint_analyzer::syntax::{Kind, NodeRef};

/// Of a larger project only the machines that the file goes into are looked at.
const MAX_OTHERS: usize = 64;

/// The same value, from the same place.
#[derive(PartialEq, Eq)]
struct Said {
    value: String,
    place: Option<Place>,
}

/// "`4096` on cp-1, cp-2 (patches/limits.yaml:4); default `-1` on w-1". `None` where no machine is known, and for a
/// value that holds others.
pub(super) fn on_machines<'a>(asking: &Asking<'a>, input: &Input<'_, '_>, node: NodeRef<'_, '_>) -> Option<String> {
    let Asking { asked, view, .. } = asking;
    let is_simple = node.kind() != Kind::Mapping && node.items().all(|item| item.kind() == Kind::Scalar);
    if !is_simple || !input.kind.is_configuration() {
        return None;
    }
    let hides = schema::locate(input, node, view.versions.talos).as_ref().is_some_and(is_secret);
    let mut groups: Vec<(Said, Vec<&'a str>)> = Vec::new();
    let mut add = |configured: Configured<'a>, mut said: Said| {
        if hides && said.place.is_some() {
            "`<redacted>`".clone_into(&mut said.value);
        }
        let name = &*configured.machine.name;
        match groups.iter_mut().find(|(known, _)| *known == said) {
            Some((_, names)) => names.push(name),
            None => groups.push((said, vec![name])),
        }
    };
    let key = &asked.found.key;
    for configured in asked.found.configured().filter(|configured| configured.holds(view, key)) {
        let values = Values::new(configured, key);
        let said = match values.gets(input, node, view.offset) {
            Some((Gets::This(value) | Gets::Other(value), _)) => written(configured, value),
            Some((Gets::Nothing, _)) => by_default(asking, configured, input, node),
            None => continue,
        };
        add(configured, said);
    }
    let steps = node.steps();
    let others = asked.found.others_configured().filter(|_| asked.found.others.len() <= MAX_OTHERS);
    let others = asked.found.configured().filter(|configured| !configured.holds(view, key)).chain(others);
    for configured in others.filter(|_| !steps.contains(&"[]")) {
        let said = match configured.value_at(input, &steps) {
            Some(value) => written(configured, value),
            None => by_default(asking, configured, input, node),
        };
        add(configured, said);
    }
    let files = Files::new(asked);
    let mut out = String::new();
    for (said, names) in &groups {
        let place = said.place.as_ref().map_or_else(String::new, |place| format!(" ({})", link(asking, &files, place)));
        let separator = if out.is_empty() { "" } else { "; " };
        let _ = write!(out, "{separator}{} on {}{place}", said.value, list(names));
    }
    (!out.is_empty()).then_some(out)
}

fn written(configured: Configured<'_>, value: &talint_analyzer::config::Value) -> Said {
    Said { value: format!("`{}`", configured.shown(value)), place: configured.place(value.origin) }
}

/// What a machine has whose configuration does not write the field: another place may set the same, else it is the default.
fn by_default(asking: &Asking<'_>, configured: Configured<'_>, input: &Input<'_, '_>, node: NodeRef<'_, '_>) -> Said {
    let nothing = Said { value: "not set".to_owned(), place: None };
    let ids: Vec<&str> = settings_at(input.kind.name(), node, configured.merged.versions.talos)
        .into_iter()
        .map(|setting| setting.id)
        .collect();
    let steps = node.steps();
    let sysctl = steps
        .split_last()
        .filter(|(_, path)| SYSCTLS.iter().any(|field| field.document == input.kind.name() && field.path == *path));
    if ids.is_empty() && sysctl.is_none() {
        return nothing;
    }
    let settings = configured.settings(asking.asked.found);
    let is_it = |setting: &&effective::EffectiveSetting| {
        setting.id.is_some_and(|id| ids.contains(&id))
            || sysctl.is_some_and(|(key, _)| setting.component == "sysctl" && setting.name == *key)
    };
    let Some(setting) = settings.iter().find(is_it) else { return nothing };
    let value = match &setting.value {
        effective::Value::Text(_) if setting.is_secret => "`<redacted>`".to_owned(),
        effective::Value::Text(text) => format!("`{text}`"),
        effective::Value::Later(what) => (*what).to_owned(),
        effective::Value::Removed => "removed".to_owned(),
    };
    match setting.source {
        effective::Source::Written(origin) => Said { value, place: configured.place_in_file(origin) },
        effective::Source::Talos => Said { value: format!("default {value}"), place: None },
        effective::Source::Kubernetes => Said { value: format!("default of Kubernetes {value}"), place: None },
    }
}

/// A place, as a link where the client shows those.
fn link(asking: &Asking<'_>, files: &Files<'_>, place: &Place) -> String {
    let name = files.name(place);
    match files.location(place).filter(|_| asking.is_markdown) {
        Some(location) => format!("[{name}]({}#L{})", location.uri.as_str(), location.range.start.line + 1),
        None => name,
    }
}
