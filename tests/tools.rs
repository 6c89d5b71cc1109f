//! Descriptions of machines by tools: what each machine is made of, and what is said of the description.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::sync::Arc;
use talint_analyzer::finding::Profile;
use talint_analyzer::input::Form;
use talint_analyzer::text::LineIndex;
use talint_analyzer::tools::{Described, describe};
use talint_analyzer::{File, Files, Layer, Options, Source, analyze_described, analyze_layered, config, secrets};

/// Files by their paths.
struct Given(Vec<(&'static str, &'static str)>);

impl Files for Given {
    fn read(&self, path: &str) -> Result<Arc<File>, String> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found.map(|(name, text)| file(name, text)).ok_or_else(|| "there is no such file".to_owned())
    }

    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn file(path: &str, text: &str) -> Arc<File> {
    Arc::new(File { path: path.to_owned(), bytes: text.as_bytes().to_vec() })
}

fn described(path: &str, text: &str, files: &Given) -> Described {
    describe(&file(path, text), files, &Options::default()).unwrap()
}

/// The layers of a machine: a made one as `made`, else its text.
fn layers(described: &Described, machine: &str) -> Vec<String> {
    let machine = described.machines.iter().find(|known| &*known.name == machine).unwrap();
    let shown = |layer: &Layer| match layer {
        Layer::File(file) => file.path.clone(),
        Layer::Part { text, .. } => text.trim().to_owned(),
        Layer::Made { .. } => "made".to_owned(),
    };
    machine.layers.iter().map(shown).collect()
}

/// What is found: file, line, rule, machines.
fn found(path: &str, text: &str, files: &Given, options: &Options) -> Vec<String> {
    let analyses = analyze_described(&file(path, text), files, options).unwrap();
    let told = analyses.iter().flat_map(|analysis| {
        let text = String::from_utf8(analysis.file.bytes.clone()).unwrap();
        let lines = LineIndex::new(&text);
        let told = analysis.analysis.findings.iter().map(|finding| {
            let line = lines.line(finding.span.start) + 1;
            format!("{}:{line} {} {}", analysis.file.path, finding.rule, finding.machines.join(" "))
        });
        told.collect::<Vec<_>>()
    });
    told.collect()
}

/// Options for some rules.
fn only(rules: &[&str]) -> Options {
    Options { select: rules.iter().map(|rule| (*rule).to_owned()).collect(), ..Options::default() }
}

const TALCONFIG: &str = "\
clusterName: home
talosVersion: v1.12.4
kubernetesVersion: v1.35.0
endpoint: https://192.0.2.1:6443
patches:
  - 'cluster: 1'
nodes:
  - hostname: first
    ipAddress: 192.0.2.11
    controlPlane: true
    patches:
      - 'node: 1'
      - '@a.yaml'
  - hostname: second
    ipAddress: 192.0.2.12
    controlPlane: true
    overridePatches: true
    extraManifests: [../b.yaml]
    patches:
      - 'node: 2'
  - hostname: third
    ipAddress: 192.0.2.13
    overridePatches: true
  - hostname: unknown
    ipAddress: 192.0.2.14
    controlPlane: ${CONTROL_PLANE}
controlPlane:
  patches:
    - 'control plane: 1'
worker:
  patches:
    - 'worker: 1'
";

#[test]
fn talhelper_patches_with_the_section_then_the_node_then_the_cluster() {
    let files = Given(vec![("talos/a.yaml", "machine: {}\n"), ("b.yaml", "machine: {}\n")]);
    let described = described("talos/talconfig.yaml", TALCONFIG, &files);
    assert_eq!(
        layers(&described, "first"),
        ["made", "made", "control plane: 1", "node: 1", "talos/a.yaml", "cluster: 1"]
    );
    assert_eq!(layers(&described, "second"), ["made", "made", "node: 2", "cluster: 1", "b.yaml"]);
    // Without patches of its own there is nothing to override with.
    assert_eq!(layers(&described, "third"), ["made", "made", "worker: 1", "cluster: 1"]);
    assert_eq!(described.machines.len(), 3);
    assert_eq!(described.used, ["talos/a.yaml", "b.yaml"]);
}

/// The configuration that comes of the layers of a machine.
fn effective(described: &Described, machine: &str) -> String {
    let machine = described.machines.iter().find(|known| &*known.name == machine).unwrap();
    let sources: Vec<Source<'_>> = machine
        .layers
        .iter()
        .map(|layer| match layer {
            Layer::File(file) => Source::file(&file.path, &file.bytes),
            Layer::Part { file, text, .. } | Layer::Made { file, text, .. } => {
                Source::file(&file.path, text.as_bytes())
            }
        })
        .collect();
    let options = Options { described: Some(machine.versions), ..Options::default() };
    config::render(&analyze_layered(sources[0], &sources[1..], &options).layered.documents)
}

/// What talhelper 3.1 wrote for this file, in versions before and with documents for the network.
#[test]
fn the_fields_of_talhelper_become_what_talhelper_writes() {
    let text = |talos: &str| {
        format!(
            "\
clusterName: home
talosVersion: {talos}
kubernetesVersion: v1.34.1
endpoint: https://192.0.2.1:6443
clusterPodNets: [10.200.0.0/16]
additionalApiServerCertSans: [api.example.org]
additionalMachineCertSans: [m.example.org]
allowSchedulingOnControlPlanes: true
cniConfig: {{name: none}}
nodes:
  - hostname: first
    ipAddress: 192.0.2.11
    controlPlane: true
    installDiskSelector: {{size: '<= 300GB'}}
    nodeTaints: {{mytaint: 'x:NoSchedule'}}
    certSANs: [n.example.org]
    nameservers: [1.1.1.1]
    disableSearchDomain: true
    schematic: {{customization: {{extraKernelArgs: [init_on_free=1]}}}}
    ingressFirewall:
      defaultAction: block
"
        )
    };
    let of = |talos: &str| effective(&described("talconfig.yaml", &text(talos), &Given(Vec::new())), "first");
    let (before, with) = (of("v1.11.5"), of("v1.12.4"));
    let both = [
        "- m.example.org",
        "- n.example.org",
        "image: \"ghcr.io/siderolabs/kubelet:v1.34.1\"",
        "endpoint: \"https://192.0.2.1:6443\"",
        "- 10.200.0.0/16",
        "- api.example.org",
        "allowSchedulingOnControlPlanes: true",
        "name: none",
        "mytaint: 'x:NoSchedule'",
        "size: '<= 300GB'",
        "kind: \"NetworkDefaultActionConfig\"",
    ];
    let only_before = ["- init_on_free=1", "disableSearchDomain: true"];
    let only_with = ["kind: \"HostnameConfig\"", "auto: \"off\"", "kind: \"ResolverConfig\"", "disableDefault: true"];
    let has = |text: &str, line: &str| text.lines().any(|known| known.trim() == line);
    for line in both {
        assert!(has(&before, line) && has(&with, line), "{line}\n{before}\n{with}");
    }
    for line in only_before {
        assert!(has(&before, line) && !has(&with, line), "{line}\n{before}\n{with}");
    }
    for line in only_with {
        assert!(!has(&before, line) && has(&with, line), "{line}\n{before}\n{with}");
    }
    assert!(!before.contains("/dev/sda") && !with.contains("/dev/sda"));
}

#[test]
fn omni_patches_with_the_cluster_then_the_set_then_the_machine() {
    let text = "\
kind: Cluster
name: home
talos: {version: v1.12.4}
kubernetes: {version: v1.35.0}
patches: [{name: a, inline: {cluster: {}}}]
---
kind: ControlPlane
machines: [one, two]
patches: [{name: b, file: b.yaml}, {name: c, inline: [{machine: {}}, {kind: X}]}]
---
kind: Workers
name: empty
machines: []
---
kind: Machine
name: two
patches: [{name: d, inline: \"machine: {debug: true}\"}]
";
    let described = described("x/cluster.yaml", text, &Given(vec![("x/b.yaml", "machine: {}\n")]));
    assert_eq!(layers(&described, "one"), ["made", "{cluster: {}}", "x/b.yaml", "{machine: {}}", "{kind: X}"]);
    let of_two = layers(&described, "two");
    assert_eq!(of_two.last().map(String::as_str), Some("machine: {debug: true}"));
    assert_eq!(described.machines.len(), 2);
}

#[test]
fn a_value_that_a_later_patch_puts_right_is_no_finding() {
    let text = TALCONFIG
        .replace("'node: 1'", "'machine: {sysctls: {kernel.kptr_restrict: \"0\"}}'")
        .replace("'cluster: 1'", "'machine: {sysctls: {kernel.kptr_restrict: \"2\"}}'");
    let files = Given(vec![("a.yaml", "debug: true\n"), ("../b.yaml", "machine: {}\n")]);
    let all = found("talconfig.yaml", &text, &files, &only(&["sysctl/weakened", "machine/debug"]));
    assert_eq!(all, ["a.yaml:1 machine/debug first"]);
}

#[test]
fn a_finding_in_a_patch_of_all_machines_names_them_all_once() {
    let text = TALCONFIG.replace("'cluster: 1'", "'machine: {sysctls: {kernel.kptr_restrict: \"0\"}}'");
    let files = Given(vec![("a.yaml", "machine: {}\n"), ("../b.yaml", "machine: {}\n")]);
    let all = found("talconfig.yaml", &text, &files, &only(&["sysctl/weakened"]));
    assert_eq!(all, ["talconfig.yaml:6 sysctl/weakened first second third"]);
}

#[test]
fn a_missing_layer_says_nothing_of_what_is_absent() {
    let rules = only(&["kubelet/pod-pids-limit", "tool/missing-file"]);
    let text = |patch: &str| {
        format!("clusterName: home\ntalosVersion: v1.12.4\nnodes:\n  - hostname: one\n    patches: [\"{patch}\"]\n")
    };
    let files = Given(vec![("here.yaml", "machine: {}\n")]);
    assert_eq!(
        found("talconfig.yaml", &text("@here.yaml"), &files, &rules),
        ["talconfig.yaml:2 kubelet/pod-pids-limit one"]
    );
    assert_eq!(found("talconfig.yaml", &text("@gone.yaml"), &files, &rules), ["talconfig.yaml:5 tool/missing-file "]);
    assert_eq!(found("talconfig.yaml", &text("@/etc/gone.yaml"), &files, &rules), [""; 0]);
    assert_eq!(found("talconfig.yaml", &text("@${NAME}.yaml"), &files, &rules), [""; 0]);
}

#[test]
fn comments_of_the_file_let_findings_pass_and_are_judged_as_everywhere() {
    let text = "\
clusterName: home
talosVersion: v1.12.4
kubernetesVersion: v1.35.0
endpoint: https://192.0.2.1:6443
nodes:
  - hostname: one
    ipAddress: 192.0.2.1
    ipAdress: 192.0.2.1 # talint: ignore[tool/unknown-field] kept for a script
    # talint: ignore[sysctl/weakened] there is none
    installDisk: /dev/sda
    patches:
      - |
        debug: true # talint: ignore[machine/debug]
        machine:
          # talint: ignore[sysctl/weakened] in the lab
          sysctls: {kernel.kptr_restrict: \"0\"}
";
    let rules = only(&["tool/", "sysctl/weakened", "machine/debug", "suppression/"]);
    assert_eq!(
        found("talconfig.yaml", text, &Given(Vec::new()), &rules),
        ["talconfig.yaml:9 suppression/unused ", "talconfig.yaml:13 suppression/reason one"]
    );
}

#[test]
fn a_modeline_of_the_file_is_for_its_machines() {
    let text =
        "# talint: talos=1.13 profile=hardened\nclusterName: home\ntalosVersion: v1.12.4\nnodes:\n  - hostname: one\n";
    let analyses = analyze_described(&file("talconfig.yaml", text), &Given(Vec::new()), &Options::default()).unwrap();
    assert_eq!(analyses[0].analysis.versions.talos.minor(), 13);
    assert!(analyses[0].analysis.findings.iter().any(|finding| finding.rule == "disk/encryption"));
    let default = Options { profile: Some(Profile::Default), ..Options::default() };
    let analyses = analyze_described(&file("talconfig.yaml", text), &Given(Vec::new()), &default).unwrap();
    assert!(!analyses[0].analysis.findings.iter().any(|finding| finding.rule == "disk/encryption"));
}

#[test]
fn secrets_inside_of_the_file_are_hidden() {
    let text = "\
kind: Cluster
name: home
talos: {version: v1.12.4}
kubernetes: {version: v1.35.0}
patches:
  - name: a
    inline:
      machine:
        token: abcdef.0123456789abcdef
        network:
          interfaces:
            - interface: wg0
              wireguard:
                privateKey: 6NtibgkNWGSLp7ud6NgZr9k3kNhlQiaJCVW6vN+j9UY=
  - name: b
    inline: |
      cluster:
        secret: c2VjcmV0LW9mLXRoZS1jbHVzdGVy
        inlineManifests: []
      ---
      apiVersion: v1alpha1
      kind: UserVolumeConfig
      name: data
      encryption:
        keys:
          - slot: 0
            static: {passphrase: made for this test}
  - name: c
    inline: \"cluster: {token: \\\"ghijkl.0123456789abcdef\\\"}\"
";
    let spans = secrets::find("cluster.yaml", text.as_bytes(), Form::default());
    for secret in [
        "abcdef.0123456789abcdef",
        "6NtibgkNWGSLp7ud6NgZr9k3kNhlQiaJCVW6vN+j9UY=",
        "c2VjcmV0LW9mLXRoZS1jbHVzdGVy",
        "made for this test",
        "ghijkl.0123456789abcdef",
    ] {
        let at = text.find(secret).unwrap();
        let is_hidden = spans.iter().any(|span| span.start as usize <= at && at + secret.len() <= span.end as usize);
        assert!(is_hidden, "{secret}");
    }
}

#[test]
fn what_is_like_a_description_is_none() {
    let of_kubernetes = "apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: {name: a}\n";
    let of_a_database = "kind: Cluster\nname: a\nspec: {}\n";
    let with_nodes = "clusterName: a\nnodes: 3\n";
    let of_a_template = "kind: Cluster\nname: a\n{{ if b }}\ntalos: {version: v1.12.0}\n{{ end }}\n";
    for text in [of_kubernetes, of_a_database, with_nodes, of_a_template] {
        assert!(describe(&file("cluster.yaml", text), &Given(Vec::new()), &Options::default()).is_none(), "{text}");
    }
}

#[test]
fn aliases_that_stand_inside_of_themselves_and_bombs_end() {
    let mut bomb = String::from("clusterName: a\nx0: &x0 [a, a, a, a, a, a, a, a, a, a]\n");
    for level in 1..10 {
        let items = vec![format!("*x{}", level - 1); 10].join(", ");
        let _ = writeln!(bomb, "x{level}: &x{level} [{items}]");
    }
    bomb.push_str("nodes:\n  - hostname: one\n    nodeLabels: *x9\n    patches: *x9\n");
    let loops =
        "clusterName: a\nnodes: &n\n  - &m\n    hostname: one\n    <<: *m\n    nodeLabels: *m\n    kernelModules: *n\n";
    for text in [bomb.as_str(), loops] {
        let analyses = analyze_described(&file("talconfig.yaml", text), &Given(Vec::new()), &Options::default());
        assert!(analyses.is_some());
    }
}

#[test]
fn nothing_of_talos_1_14_stands_beside_fields_that_a_tool_writes() {
    let conflicts = only(&["talos/field-beside-document"]);
    let none = Given(vec![]);
    let talconfig = "\
clusterName: home
talosVersion: v1.14.1
endpoint: https://192.0.2.1:6443
nodes:
  - {hostname: one, ipAddress: 192.0.2.11, installDisk: /dev/sdb, nodeLabels: {zone: a}}
patches:
  - 'machine: {kubelet: {extraArgs: {v: \"2\"}}}'
";
    assert!(found("talconfig.yaml", talconfig, &none, &conflicts).is_empty());
    // Omni installs by itself.
    let template = "\
kind: Cluster
name: home
kubernetes: {version: v1.36.0}
talos: {version: v1.14.1}
---
kind: ControlPlane
machines: [one]
---
kind: Machine
name: one
install: {disk: /dev/sdb}
";
    assert!(found("cluster.yaml", template, &none, &conflicts).is_empty());
    assert!(!effective(&described("cluster.yaml", template, &none), "one").contains("install"));
    // What it generates is of the version that the cluster began with.
    let patched = format!(
        "{template}patches:\n  - name: host\n    inline:\n      - machine: {{network: {{hostname: one}}, kubelet: {{}}}}\n"
    );
    assert!(found("cluster.yaml", &patched, &none, &conflicts).is_empty());
    let both = format!("{patched}      - apiVersion: v1alpha1\n        kind: HostnameConfig\n        hostname: two\n");
    assert_eq!(found("cluster.yaml", &both, &none, &conflicts).len(), 1, "{both}");
    let object = "\
apiVersion: bootstrap.cluster.x-k8s.io/v1alpha3
kind: TalosConfigTemplate
metadata: {name: one}
spec:
  template:
    spec:
      generateType: worker
      talosVersion: v1.14
      strategicPatches:
        - 'machine: {install: {disk: /dev/sdb}, nodeLabels: {zone: a}}'
";
    assert!(found("object.yaml", object, &none, &conflicts).is_empty());
    // What the description itself writes beside each other is told.
    let document = "- |\n    apiVersion: v1alpha1\n    kind: HostnameConfig\n    hostname: two\n";
    let both = talconfig
        .replace("- 'machine: {kubelet", &format!("{document}  - 'machine: {{network: {{hostname: one}}, kubelet"));
    assert_eq!(found("talconfig.yaml", &both, &none, &conflicts).len(), 1, "{both}");
}

#[test]
fn each_patch_of_a_line_counts() {
    let template = "\
kind: Cluster
name: home
kubernetes: {version: v1.36.0}
talos: {version: v1.13.1}
patches: [{name: two, inline: [{machine: {sysctls: {kernel.kptr_restrict: \"0\"}}}, {machine: {sysctls: {kernel.dmesg_restrict: \"0\"}}}]}]
---
kind: ControlPlane
machines: [one]
";
    let found = found("cluster.yaml", template, &Given(vec![]), &only(&["sysctl/weakened"]));
    assert_eq!(found, ["cluster.yaml:5 sysctl/weakened one", "cluster.yaml:5 sysctl/weakened one"]);
}

#[test]
fn an_older_base_has_no_document_to_leave_out() {
    let template = "\
kind: Cluster
name: home
talos: {version: v1.11.5}
patches: [{name: host, inline: {machine: {network: {hostname: one}}}}]
---
kind: ControlPlane
machines: [one]
";
    let found = found("cluster.yaml", template, &Given(vec![]), &only(&["kubelet/pod-pids-limit"]));
    assert_eq!(found, ["cluster.yaml:3 kubelet/pod-pids-limit one"]);
}
