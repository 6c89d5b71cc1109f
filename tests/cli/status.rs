//! How the program exits.

use crate::place::{CLEAN, ERROR, FOREIGN, INFO, Place, WARNING};
use snapbox::str;

#[test]
fn the_exit_status_says_whether_something_was_found_that_counts() {
    let place =
        Place::with(&[("clean.yaml", CLEAN), ("info.yaml", INFO), ("warning.yaml", WARNING), ("error.yaml", ERROR)]);
    let expected = [
        // --fail-on, then the status with nothing, an info, a warning and an error.
        ("", [0, 0, 1, 1]),
        ("--fail-on error", [0, 0, 0, 1]),
        ("--fail-on warning", [0, 0, 1, 1]),
        ("--fail-on info", [0, 1, 1, 1]),
        ("--fail-on never", [0, 0, 0, 0]),
    ];
    for (option, statuses) in expected {
        for (file, status) in ["clean.yaml", "info.yaml", "warning.yaml", "error.yaml"].into_iter().zip(statuses) {
            for format in ["text", "json"] {
                place.check(&format!("{file} {option} --format {format}")).assert().code(status);
            }
        }
    }
}

#[test]
fn the_worst_file_decides() {
    let place = Place::with(&[("clean.yaml", CLEAN), ("warning.yaml", WARNING), ("foreign.yaml", FOREIGN)]);
    place.check(".").assert().code(1);
    place.check("clean.yaml foreign.yaml").assert().code(0);
}

#[test]
fn nothing_to_check_is_told_and_has_a_status_of_its_own() {
    let place = Place::with(&[("foreign.yaml", FOREIGN), ("empty.yaml", ""), ("comment.yaml", "# nothing\n")]);
    for path in [".", "foreign.yaml", "empty.yaml", "comment.yaml"] {
        place.check(path).assert().code(3).stdout_eq("").stderr_eq(str![[r#"
talint: nothing was checked: there is no Talos configuration among the paths

"#]]);
    }
    let report = place.check(". --format json").assert().code(3).get_output().stdout.clone();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["summary"]["files"], 0);
}

#[test]
fn for_hooks_nothing_to_check_may_be_fine() {
    let place = Place::with(&[("foreign.yaml", FOREIGN), ("warning.yaml", WARNING)]);
    place.check("--allow-nothing foreign.yaml").assert().code(0).stdout_eq("");
    place.check("--allow-nothing foreign.yaml warning.yaml").assert().code(1);
    place.check("--allow-nothing missing.yaml").assert().code(2);
}

#[test]
fn wrong_usage_is_told() {
    let place = Place::with(&[("a.yaml", CLEAN)]);
    for arguments in
        ["--no-such-option", "--fail-on always", "--format xml", "--profile soft", "--color blue", "--mode boat"]
    {
        place.check(arguments).assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: [..]
...
"#]]);
    }
}

#[test]
fn help_names_the_exit_statuses() {
    let place = Place::with(&[]);
    place.check("--help").assert().code(0).stderr_eq("").stdout_eq(str![[r#"
...
Exit status:
  0  nothing found at or above --fail-on
  1  something found
  2  wrong usage, or a file that cannot be read (the others are still checked)
  3  nothing to check: no Talos file among the paths

"#]]);
}
