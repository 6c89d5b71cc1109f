//! The configurations that Talos generates, a pair a version.

use std::fmt::Write as _;
use std::path::Path;

/// `GENERATED`: minor version, configuration of a control-plane machine, configuration of a worker; oldest first.
pub(crate) fn templates(folder: &Path) -> String {
    let mut out = String::from("static GENERATED: &[(u8, &str, &str)] = &[\n");
    for minor in 9..=14_u8 {
        let read = |role: &str| {
            let path = folder.join(format!("talos-1.{minor}-{role}.yaml"));
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let _ = writeln!(out, "({minor}, {:?}, {:?}),", read("controlplane"), read("worker"));
    }
    out.push_str("];\n");
    out
}
