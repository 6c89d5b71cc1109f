//! What each machine gets for what is written in a file: on hover, and behind the lines.

use crate::cluster::Cluster;
use serde_json::{Value, json};

fn hovering() -> Value {
    json!({ "textDocument": { "hover": { "contentFormat": ["markdown"] } } })
}

fn hover(cluster: &mut Cluster, name: &str, word: &str) -> String {
    let shown = cluster.ask("textDocument/hover", name, word, json!({}));
    shown["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_field_tells_what_each_machine_gets_and_from_where() {
    let mut cluster = Cluster::new(hovering());
    cluster.open("patches/all.yaml");
    let shown = hover(&mut cluster, "patches/all.yaml", "podPidsLimit");
    let link = |name: &str, line: u32| format!("[{name}:{line}]({}#L{line})", cluster.uri(name));
    let expected = format!(
        "`4096` on cp-1, cp-2 ({}); `100` on w-1 ({})",
        link("patches/limits.yaml", 4),
        link("patches/all.yaml", 7)
    );
    assert!(shown.ends_with(&expected), "{shown}");
}

#[test]
fn machines_that_the_file_does_not_go_into_are_told_too() {
    let mut cluster = Cluster::new(hovering());
    cluster.open("patches/limits.yaml");
    let shown = hover(&mut cluster, "patches/limits.yaml", "kernel.kptr_restrict");
    assert!(shown.contains("`2` on cp-1, cp-2 ([patches/limits.yaml:6]"), "{shown}");
    assert!(shown.contains("; `0` on w-1 ([patches/all.yaml:3]"), "{shown}");
    // Nothing sets it there any more.
    let without = cluster.text("patches/all.yaml").replace("    kernel.kptr_restrict: \"0\"\n", "");
    let all = cluster.uri("patches/all.yaml");
    cluster.client.open(&all, &without);
    let shown = hover(&mut cluster, "patches/limits.yaml", "kernel.kptr_restrict");
    assert!(shown.ends_with("; default `2` on w-1"), "{shown}");
}

#[test]
fn what_a_machine_of_a_later_layer_lacks_is_its_default() {
    let mut cluster = Cluster::new(hovering());
    cluster.open("worker.yaml");
    let shown = hover(&mut cluster, "worker.yaml", "disk: /dev/sda");
    assert!(shown.contains("not set on w-1"), "{shown}");
    assert!(shown.contains("`/dev/sda` on cp-1, cp-2 ([controlplane.yaml:"), "{shown}");
}

#[test]
fn a_client_without_markdown_gets_text() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("patches/all.yaml");
    let shown = hover(&mut cluster, "patches/all.yaml", "podPidsLimit");
    assert!(shown.ends_with("4096 on cp-1, cp-2 (patches/limits.yaml:4); 100 on w-1 (patches/all.yaml:7)"), "{shown}");
}

#[test]
fn a_secret_of_a_machine_is_not_shown() {
    let mut cluster = Cluster::new(hovering());
    cluster.open("patches/all.yaml");
    let shown = hover(&mut cluster, "patches/all.yaml", "token");
    assert!(shown.contains("Secret: never shown."), "{shown}");
    assert!(shown.contains("`<redacted>` on cp-1, cp-2, w-1"), "{shown}");
    assert!(!shown.contains("0123456789"), "{shown}");
}

/// The hints of a file: each with its line, and its label with the places that parts of it lead to.
fn hints(cluster: &mut Cluster, name: &str) -> Vec<(u64, String)> {
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 1000, "character": 0 } });
    let hints = cluster.of("textDocument/inlayHint", name, json!({ "range": range }));
    let label = |hint: &Value| {
        let part = |part: &Value| {
            let place = &part["location"];
            let line = || place["range"]["start"]["line"].as_u64().unwrap() + 1;
            let place = place.is_object().then(|| format!("<{}:{}>", cluster.name(&place["uri"]), line()));
            format!("{}{}", part["value"].as_str().unwrap(), place.unwrap_or_default())
        };
        hint["label"].as_array().unwrap().iter().map(part).collect::<String>()
    };
    hints.as_array().unwrap().iter().map(|hint| (hint["position"]["line"].as_u64().unwrap(), label(hint))).collect()
}

#[test]
fn a_value_that_a_later_layer_overrides_has_the_other_behind_it() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("patches/all.yaml");
    let expected = [
        (2, "→ 2 from patches/limits.yaml<patches/limits.yaml:6> on cp-1, cp-2"),
        (3, "→ 1024 from nodes/cp-2/a.yaml<nodes/cp-2/a.yaml:3> on cp-2"),
        (6, "→ 4096 from patches/limits.yaml<patches/limits.yaml:4> on cp-1, cp-2"),
    ];
    assert_eq!(hints(&mut cluster, "patches/all.yaml"), expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn what_a_later_layer_takes_out_is_told() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("worker.yaml");
    let (line, _) = cluster.at("worker.yaml", "disk: /dev/sda");
    let found = hints(&mut cluster, "worker.yaml");
    assert!(found.contains(&(line as u64, "→ taken out".to_owned())), "{found:?}");
}

#[test]
fn a_secret_that_is_overridden_is_not_shown() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("controlplane.yaml");
    let (line, _) = cluster.at("controlplane.yaml", "token:");
    let found = hints(&mut cluster, "controlplane.yaml");
    let expected = "→ <redacted> from patches/all.yaml<patches/all.yaml:8>".to_owned();
    assert!(found.contains(&(line as u64, expected)), "{found:?}");
}

#[test]
fn defaults_that_could_be_hardened_stand_behind_the_mapping_that_could_hold_them() {
    let mut cluster = Cluster::new(json!({}));
    let without = cluster.text("patches/all.yaml").replace("      podPidsLimit: 100\n", "      maxPods: 100\n");
    cluster.write("patches/all.yaml", &without);
    cluster.open("controlplane.yaml");
    cluster.open("worker.yaml");
    let defaults = |found: Vec<(u64, String)>| -> Vec<(u64, String)> {
        found.into_iter().filter(|(_, text)| text.starts_with("default: ")).collect()
    };
    let (line, _) = cluster.at("worker.yaml", "kubelet:");
    let expected = [(line as u64, "default: podPidsLimit -1, serverTLSBootstrap false".to_owned())];
    assert_eq!(defaults(hints(&mut cluster, "worker.yaml")), expected);
    // A patch limits the control planes.
    let (line, _) = cluster.at("controlplane.yaml", "kubelet:");
    let found = defaults(hints(&mut cluster, "controlplane.yaml"));
    assert!(found.contains(&(line as u64, "default: serverTLSBootstrap false".to_owned())), "{found:?}");
    // There is nothing behind what is there in every configuration.
    let (line, _) = cluster.at("controlplane.yaml", "machine:");
    assert!(found.iter().all(|(at, _)| *at != line as u64), "{found:?}");
}

#[test]
fn a_whole_configuration_without_a_project_has_defaults_too() {
    let text = "machine:\n  type: worker\n  token: a\n  ca: {crt: a}\n  kubelet: {}\n  install: {disk: /dev/sda}\ncluster:\n  \
                id: a\n  secret: a\n  controlPlane: {endpoint: https://192.0.2.1:6443}\n  token: a\n";
    let mut cluster = Cluster::new(json!({}));
    cluster.write("talint.yaml", "");
    cluster.write("alone.yaml", text);
    cluster.open("alone.yaml");
    let found = hints(&mut cluster, "alone.yaml");
    assert!(found.iter().any(|(line, text)| *line == 4 && text.contains("podPidsLimit -1")), "{found:?}");
    // A patch says nothing of what is absent.
    cluster.open("patches/storage.yaml");
    assert_eq!(hints(&mut cluster, "patches/storage.yaml"), []);
}

#[test]
fn hints_are_switched_off_by_the_settings() {
    let options = json!({ "inlayHints": { "effective": false, "defaults": false } });
    let mut cluster = Cluster::configured(json!({}), options);
    for name in ["patches/all.yaml", "controlplane.yaml"] {
        cluster.open(name);
        assert_eq!(hints(&mut cluster, name), []);
    }
    let mut cluster = Cluster::configured(json!({}), json!({ "inlayHints": { "defaults": false } }));
    cluster.open("patches/all.yaml");
    assert_eq!(hints(&mut cluster, "patches/all.yaml").len(), 3);
}

#[test]
fn hints_and_lenses_are_asked_for_anew_when_another_file_changes() {
    let refresh = json!({ "refreshSupport": true });
    let capabilities = json!({ "workspace": { "inlayHint": refresh, "codeLens": refresh } });
    let mut cluster = Cluster::new(capabilities);
    cluster.open("patches/all.yaml");
    cluster.open("patches/limits.yaml");
    for method in ["workspace/inlayHint/refresh", "workspace/codeLens/refresh"] {
        cluster.client.notification(method);
    }
    let changed = cluster.text("patches/limits.yaml").replace("4096", "2048");
    let uri = cluster.uri("patches/limits.yaml");
    cluster.client.change(&uri, 2, &changed);
    cluster.client.notification("workspace/inlayHint/refresh");
    let found = hints(&mut cluster, "patches/all.yaml");
    assert!(found[2].1.starts_with("→ 2048 from patches/limits.yaml"), "{found:?}");
}

#[test]
fn hints_are_asked_for_anew_when_a_file_that_nobody_opened_changes() {
    let mut cluster = Cluster::new(json!({ "workspace": { "inlayHint": { "refreshSupport": true } } }));
    cluster.open("patches/all.yaml");
    assert!(hints(&mut cluster, "patches/all.yaml")[2].1.starts_with("→ 4096 from patches/limits.yaml"));
    let changed = cluster.text("patches/limits.yaml").replace("4096", "2048");
    cluster.write("patches/limits.yaml", &changed);
    let uri = cluster.uri("patches/limits.yaml");
    cluster.client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": 2 }] }));
    cluster.client.notification("workspace/inlayHint/refresh");
    let found = hints(&mut cluster, "patches/all.yaml");
    assert!(found[2].1.starts_with("→ 2048 from patches/limits.yaml"), "{found:?}");
}
