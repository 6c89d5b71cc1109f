//! Where a key that is unknown in one place is known.

use crate::tables::{self, FieldVariant, Shape, Type};
use crate::version::VersionSet;
use std::fmt;

/// A place that has a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The kind of document.
    pub kind: &'static str,
    /// The way to the field from the root of the document: `machine.sysctls`.
    pub path: String,
    /// The versions that have it.
    pub versions: VersionSet,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == tables::V1ALPHA1 {
            write!(formatter, "`{}`", self.path)
        } else {
            write!(formatter, "`{}` of a {} document", self.path, self.kind)
        }
    }
}

/// How deep the search goes.
const MAX_DEPTH: usize = 6;

/// Places that have the field `key`: first those of `kind`, near to `path`, then those of other kinds.
///
/// A key that many places have, such as `name`, tells nothing; then there are none.
#[must_use]
pub fn places(key: &str, kind: &str, path: &str) -> Vec<Place> {
    let mut found = Vec::new();
    for document in tables::documents() {
        let mut seen = Vec::new();
        search(document.root, document.kind, "", key, &mut seen, &mut found);
    }
    let near = |place: &Place| {
        let shared = place.path.split('.').zip(path.split('.')).take_while(|(a, b)| a == b).count();
        (place.kind != kind, std::cmp::Reverse(shared), place.path.matches('.').count())
    };
    found.sort_by_key(near);
    let own = found.iter().filter(|place| place.kind == kind).count();
    found.truncate(match (own, found.len()) {
        (1..=3, _) => own,
        (_, 1..=3) => found.len(),
        _ => 0,
    });
    found
}

fn search(
    at: &'static Type,
    kind: &'static str,
    path: &str,
    key: &str,
    seen: &mut Vec<&'static str>,
    found: &mut Vec<Place>,
) {
    if seen.contains(&at.name) || seen.len() > MAX_DEPTH {
        return;
    }
    seen.push(at.name);
    for field in at.fields {
        let field_path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
        if field.name == key {
            found.push(Place { kind, path: field_path.clone(), versions: field.versions() });
        }
        for (number, variant) in field.variants.iter().enumerate() {
            // The variants of a field mostly hold the same structure.
            let same = |earlier: &'static FieldVariant| {
                structure(&earlier.shape).1.map(|t| t.name) == structure(&variant.shape).1.map(|t| t.name)
            };
            if field.variants[..number].iter().any(same) {
                continue;
            }
            let (suffix, inner) = structure(&variant.shape);
            if let Some(inner) = inner {
                search(inner, kind, &format!("{field_path}{suffix}"), key, seen, found);
            }
        }
    }
    seen.pop();
}

fn structure(shape: &'static Shape) -> (&'static str, Option<&'static Type>) {
    match shape.value() {
        Shape::Struct(inner) => ("", Some(inner)),
        Shape::List(inner) => ("[]", structure(inner).1),
        Shape::Map(inner) => (".*", structure(inner).1),
        _ => ("", None),
    }
}

/// The word of `known` that is spelt nearly as `word` is, if there is one that is near enough to be meant.
pub fn closest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let lower = word.to_lowercase();
    known
        .map(|candidate| {
            let distance = if candidate.to_lowercase() == lower { 0 } else { strsim::osa_distance(candidate, word) };
            (distance, candidate)
        })
        .filter(|(distance, candidate)| {
            let length = word.chars().count().min(candidate.chars().count());
            *distance <= length / 3 && *distance <= 4
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
