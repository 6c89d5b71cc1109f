//! `cargo xtask schema`: writes the field tables of every Talos version to `analyzer/data/schema`.
//!
//! The tables come from the decoder itself, by way of the oracles, and from `corrections.tsv`, which holds
//! what no tool can find out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::oracle::{self, VERSIONS};

/// What one oracle says about its version.
#[derive(Deserialize)]
struct Dump {
    talos: String,
    module: String,
    documents: Vec<Document>,
    types: BTreeMap<String, Type>,
    customs: BTreeMap<String, Custom>,
}

/// A document kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Document {
    kind: String,
    r#type: String,
    name_field: String,
    controlplane_only: bool,
    #[serde(rename = "conflictsV1alpha1")]
    conflicts_v1alpha1: bool,
    redacts: bool,
    conflicts_with: Vec<String>,
    claims_link: Vec<String>,
    in_schema: bool,
}

/// A struct.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Type {
    package: String,
    fields: Vec<Field>,
    #[serde(default)]
    rest: String,
}

/// A field of a struct.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Field {
    name: String,
    value: String,
    deprecated: bool,
    mentions: Vec<String>,
    written: String,
    in_schema: bool,
    required: bool,
    r#enum: Vec<String>,
    pattern: String,
    minimum: String,
    maximum: String,
    r#type: String,
}

/// A type that decodes itself.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Custom {
    accepts: Vec<String>,
    any_case: bool,
}

/// A row of `corrections.tsv`.
struct Correction {
    action: String,
    subject: String,
    field: String,
    value: String,
    versions: Vec<usize>,
    /// Whether the tables needed it.
    used: std::cell::Cell<bool>,
}

/// Rows by what they say, each with the versions it holds for.
type Rows = BTreeMap<Vec<String>, BTreeSet<usize>>;

/// Writes the tables.
pub(crate) fn run(_arguments: &[String]) -> Result<(), String> {
    let folder = oracle::workspace().join("analyzer/data/schema");
    let corrections = read_corrections(&folder.join("corrections.tsv"))?;
    let mut tables = Tables::default();

    for (index, version) in VERSIONS.iter().enumerate() {
        let binary = oracle::build(version)?;
        let json = oracle::run(Command::new(binary).arg("schema").arg(oracle::module_source(version)?))?;
        let dump: Dump = serde_json::from_slice(&json).map_err(|error| format!("schema of {version}: {error}"))?;
        Version { index, dump: &dump, corrections: &corrections, tables: &mut tables, errors: Vec::new() }.add()?;
    }
    tables.add_formats(&corrections);
    tables.write(&folder)?;

    let unused: Vec<_> = corrections.iter().filter(|correction| !correction.used.get()).collect();
    if unused.is_empty() {
        return Ok(());
    }
    let mut message = "corrections that correct nothing:".to_owned();
    for correction in unused {
        let _ = write!(message, "\n  {} {} {}", correction.action, correction.subject, correction.field);
    }
    Err(message)
}

/// The tables in the making.
#[derive(Default)]
struct Tables {
    versions: Vec<[String; 2]>,
    documents: Rows,
    fields: Rows,
    written: Rows,
    constraints: Rows,
    enums: Rows,
    formats: BTreeMap<String, (BTreeSet<String>, String)>,
}

impl Tables {
    fn add_formats(&mut self, corrections: &[Correction]) {
        for correction in corrections {
            if correction.action == "text" {
                correction.used.set(true);
                self.formats.entry(correction.subject.clone()).or_default().1.clone_from(&correction.value);
            }
        }
    }

    fn write(self, folder: &Path) -> Result<(), String> {
        let versions = self.versions.into_iter().map(Vec::from).collect();
        write_table(folder, "versions.tsv", "talos\tmodule", versions)?;
        write_table(
            folder,
            "documents.tsv",
            "kind\ttype\tversions\tname_field\tflags",
            in_order(&self.documents, 2, 1),
        )?;
        write_table(folder, "fields.tsv", "type\tfield\tvalue\tversions\tflags", in_order(&self.fields, 3, 2))?;
        write_table(folder, "written.tsv", "type\tfield\ttext\tversions", in_order(&self.written, 3, 2))?;
        write_table(
            folder,
            "json_schema.tsv",
            "type\tfield\tversions\ttype_in_schema\tenum\tpattern\tminimum\tmaximum",
            in_order(&self.constraints, 2, 2),
        )?;
        write_table(folder, "enums.tsv", "enum\tversions\tcase\tvalues", in_order(&self.enums, 1, 1))?;
        let formats = self
            .formats
            .into_iter()
            .map(|(format, (types, text))| vec![format, types.into_iter().collect::<Vec<_>>().join(" "), text])
            .collect();
        write_table(folder, "formats.tsv", "format\tgo_types\taccepts", formats)
    }
}

/// Rows with their versions put into column `at`; those that agree in the first `key` columns follow one another
/// by version.
fn in_order(rows: &Rows, at: usize, key: usize) -> Vec<Vec<String>> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|(row, versions)| (row[..key].to_vec(), versions.first().copied()));
    rows.into_iter()
        .map(|(row, versions)| {
            let mut row = row.clone();
            row.insert(at, ranges(versions));
            row
        })
        .collect()
}

/// Adds one version to the tables.
struct Version<'a> {
    index: usize,
    dump: &'a Dump,
    corrections: &'a [Correction],
    tables: &'a mut Tables,
    errors: Vec<String>,
}

impl Version<'_> {
    fn add(&mut self) -> Result<(), String> {
        self.tables.versions.push([self.dump.talos.clone(), self.dump.module.clone()]);
        let mut seen = BTreeSet::new();
        for document in &self.dump.documents {
            self.document(document);
            self.reach(&document.r#type, &mut seen);
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(format!("Talos {}:\n{}", self.dump.talos, self.errors.join("\n")))
    }

    fn document(&mut self, document: &Document) {
        let mut flags = BTreeSet::new();
        let mut flag = |set: bool, name: &str| {
            if set {
                flags.insert(name.to_owned());
            }
        };
        flag(document.controlplane_only, "controlplane_only");
        flag(document.conflicts_v1alpha1, "conflicts_v1alpha1");
        flag(document.redacts, "redacts");
        flag(!document.in_schema, "not_in_json_schema");
        flag(!document.conflicts_with.is_empty(), &format!("conflicts_with={}", document.conflicts_with.join("|")));
        flag(!document.claims_link.is_empty(), &format!("claims_link={}", document.claims_link.join("|")));
        for correction in self.correct("document", &document.kind, "") {
            flags.insert(correction);
        }
        let row = vec![
            document.kind.clone(),
            document.r#type.clone(),
            document.name_field.clone(),
            flags.into_iter().collect::<Vec<_>>().join(","),
        ];
        self.tables.documents.entry(row).or_default().insert(self.index);
    }

    /// The values of the corrections that apply to this version.
    fn correct(&self, action: &str, subject: &str, field: &str) -> Vec<String> {
        self.corrections
            .iter()
            .filter(|correction| {
                correction.action == action
                    && correction.subject == subject
                    && correction.field == field
                    && correction.versions.contains(&self.index)
            })
            .map(|correction| {
                correction.used.set(true);
                correction.value.clone()
            })
            .collect()
    }

    /// Adds the fields of a struct and of all structs in it.
    fn reach(&mut self, name: &str, seen: &mut BTreeSet<String>) {
        if !seen.insert(name.to_owned()) {
            return;
        }
        let dump = self.dump;
        let Some(described) = dump.types.get(name) else {
            self.errors.push(format!("no type {name}"));
            return;
        };
        if !described.rest.is_empty() {
            self.errors.push(format!("{name} takes other keys beside its fields"));
        }
        for field in &described.fields {
            let value = match self.correct("value", name, &field.name).pop() {
                Some(value) => value,
                None => self.resolve(&field.value),
            };
            for part in names(&value).filter(|part| part.contains('.') && !part.starts_with("enum:")) {
                self.reach(part, seen);
            }
            let flags = self.flags(name, described, field);
            let row = vec![name.to_owned(), field.name.clone(), value, flags];
            self.tables.fields.entry(row).or_default().insert(self.index);
            if !field.written.is_empty() {
                let row = vec![name.to_owned(), field.name.clone(), field.written.clone()];
                self.tables.written.entry(row).or_default().insert(self.index);
            }
            self.constraint(name, field);
        }
    }

    fn flags(&self, name: &str, described: &Type, field: &Field) -> String {
        let mut flags = BTreeSet::new();
        if field.deprecated {
            flags.insert("deprecated".to_owned());
        }
        let kinds = &self.dump.documents;
        let replacements = match self.correct("replaced_by", name, &field.name).pop() {
            Some(replacements) => replacements,
            // The kinds that the deprecation notice names.
            None => field
                .mentions
                .iter()
                .filter(|mention| kinds.iter().any(|document| document.kind == **mention))
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join("|"),
        };
        if !replacements.is_empty() {
            flags.insert(format!("replaced_by={replacements}"));
        }
        // The schema has no definitions of its own for types of other modules.
        if !field.in_schema && described.package.starts_with(oracle::MODULE) {
            flags.insert("not_in_json_schema".to_owned());
        }
        if field.required {
            flags.insert("required".to_owned());
        }
        flags.extend(self.correct("flag", name, &field.name));
        flags.into_iter().collect::<Vec<_>>().join(",")
    }

    /// What the JSON schema asks of a field beyond its type.
    fn constraint(&mut self, name: &str, field: &Field) {
        if !field.in_schema {
            return;
        }
        let row = vec![
            name.to_owned(),
            field.name.clone(),
            field.r#type.clone(),
            field.r#enum.join("|"),
            field.pattern.clone(),
            field.minimum.clone(),
            field.maximum.clone(),
        ];
        if row[3..].iter().any(|part| !part.is_empty()) {
            self.tables.constraints.entry(row).or_default().insert(self.index);
        }
    }

    /// Replaces the Go types in a value by what they read.
    fn resolve(&mut self, value: &str) -> String {
        let mut resolved = String::new();
        let mut rest = value;
        while !rest.is_empty() {
            let end = rest.find(['<', '>', ',', '*']).unwrap_or(rest.len());
            let (name, tail) = rest.split_at(end);
            if let Some(name) = name.strip_prefix("custom:") {
                resolved.push_str(&self.custom(name));
            } else if let Some(named) = name.strip_prefix("named:") {
                let (name, kind) = named.split_once(':').unwrap_or((named, ""));
                resolved.push_str(&self.format_of(name).unwrap_or_else(|| kind.to_owned()));
            } else if self.dump.types.get(name).is_some_and(|described| !described.rest.is_empty()) {
                // All keys are free.
                resolved.push_str("unstructured");
            } else {
                resolved.push_str(name);
            }
            let delimiter = tail.chars().next().map_or(0, char::len_utf8);
            resolved.push_str(&tail[..delimiter]);
            rest = &tail[delimiter..];
        }
        if names(&resolved).any(|part| part == "duration") {
            self.tables.formats.entry("duration".to_owned()).or_default().0.insert("time.Duration".to_owned());
        }
        resolved
    }

    /// The format or value that a Go type reads, by the corrections.
    fn format_of(&mut self, name: &str) -> Option<String> {
        let value = self.correct("format", name, "").pop()?;
        for part in names(&value).filter(|part| !part.contains('.') && !matches!(*part, "list" | "map")) {
            self.tables.formats.entry(part.to_owned()).or_default().0.insert(name.to_owned());
        }
        Some(value)
    }

    fn custom(&mut self, name: &str) -> String {
        if let Some(format) = self.format_of(name) {
            return format;
        }
        let custom = &self.dump.customs[name];
        if custom.accepts.is_empty() {
            self.errors.push(format!("{name} decodes itself, but no format is known for it"));
        }
        let case = if custom.any_case { "insensitive" } else { "exact" };
        let row = vec![name.to_owned(), case.to_owned(), custom.accepts.join("|")];
        self.tables.enums.entry(row).or_default().insert(self.index);
        format!("enum:{name}")
    }
}

/// The names in a value.
fn names(value: &str) -> impl Iterator<Item = &str> {
    value.split(['<', '>', ',', '*']).filter(|name| !name.is_empty())
}

/// Writes versions as ranges: `1.9-1.11,1.13`.
fn ranges(versions: &BTreeSet<usize>) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &version in versions {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == version => *last = version,
            _ => runs.push((version, version)),
        }
    }
    let written: Vec<String> =
        runs.into_iter()
            .map(|(first, last)| {
                if first == last {
                    VERSIONS[first].to_owned()
                } else {
                    format!("{}-{}", VERSIONS[first], VERSIONS[last])
                }
            })
            .collect();
    written.join(",")
}

/// Reads versions written as ranges; `*` stands for all.
fn parse_ranges(text: &str) -> Result<Vec<usize>, String> {
    let position = |version: &str| {
        VERSIONS.iter().position(|known| *known == version).ok_or_else(|| format!("no version {version:?}"))
    };
    if text == "*" {
        return Ok((0..VERSIONS.len()).collect());
    }
    let mut versions = Vec::new();
    for range in text.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        versions.extend(position(first)?..=position(last)?);
    }
    Ok(versions)
}

fn read_corrections(path: &Path) -> Result<Vec<Correction>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut corrections = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [action, subject, field, value, versions, _reason] = columns[..] else {
            return Err(format!("{}: not six columns: {line}", path.display()));
        };
        if !["format", "text", "value", "replaced_by", "flag", "document"].contains(&action) {
            return Err(format!("{}: no action {action:?}", path.display()));
        }
        corrections.push(Correction {
            action: action.to_owned(),
            subject: subject.to_owned(),
            field: field.to_owned(),
            value: value.to_owned(),
            versions: parse_ranges(versions).map_err(|error| format!("{}: {error}: {line}", path.display()))?,
            used: std::cell::Cell::new(false),
        });
    }
    Ok(corrections)
}

fn write_table(folder: &Path, name: &str, header: &str, rows: Vec<Vec<String>>) -> Result<(), String> {
    let mut text = format!("# Written by `cargo xtask schema`; change corrections.tsv, not this file.\n{header}\n");
    for row in rows {
        if row.iter().any(|cell| cell.contains(['\t', '\n'])) {
            return Err(format!("{name}: a cell holds a tab or a line end: {row:?}"));
        }
        text.push_str(&row.join("\t"));
        text.push('\n');
    }
    let path = folder.join(name);
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_written() {
        for text in ["1.9", "1.9-1.14", "1.9-1.11,1.13", "1.9,1.11,1.14"] {
            let versions = parse_ranges(text).expect(text);
            assert_eq!(ranges(&versions.into_iter().collect()), text);
        }
        assert_eq!(parse_ranges("*").map(|versions| versions.len()), Ok(VERSIONS.len()));
        assert!(parse_ranges("1.8").is_err());
    }
}
