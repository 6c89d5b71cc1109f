//! Machines: layers out of files, parts of files and what tools make, and findings of several machines as one.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::borrow::Cow;
use std::sync::Arc;
use talint_analyzer::context::{NamedVersions, VersionSource};
use talint_analyzer::directives::Role;
use talint_analyzer::finding::{Profile, Severity};
use talint_analyzer::text::Span;
use talint_analyzer::version::{MinorVersion, TalosVersion};
use talint_analyzer::{
    Described, File, FileAnalysis, Files, InOrder, Layer, Machine, Options, Workspace, check, generated,
};

fn file(path: &str, text: &str) -> Arc<File> {
    Arc::new(File { path: path.to_owned(), bytes: text.as_bytes().to_vec() })
}

/// A machine of Talos 1.12 over the configuration that Talos generates for a worker, described by `- name` in `host`.
fn machine(name: &str, host: &Arc<File>, patches: Vec<Layer>) -> Machine {
    let place = span(host, name);
    let text = generated(TalosVersion::nearest(12), Role::Worker).to_owned();
    let mut layers = vec![Layer::Made { file: Arc::clone(host), place, text, anchors: Vec::new() }];
    layers.extend(patches);
    let talos = MinorVersion { major: 1, minor: 12 };
    let versions = NamedVersions { talos: Some(talos), kubernetes: None, source: VersionSource::Project };
    Machine {
        name: name.into(),
        role: None,
        mode: None,
        versions,
        layers,
        schematic: None,
        place: None,
        is_partial: false,
    }
}

fn span(file: &File, part: &str) -> Span {
    let text = std::str::from_utf8(&file.bytes).unwrap();
    let start = text.find(part).unwrap();
    Span::new(start, start + part.len())
}

/// No files but those that the machines have already.
struct Nothing;

impl Files for Nothing {
    fn read(&self, path: &str) -> Result<Arc<File>, String> {
        Err(format!("{path} is not to be asked for"))
    }

    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// What is to be said of the files of machines.
fn analyses(machines: &[Machine], options: &Options) -> Vec<FileAnalysis> {
    let described = Described { machines: machines.to_vec(), ..Described::default() };
    let workspace = Workspace { project: None, described: &described, alone: &[], files: &Nothing };
    check(workspace, options, &InOrder).files
}

/// The findings of machines: rule, what is written at the place, machines.
fn found(machines: &[Machine], options: &Options) -> Vec<(Cow<'static, str>, String, String)> {
    let told = |file: &FileAnalysis| -> Vec<_> {
        let text = String::from_utf8(file.file.bytes.clone()).unwrap();
        let findings = file.analysis.findings.iter();
        findings
            .map(|finding| (finding.rule.clone(), finding.span.slice(&text).to_owned(), finding.machines.join(" ")))
            .collect()
    };
    analyses(machines, options).iter().flat_map(told).collect()
}

#[test]
fn what_talos_generates_is_silent() {
    for minor in 9..=14 {
        for role in [Role::ControlPlane, Role::Worker] {
            let version = TalosVersion::nearest(minor);
            let talos = Some(MinorVersion { major: 1, minor: minor.into() });
            let options = Options { talos, ..Options::default() };
            let analysis = talint_analyzer::analyze("generated.yaml", generated(version, role).as_bytes(), &options);
            let findings = analysis.findings.iter().filter(|finding| finding.severity > Severity::Info);
            assert_eq!(findings.count(), 0, "Talos {version}, {role:?}: {:#?}", analysis.findings);
        }
    }
}

#[test]
fn a_finding_in_a_part_of_a_file_stands_in_the_file() {
    let host = file("talconfig.yaml", "nodes:\n  - n1\npatches:\n  - |\n    debug: true\n");
    let start = span(&host, "    debug:").start;
    let part = Layer::Part { file: Arc::clone(&host), text: "    debug: true\n".to_owned(), offset: start };
    let expected = vec![("machine/debug".into(), "true".to_owned(), "n1".to_owned())];
    let options = Options { select: vec!["machine/".to_owned()], ..Options::default() };
    assert_eq!(found(&[machine("n1", &host, vec![part])], &options), expected);
}

#[test]
fn what_is_missing_from_a_generated_configuration_is_told_where_the_machine_is_described() {
    let host = file("talint.yaml", "machines:\n  - n1\n");
    let select = vec!["kernel/init-on-free".to_owned()];
    let options = Options { select, profile: Some(Profile::Hardened), ..Options::default() };
    let expected = vec![("kernel/init-on-free".into(), "n1".to_owned(), "n1".to_owned())];
    assert_eq!(found(&[machine("n1", &host, Vec::new())], &options), expected);
}

#[test]
fn a_finding_of_two_machines_is_one() {
    let host = file("talint.yaml", "machines:\n  - n1\n  - n2\n");
    let patch = file("debug.yaml", "debug: true\n");
    let machines = ["n1", "n2"].map(|name| machine(name, &host, vec![Layer::File(Arc::clone(&patch))]));
    let options = Options { select: vec!["machine/".to_owned()], ..Options::default() };
    assert_eq!(found(&machines, &options), vec![("machine/debug".into(), "true".to_owned(), "n1 n2".to_owned())]);
}

#[test]
fn a_suppression_is_unused_when_no_machine_needs_it() {
    let host = file("talint.yaml", "machines:\n  - n1\n  - n2\n");
    let set = file(
        "set.yaml",
        "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\" # talint: ignore[sysctl/weakened] a lab\n",
    );
    let unset = file("unset.yaml", "machine:\n  sysctls:\n    kernel.kptr_restrict: \"2\"\n");
    let layer = |file: &Arc<File>| Layer::File(Arc::clone(file));
    let needed = machine("n1", &host, vec![layer(&set)]);
    let not_needed = machine("n2", &host, vec![layer(&set), layer(&unset)]);
    let options =
        Options { select: vec!["sysctl/weakened".to_owned(), "suppression/".to_owned()], ..Options::default() };
    assert_eq!(found(&[needed, not_needed.clone()], &options), vec![]);
    let expected =
        vec![("suppression/unused".into(), "# talint: ignore[sysctl/weakened] a lab".to_owned(), "n2".to_owned())];
    assert_eq!(found(&[not_needed], &options), expected);
}

#[test]
fn a_patch_for_all_machines_may_say_what_those_of_one_role_do_not_read() {
    let host = file("talint.yaml", "machines:\n  - n1\n  - n2\n");
    let patch = file("all.yaml", "cluster:\n  proxy:\n    disabled: true\n");
    let machine = |name: &str, role| {
        let of_worker = machine(name, &host, vec![Layer::File(Arc::clone(&patch))]);
        Machine { role: Some(role), ..of_worker }
    };
    let options = Options { select: vec!["ineffective/".to_owned()], ..Options::default() };
    assert_eq!(found(&[machine("n1", Role::ControlPlane), machine("n2", Role::Worker)], &options), vec![]);
    let expected = vec![("ineffective/role".into(), "proxy".to_owned(), "n1 n2".to_owned())];
    assert_eq!(found(&[machine("n1", Role::Worker), machine("n2", Role::Worker)], &options), expected);
}

#[test]
fn an_entry_that_a_generated_configuration_has_is_not_to_be_repeated() {
    let host = file("talint.yaml", "machines:\n  - n1\n");
    let patch = file(
        "all.yaml",
        "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          exemptions:\n            namespaces: [kube-system]\n",
    );
    let text = generated(TalosVersion::nearest(12), Role::ControlPlane).to_owned();
    let made = Layer::Made { file: Arc::clone(&host), place: span(&host, "n1"), text, anchors: Vec::new() };
    let layers = vec![made, Layer::File(patch)];
    let machine = Machine { layers, ..machine("n1", &host, Vec::new()) };
    let options = Options { select: vec!["patch/".to_owned()], ..Options::default() };
    let analyses = analyses(&[machine], &options);
    let finding = &analyses[1].analysis.findings[0];
    assert_eq!(finding.rule, "patch/list-appends");
    let related = &finding.related[0];
    assert_eq!((related.file.as_deref(), related.span), (Some("talint.yaml"), span(&host, "n1")));
}

#[test]
fn a_fix_for_workers_is_not_made_in_what_other_machines_have_too() {
    let host = file("talint.yaml", "machines:\n  - w1\n  - w2\n  - c1\n");
    let patch = |name: &str| {
        file(name, "machine:\n  network:\n    interfaces:\n      - interface: eth0\n        vip: {ip: 192.0.2.10}\n")
    };
    let (shared, own) = (patch("shared.yaml"), patch("own.yaml"));
    let layer = |file: &Arc<File>| Layer::File(Arc::clone(file));
    let with = |name: &str, file: &Arc<File>| machine(name, &host, vec![layer(file)]);
    let mut control_plane = with("c1", &shared);
    let text = generated(TalosVersion::nearest(12), Role::ControlPlane).to_owned();
    let place = span(&host, "c1");
    control_plane.layers[0] = Layer::Made { file: Arc::clone(&host), place, text, anchors: Vec::new() };
    let options = Options { select: vec!["talos/vip-on-worker".to_owned()], ..Options::default() };
    let files = analyses(&[with("w1", &shared), with("w2", &own), control_plane], &options);
    let told: Vec<(String, bool)> = files
        .iter()
        .flat_map(|file| file.analysis.findings.iter().map(|found| (file.file.path.clone(), found.fix.is_some())))
        .collect();
    assert_eq!(told, [("shared.yaml".to_owned(), false), ("own.yaml".to_owned(), true)]);
}
