//! Fixes in the files of tools: what is wrong in a patch that stands in such a file is put right in it.

use std::sync::Arc;
use talint_analyzer::edit::apply;
use talint_analyzer::finding::Profile;
use talint_analyzer::{File, FileAnalysis, Files, Options, analyze_described};

struct Nothing;

impl Files for Nothing {
    fn read(&self, path: &str) -> Result<Arc<File>, String> {
        Err(format!("there is no {path}"))
    }

    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn analyses(text: &str) -> Vec<FileAnalysis> {
    let file = Arc::new(File { path: "machines.yaml".to_owned(), bytes: text.as_bytes().to_vec() });
    let options = Options { profile: Some(Profile::Strict), ..Options::default() };
    analyze_described(&file, &Nothing, &options).unwrap()
}

/// The file after the fixes of a rule, one after the other, and how many there were. The finding is gone after each.
fn fixed(rule: &str, text: &str) -> (String, usize) {
    let (mut text, mut count) = (text.to_owned(), 0);
    loop {
        let analyses = analyses(&text);
        let found = || analyses.iter().flat_map(|file| &file.analysis.findings);
        let Some(finding) = found().find(|finding| finding.rule == rule && finding.fix.is_some()) else {
            return (text, count);
        };
        let fix = finding.fix.as_ref().unwrap();
        assert!(fix.edits.iter().all(|edit| edit.file.is_none()), "{fix:?}");
        let edits: Vec<_> = fix.edits.iter().map(|edit| edit.edit.clone()).collect();
        let before = found().filter(|finding| finding.rule == rule).count();
        text = apply(&text, &edits).unwrap();
        count += 1;
        let after = self::analyses(&text).iter().flat_map(|file| file.analysis.findings.clone()).collect::<Vec<_>>();
        assert!(after.iter().filter(|finding| finding.rule == rule).count() < before, "{rule}: {text}");
    }
}

/// A talconfig with a patch of a node.
fn talconfig(patch: &str) -> String {
    format!(
        "clusterName: home
talosVersion: v1.12.4
kubernetesVersion: v1.35.0
endpoint: https://192.0.2.1:6443
nodes:
  - hostname: one
    ipAddress: 192.0.2.10
    installDisk: /dev/sda
    patches:
{patch}"
    )
}

#[test]
fn a_block_scalar_keeps_its_indentation() {
    let before = talconfig(
        "      - |-
        # Ours.
        machine:
          features:
            # RBAC.
            rbac: true
            diskQuotaSupport: true
      - |
        machine:
          sysctls: {a: b}
",
    );
    let after = before.replace("            # RBAC.\n            rbac: true\n", "");
    assert_eq!(fixed("schema/unused-field", &before), (after, 1));
}

#[test]
fn the_last_line_of_a_block_scalar_goes_as_any_other() {
    let before = talconfig(
        "      - |-
        machine:
          sysctls: {a: b}
          features:
            rbac: true
",
    );
    let after = before.replace("          features:\n            rbac: true\n", "");
    assert_eq!(fixed("schema/unused-field", &before), (after.clone(), 1));
    // At the end of the file, without a line end.
    assert_eq!(fixed("schema/unused-field", before.trim_end()), (after, 1));
}

#[test]
fn what_is_written_and_added_stands_where_it_belongs() {
    let before = talconfig(
        "      - |
        machine:
          nodeTaints:
            gpu: 'yes:noschedule' # some
      - |
        kind: HostnameConfig
        hostname: one
  - hostname: two
    ipAddress: 192.0.2.11
    installDisk: /dev/sda
",
    );
    let after = before.replace("noschedule", "NoSchedule");
    assert_eq!(fixed("talos/node-labels", &before), (after, 1));
    let after = before.replace("        hostname: one\n", "        hostname: one\n        apiVersion: v1alpha1\n");
    assert_eq!(fixed("schema/unknown-kind", &before), (after, 1));
}

#[test]
fn a_patch_in_quotes_takes_only_what_needs_no_escape() {
    let before = talconfig("      - 'machine: {features: {rbac: true, diskQuotaSupport: true}}'\n");
    let after = before.replace("rbac: true, ", "");
    assert_eq!(fixed("schema/unused-field", &before), (after, 1));
    let before = talconfig("      - \"machine: {features: {rbac: true}, sysctls: {a: 'b'}}\"\n");
    let after = before.replace("features: {rbac: true}, ", "");
    assert_eq!(fixed("schema/unused-field", &before), (after, 1));
    // What is written with escapes is not touched.
    let before = talconfig("      - \"machine:\\n  features:\\n    rbac: true\\n    diskQuotaSupport: true\\n\"\n");
    assert_eq!(fixed("schema/unused-field", &before), (before, 0));
}

#[test]
fn what_the_tool_writes_itself_has_no_fix() {
    let text = "clusterName: home
talosVersion: v1.12.4
kubernetesVersion: v1.35.0
endpoint: https://192.0.2.1:6443
nodes:
  - hostname: one
    ipAddress: 192.0.2.10
    installDisk: /dev/sda
    nodeTaints:
      gpu: yes:noschedule
";
    assert_eq!(fixed("talos/node-labels", text), (text.to_owned(), 0));
}

#[test]
fn a_field_that_the_tool_does_not_know_gets_its_name() {
    let before = talconfig("      - 'machine: {}'\n").replace("installDisk", "InstallDisk");
    let after = before.replace("InstallDisk", "installDisk");
    assert_eq!(fixed("tool/unknown-field", &before), (after, 1));
    // There is one already.
    let before = talconfig("      - 'machine: {}'\n    installdisk: /dev/sdb\n");
    assert_eq!(fixed("tool/unknown-field", &before), (before, 0));
}

#[test]
fn omni_gets_a_patch_without_what_it_sets_itself() {
    let before = "kind: Cluster
name: home
talos: {version: v1.12.4}
kubernetes: {version: v1.35.0}
patches:
  - name: a
    inline:
      cluster:
        # Not here.
        clusterName: another
        discovery: {enabled: true}
  - name: b
    inline:
      machine:
        features:
          rbac: true
          kubernetesTalosAPIAccess:
            enabled: true
            allowedRoles: [os:reader, os:admin]
            allowedKubernetesNamespaces: [kube-system]
---
kind: ControlPlane
machines: [430d882a-51a8-48b3-ae00-90c5b0b5b0b0]
";
    let after = before.replace("        # Not here.\n        clusterName: another\n", "").replace(", os:admin", "");
    assert_eq!(fixed("omni/forbidden-field", before), (after, 2));
    let after = before.replace("          rbac: true\n", "");
    assert_eq!(fixed("schema/unused-field", before), (after, 1));
}

#[test]
fn cluster_api_gets_its_patches_put_right_in_the_object() {
    let before = "apiVersion: bootstrap.cluster.x-k8s.io/v1alpha3
kind: TalosConfigTemplate
metadata: {name: workers}
spec:
  template:
    spec:
      generateType: worker
      talosVersion: v1.12
      configPatches:
        - op: add
          path: /machine/features/rbac
          value: true
        - op: add
          path: /machine/install
          value: {disk: /dev/sda}
      strategicPatches:
        - |
          machine:
            features:
              rbac: true
              diskQuotaSupport: true
";
    let (after, count) = fixed("schema/unused-field", before);
    assert!(count >= 1, "{after}");
    let expected = before
        .replace("        - op: add\n          path: /machine/features/rbac\n          value: true\n", "")
        .replace("              rbac: true\n", "");
    assert_eq!(after, expected);
}
