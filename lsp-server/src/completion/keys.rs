//! Keys: the fields of structures, and what stands where keys are not Talos's own.

use super::Place;
use super::cursor::Cursor;
use super::documentation::Subject;
use super::embedded;
use super::item::{Candidate, Rank};
use super::template::Template;
use talint_analyzer::expected::required_keys;
use talint_analyzer::schema;
use talint_analyzer::settings;
use talint_analyzer::syntax::NodeRef;
use talint_analyzer::tables::{self, Field, Shape, Type};
use talint_analyzer::version::TalosVersion;

/// How many words of a set are offered inside of a snippet; of more the user asks again.
const MAX_CHOICE: usize = 8;

/// The keys that can be added to `mapping`.
pub(super) fn keys(place: &Place<'_>, mapping: NodeRef<'_, '_>) -> Vec<Candidate> {
    let shape = schema::locate(place.input, mapping, place.version()).map(|located| *located.shape.value());
    let mut found = match shape {
        Some(Shape::Struct(structure)) => fields(place, structure, Some(mapping), &mapping.steps()),
        _ => Vec::new(),
    };
    let others = of_settings(place, mapping).into_iter().chain(embedded::keys(place, mapping));
    for other in others.filter(|other| mapping.entry(&other.label).is_none()) {
        match found.iter_mut().find(|known| known.label == other.label) {
            Some(known) => known.add(other),
            None => found.push(other),
        }
    }
    found
}

/// The fields of a structure at `path` that are not in `mapping` yet.
pub(super) fn fields(
    place: &Place<'_>,
    structure: &'static Type,
    mapping: Option<NodeRef<'_, '_>>,
    path: &[&str],
) -> Vec<Candidate> {
    let is_there = |name: &str| mapping.is_some_and(|mapping| mapping.entry(name).is_some());
    let required = required_keys(place.input.kind.name(), path, structure, place.version());
    let new = structure.fields.iter().filter(|field| !is_there(field.name));
    let mut found: Vec<Candidate> =
        new.filter_map(|field| candidate(place, structure, field, required.contains(&field.name))).collect();
    if mapping.is_some_and(|mapping| mapping.parent().is_some()) && !is_there("$patch") {
        let template = if place.cursor.is_quoted() { "$patch" } else { "$patch: delete" };
        let note = Some("takes this away, in a patch".to_owned());
        found.push(Candidate { rank: Rank::Seldom, note, ..Candidate::key("$patch", Template::of(template)) });
    }
    found
}

/// A field as a key, if the version has it.
fn candidate(place: &Place<'_>, structure: &Type, field: &Field, is_required: bool) -> Option<Candidate> {
    let variant = field.variant(place.version())?;
    let rank = match (variant.deprecated, is_required) {
        (true, _) => Rank::Last,
        (false, true) => Rank::First,
        (false, false) => Rank::Usual,
    };
    let template = template(place.cursor, field.name, variant.shape.value(), place.version());
    let key = Candidate::key(field.name, template).about(Subject::field(structure, field));
    Some(Candidate { is_deprecated: variant.deprecated, rank, ..key })
}

/// A key with what its value begins with.
pub(super) fn template(cursor: &Cursor<'_>, name: &str, shape: &Shape, version: TalosVersion) -> Template {
    if cursor.has_colon() || cursor.is_quoted() {
        return Template::of(name);
    }
    let style = cursor.style;
    let begun = Template::of(format!("{name}:"));
    if cursor.has_value_below() && !cursor.is_in_flow() {
        return begun;
    }
    match shape {
        Shape::Struct(_) | Shape::Map(_) if cursor.is_in_flow() => begun.text(" {").end().text("}"),
        Shape::List(_) if cursor.is_in_flow() => begun.text(" [").end().text("]"),
        Shape::Struct(_) | Shape::Map(_) => begun.line(style.step).end(),
        Shape::List(_) => begun.line(style.list).text("- ").end(),
        Shape::Bool => begun.text(" ").choice(&["true", "false"]),
        Shape::Enum(words) => match words.variant(version).map_or(&[][..], |variant| variant.values) {
            words @ [_, ..] if words.len() <= MAX_CHOICE && !words.contains(&"") => begun.text(" ").choice(words),
            _ => begun.text(" ").end(),
        },
        _ => begun.text(" ").end(),
    }
}

/// Keys below places where anything may be written, that settings stand at: arguments of components, fields of the
/// kubelet's configuration, kernel parameters.
fn of_settings(place: &Place<'_>, mapping: NodeRef<'_, '_>) -> Vec<Candidate> {
    let path = mapping.steps();
    let mut found = Vec::new();
    if path.contains(&tables::ITEM) {
        return found;
    }
    let version = place.version();
    for setting in settings::settings() {
        let is_here = |at: &&settings::SettingPlace| {
            at.document == place.input.kind.name()
                && at.versions.contains(version)
                && at.combine != settings::Combine::Denied
        };
        for at in setting.places.iter().filter(is_here) {
            let key = step_behind(at.path, &path).filter(|key| !matches!(*key, tables::ANY_KEY | tables::ITEM));
            let Some(key) = key else { continue };
            let is_last = at.path.len() == path.len() + 1;
            let shape = if is_last { Shape::String } else { Shape::Map(&Shape::Any) };
            let default = setting.default_in(version).filter(|default| is_last && !default.is_empty());
            let note = default.map(|default| format!("default {default}"));
            let subject = is_last.then(|| Subject::Setting(setting.id.to_owned()));
            found.push(Candidate {
                note,
                subject,
                ..Candidate::key(key, template(place.cursor, key, &shape, version))
            });
        }
    }
    found
}

/// The step of a way that comes behind `path`.
fn step_behind(way: &[&'static str], path: &[&str]) -> Option<&'static str> {
    let is_same = |(step, key): (&&str, &&str)| *step == tables::ANY_KEY || step == key;
    let begins = way.len() > path.len() && way.iter().zip(path).all(is_same);
    way.get(path.len()).copied().filter(|_| begins)
}
