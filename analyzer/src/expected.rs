//! What Talos expects of a document: keys without which its validation refuses it, words that are the only ones it takes.

use crate::context::Mode;
use crate::rules;
use crate::tables::{self, Shape, Type};
use crate::validation::{Check, Clause, Condition, Place, Wrong};
use crate::version::TalosVersion;

/// What a machine configuration holds however little it says.
const IN_EVERY_CONFIGURATION: [&[&str]; 2] = [&["machine"], &["cluster", "controlPlane"]];

/// The keys that a mapping of `structure` at `path` of a document of the kind `document` must have, those that tell what the
/// document is and its name first. `[]` in the path is an item of a list, `*` a key of the user's own.
#[must_use]
pub fn required_keys(
    document: &str,
    path: &[&str],
    structure: &'static Type,
    version: TalosVersion,
) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    let mut add = |key: &str| {
        let is_current = |field: &&tables::Field| field.variant(version).is_some_and(|variant| !variant.deprecated);
        let field = structure.field(key).filter(is_current);
        if let Some(field) = field
            && !found.contains(&field.name)
        {
            found.push(field.name);
        }
    };
    if path.is_empty() {
        let name = tables::document_type(document).and_then(|document| document.name_field);
        ["apiVersion", "kind", "version"].into_iter().chain(name).for_each(&mut add);
    }
    let is_called_for =
        |field: &&tables::Field| field.variant(version).is_some_and(|variant| variant.required && !variant.deprecated);
    structure.fields.iter().filter(is_called_for).for_each(|field| add(field.name));
    let checks = rules::validation_checks().iter();
    for check in checks.filter(|check| check.versions.contains(version) && refuses_absence(check)) {
        if let Some(key) = check
            .scopes
            .iter()
            .find_map(|place| if place.document == document { missed(check, place.path, path) } else { None })
        {
            add(key);
        }
    }
    if document == tables::V1ALPHA1 {
        let is_current = |way: &&&[&str]| {
            let field = tables::field_at_steps(document, way);
            let variants = field.iter().flat_map(|field| &field.variants);
            let mut variants = variants.filter(|variant| variant.versions.contains(version));
            way.starts_with(path) && variants.any(|variant| variant.deprecated.is_none())
        };
        for way in IN_EVERY_CONFIGURATION.iter().filter(is_current) {
            way.get(path.len()).copied().into_iter().for_each(&mut add);
        }
    }
    found
}

/// Whether a check says something of every machine on which nothing is written.
fn refuses_absence(check: &Check) -> bool {
    let holds = matches!(&check.wrong, Wrong::Is(condition) if condition.holds_for_absent());
    holds
        && check.role.is_none()
        && matches!(check.mode, None | Some(Mode::Metal))
        && check.when.iter().all(holds_for_little)
}

/// Whether a clause holds where no more is written than what the check looks at.
fn holds_for_little(clause: &Clause) -> bool {
    let is_of_scope = clause.document.is_none() && clause.path.is_empty();
    clause.holds.holds_for_absent() || is_of_scope && matches!(clause.holds, Condition::Present)
}

/// The key that a check misses at `path`, when it looks at `scope`.
fn missed(check: &Check, scope: &[&'static str], path: &[&str]) -> Option<&'static str> {
    let way = || scope.iter().chain(check.field).copied();
    // What lies above the scope may be left out, and then nothing is looked at.
    let begins =
        scope.len() <= path.len() && way().zip(path).all(|(step, key)| step == *key || step == tables::ANY_KEY);
    if !begins {
        return None;
    }
    match (way().nth(path.len()), &check.wrong) {
        (Some(key), _) => Some(key),
        (None, Wrong::Is(Condition::LacksAll(keys) | Condition::AllEmpty(keys))) if way().count() == path.len() => {
            keys.first().copied()
        }
        _ => None,
    }
}

/// The words that are the only ones Talos takes at `path` of a document of the kind `document`, where any text could be
/// written; empty where it takes others too.
#[must_use]
pub fn words(document: &str, path: &[&str], version: TalosVersion) -> Vec<&'static str> {
    let is_here = |check: &&Check| {
        let leads_here = |place: &Place| {
            let way = || place.path.iter().chain(check.field);
            let is_same = |(step, key): (&&str, &&str)| step == key || *step == tables::ANY_KEY;
            place.document == document && way().count() == path.len() && way().zip(path).all(is_same)
        };
        check.versions.contains(version)
            && check.role.is_none()
            && check.when.iter().all(holds_for_little)
            && check.scopes.iter().any(leads_here)
    };
    let (mut taken, mut wrong): (&[&str], Vec<&str>) = (&[], vec![""]);
    for check in rules::validation_checks().iter().filter(is_here) {
        match check.wrong {
            Wrong::Is(Condition::NoneOf(words) | Condition::NoWord(words)) => taken = words,
            Wrong::Is(Condition::OneOf(words) | Condition::Word(words)) => wrong.extend(words),
            _ => {}
        }
    }
    taken.iter().copied().filter(|word| !wrong.contains(word)).collect()
}

/// A field of a document with the fields that it must have inside of it.
#[derive(Debug)]
pub struct RequiredField {
    /// The key.
    pub key: &'static str,
    /// What it takes.
    pub shape: &'static Shape,
    /// The only words that it takes; empty where it takes others.
    pub words: Vec<&'static str>,
    /// What must be in it; for a list, in its item.
    pub inside: Vec<RequiredField>,
}

/// How deep required fields are followed: a type may hold itself.
const MAX_DEPTH: usize = 8;

/// The fields that a document of the kind `document` must have, with those inside of them.
#[must_use]
pub fn required_fields(document: &str, version: TalosVersion) -> Vec<RequiredField> {
    let root = tables::document_type(document).map(|document| document.root);
    root.map_or_else(Vec::new, |root| fields_at(document, &mut Vec::new(), root, version))
}

fn fields_at(
    document: &str,
    path: &mut Vec<&'static str>,
    structure: &'static Type,
    version: TalosVersion,
) -> Vec<RequiredField> {
    if path.len() > MAX_DEPTH {
        return Vec::new();
    }
    let mut found = Vec::new();
    for key in required_keys(document, path, structure, version) {
        let Some(variant) = structure.field(key).and_then(|field| field.variant(version)) else { continue };
        path.push(key);
        let depth = path.len();
        let words = words(document, path, version);
        let mut shape = variant.shape.value();
        if let Shape::List(item) = shape {
            path.push(tables::ITEM);
            shape = item.value();
        }
        let inside = match shape {
            Shape::Struct(inner) => fields_at(document, path, inner, version),
            _ => Vec::new(),
        };
        path.truncate(depth - 1);
        found.push(RequiredField { key, shape: &variant.shape, words, inside });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{RequiredField, required_fields, words};
    use crate::version::TalosVersion;

    fn outline(fields: &[RequiredField]) -> String {
        let each = fields.iter().map(|field| match &*field.inside {
            [] => field.key.to_owned(),
            inside => format!("{}({})", field.key, outline(inside)),
        });
        each.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_talos_refuses_to_do_without_is_required() {
        let of = |kind: &str| outline(&required_fields(kind, TalosVersion::NEWEST));
        assert_eq!(of("HostnameConfig"), "apiVersion kind hostname");
        assert_eq!(of("UserVolumeConfig"), "apiVersion kind name provisioning(diskSelector(match) maxSize)");
        assert_eq!(of("VLANConfig"), "apiVersion kind name parent vlanID");
        assert_eq!(of("v1alpha1"), "version machine(type)");
        let before = TalosVersion::nearest(12);
        let of = |kind: &str| outline(&required_fields(kind, before));
        assert_eq!(of("v1alpha1"), "version machine(install(disk) type) cluster(controlPlane(endpoint))");
    }

    #[test]
    fn words_that_alone_are_taken_are_known() {
        let of = |document, path: &[&str]| words(document, path, TalosVersion::NEWEST);
        assert_eq!(of("v1alpha1", &["machine", "type"]), ["controlplane", "worker", "init"]);
        assert!(of("v1alpha1", &["machine", "token"]).is_empty());
    }
}
