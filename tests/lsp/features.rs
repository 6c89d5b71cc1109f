//! What an editor shows beside diagnostics.

use crate::client::Client;
use serde_json::{Value, json};
use std::fmt::Write as _;
use talint_analyzer::Options;

const URI: &str = "file:///talos/controlplane.yaml";

fn ask(text: &str, method: &str, more: Value) -> Value {
    let mut client = Client::with(json!({}));
    client.open(URI, text);
    let mut params = json!({ "textDocument": { "uri": URI } });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.request(method, params)
}

/// An outline as lines: names, indented.
fn outline(symbols: &Value, indent: usize, out: &mut String) {
    for symbol in symbols.as_array().unwrap_or(&Vec::new()) {
        let detail = symbol["detail"].as_str().map_or(String::new(), |detail| format!(" ({detail})"));
        writeln!(out, "{}{}{detail}", " ".repeat(indent), symbol["name"].as_str().unwrap()).unwrap();
        outline(&symbol["children"], indent + 2, out);
    }
}

#[test]
fn the_outline_names_documents_keys_and_items() {
    let text = "machine:\n  type: worker\n  network:\n    interfaces:\n      - interface: eth0\n        mtu: 1500\n---\n\
                apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n---\napiVersion: v1alpha1\nkind: LinkConfig\nname: eth1\n";
    let answer = ask(text, "textDocument/documentSymbol", json!({}));
    let mut lines = String::new();
    outline(&answer, 0, &mut lines);
    let expected = "\
v1alpha1
  machine
    type
    network
      interfaces
        eth0
          interface
          mtu
HostnameConfig
  apiVersion
  kind
  hostname
LinkConfig (eth1)
  apiVersion
  kind
  name
";
    assert_eq!(lines, expected);
}

#[test]
fn keys_lists_blocks_documents_and_comments_fold() {
    let text = "# one\n# two\nmachine:\n  type: worker\n  certSANs:\n    - a\n    - b\n  files:\n    - content: |\n        x\n        y\n      path: /var/a\n---\napiVersion: v1alpha1\nkind: HostnameConfig\n";
    let answer = ask(text, "textDocument/foldingRange", json!({}));
    let ranges: Vec<(u64, u64)> = answer
        .as_array()
        .unwrap()
        .iter()
        .map(|range| (range["startLine"].as_u64().unwrap(), range["endLine"].as_u64().unwrap()))
        .collect();
    assert_eq!(ranges, [(0, 1), (2, 11), (4, 6), (7, 11), (8, 11), (13, 14)]);
}

#[test]
fn a_selection_grows_from_the_value_to_the_document() {
    let text = "machine:\n  type: worker\n  kubelet:\n    image: a\n";
    let answer = ask(text, "textDocument/selectionRange", json!({ "positions": [{ "line": 3, "character": 11 }] }));
    let mut texts = Vec::new();
    let mut selection = &answer[0];
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    while selection.is_object() {
        let offset = |place: &Value| {
            let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
            let start: usize = lines.iter().take(line).map(|line| line.len()).sum();
            start + usize::try_from(place["character"].as_u64().unwrap()).unwrap()
        };
        let range = &selection["range"];
        texts.push(&text[offset(&range["start"])..offset(&range["end"])]);
        selection = &selection["parent"];
    }
    assert_eq!(texts[..4], ["", "a", "image: a", "kubelet:\n    image: a"]);
    assert_eq!(texts.last(), Some(&text));
}

/// Applies the first edit of an action.
fn applied(text: &str, action: &Value) -> String {
    let edit = &action["edit"]["changes"][URI][0];
    let lines = talint_analyzer::text::LineIndex::new(text);
    let offset = |place: &Value| {
        let number = |key: &str| u32::try_from(place[key].as_u64().unwrap()).unwrap();
        let position = talint_analyzer::text::Position { line: number("line"), column: number("character") };
        lines.offset(text, position, talint_analyzer::text::Encoding::Utf16) as usize
    };
    let mut changed = text.to_owned();
    let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
    changed.replace_range(range, edit["newText"].as_str().unwrap());
    changed
}

#[test]
fn a_finding_can_be_let_pass_wherever_it_stands() {
    for text in [
        "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n",
        "machine:\r\n  sysctls:\r\n    kernel.kptr_restrict: \"0\"\r\n",
        "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\" # as asked for\n",
        "machine:\n  sysctls: {kernel.kptr_restrict: \"0\"}",
        "machine:\n  sysctls:\n    kernel.kptr_restrict: |-\n      0\n",
        "\u{feff}machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n",
    ] {
        let mut client = Client::with(json!({}));
        client.open(URI, text);
        let found = client.pulled(URI);
        assert_eq!(found.len(), 1, "{text:?}");
        let context = json!({ "diagnostics": found });
        let params = json!({ "textDocument": { "uri": URI }, "range": found[0]["range"], "context": context });
        let actions = client.request("textDocument/codeAction", params);
        for title in ["Let `sysctl/weakened` pass here", "Let `sysctl/weakened` pass in this file"] {
            let action = actions.as_array().unwrap().iter().find(|action| action["title"] == title).unwrap();
            assert_eq!(action["diagnostics"], json!(found));
            let changed = applied(text, action);
            let left = talint_analyzer::analyze("controlplane.yaml", changed.as_bytes(), &Options::default()).findings;
            assert_eq!(left, [], "{title}: {changed:?}");
        }
    }
}

#[test]
fn the_version_can_be_said_where_it_is_assumed() {
    let text = "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n";
    let range = json!({ "start": { "line": 2, "character": 28 }, "end": { "line": 2, "character": 28 } });
    let actions = ask(text, "textDocument/codeAction", json!({ "range": range, "context": { "diagnostics": [] } }));
    let title = "Say that this file is for Talos 1.14";
    let action = actions.as_array().unwrap().iter().find(|action| action["title"] == title).unwrap();
    let changed = applied(text, action);
    assert!(changed.starts_with("# talint: talos=1.14\nmachine:"), "{changed}");
}
