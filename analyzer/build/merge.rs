//! How patches merge, as Rust statics.

use crate::tsv::{Row, read};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The rules about fields, by type and field.
pub(crate) fn of_fields(folder: &Path) -> BTreeMap<String, String> {
    let mut rules: BTreeMap<String, String> = BTreeMap::new();
    for row in read(&folder.join("merge.tsv")).iter().filter(|row| !row.get("subject").contains(' ')) {
        let subject = row.get("subject");
        rules.entry(subject.to_owned()).or_default().push_str(&rule(subject, row, row.get("how"), row.get("key")));
    }
    rules
}

/// The source text of the table of the other rules, sorted by subject. `folder` is that of the schema tables.
pub(crate) fn table(folder: &Path) -> String {
    let fields = read(&folder.join("fields.tsv"));
    let enums = read(&folder.join("enums.tsv"));
    let mut rows: Vec<(String, String)> = Vec::new();
    for row in read(&folder.join("merge.tsv")) {
        let subject = row.get("subject");
        let is_known = match subject.split_once(' ') {
            Some(("enum", name)) => enums.iter().any(|other| other.get("enum") == name),
            Some(("form", _)) => true,
            Some(("type", name)) => fields.iter().any(|field| field.get("type") == name),
            _ => fields.iter().any(|field| format!("{}.{}", field.get("type"), field.get("field")) == subject),
        };
        if !is_known {
            row.fail("the tables have no such subject");
        }
        if subject.contains(' ') {
            rows.push((subject.to_owned(), rule(subject, &row, row.get("how"), row.get("key"))));
        }
    }
    for row in read(&folder.join("written.tsv")) {
        let subject = format!("written {}.{}", row.get("type"), row.get("field"));
        rows.push((subject.clone(), rule(&subject, &row, "written", row.get("text"))));
    }
    rows.sort();
    let mut out = "pub(super) static MERGE: &[MergeRule] = &[\n".to_owned();
    for (_, rule) in rows {
        out.push_str(&rule);
    }
    out + "];\n"
}

fn rule(subject: &str, row: &Row, how: &str, key: &str) -> String {
    let how = match how {
        "replace" => "Replace",
        "keyed" => "Keyed",
        "keyed-replace" => "KeyedReplace",
        "always" => "Always",
        "untagged" => "Untagged",
        "refused" => "Refused",
        "refused-twice" => "RefusedTwice",
        "parts" => "Parts",
        "either" => "Either",
        "zero" => "Zero",
        "numbers" => "Numbers",
        "trimmed" => "Trimmed",
        "written" => "Written",
        "unset-without" => "UnsetWithout",
        other => row.fail(&format!("`{other}` is no way to merge")),
    };
    let keys: Vec<&str> = key.split('|').filter(|key| !key.is_empty()).collect();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "  MergeRule {{ subject: {:?}, versions: VersionSet::from_bits({}), how: Merge::{how}, keys: &{keys:?} }},",
        subject,
        row.versions()
    );
    out
}
