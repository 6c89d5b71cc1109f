//! `talint cmdline`, end to end: what kernel arguments come to in each version, and all the forms a command line is
//! given in.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn talint(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_talint"))
        .arg("cmdline")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever refuses its arguments does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn json(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}{output:?}"))
}

fn findings(output: &Output) -> Vec<Value> {
    json(output)["findings"].as_array().unwrap().clone()
}

/// The findings as `rule=severity`, and how often each is there.
fn rules(output: &Output) -> Vec<String> {
    let name = |finding: &Value| {
        let rule = finding["rule"].as_str().unwrap();
        format!("{rule}={}", finding["severity"].as_str().unwrap())
    };
    findings(output).iter().map(name).collect()
}

fn exit_status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// The command line that Talos 1.`minor` makes by itself on bare metal.
fn default_line(minor: u8) -> String {
    let mut words = vec!["talos.platform=metal", "console=tty0"];
    words.extend((minor <= 13).then_some("init_on_alloc=1"));
    words.extend(["slab_nomerge", "pti=on", "consoleblank=0"]);
    words.extend((minor <= 13).then_some("nvme_core.io_timeout=4294967295"));
    words.push("printk.devkmsg=on");
    if minor <= 10 {
        words.extend(["ima_template=ima-ng", "ima_appraise=fix", "ima_hash=sha512"]);
    }
    words.extend((minor >= 10).then_some("selinux=1"));
    words.extend((minor >= 12).then_some("module.sig_enforce=1"));
    words.extend((minor >= 13).then_some("proc_mem.force_override=never"));
    words.join(" ")
}

/// [`default_line`] without the names that begin with a `-`, and with the other words behind it.
fn edited(minor: u8, edits: &str) -> String {
    let (removed, added): (Vec<&str>, Vec<&str>) =
        edits.split(' ').partition(|word| word.len() > 1 && word.starts_with('-') && *word != "--");
    let line = default_line(minor);
    let kept = line.split(' ').filter(|word| {
        let name = word.split('=').next().unwrap_or(word);
        !removed.iter().any(|removed| removed.trim_start_matches('-') == name)
    });
    kept.chain(added.into_iter().filter(|word| *word != "-")).collect::<Vec<_>>().join(" ")
}

fn versions(range: &str) -> std::ops::RangeInclusive<u8> {
    let minor = |version: &str| version.strip_prefix("1.").unwrap().parse().unwrap();
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    minor(first)..=minor(last)
}

#[test]
fn each_argument_is_judged_by_what_it_does_in_each_version() {
    let mut wrong = String::new();
    let mut rows = 0;
    let table = include_str!("cmdline/verdicts.tsv");
    for row in table.lines().filter(|line| !line.starts_with('#') && !line.starts_with("form")) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [form, range, arguments, expected] = cells.as_slice() else { panic!("not four cells: {row}") };
        rows += 1;
        for minor in versions(range) {
            let version = format!("1.{minor}");
            let mut options = vec!["--format", "json", "--talos-version", &version, "--fail-on", "never"];
            let line = match *form {
                "extra" => {
                    options.push("--extra");
                    (*arguments).to_owned()
                }
                "whole" => edited(minor, arguments),
                _ => panic!("{row}: no such form"),
            };
            options.extend(["--", "-"]);
            let output = talint(&options, &line);
            assert_eq!(exit_status(&output), 0, "{row}: {output:?}");
            let mut found: Vec<String> = rules(&output);
            found.retain(|found| *form == "extra" || found != "kernel/init-on-free=info");
            let found = found.iter().filter_map(|found| found.strip_prefix("kernel/"));
            let found = found.collect::<Vec<_>>().join(",");
            let found = if found.is_empty() { "-" } else { &found };
            if found != *expected {
                let _ = writeln!(wrong, "{form} {version} `{arguments}`: expected {expected}, found {found}");
            }
        }
    }
    assert!(rows > 150, "the table has only {rows} rows");
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn arguments_files_and_standard_input_are_one() {
    let line = format!("{} mitigations=off", default_line(13));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("node.cmdline");
    std::fs::write(&file, format!("{line}\n")).unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    let options = ["--format", "json", "--talos-version", "1.13"];
    let by = |arguments: &[&str], input: &str| {
        let output = talint(&[&options[..], arguments].concat(), input);
        assert_eq!(exit_status(&output), 1, "{output:?}");
        rules(&output)
    };
    let expected = ["kernel/init-on-free=info", "kernel/mitigations=warning"];
    assert_eq!(by(&words, ""), expected);
    assert_eq!(by(&[&line], ""), expected);
    assert_eq!(by(&[file.to_str().unwrap()], ""), expected);
    assert_eq!(by(&["-"], &line), expected);
}

const TABLE: &str = "\
NODE        NAMESPACE   TYPE            ID        VERSION   CMDLINE
192.0.2.5   runtime     KernelCmdline   cmdline   1         talos.platform=metal slab_nomerge pti=on init_on_free=1 nokaslr
192.0.2.6   runtime     KernelCmdline   cmdline   1         talos.platform=metal slab_nomerge pti=on init_on_free=1
";

const DUMP: &str = "\
node: 192.0.2.5
metadata:
    namespace: runtime
    type: KernelCmdlines.runtime.talos.dev
    id: cmdline
    version: 1
    owner: runtime.KernelCmdlineController
    phase: running
    created: 2026-01-01T00:00:00Z
    updated: 2026-01-01T00:00:00Z
spec:
    cmdline: talos.platform=metal slab_nomerge pti=on init_on_free=1 nokaslr
";

const OMNI: &str = "\
metadata:
    namespace: default
    type: KernelArgsStatuses.omni.sidero.dev
    id: 430d882a-51a8-48b3-ab00-d4d5a2ab0b1d
spec:
    args:
        - nokaslr
    currentargs:
        - nokaslr
    unmetconditions: []
    currentcmdline: talos.platform=metal slab_nomerge pti=on init_on_free=1 nokaslr
";

#[test]
fn what_talosctl_and_omnictl_print_is_judged_in_its_place() {
    for (text, documents) in [(TABLE, 2), (DUMP, 1), (OMNI, 1)] {
        // A carriage return, as a terminal or Windows may add, moves nothing.
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let output = talint(&["--format", "json", "-"], &text);
            assert_eq!(exit_status(&output), 1, "{text}");
            let findings = findings(&output);
            assert_eq!(rules(&output), ["kernel/memory-protection=warning"], "{text}");
            let (start, end) = (&findings[0]["range"]["start"], &findings[0]["range"]["end"]);
            let offset = |place: &Value| usize::try_from(place["offset"].as_u64().unwrap()).unwrap();
            let range = offset(start)..offset(end);
            assert_eq!(&text[range], "nokaslr", "{text}");
            assert_eq!(json(&output)["summary"]["documents"], documents, "{text}");
        }
    }
}

#[test]
fn each_machine_of_a_table_is_judged_by_itself() {
    let table = TABLE.replace("pti=on init_on_free=1\n", "init_on_free=1\n");
    let output = talint(&["--format", "json", "-"], &table);
    let lines: BTreeMap<u64, String> = findings(&output)
        .iter()
        .map(|finding| {
            (finding["range"]["start"]["line"].as_u64().unwrap(), finding["rule"].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(lines[&2], "kernel/memory-protection");
    assert_eq!(lines[&3], "kernel/pti");
}

#[test]
fn an_assumed_version_concludes_only_what_holds_for_every_version_the_line_can_be_of() {
    let output = |line: &str| rules(&talint(&["--format", "json", "-"], line));
    let free = |rules: Vec<String>| rules.into_iter().filter(|rule| !rule.contains("init-on-free")).collect::<Vec<_>>();
    for minor in 9..=14 {
        assert_eq!(free(output(&default_line(minor))), [""; 0], "the default of 1.{minor}");
    }
    // With `proc_mem.force_override=never` it is of 1.13 or later, where signatures are a default.
    let line = edited(14, "-module.sig_enforce");
    assert_eq!(free(output(&line)), ["kernel/module-sig-enforce=warning"]);
    // Without that it may be of 1.9, where SELinux is none.
    assert_eq!(free(output(&edited(13, "-selinux -module.sig_enforce -proc_mem.force_override"))), [""; 0]);
}

#[test]
fn options_and_exit_status_are_those_of_check() {
    let weak = "talos.platform=metal slab_nomerge pti=on init_on_free=1 nokaslr";
    let status = |arguments: &[&str]| exit_status(&talint(arguments, weak));
    assert_eq!(status(&["-"]), 1);
    assert_eq!(status(&["--fail-on", "error", "-"]), 0);
    assert_eq!(status(&["--ignore", "kernel/", "-"]), 0);
    assert_eq!(status(&["--select", "kernel/pti", "-"]), 0);
    assert_eq!(status(&["--select", "kernel/memory-protection", "-"]), 1);
    assert_eq!(status(&["no/such/file.yaml"]), 2);
    assert_eq!(status(&[]), 2);
    assert_eq!(status(&["--talos-version", "one", "-"]), 2);
    assert_eq!(exit_status(&talint(&["-"], "")), 3);
    assert_eq!(exit_status(&talint(&["-"], "name: nothing of Talos\nreplicas: 3\n")), 3);
    let strict = talint(&["--profile", "strict", "--format", "json", "-"], weak);
    assert!(rules(&strict).contains(&"kernel/kspp-optional=info".to_owned()), "{strict:?}");
}

#[test]
fn the_output_goes_to_a_file_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let output = talint(&["--format", "json", "--output", file.to_str().unwrap(), "nokaslr", "--extra"], "");
    assert_eq!(exit_status(&output), 1);
    assert!(output.stdout.is_empty());
    assert!(std::fs::read_to_string(&file).unwrap().contains("kernel/memory-protection"));
}

#[test]
fn credentials_are_never_shown() {
    let secrets = ["correct-horse", "Zm9vYmFyYmF6", "w7uVuW3zbVKIYQuzEcyet"];
    let line = "talos.config=https://reader:correct-horse@config.example.com/a.yaml \
                talos.config.oauth.client_secret=Zm9vYmFyYmF6 \
                siderolink.api=https://omni.example.com?jointoken=w7uVuW3zbVKIYQuzEcyet nokaslr";
    for form in [&["--extra", "-"][..], &["-"], &["--format", "json", "-"]] {
        let output = talint(form, line);
        let shown = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(shown.contains("kernel/config-source"), "{shown}");
        for secret in secrets {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn anything_at_all_is_read_without_a_fault() {
    for text in [
        "\u{feff}pti=off",
        "=",
        "-",
        "--",
        "\"",
        "a=\"b",
        "-=x",
        "\0",
        "{{ x }}",
        "é=ü nokaslr",
        "NODE NAMESPACE TYPE ID VERSION CMDLINE",
    ] {
        for form in [&["-"][..], &["--extra", "-"]] {
            let output = talint(form, text);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(!errors.contains("internal error"), "{text:?}: {errors}");
        }
    }
}
