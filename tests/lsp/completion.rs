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

/// The items at the last `|` of a text, in the order in which an editor shows them.
pub(crate) fn items_at(client: &mut Client, text: &str) -> Vec<Value> {
    items_in(client, URI, text)
}

fn items_in(client: &mut Client, uri: &str, text: &str) -> Vec<Value> {
    let at = text.rfind('|').unwrap();
    let line = text[..at].matches('\n').count();
    let character = text[..at].rsplit('\n').next().unwrap().chars().count();
    client.open(uri, &format!("{}{}", &text[..at], &text[at + 1..]));
    let position = json!({ "line": line, "character": character });
    let answer =
        client.request("textDocument/completion", json!({ "textDocument": { "uri": uri }, "position": position }));
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

/// A client that shows what most editors do: snippets, notes beside labels, marks.
fn with_everything() -> Client {
    Client::with(json!({ "textDocument": { "completion": { "completionItem": {
        "snippetSupport": true,
        "preselectSupport": true,
        "labelDetailsSupport": true,
        "tagSupport": { "valueSet": [1] },
        "documentationFormat": ["markdown", "plaintext"],
        "resolveSupport": { "properties": ["detail", "documentation"] },
        "insertTextModeSupport": { "valueSet": [1, 2] },
    } } } }))
}

fn labels(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["label"].as_str().unwrap()).collect()
}

fn find<'i>(items: &'i [Value], label: &str) -> &'i Value {
    let found = items.iter().find(|item| item["label"] == label);
    found.unwrap_or_else(|| panic!("{label} is not among {:?}", labels(items)))
}

#[test]
fn what_there_is_to_say_of_an_item_is_asked_for_when_it_is_shown() {
    let mut client = with_everything();
    let items = items_at(&mut client, "machine:\n  type: worker\n  |\n");
    assert!(items.iter().all(|item| item.get("documentation").is_none() && item.get("detail").is_none()));
    let kubelet = client.request("completionItem/resolve", find(&items, "kubelet").clone());
    assert_eq!(kubelet["detail"], "a mapping, deprecated: use KubeletConfig");
    assert_eq!(kubelet["documentation"]["kind"], "markdown");
    let text = kubelet["documentation"]["value"].as_str().unwrap();
    assert!(text.starts_with("**kubelet** — a mapping\n\n"), "{text}");
    // The rest of the item is as it was.
    assert_eq!(kubelet["textEdit"], find(&items, "kubelet")["textEdit"]);
    // An item of somebody else's comes back as it is.
    assert_eq!(client.request("completionItem/resolve", json!({ "label": "a" })), json!({ "label": "a" }));
}

#[test]
fn a_client_that_does_not_ask_again_gets_all_at_once() {
    let mut client = Client::with(json!({ "textDocument": { "completion": { "completionItem": {
        "resolveSupport": { "properties": ["documentation"] }
    } } } }));
    let items = items_at(&mut client, "# talint: talos=1.12\nmachine:\n  type: worker\n  |\n");
    assert_eq!(find(&items, "kubelet")["detail"], "a mapping");
    assert!(find(&items, "kubelet").get("documentation").is_none());
}

#[test]
fn everything_that_is_offered_can_be_explained() {
    let mut client = with_everything();
    for text in [
        "machine:\n  |\n",
        "machine:\n  sysctls:\n    |\n",
        "machine:\n  type: worker\n  kubelet:\n    extraArgs:\n      |\n",
        "machine:\n  type: worker\n  kubelet:\n    extraArgs:\n      tls-cipher-suites: |\n",
        "machine:\n  type: worker\n  kubelet:\n    extraArgs:\n      feature-gates: |\n",
        "machine:\n  type: worker\n  install:\n    extraKernelArgs:\n      - |\n",
        "machine:\n  type: worker # talint: ignore[|\n",
        "machine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: |\n",
        "customization:\n  systemExtensions:\n    officialExtensions:\n      - |\n",
        "apiVersion: v1alpha1\nkind: UserVolumeConfig\nname: a\nprovisioning:\n  diskSelector:\n    match: disk.|\n",
    ] {
        let items = items_at(&mut client, text);
        let explained = items.iter().filter(|item| item.get("data").is_some());
        let mut count = 0;
        for item in explained {
            let resolved = client.request("completionItem/resolve", item.clone());
            let text = resolved["documentation"]["value"].as_str().unwrap_or("");
            assert!(text.len() > 10, "{resolved:#}");
            count += 1;
        }
        assert!(count * 3 >= items.len() * 2 && count > 5, "{text}: {count} of {}", items.len());
    }
}

#[test]
fn keys_that_talos_calls_for_come_first() {
    let volume = "apiVersion: v1alpha1\nkind: UserVolumeConfig\n|\n";
    assert_eq!(offered(volume)[..3], ["name", "provisioning", "encryption"]);
    let endpoint = "machine:\n  type: controlplane\n  network:\n    interfaces:\n      - |\n";
    assert_eq!(offered(endpoint)[0], "interface");
}

#[test]
fn keys_of_a_newer_version_are_not_offered() {
    let of =
        |version: &str| offered(&format!("# talint: talos={version}\nmachine:\n  type: worker\n  install:\n    |\n"));
    assert!(of("1.12").contains(&"grubUseUKICmdline".to_owned()));
    assert!(!of("1.11").contains(&"grubUseUKICmdline".to_owned()));
}

#[test]
fn the_default_of_a_value_is_marked() {
    let mut client = with_everything();
    let items = items_at(
        &mut client,
        "# talint: talos=1.12\nmachine:\n  type: controlplane\n  features:\n    diskQuotaSupport: |\n",
    );
    assert_eq!(labels(&items)[0], items[0]["label"]);
    let marked: Vec<&Value> = items.iter().filter(|item| item["preselect"] == true).collect();
    assert_eq!(marked.len(), 1, "{items:#?}");
    assert_eq!(marked[0]["labelDetails"]["description"], "default");
}

#[test]
fn the_type_of_a_machine_is_one_of_the_words_that_talos_takes() {
    assert_eq!(offered("machine:\n  type: |\n  token: a\n"), ["controlplane", "init", "worker"]);
}

#[test]
fn feature_gates_are_those_of_the_version_of_kubernetes() {
    let gates = |kubernetes: &str| {
        offered(&format!(
            "# talint: kubernetes={kubernetes}\nmachine:\n  type: controlplane\ncluster:\n  apiServer:\n    extraArgs:\n      feature-gates: A=true,|\n"
        ))
    };
    // What is off is switched on, what is on is switched off.
    holds(&gates("1.33"), &["ImageVolume=true", "SidecarContainers=false", "AllAlpha=true"]);
    holds(&gates("1.35"), &["ImageVolume=false"]);
    assert!(!gates("1.30").iter().any(|gate| gate.starts_with("ImageVolume=")));
    let kubelet = |place: &str| offered(&format!("machine:\n  type: worker\n  kubelet:\n{place}|\n"));
    holds(&kubelet("    extraConfig:\n      featureGates:\n        "), &["NodeSwap", "AllBeta"]);
    let document = "apiVersion: v1alpha1\nkind: KubeletConfig\nconfig:\n  featureGates:\n    |\n";
    holds(&offered(document), &["AllBeta"]);
    // Gates that are done come last.
    let gates = gates("1.34");
    let of = |gate: &str| gates.iter().position(|label| label == gate).unwrap();
    assert!(of("SidecarContainers=false") > of("UserNamespacesSupport=false"));
}

#[test]
fn system_extensions_of_a_schematic() {
    let schematic = |version: &str| {
        offered(&format!(
            "# talint: talos={version}\ncustomization:\n  systemExtensions:\n    officialExtensions:\n      - siderolabs/gvisor\n      - siderolabs/|\n"
        ))
    };
    holds(&schematic("1.12"), &["siderolabs/iscsi-tools", "siderolabs/multipath-tools"]);
    assert!(!schematic("1.12").contains(&"siderolabs/gvisor".to_owned()), "it is there");
    assert!(!schematic("1.11").contains(&"siderolabs/multipath-tools".to_owned()), "it was not made for 1.11");
}

#[test]
fn names_in_expressions_have_their_types() {
    let volume = |expression: &str| {
        format!(
            "apiVersion: v1alpha1\nkind: UserVolumeConfig\nname: a\nprovisioning:\n  diskSelector:\n    match: {expression}\n"
        )
    };
    holds(&offered(&volume("|")), &["disk", "system_disk", "GiB", "glob"]);
    let mut client = with_everything();
    for text in ["disk.size > 10u * GiB && disk.tr|", "\"disk.tr|\"", "'!system_disk && disk.tr|"] {
        let items = items_at(&mut client, &volume(text));
        assert_eq!(find(&items, "transport")["labelDetails"]["description"], "string", "{text}");
        // The part behind the full stop alone is replaced.
        let range = &find(&items, "transport")["textEdit"]["range"];
        let (start, end) = (&range["start"]["character"], &range["end"]["character"]);
        assert_eq!(end.as_u64().unwrap() - start.as_u64().unwrap(), 2, "{text}");
    }
    holds(&offered(&volume("disk.model.|")), &["startsWith", "matches"]);
    holds(&offered(&volume("disk.symlinks.|")), &["exists"]);
    assert_eq!(offered(&volume("disk.transport == \"nv|\"")), [""; 0]);
    let block = "apiVersion: v1alpha1\nkind: LinkAliasConfig\nname: net0\nselector:\n  match: |-\n    link.dr@\n";
    let block = block.replace("|-", ">-").replace('@', "|");
    holds(&offered(&block), &["driver"]);
}

#[test]
fn objects_of_kubernetes_inside_of_configuration() {
    let kubelet = "machine:\n  type: worker\n  kubelet:\n    extraConfig:\n      |\n";
    holds(&offered(kubelet), &["podPidsLimit", "serializeImagePulls", "featureGates"]);
    let rule = "cluster:\n  apiServer:\n    auditPolicy:\n      apiVersion: audit.k8s.io/v1\n      kind: Policy\n      rules:\n        - level: |\n";
    holds(&offered(rule), &["Metadata", "RequestResponse"]);
    let key = rule.replace("level: |", "|");
    holds(&offered(&key), &["level", "resources", "nonResourceURLs"]);
}

#[test]
fn labels_of_nodes() {
    holds(&offered("machine:\n  type: worker\n  nodeLabels:\n    |\n"), &["topology.kubernetes.io/zone"]);
    holds(
        &offered("machine:\n  type: worker\n  nodeLabels:\n    \"topology.kubernetes.io/|\"\n"),
        &["topology.kubernetes.io/zone"],
    );
    let taints = offered("machine:\n  type: worker\n  nodeTaints:\n    |\n");
    holds(&taints, &["node-role.kubernetes.io/control-plane"]);
    assert!(!taints.contains(&"topology.kubernetes.io/zone".to_owned()));
}

#[test]
fn kernel_arguments_with_their_values_and_what_can_be_taken_away() {
    let mut client = with_everything();
    let items = items_at(&mut client, "# talint: talos=1.13\ncustomization:\n  extraKernelArgs:\n    - |\n");
    assert_eq!(find(&items, "init_on_free=1")["labelDetails"]["description"], "hardening");
    let place = |label: &str| items.iter().position(|item| item["label"] == label).unwrap();
    assert!(place("init_on_free=1") < place("console=ttyS0") && place("console=ttyS0") < place("-slab_nomerge"));
    // Talos does not boot without it.
    assert_eq!(find(&items, "-slab_nomerge")["tags"], json!([1]));
    let free = client.request("completionItem/resolve", find(&items, "init_on_free=1").clone());
    let text = free["documentation"]["value"].as_str().unwrap();
    assert!(text.contains("Zeroes memory") && text.contains("The hardened value"), "{text}");
    let removals = items_at(&mut client, "customization:\n  extraKernelArgs:\n    - -sl|\n");
    assert_eq!(find(&removals, "-slab_nomerge")["textEdit"]["range"]["start"]["character"], 6);
}

#[test]
fn the_default_of_a_setting_is_shown_and_offered() {
    let mut client = with_everything();
    let items = items_at(&mut client, "machine:\n  type: worker\n  kubelet:\n    extraConfig:\n      |\n");
    assert_eq!(find(&items, "podPidsLimit")["labelDetails"]["description"], "default -1");
    let resolved = client.request("completionItem/resolve", find(&items, "podPidsLimit").clone());
    assert!(resolved["documentation"]["value"].as_str().unwrap().contains("Expected is"), "{resolved:#}");
    assert_eq!(offered("machine:\n  type: worker\n  kubelet:\n    extraArgs:\n      pod-max-pids: |\n"), ["-1"]);
}

#[test]
fn arguments_on_a_command_line() {
    let mut client = Client::with(json!({}));
    let line = "BOOT_IMAGE=/A/vmlinuz talos.platform=metal console=tty0 init_on_alloc=1 slab_nomerge pti=on init_|\n";
    let found = items_in(&mut client, "file:///talos/cmdline", line);
    assert!(labels(&found).contains(&"init_on_free=1"), "{:?}", labels(&found));
}

#[test]
fn sysctls_show_what_talos_sets_and_cipher_suites_why_they_are_weak() {
    let mut client = with_everything();
    let items = items_at(&mut client, "# talint: talos=1.12\nmachine:\n  type: worker\n  sysctls:\n    |\n");
    assert_eq!(find(&items, "kernel.kptr_restrict")["labelDetails"]["description"], "Talos sets 2");
    assert!(find(&items, "vm.swappiness").get("labelDetails").is_none());
    let suites = items_at(
        &mut client,
        "machine:\n  type: worker\n  kubelet:\n    extraConfig:\n      tlsCipherSuites:\n        - |\n",
    );
    assert!(labels(&suites)[0].ends_with("_GCM_SHA256"));
    let rc4 = find(&suites, "TLS_RSA_WITH_RC4_128_SHA");
    assert_eq!(rc4["tags"], json!([1]));
    assert!(rc4["labelDetails"]["description"].as_str().unwrap().contains("RC4"));
}

#[test]
fn modelines_and_what_they_take() {
    holds(&offered("# talint: talos=|\nmachine:\n  type: worker\n"), &["talos=1.12", "role=worker", "ignore["]);
}

#[test]
fn the_project_file_names_files_rules_and_settings() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("nodes")).unwrap();
    for name in ["base.yaml", "nodes/one.yaml", "notes.md"] {
        std::fs::write(folder.path().join(name), "machine:\n  type: worker\n").unwrap();
    }
    let path = folder.path().canonicalize().unwrap().join("talint.yaml");
    let uri = format!("file://{}", path.display());
    let mut client = Client::with(json!({}));
    let mut offered = |text: &str| {
        std::fs::write(&path, "").unwrap();
        items_in(&mut client, &uri, text)
            .iter()
            .map(|item| item["label"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    holds(&offered("|"), &["machines", "rules", "talos-version"]);
    assert_eq!(offered("machines:\n  - |\n")[0], "name");
    holds(&offered("machines:\n  - name: a\n    |\n"), &["base", "patches", "schematic"]);
    assert_eq!(offered("machines:\n  - name: a\n    base: |\n"), ["base.yaml", "nodes/one.yaml"]);
    assert_eq!(offered("machines:\n  - name: a\n    patches:\n      - nodes/|\n"), ["base.yaml", "nodes/one.yaml"]);
    holds(&offered("machines:\n  - {name: a, patches: [base.yaml, |]}\n"), &["nodes/one.yaml"]);
    holds(&offered("rules:\n  |\n"), &["sysctl/weakened", "kernel/"]);
    assert_eq!(offered("rules:\n  kernel/: |\n"), ["error", "info", "off", "warning"]);
    holds(&offered("ignores:\n  - rules: [|]\n    reason: a\n"), &["sysctl/weakened"]);
    holds(&offered("talos-version: |\n"), &["1.9", "1.14"]);
    holds(&offered("controls:\n  - checks:\n      - setting: |\n"), &["kubelet.podPidsLimit"]);
}

#[test]
fn a_key_behind_a_text_of_several_lines() {
    let text = "apiVersion: v1alpha1\nkind: KubeAggregatorCAConfig\nissuingCA:\n  cert: >-\n    a\n    b\n|\n";
    holds(&offered(text), &["acceptedCAs"]);
    holds(&offered(&text.replace('|', "  |")), &["key"]);
}

#[test]
fn the_first_key_of_an_item_that_has_others() {
    let text = "machine:\n  type: worker\n  network:\n    interfaces:\n      - |\n        addresses:\n          - 192.0.2.1/24\n";
    holds(&offered(text), &["interface", "dhcp"]);
    assert!(!offered(text).contains(&"addresses".to_owned()));
}

#[test]
fn patches_inside_of_the_files_of_tools() {
    const TALCONFIG: &str = "clusterName: a\ntalosVersion: v1.12.0\nendpoint: https://192.0.2.1:6443\nnodes:\n  - {hostname: n1, ipAddress: 192.0.2.1, controlPlane: true}\n";
    let uri = "file:///cluster/talconfig.yaml";
    let mut client = Client::with(json!({}));
    let patch = format!("{TALCONFIG}patches:\n  - |-\n    machine:\n      type: controlplane\n      |\n");
    let found = items_in(&mut client, uri, &patch);
    assert_eq!(find(&found, "kubelet")["textEdit"]["newText"], "kubelet:\n        ");
    assert_eq!(find(&found, "kubelet")["textEdit"]["range"]["start"], json!({ "line": 9, "character": 6 }));
    // Of the tool's own keys nothing is known, and those of a configuration do not stand there.
    assert!(items_in(&mut client, uri, &format!("{TALCONFIG}|\n")).is_empty());
    let omni = "kind: Cluster\nname: a\nkubernetes: {version: v1.34.0}\ntalos: {version: v1.12.0}\npatches:\n  - name: b\n    inline:\n      machine:\n        kubelet:\n          |\n---\nkind: ControlPlane\nmachines: []\n";
    let found = items_in(&mut client, "file:///cluster/template.yaml", omni);
    assert!(labels(&found).contains(&"extraArgs"), "{:?}", labels(&found));
}

#[test]
fn the_versions_of_the_project_file_count() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("talint.yaml"), "talos-version: 1.11\n").unwrap();
    let uri = format!("file://{}", folder.path().canonicalize().unwrap().join("a.yaml").display());
    let mut client = Client::with(json!({}));
    let found = items_in(&mut client, &uri, "machine:\n  type: worker\n  install:\n    |\n");
    assert!(labels(&found).contains(&"disk") && !labels(&found).contains(&"grubUseUKICmdline"));
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
