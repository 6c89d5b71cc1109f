//! `talint check --fix` and `--diff`: what changes, what stays, and what is said.

use crate::place::{CLEAN, Place, found};
use snapbox::str;

/// A patch with two things that can mean only one thing, and one that can be guessed.
const PATCH: &str = "\
# Kept as it is.
machine:
  kubelet:
    extraargs: # for the nodes
      node-labels: rack=1
  certSANs: 192.0.2.10 # the old name
  sysctl:
    vm.swappiness: \"1\"
";

#[test]
fn what_has_one_right_answer_is_fixed_and_the_rest_is_told() {
    let place = Place::with(&[("a.yaml", PATCH), ("clean.yaml", CLEAN)]);
    place.check("--fix").assert().code(1).stderr_eq(str![[r#"
talint: 2 findings fixed in 1 file

"#]]);
    assert_eq!(
        place.read("a.yaml"),
        "\
# Kept as it is.
machine:
  kubelet:
    extraArgs: # for the nodes
      node-labels: rack=1
  certSANs: [192.0.2.10] # the old name
  sysctl:
    vm.swappiness: \"1\"
"
    );
    assert_eq!(place.read("clean.yaml"), CLEAN);
    assert_eq!(found(&place.report("a.yaml")), ["a.yaml schema/unknown-field 7"]);
    // There is nothing left to do.
    place.check("--fix --quiet").assert().code(1).stderr_eq("");
}

#[test]
fn what_changes_machines_is_fixed_when_that_is_asked_for() {
    let place = Place::with(&[("a.yaml", PATCH)]);
    place.check("--fix --unsafe-fixes").assert().code(0);
    assert!(place.read("a.yaml").contains("\n  sysctls:\n    vm.swappiness: \"1\"\n"), "{}", place.read("a.yaml"));
}

#[test]
fn the_difference_is_shown_and_nothing_is_changed() {
    let place = Place::with(&[("a.yaml", PATCH)]);
    place.check("a.yaml --diff").assert().code(1).stdout_eq(str![[r#"
--- a.yaml
+++ a.yaml
@@ -1,8 +1,8 @@
 # Kept as it is.
 machine:
   kubelet:
-    extraargs: # for the nodes
+    extraArgs: # for the nodes
       node-labels: rack=1
-  certSANs: 192.0.2.10 # the old name
+  certSANs: [192.0.2.10] # the old name
   sysctl:
     vm.swappiness: "1"

"#]]);
    assert_eq!(place.read("a.yaml"), PATCH);
    place.write("b.yaml", CLEAN);
    place.check("b.yaml --diff").assert().code(0).stdout_eq("");
    place.check("a.yaml --diff --fix").assert().code(2);
}

#[test]
fn only_what_is_looked_for_is_fixed() {
    let place = Place::with(&[("a.yaml", PATCH)]);
    place.check("--fix --select schema/wrong-type").assert().code(0);
    assert!(place.read("a.yaml").contains("extraargs") && place.read("a.yaml").contains("[192.0.2.10]"));
}

#[test]
fn no_secret_is_in_the_difference() {
    let secret = "made-for-this-test-0123456789abcdef";
    let text = format!("machine:\n  token: {secret}\n  certsans: [192.0.2.10]\n");
    let place = Place::with(&[("a.yaml", &text)]);
    let shown = place.check("a.yaml --diff").output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("+  certSANs: [192.0.2.10]") && shown.contains("<redacted>"), "{shown}");
    assert!(!shown.contains(secret), "{shown}");
}

#[test]
fn standard_input_is_fixed_to_standard_output() {
    let place = Place::with(&[]);
    let run =
        place.check("- --fix --stdin-filename b.yaml").stdin("machine:\n  certsans: [192.0.2.10]\n  sysctl: {}\n");
    run.assert().code(1).stdout_eq("machine:\n  certSANs: [192.0.2.10]\n  sysctl: {}\n").stderr_eq(str![[r#"
...
error[schema/unknown-field]
...
"#]]);
}

#[test]
fn standard_input_that_is_not_talos_s_goes_through_as_it_is() {
    let place = Place::with(&[]);
    let run = place.check("- --fix").stdin(crate::place::FOREIGN);
    run.assert().code(3).stdout_eq(crate::place::FOREIGN);
}

#[test]
fn line_ends_and_the_mark_at_the_beginning_stay() {
    let place = Place::with(&[("a.yaml", "\u{feff}machine:\r\n  certsans: [192.0.2.10] # é\r\n  type: worker")]);
    place.check("--fix").assert().code(0);
    assert_eq!(place.read("a.yaml"), "\u{feff}machine:\r\n  certSANs: [192.0.2.10] # é\r\n  type: worker");
}

#[test]
fn the_file_that_set_the_value_is_changed() {
    let place = Place::with(&[
        (
            "talint.yaml",
            "talos-version: 1.12\nprofile: hardened\nmachines:\n  - {name: w-1, base: base.yaml, patches: [one.yaml, two.yaml]}\n",
        ),
        ("base.yaml", "version: v1alpha1\nmachine:\n  type: worker\n"),
        ("one.yaml", "machine:\n  features:\n    rbac: true # once\n    diskQuotaSupport: true\n"),
        ("two.yaml", "machine:\n  features:\n    rbac: true # again\n    diskQuotaSupport: true\n"),
    ]);
    place.check("--fix --select schema/unused-field").assert().code(0);
    assert_eq!(place.read("base.yaml"), "version: v1alpha1\nmachine:\n  type: worker\n");
    assert_eq!(place.read("one.yaml"), "machine:\n  features:\n    diskQuotaSupport: true\n");
    assert_eq!(place.read("two.yaml"), "machine:\n  features:\n    diskQuotaSupport: true\n");
}

#[test]
fn patches_of_the_command_line_are_changed_but_for_those_that_are_arguments() {
    let place = Place::with(&[("base.yaml", CLEAN), ("patch.yaml", "machine:\n  certsans: [192.0.2.10]\n")]);
    let run = place.check("base.yaml --patch patch.yaml --fix").arg("--patch={\"machine\": {\"certsans\": []}}");
    run.assert().code(1);
    assert_eq!(place.read("patch.yaml"), "machine:\n  certSANs: [192.0.2.10]\n");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let outside = Place::with(&[("a.yaml", PATCH)]);
    let place = Place::with(&[("b.yaml", "machine:\n  type: worker\n  certsans: [192.0.2.10]\n")]);
    std::os::unix::fs::symlink(outside.path("a.yaml"), place.path("link.yaml")).unwrap();
    place.check("link.yaml b.yaml --fix").assert().code(2).stderr_eq(str![[r#"
talint: link.yaml: is a link to a file outside of the folder, and was not changed
...
"#]]);
    assert_eq!(outside.read("a.yaml"), PATCH);
    // It does not stop the others.
    assert_eq!(place.read("b.yaml"), "machine:\n  type: worker\n  certSANs: [192.0.2.10]\n");
    assert_eq!(place.names(), ["b.yaml", "link.yaml"]);
}

#[test]
fn programs_get_the_edits() {
    let place = Place::with(&[("a.yaml", "machine:\n  type: worker\n  certsans: [192.0.2.10]\n")]);
    let report = place.report("a.yaml");
    let fix = &report["findings"][0]["fix"];
    assert_eq!(fix["title"], "Rename to `certSANs`");
    assert_eq!(fix["safe"], true);
    let edit = serde_json::json!([{ "file": "a.yaml", "start": 26, "end": 34, "text": "certSANs" }]);
    assert_eq!(fix["edits"], edit);
    place.write("a.yaml", "machine:\n  type: worker\n  certsans: x\n");
    assert!(place.report("a.yaml --select schema/unknown-field")["findings"][0]["fix"].is_null());
}
