//! Files of tools that describe machines, and templates.

use crate::place::{FOREIGN, Place, files, found};

const TALCONFIG: &str = "\
clusterName: home
talosVersion: v1.12.4
kubernetesVersion: v1.35.0
endpoint: https://192.0.2.1:6443
patches:
  - \"@../patches/all.yaml\"
nodes:
  - hostname: first
    ipAddress: 192.0.2.11
    controlPlane: true
    installDisk: /dev/sda
    patches:
      - |-
        machine:
          token: abcdef.0123456789abcdef
          sysctls:
            kernel.kptr_restrict: \"0\"
  - hostname: second
    ipAddress: 192.0.2.12
    installDisk: /dev/sda
";

const PATCH: &str = "machine:\n  kubelet:\n    extraConfig:\n      podPidsLimit: -1\n";

fn place() -> Place {
    Place::with(&[
        ("talos/talconfig.yaml", TALCONFIG),
        ("patches/all.yaml", PATCH),
        ("patches/of-nobody.yaml", PATCH),
        ("foreign.yaml", FOREIGN),
    ])
}

const RULES: &str = "--select=sysctl/weakened,kubelet/pod-pids-limit,tool/";

#[test]
fn a_description_is_checked_with_the_files_that_it_names() {
    let place = place();
    let report = place.report(&format!("talos/talconfig.yaml {RULES}"));
    assert_eq!(
        found(&report),
        ["talos/talconfig.yaml sysctl/weakened 17", "patches/all.yaml kubelet/pod-pids-limit 4"]
    );
    let machines: Vec<_> = report["findings"].as_array().unwrap().iter().map(|finding| &finding["machines"]).collect();
    assert_eq!(*machines[0], serde_json::json!(["first"]));
    assert_eq!(*machines[1], serde_json::json!(["first", "second"]));
    assert_eq!(report["findings"][1]["talos_version"], "1.12");
}

#[test]
fn in_a_folder_a_patch_that_is_named_is_told_once_and_others_by_themselves() {
    let report = place().report(&format!(". {RULES}"));
    let expected = [
        "patches/all.yaml kubelet/pod-pids-limit 4",
        "patches/of-nobody.yaml kubelet/pod-pids-limit 4",
        "talos/talconfig.yaml sysctl/weakened 17",
    ];
    assert_eq!(found(&report), expected);
    assert_eq!(report["findings"][1]["talos_version"], "1.14");
}

#[test]
fn a_file_that_is_named_and_not_there_is_an_error_at_its_place() {
    let place = place();
    std::fs::remove_file(place.path("patches/all.yaml")).unwrap();
    let report = place.report(&format!("talos/talconfig.yaml {RULES}"));
    assert_eq!(found(&report), ["talos/talconfig.yaml tool/missing-file 6", "talos/talconfig.yaml sysctl/weakened 17"]);
}

#[test]
fn machines_can_be_asked_for_by_name() {
    let report = place().report(&format!("talos/talconfig.yaml --machine second {RULES}"));
    assert_eq!(found(&report), ["patches/all.yaml kubelet/pod-pids-limit 4"]);
}

#[test]
fn no_secret_inside_of_a_description_is_shown() {
    let output = place().check("talos/talconfig.yaml").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("token: ***********************"), "{text}");
    assert!(!text.contains("0123456789abcdef"), "{text}");
}

#[test]
fn templates_are_found_by_their_endings_and_told_by_their_content() {
    let template = "machine:\n  {% if a %}\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n  {% endif %}\n";
    let place = Place::with(&[
        ("a.yaml.j2", template),
        ("b.tftpl", "machine:\n%{ if a }\n  sysctls: {kernel.kptr_restrict: \"${b}\"}\n%{ endif }\n"),
        ("c.yaml.gotmpl", FOREIGN),
        ("d.tpl", "{{ define \"d\" }}\nmachine:\n  type: worker\n{{ end }}\n"),
        ("e.yaml", template),
    ]);
    let report = place.report(".");
    assert_eq!(files(&report), ["a.yaml.j2", "b.tftpl", "e.yaml"]);
    assert_eq!(found(&report), ["a.yaml.j2 sysctl/weakened 4", "e.yaml sysctl/weakened 4"]);
}
