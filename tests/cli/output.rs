//! Writing the report to a file: whole, or not at all.

use crate::place::{CLEAN, Place, WARNING};

#[test]
fn the_report_goes_to_the_file_and_nothing_to_standard_output() {
    let place = Place::with(&[("a.yaml", WARNING)]);
    place.check("a.yaml --format json --output report.json").assert().code(1).stdout_eq("").stderr_eq("");
    let report: serde_json::Value = serde_json::from_str(&place.read("report.json")).unwrap();
    assert_eq!(report["summary"]["warning"], 1);
    let printed = place.check("a.yaml --format json").output().unwrap().stdout;
    assert_eq!(place.read("report.json").as_bytes(), printed);
}

#[test]
fn an_older_report_is_replaced_and_nothing_is_left_beside_it() {
    let place = Place::with(&[
        ("a.yaml", CLEAN),
        (
            "report.txt",
            "old and longer than what takes its place, by far and by intent, so that a rest of it would be seen at the end of the file",
        ),
    ]);
    place.check("a.yaml --output report.txt").assert().code(0).stdout_eq("");
    let report = place.read("report.txt");
    assert!(report.starts_with("0 errors, 0 warnings, 0 info") && report.ends_with('\n'), "{report}");
    assert_eq!(place.names(), ["a.yaml", "report.txt"]);
}

#[test]
fn a_report_in_a_file_is_not_coloured_unless_that_is_asked_for() {
    let place = Place::with(&[("a.yaml", WARNING)]);
    place.check("a.yaml --output report.txt").assert().code(1);
    assert!(!place.read("report.txt").contains('\u{1b}'));
    place.check("a.yaml --output report.txt --color always").assert().code(1);
    assert!(place.read("report.txt").contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn permissions_are_those_of_the_file_that_was_there() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with(&[("a.yaml", CLEAN), ("report.txt", "old")]);
    let mode = |name: &str| std::fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o7777;
    for expected in [0o600, 0o640, 0o664] {
        std::fs::set_permissions(place.path("report.txt"), std::fs::Permissions::from_mode(expected)).unwrap();
        place.check("a.yaml --output report.txt").assert().code(0);
        assert_eq!(mode("report.txt"), expected);
    }
}

#[test]
fn a_folder_that_does_not_exist_is_told() {
    let place = Place::with(&[("a.yaml", WARNING)]);
    let run = place.check("a.yaml --output missing/report.txt").assert().code(2).stdout_eq("");
    let stderr = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(stderr.starts_with("talint: missing/report.txt: No such file or directory"), "{stderr}");
    assert_eq!(place.names(), ["a.yaml"]);
}

#[test]
fn a_folder_is_not_replaced_by_a_report() {
    let place = Place::with(&[("a.yaml", CLEAN), ("report/kept.txt", "kept")]);
    place.check("a.yaml --output report").assert().code(2).stdout_eq("");
    assert_eq!(place.read("report/kept.txt"), "kept");
    assert_eq!(place.names(), ["a.yaml", "report"]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_leaves_the_old_report_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with(&[("a.yaml", WARNING), ("kept/report.txt", "old")]);
    let set = |mode| std::fs::set_permissions(place.path("kept"), std::fs::Permissions::from_mode(mode)).unwrap();
    set(0o555);
    // Who may write everywhere has no such folder.
    if std::fs::write(place.path("kept/probe"), "").is_ok() {
        return;
    }
    place.check("a.yaml --output kept/report.txt").assert().code(2).stdout_eq("");
    set(0o755);
    assert_eq!(place.read("kept/report.txt"), "old");
}
