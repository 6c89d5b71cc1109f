//! Reads Talos Linux machine configuration and finds what is wrong, weaker than the hardened defaults, or without
//! effect.
//!
//! The library does no I/O, spawns nothing and never panics on any input: bytes go in, findings come out. The stages
//! stand in one direction, each knowing only those before it; `ARCHITECTURE.md` maps them and a test holds them to it.

pub mod compliance;
pub mod config;
pub mod context;
pub mod directives;
pub mod edit;
pub mod effective;
pub mod expected;
pub mod explain;
pub mod expressions;
pub mod finding;
pub mod fix;
pub mod fixes;
pub mod fragment;
pub mod input;
pub mod project;
pub mod reference;
pub mod rule;
pub mod rules;
pub mod schema;
pub mod secrets;
pub mod settings;
pub mod syntax;
pub mod tables;
pub mod template;
pub mod text;
pub mod tools;
pub mod validation;
pub mod version;

mod analysis;
mod layered;
mod machine;
mod migrate;
mod source;
mod workspace;

pub use analysis::{Analysis, Options, analyze};
pub use layered::{LayeredAnalysis, Merged, REFUSING, analyze_layered, layered_settings};
pub use machine::{File, FileAnalysis, Files, Layer, Machine, NoFiles, generated, normalized};
pub use migrate::{Kept, Migration, Moved, migrate, migrate_field};
pub use source::{Position, Source};
pub use workspace::{
    Described, Gathered, Given, InOrder, Outcome, ToolFile, Workers, Workspace, analyze_described, check, describe,
    gather,
};
