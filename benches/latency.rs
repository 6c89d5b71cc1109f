//! How long an editor waits: from a change to the diagnostics of the changed text, through standard input and output, and
//! how much memory the server has. Beside it, when `YAML_LANGUAGE_SERVER` names its program, the same for the YAML
//! language server.
//!
//! Run by `cargo bench --bench latency`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/lsp/client.rs"]
#[allow(dead_code, clippy::needless_pass_by_value, reason = "the client is that of the tests")]
mod client;
#[path = "../tests/lsp/model.rs"]
#[allow(dead_code, reason = "messages are held to the protocol in tests")]
mod model;

use client::Client;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const URI: &str = "file:///talos/controlplane.yaml";

fn main() {
    let generated = include_str!("../corpus/generated/talos-1.12/controlplane.yaml");
    for bytes in [20_000, 230_000] {
        let text = configuration(generated, bytes);
        let (median, slow) = talint(&text, if bytes > 100_000 { 200 } else { 1000 });
        println!("talint, {} kB: median {median:.2?}, 99 of 100 within {slow:.2?}", text.len() / 1000);
        if let Some(program) = std::env::var_os("YAML_LANGUAGE_SERVER") {
            let (median, slow) = yaml_language_server(&program, &text);
            println!(
                "yaml-language-server, {} kB: median {median:.2?}, 99 of 100 within {slow:.2?}",
                text.len() / 1000
            );
        }
    }
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
    let mut client = Client::with(json!({}));
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

/// The YAML language server waits a fixed time before it looks at a change, which is counted here as its users have it.
fn yaml_language_server(program: &std::ffi::OsStr, text: &str) -> (Duration, Duration) {
    let mut client = Client::of(std::process::Command::new(program).arg("--stdio"));
    client.request("initialize", json!({ "processId": null, "rootUri": null, "capabilities": {} }));
    client.notify("initialized", json!({}));
    client.open(URI, text);
    client.notification("textDocument/publishDiagnostics");
    let mut times = Vec::new();
    for version in 2..52 {
        let start = Instant::now();
        change(&mut client, text, version);
        let _: Value = client.notification("textDocument/publishDiagnostics");
        times.push(start.elapsed());
    }
    statistics(times)
}
