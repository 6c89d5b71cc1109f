//! Completion in text that is half written.

use crate::client::Client;
use serde_json::{Value, json};

const URI: &str = "file:///talos/controlplane.yaml";

/// What is offered at the `|` of a text: the labels in the order in which an editor shows them.
fn offered(text: &str) -> Vec<String> {
    let mut client = Client::with(json!({}));
    let items = items_at(&mut client, text);
    items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn items_at(client: &mut Client, text: &str) -> Vec<Value> {
    let at = text.find('|').unwrap();
    let line = text[..at].matches('\n').count();
    let character = text[..at].rsplit('\n').next().unwrap().chars().count();
    client.open(URI, &text.replacen('|', "", 1));
    let position = json!({ "line": line, "character": character });
    let answer =
        client.request("textDocument/completion", json!({ "textDocument": { "uri": URI }, "position": position }));
    let mut items = answer["items"].as_array().cloned().unwrap_or_default();
    items.sort_by_key(|item| item["sortText"].as_str().unwrap().to_owned());
    items
}

fn holds(offered: &[String], wanted: &[&str]) {
    for word in wanted {
        assert!(offered.iter().any(|label| label == word), "{word} is not among {offered:?}");
    }
}

#[test]
fn keys_of_a_section_that_are_not_there_yet() {
    let offered = offered("machine:\n  type: worker\n  kubelet:\n    image: a\n    |\n");
    holds(&offered, &["extraArgs", "extraConfig", "nodeIP"]);
    assert!(!offered.contains(&"image".to_owned()));
}

#[test]
fn a_half_written_key_in_the_middle_of_a_file() {
    holds(&offered("machine:\n  type: worker\n  kub|\n  network:\n    hostname: a\n"), &["kubelet"]);
}

#[test]
fn keys_of_an_item() {
    holds(
        &offered("machine:\n  type: worker\n  network:\n    interfaces:\n      - |\n"),
        &["interface", "addresses", "mtu"],
    );
    let second = offered("machine:\n  type: worker\n  network:\n    interfaces:\n      - interface: eth0\n        |\n");
    holds(&second, &["addresses", "mtu"]);
    assert!(!second.contains(&"interface".to_owned()));
}

#[test]
fn values_of_words_and_booleans() {
    assert_eq!(offered("debug: |\nmachine:\n  type: worker\n"), ["false", "true"]);
    let modes = offered(
        "machine:\n  type: worker\n  install: {}\n---\napiVersion: v1alpha1\nkind: BondConfig\nname: bond0\nbondMode: |\n",
    );
    holds(&modes, &["802.3ad", "active-backup"]);
}

#[test]
fn kinds_of_documents_of_the_version() {
    let offered = offered("# talint: talos=1.12\nmachine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: |\n");
    holds(&offered, &["HostnameConfig", "LinkConfig"]);
    assert!(!offered.contains(&"KubeletConfig".to_owned()), "1.14 has it, 1.12 has not");
}

#[test]
fn what_stands_below_places_for_anything() {
    holds(&offered("machine:\n  type: worker\n  sysctls:\n    |\n"), &["kernel.kptr_restrict"]);
    holds(&offered("machine:\n  type: worker\n  kubelet:\n    extraArgs:\n      |\n"), &["pod-max-pids"]);
    holds(&offered("machine:\n  type: worker\n  kubelet:\n    extraConfig:\n      |\n"), &["podPidsLimit"]);
}

#[test]
fn kernel_arguments_in_a_list() {
    holds(&offered("machine:\n  type: worker\n  install:\n    extraKernelArgs:\n      - |\n"), &["init_on_free=1"]);
}

#[test]
fn rules_in_a_suppression() {
    holds(&offered("machine:\n  type: worker # talint: ignore[sys|\n"), &["sysctl/weakened"]);
}

#[test]
fn deprecated_keys_come_last_and_are_marked() {
    let mut client = Client::with(json!({}));
    let items = items_at(&mut client, "machine:\n  type: worker\n  |\n");
    let of = |label: &str| items.iter().position(|item| item["label"] == label).unwrap();
    assert!(of("network") > of("kubelet") || items[of("network")]["tags"] != json!([1]));
    let last_current = items.iter().rposition(|item| item["tags"] != json!([1]) && item["label"] != "$patch").unwrap();
    let first_deprecated = items.iter().position(|item| item["tags"] == json!([1])).unwrap();
    assert!(last_current < first_deprecated);
}

#[test]
fn a_key_is_written_with_what_its_value_begins_with() {
    let mut client = Client::with(json!({}));
    let items = items_at(&mut client, "machine:\n    type: worker\n    |\n");
    let text = |label: &str| {
        let item = items.iter().find(|item| item["label"] == label).unwrap();
        item["textEdit"]["newText"].as_str().unwrap().to_owned()
    };
    assert_eq!(text("kubelet"), "kubelet:\n        ");
    assert_eq!(text("certSANs"), "certSANs:\n        - ");
    assert_eq!(text("token"), "token: ");
}

/// For every key of what Talos generates: with the rest of its line taken away, the key is offered.
#[test]
fn every_key_of_a_generated_configuration_is_offered_in_its_place() {
    let mut client = Client::with(json!({}));
    let mut missed = Vec::new();
    for version in ["1.9", "1.11", "1.12", "1.14"] {
        let text = std::fs::read_to_string(format!("corpus/generated/talos-{version}/controlplane.yaml")).unwrap();
        let text = format!("# talint: talos={version}\n{text}");
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut keys = 0;
        for (number, line) in lines.iter().enumerate() {
            let content = line.trim_start_matches([' ', '-']);
            let Some((key, _)) = content.split_once(':') else { continue };
            let is_key = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '/' | '_');
            if key.is_empty() || !key.chars().all(is_key) {
                continue;
            }
            keys += 1;
            let head = &line[..line.len() - content.len()];
            let found = items_at(&mut client, &replaced(&lines, number, &format!("{head}|\n")));
            if !found.iter().any(|item| item["label"] == key) {
                missed.push(format!("Talos {version}, line {number}: {key}"));
            }
        }
        assert!(keys > 50, "{keys}");
    }
    assert_eq!(missed, Vec::<String>::new());
}

/// The text of `lines` with another line in the place of one, and no other `|` than there.
pub(crate) fn replaced(lines: &[&str], number: usize, with: &str) -> String {
    let each = lines.iter().enumerate();
    each.map(|(other, line)| if other == number { with.to_owned() } else { line.replace('|', " ") }).collect()
}

#[test]
fn every_beginning_of_a_file_is_answered() {
    let text = std::fs::read_to_string("corpus/generated/talos-1.12/worker.yaml").unwrap();
    let text: String = text.lines().filter(|line| line.len() < 80).flat_map(|line| [line, "\n"]).collect();
    let mut client = Client::with(json!({}));
    for end in 0..=text.len() {
        let beginning = &text[..end];
        client.open(URI, beginning);
        let line = beginning.matches('\n').count();
        let character = beginning.rsplit('\n').next().unwrap().len();
        let position = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": URI }, "position": position });
        let answer = client.request("textDocument/completion", params);
        assert!(answer.get("error").is_none(), "{beginning:?}: {answer}");
    }
    assert_eq!(client.leave(), 0);
}
