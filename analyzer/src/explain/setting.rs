//! A setting.

use super::Explanation;
use crate::rules;
use crate::settings::{Combine, Default, Setting, SettingPlace};
use crate::tables;

/// How wide the column of the names of facts is.
pub(super) const COLUMN: usize = 10;

/// Where `setting` is set, its defaults, and what is expected of it.
pub(super) fn explain(setting: &Setting) -> Explanation {
    let mut out = Explanation::new(setting.id, "");
    out.facts(COLUMN, facts(setting));
    for control in rules::controls().iter().filter(|control| control.setting == setting.id) {
        out.line(format!("Expected is {}, else {} ({}).", control.expected, control.problem, control.rule));
    }
    out
}

/// Where `setting` is set, and its defaults.
pub(super) fn facts(setting: &Setting) -> Vec<(&'static str, String)> {
    let places = setting.places.iter().enumerate();
    let places = places.map(|(number, place)| (if number == 0 { "set by" } else { "" }, self::place(place)));
    places.chain(setting.defaults.iter().map(|default| ("default", default.to_string()))).collect()
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
