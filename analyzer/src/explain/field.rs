//! A field, or a kind of document.

use super::{Explanation, setting};
use crate::reference::{rules_of, settings_of};
use crate::schema::{all_places, noun};
use crate::tables::{
    self, DocumentType, Enumeration, FieldInfo, PlacedVariant, SCHEMATIC_KIND, Shape, Type, V1ALPHA1, field_at,
    structure_in,
};
use crate::version::VersionSet;

/// How wide the column of the names of facts is.
const COLUMN: usize = 12;

/// More fields than this of one name tell nothing.
const MANY: usize = 8;

/// What the field or the kind of document called `name` is.
pub(super) fn explain(name: &str) -> Option<Explanation> {
    let name = name.strip_prefix('.').unwrap_or(name);
    if name == SCHEMATIC_KIND {
        return Some(schematic());
    }
    if let Some(kind) = tables::document_type(name) {
        return Some(document(kind));
    }
    let of_kind = name.split_once('.').and_then(|(kind, path)| field_at(kind, path));
    let field = of_kind.or_else(|| field_at(V1ALPHA1, name)).or_else(|| field_at(SCHEMATIC_KIND, name))?;
    Some(explain_field(&field))
}

/// Everything that [`explain`] takes.
pub(super) fn names() -> Vec<String> {
    let fields = all_places().into_iter().map(|place| display(place.kind, &place.path.replace("[]", "")));
    let kinds = tables::documents().iter().map(|document| document.kind.to_owned());
    kinds.chain([SCHEMATIC_KIND.to_owned()]).chain(fields).collect()
}

/// Where fields called `name` stand, as a clause, if there are a few of them.
pub(super) fn elsewhere(name: &str) -> Option<String> {
    let all = all_places();
    let named = all.iter().filter(|place| place.path.rsplit('.').next() == Some(name));
    let found: Vec<String> = named.map(|place| format!("`{}`", display(place.kind, &place.path))).collect();
    (1..=MANY).contains(&found.len()).then(|| format!("fields of that name: {}", found.join(", ")))
}

/// A path as [`explain`] takes it: the machine configuration proper needs no kind.
fn display(kind: &str, path: &str) -> String {
    if kind == V1ALPHA1 { path.to_owned() } else { format!("{kind}.{path}") }
}

fn document(kind: &DocumentType) -> Explanation {
    let mut out = Explanation::new(kind.kind, "document");
    out.paragraph(kind.root.description);
    let mut facts = vec![("versions", kind.versions().describe())];
    if kind.kind != V1ALPHA1 {
        let several = kind.name_field.map(|field| format!("several, told apart by `{field}`"));
        facts.push(("number", several.unwrap_or_else(|| "one in a configuration".to_owned())));
    }
    if kind.variants.iter().any(|variant| variant.controlplane_only) {
        facts.push(("machines", "control plane only".to_owned()));
    }
    if let Some(variant) = kind.variants.last().filter(|variant| !variant.conflicts_with.is_empty()) {
        let same = if kind.name_field.is_some() { " of the same name" } else { "" };
        facts.push(("not with", format!("{}{same}", variant.conflicts_with.join(", "))));
    }
    out.facts(COLUMN, facts);
    out.table("Fields", fields(kind.root));
    out
}

fn schematic() -> Explanation {
    let mut out = Explanation::new(SCHEMATIC_KIND, "of the Image Factory");
    out.paragraph(tables::schematic().description);
    out.table("Fields", fields(tables::schematic()));
    out
}

fn explain_field(field: &FieldInfo) -> Explanation {
    let inside = if field.rest.is_empty() { String::new() } else { format!(", with {} inside", field.rest.join(".")) };
    let mut out = Explanation::new(display(field.kind, &field.path()), format!("field{inside}"));
    out.paragraph(field.description);
    let mut facts = Vec::new();
    for (versions, text) in joined(field.variants.iter().flat_map(taken)) {
        facts.push(("takes", format!("{text} ({})", versions.describe())));
    }
    let deprecated = field.variants.iter().filter_map(|variant| Some((variant.versions, variant.deprecated?)));
    for (versions, instead) in joined(deprecated) {
        let instead = if instead.is_empty() { String::new() } else { format!("; instead {}", instead.join(", ")) };
        facts.push(("deprecated", format!("{}{instead}", versions.describe())));
    }
    if field.is_secret() {
        facts.push(("secret", "never shown in messages".to_owned()));
    }
    out.facts(COLUMN, facts);
    if let Some(structure) = field.variants.last().and_then(|variant| structure_in(variant.shape)) {
        out.table("Fields", fields(structure));
    }
    let settings = settings_of(field).map(|setting| (setting.id.to_owned(), setting::defaults(setting)));
    out.table("Settings", settings.collect());
    let rules = rules_of(field).into_iter().map(|rule| (rule.name.to_owned(), rule.summary.to_owned()));
    out.table("Rules", rules.collect());
    out
}

/// The fields of a structure, each with its first sentence.
fn fields(structure: &Type) -> Vec<(String, String)> {
    let first = |text: &str| text.split_once(". ").map_or(text.to_owned(), |(first, _)| format!("{first}."));
    structure.fields.iter().map(|field| (field.name.to_owned(), first(field.description))).collect()
}

/// What a field takes, as a noun. The words of an enumeration differ by version.
fn taken(variant: &PlacedVariant) -> Vec<(VersionSet, String)> {
    let known = enumeration(variant.shape).map_or(&[][..], |enumeration| enumeration.variants);
    if known.is_empty() {
        return vec![(variant.versions, takes(variant.shape, &[]))];
    }
    let within = known.iter().map(|words| (words.versions.intersection(variant.versions), words.values));
    let some = within.filter(|(versions, _)| !versions.is_empty());
    some.map(|(versions, words)| (versions, takes(variant.shape, words))).collect()
}

fn takes(shape: &Shape, words: &[&str]) -> String {
    match shape.value() {
        Shape::List(inner) => format!("a list, each item {}", takes(inner, words)),
        Shape::Map(inner) if matches!(inner.value(), Shape::Any) => "a mapping of any form".to_owned(),
        Shape::Map(inner) => format!("a mapping, each value {}", takes(inner, words)),
        Shape::Enum(_) => format!("one of {}", words.join(", ")),
        other => noun(other),
    }
}

fn enumeration(shape: &Shape) -> Option<&'static Enumeration> {
    match shape.value() {
        Shape::Enum(enumeration) => Some(enumeration),
        Shape::List(inner) | Shape::Map(inner) => enumeration(inner),
        _ => None,
    }
}

/// What is the same in versions that follow each other, once.
fn joined<T: PartialEq>(rows: impl Iterator<Item = (VersionSet, T)>) -> Vec<(VersionSet, T)> {
    let mut joined: Vec<(VersionSet, T)> = Vec::new();
    for (versions, value) in rows {
        match joined.last_mut() {
            Some((last, same)) if *same == value => *last = last.union(versions),
            _ => joined.push((versions, value)),
        }
    }
    joined
}
