//! The whole workspace: what is said of files that nobody has open, of several folders, and how a long answer comes.

use crate::client::{Client, workspace_folder};
use crate::repository;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const PROJECT: &str = "talos-version: 1.12\nexclude: [old/]\nmachines:\n  - {name: n1, base: base.yaml, patches: [weak.yaml, strong.yaml]}\n";
const BASE: &str = "version: v1alpha1\nmachine:\n  type: worker\n";
const WEAK: &str = "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n";
const STRONG: &str = "machine:\n  sysctls:\n    kernel.kptr_restrict: \"2\"\n";
const MISSPELT: &str = "machine:\n  kubelt: {}\n  type: worker\n";
const CONFIG_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

/// A folder of a cluster: machines, a draft, a template, and what is none of it.
const CLUSTER: [(&str, &str); 10] = [
    ("talint.yaml", PROJECT),
    ("base.yaml", BASE),
    ("weak.yaml", WEAK),
    ("strong.yaml", STRONG),
    ("drafts/draft.yaml", MISSPELT),
    ("drafts/node.yaml.j2", "machine:\n  type: {{ role }}\n  kubelt: {}\n"),
    ("old/draft.yaml", MISSPELT),
    ("rendered/draft.yaml", MISSPELT),
    (".gitignore", "rendered/\n"),
    ("apps/config-map.yaml", CONFIG_MAP),
];

fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    for (name, text) in files {
        write(&path, name, text);
    }
    (folder, path)
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn uri(folder: &Path, name: &str) -> String {
    format!("file://{}", folder.join(name).display())
}

fn pulling() -> Value {
    json!({ "textDocument": { "diagnostic": {} }, "workspace": { "diagnostics": { "refreshSupport": true } } })
}

/// Asks for the whole workspace; `previous` is what an earlier answer said.
fn pull(client: &mut Client, previous: &[Value]) -> Vec<Value> {
    let answer = client.request("workspace/diagnostic", json!({ "previousResultIds": ids(previous) }));
    answer["items"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

fn ids(reports: &[Value]) -> Vec<Value> {
    let known = reports.iter().filter(|report| report["resultId"].is_string());
    known.map(|report| json!({ "uri": report["uri"], "value": report["resultId"] })).collect()
}

/// The kind of the report of each file, by the end of its name.
fn kinds<'r>(reports: &'r [Value], folder: &Path) -> Vec<(&'r str, &'r str)> {
    let root = uri(folder, "");
    let each = reports.iter().map(|report| {
        let name = report["uri"].as_str().unwrap();
        (name.strip_prefix(&root).unwrap_or(name), report["kind"].as_str().unwrap())
    });
    let mut kinds: Vec<_> = each.collect();
    kinds.sort_unstable();
    kinds
}

/// What is found, as file, rule and line; files without findings stand for themselves.
fn told(reports: &[Value]) -> BTreeSet<(String, String, u64)> {
    let mut told = BTreeSet::new();
    for report in reports {
        let file = report["uri"].as_str().unwrap().strip_prefix("file://").unwrap();
        for item in report["items"].as_array().unwrap() {
            let line = item["range"]["start"]["line"].as_u64().unwrap() + 1;
            told.insert((file.to_owned(), item["code"].as_str().unwrap().to_owned(), line));
        }
    }
    told
}

/// The same as `talint check` finds it.
fn checked(folder: &Path) -> BTreeSet<(String, String, u64)> {
    let check = Command::new(env!("CARGO_BIN_EXE_talint"))
        .args(["check", "--format", "json"])
        .current_dir(folder)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&check.stdout).unwrap();
    let each = report["findings"].as_array().unwrap().iter().map(|finding| {
        let file = folder.join(finding["file"].as_str().unwrap()).display().to_string();
        let line = finding["range"]["start"]["line"].as_u64().unwrap();
        (file, finding["rule"].as_str().unwrap().to_owned(), line)
    });
    each.collect()
}

#[test]
fn every_file_of_talos_is_reported_as_check_finds_it() {
    let (_folder, path) = folder(&CLUSTER);
    let mut client = Client::in_folders(pulling(), &[&path]);
    let reports = pull(&mut client, &[]);
    // Neither what is ignored or excluded nor what is not Talos's is among them.
    let full = |name| (name, "full");
    let files = ["base.yaml", "drafts/draft.yaml", "drafts/node.yaml.j2", "strong.yaml", "talint.yaml", "weak.yaml"];
    assert_eq!(kinds(&reports, &path), files.map(full));
    assert_eq!(told(&reports), checked(&path));
    // A patch is judged by what its machines get.
    let weak = reports.iter().find(|report| report["uri"] == uri(&path, "weak.yaml")).unwrap();
    assert_eq!(weak["items"], json!([]));
    assert_eq!(weak["version"], Value::Null);
}

#[test]
fn what_has_not_changed_is_not_told_again() {
    let (_folder, path) = folder(&CLUSTER);
    let mut client = Client::in_folders(pulling(), &[&path]);
    let first = pull(&mut client, &[]);
    let second = pull(&mut client, &first);
    assert_eq!(second.len(), first.len());
    assert!(second.iter().all(|report| report["kind"] == "unchanged"), "{second:?}");

    write(&path, "drafts/draft.yaml", "machine:\n  type: worker\n  kubelet: {}\n");
    write(&path, "strong.yaml", "machine: {}\n");
    let third = pull(&mut client, &second);
    let changed: Vec<_> = kinds(&third, &path).into_iter().filter(|(_, kind)| *kind == "full").collect();
    // The patch that is no longer put right is among them, though its text is the same.
    assert_eq!(changed, [("drafts/draft.yaml", "full"), ("weak.yaml", "full")]);

    std::fs::remove_file(path.join("drafts/node.yaml.j2")).unwrap();
    let fourth = pull(&mut client, &third);
    let gone = fourth.iter().find(|report| report["uri"] == uri(&path, "drafts/node.yaml.j2")).unwrap();
    assert_eq!((&gone["kind"], &gone["items"]), (&json!("full"), &json!([])));
    assert_eq!(pull(&mut client, &fourth).len(), fourth.len() - 1);
}

#[test]
fn a_client_that_tells_of_files_is_answered_without_a_look_at_the_disk() {
    let (_folder, path) = folder(&CLUSTER);
    let mut capabilities = pulling();
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    let mut client = Client::in_folders(capabilities, &[&path]);
    let watched = client.notification("client/registerCapability")["registrations"][0].clone();
    assert_eq!(watched["method"], "workspace/didChangeWatchedFiles");
    // By the next answer, the server knows that it will be told.
    let first = pull(&mut client, &[]);
    std::fs::write(path.join("drafts/draft.yaml"), "machine: {type: worker}\n").unwrap();
    let second = pull(&mut client, &first);
    assert!(second.iter().all(|report| report["kind"] == "unchanged"), "{second:?}");
    let changes = json!({ "changes": [{ "uri": uri(&path, "drafts/draft.yaml"), "type": 2 }] });
    client.notify("workspace/didChangeWatchedFiles", changes);
    let third = pull(&mut client, &second);
    assert!(kinds(&third, &path).contains(&("drafts/draft.yaml", "full")));
}

#[test]
fn files_are_the_same_however_the_client_writes_their_names() {
    let (_folder, path) = folder(&[("a+b (c)/draft@1.yaml", MISSPELT)]);
    let mut client = Client::in_folders(pulling(), &[&path]);
    let first = pull(&mut client, &[]);
    assert_eq!(first.len(), 1);
    let known = first[0]["resultId"].clone();
    for name in ["a+b%20(c)/draft@1.yaml", "a%2Bb%20%28c%29/draft%401.yaml", "a%2bb%20(c)/draft@1.yaml"] {
        let ids = json!([{ "uri": uri(&path, name), "value": known }]);
        let answer = client.request("workspace/diagnostic", json!({ "previousResultIds": ids }));
        let unchanged = json!([{ "kind": "unchanged", "uri": uri(&path, name), "version": null, "resultId": known }]);
        assert_eq!(answer["items"], unchanged);
    }
}

#[test]
fn what_is_open_counts_as_it_is_in_the_editor() {
    let (_folder, path) = folder(&CLUSTER);
    let mut client = Client::in_folders(pulling(), &[&path]);
    let strong = uri(&path, "strong.yaml");
    client.open(&strong, STRONG);
    client.change(&strong, 7, "machine: {}\n");
    let reports = pull(&mut client, &[]);
    let report = |name| reports.iter().find(|report| report["uri"] == uri(&path, name)).unwrap();
    assert_eq!(report("strong.yaml")["version"], 7);
    assert_eq!(report("weak.yaml")["items"][0]["code"], "sysctl/weakened");
    // The document by itself is told the same.
    let params = json!({ "textDocument": { "uri": strong }, "previousResultId": report("strong.yaml")["resultId"] });
    assert_eq!(client.request("textDocument/diagnostic", params)["kind"], "unchanged");
}

#[test]
fn a_patch_is_judged_by_the_description_of_a_tool_elsewhere() {
    let description = "clusterName: home\ntalosVersion: v1.12.4\nkubernetesVersion: v1.35.0\nendpoint: https://192.0.2.1:6443\n\
                       nodes:\n  - hostname: one\n    ipAddress: 192.0.2.10\n    controlPlane: false\n    installDisk: /dev/sda\n    \
                       patches: [\"@./patches/weak.yaml\", \"@./patches/strong.yaml\"]\n";
    let files = [
        ("talos/talconfig.yaml", description),
        ("talos/patches/weak.yaml", WEAK),
        ("talos/patches/strong.yaml", STRONG),
    ];
    let (_folder, path) = folder(&files);
    let weak = uri(&path, "talos/patches/weak.yaml");
    // Clients that pull and those that do not are told the same as the whole workspace.
    let mut client = Client::in_folders(pulling(), &[&path]);
    client.open(&weak, WEAK);
    client.notification("workspace/diagnostic/refresh");
    assert_eq!(client.pulled(&weak), Vec::<Value>::new());
    let reports = pull(&mut client, &[]);
    assert!(reports.iter().any(|report| report["uri"] == weak && report["items"] == json!([])), "{reports:?}");

    let mut client = Client::in_folders(json!({}), &[&path]);
    client.open(&weak, WEAK);
    while client.pulled(&weak) != Vec::<Value>::new() {}
    // What is open of the others counts here too.
    let strong = uri(&path, "talos/patches/strong.yaml");
    client.open(&strong, "machine: {}\n");
    assert_eq!(client.pulled(&weak)[0]["code"], "sysctl/weakened");
}

#[test]
fn a_change_that_bears_on_other_files_makes_the_client_ask_again() {
    let (_folder, path) = folder(&CLUSTER);
    let mut client = Client::in_folders(pulling(), &[&path]);
    let (weak, strong) = (uri(&path, "weak.yaml"), uri(&path, "strong.yaml"));
    client.open(&weak, WEAK);
    client.open(&strong, STRONG);
    client.notification("workspace/diagnostic/refresh");
    assert_eq!(client.pulled(&weak), Vec::<Value>::new());
    client.change(&strong, 2, "machine: {}\n");
    client.notification("workspace/diagnostic/refresh");
    assert_eq!(client.pulled(&weak)[0]["code"], "sysctl/weakened");
}

#[test]
fn results_come_as_they_are_found() {
    let (_folder, path) = folder(&CLUSTER);
    for number in 0..200 {
        write(&path, &format!("drafts/{number}.yaml"), MISSPELT);
    }
    let mut client = Client::in_folders(pulling(), &[&path]);
    let params = json!({ "previousResultIds": [], "partialResultToken": "results", "workDoneToken": 1 });
    let answer = client.request("workspace/diagnostic", params);
    // All that was found was told before.
    assert_eq!(answer, json!({ "items": [] }));
    let (mut reports, mut parts, mut progress) = (Vec::new(), 0, Vec::new());
    while progress.last().is_none_or(|value: &Value| value["kind"] != "end") {
        let told = client.notification("$/progress");
        match told["token"].as_str() {
            Some("results") => {
                reports.extend(told["value"]["items"].as_array().unwrap().clone());
                parts += 1;
            }
            _ => progress.push(told["value"].clone()),
        }
    }
    assert!(parts > 2, "{parts}");
    assert_eq!(told(&reports), checked(&path));
    assert_eq!(progress[0]["kind"], "begin");
    assert_eq!(progress[0]["percentage"], 0);
    let percentages: Vec<u64> = progress.iter().filter_map(|value| value["percentage"].as_u64()).collect();
    assert!(percentages.is_sorted() && percentages.last() == Some(&100), "{percentages:?}");
}

#[test]
fn the_first_scan_shows_its_progress_where_the_client_can() {
    let (_folder, path) = folder(&CLUSTER);
    let mut capabilities = pulling();
    capabilities["window"] = json!({ "workDoneProgress": true });
    let mut client = Client::in_folders(capabilities, &[&path]);
    let first = pull(&mut client, &[]);
    let token = client.notification("window/workDoneProgress/create")["token"].clone();
    let begin = client.notification("$/progress");
    assert_eq!((&begin["token"], &begin["value"]["kind"]), (&token, &json!("begin")));
    while client.notification("$/progress")["value"]["kind"] != "end" {}
    // Clients ask every few seconds; that is not worth a word.
    write(&path, "drafts/draft.yaml", STRONG);
    pull(&mut client, &first);
    assert!(!client.has_waiting("$/progress") && !client.has_waiting("window/workDoneProgress/create"));
}

/// A workspace that takes a while.
fn large() -> (TempDir, PathBuf) {
    let (folder, path) = folder(&[]);
    let many = "    a.b: \"1\"\n".repeat(40);
    for number in 0..3000 {
        write(&path, &format!("{number}.yaml"), &format!("machine:\n  type: worker\n  sysctls:\n{many}"));
    }
    (folder, path)
}

#[test]
fn a_scan_stops_when_the_client_no_longer_waits() {
    let (_folder, path) = large();
    let mut client = Client::in_folders(pulling(), &[&path]);
    let id = client.ask("workspace/diagnostic", json!({ "previousResultIds": [], "workDoneToken": "work" }));
    client.notification("$/progress");
    client.notify("$/cancelRequest", json!({ "id": id }));
    assert_eq!(client.answer(id)["error"]["code"], -32800);
    assert_eq!(end_of(&mut client)["message"], "cancelled");
}

#[test]
fn a_scan_stops_when_the_user_says_so() {
    let (_folder, path) = large();
    let mut capabilities = pulling();
    capabilities["window"] = json!({ "workDoneProgress": true });
    let mut client = Client::in_folders(capabilities, &[&path]);
    let id = client.ask("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let begin = client.notification("$/progress");
    assert_eq!(begin["value"]["cancellable"], true);
    client.notify("window/workDoneProgress/cancel", json!({ "token": begin["token"] }));
    let error = client.answer(id)["error"].clone();
    // The client is not to ask again at once.
    assert_eq!((&error["code"], &error["data"]), (&json!(-32802), &json!({ "retriggerRequest": false })));
    assert_eq!(end_of(&mut client)["message"], "cancelled");
    // What is typed in is looked at as before.
    let file = uri(&path, "0.yaml");
    client.open(&file, MISSPELT);
    assert_eq!(client.pulled(&file)[0]["code"], "schema/unknown-field");
}

/// The end of the progress that is shown.
fn end_of(client: &mut Client) -> Value {
    loop {
        let told = client.notification("$/progress");
        if told["value"]["kind"] == "end" {
            return told["value"].clone();
        }
    }
}

#[test]
fn a_workspace_of_300_files_takes_less_than_40_mb() {
    let (_folder, path) = folder(&[]);
    let files = repository::write(&path, repository::MACHINES);
    let mut client = Client::in_folders(pulling(), &[&path]);
    assert_eq!(pull(&mut client, &[]).len(), files.len());
    for file in files.iter().step_by(40) {
        let uri = format!("file://{}", file.display());
        let text = std::fs::read_to_string(file).unwrap();
        client.open(&uri, &text);
        client.change(&uri, 2, &format!("# A change.\n{text}"));
        client.pulled(&uri);
    }
    for _ in 0..5 {
        pull(&mut client, &[]);
    }
    let most = client.most_memory();
    assert!(most.is_none_or(|most| most < 40_000), "{most:?} kB");
}

#[test]
fn each_folder_of_the_workspace_has_its_own_project_file() {
    let (_one, strict) = folder(&[("talint.yaml", "rules: {sysctl/weakened: error}\n"), ("weak.yaml", WEAK)]);
    let (_two, lax) = folder(&[("talint.yaml", "rules: {sysctl/weakened: off}\n"), ("weak.yaml", WEAK)]);
    let (_three, none) = folder(&[("nested/weak.yaml", WEAK)]);
    let mut client = Client::in_folders(pulling(), &[&strict, &lax]);
    let severities = |reports: &[Value], folder: &Path, name: &str| -> Option<Vec<u64>> {
        let report = reports.iter().find(|report| report["uri"] == uri(folder, name))?;
        Some(report["items"].as_array().unwrap().iter().map(|item| item["severity"].as_u64().unwrap()).collect())
    };
    let first = pull(&mut client, &[]);
    assert_eq!(severities(&first, &strict, "weak.yaml"), Some(vec![1]));
    assert_eq!(severities(&first, &lax, "weak.yaml"), Some(vec![]));
    assert_eq!(severities(&first, &none, "nested/weak.yaml"), None);

    let event = json!({ "added": [workspace_folder(&none)], "removed": [workspace_folder(&strict)] });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
    let second = pull(&mut client, &first);
    assert_eq!(severities(&second, &none, "nested/weak.yaml"), Some(vec![2]));
    // What the client has of a folder that was closed is taken back.
    assert_eq!(severities(&second, &strict, "weak.yaml"), Some(vec![]));
    let third = pull(&mut client, &second);
    assert_eq!(severities(&third, &strict, "weak.yaml"), None);
}

#[test]
fn a_patch_that_two_project_files_use_is_told_of_once() {
    let project = |name: &str| {
        format!("talos-version: 1.12\nmachines:\n  - {{name: {name}, base: base.yaml, patches: [../common/p.yaml]}}\n")
    };
    let files = [
        ("a/talint.yaml", &*project("n1")),
        ("a/base.yaml", BASE),
        ("b/talint.yaml", &*project("n2")),
        ("b/base.yaml", BASE),
        ("common/p.yaml", WEAK),
    ];
    let (_folder, path) = folder(&files);
    let mut client = Client::in_folders(pulling(), &[&path]);
    let first = pull(&mut client, &[]);
    let of_patch = |reports: &[Value]| -> Vec<Value> {
        reports.iter().filter(|report| report["uri"] == uri(&path, "common/p.yaml")).cloned().collect()
    };
    assert_eq!(of_patch(&first).len(), 1, "{first:?}");
    assert_eq!(of_patch(&first)[0]["items"][0]["code"], "sysctl/weakened");
    assert_eq!(of_patch(&first)[0]["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(of_patch(&pull(&mut client, &first))[0]["kind"], "unchanged");
}

#[test]
fn a_folder_within_another_is_looked_at_once() {
    let (_folder, path) = folder(&CLUSTER);
    let mut client = Client::in_folders(pulling(), &[&path.join("drafts"), &path]);
    let reports = pull(&mut client, &[]);
    let names: Vec<&str> = kinds(&reports, &path).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, BTreeSet::from_iter(names.clone()).into_iter().collect::<Vec<_>>());
    assert_eq!(told(&reports), checked(&path));
}

#[test]
fn older_clients_name_one_folder() {
    let (_folder, path) = folder(&CLUSTER);
    for root in [json!({ "rootUri": uri(&path, "") }), json!({ "rootUri": null, "rootPath": path })] {
        let mut client = Client::start();
        let mut params = json!({ "processId": null, "capabilities": pulling() });
        params.as_object_mut().unwrap().extend(root.as_object().unwrap().clone());
        client.request("initialize", params);
        client.notify("initialized", json!({}));
        assert_eq!(pull(&mut client, &[]).len(), 6);
    }
}

#[test]
fn what_the_server_does_is_in_its_log() {
    let (_folder, path) = folder(&CLUSTER);
    let mut client = Client::in_folders(pulling(), &[&path]);
    pull(&mut client, &[]);
    let read = client.notification("window/logMessage");
    let expected =
        |how: &str, what: &str| format!("{} was {how}: {what}, 1 machine", path.join("talint.yaml").display());
    assert_eq!(read, json!({ "type": 3, "message": expected("read", "Talos 1.12, profile default") }));
    let scanned = client.notification("window/logMessage")["message"].as_str().unwrap().to_owned();
    assert!(scanned.starts_with("8 files of 1 folder were looked at in "), "{scanned}");
    assert!(scanned.ends_with(" ms; 6 are of Talos"), "{scanned}");

    // The file as it is in the editor counts.
    let project = uri(&path, "talint.yaml");
    client.open(&project, &PROJECT.replace("1.12\n", "1.13\nprofile: strict\n"));
    client.pulled(&project);
    let again = client.notification("window/logMessage");
    assert_eq!(again["message"], expected("read again", "Talos 1.13, profile strict"));
}

#[test]
fn a_client_can_follow_what_takes_how_long() {
    let (_folder, path) = folder(&CLUSTER);
    let mut client = Client::in_folders(json!({}), &[&path]);
    client.notify("$/setTrace", json!({ "value": "verbose" }));
    let weak = uri(&path, "weak.yaml");
    client.open(&weak, WEAK);
    let opened = client.notification("$/logTrace");
    assert!(opened["message"].as_str().unwrap().starts_with("textDocument/didOpen took "), "{opened}");
    assert_eq!(opened["verbose"], weak);
    client.notify("$/setTrace", json!({ "value": "messages" }));
    client.pulled(&weak);
    let pulled = client.notification("$/logTrace");
    assert!(pulled["message"].as_str().unwrap().starts_with("textDocument/diagnostic took "), "{pulled}");
    assert_eq!(pulled["verbose"], Value::Null);
    client.notify("$/setTrace", json!({ "value": "off" }));
    client.pulled(&weak);
    assert!(!client.has_waiting("$/logTrace"));
}
