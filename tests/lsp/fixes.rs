//! What puts findings right in an editor: the same as `talint check --fix`, wherever the value is set.

use crate::client::Client;
use crate::machines::{folder, uri};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use talint_analyzer::text::{Encoding, LineIndex, Position};

const URI: &str = "file:///talos/worker.yaml";

const TEXT: &str = "\
# talint: talos=1.12
machine:
  type: worker
  kubelet:
    extraargs: # é 😀
      node-labels: rack=1
  certSANs: 192.0.2.10
  certsans: []
  sysctl: {}
";

/// The actions for the first finding of a rule.
fn actions(client: &mut Client, uri: &str, rule: &str) -> Vec<Value> {
    let found = client.pulled(uri);
    let finding = found.iter().find(|finding| finding["code"] == rule).unwrap_or_else(|| panic!("{rule}: {found:?}"));
    let context = json!({ "diagnostics": [finding] });
    let params = json!({ "textDocument": { "uri": uri }, "range": finding["range"], "context": context });
    client.request("textDocument/codeAction", params).as_array().unwrap().clone()
}

fn titled<'a>(actions: &'a [Value], title: &str) -> &'a Value {
    let titles: Vec<_> = actions.iter().map(|action| &action["title"]).collect();
    actions.iter().find(|action| action["title"] == title).unwrap_or_else(|| panic!("{title}: {titles:?}"))
}

/// What an action makes of texts by their names, as a client applies it.
fn applied(action: &Value, texts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let edit = &action["edit"];
    let of_documents = edit["documentChanges"].as_array().into_iter().flatten();
    let mut changes: Vec<(String, Vec<Value>)> = of_documents
        .map(|change| {
            let uri = change["textDocument"]["uri"].as_str().unwrap().to_owned();
            (uri, change["edits"].as_array().unwrap().clone())
        })
        .collect();
    let plain = edit["changes"].as_object().into_iter().flatten();
    changes.extend(plain.map(|(uri, edits)| (uri.clone(), edits.as_array().unwrap().clone())));
    let mut texts = texts.clone();
    for (uri, mut edits) in changes {
        let text = texts.get_mut(&uri).unwrap_or_else(|| panic!("{uri} is not one of the files"));
        let lines = LineIndex::new(text);
        let offset = |place: &Value| {
            let number = |key: &str| u32::try_from(place[key].as_u64().unwrap()).unwrap();
            let position = Position { line: number("line"), column: number("character") };
            lines.offset(text, position, Encoding::Utf16) as usize
        };
        edits.sort_by_key(|edit| offset(&edit["range"]["start"]));
        let ranges: Vec<_> = edits
            .iter()
            .map(|edit| (offset(&edit["range"]["start"])..offset(&edit["range"]["end"]), edit["newText"].clone()))
            .collect();
        for (range, with) in ranges.into_iter().rev() {
            text.replace_range(range, with.as_str().unwrap());
        }
    }
    texts
}

/// The one text that an action makes of another.
fn changed(action: &Value, uri: &str, text: &str) -> String {
    applied(action, &BTreeMap::from([(uri.to_owned(), text.to_owned())])).remove(uri).unwrap()
}

#[test]
fn a_finding_is_put_right_where_it_stands() {
    let mut client = Client::with(json!({}));
    client.open(URI, TEXT);
    let found = actions(&mut client, URI, "schema/unknown-field");
    let action = titled(&found, "Rename to `extraArgs`");
    assert_eq!((&action["kind"], &action["isPreferred"]), (&json!("quickfix"), &json!(true)));
    assert_eq!(action["diagnostics"][0]["code"], "schema/unknown-field");
    assert_eq!(changed(action, URI, TEXT), TEXT.replace("extraargs", "extraArgs"));
    // Where there is such a key already, nobody can say which of the two is meant.
    assert_eq!(changed(titled(&found, "Fix all of `schema/unknown-field` in this file"), URI, TEXT), {
        TEXT.replace("extraargs", "extraArgs").replace("sysctl:", "sysctls:")
    });
}

#[test]
fn everything_that_is_safe_is_put_right_when_a_file_is_saved() {
    let mut client = Client::with(json!({}));
    client.open(URI, TEXT);
    let all = |client: &mut Client, only: &[&str]| {
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
        let context = json!({ "diagnostics": [], "only": only });
        let params = json!({ "textDocument": { "uri": URI }, "range": range, "context": context });
        client.request("textDocument/codeAction", params)
    };
    let expected = TEXT.replace("extraargs", "extraArgs").replace("certSANs: 192.0.2.10", "certSANs: [192.0.2.10]");
    for only in ["source", "source.fixAll", "source.fixAll.talint"] {
        let answer = all(&mut client, &[only]);
        assert_eq!(answer[0]["kind"], "source.fixAll.talint");
        assert_eq!(changed(&answer[0], URI, TEXT), expected);
    }
    assert_eq!(all(&mut client, &["source.fixAll.eslint"]), json!([]));
    assert_eq!(all(&mut client, &["refactor"]), json!([]));
    // Then there is nothing to do.
    client.change(URI, 2, &expected);
    assert_eq!(all(&mut client, &["source.fixAll"]), json!([]));
}

/// What `talint check --fix` makes of a text.
fn fixed_by_the_command_line(name: &str, text: &str, folder: &Path) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_talint"))
        .args(["check", "-", "--fix", "--no-config", "--stdin-filename", name])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push(path);
        }
    }
}

#[test]
fn an_editor_and_the_command_line_make_the_same_of_a_file() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/rules");
    let mut files = Vec::new();
    files_below(&corpus, &mut files);
    let mut client = Client::with(json!({}));
    let mut count = 0;
    for path in files {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if path.to_string_lossy().contains(".talint.") {
            continue;
        }
        // Away from the corpus, where no file beside it plays a part.
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().canonicalize().unwrap().join("file.yaml");
        let uri = format!("file://{}", place.display());
        client.open(&uri, &text);
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
        let context = json!({ "diagnostics": [], "only": ["source.fixAll"] });
        let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
        let answer = client.request("textDocument/codeAction", params);
        client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
        let Some(action) = answer.as_array().and_then(|actions| actions.first()) else { continue };
        let expected = fixed_by_the_command_line("file.yaml", &text, folder.path());
        assert_eq!(changed(action, &uri, &text), expected, "{}", path.display());
        count += 1;
    }
    assert!(count > 5, "only {count} files have something to fix");
}

#[test]
fn the_edit_goes_into_the_file_that_set_the_value_with_its_version() {
    let folder = folder(&[
        ("talint.yaml", "talos-version: 1.12\nmachines:\n  - {name: n1, base: base.yaml, patches: [patch.yaml]}\n"),
        ("base.yaml", "version: v1alpha1\nmachine:\n  type: worker\n"),
        ("patch.yaml", "machine:\n  certsans: [192.0.2.10]\n  type: worker\n"),
    ]);
    let patch = uri(&folder, "patch.yaml");
    let capabilities = json!({ "workspace": { "workspaceEdit": { "documentChanges": true } } });
    let mut client = Client::with(capabilities);
    let text = std::fs::read_to_string(folder.path().join("patch.yaml")).unwrap();
    client.open(&patch, &text);
    let found = actions(&mut client, &patch, "schema/unknown-field");
    let action = titled(&found, "Rename to `certSANs`");
    let change = &action["edit"]["documentChanges"][0]["textDocument"];
    assert_eq!((&change["uri"], &change["version"]), (&json!(patch), &json!(1)));
    assert_eq!(changed(action, &patch, &text), "machine:\n  certSANs: [192.0.2.10]\n  type: worker\n");
}

#[test]
fn a_deprecated_field_moves_to_its_document() {
    let text = "# talint: talos=1.14\nmachine:\n  sysctls:\n    vm.swappiness: \"1\" # little\n  sysfs:\n    kernel.x: \"1\"\n  type: worker\n";
    let mut client = Client::with(json!({}));
    client.open(URI, text);
    let found = actions(&mut client, URI, "schema/deprecated-field");
    let action = titled(&found, "Move `sysctls` to `SysctlConfig`");
    assert_eq!(
        changed(action, URI, text),
        "# talint: talos=1.14\nmachine:\n  sysfs:\n    kernel.x: \"1\"\n  type: worker\n---\napiVersion: v1alpha1\n\
         kind: SysctlConfig\nparams:\n  vm.swappiness: \"1\" # little\n"
    );
}

#[test]
fn a_rule_is_explained_by_the_editor_s_own_command_where_it_has_one() {
    for (capabilities, command) in [
        (json!({}), "talint.server.explain"),
        (json!({ "experimental": { "commands": { "commands": ["talint.explain"] } } }), "talint.explain"),
    ] {
        let mut client = Client::with(capabilities);
        client.open(URI, TEXT);
        let found = actions(&mut client, URI, "schema/wrong-type");
        let command_of = &titled(&found, "Explain `schema/wrong-type`")["command"];
        assert_eq!(command_of["command"], command);
        if command == "talint.server.explain" {
            let params = json!({ "command": command, "arguments": command_of["arguments"] });
            let text = client.request("workspace/executeCommand", params);
            assert!(text.as_str().unwrap().starts_with("# schema/wrong-type\n"), "{text}");
        }
    }
}

#[test]
fn a_diagnostic_says_that_it_can_be_fixed_to_a_client_that_keeps_it() {
    let supports = json!({ "textDocument": { "publishDiagnostics": { "dataSupport": true } } });
    let mut client = Client::with(supports);
    client.open(URI, "machine:\n  type: worker\n  certsans: []\n");
    let found = client.pulled(URI);
    assert_eq!(found[0]["data"], json!({ "fix": "Rename to `certSANs`", "safe": true }));
    let mut client = Client::with(json!({}));
    client.open(URI, "machine:\n  type: worker\n  certsans: []\n");
    assert!(client.pulled(URI)[0].get("data").is_none());
}
