//! What completion writes into a file: as a plain text, and as a snippet that is filled in.

use crate::client::Client;
use crate::completion::{items_at, replaced};
use serde_json::{Value, json};
use talint_analyzer::input::{self, Form};
use talint_analyzer::version::{MinorVersion, TalosVersion};
use talint_analyzer::{Options, analyze, tables};

/// A client that takes snippets, as most editors do.
fn with_snippets() -> Client {
    Client::with(json!({ "textDocument": { "completion": { "completionItem": {
        "snippetSupport": true, "insertTextModeSupport": { "valueSet": [1, 2] }
    } } } }))
}

/// The item called `label` at the `|` of a text.
fn item(client: &mut Client, text: &str, label: &str) -> Value {
    let items = items_at(client, text);
    let found = items.iter().find(|item| item["label"] == label);
    found.unwrap_or_else(|| panic!("{label} is not among {items:#?}")).clone()
}

/// The text when an item is taken at its `|`, as an editor does it: the indentation of the line is put before the further
/// lines of what is inserted where the item asks for that, and each place of a snippet is filled.
fn taken(text: &str, item: &Value) -> String {
    let text = text.replacen('|', "", 1);
    let edit = &item["textEdit"];
    let offset = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        start + usize::try_from(position["character"].as_u64().unwrap()).unwrap()
    };
    let (start, end) = (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]));
    let line = text[..start].rsplit('\n').next().unwrap();
    let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
    let mut new = edit["newText"].as_str().unwrap().to_owned();
    if item["insertTextMode"] == 2 {
        new = new.replace('\n', &format!("\n{indent}"));
    }
    if item["insertTextFormat"] == 2 {
        new = filled(&new);
    }
    format!("{}{new}{}", &text[..start], &text[end..])
}

/// A snippet with each place filled: by what it suggests, by the first of several words, or by a word.
fn filled(snippet: &str) -> String {
    let mut out = String::new();
    let mut rest = snippet;
    while let Some(at) = rest.find(['$', '\\']) {
        out.push_str(&rest[..at]);
        if let Some(escaped) = rest[at..].strip_prefix('\\') {
            let letter = escaped.chars().next().unwrap();
            out.push(letter);
            rest = &escaped[letter.len_utf8()..];
        } else if let Some(after) = rest[at..].strip_prefix("$0") {
            rest = after;
        } else {
            let inside = rest[at..].strip_prefix("${").unwrap_or_else(|| panic!("{snippet}"));
            let inside = inside.trim_start_matches(|c: char| c.is_ascii_digit());
            let end = inside.find('}').unwrap();
            let said = &inside[..end];
            match said.chars().next() {
                None => out.push_str("word"),
                Some(':') => out.push_str(&said[1..]),
                Some('|') => out.push_str(said.trim_matches('|').split(',').next().unwrap()),
                Some(_) => panic!("{snippet}"),
            }
            rest = &inside[end + 1..];
        }
    }
    out + rest
}

#[test]
fn a_key_goes_on_with_what_its_value_begins_with() {
    let mut client = with_snippets();
    let text = "machine:\n    type: worker\n    |\n";
    let text_of = |client: &mut Client, label: &str| item(client, text, label)["textEdit"]["newText"].clone();
    assert_eq!(text_of(&mut client, "kubelet"), "kubelet:\n    $0");
    assert_eq!(text_of(&mut client, "certSANs"), "certSANs:\n    - $0");
    assert_eq!(text_of(&mut client, "token"), "token: $0");
    let text = "machine:\n  type: worker\n  features:\n    |\n";
    assert_eq!(item(&mut client, text, "rbac")["textEdit"]["newText"], "rbac: ${1|true,false|}");
    // The mode of indentation that the text is made for is told.
    assert_eq!(item(&mut client, text, "hostDNS")["insertTextMode"], 2);
    assert_eq!(
        taken(text, &item(&mut client, text, "hostDNS")),
        "machine:\n  type: worker\n  features:\n    hostDNS:\n      \n"
    );
}

#[test]
fn the_indentation_is_that_of_the_file_for_either_kind_of_client() {
    for mut client in [with_snippets(), Client::with(json!({}))] {
        let wide = "machine:\n    type: worker\n    network:\n        interfaces:\n            - interface: eth0\n              |\n";
        let whole = taken(wide, &item(&mut client, wide, "routes"));
        assert!(whole.ends_with("              routes:\n                  - \n"), "{whole}");
        let narrow = "machine:\n  type: worker\n  certSANs:\n  - a\n  |\n";
        let whole = taken(narrow, &item(&mut client, narrow, "sysctls"));
        assert!(whole.ends_with("\n  sysctls:\n    \n"), "{whole}");
        let whole = taken(narrow, &item(&mut client, narrow, "disks"));
        assert!(whole.ends_with("\n  disks:\n  - \n"), "{whole}");
        let first = "machine:\n  type: worker\n  network:\n    interfaces:\n      - |\n";
        let whole = taken(first, &item(&mut client, first, "vlans"));
        assert!(whole.ends_with("      - vlans:\n          - \n"), "{whole}");
    }
}

#[test]
fn lines_end_as_the_file_has_it() {
    let mut client = with_snippets();
    let text = "machine:\r\n  type: worker\r\n  |\r\n";
    assert_eq!(item(&mut client, text, "kubelet")["textEdit"]["newText"], "kubelet:\r\n  $0");
}

#[test]
fn between_brackets_a_key_stays_on_its_line() {
    let mut client = with_snippets();
    let text = "machine: {type: worker, |}\n";
    assert_eq!(taken(text, &item(&mut client, text, "kubelet")), "machine: {type: worker, kubelet: {}}\n");
    assert_eq!(taken(text, &item(&mut client, text, "certSANs")), "machine: {type: worker, certSANs: []}\n");
    // Brackets that are still open are no hindrance.
    let text = "machine:\n  type: worker\n  kubelet: {im|\n  network:\n    hostname: a\n";
    assert_eq!(item(&mut client, text, "image")["textEdit"]["newText"], "image: $0");
}

#[test]
fn what_already_stands_there_is_not_written_again() {
    let mut client = with_snippets();
    let text_of =
        |client: &mut Client, text: &str, label: &str| item(client, text, label)["textEdit"]["newText"].clone();
    assert_eq!(text_of(&mut client, "machine:\n  type: worker\n  kub|: {}\n", "kubelet"), "kubelet");
    assert_eq!(text_of(&mut client, "machine:\n  type: worker\n  \"kub|\n", "kubelet"), "kubelet");
    let above = "machine:\n  type: worker\n  kub|\n    image: a\n";
    assert_eq!(text_of(&mut client, above, "kubelet"), "kubelet:");
    let above = "machine:\n  type: worker\n  certS|\n  - a\n";
    assert_eq!(text_of(&mut client, above, "certSANs"), "certSANs:");
}

#[test]
fn an_empty_document_is_begun_with_all_that_it_must_have() {
    let mut client = with_snippets();
    let text = "machine:\n  type: worker\n---\n|";
    let whole = taken(text, &item(&mut client, text, "UserVolumeConfig"));
    assert_eq!(
        whole,
        "machine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: UserVolumeConfig\nname: word\nprovisioning:\n  diskSelector:\n    match: word\n  maxSize: 10GiB\n"
            .trim_end()
    );
    let text = "machine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: Hos|\n";
    let whole = taken(text, &item(&mut client, text, "HostnameConfig"));
    assert!(whole.ends_with("---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: word\n"), "{whole}");
    // A document that says more keeps what it has.
    let text = "machine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: Hos|\nhostname: a\n";
    assert_eq!(item(&mut client, text, "HostnameConfig")["textEdit"]["newText"], "HostnameConfig");
}

#[test]
fn a_file_that_is_going_to_be_taloss_is_begun() {
    let mut client = with_snippets();
    let whole = taken("|", &item(&mut client, "|", "version: v1alpha1"));
    assert_eq!(whole, "version: v1alpha1\nmachine:\n  type: controlplane");
    // Of a file that nothing says to be Talos's, nothing is said.
    client.open("file:///srv/values.yaml", "");
    let place =
        json!({ "textDocument": { "uri": "file:///srv/values.yaml" }, "position": { "line": 0, "character": 0 } });
    assert_eq!(client.request("textDocument/completion", place), Value::Null);
}

/// What `check` finds in a text of one version that is no more than a value that is missing or does not mean anything.
fn mistakes(text: &str, version: TalosVersion, is_mistake: impl Fn(&str) -> bool) -> Vec<String> {
    let options =
        Options { talos: Some(MinorVersion { major: 1, minor: u16::from(version.minor()) }), ..Options::default() };
    let findings = analyze("talos/controlplane.yaml", text.as_bytes(), &options).findings;
    let mistakes = findings.into_iter().filter(|finding| is_mistake(&finding.rule));
    mistakes.map(|finding| format!("Talos {version}: {}: {}\n{text}", finding.rule, finding.message)).collect()
}

/// Every kind of document in every version: what is offered for it can be read, has only keys that the version knows, and,
/// filled in, lacks nothing.
#[test]
fn every_kind_of_document_begins_as_talos_reads_it() {
    let mut wrong = Vec::new();
    for mut client in [with_snippets(), Client::with(json!({}))] {
        for version in TalosVersion::all() {
            let text = format!("# talint: talos={version}\n|");
            let items = items_at(&mut client, &text);
            for document in tables::documents().iter().filter(|document| document.versions().contains(version)) {
                let label = if document.kind == tables::V1ALPHA1 { "version: v1alpha1" } else { document.kind };
                let Some(item) = items.iter().find(|item| item["label"] == label) else {
                    wrong.push(format!("Talos {version}: no {label}"));
                    continue;
                };
                let whole = taken(&text, item);
                let is_mistake = |rule: &str| {
                    let is_of_value = matches!(rule, "schema/invalid-value" | "schema/wrong-type");
                    rule.starts_with("yaml/") || rule.starts_with("schema/") && !is_of_value
                };
                wrong.extend(mistakes(&whole, version, is_mistake));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// For every key of what Talos generates, as text: with the key and the rest of its line taken away, what is offered for it
/// puts it back.
#[test]
fn every_key_that_is_taken_is_there_again() {
    let mut client = Client::with(json!({}));
    let mut wrong = Vec::new();
    for version in TalosVersion::all() {
        for role in ["controlplane", "worker"] {
            let text = std::fs::read_to_string(format!("corpus/generated/talos-{version}/{role}.yaml")).unwrap();
            let text = format!("# talint: talos={version}\n{text}");
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            for (number, line) in lines.iter().enumerate() {
                let content = line.trim_start_matches([' ', '-']);
                let Some((key, _)) = content.split_once(':').filter(|(key, _)| is_key(key)) else { continue };
                let head = &line[..line.len() - content.len()];
                let cut = replaced(&lines, number, &format!("{head}|\n"));
                let items = items_at(&mut client, &cut);
                let Some(item) = items.iter().find(|item| item["label"] == key) else {
                    wrong.push(format!("Talos {version}, {role}, line {number}: {key} is not offered"));
                    continue;
                };
                let whole = taken(&cut, item);
                let at = whole.split_inclusive('\n').take(number).map(str::len).sum::<usize>() + head.len();
                if !has_key(&whole, at, key) {
                    wrong.push(format!("Talos {version}, {role}, line {number}: {key} is not there\n{whole}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '/' | '_'))
}

/// Whether a text is YAML and has a key at the byte `at`.
fn has_key(text: &str, at: usize, key: &str) -> bool {
    let tree = input::parse(text, "controlplane.yaml", Form::Detected);
    let is_it = |node: talint_analyzer::syntax::NodeRef<'_, '_>| {
        node.entries().any(|(own, _)| own.value() == key && own.span().start as usize == at)
    };
    let mut nodes: Vec<_> = tree.roots().collect();
    while let Some(node) = nodes.pop() {
        if is_it(node) {
            return tree.problems.is_empty();
        }
        nodes.extend(node.children());
    }
    false
}
