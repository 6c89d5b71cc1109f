//! What an editor's extension asks beyond the protocol.

use crate::client::Client;
use serde_json::{Value, json};

const URI: &str = "file:///talos/worker.yaml";

fn ask(text: &str, command: &str) -> Value {
    let mut client = Client::with(json!({}));
    client.open(URI, text);
    client.request("workspace/executeCommand", json!({ "command": command, "arguments": [{ "uri": URI }] }))
}

#[test]
fn the_status_says_which_version_a_file_is_held_to_and_why() {
    let text = "# talint: talos=1.12 profile=hardened\nmachine:\n  type: worker\n";
    let expected = json!({
        "talosVersion": "1.12",
        "talosVersionSource": "from the modeline",
        "profile": "hardened",
        "machines": [],
    });
    assert_eq!(ask(text, "talint.server.status"), expected);
}

#[test]
fn the_settings_of_the_machine_are_said_with_where_they_come_from() {
    let text =
        "# talint: talos=1.12 kubernetes=1.33\nmachine:\n  type: worker\n  sysctls:\n    kernel.kptr_restrict: \"1\"\n";
    let said = ask(text, "talint.server.settings");
    let said = said.as_str().unwrap();
    for line in [
        "# Talos 1.12 (from the modeline), Kubernetes 1.33 (from the modeline)",
        "sysctl:",
        "  kernel.kptr_restrict: 1 # worker.yaml:5",
        "  net.ipv4.ip_forward: 1 # default",
    ] {
        assert!(said.lines().any(|said| said == line), "{line:?} is not in {said}");
    }
}

#[test]
fn the_effective_configuration_holds_no_secrets() {
    let text = "machine:\n  type: worker # a comment\n  token: wax5gv.lnvaarixa0ckem1r\n  ca:\n    key: |\n      c2VjcmV0\n  nodeLabels: {a: b}\n";
    let expected = "machine:\n    type: worker # worker.yaml:2\n    token: <redacted> # worker.yaml:3\n    ca:\n        \
                    key: <redacted> # worker.yaml:6\n    nodeLabels:\n        a: b # worker.yaml:7\n";
    assert_eq!(ask(text, "talint.server.effectiveConfiguration"), expected);
}

#[test]
fn nothing_is_said_of_what_is_not_of_talos_nor_of_other_commands() {
    let other = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: machine\n";
    for command in ["talint.server.status", "talint.server.effectiveConfiguration", "talint.server.settings"] {
        assert_eq!(ask(other, command), Value::Null);
    }
    assert_eq!(ask("machine:\n  type: worker\n", "talint.server.other"), Value::Null);
}
