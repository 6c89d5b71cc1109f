//! The command line as its user runs it: the program itself, its arguments, what it prints where, and how it exits.
//!
//! Expected output stands beside each test; `SNAPSHOTS=overwrite cargo test --test cli` writes it anew.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]
#![allow(clippy::needless_raw_string_hashes, reason = "the form in which snapbox writes what is expected")]

#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/failures.rs"]
mod failures;
#[path = "cli/fix.rs"]
mod fix;
#[path = "cli/json.rs"]
mod json;
#[path = "cli/machines.rs"]
mod machines;
#[path = "cli/options.rs"]
mod options;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/paths.rs"]
mod paths;
#[path = "cli/place.rs"]
mod place;
#[path = "cli/project.rs"]
mod project;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/status.rs"]
mod status;
#[path = "cli/text.rs"]
mod text;
#[path = "cli/tools.rs"]
mod tools;
