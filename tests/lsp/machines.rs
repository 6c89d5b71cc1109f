//! A folder with a project file: what is said of a file is what is true of the machines that it goes into.

use crate::client::Client;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

const PROJECT: &str = "talos-version: 1.12\nmachines:\n  - {name: n1, base: base.yaml, patches: [weak.yaml, strong.yaml]}\n  - {name: n2, base: base.yaml, patches: [weak.yaml]}\n";
const BASE: &str = "version: v1alpha1\nmachine:\n  type: worker\n";
const WEAK: &str = "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n";
const STRONG: &str = "machine:\n  sysctls:\n    kernel.kptr_restrict: \"2\"\n";

pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

pub(crate) fn uri(folder: &TempDir, name: &str) -> String {
    format!("file://{}", Path::new(folder.path()).canonicalize().unwrap().join(name).display())
}

fn rules(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic["code"].as_str().unwrap()).collect()
}

#[test]
fn a_patch_is_judged_by_what_its_machines_get() {
    let folder = folder(&[("talint.yaml", PROJECT), ("base.yaml", BASE), ("weak.yaml", WEAK), ("strong.yaml", STRONG)]);
    let mut client = Client::with(json!({}));
    let weak = uri(&folder, "weak.yaml");
    client.open(&weak, WEAK);
    // n2 has nothing that puts it right.
    assert_eq!(rules(&client.published(&weak, 1)), ["sysctl/weakened"]);
    let status = client.request(
        "workspace/executeCommand",
        json!({ "command": "talint.server.status", "arguments": [{ "uri": weak }] }),
    );
    assert_eq!(status["machines"], json!(["n1", "n2"]));
    assert_eq!(status["talosVersion"], "1.12");
    assert_eq!(status["talosVersionSource"], "from the project file");
}

#[test]
fn a_change_of_one_file_is_seen_in_another() {
    let one = "machines:\n  - {name: n1, base: base.yaml, patches: [weak.yaml, strong.yaml]}\n";
    let folder = folder(&[("talint.yaml", one), ("base.yaml", BASE), ("weak.yaml", WEAK), ("strong.yaml", STRONG)]);
    let mut client = Client::with(json!({}));
    let (weak, strong) = (uri(&folder, "weak.yaml"), uri(&folder, "strong.yaml"));
    client.open(&strong, STRONG);
    client.open(&weak, WEAK);
    assert_eq!(rules(&client.pulled(&weak)), [""; 0]);
    // What is in the editor counts, not what is on the disk.
    client.change(&strong, 2, "machine: {}\n");
    assert_eq!(rules(&client.published(&weak, 1)), ["sysctl/weakened"]);
    client.change(&strong, 3, STRONG);
    assert_eq!(rules(&client.published(&weak, 1)), [""; 0]);
}

#[test]
fn the_project_file_is_read_again_when_it_changes_on_the_disk() {
    let folder = folder(&[("weak.yaml", WEAK)]);
    let mut client = Client::with(json!({}));
    let weak = uri(&folder, "weak.yaml");
    client.open(&weak, WEAK);
    assert_eq!(rules(&client.published(&weak, 1)), ["sysctl/weakened"]);
    std::fs::write(folder.path().join("talint.yaml"), "rules: {sysctl/weakened: off}\n").unwrap();
    let changes = json!({ "changes": [{ "uri": uri(&folder, "talint.yaml"), "type": 1 }] });
    client.notify("workspace/didChangeWatchedFiles", changes);
    assert_eq!(rules(&client.published(&weak, 1)), [""; 0]);
}

#[test]
fn the_effective_configuration_of_a_machine_names_the_file_of_each_value() {
    let folder = folder(&[("talint.yaml", PROJECT), ("base.yaml", BASE), ("weak.yaml", WEAK), ("strong.yaml", STRONG)]);
    let mut client = Client::with(json!({}));
    let base = uri(&folder, "base.yaml");
    client.open(&base, BASE);
    let mut shown = |machine: &str| {
        let argument = json!({ "uri": base, "machine": machine });
        let params = json!({ "command": "talint.server.effectiveConfiguration", "arguments": [argument] });
        client.request("workspace/executeCommand", params)
    };
    let n1 = shown("n1");
    assert!(
        n1.as_str().unwrap().contains("kernel.kptr_restrict: \"2\" # strong.yaml:3, in place of weak.yaml:3"),
        "{n1}"
    );
    assert!(shown("n2").as_str().unwrap().contains("kernel.kptr_restrict: \"0\" # weak.yaml:3"));
    assert_eq!(shown("n3"), Value::Null);
}

#[test]
fn what_is_wrong_in_the_project_file_is_told_in_it() {
    let folder = folder(&[("talint.yaml", "machine: []\n")]);
    let mut client = Client::with(json!({}));
    let project = uri(&folder, "talint.yaml");
    client.open(&project, "machine: []\n");
    assert_eq!(rules(&client.published(&project, 1)), ["project/unknown-key"]);
}

#[test]
fn a_patch_in_the_file_of_a_tool_is_analysed_in_its_place() {
    let text = "clusterName: home\ntalosVersion: v1.12.4\nkubernetesVersion: v1.35.0\nendpoint: https://192.0.2.1:6443\nnodes:\n  - hostname: one\n    \
                ipAddress: 192.0.2.10\n    controlPlane: false\n    installDisk: /dev/sda\n    patches:\n      - |-\n        machine:\n          sysctls:\n            kernel.kptr_restrict: \"0\"\n";
    let folder = folder(&[("talconfig.yaml", text)]);
    let mut client = Client::with(json!({}));
    let host = uri(&folder, "talconfig.yaml");
    client.open(&host, text);
    let published = client.published(&host, 1);
    let found = published.iter().find(|diagnostic| diagnostic["code"] == "sysctl/weakened").unwrap();
    assert_eq!(found["range"]["start"], json!({ "line": 13, "character": 34 }));
}

#[test]
fn files_that_are_named_and_rules_in_comments_are_links() {
    let folder = folder(&[("talint.yaml", PROJECT), ("base.yaml", BASE), ("weak.yaml", WEAK), ("strong.yaml", STRONG)]);
    let mut client = Client::with(json!({}));
    let project = uri(&folder, "talint.yaml");
    client.open(&project, PROJECT);
    let links = client.request("textDocument/documentLink", json!({ "textDocument": { "uri": project } }));
    let targets: Vec<&str> = links.as_array().unwrap().iter().map(|link| link["target"].as_str().unwrap()).collect();
    assert_eq!(
        targets,
        ["base.yaml", "weak.yaml", "strong.yaml", "base.yaml", "weak.yaml"].map(|name| uri(&folder, name))
    );
    let weak = uri(&folder, "weak.yaml");
    client.open(&weak, &WEAK.replace('\n', " # talint: ignore[sysctl/weakened] a lab\n"));
    let links = client.request("textDocument/documentLink", json!({ "textDocument": { "uri": weak } }));
    assert!(links[0]["target"].as_str().unwrap().ends_with("/rules/sysctl/weakened"), "{links}");
}

#[test]
fn a_patch_in_the_file_of_a_tool_has_what_other_files_have() {
    let text = "clusterName: home\ntalosVersion: v1.12.4\nkubernetesVersion: v1.35.0\nendpoint: https://192.0.2.1:6443\nnodes:\n  - hostname: one\n    \
                ipAddress: 192.0.2.10\n    controlPlane: true\n    installDisk: /dev/sda\n  - hostname: two\n    ipAddress: 192.0.2.11\n    controlPlane: false\n    installDisk: /dev/sda\n    patches:\n      - |-\n        machine:\n          sysctls:\n            vm.max_map_count: \"1\"\n\
                patches:\n  - |-\n    machine:\n      sysctls:\n        vm.max_map_count: \"2\"\n";
    let folder = folder(&[("talconfig.yaml", text)]);
    let mut client = Client::with(json!({}));
    let host = uri(&folder, "talconfig.yaml");
    client.open(&host, text);
    let mut ask = |method: &str, line: u32, character: u32| {
        let position = json!({ "line": line, "character": character });
        client.request(method, json!({ "textDocument": { "uri": host }, "position": position }))
    };
    // What a cluster-wide patch makes of it, on the one machine that has the patch.
    let shown = ask("textDocument/hover", 17, 14);
    let value = shown["contents"]["value"].as_str().unwrap();
    assert!(value.ends_with("2 on two, one (talconfig.yaml:23)"), "{value}");
    assert_eq!(shown["range"]["start"], json!({ "line": 17, "character": 12 }));
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = client.request("textDocument/inlayHint", json!({ "textDocument": { "uri": host }, "range": range }));
    let overridden: Vec<&Value> =
        hints.as_array().unwrap().iter().filter(|hint| hint["label"][0]["value"] == "→ ").collect();
    assert_eq!(overridden.len(), 1, "{hints}");
    assert_eq!(overridden[0]["position"]["line"], 17);
    assert_eq!(overridden[0]["label"][2]["location"]["range"]["start"], json!({ "line": 22, "character": 26 }));
}
