//! The tables about migrations and upgrades name what the other tables know, and leave out nothing of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use talint_analyzer::tables::{self, KernelDefault, Migration, Shape, Type};
use talint_analyzer::version::TalosVersion;
use talint_analyzer::{rules, settings};

/// Whether `path` leads from a structure to something that `version` decodes; `None` stands for any version.
fn exists(root: &'static Type, path: &[&str], version: Option<TalosVersion>) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    let Some(field) = root.field(first) else { return false };
    let mut variants =
        field.variants.iter().filter(|variant| version.is_none_or(|version| variant.versions.contains(version)));
    variants.any(|variant| match variant.shape.value() {
        Shape::Struct(inner) => exists(inner, rest, version),
        // A key of the user's own, or anything at all.
        Shape::Map(_) | Shape::Any => true,
        _ => rest.is_empty(),
    })
}

/// The structure that the members of a list or mapping have.
fn member(root: &'static Type, path: &[&str]) -> &'static Type {
    let mut at = root;
    for (number, step) in path.iter().enumerate() {
        let shape = at.field(step).unwrap().variants[0].shape.value();
        at = match shape {
            Shape::Struct(inner) => inner,
            Shape::List(inner) | Shape::Map(inner) if number + 1 == path.len() => match inner.value() {
                Shape::Struct(inner) => inner,
                // Free-form members, such as pods.
                _ => return root,
            },
            _ => panic!("{path:?} leads to no structure"),
        };
    }
    at
}

fn base(row: &Migration) -> &'static Type {
    let root = tables::v1alpha1().root;
    row.each.map_or(root, |each| member(root, each))
}

#[test]
fn every_field_that_moves_exists_on_both_sides() {
    let mut wrong = Vec::new();
    for row in tables::migrations() {
        let document = tables::document_type(row.document).unwrap();
        let froms = row.fields.iter().map(|field| field.from).chain(row.dropped.iter().copied());
        let froms = froms.chain(row.scope.iter().copied()).chain(row.trigger);
        let conditions = row.when.iter().chain(row.needs).map(|condition| condition.path);
        for from in froms.chain(conditions).filter(|from| !exists(base(row), from, None)) {
            wrong.push(format!("{}: there is no field {}", row.document, from.join(".")));
        }
        if row.stays.is_some() {
            continue;
        }
        for version in TalosVersion::all().filter(|version| row.holds_in(*version)) {
            let tos = row.fields.iter().map(|field| field.to);
            let constants =
                row.constants.iter().filter(|constant| constant.since <= version.minor()).map(|constant| constant.to);
            for to in tos.chain(constants).filter(|to| !exists(document.root, to, Some(version))) {
                wrong.push(format!("{} has no {} in {version}", row.document, to.join(".")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Every field that a document takes the place of is moved by a row, or stays by one: nothing is passed over in silence.
#[test]
fn every_deprecated_field_with_a_document_has_a_row() {
    fn walk(root: &'static Type, path: &[&'static str], missing: &mut Vec<String>) {
        for field in root.fields {
            let Some(variant) = field.variant(TalosVersion::NEWEST) else { continue };
            let path: Vec<&str> = path.iter().copied().chain([field.name]).collect();
            let to_documents = variant.replaced_by.iter().any(|name| tables::document_type(name).is_some());
            let is_spoken_for = tables::migrations().iter().any(|row| {
                let own = row
                    .fields
                    .iter()
                    .map(|field| field.from)
                    .chain(row.dropped.iter().copied())
                    .chain(row.scope.iter().copied());
                let conditions = row.needs.iter().map(|condition| condition.path);
                let touches = |other: &[&str]| other.starts_with(&path) || path.starts_with(other);
                match row.each {
                    Some(each) => touches(each),
                    None => own.chain(conditions).any(|other| !other.is_empty() && touches(other)),
                }
            });
            if to_documents && !is_spoken_for {
                missing.push(path.join("."));
            }
            if let Shape::Struct(inner) = variant.shape.value() {
                walk(inner, &path, missing);
            }
        }
    }
    let mut missing = Vec::new();
    walk(tables::v1alpha1().root, &[], &mut missing);
    assert!(missing.is_empty(), "no row speaks of {missing:?}");
}

/// Defaults that changed for versions of Kubernetes only that a machine has long left.
const OF_NO_MATTER: [&str; 2] = ["apiserver.enable-admission-plugins", "apiserver.feature-gates"];

/// Every default that is another in a later version is told by a row.
#[test]
fn every_default_that_changes_has_a_row() {
    let settings_told: BTreeSet<&str> =
        tables::upgrades().iter().flat_map(|row| row.settings.iter().copied()).collect();
    let arguments_told: BTreeSet<&str> =
        tables::upgrades().iter().flat_map(|row| row.arguments.iter().copied()).collect();
    for id in &settings_told {
        assert!(settings::setting(id).is_some(), "there is no setting {id}");
    }
    let mut missing = Vec::new();
    for setting in settings::settings() {
        let changes =
            setting.defaults.iter().any(|default| default.versions.iter().count() < TalosVersion::all().len());
        // Of what no rule expects anything of, an upgrade says nothing: `render --settings --diff` does.
        let matters = rules::controls().iter().any(|control| control.setting == setting.id);
        if changes && matters && !OF_NO_MATTER.contains(&setting.id) && !settings_told.contains(setting.id) {
            missing.push(setting.id);
        }
    }
    let all = tables::kernel_defaults().iter().filter(|default| default.scope == KernelDefault::ALL);
    for default in all.filter(|default| default.versions.iter().count() < TalosVersion::all().len()) {
        if !arguments_told.contains(default.argument) {
            missing.push(default.argument);
        }
    }
    assert!(missing.is_empty(), "no row of upgrades.yaml speaks of {missing:?}");
}
