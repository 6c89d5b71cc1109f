//! `cargo xtask schema`: writes the field tables of every Talos version to `analyzer/data/schema`.

/// Writes the tables.
pub fn run(_arguments: &[String]) -> Result<(), String> {
    Err("not written yet".to_owned())
}
