//! Where a key that is unknown in one place is known.

use crate::tables::{self, Shape, Type};
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
        } else if self.kind == tables::SCHEMATIC_KIND {
            write!(formatter, "`{}` of a schematic", self.path)
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
    let is_key =
        |place: &Place| place.path.strip_suffix(key).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let is_near = |place: &Place| is_key(place) && (place.kind != tables::SCHEMATIC_KIND || place.kind == kind);
    let mut found: Vec<Place> = all_places().into_iter().filter(is_near).collect();
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

/// Every field of every kind of document and of schematics, sorted by kind and path, with the versions that have it in its
/// place. Structures inside of themselves are gone into once.
#[must_use]
pub fn all_places() -> Vec<Place> {
    let documents = tables::documents().iter().map(|document| (document.kind, document.root, document.versions()));
    let mut found = Vec::new();
    for (kind, root, versions) in documents.chain([(tables::SCHEMATIC_KIND, tables::schematic(), VersionSet::all())]) {
        Search { kind, inside: Vec::new(), found: &mut found }.gather(root, versions, "");
    }
    found.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    // A field may hold one structure in some versions and another in others, with a field of the same name.
    found.dedup_by(|next, place| {
        let same = (place.kind, &place.path) == (next.kind, &next.path);
        place.versions = if same { place.versions.union(next.versions) } else { place.versions };
        same
    });
    found
}

/// A walk through the structures of one kind of document.
struct Search<'f> {
    kind: &'static str,
    inside: Vec<&'static str>,
    found: &'f mut Vec<Place>,
}

impl Search<'_> {
    fn gather(&mut self, at: &'static Type, versions: VersionSet, path: &str) {
        if self.inside.contains(&at.name) || self.inside.len() > MAX_DEPTH {
            return;
        }
        self.inside.push(at.name);
        for field in at.fields {
            let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
            for variant in field.variants {
                let versions = versions.intersection(variant.versions);
                if versions.is_empty() {
                    continue;
                }
                self.found.push(Place { kind: self.kind, path: path.clone(), versions });
                if let Some(inner) = tables::structure_in(&variant.shape) {
                    self.gather(inner, versions, &format!("{path}{}", steps_into(&variant.shape)));
                }
            }
        }
        self.inside.pop();
    }
}

/// The steps from a field to the structure in it.
fn steps_into(shape: &Shape) -> String {
    match shape.value() {
        Shape::List(inner) => format!("[]{}", steps_into(inner)),
        Shape::Map(inner) => format!(".*{}", steps_into(inner)),
        _ => String::new(),
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
