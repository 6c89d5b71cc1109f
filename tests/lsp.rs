//! The language server as an editor meets it: over standard input and output.

#![allow(clippy::unwrap_used, clippy::panic, clippy::needless_pass_by_value, reason = "a test that cannot go on fails")]

#[path = "lsp/across.rs"]
mod across;
#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/cluster.rs"]
mod cluster;
#[path = "lsp/commands.rs"]
mod commands;
#[path = "lsp/completion.rs"]
mod completion;
#[path = "lsp/completion_edits.rs"]
mod completion_edits;
#[path = "lsp/documents.rs"]
mod documents;
#[path = "lsp/effective.rs"]
mod effective;
#[path = "lsp/features.rs"]
mod features;
#[path = "lsp/fixes.rs"]
mod fixes;
#[path = "lsp/hover.rs"]
mod hover;
#[path = "lsp/lenses.rs"]
mod lenses;
#[path = "lsp/life.rs"]
mod life;
#[path = "lsp/machines.rs"]
mod machines;
#[path = "lsp/model.rs"]
mod model;
#[path = "../analyzer/benches/measure/repository.rs"]
#[allow(dead_code, reason = "benchmarks use the rest")]
mod repository;
#[path = "lsp/workspace.rs"]
mod workspace;
