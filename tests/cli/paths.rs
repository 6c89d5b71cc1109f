//! Which files are checked.

use crate::place::{CLEAN, ERROR, FOREIGN, Place, WARNING, files, found};
use snapbox::str;

#[test]
fn a_folder_is_searched_for_yaml_json_patches_and_command_lines() {
    let place = Place::with(&[
        ("a.yaml", CLEAN),
        ("b.yml", CLEAN),
        ("c.json", r#"{"machine": {"type": "worker"}}"#),
        ("d.cmdline", "talos.platform=metal console=tty0 init_on_free=1\n"),
        ("e.patch", CLEAN),
        ("f.txt", CLEAN),
        ("g", CLEAN),
        ("deep/down/here.yaml", CLEAN),
    ]);
    assert_eq!(files(&place.report(".")), ["a.yaml", "b.yml", "c.json", "d.cmdline", "deep/down/here.yaml", "e.patch"]);
}

#[test]
fn without_a_path_the_current_folder_is_searched() {
    let place = Place::with(&[("a.yaml", CLEAN), ("deep/b.yaml", CLEAN)]);
    assert_eq!(files(&place.report("")), ["a.yaml", "deep/b.yaml"]);
}

#[test]
fn names_in_the_output_are_those_given() {
    let place = Place::with(&[("deep/a.yaml", CLEAN)]);
    assert_eq!(files(&place.report("deep")), ["deep/a.yaml"]);
    assert_eq!(files(&place.report("deep/a.yaml")), ["deep/a.yaml"]);
    let whole = place.path("deep").display().to_string();
    assert_eq!(files(&place.report(&whole)), [place.path("deep/a.yaml").display().to_string()]);
}

#[test]
fn gitignore_is_honoured_with_and_without_a_repository() {
    let place = Place::with(&[
        (".gitignore", "generated/\n*.secret.yaml\n!kept.secret.yaml\n"),
        ("a.yaml", CLEAN),
        ("generated/b.yaml", ERROR),
        ("c.secret.yaml", ERROR),
        ("kept.secret.yaml", CLEAN),
        ("deep/.gitignore", "d.yaml\n"),
        ("deep/d.yaml", ERROR),
        ("deep/e.yaml", CLEAN),
    ]);
    let expected = ["a.yaml", "deep/e.yaml", "kept.secret.yaml"];
    assert_eq!(files(&place.report(".")), expected);
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    assert_eq!(files(&place.report(".")), expected);
}

#[test]
fn a_file_given_by_name_is_checked_whatever_its_ending_and_though_it_is_ignored() {
    let place = Place::with(&[(".gitignore", "*.txt\n"), ("node.txt", WARNING)]);
    assert_eq!(found(&place.report("node.txt")), ["node.txt kubelet/pod-pids-limit 4"]);
}

#[test]
fn hidden_folders_are_searched_but_not_the_store_of_git() {
    let place = Place::with(&[(".clusters/a.yaml", CLEAN), (".git/b.yaml", CLEAN), ("deep/.git/c.yaml", CLEAN)]);
    assert_eq!(files(&place.report(".")), [".clusters/a.yaml"]);
}

#[test]
fn a_file_is_checked_once_however_often_it_is_named() {
    let place = Place::with(&[("deep/a.yaml", CLEAN)]);
    assert_eq!(files(&place.report("deep/a.yaml deep deep/a.yaml")), ["deep/a.yaml"]);
}

#[test]
fn what_is_not_talos_is_passed_over() {
    let place = Place::with(&[("a.yaml", CLEAN), ("b.yaml", FOREIGN)]);
    assert_eq!(files(&place.report(".")), ["a.yaml"]);
}

#[test]
fn a_minus_is_standard_input() {
    let place = Place::with(&[]);
    place.check("- --quiet").stdin(WARNING).assert().code(1).stderr_eq("").stdout_eq(str![[r#"
warning[kubelet/pod-pids-limit]

  ⚠ `podPidsLimit` is `-1`: one pod may start processes until the machine has no process ids left
   ╭─[<stdin>:4:21]
 3 │     extraConfig:
 4 │       podPidsLimit: -1
   ·                     ─┬
   ·                      ╰── machine.kubelet.extraConfig.podPidsLimit
   ╰────
  help: [..]
...
"#]]);
}

#[test]
fn standard_input_has_the_name_that_is_given() {
    let place = Place::with(&[]);
    let command = place.check("- --stdin-filename nodes/north.yaml --format json").stdin(WARNING);
    assert_eq!(found(&crate::place::parse(command)), ["nodes/north.yaml kubelet/pod-pids-limit 4"]);
}

#[test]
fn standard_input_and_files_may_stand_together() {
    let place = Place::with(&[("a.yaml", CLEAN)]);
    let command = place.check("a.yaml - - --format json").stdin(WARNING);
    let report = crate::place::parse(command);
    assert_eq!(files(&report), ["a.yaml", "<stdin>"]);
}

#[test]
fn findings_of_several_files_come_in_the_order_of_the_files() {
    let place = Place::with(&[("b.yaml", WARNING), ("a.yaml", ERROR), ("c/d.yaml", ERROR)]);
    let expected =
        ["a.yaml schema/unknown-field 3", "b.yaml kubelet/pod-pids-limit 4", "c/d.yaml schema/unknown-field 3"];
    assert_eq!(found(&place.report(".")), expected);
}
