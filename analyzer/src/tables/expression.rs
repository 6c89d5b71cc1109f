//! The form of the table of names that expressions may use.

use crate::version::VersionSet;

/// A name that an expression in CEL may use.
#[derive(Debug)]
pub struct ExpressionName {
    /// What kind of expression has the variable or constant, or which variable has the field.
    pub scope: &'static str,
    /// The name.
    pub name: &'static str,
    /// The versions that have it.
    pub versions: VersionSet,
}
