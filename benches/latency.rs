//! How long an editor waits: from a change to the diagnostics of the changed text, through standard input and output. Beside
//! it, when `YAML_LANGUAGE_SERVER` names its program and `TALOS_SCHEMA` a JSON schema of Talos's configuration, the same for
//! the YAML language server. And how much memory the server has in a workspace of 300 files.
//!
//! Run by `cargo bench --bench latency`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/lsp/client.rs"]
#[allow(dead_code, clippy::needless_pass_by_value, reason = "the client is that of the tests")]
mod client;
#[path = "../tests/lsp/model.rs"]
#[allow(dead_code, reason = "messages are held to the protocol in tests")]
mod model;
#[path = "../analyzer/benches/measure/repository.rs"]
#[allow(dead_code, reason = "what it is shared with uses the rest")]
mod repository;

use client::Client;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const URI: &str = "file:///talos/controlplane.yaml";

fn main() {
    let generated = include_str!("../corpus/generated/talos-1.12/controlplane.yaml");
    for bytes in [20_000, 230_000] {
        let text = configuration(generated, bytes);
        let show = |server: &str, (median, slow): (Duration, Duration)| {
            println!("{server}, {} kB: median {median:.2?}, 99 of 100 within {slow:.2?}", text.len() / 1000);
        };
        show("talint", talint(&text, if bytes > 100_000 { 200 } else { 1000 }));
        if let Some(program) = std::env::var_os("YAML_LANGUAGE_SERVER") {
            let name = format!("yaml-language-server, {} ms of it a fixed delay", DELAY.as_millis());
            show(&name, yaml_language_server(&program, &text));
        }
    }
    memory();
}

/// A configuration of about that size, with something to find in it.
fn configuration(generated: &str, bytes: usize) -> String {
    let mut text = generated.replacen("machine:\n", "machine:\n    sysctls:\n        kernel.kptr_restrict: \"0\"\n", 1);
    let mut number = 0;
    while text.len() < bytes {
        let _ = write!(
            text,
            "---\napiVersion: v1alpha1\nkind: NetworkRuleConfig\n# Lets the machines of this network in.\nname: rule-{number}\n\
             portSelector:\n    ports:\n        - {}\n    protocol: tcp\ningress:\n    - subnet: 10.{}.0.0/16\n",
            1024 + number,
            number % 250
        );
        number += 1;
    }
    text
}

/// The median and the 99th of 100.
fn statistics(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// A change of one character on a line in the middle of the text.
fn change(client: &mut Client, text: &str, version: i32) {
    let line = text[..text.len() / 2].matches('\n').count();
    let place = json!({ "line": line, "character": 0 });
    let (end, with) = if version % 2 == 0 { (0, "#") } else { (1, "") };
    let range = json!({ "start": place, "end": { "line": line, "character": end } });
    let document = json!({ "uri": URI, "version": version });
    let changes = json!([{ "range": range, "text": with }]);
    client.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
}

fn talint(text: &str, rounds: i32) -> (Duration, Duration) {
    // What editors can: a diagnostic has its link and its other places.
    let published = json!({ "relatedInformation": true, "codeDescriptionSupport": true });
    let mut client = Client::with(json!({ "textDocument": { "publishDiagnostics": published } }));
    client.open(URI, text);
    client.published(URI, 1);
    let mut times = Vec::new();
    for version in 2..rounds + 2 {
        let start = Instant::now();
        change(&mut client, text, version);
        client.published(URI, version);
        times.push(start.elapsed());
    }
    statistics(times)
}

/// How much the server has at most while it scans a workspace and documents of it are typed in; only Linux tells.
fn memory() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let files = repository::write(&root, repository::MACHINES);
    let mut client = Client::in_folders(json!({ "textDocument": { "diagnostic": {} } }), &[&root]);
    let show = |when: &str, client: &Client| {
        if let Some(most) = client.most_memory() {
            println!("memory, {} files, {when}: {most} kB", files.len());
        }
    };
    show("at the start", &client);
    client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    show("scanned", &client);
    for name in ["bases/machine-0.yaml", "bases/machine-19.yaml", "all/00.yaml", "worker/03.yaml", "talint.yaml"] {
        let uri = format!("file://{}", root.join(name).display());
        client.open(&uri, &std::fs::read_to_string(root.join(name)).unwrap());
        let start = Instant::now();
        client.pulled(&uri);
        println!("diagnostics of {name}, in the machines that it is a part of: {:.2?}", start.elapsed());
    }
    for _ in 0..20 {
        client.request("workspace/diagnostic", json!({ "previousResultIds": [] }));
    }
    show("scanned again and again, with open documents", &client);
}

/// How long the YAML language server waits before it looks at a change.
const DELAY: Duration = Duration::from_millis(200);

/// Its users wait for its delay too.
fn yaml_language_server(program: &std::ffi::OsStr, text: &str) -> (Duration, Duration) {
    let mut client = Client::of(std::process::Command::new(program).arg("--stdio"));
    if let Ok(schema) = std::env::var("TALOS_SCHEMA") {
        let yaml = json!({ "schemas": { format!("file://{schema}"): "*" }, "schemaStore": { "enable": false } });
        client.configuration = json!({ "yaml": yaml, "http": {}, "[yaml]": {}, "editor": {} });
    }
    let capabilities = json!({ "workspace": { "configuration": true } });
    client.request("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
    client.notify("initialized", json!({}));
    client.notification("workspace/configuration");
    client.open(URI, &text.replacen("    kubelet:", "    kubelt:", 1));
    let found = client.notification("textDocument/publishDiagnostics");
    println!(
        "yaml-language-server finds {} mistakes in it when one key is misspelt",
        found["diagnostics"].as_array().unwrap().len()
    );
    client.change(URI, 2, text);
    client.notification("textDocument/publishDiagnostics");
    let mut times = Vec::new();
    for version in 3..33 {
        let start = Instant::now();
        change(&mut client, text, version);
        let _: Value = client.notification("textDocument/publishDiagnostics");
        times.push(start.elapsed());
    }
    statistics(times)
}
