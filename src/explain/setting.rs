//! `talint explain` of a setting.

use std::fmt::Write as _;
use talint_analyzer::settings::{Combine, Default, Setting, SettingPlace};
use talint_analyzer::{rules, tables};

/// Where `setting` is set, its defaults, and what is expected of it.
pub(super) fn explain(setting: &Setting) -> String {
    let mut out = format!("{}\n\n", setting.id);
    out.push_str(&facts(setting));
    for control in rules::controls().iter().filter(|control| control.setting == setting.id) {
        let _ = writeln!(out, "\nExpected is {}, else {} ({}).", control.expected, control.problem, control.rule);
    }
    out
}

/// Where `setting` is set, and its defaults, a line each.
pub(super) fn facts(setting: &Setting) -> String {
    let mut out = String::new();
    for (number, place) in setting.places.iter().enumerate() {
        let _ = writeln!(out, "  {:8}  {}", if number == 0 { "set by" } else { "" }, self::place(place));
    }
    for default in setting.defaults {
        let _ = writeln!(out, "  default   {default}");
    }
    out
}

/// The defaults of `setting` in one line, without their conditions; empty without any.
pub(super) fn defaults(setting: &Setting) -> String {
    let in_short = |default: &Default| {
        let is_free = default.conditions.is_empty() && default.kubernetes.is_none();
        let condition = if is_free { "" } else { ", under conditions" };
        format!("{} ({}{condition})", default.value, default.versions.describe())
    };
    let mut all: Vec<String> = setting.defaults.iter().map(in_short).collect();
    all.dedup();
    if all.is_empty() { String::new() } else { format!("default {}", all.join("; ")) }
}

fn place(place: &SettingPlace) -> String {
    let path = place.path.join(".");
    let place_text =
        if place.document == tables::V1ALPHA1 { path } else { format!("{path} of a {} document", place.document) };
    let flag = place.flag.map_or(String::new(), |flag| format!(", the flag --{flag}"));
    let denied = if place.combine == Combine::Denied { ", which Talos does not let be set" } else { "" };
    format!("{place_text}{flag}{denied} ({})", place.versions.describe())
}
