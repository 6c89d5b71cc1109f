//! The settings of a machine, for people and for programs.

use super::{Names, Rendering};
use crate::report::range;
use serde_json::json;
use similar::{ChangeTag, TextDiff};
use std::fmt::Write as _;
use talint_analyzer::effective::{EffectiveSetting, Source, Value};
use talint_analyzer::layered_settings;

/// Values longer than this do not move the column behind them.
const WIDTH: usize = 48;

/// A setting, ready to be shown.
pub(super) struct Line<'s> {
    setting: &'s EffectiveSetting,
    /// The value, without secrets.
    value: String,
    /// Where it comes from.
    origin: String,
    names: &'s Names<'s>,
    /// What tells it from other lines.
    key: String,
}

/// How a setting differs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// It is there only before.
    Removed,
    /// It is there only after.
    Added,
}

/// The settings of a machine, as `rendering` sees it.
pub(super) fn of(rendering: &Rendering<'_>) -> Vec<EffectiveSetting> {
    layered_settings(rendering.base, rendering.patches, &rendering.asked, &rendering.analysis.layered)
}

/// The same settings where nothing is configured.
pub(super) fn defaults(settings: &[EffectiveSetting]) -> Vec<EffectiveSetting> {
    let default = |setting: &EffectiveSetting| {
        let value = setting.default.clone()?;
        Some(EffectiveSetting { value, source: Source::Talos, is_secret: false, ..setting.clone() })
    };
    settings.iter().filter_map(default).collect()
}

/// The settings as lines, in their order.
pub(super) fn lines<'s>(settings: &'s [EffectiveSetting], names: &'s Names<'s>, show_secrets: bool) -> Vec<Line<'s>> {
    let line = |setting: &'s EffectiveSetting| {
        let value = written(&setting.value);
        let key = format!("{} {} {value}", setting.component, setting.name);
        let value = if setting.is_secret && !show_secrets { "<redacted>".to_owned() } else { value };
        Line { setting, value, origin: origin(setting, names), names, key }
    };
    settings.iter().map(line).collect()
}

fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => text.replace('\n', "\\n"),
        Value::Later(what) => format!("({what})"),
        Value::Removed => "(removed)".to_owned(),
    }
}

fn origin(setting: &EffectiveSetting, names: &Names<'_>) -> String {
    let origin = match setting.source {
        Source::Talos if setting.depends_on_kubernetes => "default for this Kubernetes version".to_owned(),
        Source::Talos => "default".to_owned(),
        Source::Kubernetes => "default of Kubernetes".to_owned(),
        Source::Written(origin) => names.place(origin),
    };
    if setting.note.is_empty() { origin } else { format!("{origin}, {}", setting.note) }
}

/// All settings, grouped by component.
pub(super) fn text(rendering: &Rendering<'_>, lines: &[Line<'_>]) -> String {
    let mut out = String::new();
    if let Some(base) = rendering.analysis.sources.first() {
        let versions = &base.versions;
        let (talos, kubernetes) = (versions.talos_source.as_str(), versions.kubernetes_source.as_str());
        let _ = writeln!(out, "Talos {} ({talos}), Kubernetes {} ({kubernetes})", versions.talos, versions.kubernetes);
    }
    for group in lines.chunk_by(|a, b| a.setting.component == b.setting.component) {
        let name_width = width(group.iter().map(|line| line.setting.name.as_str()));
        let value_width = width(group.iter().map(|line| line.value.as_str()));
        let component = group.first().map_or("", |line| line.setting.component);
        let _ = writeln!(out, "\n{component}");
        for line in group {
            let Line { setting, value, origin, .. } = line;
            let _ = writeln!(out, "  {:name_width$}  {value:value_width$}  {origin}", setting.name);
        }
    }
    out
}

/// The width of a column.
fn width<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    texts.map(|text| text.chars().count()).filter(|width| *width <= WIDTH).max().unwrap_or(0)
}

/// The lines of which two lists do not both have one, in the order of a difference.
pub(super) fn changes<'l, 's>(before: &'l [Line<'s>], after: &'l [Line<'s>]) -> Vec<(&'l Line<'s>, Change)> {
    let keys = |lines: &'l [Line<'s>]| lines.iter().map(|line| line.key.as_str()).collect::<Vec<_>>();
    let (old, new) = (keys(before), keys(after));
    let difference = TextDiff::from_slices(&old, &new);
    let change = |change: similar::Change<&str>| match change.tag() {
        ChangeTag::Delete => Some((before.get(change.old_index()?)?, Change::Removed)),
        ChangeTag::Insert => Some((after.get(change.new_index()?)?, Change::Added)),
        ChangeTag::Equal => None,
    };
    difference.iter_all_changes().filter_map(change).collect()
}

/// What differs, a line a setting; nothing where nothing does.
pub(super) fn difference(changes: &[(&Line<'_>, Change)], from: &str, to: &str) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut out = format!("--- {from}\n+++ {to}\n");
    for (line, change) in changes {
        let Line { setting, value, origin, .. } = line;
        let _ = match change {
            Change::Removed => writeln!(out, "-{} {}: {value}", setting.component, setting.name),
            Change::Added => writeln!(out, "+{} {}: {value} # {origin}", setting.component, setting.name),
        };
    }
    out
}

/// Settings for programs. The form is stable and versioned; fields are only added.
pub(super) fn json<'l>(
    rendering: &Rendering<'_>,
    lines: impl Iterator<Item = (&'l Line<'l>, Option<Change>)>,
) -> String {
    let settings: Vec<_> = lines.map(|(line, change)| entry(line, change)).collect();
    let mut document = json!({
        "version": 1,
        "tool": { "name": "talint", "version": env!("CARGO_PKG_VERSION") },
        "settings": settings,
    });
    if let Some(base) = rendering.analysis.sources.first() {
        document["talos_version"] = base.versions.talos.to_string().into();
        document["kubernetes_version"] = base.versions.kubernetes.to_string().into();
    }
    // Values of strings and numbers alone always serialise.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn entry(line: &Line<'_>, change: Option<Change>) -> serde_json::Value {
    let setting = line.setting;
    let value = |value: &Value| match value {
        Value::Text(text) => json!(text),
        Value::Later(_) | Value::Removed => json!(null),
    };
    let (by, source) = match setting.source {
        Source::Talos => ("talos", json!(null)),
        Source::Kubernetes => ("kubernetes", json!(null)),
        Source::Written(origin) => (
            "configuration",
            line.names.sources.get(origin.source).map_or(
                json!(null),
                |(path, text, lines)| json!({ "file": path, "range": range(origin.span, text, lines) }),
            ),
        ),
    };
    let mut entry = json!({
        "component": setting.component,
        "name": setting.name,
        "value": if setting.is_secret { json!(line.value) } else { value(&setting.value) },
        "default": setting.default.as_ref().map(value),
        "by": by,
        "source": source,
    });
    if let Value::Later(what) = setting.value {
        entry["known_on_the_machine"] = what.into();
    }
    if setting.depends_on_kubernetes {
        entry["depends_on_kubernetes"] = true.into();
    }
    if !setting.note.is_empty() {
        entry["note"] = setting.note.into();
    }
    if let Some(change) = change {
        entry["change"] = if change == Change::Added { "added" } else { "removed" }.into();
    }
    entry
}
