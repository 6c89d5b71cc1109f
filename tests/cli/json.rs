//! The output for programs, held to its contract key by key.

use crate::place::{CLEAN, ERROR, Place, WARNING};
use serde_json::{Value, json};

/// The names of the keys of an object, sorted.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_report_has_every_key_and_no_other() {
    let place = Place::with(&[("a.yaml", WARNING)]);
    let report = place.report("a.yaml --talos-version 1.12");
    assert_eq!(keys(&report), ["files", "findings", "summary", "tool", "version"]);
    assert_eq!(report["version"], 1);
    assert_eq!(report["tool"], json!({ "name": "talint", "version": env!("CARGO_PKG_VERSION") }));
    assert_eq!(report["summary"], json!({ "files": 1, "documents": 1, "error": 0, "warning": 1, "info": 0 }));
    assert_eq!(
        report["files"],
        json!([{
            "file": "a.yaml",
            "documents": 1,
            "talos_version": "1.12",
            "talos_version_source": "as asked for",
            "kubernetes_version": "1.35",
            "kubernetes_version_source": "the default of this Talos version",
            "notices": [],
        }])
    );
}

#[test]
fn a_finding_has_every_key_and_no_other() {
    let place = Place::with(&[("a.yaml", WARNING)]);
    let report = place.report("a.yaml --talos-version 1.12");
    let finding = &report["findings"][0];
    assert_eq!(
        keys(finding),
        [
            "file",
            "fix",
            "help",
            "kind",
            "machines",
            "message",
            "path",
            "range",
            "references",
            "related",
            "rule",
            "severity",
            "talos_version"
        ]
    );
    assert_eq!(finding["rule"], "kubelet/pod-pids-limit");
    assert_eq!(finding["severity"], "warning");
    assert_eq!(finding["file"], "a.yaml");
    assert_eq!(finding["kind"], "v1alpha1");
    assert_eq!(finding["path"], "machine.kubelet.extraConfig.podPidsLimit");
    assert_eq!(finding["talos_version"], "1.12");
    assert!(finding["message"].as_str().unwrap().starts_with("`podPidsLimit` is `-1`"));
    assert!(finding["help"].as_str().unwrap().starts_with("expected is"));
    assert_eq!(finding["references"][0], json!({ "id": "CIS 1.12 4.2.13" }));
    assert_eq!(finding["related"], json!([]));
    let start = WARNING.find("-1").unwrap();
    assert_eq!(
        finding["range"],
        json!({
            "start": { "line": 4, "column": 21, "offset": start },
            "end": { "line": 4, "column": 23, "offset": start + 2 },
        })
    );
}

#[test]
fn other_places_are_told_with_their_ranges() {
    let place = Place::with(&[("a.yaml", "machine:\n  type: worker\n  type: controlplane\n")]);
    let report = place.report("a.yaml");
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "yaml/duplicate-key");
    assert_eq!(finding["severity"], "error");
    assert_eq!(
        finding["related"],
        json!([{
            "file": "a.yaml",
            "message": "the first one is here",
            "range": {
                "start": { "line": 2, "column": 3, "offset": 11 },
                "end": { "line": 2, "column": 7, "offset": 15 },
            },
        }])
    );
}

#[test]
fn columns_count_characters_and_offsets_count_bytes() {
    // One emoji is four bytes, two UTF-16 units, one character.
    let text = "machine: {env: {NAME: \"🚀 grüße\"}, typ: worker}\n";
    let place = Place::with(&[("a.yaml", text)]);
    let report = place.report("a.yaml");
    assert_eq!(report["findings"][0]["rule"], "schema/unknown-field");
    let start = text.find("typ").unwrap();
    let column = text[..start].chars().count() + 1;
    assert_eq!(
        report["findings"][0]["range"],
        json!({
            "start": { "line": 1, "column": column, "offset": start },
            "end": { "line": 1, "column": column + 3, "offset": start + 3 },
        })
    );
}

#[test]
fn lines_may_end_as_on_windows() {
    let text = ERROR.replace('\n', "\r\n");
    let place = Place::with(&[("a.yaml", &text)]);
    let start = text.find("sysctl").unwrap();
    assert_eq!(
        place.report("a.yaml")["findings"][0]["range"],
        json!({
            "start": { "line": 3, "column": 3, "offset": start },
            "end": { "line": 3, "column": 9, "offset": start + 6 },
        })
    );
}

#[test]
fn a_byte_order_mark_counts_in_offsets() {
    let text = "\u{feff}machine: {type: worker, sysctl: {}}\n";
    let place = Place::with(&[("a.yaml", text)]);
    let start = text.find("sysctl").unwrap();
    let report = place.report("a.yaml");
    assert_eq!(report["findings"][0]["rule"], "schema/unknown-field");
    assert_eq!(report["findings"][0]["range"]["start"]["offset"], start);
}

#[test]
fn the_summary_counts_documents_and_severities() {
    let two = format!("{CLEAN}---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n");
    let place = Place::with(&[("a.yaml", &two), ("b.yaml", WARNING), ("c.yaml", ERROR), ("d.yaml", "a: b\n")]);
    assert_eq!(
        place.report(".")["summary"],
        json!({ "files": 3, "documents": 4, "error": 1, "warning": 1, "info": 0 })
    );
}

#[test]
fn statistics_are_added_when_asked_for() {
    let place = Place::with(&[("a.yaml", WARNING), ("b.yaml", WARNING), ("c.yaml", ERROR)]);
    let report = place.report(". --statistics");
    assert_eq!(
        report["statistics"],
        json!([{ "rule": "kubelet/pod-pids-limit", "count": 2 }, { "rule": "schema/unknown-field", "count": 1 }])
    );
}

#[test]
fn notices_stand_in_the_report_too() {
    let place = Place::with(&[("a.yaml", CLEAN)]);
    let report = place.report("a.yaml --talos-version 1.99");
    let notice = report["files"][0]["notices"][0].as_str().unwrap();
    assert_eq!(notice, "Talos 1.99 is newer than the versions known; analysed as Talos 1.14");
}

#[test]
fn what_the_file_says_is_escaped() {
    let place = Place::with(&[(
        "a.yaml",
        "apiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\ningress: \"\\\"\\u0007\\n</script>\"\n",
    )]);
    let output = place.check("--format json").output().unwrap().stdout;
    let text = String::from_utf8(output).unwrap();
    assert!(!text.contains('\u{7}'));
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["findings"][0]["rule"], "schema/invalid-value");
}
