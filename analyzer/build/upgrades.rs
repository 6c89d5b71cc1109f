//! What Talos does by itself otherwise from a version on.

use crate::migrations::{minor, path, path_or_none};
use crate::settings;
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    since: String,
    until: Option<String>,
    changed: String,
    instead: String,
    near: String,
    on: Option<String>,
    #[serde(default)]
    settings: Vec<String>,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(rename = "true")]
    was_asked: Option<String>,
    only: Option<Only>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Only {
    path: String,
    is: String,
    #[serde(default)]
    absent: bool,
}

/// The rows of `upgrades.yaml`.
pub(crate) fn table(data: &Path) -> String {
    let mut out = String::from("pub(super) static UPGRADES: &[Upgrade] = &[\n");
    for row in settings::read::<Vec<Row>>(&data.join("upgrades.yaml")) {
        assert!(
            !row.changed.ends_with('.') && !row.instead.ends_with('.'),
            "{}: a clause has no full stop",
            row.changed
        );
        let unless: Vec<String> = row
            .unless
            .iter()
            .map(|field| settings::split(field))
            .map(|(document, field)| format!("({document:?}, {})", path(field)))
            .collect();
        let only = row
            .only
            .map_or("None".to_owned(), |only| format!("Some(({}, {:?}, {}))", path(&only.path), only.is, only.absent));
        let _ = writeln!(
            out,
            "  Upgrade {{ since: {}, until: {}, changed: {:?}, instead: {:?}, near: {}, on: {:?}, settings: &{:?}, arguments: &{:?}, \
             unless: &[{}], was_asked: {}, only: {only} }},",
            minor(&row.since),
            row.until.as_deref().map_or(u8::MAX, minor),
            row.changed.trim(),
            row.instead.trim(),
            path(&row.near),
            row.on,
            row.settings,
            row.arguments,
            unless.join(", "),
            path_or_none(row.was_asked.as_deref()),
        );
    }
    out.push_str("];\n");
    out
}
