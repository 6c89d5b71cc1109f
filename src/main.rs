//! The command line of talint.
fn main() {}
