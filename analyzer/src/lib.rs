//! Reads Talos Linux machine configuration and finds what is wrong, weaker than the hardened defaults, or without
//! effect.
//!
//! The library does no I/O, spawns nothing and never panics on any input: bytes go in, findings come out. The stages
//! stand in one direction, each knowing only those before it; `ARCHITECTURE.md` maps them and a test holds them to it.

pub mod config;
pub mod context;
pub mod directives;
pub mod finding;
pub mod input;
pub mod reference;
pub mod rule;
pub mod rules;
pub mod schema;
pub mod secrets;
pub mod settings;
pub mod syntax;
pub mod tables;
pub mod text;
pub mod version;

mod analysis;
mod layered;
mod machine;

pub use analysis::{Analysis, Options, analyze};
pub use layered::{LayeredAnalysis, Position, Source, analyze_layered};
pub use machine::{File, FileAnalysis, Files, Layer, LayerAnalysis, Machine, analyze_machine, collect, generated};
