//! Real editors, without a screen. An editor that is not installed is passed over, unless `TALINT_TEST_EDITORS` demands it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test that cannot go on fails")]

use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Whether a program is there.
fn has(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    let is_demanded = std::env::var_os("TALINT_TEST_EDITORS").is_some();
    assert!(is_there || !is_demanded, "{program} is not installed");
    if !is_there {
        eprintln!("{program} is not installed: this test says nothing");
    }
    is_there
}

#[test]
fn neovim_shows_findings_and_hover_and_applies_an_action() {
    if !has("nvim") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("worker.yaml");
    let text = "machine:\n  type: worker\n  sysctls:\n    kernel.kptr_restrict: \"0\" # \u{1f980}\n";
    std::fs::write(&file, text).unwrap();
    let out = folder.path().join("seen.json");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = Command::new("nvim")
        .args(["--headless", "--clean", "-n", "-c"])
        .arg(format!("luafile {}", root.join("tests/editors/neovim.lua").display()))
        .args(["-c", "cq"])
        .env("TALINT", env!("CARGO_BIN_EXE_talint"))
        .env("PLUGIN", root.join("editors/neovim"))
        .env("FILE", &file)
        .env("OUT", &out)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let seen = std::fs::read_to_string(&out).unwrap_or_else(|_| panic!("nothing was written: {said}"));
    let seen: Value = serde_json::from_str(&seen).unwrap();
    let before = seen["before"].as_array().unwrap();
    assert_eq!(before.len(), 1, "{seen}");
    assert_eq!((before[0]["line"].as_u64(), before[0]["column"].as_u64()), (Some(3), Some(26)));
    assert!(before[0]["text"].as_str().unwrap().contains("weaker than `2`"), "{seen}");
    assert!(seen["hover"].as_str().unwrap().contains("Talos 1.14 sets"), "{seen}");
    // After the action the text is what `talint check` finds nothing in.
    let changed = seen["text"].as_str().unwrap();
    std::fs::write(&file, changed).unwrap();
    let check =
        Command::new(env!("CARGO_BIN_EXE_talint")).arg("check").arg("--ignore=kernel/").arg(&file).output().unwrap();
    assert!(check.status.success(), "{changed}\n{}", String::from_utf8_lossy(&check.stdout));
    assert!(changed.contains("\u{1f980}"));
}
