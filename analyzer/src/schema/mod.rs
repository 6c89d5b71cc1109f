//! What the decoder of one Talos version says of a document: unknown keys, wrong types, values out of their form, and
//! what is deprecated.
//!
//! The walk says what is so; what is made of it (severity, words) is for the rules.

mod elsewhere;
mod locate;
mod walk;

pub use elsewhere::{Place, all_places, closest, places};
pub use locate::{Located, locate, root_type};
pub use walk::{check, check_structure};

use crate::syntax::NodeRef;
use crate::tables::Shape;
use crate::text::Span;
use crate::version::VersionSet;

/// Something the decoder says of a node.
#[derive(Clone, Debug)]
pub struct Issue<'t, 's> {
    /// The node it is about: a key for issues of fields, a value for issues of values.
    pub node: NodeRef<'t, 's>,
    /// The bytes to show.
    pub span: Span,
    /// What it is.
    pub kind: IssueKind,
}

/// The kinds of issue.
#[derive(Clone, Debug)]
pub enum IssueKind {
    /// No version knows this key here.
    UnknownField {
        /// A known key of this place, spelt nearly so.
        closest: Option<&'static str>,
        /// Other places that have this key.
        elsewhere: Vec<Place>,
    },
    /// Other versions know this key here.
    FieldNotInVersion {
        /// The versions that do.
        versions: VersionSet,
    },
    /// No version knows this kind.
    UnknownKind {
        /// A kind spelt nearly so.
        closest: Option<&'static str>,
    },
    /// Other versions know this kind.
    KindNotInVersion {
        /// The versions that do.
        versions: VersionSet,
    },
    /// Nothing says what the document is.
    NoKind,
    /// The document has a kind, but its `apiVersion` is missing or not one that Talos has.
    WrongApiVersion {
        /// What it is; `None` when it is missing.
        found: Option<String>,
    },
    /// The decoder cannot take this node.
    WrongType {
        /// What it takes.
        expected: String,
        /// What is there.
        found: &'static str,
    },
    /// The value is not of its form.
    InvalidValue {
        /// What it should be: "a duration".
        expected: String,
        /// What is wrong, as a clause; empty where the expectation says it all.
        reason: String,
        /// Values that would do; examples, or all of them for a set of words.
        allowed: Vec<&'static str>,
        /// A word of the set, spelt nearly so.
        closest: Option<&'static str>,
        /// Whether the value is secret and must not be shown.
        secret: bool,
    },
    /// The field is deprecated.
    Deprecated {
        /// What stands in its place.
        replaced_by: &'static [&'static str],
    },
    /// A merge key where the decoder does not take one.
    MergeKey,
    /// A key that is not a scalar.
    KeyNotScalar,
    /// An alias inside of what it stands for.
    AliasCycle,
}

/// What a shape takes, as a noun: "a list", "a whole number from 0 to 65535".
#[must_use]
pub fn noun(shape: &Shape) -> String {
    match shape.value() {
        Shape::String => "a string".to_owned(),
        Shape::Bool => "true or false".to_owned(),
        Shape::Int { min, max } if *max > i128::from(u32::MAX) && *min < 0 => "a whole number".to_owned(),
        Shape::Int { min: 0, max } if *max > i128::from(u32::MAX) => "a whole number, not negative".to_owned(),
        Shape::Int { min, max } => format!("a whole number from {min} to {max}"),
        Shape::Float => "a number".to_owned(),
        Shape::Any | Shape::Pointer(_) => "any value".to_owned(),
        Shape::Format(format) => format.noun().to_owned(),
        Shape::Enum(_) => "a word that Talos knows here".to_owned(),
        Shape::Struct(_) | Shape::Map(_) => "a mapping".to_owned(),
        Shape::List(_) => "a list".to_owned(),
    }
}
