//! Which documents take the place of which fields.

use crate::settings;
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    document: String,
    since: String,
    name: Option<String>,
    each: Option<String>,
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    constants: Vec<Constant>,
    #[serde(default)]
    dropped: Vec<String>,
    #[serde(default)]
    scope: Vec<String>,
    #[serde(default)]
    with: Vec<String>,
    trigger: Option<String>,
    #[serde(default)]
    when: Vec<Condition>,
    #[serde(default)]
    needs: Vec<Condition>,
    #[serde(default)]
    in_patches: bool,
    stays: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    from: Option<String>,
    to: String,
    #[serde(rename = "as")]
    transform: Option<String>,
    items: Option<String>,
    beside: Option<String>,
    into: Option<String>,
    #[serde(default)]
    entries: bool,
    #[serde(default)]
    required: bool,
    default: Option<String>,
    #[serde(default)]
    copied: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Constant {
    to: Steps,
    value: String,
    since: Option<String>,
    on: Option<String>,
    unless: Option<String>,
    #[serde(default)]
    new: bool,
}

/// A path: with dots, or as a list where a key has some itself.
#[derive(Deserialize)]
#[serde(untagged)]
enum Steps {
    Dotted(String),
    List(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    path: String,
    is: Option<String>,
    #[serde(default)]
    absent: bool,
    form: Option<String>,
    as_many_as: Option<String>,
    #[serde(default)]
    because: String,
}

/// The rows of `migrations.yaml`.
pub(crate) fn table(data: &Path) -> String {
    let rows: Vec<Row> = settings::read(&data.join("migrations.yaml"));
    let mut out = String::from("pub(super) static MIGRATIONS: &[Migration] = &[\n");
    for row in &rows {
        for other in &row.with {
            assert!(rows.iter().any(|row| row.document == *other), "{}: there is no row for {other}", row.document);
        }
        let fields: Vec<String> = row.fields.iter().map(|field| self::field(&row.document, field)).collect();
        let constants: Vec<String> = row.constants.iter().map(constant).collect();
        let all = |conditions: &[Condition]| conditions.iter().map(condition).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            out,
            "  Migration {{ document: {:?}, since: {}, name: {:?}, each: {}, fields: &[{}], constants: &[{}], dropped: {}, \
             scope: {}, with: &{:?}, trigger: {}, when: &[{}], needs: &[{}], in_patches: {}, stays: {:?} }},",
            row.document,
            minor(&row.since),
            row.name,
            path_or_none(row.each.as_deref()),
            fields.join(", "),
            constants.join(", "),
            paths(&row.dropped),
            paths(&row.scope),
            row.with,
            path_or_none(row.trigger.as_deref()),
            all(&row.when),
            all(&row.needs),
            row.in_patches,
            row.stays.as_deref().map(str::trim),
        );
    }
    out.push_str("];\n");
    out
}

fn field(document: &str, field: &Field) -> String {
    let words = (field.transform.as_deref(), field.items.as_deref(), field.into.as_deref(), field.entries);
    let transform = match words {
        (None, None, None, false) => "Transform::Same".to_owned(),
        (None, None, None, true) => "Transform::Entries".to_owned(),
        (Some("negated"), None, None, false) => "Transform::Negated".to_owned(),
        (Some("pem"), None, None, false) => "Transform::Pem".to_owned(),
        (Some("pem_list"), None, None, false) => "Transform::PemList".to_owned(),
        (Some("key"), None, None, false) => "Transform::Key".to_owned(),
        (Some("member"), None, None, false) => "Transform::Member".to_owned(),
        (Some("pod_name"), None, None, false) => "Transform::PodName".to_owned(),
        (None, Some(key), None, false) => format!("Transform::Items({key:?}, {:?})", field.beside),
        (None, None, Some(text), false) => format!("Transform::Into({:?})", text.trim_end()),
        _ => panic!("{document}: `{}` is written in no way that is known", field.to),
    };
    format!(
        "MovedField {{ from: {}, to: {}, transform: {transform}, required: {}, default: {:?}, copied: {} }}",
        field.from.as_deref().map_or("&[]".to_owned(), path),
        path(&field.to),
        field.required,
        field.default,
        field.copied,
    )
}

fn constant(constant: &Constant) -> String {
    let to = match &constant.to {
        Steps::Dotted(text) => path(text),
        Steps::List(steps) => format!("&{steps:?}"),
    };
    format!(
        "Constant {{ to: {to}, value: {:?}, since: {}, on: {:?}, unless: {}, new: {} }}",
        constant.value,
        constant.since.as_deref().map_or(0, minor),
        constant.on,
        path_or_none(constant.unless.as_deref()),
        constant.new,
    )
}

fn condition(condition: &Condition) -> String {
    format!(
        "Condition {{ path: {}, is: {:?}, absent: {}, form: {}, as_many_as: {}, because: {:?} }}",
        path(&condition.path),
        condition.is,
        condition.absent,
        // A form that is none stops the compiler.
        condition.form.as_deref().map_or("None".to_owned(), |form| format!("Some(Form::{})", variant(form))),
        path_or_none(condition.as_many_as.as_deref()),
        condition.because.trim(),
    )
}

/// `http_urls` as the variant of an enumeration: `HttpUrls`.
fn variant(name: &str) -> String {
    let word = |word: &str| word.split_at(1).0.to_uppercase() + word.split_at(1).1;
    name.split('_').map(word).collect()
}

pub(crate) fn path(text: &str) -> String {
    format!("&{:?}", text.split('.').collect::<Vec<_>>())
}

pub(crate) fn path_or_none(text: Option<&str>) -> String {
    text.map_or("None".to_owned(), |text| format!("Some({})", path(text)))
}

fn paths(texts: &[String]) -> String {
    let all: Vec<String> = texts.iter().map(|text| path(text)).collect();
    format!("&[{}]", all.join(", "))
}

pub(crate) fn minor(version: &str) -> u8 {
    let minor = version.strip_prefix("1.").and_then(|minor| minor.parse().ok());
    minor.unwrap_or_else(|| panic!("`{version}` is not a version such as 1.12"))
}
