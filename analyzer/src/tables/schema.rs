//! The form of the schema tables.

use super::format::Format;
use super::merge::MergeRule;
use crate::version::{TalosVersion, VersionSet};

/// A kind of document.
#[derive(Debug)]
pub struct DocumentType {
    /// The `kind`; [`super::V1ALPHA1`] for the document that has none.
    pub kind: &'static str,
    /// What it holds.
    pub root: &'static Type,
    /// The field that tells several documents of this kind apart; `None` when there can only be one.
    pub name_field: Option<&'static str>,
    /// What holds of it, per range of versions; the ranges do not overlap.
    pub variants: &'static [DocumentVariant],
}

/// A kind of document in some versions.
#[derive(Debug)]
pub struct DocumentVariant {
    /// The versions, which decode it.
    pub versions: VersionSet,
    /// Whether Talos accepts it on control-plane machines only.
    pub controlplane_only: bool,
    /// Kinds that may not stand beside it, with the same name if named.
    pub conflicts_with: &'static [&'static str],
    /// The fields that name a network link which no other document may configure too, as paths with dots.
    pub claims_link: &'static [&'static str],
}

impl DocumentType {
    /// The versions that decode it.
    #[must_use]
    pub fn versions(&self) -> VersionSet {
        self.variants.iter().fold(VersionSet::default(), |set, variant| set.union(variant.versions))
    }

    /// What holds of it in `version`.
    #[must_use]
    pub fn variant(&self, version: TalosVersion) -> Option<&'static DocumentVariant> {
        self.variants.iter().find(|variant| variant.versions.contains(version))
    }
}

/// A structure: a mapping with known keys.
#[derive(Debug)]
pub struct Type {
    /// Its name, as Talos's own packages have it: `v1alpha1.Device`.
    pub name: &'static str,
    /// What the document is for that it is the root of, in a sentence or two; empty for structures inside of others,
    /// which the fields that hold them describe.
    pub description: &'static str,
    /// Its fields of all versions, sorted by name.
    pub fields: &'static [Field],
}

impl Type {
    /// The field `name`, of any version.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.binary_search_by(|field| field.name.cmp(name)).ok().map(|index| &self.fields[index])
    }
}

/// A field of a structure.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it does on the machine, in a sentence or two.
    pub description: &'static str,
    /// What it is, per range of versions; the ranges do not overlap.
    pub variants: &'static [FieldVariant],
    /// How patches merge into it, where its type alone does not say it.
    pub merge: &'static [MergeRule],
}

impl Field {
    /// How patches merge into it in `version`, where its type alone does not say it.
    #[must_use]
    pub fn merge(&self, version: TalosVersion) -> Option<&'static MergeRule> {
        self.merge.iter().find(|rule| rule.versions.contains(version))
    }

    /// What the field is in `version`.
    #[must_use]
    pub fn variant(&self, version: TalosVersion) -> Option<&'static FieldVariant> {
        self.variants.iter().find(|variant| variant.versions.contains(version))
    }

    /// The versions that have it.
    #[must_use]
    pub fn versions(&self) -> VersionSet {
        self.variants.iter().fold(VersionSet::default(), |set, variant| set.union(variant.versions))
    }
}

/// A field in some versions.
#[derive(Debug)]
pub struct FieldVariant {
    /// The versions.
    pub versions: VersionSet,
    /// What it takes.
    pub shape: Shape,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// What stands in its place when it is deprecated: kinds of documents, or paths.
    pub replaced_by: &'static [&'static str],
    /// Whether its value is secret and must never be shown.
    pub secret: bool,
    /// Whether Talos's own JSON schema calls for it.
    pub required: bool,
}

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Text; any scalar will do.
    String,
    /// True or false.
    Bool,
    /// A whole number within bounds.
    Int {
        /// The least.
        min: i128,
        /// The greatest.
        max: i128,
    },
    /// A number.
    Float,
    /// Anything at all.
    Any,
    /// Text or a number in a form of its own.
    Format(Format),
    /// One of several words.
    Enum(&'static Enumeration),
    /// A structure.
    Struct(&'static Type),
    /// A sequence.
    List(&'static Shape),
    /// A mapping with keys of the user's own.
    Map(&'static Shape),
    /// The same, by pointer: matters where null is refused.
    Pointer(&'static Shape),
}

impl Shape {
    /// The shape without pointers around it.
    #[must_use]
    pub fn value(&self) -> &Shape {
        let mut shape = self;
        while let Shape::Pointer(inner) = shape {
            shape = inner;
        }
        shape
    }
}

/// A set of words.
#[derive(Debug)]
pub struct Enumeration {
    /// Its name, as Talos's own packages have it.
    pub name: &'static str,
    /// The words, per range of versions.
    pub variants: &'static [EnumVariant],
}

/// The words of an enumeration in some versions.
#[derive(Debug)]
pub struct EnumVariant {
    /// The versions.
    pub versions: VersionSet,
    /// Whether upper and lower case are told apart.
    pub exact_case: bool,
    /// The words.
    pub values: &'static [&'static str],
}

impl Enumeration {
    /// The words in `version`.
    #[must_use]
    pub fn variant(&self, version: TalosVersion) -> Option<&'static EnumVariant> {
        self.variants.iter().find(|variant| variant.versions.contains(version))
    }
}

impl EnumVariant {
    /// Whether `text` is one of the words.
    #[must_use]
    pub fn accepts(&self, text: &str) -> bool {
        if !self.exact_case {
            return self.values.iter().any(|value| value.eq_ignore_ascii_case(text));
        }
        // Where numbers are among the words, any notation of one will do: `+1`, `00`.
        let number = |text: &str| text.parse::<i64>().ok();
        self.values.iter().any(|value| *value == text || number(value).is_some_and(|value| number(text) == Some(value)))
    }
}

/// A field of the machine configuration that Talos accepts and nobody reads.
#[derive(Debug)]
pub struct UnusedField {
    /// The way to it.
    pub path: &'static [&'static str],
    /// The versions in which nobody reads it.
    pub versions: VersionSet,
    /// Why, as a clause.
    pub because: &'static str,
}

/// An object of Kubernetes inside of a field where Talos takes anything. What is in it is not held to the table, for
/// Talos does not read it and versions of Kubernetes differ; it says what can be written.
#[derive(Debug)]
pub struct Embedded {
    /// The kind of document.
    pub document: &'static str,
    /// The way to the field; `[]` is every item of a list.
    pub path: &'static [&'static str],
    /// The key beside the field, and its value, that tell what the object is.
    pub beside: Option<(&'static str, &'static str)>,
    /// What it is.
    pub root: &'static Type,
}

/// A field whose value is the name of something that a document configures.
#[derive(Debug)]
pub struct Name {
    /// The kind of document.
    pub document: &'static str,
    /// The way to the field; `[]` is every item of a list.
    pub path: &'static [&'static str],
    /// What is named, `link` or `volume`: the same name in two spaces is of two things.
    pub space: &'static str,
    /// Whether the document configures what is named; else it refers to it.
    pub defines: bool,
}

/// A system extension that the Image Factory puts into an image by its name.
#[derive(Debug)]
pub struct Extension {
    /// The name.
    pub name: &'static str,
    /// The versions of Talos that it is made for.
    pub versions: VersionSet,
}
