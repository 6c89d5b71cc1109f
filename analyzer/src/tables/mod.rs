//! The knowledge of this crate, compiled in: documents, types, fields, enumerations and formats of every Talos version.
//!
//! The tables are made at build time from `analyzer/data`, so that start-up parses nothing. Nothing here looks at a
//! source.

mod decoder;
mod format;
mod hardening;
mod merge;
mod schema;

pub use decoder::{Decoder, NotWhole};
pub use format::{Format, Rejection};
pub use hardening::{CipherClass, CipherSuite, Sysctl, Weaker};
pub use merge::{
    Merge, MergeRule, merge_of_field, merge_of_form, unset_without, word_of_number, written_when_unset, zero_word,
};
pub use schema::{DocumentType, DocumentVariant, EnumVariant, Enumeration, Field, FieldVariant, Shape, Type};

/// What the build makes of `analyzer/data`; nobody reads it.
#[expect(clippy::unreadable_literal, reason = "the numbers are bounds of integer types, written by the build")]
mod generated {
    use super::{
        CipherClass, CipherSuite, DocumentType, DocumentVariant, EnumVariant, Enumeration, Field, FieldVariant, Format,
        Merge, MergeRule, Shape, Sysctl, Type, Weaker,
    };

    include!(concat!(env!("OUT_DIR"), "/schema.rs"));
    include!(concat!(env!("OUT_DIR"), "/merge.rs"));
    include!(concat!(env!("OUT_DIR"), "/sysctls.rs"));
    include!(concat!(env!("OUT_DIR"), "/cipher_suites.rs"));
}

use generated::{DOCUMENTS, SUITES, SYSCTLS};

/// The kind of the document that has no `kind`: the machine configuration proper.
pub const V1ALPHA1: &str = "v1alpha1";

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

/// The kernel parameters that Talos sets by itself, sorted by key.
#[must_use]
pub fn sysctls() -> &'static [Sysctl] {
    SYSCTLS
}

/// The cipher suites that Kubernetes knows, sorted by name.
#[must_use]
pub fn cipher_suites() -> &'static [CipherSuite] {
    SUITES
}
