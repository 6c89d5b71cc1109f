//! `cargo xtask test`: installs what the tests need and runs them all.

use std::process::Command;

/// Runs every test of the workspace, and, where Go is at hand, asks Talos itself about a sample.
pub fn run(_arguments: &[String]) -> Result<(), String> {
    // Cargo itself fetches all that the tests need; the verdicts of Talos are recorded in the repository.
    cargo(&["test", "--workspace", "--locked"])?;
    cargo(&["bench", "--workspace", "--no-run", "--locked"])?;
    crate::agreement::run(&["--sample".to_owned(), "200".to_owned()])?;
    crate::validation::run(&["--sample".to_owned(), "100".to_owned()])?;
    crate::merge::fixtures()
}

fn cargo(arguments: &[&str]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(arguments).status().map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo {}: {status}", arguments.join(" "))) }
}
