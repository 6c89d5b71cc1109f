//! The project file: what it asks for, and what in it is not understood.

use crate::place::{CLEAN, Place, WARNING, files, found};
use snapbox::str;

/// A patch with `sysctl/weakened`.
const SYSCTL: &str = "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n";

#[test]
fn the_project_file_is_found_upwards_from_the_file() {
    let place = Place::with(&[("talint.yaml", "rules: {sysctl/: off}\n"), ("a/b/c.yaml", SYSCTL), ("d.yaml", SYSCTL)]);
    assert_eq!(found(&place.report("a/b/c.yaml")), [""; 0]);
    assert_eq!(found(&place.report("a/b d.yaml")), [""; 0]);
    let in_folder = |arguments: &str| {
        let command = crate::place::talint(&place.path("a/b"), "check").args(arguments.split_whitespace());
        found(&crate::place::parse(command.arg("--format=json")))
    };
    assert_eq!(in_folder("c.yaml"), [""; 0]);
    assert_eq!(in_folder("c.yaml --no-config"), ["c.yaml sysctl/weakened 3"]);
}

#[test]
fn the_nearest_project_file_counts_for_each_file() {
    let place = Place::with(&[
        ("talint.yaml", "rules: {sysctl/weakened: info}\n"),
        ("a.yaml", SYSCTL),
        ("lab/talint.yaml", "rules: {sysctl/weakened: error}\n"),
        ("lab/a.yaml", SYSCTL),
    ]);
    let report = place.report("a.yaml lab/a.yaml");
    assert_eq!(report["findings"][0]["severity"], "info");
    assert_eq!(report["findings"][1]["severity"], "error");
}

#[test]
fn another_project_file_is_taken_when_it_is_named() {
    let place = Place::with(&[
        ("talint.yaml", "rules: {sysctl/weakened: info}\n"),
        ("strict.yaml", "rules: {sysctl/weakened: error}\n"),
        ("a.yaml", SYSCTL),
    ]);
    assert_eq!(place.report("a.yaml --config strict.yaml")["findings"][0]["severity"], "error");
    place.check("a.yaml --config gone.yaml").assert().code(2).stderr_eq(str![[r#"
talint: gone.yaml: No such file or directory (os error 2)

"#]]);
    place.check("a.yaml --config strict.yaml --no-config").assert().code(2);
}

#[test]
fn the_command_line_wins_over_the_modeline_and_that_over_the_project_file() {
    let text = "machine:\n  install:\n    image: ghcr.io/siderolabs/installer:v1.13.0\n";
    let place = Place::with(&[("talint.yaml", "talos-version: 1.11\nkubernetes-version: 1.33\n"), ("a.yaml", text)]);
    let versions = |arguments: &str| {
        let report = place.report(arguments);
        let part = |key: &str| report["files"][0][key].as_str().unwrap().to_owned();
        format!("{} {}, {}", part("talos_version"), part("talos_version_source"), part("kubernetes_version"))
    };
    assert_eq!(versions("a.yaml"), "1.11 from the project file, 1.33");
    assert_eq!(versions("a.yaml --talos-version 1.9"), "1.9 as asked for, 1.33");
    assert_eq!(versions("a.yaml --no-config"), "1.13 from the image tag, 1.36");
    place.write("a.yaml", format!("# talint: talos=1.10\n{text}"));
    assert_eq!(versions("a.yaml"), "1.10 from the modeline, 1.33");
}

#[test]
fn profile_mode_and_what_fails_are_those_of_the_project_file_unless_asked_for() {
    let place = Place::with(&[("talint.yaml", "fail-on: error\n"), ("a.yaml", WARNING), ("b.yaml", SYSCTL)]);
    place.check("a.yaml").assert().code(0);
    place.check("a.yaml --fail-on warning").assert().code(1);
    place.write("talint.yaml", "mode: container\n");
    assert_eq!(found(&place.report("b.yaml")), [""; 0]);
    assert_eq!(found(&place.report("b.yaml --mode metal")), ["b.yaml sysctl/weakened 3"]);
    // The digest of an image is for hardening.
    place.write("c.yaml", "machine:\n  install:\n    image: ghcr.io/siderolabs/installer:v1.12.0\n");
    place.write("talint.yaml", "profile: strict\n");
    let strict = found(&place.report("c.yaml"));
    assert_ne!(strict, found(&place.report("c.yaml --profile default")));
    place.write("c.yaml", format!("# talint: profile=default\n{}", place.read("c.yaml")));
    assert_ne!(strict.len(), found(&place.report("c.yaml")).len());
}

#[test]
fn a_severity_is_set_by_name_before_family_and_a_rule_named_speaks_in_every_profile() {
    let place = Place::with(&[("a.yaml", &format!("{SYSCTL}  kubelet:\n    extraConfig:\n      podPidsLimit: -1\n"))]);
    let told = |project: &str| {
        place.write("talint.yaml", project);
        let report = place.report("a.yaml");
        let severity = |finding: &serde_json::Value| {
            format!("{} {}", finding["rule"].as_str().unwrap(), finding["severity"].as_str().unwrap())
        };
        report["findings"].as_array().unwrap().iter().map(severity).collect::<Vec<_>>()
    };
    assert_eq!(told(""), ["sysctl/weakened warning", "kubelet/pod-pids-limit warning"]);
    assert_eq!(told("rules: {sysctl/: error}"), ["sysctl/weakened error", "kubelet/pod-pids-limit warning"]);
    assert_eq!(
        told("rules: {sysctl/weakened: info, sysctl/: off}"),
        ["sysctl/weakened info", "kubelet/pod-pids-limit warning"]
    );
    assert_eq!(told("rules: {sysctl/: error, kubelet/: off}"), ["sysctl/weakened error"]);
    place.write("a.yaml", "machine:\n  install:\n    image: ghcr.io/siderolabs/installer:v1.12.0\n");
    assert_eq!(told(""), [""; 0]);
    assert_eq!(told("rules: {install/image-digest: error}"), ["install/image-digest error"]);
    place.check("a.yaml --ignore install/").assert().code(0);
}

#[test]
fn a_rule_that_is_switched_off_leaves_no_suppression_unused() {
    let text = "machine:\n  type: worker # talint: ignore[kernel/] as an example\n";
    let place = Place::with(&[("talint.yaml", "rules: {kernel/: off}\n"), ("a.yaml", text)]);
    assert_eq!(found(&place.report("a.yaml")), [""; 0]);
    assert_eq!(found(&place.report("a.yaml --no-config")), ["a.yaml suppression/unused 2"]);
}

#[test]
fn findings_are_let_pass_by_rule_and_path() {
    let project = "ignores:\n  - rules: sysctl/\n    paths: [lab/, \"!lab/kept.yaml\"]\n    reason: a lab\n";
    let place = Place::with(&[
        ("talint.yaml", project),
        ("a.yaml", SYSCTL),
        ("lab/a.yaml", SYSCTL),
        ("lab/kept.yaml", SYSCTL),
        ("lab/pids.yaml", WARNING),
    ]);
    let expected =
        ["a.yaml sysctl/weakened 3", "lab/kept.yaml sysctl/weakened 3", "lab/pids.yaml kubelet/pod-pids-limit 4"];
    assert_eq!(found(&place.report("")), expected);
}

#[test]
fn of_files_that_are_excluded_nothing_is_said_even_when_they_are_named() {
    let place = Place::with(&[("talint.yaml", "exclude: [old/, \"*.draft.yaml\"]\n"), ("old/a.yaml", SYSCTL)]);
    place.write("b.draft.yaml", SYSCTL);
    place.write("c.yaml", CLEAN);
    assert_eq!(files(&place.report("")), ["c.yaml"]);
    assert_eq!(files(&place.report("old/a.yaml c.yaml")), ["c.yaml"]);
    place.check("old/a.yaml").assert().code(3);
}

/// What an organisation expects of the number of processes in a pod.
const POLICY: &str = "\
controls:
  - rule: acme/pids
    severity: error
    summary: The number of processes in a pod is higher than the platform team allows.
    why: The machines are sized for 2000.
    references: ACME 7
    checks:
      - setting: kubelet.podPidsLimit
        weak: {at-least: 2001}
        problem: a pod may take more processes than the machine is made for
        expected: a number up to 2000
        write: ask the platform team for more
";

#[test]
fn what_the_organisation_expects_of_a_setting_is_judged_wherever_it_is_set() {
    let flag = "machine:\n  kubelet:\n    extraArgs:\n      pod-max-pids: \"5000\"\n";
    let field = "machine:\n  kubelet:\n    extraConfig:\n      podPidsLimit: 2001\n";
    let document = "apiVersion: v1alpha1\nkind: KubeletConfig\nconfig:\n  podPidsLimit: 1e4\n";
    let few = "machine:\n  kubelet:\n    extraConfig:\n      podPidsLimit: 2000\n";
    let place = Place::with(&[("talint.yaml", POLICY), ("flag.yaml", flag), ("field.yaml", field)]);
    place.write("document.yaml", document);
    place.write("few.yaml", few);
    let expected = ["document.yaml acme/pids 4", "field.yaml acme/pids 4", "flag.yaml acme/pids 4"];
    assert_eq!(found(&place.report("--select acme/")), expected);
    let finding = &place.report("flag.yaml --select acme/pids")["findings"][0];
    assert_eq!(finding["severity"], "error");
    assert_eq!(
        finding["message"],
        "`--pod-max-pids` is `5000`: a pod may take more processes than the machine is made for"
    );
    assert_eq!(finding["help"], "expected is a number up to 2000: ask the platform team for more");
    assert_eq!(finding["references"][0]["id"], "ACME 7");
    // It is suppressed, relevelled and switched off as any other.
    place.write("flag.yaml", flag.replace("\"5000\"", "\"5000\" # talint: ignore[acme/pids] until May"));
    place.write("talint.yaml", format!("{POLICY}rules: {{acme/: info}}\n"));
    assert_eq!(found(&place.report("flag.yaml --select acme/,suppression/")), [""; 0]);
    assert_eq!(place.report("field.yaml --select acme/")["findings"][0]["severity"], "info");
    place.write("talint.yaml", format!("{POLICY}rules: {{acme/pids: off}}\n"));
    assert_eq!(found(&place.report("field.yaml")), [""; 0]);
}

#[test]
fn a_rule_of_the_organisation_may_judge_what_is_not_set() {
    let policy =
        format!("talos-version: 1.12\n{}", POLICY.replace("{at-least: 2001}", "{at-most: 0}\n        absent: error"));
    let place = Place::with(&[("talint.yaml", &format!("{policy}machines:\n  - name: w\n    role: worker\n"))]);
    assert_eq!(found(&place.report("--select acme/")), ["talint.yaml acme/pids 16"]);
    // A patch is no configuration: what it leaves out may stand elsewhere.
    place.write("a.yaml", CLEAN);
    assert_eq!(found(&place.report("a.yaml --select acme/")), [""; 0]);
}

#[test]
fn mistakes_in_the_project_file_are_told_at_their_places_whatever_is_checked() {
    let project = "profil: hardened\nrules:\n  sysctl/weakend: off\ntalos-version: 1.99\n";
    let place = Place::with(&[("talint.yaml", project), ("a.yaml", CLEAN)]);
    let expected = [
        "talint.yaml project/unknown-key 1",
        "talint.yaml project/unknown-name 3",
        "talint.yaml project/invalid-value 4",
    ];
    assert_eq!(found(&place.report("")), expected);
    assert_eq!(found(&place.report("a.yaml")), expected);
    assert_eq!(found(&place.report("a.yaml --select kernel/")), expected);
    place.check("a.yaml --quiet --ignore project/unknown-name").assert().code(1).stdout_eq(str![[r#"
error[project/unknown-key]

  × the project file has no key `profil` here, so nothing comes of it
   ╭─[talint.yaml:1:1]
 1 │ profil: hardened
   · ───┬──
   ·    ╰── profil
 2 │ rules:
   ╰────
  help: did you mean `profile`?

error[project/unknown-name]

  × there is no rule or family `sysctl/weakend`
   ╭─[talint.yaml:3:3]
 2 │ rules:
 3 │   sysctl/weakend: off
   ·   ───────┬──────
   ·          ╰── rules["sysctl/weakend"]
 4 │ talos-version: 1.99
   ╰────
  help: did you mean `sysctl/weakened`?

error[project/invalid-value]

  × Talos 1.99 is no version that is known: those are 1.9 to 1.14
   ╭─[talint.yaml:4:16]
 3 │   sysctl/weakend: off
 4 │ talos-version: 1.99
   ·                ──┬─
   ·                  ╰── talos-version
   ╰────


"#]]);
}

#[test]
fn a_project_file_that_is_no_yaml_is_told_too() {
    let place = Place::with(&[("talint.yaml", "rules: [\n"), ("a.yaml", CLEAN)]);
    assert_eq!(found(&place.report("a.yaml")), ["talint.yaml yaml/syntax 1"]);
    place.write("talint.yaml", "profile: strict\nprofile: default\n");
    assert_eq!(found(&place.report("a.yaml")), ["talint.yaml yaml/duplicate-key 2"]);
}
