//! The machines of a file, with what is found in them.

use crate::cluster::Cluster;
use serde_json::{Value, json};

/// The lenses of a file: line, title, command and machine.
fn lenses(cluster: &mut Cluster, name: &str) -> Vec<(u64, String, String, Value)> {
    let lenses = cluster.of("textDocument/codeLens", name, json!({}));
    let lens = |lens: &Value| {
        let text = |name: &str| lens["command"][name].as_str().unwrap().to_owned();
        let line = lens["range"]["start"]["line"].as_u64().unwrap();
        (line, text("title"), text("command"), lens["command"]["arguments"][0]["machine"].clone())
    };
    lenses.as_array().unwrap().iter().map(lens).collect()
}

const SERVER: &str = "talint.server.effectiveConfiguration";

fn of(line: u64, title: &str, machine: &str) -> (u64, String, String, Value) {
    (line, title.to_owned(), SERVER.to_owned(), machine.into())
}

/// What `talint check` counts of a severity in a machine.
fn counted(cluster: &Cluster, machine: &str) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_talint"))
        .current_dir(cluster.folder.path())
        .args(["check", "--machine", machine, "--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let told = |severity: &str, word: &str| match report["summary"][severity].as_u64().unwrap() {
        0 => None,
        1 => Some(format!("1 {word}")),
        count => Some(format!("{count} {word}s")),
    };
    let all = [told("error", "error"), told("warning", "warning"), told("info", "note")];
    let told: Vec<String> = all.into_iter().flatten().collect();
    if told.is_empty() { "nothing found".to_owned() } else { told.join(", ") }
}

#[test]
fn a_file_names_its_machines_and_what_check_finds_in_them() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("patches/all.yaml");
    let found = lenses(&mut cluster, "patches/all.yaml");
    let of_machine = |name: &str| of(0, &format!("{name}: {}", counted(&cluster, name)), name);
    assert_eq!(found, ["cp-1", "cp-2", "w-1"].map(of_machine));
    assert!(found[0].1.contains("error"), "{found:?}");
}

#[test]
fn each_machine_of_the_project_file_has_its_own() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("talint.yaml");
    let found = lenses(&mut cluster, "talint.yaml");
    let names: Vec<(u64, &Value)> = found.iter().map(|(line, .., machine)| (*line, machine)).collect();
    assert_eq!(names, [(4, &json!("cp-1")), (4, &json!("cp-2")), (8, &json!("w-1"))]);
}

#[test]
fn a_machine_in_which_nothing_is_found_says_so() {
    let mut cluster = Cluster::configured(json!({}), json!({ "select": ["sysctl/"] }));
    cluster.write("talint.yaml", "talos-version: 1.12\nmachines: [{name: w-2, role: worker, patches: plain.yaml}]\n");
    cluster.write("plain.yaml", "machine:\n  nodeLabels: {a: b}\n");
    cluster.open("plain.yaml");
    assert_eq!(lenses(&mut cluster, "plain.yaml"), [of(0, "w-2: nothing found", "w-2")]);
    // A file of no machine has none.
    cluster.open("schematic.yaml");
    assert_eq!(lenses(&mut cluster, "schematic.yaml"), []);
}

#[test]
fn the_command_is_the_editor_s_where_it_has_one() {
    let show = "talint.showEffectiveConfiguration";
    let mut cluster = Cluster::new(json!({ "experimental": { "commands": { "commands": [show] } } }));
    cluster.open("worker.yaml");
    let (_, _, command, machine) = lenses(&mut cluster, "worker.yaml").remove(0);
    assert_eq!((command.as_str(), machine), (show, json!("w-1")));
    // Else it is the server's, which answers with the text.
    let mut cluster = Cluster::new(json!({}));
    cluster.open("worker.yaml");
    let lenses = cluster.of("textDocument/codeLens", "worker.yaml", json!({}));
    let command = lenses[0]["command"].clone();
    let params = json!({ "command": command["command"], "arguments": command["arguments"] });
    let said = cluster.client.request("workspace/executeCommand", params);
    assert!(said.as_str().unwrap().contains("podPidsLimit: 100 # patches/all.yaml:7"), "{said}");
}
