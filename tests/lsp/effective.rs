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
