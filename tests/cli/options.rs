//! What the options ask of the analysis.

use crate::place::{CLEAN, ERROR, Place, WARNING, files, found};
use snapbox::str;

/// Whole enough that absence says something.
const WHOLE: &str = "\
version: v1alpha1
machine:
  type: worker
  token: wax5gv.lnvaarixa0ckem1r
  ca:
    crt: ENC[AES256_GCM,data:Uk9v,type:str]
  kubelet:
    defaultRuntimeSeccompProfileEnabled: true
    extraConfig:
      podPidsLimit: 4096
  features:
    rbac: true
    apidCheckExtKeyUsage: true
  install:
    disk: /dev/sda
cluster:
  controlPlane:
    endpoint: https://192.0.2.10:6443
";

#[test]
fn the_version_asked_for_decides_what_is_found() {
    let place = Place::with(&[("a.yaml", "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n")]);
    for version in ["1.12", "v1.12", "v1.12.3", "1.13.0-rc.1", "1.14"] {
        assert_eq!(found(&place.report(&format!("--talos-version {version}"))), [""; 0], "{version}");
    }
    for version in ["1.9", "v1.11.6"] {
        let report = place.report(&format!("--talos-version {version}"));
        assert_eq!(found(&report), ["a.yaml schema/not-in-version 2"], "{version}");
    }
}

#[test]
fn the_version_asked_for_wins_over_the_modeline_and_the_image() {
    let text = "# talint: talos=1.12\nmachine:\n  install:\n    image: ghcr.io/siderolabs/installer:v1.13.0\n";
    let place = Place::with(&[("a.yaml", text)]);
    let version = |arguments: &str| {
        let report = place.report(arguments);
        let file = &report["files"][0];
        (file["talos_version"].clone(), file["talos_version_source"].clone())
    };
    assert_eq!(version("--talos-version 1.10"), ("1.10".into(), "as asked for".into()));
    assert_eq!(version(""), ("1.12".into(), "from the modeline".into()));
    place.write("a.yaml", text.replace("# talint: talos=1.12\n", ""));
    assert_eq!(version(""), ("1.13".into(), "from the image tag".into()));
    place.write("a.yaml", CLEAN);
    assert_eq!(version(""), ("1.14".into(), "assumed, as nothing names a version".into()));
}

#[test]
fn a_version_that_is_not_known_is_told_and_the_nearest_taken() {
    let place = Place::with(&[("a.yaml", CLEAN)]);
    place.check("--talos-version 1.99").assert().code(0).stderr_eq(str![[r#"
talint: a.yaml: Talos 1.99 is newer than the versions known; analysed as Talos 1.14

"#]]);
    place.check("--talos-version 2.0").assert().code(0).stderr_eq(str![[r#"
talint: a.yaml: Talos 2.0 is newer than the versions known; analysed as Talos 1.14

"#]]);
    place.check("--talos-version 1.5").assert().code(0).stderr_eq(str![[r#"
talint: a.yaml: Talos 1.5 is older than the versions known; analysed as Talos 1.9

"#]]);
    assert_eq!(place.report("--talos-version 1.99")["files"][0]["talos_version"], "1.14");
    assert_eq!(place.report("--talos-version 1.5")["files"][0]["talos_version"], "1.9");
}

#[test]
fn a_version_that_is_none_is_wrong_usage() {
    let place = Place::with(&[("a.yaml", CLEAN)]);
    for version in ["newest", "1", "1.x", "", "1.12 or so"] {
        for option in ["--talos-version", "--kubernetes-version"] {
            place.check("a.yaml").args([option, version]).assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: [..]a version is written as 1.12 or v1.12.3

For more information, try '--help'.

"#]]);
        }
    }
}

#[test]
fn the_kubernetes_version_is_asked_for_or_comes_with_talos() {
    let place = Place::with(&[("a.yaml", CLEAN)]);
    let version = |arguments: &str| {
        let report = place.report(arguments);
        let file = &report["files"][0];
        (file["kubernetes_version"].clone(), file["kubernetes_version_source"].clone())
    };
    assert_eq!(version("--kubernetes-version v1.33.4"), ("1.33".into(), "as asked for".into()));
    assert_eq!(version("--talos-version 1.12"), ("1.35".into(), "the default of this Talos version".into()));
    place.write("a.yaml", "# talint: kubernetes=1.32\nmachine:\n  type: worker\n");
    assert_eq!(version(""), ("1.32".into(), "from the modeline".into()));
    place.write("a.yaml", "machine:\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.34.1\n");
    assert_eq!(version(""), ("1.34".into(), "from the image tag".into()));
}

#[test]
fn the_profile_decides_how_loud_optional_hardening_is() {
    let place = Place::with(&[("a.yaml", WHOLE)]);
    place.check("--talos-version 1.11").assert().code(0);
    place.check("--talos-version 1.11 --profile default").assert().code(0);
    place.check("--talos-version 1.11 --profile hardened").assert().code(1);
    place.check("--talos-version 1.11 --profile strict").assert().code(1);
    place.write("a.yaml", format!("# talint: talos=1.11 profile=hardened\n{WHOLE}"));
    place.check("").assert().code(1);
    place.check("--profile default").assert().code(0);
}

#[test]
fn in_a_container_the_kernel_is_another_ones() {
    let text = "# talint: talos=1.11\nmachine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n  install:\n    extraKernelArgs: [init_on_alloc=0]\n";
    let place = Place::with(&[("a.yaml", text)]);
    let on_metal = ["a.yaml sysctl/weakened 4", "a.yaml kernel/init-on-alloc 6"];
    assert_eq!(found(&place.report("")), on_metal);
    assert_eq!(found(&place.report("--mode metal")), on_metal);
    assert_eq!(found(&place.report("--mode cloud")), on_metal);
    assert_eq!(found(&place.report("--mode container")), [""; 0]);
}

#[test]
fn in_a_cloud_arguments_that_grub_does_not_read_are_only_without_effect() {
    let install = "  install:\n    grubUseUKICmdline: true\n    extraKernelArgs: [net.ifnames=0]\n";
    let place = Place::with(&[("a.yaml", &format!("machine:\n{install}"))]);
    let rule = "a.yaml ineffective/kernel-args-uki 4";
    let is_told =
        |mode: &str| found(&place.report(&format!("--talos-version 1.12 --mode {mode}"))).contains(&rule.to_owned());
    assert!(is_told("cloud"));
    assert!(!is_told("container"));
}

#[test]
fn what_talos_refuses_on_metal_alone_is_an_error_only_when_metal_is_asked_for() {
    let text = "machine:\n  type: worker\n  token: t\n  ca: {crt: \"ENC[x]\"}\n  install: {}\ncluster:\n  controlPlane:\n    endpoint: https://a:6443\n";
    let place = Place::with(&[("a.yaml", text)]);
    let severities = |arguments: &str| -> Vec<String> {
        let report = place.report(&format!("--talos-version 1.12 --select install/no-disk {arguments}"));
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["severity"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(severities(""), ["warning"]);
    assert_eq!(severities("--mode metal"), ["error"]);
    assert_eq!(severities("--mode cloud"), [""; 0]);
    assert_eq!(severities("--mode container"), [""; 0]);
}

#[test]
fn rules_are_chosen_by_name_and_by_family() {
    let text = format!("{WARNING}  sysctl: {{}}\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n");
    let place = Place::with(&[("a.yaml", &text)]);
    let pids = "a.yaml kubelet/pod-pids-limit 4";
    let field = "a.yaml schema/unknown-field 5";
    let sysctl = "a.yaml sysctl/weakened 7";
    assert_eq!(found(&place.report("")), [pids, field, sysctl]);
    assert_eq!(found(&place.report("--select sysctl/weakened")), [sysctl]);
    assert_eq!(found(&place.report("--select kubelet/,schema/unknown-field")), [pids, field]);
    assert_eq!(found(&place.report("--select kubelet/* --select sysctl/")), [pids, sysctl]);
    assert_eq!(found(&place.report("--ignore kubelet/pod-pids-limit")), [field, sysctl]);
    assert_eq!(found(&place.report("--ignore schema/ --ignore sysctl/")), [pids]);
    assert_eq!(found(&place.report("--select kubelet/,sysctl/ --ignore sysctl/weakened")), [pids]);
}

#[test]
fn a_suppression_of_a_rule_that_is_not_looked_for_is_not_called_unused() {
    let place = Place::with(&[("a.yaml", "machine:\n  type: worker # talint: ignore[kernel/] as an example\n")]);
    assert_eq!(found(&place.report("")), ["a.yaml suppression/unused 2"]);
    assert_eq!(found(&place.report("--ignore kernel/")), [""; 0]);
    assert_eq!(found(&place.report("--select sysctl/,suppression/")), [""; 0]);
}

#[test]
fn a_rule_that_does_not_exist_is_wrong_usage_and_the_nearest_is_named() {
    let place = Place::with(&[("a.yaml", CLEAN)]);
    place.check("--select kernel/init-on-fre").assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: invalid value 'kernel/init-on-fre' for '--select <RULE>': there is no such rule; did you mean `kernel/init-on-free`?

For more information, try '--help'.

"#]]);
    place.check("--ignore everything").assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: invalid value 'everything' for '--ignore <RULE>': there is no such rule or family; a family is written as `kernel/`

For more information, try '--help'.

"#]]);
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let names: Vec<String> = (0..40).map(|number| format!("{number}.yaml")).collect();
    let contents = [WARNING, ERROR, CLEAN, "machine: [\n"];
    let content = |number: usize| contents[number % contents.len()];
    let files: Vec<(&str, &str)> =
        names.iter().enumerate().map(|(number, name)| (name.as_str(), content(number))).collect();
    let place = Place::with(&files);
    for format in ["text", "json"] {
        let run = |jobs: &str| place.check(&format!("--format {format} {jobs}")).output().unwrap();
        let one = run("--jobs 1");
        assert!(!one.stdout.is_empty());
        assert_eq!(one, run("--jobs 2"));
        assert_eq!(one, run(""));
    }
}

#[test]
fn no_jobs_at_all_is_wrong_usage() {
    let place = Place::with(&[("a.yaml", CLEAN)]);
    place.check("--jobs 0").assert().code(2);
}

#[test]
fn notices_are_told_on_standard_error_and_not_when_quiet() {
    let place = Place::with(&[("a.yaml", "# talint: talos=newest\nmachine:\n  type: worker\n")]);
    place.check("").assert().code(0).stderr_eq(str![[r#"
talint: a.yaml: a `# talint:` comment is not understood: `newest` is not a version such as `1.12`

"#]]);
    place.check("--quiet").assert().code(0).stdout_eq("").stderr_eq("");
    assert_eq!(files(&place.report("--quiet")), ["a.yaml"]);
}
