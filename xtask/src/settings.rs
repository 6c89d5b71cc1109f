//! `cargo xtask settings`: what the generated configurations give a machine, for `tests/settings.rs`.

use crate::oracle::{VERSIONS, workspace, write_recorded};
use std::process::Command;

/// Records the settings of the generated configuration of each version and role. What changes is to be read.
pub(crate) fn run(_arguments: &[String]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    for version in VERSIONS {
        for role in ["controlplane", "worker"] {
            let folder = workspace().join(format!("corpus/generated/talos-{version}"));
            let name = format!("{role}.yaml");
            let output = Command::new(&cargo)
                .args(["run", "--quiet", "--package", "talint", "--", "render", &name, "--settings"])
                .current_dir(folder)
                .output()
                .map_err(|error| format!("cargo: {error}"))?;
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).into_owned());
            }
            let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
            write_recorded(&format!("tests/settings/talos-{version}-{role}.txt"), &text)?;
        }
    }
    Ok(())
}
