//! The machines of a project file: what is checked is what each machine gets.

use crate::place::{CLEAN, ERROR, FOREIGN, Place, WARNING, files, found};
use snapbox::str;

const WEAK: &str = "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n";
const STRONG: &str = "machine:\n  sysctls:\n    kernel.kptr_restrict: \"2\"\n";

/// Two workers of Talos 1.12 over what Talos generates, with a patch of both and patches of their own.
const TWO: &str = "\
talos-version: 1.12
defaults:
  role: worker
  patches: all.yaml
machines:
  - name: [a, b]
    patches: \"node/{name}/*.yaml\"
";

/// The findings with the machines of each: `all.yaml sysctl/weakened 3 on a b`.
fn on_machines(report: &serde_json::Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter().zip(found(report));
    let of_warnings = findings.filter(|(finding, _)| finding["severity"] != "info");
    of_warnings
        .map(|(finding, told)| {
            let machines = finding["machines"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
            format!("{told} on {}", machines.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

#[test]
fn without_arguments_all_machines_are_checked_and_what_none_of_them_uses() {
    let place = Place::with(&[
        ("talint.yaml", TWO),
        ("all.yaml", CLEAN),
        ("node/a/a.yaml", WARNING),
        ("other/own.yaml", ERROR),
        ("deployment.yaml", FOREIGN),
    ]);
    let report = place.report("");
    assert_eq!(
        on_machines(&report),
        ["node/a/a.yaml kubelet/pod-pids-limit 4 on a", "other/own.yaml schema/unknown-field 3 on "]
    );
    assert_eq!(files(&report), ["all.yaml", "node/a/a.yaml", "other/own.yaml", "talint.yaml"]);
    // The same from a folder below.
    let below = crate::place::talint(&place.path("node/a"), "check");
    let report = crate::place::parse(below.arg("--format=json"));
    assert_eq!(
        on_machines(&report)[0],
        "a.yaml kubelet/pod-pids-limit 4 on a".replace("a.yaml", "../../node/a/a.yaml")
    );
}

#[test]
fn a_finding_that_a_patch_causes_on_one_machine_names_it() {
    let place = Place::with(&[("talint.yaml", TWO), ("all.yaml", WEAK), ("node/b/sysctl.yaml", STRONG)]);
    assert_eq!(on_machines(&place.report("")), ["all.yaml sysctl/weakened 3 on a"]);
    let output = place.check("--quiet --select sysctl/").output().unwrap().stdout;
    assert!(String::from_utf8(output).unwrap().ends_with("Talos 1.12 default, KSPP\n        on machine a\n\n"));
    // On all that have the file it is told without names.
    place.write("node/b/sysctl.yaml", CLEAN);
    assert_eq!(on_machines(&place.report("")), ["all.yaml sysctl/weakened 3 on a b"]);
    let output = place.check("--quiet --select sysctl/").output().unwrap().stdout;
    assert!(!String::from_utf8(output).unwrap().contains("on machine"));
}

#[test]
fn many_machines_are_counted() {
    let place = Place::with(&[("talint.yaml", &TWO.replace("[a, b]", "[a, b, c, d, e, f]")), ("all.yaml", WEAK)]);
    place.write("node/f/sysctl.yaml", STRONG);
    let output = place.check("--quiet --select sysctl/").output().unwrap().stdout;
    assert!(String::from_utf8(output).unwrap().contains("on machines a, b and 3 more\n"));
}

#[test]
fn a_file_that_is_given_is_checked_as_part_of_its_machines() {
    let place = Place::with(&[
        ("talint.yaml", TWO),
        ("all.yaml", WEAK),
        ("node/a/sysctl.yaml", STRONG),
        ("node/b/sysctl.yaml", STRONG),
        ("node/b/pids.yaml", WARNING),
    ]);
    // Put right by a later patch on both machines.
    assert_eq!(on_machines(&place.report("all.yaml")), [""; 0]);
    assert_eq!(on_machines(&place.report("all.yaml --no-config")), ["all.yaml sysctl/weakened 3 on "]);
    // Only what was given is spoken of.
    std::fs::remove_file(place.path("node/a/sysctl.yaml")).unwrap();
    let report = place.report("all.yaml");
    assert_eq!(on_machines(&report), ["all.yaml sysctl/weakened 3 on a"]);
    assert_eq!(files(&report), ["all.yaml"]);
    let report = place.report("node");
    assert_eq!(on_machines(&report), ["node/b/pids.yaml kubelet/pod-pids-limit 4 on b"]);
}

#[test]
fn standard_input_stands_for_a_file_of_the_machines() {
    let place = Place::with(&[("talint.yaml", TWO), ("all.yaml", WEAK), ("node/a/sysctl.yaml", CLEAN)]);
    let check = |content: &str| {
        let command =
            place.check("- --stdin-filename all.yaml --select sysctl/ --format=json").stdin(content.to_owned());
        let output = command.output().unwrap().stdout;
        on_machines(&serde_json::from_slice(&output).unwrap())
    };
    assert_eq!(check(WEAK), ["all.yaml sysctl/weakened 3 on a b"]);
    assert_eq!(check(STRONG), [""; 0]);
}

#[test]
fn machines_are_chosen_by_name() {
    let place =
        Place::with(&[("talint.yaml", TWO), ("all.yaml", WEAK), ("node/b/pids.yaml", WARNING), ("own.yaml", ERROR)]);
    assert_eq!(on_machines(&place.report("--machine a")), ["all.yaml sysctl/weakened 3 on a"]);
    let both = ["all.yaml sysctl/weakened 3 on a b", "node/b/pids.yaml kubelet/pod-pids-limit 4 on b"];
    assert_eq!(on_machines(&place.report("--machine a,b")), both);
    assert_eq!(on_machines(&place.report("--machine a all.yaml")), ["all.yaml sysctl/weakened 3 on a"]);
    place.check("--machine aa").assert().code(2).stderr_eq(str![[r#"
talint: there is no machine `aa` to check

"#]]);
    let place = Place::with(&[("talint.yaml", &TWO.replace("[a, b]", "worker-1")), ("all.yaml", CLEAN)]);
    place.check("--machine worker1").assert().code(2).stderr_eq(str![[r#"
talint: there is no machine `worker1` to check; did you mean `worker-1`?

"#]]);
}

#[test]
fn patches_are_laid_in_the_order_of_the_list_and_of_their_names() {
    let project = "talos-version: 1.12\nmachines:\n  - {name: a, role: worker, patches: [z/*.yaml, last.yaml]}\n";
    let place =
        Place::with(&[("talint.yaml", project), ("z/10.yaml", WEAK), ("z/9.yaml", STRONG), ("last.yaml", CLEAN)]);
    assert_eq!(on_machines(&place.report("")), [""; 0]);
    place.write("last.yaml", WEAK);
    assert_eq!(on_machines(&place.report("")), ["last.yaml sysctl/weakened 3 on a"]);
}

#[test]
fn the_base_is_that_of_the_machine_or_what_talos_generates_for_its_role_and_version() {
    let project = "\
defaults: {patches: all.yaml}
machines:
  - {name: old, role: controlplane, talos-version: 1.11}
  - {name: new, role: worker, talos-version: 1.13}
";
    // A document that Talos has from 1.12.
    let place = Place::with(&[
        ("talint.yaml", project),
        ("all.yaml", "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n"),
    ]);
    assert_eq!(on_machines(&place.report("all.yaml --select schema/")), ["all.yaml schema/not-in-version 2 on old"]);
    assert_eq!(on_machines(&place.report("all.yaml --select schema/ --talos-version 1.12")), [""; 0]);
    // What is not set is told where the machine is named.
    let report = place.report("--profile hardened --select kubelet/pod-pids-limit");
    assert_eq!(
        on_machines(&report),
        ["talint.yaml kubelet/pod-pids-limit 3 on old", "talint.yaml kubelet/pod-pids-limit 4 on new"]
    );
    place.write("base.yaml", "version: v1alpha1\nmachine:\n  type: worker\n  sysctl: {}\n");
    place.write("talint.yaml", "machines: [{name: a, base: base.yaml}]\n");
    assert_eq!(on_machines(&place.report("base.yaml --select schema/")), ["base.yaml schema/unknown-field 4 on a"]);
}

#[test]
fn a_modeline_in_a_patch_decides_which_base_is_generated() {
    let place = Place::with(&[("talint.yaml", TWO), ("all.yaml", CLEAN)]);
    place.write("node/a/version.yaml", "# talint: talos=1.9\nmachine:\n  sysctls:\n    vm.swappiness: \"10\"\n");
    let report = place.report("");
    assert_eq!(on_machines(&report), [""; 0]);
    assert_eq!(report["files"][1]["file"], "node/a/version.yaml");
    assert_eq!(report["files"][1]["talos_version"], "1.9");
}

#[test]
fn the_layouts_of_talosctl_and_topf_are_lists_of_patches() {
    let talosctl = "\
talos-version: 1.12
defaults: {patches: patches/all.yaml}
machines:
  - {name: cp-1, base: controlplane.yaml, patches: patches/cp-1.yaml}
  - {name: w-1, base: worker.yaml, patches: patches/w-1.yaml}
";
    let base = |role: &str| {
        let path = format!("{}/corpus/generated/talos-1.12/{role}.yaml", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    };
    let (controlplane, worker) = (base("controlplane"), base("worker"));
    let place =
        Place::with(&[("talint.yaml", talosctl), ("controlplane.yaml", &controlplane), ("worker.yaml", &worker)]);
    for (name, content) in [("all", WEAK), ("cp-1", STRONG), ("w-1", CLEAN)] {
        place.write(&format!("patches/{name}.yaml"), content);
    }
    assert_eq!(on_machines(&place.report("--select sysctl/")), ["patches/all.yaml sysctl/weakened 3 on w-1"]);

    let topf = "\
talos-version: 1.12
defaults: {patches: all/*.yaml}
machines:
  - {name: [cp-1, cp-2], role: controlplane, patches: [control-plane/*.yaml, \"node/{name}/*.yaml\"]}
  - {name: w-1, role: worker, patches: [worker/*.yaml, \"node/{name}/*.yaml\"]}
";
    let place = Place::with(&[("talint.yaml", topf), ("all/01-sysctl.yaml", WEAK), ("control-plane/01.yaml", STRONG)]);
    place.write("worker/01.yaml", STRONG);
    place.write("node/cp-2/01.yaml", WEAK);
    assert_eq!(on_machines(&place.report("--select sysctl/")), ["node/cp-2/01.yaml sysctl/weakened 3 on cp-2"]);
}

#[test]
fn a_patch_that_is_missing_is_told_at_its_place_and_the_other_machines_are_checked() {
    let project = "\
talos-version: 1.12
defaults: {role: worker}
machines:
  - {name: a, patches: [gone.yaml, a.yaml]}
  - {name: b, patches: b.yaml}
";
    let place = Place::with(&[("talint.yaml", project), ("a.yaml", WEAK), ("b.yaml", WARNING)]);
    let expected = [
        "a.yaml sysctl/weakened 3 on ",
        "b.yaml kubelet/pod-pids-limit 4 on b",
        "talint.yaml project/missing-file 4 on ",
    ];
    assert_eq!(on_machines(&place.report("")), expected);
    place.check("").assert().code(1).stderr_eq("");
}

#[cfg(unix)]
#[test]
fn a_patch_that_cannot_be_read_is_said_and_the_rest_is_checked() {
    // A folder in the place of a file cannot be read, by whomever.
    let place = Place::with(&[("talint.yaml", TWO), ("all.yaml/inside", ""), ("other.yaml", WARNING)]);
    let told = on_machines(&place.report(""));
    assert_eq!(told, ["other.yaml kubelet/pod-pids-limit 4 on ", "talint.yaml project/missing-file 4 on "]);
    place.check("--quiet").assert().code(2).stderr_eq(str![[r#"
talint: all.yaml: is a folder

"#]]);
}

#[test]
fn a_suppression_is_unused_only_where_no_machine_needs_it() {
    let weak = WEAK.replace("\"0\"", "\"0\" # talint: ignore[sysctl/weakened] a lab");
    let place = Place::with(&[("talint.yaml", TWO), ("all.yaml", &weak), ("node/a/sysctl.yaml", STRONG)]);
    assert_eq!(on_machines(&place.report("")), [""; 0]);
    place.write("node/b/sysctl.yaml", STRONG);
    assert_eq!(on_machines(&place.report("")), ["all.yaml suppression/unused 3 on a b"]);
}

#[test]
fn a_schematic_is_checked_in_the_version_of_its_machine() {
    let project = "machines:\n  - {name: a, role: worker, talos-version: 1.12, schematic: schematic.yaml}\n";
    let schematic = "customization:\n  extraKernelArgs:\n    - -init_on_alloc\n";
    let place = Place::with(&[("talint.yaml", project), ("schematic.yaml", schematic)]);
    let report = place.report("--select kernel/init-on-alloc");
    assert_eq!(found(&report), ["schematic.yaml kernel/init-on-alloc 3"]);
    assert_eq!(report["findings"][0]["machines"], serde_json::json!(["a"]));
    assert_eq!(report["findings"][0]["talos_version"], "1.12");
}

#[test]
fn places_in_other_files_are_told_by_their_names() {
    let place = Place::with(&[("talint.yaml", TWO), ("all.yaml", STRONG), ("node/a/sysctl.yaml", WEAK)]);
    let report = place.report("");
    assert_eq!(report["findings"][0]["file"], "node/a/sysctl.yaml");
    let related = report["findings"][0]["related"].as_array().unwrap();
    assert!(
        related.iter().any(|related| related["file"] == "all.yaml" && related["range"]["start"]["line"] == 3),
        "{related:?}"
    );
}

#[test]
fn secrets_of_machines_are_not_shown() {
    let text = "machine:\n  token: wax5gv.lnvaarixa0ckem1r #! talint\n  sysctl: {}\n";
    let place = Place::with(&[("talint.yaml", TWO), ("all.yaml", text)]);
    let output = String::from_utf8(place.check("").output().unwrap().stdout).unwrap();
    assert!(output.contains("schema/unknown-field") && !output.contains("lnvaarixa0ckem1r"), "{output}");
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let place =
        Place::with(&[("talint.yaml", TWO), ("all.yaml", WEAK), ("node/b/pids.yaml", WARNING), ("own.yaml", ERROR)]);
    for format in ["text", "json"] {
        let run = |jobs: &str| place.check(&format!("--format {format} {jobs}")).output().unwrap();
        assert_eq!(run("--jobs 1"), run("--jobs 3"));
    }
}

#[test]
fn a_patch_of_the_command_line_is_laid_over_a_base_with_what_the_project_file_asks_for() {
    let place =
        Place::with(&[("talint.yaml", "talos-version: 1.11\nrules: {kubelet/: error}\n"), ("base.yaml", CLEAN)]);
    place.write("patch.yaml", WARNING);
    let report = place.report("base.yaml --patch patch.yaml");
    assert_eq!(report["findings"][0]["rule"], "kubelet/pod-pids-limit");
    assert_eq!(report["findings"][0]["severity"], "error");
    assert_eq!(report["files"][0]["talos_version"], "1.11");
}

#[test]
fn the_configuration_of_a_machine_is_shown_with_the_place_of_each_value() {
    let place = Place::with(&[("talint.yaml", TWO), ("all.yaml", WEAK), ("node/b/sysctl.yaml", STRONG)]);
    let render = |arguments: &str| {
        let command = crate::place::talint(&place.path("node"), "render").args(arguments.split_whitespace());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let shown = render("--machine b --origins");
    assert!(shown.contains("kernel.kptr_restrict: \"2\" # b/sysctl.yaml:3, in place of ../all.yaml:3\n"), "{shown}");
    assert!(shown.contains("type: worker # <generated>:"), "{shown}");
    assert!(render("--machine a").contains("kernel.kptr_restrict: \"0\"\n"));
    let wrong = crate::place::talint(&place.path(""), "render").args(["--machine", "c"]);
    wrong.assert().code(2).stderr_eq(str![[r#"
talint: there is no machine `c` to show

"#]]);
}
