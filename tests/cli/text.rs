//! The output for people.

use crate::place::{CLEAN, ERROR, INFO, Place, WARNING, talint};
use snapbox::str;
use std::path::Path;

#[test]
fn the_look_is_held_on_an_example() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/examples/home-lab");
    talint(&folder, "check")
        .args(["node.yaml", "--color", "never"])
        .assert()
        .code(1)
        .stderr_eq("")
        .stdout_eq(snapbox::file!["home-lab.txt": Text]);
}

#[test]
fn a_clean_file_gives_the_line_that_sums_up() {
    let place = Place::with(&[("a.yaml", CLEAN), ("b.yaml", "# talint: talos=1.12\nmachine:\n  type: worker\n")]);
    place.check("a.yaml").assert().code(0).stderr_eq("").stdout_eq(str![[r#"
0 errors, 0 warnings, 0 info in 1 document of 1 file; Talos 1.14 (assumed, as nothing names a version)

"#]]);
    place.check(".").assert().code(0).stderr_eq("").stdout_eq(str![[r#"
0 errors, 0 warnings, 0 info in 2 documents of 2 files; Talos 1.12 (from the modeline) for 1 file, Talos 1.14 (assumed, as nothing names a version) for 1 file

"#]]);
}

#[test]
fn quiet_leaves_findings_alone() {
    let place = Place::with(&[("a.yaml", CLEAN), ("b.yaml", ERROR)]);
    place.check("a.yaml --quiet").assert().code(0).stderr_eq("").stdout_eq("");
    place.check(". -q").assert().code(1).stderr_eq("").stdout_eq(str![[r#"
error[schema/unknown-field]

  × Talos does not know the key `sysctl` here and refuses the file
   ╭─[b.yaml:3:3]
 2 │   type: worker
 3 │   sysctl: {}
   ·   ───┬──
   ·      ╰── machine.sysctl
   ╰────
  help: did you mean `sysctls`?


"#]]);
}

#[test]
fn statistics_count_the_findings_of_each_rule_most_first() {
    let place = Place::with(&[("a.yaml", WARNING), ("b.yaml", WARNING), ("c.yaml", ERROR), ("d.yaml", INFO)]);
    place.check(". --statistics").assert().code(1).stdout_eq(str![[r#"
...
     2  kubelet/pod-pids-limit
     1  schema/deprecated-field
     1  schema/unknown-field

1 error, 2 warnings, 1 info in 4 documents of 4 files; [..]
...

"#]]);
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let place = Place::with(&[("a.yaml", WARNING)]);
    let is_coloured = |command: snapbox::cmd::Command| command.output().unwrap().stdout.contains(&0x1b);
    // The output of a test is no terminal.
    assert!(!is_coloured(place.check("a.yaml")));
    assert!(!is_coloured(place.check("a.yaml --color auto")));
    assert!(!is_coloured(place.check("a.yaml --color never")));
    assert!(is_coloured(place.check("a.yaml --color always")));
    // What is asked for wins over the environment.
    assert!(is_coloured(place.check("a.yaml --color always").env("NO_COLOR", "1")));
    assert!(!is_coloured(place.check("a.yaml --color auto").env("NO_COLOR", "1")));
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let place = Place::with(&[("a.yaml", WARNING), ("b.yaml", ERROR)]);
    let coloured = String::from_utf8(place.check("--color always").output().unwrap().stdout).unwrap();
    let plain = String::from_utf8(place.check("--color never").output().unwrap().stdout).unwrap();
    assert_eq!(without_colour(&coloured), plain);
}

/// A text without the escape sequences of colours.
fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}
