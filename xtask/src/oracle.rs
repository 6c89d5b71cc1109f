//! Builds and asks the oracles: Talos's own configuration loader, one binary a minor version.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The Talos minor versions there is an oracle for, oldest first.
pub(crate) const VERSIONS: [&str; 6] = ["1.9", "1.10", "1.11", "1.12", "1.13", "1.14"];

/// The Go module that the oracles are made of.
pub(crate) const MODULE: &str = "github.com/siderolabs/talos/pkg/machinery";

/// `cargo xtask oracle-bin`: builds every oracle to `target/oracle/talos-1.N`.
pub(crate) fn build_all(_arguments: &[String]) -> Result<(), String> {
    for version in VERSIONS {
        println!("{}", build(version)?.display());
    }
    Ok(())
}

/// `cargo xtask generate`: writes the configurations that each version generates to `corpus/generated`, and
/// commented as talosctl writes them to `target/oracle/generated`.
///
/// The comments are Talos's own documentation, so files with them are made where they are needed, not kept.
pub(crate) fn generate(_arguments: &[String]) -> Result<(), String> {
    let secrets = workspace().join("tests/oracle/secrets.yaml");
    for version in VERSIONS {
        let binary = build(version)?;
        for (command, folder) in [("generate-plain", "corpus/generated"), ("generate", "target/oracle/generated")] {
            let folder = workspace().join(folder).join(format!("talos-{version}"));
            run(Command::new(&binary).arg(command).arg(&secrets).arg(folder))?;
        }
    }
    Ok(())
}

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// The folder of the Go module of a version's oracle.
fn module(version: &str) -> PathBuf {
    workspace().join("tests/oracle/go").join(format!("talos-{version}"))
}

/// Builds the oracle of a version and gives its path. Go rebuilds only what changed.
pub(crate) fn build(version: &str) -> Result<PathBuf, String> {
    let binary = workspace().join("target/oracle").join(format!("talos-{version}"));
    run(Command::new("go")
        .args(["build", "-trimpath", "-buildvcs=false", "-o"])
        .arg(&binary)
        .arg(".")
        .current_dir(module(version)))?;
    Ok(binary)
}

/// The folder that holds the source of the Talos module that a version's oracle is made of.
pub(crate) fn module_source(version: &str) -> Result<PathBuf, String> {
    let output = run(Command::new("go").args(["list", "-m", "-f", "{{.Dir}}", MODULE]).current_dir(module(version)))?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output).trim()))
}

/// Runs a command to its end and gives its output.
pub(crate) fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end()))
    }
}
