//! Hover: what a field does, what it is by default, what is expected of it.

use crate::client::Client;
use serde_json::{Value, json};

const URI: &str = "file:///talos/controlplane.yaml";

/// What is shown at the `|` of a text.
fn shown(text: &str) -> Value {
    let at = text.find('|').unwrap();
    let line = text[..at].matches('\n').count();
    let character = text[..at].rsplit('\n').next().unwrap().chars().count();
    let mut client = Client::with(json!({ "textDocument": { "hover": { "contentFormat": ["markdown"] } } }));
    client.open(URI, &text.replacen('|', "", 1));
    let position = json!({ "line": line, "character": character });
    client.request("textDocument/hover", json!({ "textDocument": { "uri": URI }, "position": position }))
}

/// The same, which must hold all of `wanted`.
fn holds(text: &str, wanted: &[&str]) {
    let shown = shown(text);
    let value = shown["contents"]["value"].as_str().unwrap_or_default();
    for word in wanted {
        assert!(value.contains(word), "{word:?} is not in {value:?}");
    }
}

#[test]
fn a_field_tells_what_it_does_its_default_and_what_is_expected() {
    let text = "# talint: talos=1.12\nmachine:\n  kubelet:\n    extraConfig:\n      pod|PidsLimit: 100\n";
    holds(
        text,
        &["machine.kubelet.extraConfig.podPidsLimit", "default in Talos 1.12", "kubelet/pod-pids-limit", "CIS"],
    );
    let key = "machine:\n  ty|pe: worker\n";
    holds(key, &["**machine.type**", "control plane machines", "In every known version of Talos"]);
}

#[test]
fn the_range_is_that_of_the_word() {
    let shown = shown("machine:\n  type: wor|ker\n");
    assert_eq!(
        shown["range"],
        json!({ "start": { "line": 1, "character": 8 }, "end": { "line": 1, "character": 14 } })
    );
}

#[test]
fn a_deprecated_field_names_what_takes_its_place() {
    holds("# talint: talos=1.14\nmachine:\n  network:\n    host|name: a\n", &["deprecated: use HostnameConfig"]);
}

#[test]
fn a_field_of_another_version_is_told() {
    holds("# talint: talos=1.11\nmachine:\n  install:\n    grubUse|UKICmdline: true\n", &["not in 1.11"]);
}

#[test]
fn words_inside_of_values() {
    let arguments = "machine:\n  install:\n    extraKernelArgs:\n      - quiet mitigat|ions=off\n";
    holds(arguments, &["**mitigations**", "kernel/mitigations"]);
    holds("machine:\n  sysctls:\n    kernel.kptr|_restrict: \"0\"\n", &["Talos 1.14 sets `2`"]);
    let suites =
        "machine:\n  kubelet:\n    extraConfig:\n      tlsCipherSuites:\n        - TLS_RSA_WITH|_AES_128_CBC_SHA\n";
    holds(suites, &["weak"]);
    let subnets = "machine:\n  type: worker\ncluster:\n  network:\n    podSubnets:\n      - 10.2|44.0.0/16\n";
    holds(subnets, &["10.244.0.0 – 10.244.255.255, 65536 addresses"]);
}

#[test]
fn kinds_and_rules() {
    holds(
        "machine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: Hostname|Config\n",
        &["**HostnameConfig**", "From Talos 1.12"],
    );
    holds("machine:\n  type: worker # talint: ignore[sysctl/weak|ened] why\n", &["**sysctl/weakened**"]);
}

#[test]
fn a_secret_is_not_shown() {
    let shown = shown("machine:\n  type: worker\n  token: abcdef.0123|456789abcdef\n");
    assert!(!shown.to_string().contains("0123456789"), "{shown}");
}

#[test]
fn what_is_unknown_shows_nothing() {
    assert_eq!(shown("machine:\n  type: worker\n  not|hing: 1\n"), Value::Null);
}
