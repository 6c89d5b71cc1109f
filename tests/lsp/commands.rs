//! What an editor's extension asks beyond the protocol.

use crate::client::Client;
use crate::cluster::Cluster;
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

/// Asks about something else than a document.
fn said(command: &str, arguments: Value) -> Value {
    let mut client = Client::with(json!({}));
    client.request("workspace/executeCommand", json!({ "command": command, "arguments": arguments }))
}

#[test]
fn a_rule_is_explained_as_at_the_command_line() {
    let shown = said("talint.server.explain", json!(["kubelet/pod-pids-limit"]));
    let shown = shown.as_str().unwrap();
    assert!(shown.starts_with("# kubelet/pod-pids-limit\n\n*info, profile default*\n\n"), "{shown}");
    for part in [
        "\nExpected of kubelet.podPidsLimit: a positive number.\n\n- **set by** ",
        "\n- **default** -1 (",
        "\n## Avoid (Talos 1.14)\n\n```yaml\nmachine:\n  kubelet:\n    extraConfig:\n      podPidsLimit: -1\n```\n",
        "\nReferences: CIS 1.12 4.2.13\n",
    ] {
        assert!(shown.contains(part), "{part:?} is not in {shown}");
    }
    // Settings, fields, kinds and kernel arguments have names too.
    for (name, part) in [
        ("kubelet.podPidsLimit", "- **set by** "),
        ("machine.features.rbac", "## Rules\n\n| name | |\n|---|---|\n| `talos-api/rbac` |"),
        ("Layer2VIPConfig", "*document*"),
        ("mitigations", "*kernel argument*"),
    ] {
        let shown = said("talint.server.explain", json!([{ "name": name }]));
        assert!(shown.as_str().unwrap().contains(part), "{shown}");
    }
    assert_eq!(said("talint.server.explain", json!(["kubelet/nothing"])), Value::Null);
}

#[test]
fn every_rule_can_be_chosen_and_explained() {
    let mut client = Client::with(json!({}));
    let mut ask = |command: &str, arguments: Value| {
        client.request("workspace/executeCommand", json!({ "command": command, "arguments": arguments }))
    };
    let rules = ask("talint.server.rules", json!([]));
    let rules = rules.as_array().unwrap();
    assert_eq!(rules.len(), talint_analyzer::rules::all().count());
    for rule in rules {
        let shown = ask("talint.server.explain", json!([rule["name"]]));
        assert!(shown.as_str().unwrap().contains(rule["summary"].as_str().unwrap()), "{rule}");
    }
}

/// The rows of the account of a cluster: control, verdict, rules and reasons.
fn account(cluster: &mut Cluster, name: &str, machine: Option<&str>) -> (String, Vec<[String; 4]>) {
    let argument = json!({ "uri": cluster.uri(name), "machine": machine });
    let params = json!({ "command": "talint.server.compliance", "arguments": [argument] });
    let text = cluster.client.request("workspace/executeCommand", params).as_str().unwrap().to_owned();
    let row = |line: &str| -> Option<[String; 4]> {
        let cells: Vec<String> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").map(str::to_owned).collect();
        cells.try_into().ok()
    };
    let rows = text.lines().filter_map(row).collect();
    (text, rows)
}

#[test]
fn the_account_says_which_controls_of_benchmarks_are_met() {
    let mut cluster = Cluster::new(json!({}));
    let all = cluster.text("patches/all.yaml").replace("\"0\"", "\"0\" # talint: ignore[sysctl/weakened] a lab");
    cluster.write("patches/all.yaml", &all);
    cluster.open("patches/all.yaml");
    let (text, rows) = account(&mut cluster, "patches/all.yaml", None);
    assert!(text.starts_with("# Compliance of 3 machines\n\n- cp-1: Talos 1.12, Kubernetes 1.35\n"), "{text}");
    let row =
        |id: &str| rows.iter().find(|row| row[0] == id).unwrap_or_else(|| panic!("{id} is not in {text}")).clone();
    assert_eq!(row("4.2.13")[1..3], ["met", "`kubelet/pod-pids-limit`"]);
    // What a later patch puts right on some machines is not met on the others, and a comment changes nothing of it.
    let [_, verdict, rules, why] = row("kernel.kptr_restrict");
    assert_eq!((verdict.as_str(), rules.as_str()), ("**not met**", "`sysctl/weakened`"));
    assert!(why.starts_with("patches/all.yaml:3: ") && why.ends_with(" (w-1)"), "{why}");
    // The schematic of the control planes; that of the worker is not known.
    let [_, verdict, _, why] = row("kernel/mitigations");
    assert_eq!(verdict, "**not met**");
    assert!(why.starts_with("schematic.yaml:3: `mitigations=off`"), "{why}");
    assert!(why.contains("(cp-1, cp-2)<br>not judged on w-1: no schematic"), "{why}");
    // What counts at the top is what stands below.
    let of_cis =
        rows.iter().filter(|row| row[0].split('.').count() == 3 && row[0].starts_with(['1', '2', '3', '4', '5']));
    let count = |verdict: &str| of_cis.clone().filter(|row| row[1] == verdict).count();
    let two = rows.iter().filter(|row| row[0].starts_with("2.") && row[1] == "met").count();
    let counts = format!("| CIS 1.12 | {} | {} | {} |", count("met") + two, count("**not met**"), count("not judged"));
    assert!(text.contains(&counts), "{counts} is not in {text}");
    assert!(!text.contains("0123456789abcdef"), "{text}");
}

#[test]
fn what_is_not_known_is_not_judged() {
    let mut cluster = Cluster::new(json!({}));
    cluster.open("patches/all.yaml");
    let (text, rows) = account(&mut cluster, "patches/all.yaml", Some("w-1"));
    assert!(text.starts_with("# Compliance of w-1\n"), "{text}");
    let row = |id: &str| rows.iter().find(|row| row[0] == id).unwrap();
    assert_eq!(row("1.2.1")[1..], ["not judged", "`apiserver/anonymous-auth`", "of control planes alone"]);
    // A patch by itself is no configuration.
    cluster.write("talint.yaml", "");
    cluster.open("talint.yaml");
    let (_, rows) = account(&mut cluster, "patches/all.yaml", None);
    let reason = "the configuration is not known in full";
    assert!(rows.iter().any(|row| row[0] == "4.2.1" && row[3] == reason), "{rows:?}");
    assert!(rows.iter().all(|row| row[1] != "met"), "{rows:?}");
}
