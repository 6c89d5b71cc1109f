//! The knowledge of this crate, compiled in: documents, types, fields, enumerations and formats of every Talos version.
//!
//! The tables are made at build time from `analyzer/data`, so that start-up parses nothing. Nothing here looks at a
//! source.

mod decoder;
mod field_info;
mod format;
mod hardening;
mod kernel;
mod kubernetes;
mod merge;
mod migration;
mod schema;
mod upgrade;

pub use decoder::{Decoder, NotWhole};
pub use field_info::{ANY_KEY, FieldInfo, ITEM, PlacedVariant, field_at, field_at_steps, steps_of, structure_in};
pub use format::{Format, Rejection};
pub use hardening::{CipherClass, CipherSuite, DeniedArgument, Sysctl, SysctlName, Weaker};
pub use kernel::{CommonArgument, KernelDefault, RecommendedArgument, TalosArgument};
pub use kubernetes::{FeatureGate, NodeLabel, Stage};
pub use merge::{
    Merge, MergeRule, merge_of_field, merge_of_form, unset_without, word_of_number, written_when_unset, zero_word,
};
pub use migration::{Condition, Constant, Form, Migration, MovedField, Transform};
pub use schema::{
    DocumentType, DocumentVariant, Embedded, EnumVariant, Enumeration, Extension, Field, FieldVariant, Name, Shape,
    Type, UnusedField,
};
pub use upgrade::Upgrade;

/// What the build makes of `analyzer/data`; nobody reads it.
#[expect(clippy::unreadable_literal, reason = "the numbers are bounds of integer types, written by the build")]
mod generated {
    use super::{
        CipherClass, CipherSuite, CommonArgument, Condition, Constant, DeniedArgument, DocumentType, DocumentVariant,
        Embedded, EnumVariant, Enumeration, Extension, FeatureGate, Field, FieldVariant, Form, Format, KernelDefault,
        Merge, MergeRule, Migration, MovedField, Name, NodeLabel, RecommendedArgument, Shape, Stage, Sysctl,
        SysctlName, TalosArgument, Transform, Type, UnusedField, Upgrade, Weaker,
    };

    include!(concat!(env!("OUT_DIR"), "/schema.rs"));
    include!(concat!(env!("OUT_DIR"), "/merge.rs"));
    include!(concat!(env!("OUT_DIR"), "/sysctls.rs"));
    include!(concat!(env!("OUT_DIR"), "/sysctl_names.rs"));
    include!(concat!(env!("OUT_DIR"), "/cipher_suites.rs"));
    include!(concat!(env!("OUT_DIR"), "/unused_fields.rs"));
    include!(concat!(env!("OUT_DIR"), "/denied_arguments.rs"));
    include!(concat!(env!("OUT_DIR"), "/kernel.rs"));
    include!(concat!(env!("OUT_DIR"), "/kubernetes.rs"));
    include!(concat!(env!("OUT_DIR"), "/extensions.rs"));
    include!(concat!(env!("OUT_DIR"), "/migrations.rs"));
    include!(concat!(env!("OUT_DIR"), "/upgrades.rs"));
}

use generated::{
    COMMON_ARGUMENTS, DENIED_ARGUMENTS, DOCUMENTS, EMBEDDED, EXTENSIONS, FEATURE_GATES, KERNEL_DEFAULTS, MIGRATIONS,
    NAMES, NODE_LABELS, RECOMMENDED, SCHEMATIC, SUITES, SYSCTL_NAMES, SYSCTLS, TALOS_ARGUMENTS, TYPES, UNUSED_FIELDS,
    UPGRADES,
};

/// The kind of the document that has no `kind`: the machine configuration proper.
pub const V1ALPHA1: &str = "v1alpha1";

/// What a schematic of the Image Factory goes by, among the kinds of documents.
pub const SCHEMATIC_KIND: &str = "schematic";

/// The document kind called `kind`, of any version.
#[must_use]
pub fn document_type(kind: &str) -> Option<&'static DocumentType> {
    DOCUMENTS.binary_search_by(|document| document.kind.cmp(kind)).ok().map(|index| &DOCUMENTS[index])
}

/// All document kinds, sorted by kind.
#[must_use]
pub fn documents() -> &'static [DocumentType] {
    DOCUMENTS
}

/// The machine configuration proper.
#[must_use]
pub fn v1alpha1() -> &'static DocumentType {
    // A test holds the table to having it.
    document_type(V1ALPHA1).unwrap_or(&DOCUMENTS[0])
}

/// The nanoseconds of a duration as Go writes it: `1h30m`.
#[must_use]
pub fn duration(text: &str) -> Option<f64> {
    format::duration(text).ok()
}

/// The bytes of a size as go-humanize reads it: `10GiB`. Of one with a sign there are none.
#[must_use]
pub fn size(text: &str) -> Option<f64> {
    format::humanize_bytes(text).ok()
}

/// The objects of Kubernetes that stand inside of documents.
#[must_use]
pub fn embedded() -> &'static [Embedded] {
    EMBEDDED
}

/// The fields that name something, or refer to it.
#[must_use]
pub fn names() -> &'static [Name] {
    NAMES
}

/// What an Image Factory schematic holds.
#[must_use]
pub fn schematic() -> &'static Type {
    SCHEMATIC
}

/// The kernel parameters that Talos sets by itself, sorted by key.
#[must_use]
pub fn sysctls() -> &'static [Sysctl] {
    SYSCTLS
}

/// Kernel parameters by name, of Linux and of other systems, sorted by name.
#[must_use]
pub fn sysctl_names() -> &'static [SysctlName] {
    SYSCTL_NAMES
}

/// The cipher suites that Kubernetes knows, sorted by name.
#[must_use]
pub fn cipher_suites() -> &'static [CipherSuite] {
    SUITES
}

/// The arguments of components that Talos does not let a configuration give.
#[must_use]
pub fn denied_arguments() -> &'static [DeniedArgument] {
    DENIED_ARGUMENTS
}

/// The fields that Talos accepts and nobody reads.
#[must_use]
pub fn unused_fields() -> &'static [UnusedField] {
    UNUSED_FIELDS
}

/// The arguments that Talos puts on the kernel command line by itself, in their order.
#[must_use]
pub fn kernel_defaults() -> &'static [KernelDefault] {
    KERNEL_DEFAULTS
}

/// The kernel arguments that Talos itself reads.
#[must_use]
pub fn talos_arguments() -> &'static [TalosArgument] {
    TALOS_ARGUMENTS
}

/// The kernel arguments that are recommended and no default.
#[must_use]
pub fn recommended_arguments() -> &'static [RecommendedArgument] {
    RECOMMENDED
}

/// Which documents take the place of fields of the machine configuration, in the order they are written.
#[must_use]
pub fn migrations() -> &'static [Migration] {
    MIGRATIONS
}

/// What Talos does by itself otherwise from a version on, oldest first.
#[must_use]
pub fn upgrades() -> &'static [Upgrade] {
    UPGRADES
}

/// The kernel arguments that people write, beside those that are recommended and those that Talos reads.
#[must_use]
pub fn common_arguments() -> &'static [CommonArgument] {
    COMMON_ARGUMENTS
}

/// The feature gates of Kubernetes, sorted by name.
#[must_use]
pub fn feature_gates() -> &'static [FeatureGate] {
    FEATURE_GATES
}

/// The labels and taints of nodes that Kubernetes gives a meaning to.
#[must_use]
pub fn node_labels() -> &'static [NodeLabel] {
    NODE_LABELS
}

/// The official system extensions, sorted by name.
#[must_use]
pub fn extensions() -> &'static [Extension] {
    EXTENSIONS
}

/// The structure called `name`, as [`Type::name`] has it.
#[must_use]
pub fn structure(name: &str) -> Option<&'static Type> {
    let index = TYPES.binary_search_by(|structure| structure.name.cmp(name)).ok()?;
    TYPES.get(index).copied()
}
