//! What patches do to a configuration, a sentence each, through the program as its user runs it.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::Path;
use std::process::{Command, Output};

struct Run {
    folder: tempfile::TempDir,
}

impl Run {
    /// A folder with `base.yaml` and the patches `1.yaml`, `2.yaml` …
    fn new(base: &str, patches: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("base.yaml"), base).unwrap();
        for (number, patch) in patches.iter().enumerate() {
            std::fs::write(folder.path().join(format!("{}.yaml", number + 1)), patch).unwrap();
        }
        Self { folder }
    }

    fn talint(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_talint")).current_dir(self.path()).args(arguments).output().unwrap()
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What `talint render` shows of a base with patches.
fn render(version: &str, base: &str, patches: &[&str]) -> Output {
    let run = Run::new(base, patches);
    let names: Vec<String> = (1..=patches.len()).map(|number| format!("{number}.yaml")).collect();
    let mut arguments = vec!["render", "base.yaml", "--talos-version", version];
    for name in &names {
        arguments.extend(["--patch", name]);
    }
    run.talint(&arguments)
}

fn shows(version: &str, base: &str, patches: &[&str], expected: &str) {
    let output = render(version, base, patches);
    assert_eq!(stdout(&output), expected, "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(0));
}

fn refuses(version: &str, base: &str, patches: &[&str], why: &str) {
    let output = render(version, base, patches);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains(why), "{}", stderr(&output));
}

#[test]
fn lists_append() {
    shows(
        "1.12",
        "machine:\n    certSANs: [a]\n",
        &["machine:\n  certSANs: [b]\n"],
        "machine:\n    certSANs:\n        - a\n        - b\n",
    );
}

#[test]
fn some_lists_are_replaced() {
    shows(
        "1.12",
        "cluster:\n  clusterName: a\n  network:\n    podSubnets: [10.244.0.0/16]\nmachine:\n  type: worker\n",
        &["cluster:\n  network:\n    podSubnets: [10.1.0.0/16]\n"],
        "cluster:\n    clusterName: a\n    network:\n        podSubnets:\n            - 10.1.0.0/16\nmachine:\n    type: worker\n",
    );
}

#[test]
fn interfaces_merge_by_name_and_others_append() {
    shows(
        "1.11",
        "machine:\n  network:\n    interfaces:\n      - interface: eth0\n        dhcp: true\n",
        &[
            "machine:\n  network:\n    interfaces:\n      - interface: eth0\n        mtu: 9000\n      - interface: eth1\n",
        ],
        "machine:\n    network:\n        interfaces:\n            - interface: eth0\n              dhcp: true\n              mtu: 9000\n            - interface: eth1\n",
    );
}

#[test]
fn interfaces_merge_by_selector_unless_it_says_physical() {
    let base = |physical: &str| {
        format!(
            "machine:\n  network:\n    interfaces:\n      - deviceSelector: {{driver: virtio{physical}}}\n        dhcp: true\n"
        )
    };
    let merged = stdout(&render("1.11", &base(""), &[&base("")]));
    assert_eq!(merged.matches("driver: virtio").count(), 1, "{merged}");
    let appended = stdout(&render("1.11", &base(", physical: true"), &[&base(", physical: true")]));
    assert_eq!(appended.matches("driver: virtio").count(), 2, "{appended}");
}

#[test]
fn an_empty_text_does_not_overwrite() {
    shows(
        "1.12",
        "machine:\n  type: worker\n  install:\n    disk: /dev/sda\n",
        &["machine:\n  install:\n    disk: \"\"\n"],
        "machine:\n    type: worker\n    install:\n        disk: /dev/sda\n",
    );
}

#[test]
fn false_overwrites() {
    shows(
        "1.12",
        "machine:\n  type: worker\ndebug: true\n",
        &["debug: false\n"],
        "machine:\n    type: worker\ndebug: false\n",
    );
}

#[test]
fn an_argument_is_replaced_by_an_empty_one_from_1_13_on() {
    let base = "machine:\n  kubelet:\n    extraArgs:\n      v: \"4\"\n";
    let patch = "machine:\n  kubelet:\n    extraArgs:\n      v: \"\"\n";
    shows("1.12", base, &[patch], "machine:\n    kubelet:\n        extraArgs:\n            v: \"4\"\n");
    shows("1.13", base, &[patch], "machine:\n    kubelet:\n        extraArgs:\n            v: \"\"\n");
}

#[test]
fn a_url_keeps_the_parts_that_the_patch_leaves_out() {
    shows(
        "1.12",
        "machine:\n  type: worker\ncluster:\n  controlPlane:\n    endpoint: https://a:6443/path\n",
        &["cluster:\n  controlPlane:\n    endpoint: https://b:443\n"],
        "machine:\n    type: worker\ncluster:\n    controlPlane:\n        endpoint: \"https://b:443/path\"\n",
    );
}

#[test]
fn an_expression_that_the_patch_leaves_out_is_cleared() {
    let base = "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  diskSelector:\n    match: disk.size > 1u\n  maxSize: 10GiB\n";
    let patch = "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  grow: false\n";
    let rendered = stdout(&render("1.12", base, &[patch]));
    assert!(!rendered.contains("match:") && rendered.contains("maxSize: 10GiB"), "{rendered}");
}

#[test]
fn a_certificate_without_its_key_clears_the_key() {
    let rendered = stdout(&render(
        "1.12",
        "machine:\n  ca:\n    crt: YQ==\n    key: Yg==\n",
        &["machine:\n  ca:\n    crt: Yw==\n"],
    ));
    assert!(!rendered.contains("key:"), "{rendered}");
}

#[test]
fn a_document_that_the_base_lacks_is_appended() {
    shows(
        "1.12",
        "machine:\n  type: worker\n",
        &["apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n"],
        "machine:\n    type: worker\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n",
    );
}

#[test]
fn documents_are_told_apart_by_kind_and_name() {
    let document =
        |name: &str, url: &str| format!("apiVersion: v1alpha1\nkind: KmsgLogConfig\nname: {name}\nurl: {url}\n");
    let rendered = stdout(&render(
        "1.12",
        &document("one", "tcp://a:1"),
        &[&document("two", "tcp://b:1"), &document("one", "udp://c:1")],
    ));
    assert_eq!(rendered, format!("{}---\n{}", document("one", "udp://c:1"), document("two", "tcp://b:1")));
}

#[test]
fn delete_takes_out_a_field_an_item_and_a_document() {
    shows(
        "1.12",
        "machine:\n  type: worker\n  network:\n    interfaces:\n      - interface: eth0\n      - interface: eth1\n  sysctls: {a: \"1\"}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n",
        &[
            "machine:\n  network:\n    interfaces:\n      - interface: eth0\n        $patch: delete\n  sysctls:\n    $patch: delete\n---\napiVersion: v1alpha1\nkind: HostnameConfig\n$patch: delete\n",
        ],
        "machine:\n    type: worker\n    network:\n        interfaces:\n            - interface: eth1\n",
    );
}

#[test]
fn a_delete_of_what_is_not_there_is_refused_with_its_place() {
    refuses(
        "1.12",
        "machine:\n  sysctls: {a: \"1\"}\n",
        &["machine:\n  sysctls:\n    b:\n      $patch: delete\n"],
        "1.yaml:4: Talos refuses to delete `machine.sysctls.b`: it is not there (patch/not-found)",
    );
}

#[test]
fn an_item_to_delete_is_not_spelt_out_for_it_may_be_a_secret() {
    let output = render(
        "1.11",
        "machine:\n  network:\n    interfaces:\n      - interface: wg0\n",
        &["machine:\n  network:\n    interfaces:\n      - interface: sesame\n        $patch: delete\n"],
    );
    let error = stderr(&output);
    assert!(error.contains("the item with this `interface` from `machine.network.interfaces`"), "{error}");
    assert!(!error.contains("sesame"), "{error}");
}

#[test]
fn a_json_patch_after_a_strategic_one_sees_what_talos_writes_between_them() {
    let base = "machine:\n  type: worker\n";
    let json = "- op: add\n  path: /machine/certSANs/-\n  value: a\n";
    refuses("1.11", base, &[json], "`/machine/certSANs/-` is not there");
    shows(
        "1.11",
        base,
        &["debug: true\nversion: v1alpha1\n", json],
        "machine:\n    type: worker\n    certSANs:\n        - a\ndebug: true\nversion: v1alpha1\n",
    );
}

#[test]
fn patches_apply_in_their_order() {
    let patch = |mtu: &str| format!("machine:\n  install:\n    disk: {mtu}\n");
    let rendered = stdout(&render("1.12", "machine:\n  type: worker\n", &[&patch("/dev/a"), &patch("/dev/b")]));
    assert!(rendered.contains("disk: /dev/b"), "{rendered}");
}

#[test]
fn a_json_patch_changes_what_its_path_names() {
    shows(
        "1.11",
        "machine:\n  type: worker\n  certSANs: [a, b]\n",
        &[
            "- op: replace\n  path: /machine/type\n  value: controlplane\n- op: add\n  path: /machine/certSANs/-\n  value: c\n- op: remove\n  path: /machine/certSANs/0\n",
        ],
        "machine:\n    type: controlplane\n    certSANs:\n        - b\n        - c\n",
    );
}

#[test]
fn a_json_patch_over_several_documents_is_refused() {
    refuses(
        "1.12",
        "machine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n",
        &["[{\"op\": \"remove\", \"path\": \"/machine\"}]\n"],
        "patch/json-on-multi-doc",
    );
}

#[test]
fn a_patch_that_talos_cannot_read_is_refused() {
    refuses("1.12", "machine:\n  type: worker\n", &["machine:\n  typo: 1\n"], "1.yaml:2: ");
}

#[test]
fn a_document_twice_in_a_patch_is_refused_until_1_13() {
    let patch = "machine:\n  sysctls: {a: \"1\"}\n---\nmachine:\n  sysctls: {b: \"2\"}\n";
    refuses("1.13", "machine:\n  type: worker\n", &[patch], "patch/document-twice");
    let rendered = stdout(&render("1.14", "machine:\n  type: worker\n", &[patch]));
    assert!(rendered.contains("a: \"1\"\n        b: \"2\""), "{rendered}");
}

#[test]
fn origins_name_the_file_and_line_of_each_value_and_of_what_it_replaced() {
    let run = Run::new(
        "machine:\n  type: worker\n  install:\n    disk: /dev/a\n",
        &["machine:\n  install:\n    disk: /dev/b\n"],
    );
    let output = run.talint(&["render", "base.yaml", "--patch", "@1.yaml", "--origins", "--talos-version", "1.12"]);
    let expected = "machine:\n    type: worker # base.yaml:2\n    install:\n        disk: /dev/b # 1.yaml:3, in place of base.yaml:4\n";
    assert_eq!(stdout(&output), expected);
}

#[test]
fn secrets_are_redacted_unless_asked_for() {
    let secret = "wax5gv.lnvaarixa0ckem1r";
    let run = Run::new(&format!("machine:\n  type: worker\n  token: {secret}\n"), &[]);
    let hidden = stdout(&run.talint(&["render", "base.yaml"]));
    assert!(hidden.contains("token: <redacted>") && !hidden.contains(secret), "{hidden}");
    assert!(stdout(&run.talint(&["render", "base.yaml", "--show-secrets"])).contains(secret));
}

#[test]
fn a_secret_in_lines_of_its_own_is_redacted_as_a_whole() {
    let base = "machine:\n  type: worker\n  files:\n    - path: /var/a\n      op: create\n      content: |\n        -----BEGIN PRIVATE KEY-----\n        abcdef\n        -----END PRIVATE KEY-----\n";
    let run = Run::new(base, &[]);
    let rendered = stdout(&run.talint(&["render", "base.yaml", "--origins"]));
    assert!(rendered.contains("content: <redacted> # base.yaml:7") && !rendered.contains("abcdef"), "{rendered}");
}

#[test]
fn a_difference_shows_what_patches_change() {
    let run = Run::new(
        "machine:\n  type: worker\n  token: abcdef.0123456789abcdef\n",
        &["machine:\n  token: abcdef.0123456789abcdee\n  sysctls: {a: \"1\"}\n"],
    );
    let output = stdout(&run.talint(&["render", "base.yaml", "-p", "1.yaml", "--diff"]));
    assert!(output.starts_with("--- base.yaml\n+++ base.yaml with patches\n"), "{output}");
    assert!(output.contains("+    sysctls:\n+        a: \"1\"\n"), "{output}");
    assert!(output.contains("+    token: <redacted> # 1.yaml:2"), "{output}");
}

#[test]
fn a_patch_may_stand_on_the_command_line_itself() {
    let run = Run::new("machine:\n  type: worker\n", &[]);
    let output = run.talint(&["render", "base.yaml", "--patch", "{\"debug\": true}"]);
    assert_eq!(stdout(&output), "machine:\n    type: worker\n\"debug\": true\n");
}

#[test]
fn what_is_no_talos_configuration_is_not_rendered() {
    let run = Run::new("apiVersion: v1\nkind: ConfigMap\n", &[]);
    assert_eq!(run.talint(&["render", "base.yaml"]).status.code(), Some(3));
    assert_eq!(run.talint(&["render", "missing.yaml"]).status.code(), Some(2));
}

fn report(run: &Run, arguments: &[&str]) -> serde_json::Value {
    let output = run.talint(&[&["check", "--format", "json", "--talos-version", "1.12"], arguments].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(&output)))
}

#[test]
fn check_points_into_the_patch_and_relates_to_what_it_replaced() {
    let run = Run::new(
        "machine:\n  type: worker\n  sysctls:\n    kernel.kptr_restrict: \"2\"\n",
        &["machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n"],
    );
    let report = report(&run, &["base.yaml", "--patch", "1.yaml"]);
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "sysctl/weakened");
    assert_eq!(finding["file"], "1.yaml");
    assert_eq!(finding["range"]["start"]["line"], 3);
    assert_eq!(finding["range"]["start"]["column"], 27);
    assert_eq!(finding["related"][0]["file"], "base.yaml");
    assert_eq!(finding["related"][0]["range"]["start"]["line"], 4);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn check_says_nothing_of_what_a_patch_puts_right() {
    let run = Run::new(
        "machine:\n  type: worker\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n",
        &["machine:\n  sysctls:\n    kernel.kptr_restrict: \"2\"\n"],
    );
    assert_eq!(report(&run, &["base.yaml", "--patch", "1.yaml"])["findings"], serde_json::json!([]));
}

#[test]
fn a_suppression_in_a_patch_counts_for_what_the_patch_sets() {
    let run = Run::new(
        "machine:\n  type: worker\n",
        &[
            "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\" # talint: ignore[sysctl/weakened] a machine to debug on\n",
        ],
    );
    assert_eq!(report(&run, &["base.yaml", "--patch", "1.yaml"])["findings"], serde_json::json!([]));
}

#[test]
fn a_mistake_in_a_patch_is_told_once() {
    let run = Run::new("machine:\n  type: worker\n", &["machine:\n  sysctl: {}\n"]);
    let report = report(&run, &["base.yaml", "--patch", "1.yaml"]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{report:#}");
    assert_eq!(report["findings"][0]["file"], "1.yaml");
}

#[test]
fn what_a_json_patch_sets_is_checked_where_it_stands() {
    let run = Run::new(
        "machine:\n  type: worker\n  sysctls: {}\n",
        &["[{\"op\": \"add\", \"path\": \"/machine/sysctls/kernel.kptr_restrict\", \"value\": \"0\"}]\n"],
    );
    let report = report(&run, &["base.yaml", "--patch", "1.yaml"]);
    assert_eq!(report["findings"][0]["file"], "1.yaml");
    assert_eq!(report["findings"][0]["range"]["start"]["line"], 1);
    assert_eq!(report["findings"][0]["range"]["start"]["column"], 74);
}

#[test]
fn patches_want_one_base() {
    let run = Run::new("machine:\n  type: worker\n", &["debug: true\n"]);
    let output = run.talint(&["check", ".", "--patch", "1.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("one base"), "{}", stderr(&output));
}

#[test]
fn a_patch_that_cannot_be_read_is_named() {
    let run = Run::new("machine:\n  type: worker\n", &[]);
    let output = run.talint(&["check", "base.yaml", "--patch", "@missing.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("missing.yaml"), "{}", stderr(&output));
}
