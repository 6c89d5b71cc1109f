//! The way from a node to what the tables say of its place.

use crate::input::{Input, InputKind};
use crate::syntax::{Kind, NodeRef};
use crate::tables::{self, Embedded, Field, Shape, Type};
use crate::version::TalosVersion;

/// What the tables say of the place where a value stands.
#[derive(Clone, Copy, Debug)]
pub struct Located {
    /// What the place takes.
    pub shape: Shape,
    /// The field that the value is of, with the structure that has it; `None` for the root, for items of lists and for
    /// values under keys of the user's own.
    pub field: Option<(&'static Type, &'static Field)>,
}

/// The structure that the root of a document is.
#[must_use]
pub fn root_type(input: &Input<'_, '_>) -> Option<&'static Type> {
    match input.kind {
        InputKind::MachineConfig { .. } => Some(tables::v1alpha1().root),
        InputKind::Document(document) => Some(document.root),
        InputKind::Schematic => Some(tables::schematic()),
        _ => None,
    }
}

/// What the tables say of the place of `node`, a value of the document `input`. A field that `version` does not have is
/// looked up in the newest that does. `None` for keys, and where anything may be written.
#[must_use]
pub fn locate(input: &Input<'_, '_>, node: NodeRef<'_, '_>, version: TalosVersion) -> Option<Located> {
    // From the node up to the root, then down along the tables.
    let mut steps = Vec::new();
    let mut at = node;
    while let Some(parent) = at.parent() {
        steps.push((parent.kind(), at));
        at = parent;
    }
    let mut located = Located { shape: Shape::Struct(root_type(input)?), field: None };
    let mut path: Vec<&str> = Vec::new();
    for (kind, node) in steps.into_iter().rev() {
        path.push(node.key().map_or("[]", NodeRef::value));
        located = match (located.shape.value(), kind) {
            (Shape::Struct(structure), Kind::Mapping) => {
                let field = structure.field(node.key()?.value())?;
                let variant = field.variant(version).or(field.variants.last())?;
                Located { shape: variant.shape, field: Some((structure, field)) }
            }
            (Shape::Map(inner), Kind::Mapping) if node.key().is_some() => Located { shape: **inner, field: None },
            (Shape::List(inner), Kind::Sequence) => Located { shape: **inner, field: None },
            _ => return None,
        };
        if let Some(object) = embedded(input.kind.name(), &path, node) {
            located.shape = Shape::Struct(object);
        }
    }
    Some(located)
}

/// The object of Kubernetes that `node` is, by its way and by what stands beside it.
fn embedded(document: &str, path: &[&str], node: NodeRef<'_, '_>) -> Option<&'static Type> {
    let beside = |key: &str| node.parent().and_then(|parent| parent.get(key)).map(NodeRef::value);
    let is_it = |object: &&Embedded| {
        object.document == document
            && object.path == path
            && object.beside.is_none_or(|(key, value)| beside(key) == Some(value))
    };
    tables::embedded().iter().find(is_it).map(|object| object.root)
}
