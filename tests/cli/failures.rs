//! What cannot be read, and how that is told.

use crate::place::{CLEAN, Place, WARNING, found};
use snapbox::str;
use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn a_file_that_cannot_be_read_is_told_and_the_others_are_still_checked() {
    let place = Place::with(&[("a.yaml", WARNING)]);
    place.check("missing.yaml a.yaml --quiet").assert().code(2).stderr_eq(str![[r#"
talint: missing.yaml: No such file or directory (os error 2)

"#]]);
    assert_eq!(found(&place.report("missing.yaml a.yaml")), ["a.yaml kubelet/pod-pids-limit 4"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_told_when_it_is_named() {
    let place = Place::with(&[("a.yaml", CLEAN)]);
    std::os::unix::fs::symlink("nowhere.yaml", place.path("link.yaml")).unwrap();
    place.check("link.yaml a.yaml").assert().code(2).stderr_eq(str![[r#"
talint: link.yaml: No such file or directory (os error 2)

"#]]);
    place.check(".").assert().code(0).stderr_eq("");
}

#[cfg(unix)]
#[test]
fn a_link_that_turns_in_a_circle_is_no_trap() {
    let place = Place::with(&[("deep/a.yaml", CLEAN)]);
    std::os::unix::fs::symlink("..", place.path("deep/up")).unwrap();
    place.check(".").assert().code(0).stderr_eq("");
    std::os::unix::fs::symlink("self.yaml", place.path("self.yaml")).unwrap();
    place.check("self.yaml").assert().code(2).stdout_eq("");
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with(&[("a.yaml", CLEAN), ("b.yaml", WARNING)]);
    std::fs::set_permissions(place.path("a.yaml"), std::fs::Permissions::from_mode(0o000)).unwrap();
    // Who may read everything has no such file.
    if File::open(place.path("a.yaml")).is_ok() {
        return;
    }
    place.check("a.yaml b.yaml --quiet").assert().code(2).stderr_eq(str![[r#"
talint: a.yaml: Permission denied (os error 13)

"#]]);
}

#[test]
fn a_folder_with_the_name_of_a_file_is_a_folder() {
    let place = Place::with(&[("node.yaml/a.yaml", WARNING)]);
    assert_eq!(found(&place.report("node.yaml")), ["node.yaml/a.yaml kubelet/pod-pids-limit 4"]);
}

#[test]
fn bytes_that_are_not_text_are_a_finding_at_their_place() {
    let place = Place::with(&[]);
    let bytes = b"machine:\n  env:\n    A: \"\xff\"\n  kubelet:\n    extraConfig:\n      podPidsLimit: 0\n";
    place.write("a.yaml", bytes);
    let report = place.report("a.yaml");
    assert_eq!(found(&report), ["a.yaml yaml/syntax 3", "a.yaml kubelet/pod-pids-limit 6"]);
    let place = bytes.iter().position(|byte| *byte == 0xff).unwrap();
    assert_eq!(report["findings"][0]["range"]["start"], serde_json::json!({ "line": 3, "column": 9, "offset": place }));
}

#[test]
fn a_file_of_another_encoding_is_told() {
    let place = Place::with(&[]);
    let text: Vec<u8> = "\u{feff}machine:\n  type: worker\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    place.write("a.yaml", text);
    place.check("a.yaml").assert().code(3).stderr_eq(str![[r#"
talint: a.yaml: the file is UTF-16 and was not read: save it as UTF-8
talint: nothing was checked: what is there cannot be read

"#]]);
}

#[test]
fn a_file_that_is_too_large_is_told_at_once() {
    let place = Place::with(&[("a.yaml", WARNING)]);
    File::create(place.path("large.yaml")).unwrap().set_len(100 * 1024 * 1024).unwrap();
    let start = Instant::now();
    place.check(". --quiet").assert().code(2).stderr_eq(str![[r#"
talint: large.yaml: is larger than 32 MiB, the most that is read

"#]]);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(found(&place.report(".")), ["a.yaml kubelet/pod-pids-limit 4"]);
}

#[test]
fn a_file_that_is_encrypted_as_a_whole_is_told_and_passed_over() {
    let encrypted = "\
version: ENC[AES256_GCM,data:+Hkc8DQ=,iv:p6u1Yw==,tag:m0zS4Q==,type:str]
machine:
    type: ENC[AES256_GCM,data:6cQpSGw=,iv:8yOYcA==,tag:0WbLuQ==,type:str]
    kubelet:
        extraConfig:
            podPidsLimit: ENC[AES256_GCM,data:Nq4=,iv:1x2Rrw==,tag:lO3qVg==,type:int]
sops:
    mac: ENC[AES256_GCM,data:0kB4wA==,iv:qg7u7w==,tag:Vb8C3w==,type:str]
    version: 3.9.4
";
    let place = Place::with(&[("a.yaml", encrypted), ("b.yaml", CLEAN)]);
    place.check(".").assert().code(0).stderr_eq(str![[r#"
talint: a.yaml: the file is encrypted by SOPS and was passed over

"#]]);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let files: Vec<String> = (0..200).map(|number| format!("{number}.yaml")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|name| (name.as_str(), WARNING)).collect();
    let place = Place::with(&files);
    let mut child = std::process::Command::new(snapbox::cmd::cargo_bin!("talint"))
        .args(["check", "."])
        .current_dir(place.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(1));
}
