//! Documents: what the server has is what the client has, and what it says of it is what `talint check` says.

use crate::client::Client;
use serde_json::{Value, json};
use talint_analyzer::text::{Encoding, LineIndex, Position};
use talint_analyzer::{Options, analyze};

const URI: &str = "file:///talos/worker.yaml";

/// What `talint check` finds: the rule, and the place in characters as UTF-16 counts them.
fn checked(text: &str) -> Vec<(String, Value)> {
    let lines = LineIndex::new(text);
    let place = |offset: u32| {
        let position = lines.position(text, offset, Encoding::Utf16);
        json!({ "line": position.line, "character": position.column })
    };
    let analysis = analyze("/talos/worker.yaml", text.as_bytes(), &Options::default());
    let findings = analysis.findings.iter();
    findings
        .map(|finding| {
            (
                finding.rule.clone().into_owned(),
                json!({ "start": place(finding.span.start), "end": place(finding.span.end) }),
            )
        })
        .collect()
}

fn told(diagnostics: &[Value]) -> Vec<(String, Value)> {
    let each = diagnostics.iter();
    each.map(|diagnostic| (diagnostic["code"].as_str().unwrap().to_owned(), diagnostic["range"].clone())).collect()
}

#[test]
fn diagnostics_are_those_of_check() {
    let mut client = Client::with(json!({}));
    let text = "machine:\n  type: worker # \u{1f980}\n  sysctls: {\"kernel.kptr_restrict\": \"0\"}\n  kubelt: {}\n";
    client.open(URI, text);
    let published = client.published(URI, 1);
    assert_eq!(told(&published), checked(text));
    assert_eq!(published.len(), 2);
    assert_eq!(told(&client.pulled(URI)), checked(text));
}

#[test]
fn a_file_that_is_not_talos_s_is_left_alone() {
    let mut client = Client::with(json!({}));
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    client.open("file:///config-map.yaml", manifest);
    client.open(URI, "machine:\n  kubelt: {}\n  type: worker\n");
    // The second document is spoken of, the first was not.
    let first = client.notification("textDocument/publishDiagnostics");
    assert_eq!(first["uri"], URI);
    for method in ["textDocument/documentSymbol", "textDocument/foldingRange"] {
        assert_eq!(
            client.request(method, json!({ "textDocument": { "uri": "file:///config-map.yaml" } })),
            Value::Null
        );
    }
}

#[test]
fn diagnostics_go_when_the_document_is_closed() {
    let mut client = Client::with(json!({}));
    client.open(URI, "machine:\n  kubelt: {}\n  type: worker\n");
    assert_eq!(client.published(URI, 1).len(), 1);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    let params = client.notification("textDocument/publishDiagnostics");
    assert_eq!(params["diagnostics"], json!([]));
}

#[test]
fn an_unchanged_document_is_not_told_twice() {
    let mut client = Client::with(json!({ "textDocument": { "diagnostic": {} } }));
    client.open(URI, "machine:\n  kubelt: {}\n  type: worker\n");
    let params = json!({ "textDocument": { "uri": URI } });
    let first = client.request("textDocument/diagnostic", params);
    assert_eq!(first["kind"], "full");
    let params = json!({ "textDocument": { "uri": URI }, "previousResultId": first["resultId"] });
    assert_eq!(client.request("textDocument/diagnostic", params.clone())["kind"], "unchanged");
    client.change(URI, 2, "machine:\n  type: worker\n");
    assert_eq!(client.request("textDocument/diagnostic", params)["kind"], "full");
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }
}

/// A random edit of `text`: the change as the protocol has it, applied to `text`.
fn edit(random: &mut Random, text: &mut String) -> Value {
    const PIECES: [&str; 16] = [
        "machine:\n",
        "  type: worker\n",
        "  kubelt: {}\n",
        "\u{1f980}",
        "\r\n",
        "\n",
        "é",
        "  sysctls:\n",
        "    kernel.kptr_restrict: \"0\"\n",
        "# 漢字 \u{1f469}\u{200d}\u{1f4bb}\n",
        "---\n",
        " ",
        "",
        "",
        "\t",
        "a",
    ];
    let lines = LineIndex::new(text);
    let boundary = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = boundary(random.below(text.len() + 1));
    let end = boundary((start + random.below(12)).min(text.len())).max(start);
    let place = |offset: usize| lines.position(text, u32::try_from(offset).unwrap(), Encoding::Utf16);
    let (first, last) = (place(start), place(end));
    let piece = PIECES[random.below(PIECES.len())];
    // A place between the two characters of a line end is the end of the line for the protocol.
    let offset = |place: Position| lines.offset(text, place, Encoding::Utf16) as usize;
    let (start, end) = (offset(first), offset(last));
    let json = |place: Position| json!({ "line": place.line, "character": place.column });
    let change = json!({ "range": { "start": json(first), "end": json(last) }, "text": piece });
    text.replace_range(start..end, piece);
    change
}

#[test]
fn thousands_of_rapid_edits_are_applied_in_their_order() {
    let mut client = Client::with(json!({}));
    let mut text = "machine:\n  type: worker\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n".to_owned();
    client.open(URI, &text);
    let mut random = Random(7);
    let mut version = 1;
    for burst in 0..100 {
        for _ in 0..50 {
            version += 1;
            let changes: Vec<Value> = (0..=random.below(2)).map(|_| edit(&mut random, &mut text)).collect();
            let document = json!({ "uri": URI, "version": version });
            client.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
        }
        if text.len() > 2000 {
            version += 1;
            text = "machine:\n  type: worker\n".to_owned();
            client.change(URI, version, &text);
        }
        assert_eq!(told(&client.pulled(URI)), checked(&text), "after burst {burst}: {text:?}");
    }
    assert_eq!(client.leave(), 0);
}

#[test]
fn a_request_is_answered_for_the_text_it_was_sent_with() {
    let mut client = Client::with(json!({}));
    client.open(URI, "machine:\n  type: worker\n");
    let params = json!({ "textDocument": { "uri": URI } });
    let mut asked = Vec::new();
    for version in 2..200 {
        // One sysctl more in each version.
        let sysctls: Vec<String> = (0..version).map(|number| format!("    a.b{number}: \"1\"\n")).collect();
        let sysctls = sysctls.concat();
        client.change(URI, version, &format!("machine:\n  type: worker\n  sysctls:\n{sysctls}"));
        asked.push((version, client.ask("textDocument/documentSymbol", params.clone())));
    }
    for (version, id) in asked {
        let answer = client.answer(id);
        let sysctls = &answer[0]["children"][0]["children"][1]["children"];
        assert_eq!(sysctls.as_array().map(Vec::len), usize::try_from(version).ok(), "version {version}");
    }
}
