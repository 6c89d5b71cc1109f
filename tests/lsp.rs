//! The language server as an editor meets it: over standard input and output.

#![allow(clippy::unwrap_used, clippy::panic, clippy::needless_pass_by_value, reason = "a test that cannot go on fails")]

#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/commands.rs"]
mod commands;
#[path = "lsp/completion.rs"]
mod completion;
#[path = "lsp/completion_edits.rs"]
mod completion_edits;
#[path = "lsp/documents.rs"]
mod documents;
#[path = "lsp/features.rs"]
mod features;
#[path = "lsp/hover.rs"]
mod hover;
#[path = "lsp/life.rs"]
mod life;
#[path = "lsp/machines.rs"]
mod machines;
#[path = "lsp/model.rs"]
mod model;
