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

const LINKS: &str = "apiVersion: v1alpha1\nkind: BondConfig\nname: bond0\nbondMode: active-backup\nlinks:\n  - eth0\n---\n\
                     apiVersion: v1alpha1\nkind: VLANConfig\nname: bond0.5\nvlanID: 5\nparent: \"bond0\"\n";

#[test]
fn a_link_is_found_where_it_is_configured_and_where_it_is_used() {
    // On `bond0` of the VLAN.
    let place = json!({ "position": { "line": 11, "character": 10 } });
    let start = |location: &Value| location["range"]["start"]["line"].as_u64().unwrap();
    let defined = ask(LINKS, "textDocument/definition", place.clone());
    assert_eq!(defined.as_array().unwrap().iter().map(start).collect::<Vec<_>>(), [2]);
    let mut with = place.clone();
    with["context"] = json!({ "includeDeclaration": true });
    let used = ask(LINKS, "textDocument/references", with);
    assert_eq!(used.as_array().unwrap().iter().map(start).collect::<Vec<_>>(), [2, 11]);
    let marked = ask(LINKS, "textDocument/documentHighlight", place);
    assert_eq!(marked.as_array().unwrap().len(), 2);
    // The mode of the bond names nothing.
    let mode = json!({ "position": { "line": 3, "character": 12 } });
    assert_eq!(ask(LINKS, "textDocument/definition", mode), Value::Null);
}

#[test]
fn a_link_is_renamed_in_all_documents() {
    let place = json!({ "position": { "line": 2, "character": 8 } });
    assert_eq!(ask(LINKS, "textDocument/prepareRename", place.clone())["placeholder"], "bond0");
    let mut with = place;
    with["newName"] = json!("lan");
    let edits = ask(LINKS, "textDocument/rename", with)["changes"][URI].clone();
    let texts: Vec<&Value> = edits.as_array().unwrap().iter().map(|edit| &edit["newText"]).collect();
    assert_eq!(texts, ["lan", "\"lan\""]);
}

/// The tokens of a text, each with the word that it is of.
fn tokens<'t>(text: &'t str, answer: &Value) -> Vec<(&'t str, &'static str)> {
    let data: Vec<u64> = answer["data"].as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect();
    let lines: Vec<&str> = text.lines().collect();
    let kinds = ["parameter", "operator", "string", "number", "property", "function", "keyword", "comment"];
    let (mut line, mut column) = (0, 0);
    let mut seen = Vec::new();
    for token in data.chunks(5) {
        let [delta_line, delta_start, length, kind] = [0, 1, 2, 3].map(|at| usize::try_from(token[at]).unwrap());
        column = if delta_line == 0 { column + delta_start } else { delta_start };
        line += delta_line;
        seen.push((&lines[line][column..column + length], kinds[kind]));
    }
    seen
}

#[test]
fn arguments_addresses_and_expressions_have_colours() {
    let text = "machine:\n  install:\n    extraKernelArgs:\n      - init_on_free=1 nosmt\n---\napiVersion: v1alpha1\nkind: LinkConfig\n\
                name: eth0\naddresses:\n  - address: 192.0.2.1/24\n---\napiVersion: v1alpha1\nkind: UserVolumeConfig\nname: a\n\
                provisioning:\n  diskSelector:\n    match: disk.size > 10u * GB && glob(disk.dev_path, \"/dev/sd*\")\n";
    let answer = ask(text, "textDocument/semanticTokens/full", json!({}));
    let expected = [
        ("init_on_free", "parameter"),
        ("=", "operator"),
        ("1", "string"),
        ("nosmt", "parameter"),
        ("192.0.2.1/24", "number"),
        ("disk", "property"),
        ("size", "property"),
        (">", "operator"),
        ("10u", "number"),
        ("*", "operator"),
        ("GB", "property"),
        ("&&", "operator"),
        ("glob", "function"),
        ("disk", "property"),
        ("dev_path", "property"),
        ("\"/dev/sd*\"", "string"),
    ];
    assert_eq!(tokens(text, &answer), expected);
}

#[test]
fn an_expression_over_several_lines_and_an_argument_that_is_taken_away() {
    let text = "machine:\n  install:\n    extraKernelArgs:\n      - -selinux\n---\napiVersion: v1alpha1\nkind: UserVolumeConfig\nname: a\n\
                provisioning:\n  diskSelector:\n    match: >-\n      !disk.rotational &&\n      'a' in disk.symlinks\n";
    let answer = ask(text, "textDocument/semanticTokens/full", json!({}));
    let expected = [
        ("-", "operator"),
        ("selinux", "parameter"),
        ("!", "operator"),
        ("disk", "property"),
        ("rotational", "property"),
        ("&&", "operator"),
        ("'a'", "string"),
        ("in", "keyword"),
        ("disk", "property"),
        ("symlinks", "property"),
    ];
    assert_eq!(tokens(text, &answer), expected);
}

#[test]
fn a_patch_in_the_file_of_a_tool_has_the_colours_of_yaml() {
    let inner = "machine: # all\n        kubelet:\n          extraConfig: {maxPods: 100, x: true}\n        certSANs: [a]\n        install:\n          extraKernelArgs:\n            - nosmt=force\n";
    let text = format!(
        "clusterName: home\ntalosVersion: v1.12.4\nkubernetesVersion: v1.35.0\nendpoint: https://192.0.2.1:6443\nnodes:\n  - hostname: one\n    \
         ipAddress: 192.0.2.10\n    controlPlane: true\n    installDisk: /dev/sda\npatches:\n  - |-\n      {inner}  - machine:\n      certSANs: [b]\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("talconfig.yaml");
    let uri = format!("file://{}", path.display());
    let mut client = Client::with(json!({}));
    client.open(&uri, &text);
    let answer = client.request("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": uri } }));
    let expected = [
        ("machine", "property"),
        ("# all", "comment"),
        ("kubelet", "property"),
        ("extraConfig", "property"),
        ("maxPods", "property"),
        ("100", "number"),
        ("x", "property"),
        ("true", "keyword"),
        ("certSANs", "property"),
        ("a", "string"),
        ("install", "property"),
        ("extraKernelArgs", "property"),
        ("nosmt", "parameter"),
        ("=", "operator"),
        ("force", "string"),
    ];
    // What the editor sees as YAML by itself is left to it.
    assert_eq!(tokens(&text, &answer), expected);
}
