//! What `talint migrate` makes of configurations, and that it takes care of files.
//!
//! The expected texts beside the cases of `tests/migrate` are those of which Talos itself sees the same as of what they
//! come from: `cargo xtask migrate` asks it, and records them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "migrate/cases.rs"]
mod cases;

use cases::{cases, generated, outcome};
use std::path::Path;
use std::process::{Command, Output};
use talint_analyzer::edit::apply;
use talint_analyzer::finding::Severity;
use talint_analyzer::text::Span;
use talint_analyzer::version::{MinorVersion, TalosVersion};
use talint_analyzer::{Moved, Options, analyze, migrate, migrate_field};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_case_becomes_what_is_beside_it() {
    let cases = cases(workspace()).unwrap();
    assert!(cases.len() >= 7, "there are only {} cases", cases.len());
    for case in cases {
        let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
        let outcome = case.outcome().unwrap();
        let again = "; if that is right: cargo xtask migrate --accept";
        assert_eq!(outcome.text, read(&case.expected()), "{}{again}", case.path.display());
        assert_eq!(outcome.said, read(&case.expected_said()), "{}{again}", case.path.display());
    }
}

#[test]
fn nothing_moves_the_second_time() {
    let texts = cases(workspace()).unwrap().into_iter().map(|case| (case.minor, case.text));
    let generated = generated(workspace(), "corpus/generated").unwrap().into_iter().map(|(_, text)| (14, text));
    for (minor, text) in texts.chain(generated) {
        let once = outcome(&text, minor).unwrap().text;
        let twice = outcome(&once, minor).unwrap();
        assert_eq!(once, twice.text);
        assert!(!twice.said.contains("moves "), "{}", twice.said);
    }
}

/// The errors that Talos 1.`minor` would give.
fn errors(text: &str, minor: u8) -> Vec<String> {
    let talos = Some(MinorVersion { major: 1, minor: u16::from(minor) });
    let analysis = analyze("talos.yaml", text.as_bytes(), &Options { talos, ..Options::default() });
    let errors = analysis.findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| format!("{} {}", finding.rule, finding.message)).collect()
}

#[test]
fn a_field_moves_by_itself() {
    let mut fields = 0;
    for case in cases(workspace()).unwrap() {
        let target = TalosVersion::nearest(case.minor);
        let before = errors(&case.text, case.minor);
        for moved in migrate("talos.yaml", case.text.as_bytes(), target).moved {
            let migration = migrate_field("talos.yaml", case.text.as_bytes(), target, moved.span);
            let is_same = |other: &Moved| other.span == moved.span;
            assert!(migration.moved.iter().any(is_same), "{}: {} does not move", case.path.display(), moved.path);
            let after = apply(&case.text, &migration.edits).unwrap();
            let errors = errors(&after, case.minor);
            let new: Vec<_> = errors.iter().filter(|error| !before.contains(error)).collect();
            assert!(new.is_empty(), "{}: {} alone: {new:?}\n{after}", case.path.display(), moved.path);
            fields += 1;
        }
    }
    assert!(fields > 100, "only {fields} fields move");
}

#[test]
fn what_a_field_does_not_need_stays() {
    let text =
        "machine:\n  sysctls:\n    vm.swappiness: \"1\" # little\n  sysfs:\n    kernel.x: \"1\"\n  type: worker\n";
    let key = Span::new(text.find("sysctls").unwrap(), text.find("sysctls").unwrap() + 7);
    let migration = migrate_field("talos.yaml", text.as_bytes(), TalosVersion::nearest(14), key);
    assert_eq!(
        apply(text, &migration.edits).unwrap(),
        "machine:\n  sysfs:\n    kernel.x: \"1\"\n  type: worker\n---\napiVersion: v1alpha1\nkind: SysctlConfig\nparams:\n  \
         vm.swappiness: \"1\" # little\n"
    );
}

#[test]
fn no_comment_is_lost() {
    for case in cases(workspace()).unwrap() {
        let after = case.outcome().unwrap().text;
        for comment in case.text.lines().filter_map(|line| line.split_once("# ")).map(|(_, comment)| comment.trim_end())
        {
            assert!(after.contains(comment) || comment.contains("talos=1."), "{}: {comment}", case.path.display());
        }
    }
}

struct Run {
    folder: tempfile::TempDir,
}

impl Run {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    fn talint(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_talint")).current_dir(self.folder.path()).args(arguments).output().unwrap()
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const PATCH: &str = "machine:\n  sysctls:\n    vm.swappiness: \"1\" # little\n  type: worker\n";

#[test]
fn it_shows_what_would_change_and_changes_nothing() {
    let run = Run::new(&[("a.yaml", PATCH)]);
    let output = run.talint(&["migrate"]);
    assert_eq!(
        stdout(&output),
        "--- a.yaml\n+++ a.yaml\n@@ -1,4 +1,7 @@\n machine:\n-  sysctls:\n-    vm.swappiness: \"1\" # little\n   type: worker\n\
         +---\n+apiVersion: v1alpha1\n+kind: SysctlConfig\n+params:\n+  vm.swappiness: \"1\" # little\n"
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(run.text("a.yaml"), PATCH);
}

#[test]
fn it_writes_and_then_has_nothing_to_do() {
    let run = Run::new(&[("a.yaml", PATCH)]);
    assert_eq!(run.talint(&["migrate", "--write"]).status.code(), Some(0));
    let after = run.text("a.yaml");
    assert!(after.contains("kind: SysctlConfig"), "{after}");
    let output = run.talint(&["migrate"]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), ""));
    assert_eq!(run.text("a.yaml"), after);
}

#[test]
fn it_keeps_to_the_version_asked_for() {
    let run = Run::new(&[("a.yaml", PATCH)]);
    let output = run.talint(&["migrate", "--talos-version", "1.13"]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), ""));
    assert_eq!(run.talint(&["migrate", "--talos-version", "1.99"]).status.code(), Some(2));
}

#[test]
fn standard_input_is_written_to_standard_output() {
    let run = Run::new(&[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_talint"))
        .args(["migrate", "-", "--write"])
        .current_dir(run.folder.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PATCH.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(stdout(&output).starts_with("machine:\n  type: worker\n---\n"), "{}", stdout(&output));
}

#[test]
fn no_secret_is_shown_unasked() {
    let text = std::fs::read_to_string(workspace().join("tests/migrate/1.14/controlplane.yaml")).unwrap();
    let after = outcome(&text, 14).unwrap().text;
    let run = Run::new(&[("a.yaml", &text)]);
    let shown = stdout(&run.talint(&["migrate"]));
    assert!(shown.contains("kind: KubeServiceAccountConfig") && shown.contains("<redacted>"), "{shown}");
    let secrets: Vec<String> = [&text, &after]
        .into_iter()
        .flat_map(|text| {
            let spans =
                talint_analyzer::secrets::find("a.yaml", text.as_bytes(), talint_analyzer::input::Form::Detected);
            spans.into_iter().map(|span| span.slice(text).to_owned()).collect::<Vec<_>>()
        })
        // What is hidden in one place for safety need not be hidden in another.
        .filter(|secret| secret.len() > 20 && !secret.contains("BEGIN CERTIFICATE"))
        .collect();
    assert!(secrets.len() > 15, "{}", secrets.len());
    for line in
        secrets.iter().flat_map(|secret| secret.lines()).filter(|line| line.len() > 20 && !line.contains("-----"))
    {
        assert!(!shown.contains(line.trim()), "{line}");
    }
    assert!(stdout(&run.talint(&["migrate", "--show-secrets"])).contains("not a real passphrase"));
}

#[test]
#[cfg(unix)]
fn a_link_out_of_the_folder_is_not_followed() {
    use std::os::unix::fs::symlink;
    let run = Run::new(&[("outside.yaml", PATCH)]);
    let inside = run.folder.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    symlink("../outside.yaml", inside.join("a.yaml")).unwrap();
    for arguments in [["migrate", "--write", "inside/a.yaml"], ["migrate", "--write", "inside"]] {
        let output = run.talint(&arguments);
        assert_eq!(run.text("outside.yaml"), PATCH, "{}", stderr(&output));
    }
    let output = run.talint(&["migrate", "--write", "inside/a.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is a link to a file outside of the folder"), "{}", stderr(&output));
}

#[test]
fn what_cannot_be_changed_is_said() {
    let sops = "machine:\n  type: worker\n  sysctls:\n    a.b: ENC[x]\nsops:\n  mac: ENC[y]\n";
    let merge = "machine: &m\n  type: worker\n  sysctls: {a.b: \"1\"}\ncluster:\n  <<: *m\n";
    let json = "{\"machine\": {\"type\": \"worker\", \"sysctls\": {\"a.b\": \"1\"}}}\n";
    for (text, why) in [(sops, "encrypted by SOPS"), (merge, "merge keys"), (json, "written in braces")] {
        let run = Run::new(&[("talos.yaml", text)]);
        let output = run.talint(&["migrate", "--write"]);
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
        assert_eq!(run.text("talos.yaml"), text);
    }
    let deletes = "machine:\n  sysctls:\n    a.b:\n      $patch: delete\n    c.d: \"1\"\n";
    let run = Run::new(&[("talos.yaml", deletes)]);
    assert!(stderr(&run.talint(&["migrate", "--write"])).contains("$patch"));
    assert_eq!(run.text("talos.yaml"), deletes);
}

#[test]
fn other_files_are_left_alone() {
    let run = Run::new(&[("a.yaml", "kind: Deployment\napiVersion: apps/v1\n")]);
    let output = run.talint(&["migrate", "--write"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(run.text("a.yaml"), "kind: Deployment\napiVersion: apps/v1\n");
}
