//! `talint explain` of a setting.

use std::fmt::Write as _;
use talint_analyzer::settings::{Default, Setting, SettingPlace};
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
    let mut out = String::from("  set by    ");
    let places: Vec<String> = setting.places.iter().map(place).collect();
    let _ = writeln!(out, "{}", places.join("\n            "));
    for default in setting.defaults {
        let _ = writeln!(out, "  default   {}", in_words(default));
    }
    out
}

/// The defaults of `setting` in one line; empty without any.
pub(super) fn defaults(setting: &Setting) -> String {
    let all: Vec<String> = setting.defaults.iter().map(in_words).collect();
    if all.is_empty() { String::new() } else { format!("default {}", all.join("; ")) }
}

fn in_words(default: &Default) -> String {
    format!("{} ({})", default.value.unwrap_or("none"), default.versions.describe())
}

fn place(place: &SettingPlace) -> String {
    let path = place.path.join(".");
    let place_text =
        if place.document == tables::V1ALPHA1 { path } else { format!("{path} of a {} document", place.document) };
    let flag = place.flag.map_or(String::new(), |flag| format!(", the flag --{flag}"));
    format!("{place_text}{flag} ({})", place.versions.describe())
}
