//! talint's verdict on a configuration: whether it says that Talos refuses it, or warns.

use talint_analyzer::context::Mode;
use talint_analyzer::finding::Severity;
use talint_analyzer::version::MinorVersion;
use talint_analyzer::{Options, analyze, rules};

/// The modes that Talos validates for, in the order of the recorded verdicts.
pub(crate) const MODES: [(&str, Mode); 3] =
    [("metal", Mode::Metal), ("cloud", Mode::Cloud), ("container", Mode::Container)];

pub(crate) struct Verdict {
    /// Why it is refused, a rule and its message each; empty when it is not.
    pub(crate) errors: Vec<(&'static str, String)>,
    /// What it is taken with.
    pub(crate) warnings: Vec<(&'static str, String)>,
}

/// Asks talint about a text, as a file that is named after Talos.
pub(crate) fn verdict(text: &str, minor: u8, mode: Mode) -> Verdict {
    let rules = rules::all().filter(|rule| rules::is_refusal(rule));
    let options = Options {
        talos: Some(MinorVersion { major: 1, minor: minor.into() }),
        mode: Some(mode),
        select: rules.map(|rule| rule.name.to_owned()).collect(),
        ..Options::default()
    };
    let mut verdict = Verdict { errors: Vec::new(), warnings: Vec::new() };
    for finding in analyze("controlplane.yaml", text.as_bytes(), &options).findings {
        match finding.severity {
            Severity::Error => verdict.errors.push((finding.rule, finding.message)),
            Severity::Warning => verdict.warnings.push((finding.rule, finding.message)),
            Severity::Info => {}
        }
    }
    verdict
}

/// Whether a configuration made for the test has a machine configuration with the type of the machine and the endpoint of
/// the cluster; else it is taken for a part of one, of which absence says nothing.
pub(crate) fn is_whole(text: &str) -> bool {
    let has = |line: &str| text.contains(line);
    let is_cluster =
        |document: &str| document.contains("kind: KubeClusterConfig\n") && document.contains("\nendpoint:");
    let has_endpoint = || has("\n        endpoint:") || text.split("\n---\n").any(is_cluster);
    has("\nmachine:\n") && has("\n    type:") && has("\ncluster:\n") && has_endpoint()
}

/// The modes to compare in: what a container needs, a part of a configuration need not hold.
pub(crate) fn modes_of(text: &str) -> &'static [&'static str] {
    if text.starts_with("version: v1alpha1\n") { &["metal", "cloud", "container"] } else { &["metal", "cloud"] }
}
