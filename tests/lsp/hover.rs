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
    holds(subnets, &["10.244.0.0 – 10.244.255.255, 65536 addresses, private"]);
    let taken_away = "customization:\n  extraKernelArgs:\n    - -selin|ux\n";
    holds(taken_away, &["**selinux**", "which the `-` takes away", "Talos 1.14 sets it"]);
    let unnamed = "machine:\n  sysctls:\n    net.core.som|axconn: \"1\"\n";
    holds(unnamed, &["A kernel parameter that Talos 1.14 leaves as the kernel has it."]);
}

#[test]
fn a_prefix_tells_what_it_covers() {
    let covers = |prefix: &str, wanted: &[&str]| {
        let (first, rest) = prefix.split_at(1);
        holds(
            &format!("machine:\n  type: worker\ncluster:\n  network:\n    podSubnets:\n      - {first}|{rest}\n"),
            wanted,
        );
    };
    covers("10.1.2.3/8", &["10.0.0.0 – 10.255.255.255, 16777216 addresses, private", "The network is `10.0.0.0/8`"]);
    covers("192.0.2.1/32", &["192.0.2.1 – 192.0.2.1, 1 address, for documentation"]);
    covers("8.8.8.0/24", &["256 addresses, public"]);
    covers("0.0.0.0/0", &["0.0.0.0 – 255.255.255.255, 4294967296 addresses, every address"]);
    covers("100.64.0.0/10", &["carrier-grade NAT"]);
    covers("fd00:1::/64", &["fd00:1:: – fd00:1::ffff:ffff:ffff:ffff, private (unique local)"]);
    covers("2000::/3", &["2000:: – 3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, public"]);
}

#[test]
fn kinds_and_rules() {
    holds("machine:\n  type: worker # talint: ignore[sys|ctl/] a lab\n", &["**sysctl/**", "`sysctl/weakened`"]);
    let named = "machine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: Bond|Config\nname: a\n";
    holds(named, &["**BondConfig**", "several, told apart by `name`"]);
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
fn a_rule_in_the_project_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("talint.yaml");
    std::fs::write(&path, "").unwrap();
    let mut client = Client::with(json!({ "textDocument": { "hover": { "contentFormat": ["markdown"] } } }));
    let uri = &format!("file://{}", path.display());
    client.open(uri, "rules: {sysctl/weakened: off}\n");
    let params = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 12 } });
    let shown = client.request("textDocument/hover", params);
    assert!(shown["contents"]["value"].as_str().unwrap().starts_with("**sysctl/weakened**"), "{shown}");
}

#[test]
fn what_is_unknown_shows_nothing() {
    assert_eq!(shown("machine:\n  type: worker\n  not|hing: 1\n"), Value::Null);
}
