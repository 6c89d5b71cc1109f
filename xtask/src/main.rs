//! What a maintainer runs: `cargo xtask COMMAND`.

mod oracle;
mod scalars;
mod schema;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND
  generate     writes corpus/generated and, with comments, target/oracle/generated
  oracle-bin   builds the oracles to target/oracle
  scalars      records in tests/oracle how each version decodes values and documents
  schema       writes analyzer/data/schema from the oracles";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("generate") => oracle::generate(&arguments[1..]),
        Some("oracle-bin") => oracle::build_all(&arguments[1..]),
        Some("scalars") => scalars::run(&arguments[1..]),
        Some("schema") => schema::run(&arguments[1..]),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
