//! What a path of a document leads to.

use super::schema::{FieldVariant, Shape, Type};
use super::{SCHEMATIC_KIND, document_type, schematic};
use crate::version::VersionSet;
use std::iter::Peekable;

/// The step into an item of a list.
pub const ITEM: &str = "[]";

/// The step into a mapping with keys of the user's own.
pub const ANY_KEY: &str = "*";

/// A field, seen from the root of its document.
#[derive(Clone, Debug)]
pub struct FieldInfo {
    /// The kind of document; [`SCHEMATIC_KIND`] for a schematic.
    pub kind: &'static str,
    /// The way to the field: names of fields, [`ITEM`] and [`ANY_KEY`].
    pub steps: Vec<&'static str>,
    /// What the path says beyond the field: keys inside of a value whose keys are not Talos's, items of a list.
    pub rest: Vec<String>,
    /// What the field does on the machine, in a sentence or two.
    pub description: &'static str,
    /// What it is, per range of versions, oldest first; the ranges do not overlap.
    pub variants: Vec<PlacedVariant>,
}

/// A field in some versions, with what it inherits from the fields that it stands in.
#[derive(Clone, Copy, Debug)]
pub struct PlacedVariant {
    /// The versions that have it in this place.
    pub versions: VersionSet,
    /// What it takes.
    pub shape: &'static Shape,
    /// What stands in its place, when it or a field around it is deprecated.
    pub deprecated: Option<&'static [&'static str]>,
    /// Whether its value is secret and must never be shown.
    pub secret: bool,
}

impl FieldInfo {
    /// The way to the field as text: `machine.network.interfaces[].mtu`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.steps {
            if !path.is_empty() && *step != ITEM {
                path.push('.');
            }
            path.push_str(step);
        }
        path
    }

    /// The versions that have it in this place.
    #[must_use]
    pub fn versions(&self) -> VersionSet {
        self.variants.iter().fold(VersionSet::default(), |set, variant| set.union(variant.versions))
    }

    /// Whether its value is secret in any version.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.variants.iter().any(|variant| variant.secret)
    }

    /// Whether `steps` lead to what the path named: to the field, to an item of it, or, where its keys are not Talos's, to
    /// anything inside of it.
    pub fn leads_here<'a>(&self, mut steps: impl Iterator<Item = &'a str>) -> bool {
        let own = self.steps.iter().copied().chain(self.rest.iter().map(String::as_str));
        for own in own {
            match steps.next() {
                Some(step) if step == own || own == ANY_KEY || step == ANY_KEY => {}
                _ => return false,
            }
        }
        let is_open = self.variants.last().is_some_and(|variant| is_open(variant.shape));
        is_open || steps.all(|step| step == ITEM)
    }
}

/// The field at `path` of documents of kind `kind`, of any version. Lists may be stepped into in silence:
/// `machine.network.interfaces.mtu`, `interfaces[].mtu` and `interfaces[0].mtu` are the same field.
#[must_use]
pub fn field_at(kind: &str, path: &str) -> Option<FieldInfo> {
    let steps = steps_of(path);
    field_at_steps(kind, &steps.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The same for a path that is taken apart.
#[must_use]
pub fn field_at_steps(kind: &str, steps: &[&str]) -> Option<FieldInfo> {
    let (kind, versions, root) = root_of(kind)?;
    let mut info = FieldInfo { kind, steps: Vec::new(), rest: Vec::new(), description: "", variants: Vec::new() };
    let mut at = vec![Inside { structure: root, versions, deprecated: None, secret: false }];
    let mut steps = steps.iter().copied().peekable();
    while let Some(name) = steps.next() {
        let fields: Vec<_> = at.iter().filter_map(|inside| Some((inside, inside.structure.field(name)?))).collect();
        let (_, newest) = fields.last()?;
        info.steps.push(newest.name);
        info.description = newest.description;
        let placed =
            fields.iter().flat_map(|(inside, field)| field.variants.iter().map(|variant| inside.place(variant)));
        info.variants = placed.filter(|variant| !variant.versions.is_empty()).collect();
        at = info.variants.iter().filter_map(PlacedVariant::inside).collect();
        if at.is_empty() {
            break;
        }
        if !enter(&mut info, &mut steps) {
            return Some(info);
        }
    }
    info.rest.extend(steps.map(str::to_owned));
    let shape = info.variants.last()?.shape;
    let can_go_on =
        info.rest.is_empty() || is_open(shape) || is_list(shape) && info.rest.iter().all(|step| step == ITEM);
    can_go_on.then_some(info)
}

/// Steps from a list or a mapping of structures to what it holds; false when the path ends before that.
fn enter<'a>(info: &mut FieldInfo, steps: &mut Peekable<impl Iterator<Item = &'a str>>) -> bool {
    let mut around = info.variants.last().map(|variant| variant.shape.value());
    while let Some(Shape::List(inner) | Shape::Map(inner)) = around {
        let is_list = matches!(around, Some(Shape::List(_)));
        let named = if is_list { steps.next_if_eq(&ITEM) } else { steps.next() };
        if steps.peek().is_none() {
            info.rest.extend(named.map(str::to_owned));
            return false;
        }
        info.steps.push(if is_list { ITEM } else { ANY_KEY });
        around = Some(inner.value());
    }
    true
}

/// A structure on the way, with what holds of all that is in it.
struct Inside {
    structure: &'static Type,
    versions: VersionSet,
    deprecated: Option<&'static [&'static str]>,
    secret: bool,
}

impl Inside {
    fn place(&self, variant: &'static FieldVariant) -> PlacedVariant {
        PlacedVariant {
            versions: self.versions.intersection(variant.versions),
            shape: &variant.shape,
            deprecated: if variant.deprecated { Some(variant.replaced_by) } else { self.deprecated },
            secret: self.secret || variant.secret,
        }
    }
}

impl PlacedVariant {
    fn inside(&self) -> Option<Inside> {
        let structure = structure_in(self.shape)?;
        Some(Inside { structure, versions: self.versions, deprecated: self.deprecated, secret: self.secret })
    }
}

fn root_of(kind: &str) -> Option<(&'static str, VersionSet, &'static Type)> {
    if kind == SCHEMATIC_KIND {
        return Some((SCHEMATIC_KIND, VersionSet::all(), schematic()));
    }
    let document = document_type(kind)?;
    Some((document.kind, document.versions(), document.root))
}

/// The structure that a shape is, or that its items or values are.
#[must_use]
pub fn structure_in(shape: &'static Shape) -> Option<&'static Type> {
    match shape.value() {
        Shape::Struct(structure) => Some(structure),
        Shape::List(inner) | Shape::Map(inner) => structure_in(inner),
        _ => None,
    }
}

/// Whether a value has keys that are not Talos's.
fn is_open(shape: &Shape) -> bool {
    match shape.value() {
        Shape::Any => true,
        Shape::Map(inner) => !matches!(inner.value(), Shape::Struct(_)),
        Shape::List(inner) => is_open(inner),
        _ => false,
    }
}

fn is_list(shape: &Shape) -> bool {
    matches!(shape.value(), Shape::List(_))
}

/// Takes a path apart, as nodes have it (`machine.sysctls["kernel.kptr_restrict"]`) or people write it.
#[must_use]
pub fn steps_of(path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let quoted = inside.strip_prefix('"').and_then(|inside| inside.split_once("\"]"));
            let (step, after) = match quoted {
                Some((key, after)) => (key, after),
                None => (ITEM, inside.split_once(']').map_or("", |(_, after)| after)),
            };
            steps.push(step.to_owned());
            rest = after;
            continue;
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (step, after) = rest.split_at(end);
        if !step.is_empty() {
            steps.push(step.to_owned());
        } else if !after.starts_with('[') && !after.is_empty() {
            // Two dots: no path, but not without end either.
            steps.push(String::new());
        }
        rest = after;
    }
    steps
}
