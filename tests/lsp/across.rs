//! From file to file: the project file, bases, patches and schematics of a cluster.

use crate::cluster::Cluster;
use serde_json::{Value, json};

fn definition(cluster: &mut Cluster, name: &str, word: &str) -> Vec<String> {
    let found = cluster.ask("textDocument/definition", name, word, json!({}));
    cluster.places(&found)
}

fn references(cluster: &mut Cluster, name: &str, word: &str) -> Vec<String> {
    let context = json!({ "context": { "includeDeclaration": true } });
    let found = cluster.ask("textDocument/references", name, word, context);
    let mut places = cluster.places(&found);
    places.sort();
    places
}

#[test]
fn a_path_of_the_project_file_leads_to_the_file() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("talint.yaml");
    for (path, file) in [
        ("controlplane.yaml", "controlplane.yaml:1"),
        ("patches/limits.yaml", "patches/limits.yaml:1"),
        ("patches/all.yaml", "patches/all.yaml:1"),
        ("schematic.yaml", "schematic.yaml:1"),
        // The one machine of the two that has such a file.
        ("nodes/{name}", "nodes/cp-2/a.yaml:1"),
    ] {
        assert_eq!(definition(&mut cluster, "talint.yaml", path), [file], "{path}");
    }
    assert_eq!(definition(&mut cluster, "talint.yaml", "1.12"), [""; 0]);
}

#[test]
fn a_value_leads_to_the_layers_that_decide_it() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("patches/all.yaml");
    let decided = definition(&mut cluster, "patches/all.yaml", "podPidsLimit");
    assert_eq!(decided, ["patches/limits.yaml:4", "patches/all.yaml:7"]);
    assert_eq!(definition(&mut cluster, "patches/all.yaml", "\"4096\""), ["patches/all.yaml:4", "nodes/cp-2/a.yaml:3"]);
    // A mapping is made of all layers that have it.
    let kubelet = definition(&mut cluster, "patches/all.yaml", "kubelet");
    assert_eq!(kubelet, ["controlplane.yaml:11", "patches/all.yaml:5", "patches/limits.yaml:2", "worker.yaml:11"]);
}

#[test]
fn all_layers_that_set_a_field_are_its_references() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("patches/limits.yaml");
    let set = references(&mut cluster, "patches/limits.yaml", "kernel.kptr_restrict");
    assert_eq!(set, ["patches/all.yaml:3", "patches/limits.yaml:6"]);
}

#[test]
fn a_document_of_a_patch_leads_to_the_one_that_it_changes() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("nodes/cp-2/a.yaml");
    assert_eq!(definition(&mut cluster, "nodes/cp-2/a.yaml", "BondConfig"), ["patches/limits.yaml:9"]);
    // Everything that is the document, and the project file that names this file.
    let all = references(&mut cluster, "nodes/cp-2/a.yaml", "BondConfig");
    assert_eq!(all, ["nodes/cp-2/a.yaml:12", "patches/limits.yaml:9", "talint.yaml:7"]);
    // What is taken out.
    cluster.open("patches/storage.yaml");
    let (line, _) = cluster.at("worker.yaml", "disk: /dev/sda");
    let expected = format!("worker.yaml:{}", line + 1);
    assert_eq!(definition(&mut cluster, "patches/storage.yaml", "$patch"), [expected]);
}

#[test]
fn a_name_is_found_in_all_layers() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("nodes/cp-2/a.yaml");
    let defined = definition(&mut cluster, "nodes/cp-2/a.yaml", "\"bond0\"");
    assert_eq!(defined, ["nodes/cp-2/a.yaml:13", "patches/limits.yaml:10"]);
    let used = references(&mut cluster, "nodes/cp-2/a.yaml", "\"bond0\"");
    assert_eq!(used, ["nodes/cp-2/a.yaml:13", "nodes/cp-2/a.yaml:9", "patches/limits.yaml:10"]);
}

#[test]
fn a_path_is_mentioned_wherever_the_project_file_names_it() {
    let mut cluster = Cluster::new(json!({}));
    let text =
        "machines:\n  - {name: a, base: worker.yaml, patches: patches/all.yaml}\n  - {name: b, base: worker.yaml}\n";
    cluster.write("talint.yaml", text);
    cluster.open("talint.yaml");
    assert_eq!(references(&mut cluster, "talint.yaml", "worker.yaml"), ["talint.yaml:2", "talint.yaml:3"]);
    // The header of a configuration stands for its file.
    cluster.open("worker.yaml");
    let header = references(&mut cluster, "worker.yaml", "version: v1alpha1");
    assert_eq!(header, ["patches/all.yaml:1", "talint.yaml:2", "talint.yaml:3", "worker.yaml:1"]);
}

/// The edits of a rename: file, version, line and new text.
fn renamed(cluster: &mut Cluster, name: &str, word: &str) -> Vec<(String, Value, u64, String)> {
    let edit = cluster.ask("textDocument/rename", name, word, json!({ "newName": "lan0" }));
    let mut edits = Vec::new();
    for document in edit["documentChanges"].as_array().unwrap() {
        let (file, version) = (cluster.name(&document["textDocument"]["uri"]), &document["textDocument"]["version"]);
        for edit in document["edits"].as_array().unwrap() {
            let line = edit["range"]["start"]["line"].as_u64().unwrap() + 1;
            edits.push((file.clone(), version.clone(), line, edit["newText"].as_str().unwrap().to_owned()));
        }
    }
    edits
}

#[test]
fn a_rename_goes_through_the_layers_of_all_machines_that_share_them() {
    let capabilities = json!({ "workspace": { "workspaceEdit": { "documentChanges": true } } });
    let mut cluster = Cluster::new(capabilities);
    cluster.open("nodes/cp-2/a.yaml");
    let uri = cluster.uri("nodes/cp-2/a.yaml");
    let text = cluster.text("nodes/cp-2/a.yaml");
    cluster.client.change(&uri, 7, &text);
    // cp-1 has the bond too, and a patch of its own that names it.
    cluster.write("nodes/cp-1/b.yaml", "apiVersion: v1alpha1\nkind: DHCPv4Config\nname: bond0\n");
    let edits = renamed(&mut cluster, "nodes/cp-2/a.yaml", "\"bond0\"");
    let expected = [
        ("nodes/cp-1/b.yaml", Value::Null, 3, "lan0"),
        ("nodes/cp-2/a.yaml", json!(7), 9, "\"lan0\""),
        ("nodes/cp-2/a.yaml", json!(7), 13, "lan0"),
        ("patches/limits.yaml", Value::Null, 10, "lan0"),
    ];
    let expected = expected.map(|(file, version, line, text)| (file.to_owned(), version, line, text.to_owned()));
    assert_eq!(edits, expected);
}

#[test]
fn a_client_without_versions_gets_the_same_by_file() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("patches/limits.yaml");
    let edit = cluster.ask("textDocument/rename", "patches/limits.yaml", "bond0", json!({ "newName": "lan0" }));
    let count = |name: &str| edit["changes"][cluster.uri(name)].as_array().map_or(0, Vec::len);
    assert_eq!((count("patches/limits.yaml"), count("nodes/cp-2/a.yaml")), (1, 2));
}
