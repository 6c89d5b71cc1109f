//! YAML text to a flat tree with exact byte spans.
//!
//! Nothing here knows what the YAML means. Parsing never fails: the result is a tree and a list of errors. Only
//! [`parse`] knows the YAML library; the rest of the project sees [`Tree`].

mod parse;
mod recover;
mod scalar;
mod strict;
mod tree;

pub use parse::{MAX_DEPTH, MAX_NODES};
pub use recover::parse;
pub(crate) use scalar::without_line_breaks;
pub use scalar::{Resolved, parse_float, resolve, resolve_scalar, resolve_text};
pub use tree::{Comment, Dialect, Document, Kind, Node, NodeId, NodeRef, Problem, ProblemKind, Style, Tree, plain};
