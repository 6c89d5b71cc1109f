//! What a maintainer runs: `cargo xtask COMMAND`.

mod agreement;
mod merge;
mod migrate;
mod oracle;
mod scalars;
mod schema;
mod test;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND
  generate     writes corpus/generated and, with comments, target/oracle/generated
  oracle       records the verdicts of every version: tests/oracle and tests/agreement/verdicts
    --sample N       asks about N variants a version whether the verdicts are still those recorded
    --fuzz SEED      compares talint with every version on variants of another seed
  merge        records what every version makes of bases and patches: tests/merge
    --fuzz SEED      compares talint with every version on cases of another seed
    --fixtures       compares talint with every version on the patches that Talos tests itself with
  migrate      asks whether Talos sees the same in configurations and in what is made of them: tests/migrate
    --accept         writes what is made of the cases beside them first
    --fuzz SEED      asks about generated configurations with other fields in them
  oracle-bin   builds the oracles to target/oracle
  schema       writes analyzer/data/schema from the oracles
  test         runs all tests";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("generate") => oracle::generate(&arguments[1..]),
        Some("oracle") => agreement::run(&arguments[1..]),
        Some("merge") => merge::run(&arguments[1..]),
        Some("migrate") => migrate::run(&arguments[1..]),
        Some("oracle-bin") => oracle::build_all(&arguments[1..]),
        Some("test") => test::run(&arguments[1..]),
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
