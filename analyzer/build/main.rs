//! Turns the data of `analyzer/data` into Rust tables, and the files of `src/rules` into a registry, at build time.
//!
//! Wrong data stops the build with the file and the line.

// Wrong data is to stop the build, and cargo is spoken to on standard output.
#![allow(clippy::panic, clippy::expect_used, clippy::print_stdout)]

mod descriptions;
mod expressions;
mod generated;
mod kernel;
mod kubernetes;
mod merge;
mod migrations;
mod rules;
mod schema;
mod settings;
mod tsv;
mod upgrades;
mod validation;

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=src/rules");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    write(&out.join("schema.rs"), &schema::tables(&root.join("data/schema")));
    write(&out.join("merge.rs"), &merge::table(&root.join("data/schema")));
    write(&out.join("settings.rs"), &settings::settings(&root.join("data")));
    write(&out.join("sysctls.rs"), &settings::sysctls(&root.join("data")));
    write(&out.join("unused_fields.rs"), &settings::unused_fields(&root.join("data")));
    write(&out.join("sysctl_names.rs"), &settings::sysctl_names(&root.join("data")));
    write(&out.join("cipher_suites.rs"), &settings::cipher_suites(&root.join("data")));
    write(&out.join("denied_arguments.rs"), &settings::denied_arguments(&root.join("data")));
    write(&out.join("controls.rs"), &settings::controls(&root.join("data")));
    write(&out.join("expressions.rs"), &expressions::tables(&root.join("data")));
    write(&out.join("kernel.rs"), &kernel::tables(&root.join("data/kernel")));
    write(&out.join("kubernetes.rs"), &kubernetes::tables(&root.join("data")));
    write(&out.join("extensions.rs"), &schema::extensions(&root.join("data/schematic")));
    write(&out.join("kernel_rules.rs"), &kernel::rules(&root.join("data/kernel")));
    write(&out.join("validation_rules.rs"), &validation::rules(&root.join("data/validation")));
    write(&out.join("generated.rs"), &generated::templates(&root.join("data/generated")));
    write(&out.join("migrations.rs"), &migrations::table(&root.join("data")));
    write(&out.join("upgrades.rs"), &upgrades::table(&root.join("data")));
    write(&out.join("rules.rs"), &rules::registry(&root.join("src/rules")));
}

fn write(path: &Path, content: &str) {
    std::fs::write(path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
