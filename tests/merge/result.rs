//! What talint makes of a base with patches, to compare with what Talos makes of them.

use talint_analyzer::config::{Layered, canonical, layer, render};
use talint_analyzer::finding::Severity;
use talint_analyzer::version::{MinorVersion, TalosVersion};
use talint_analyzer::{Options, Source, analyze_layered, syntax};

/// The rules that say what Talos refuses.
const REFUSING: [&str; 5] = ["yaml/", "schema/", "patch/", "talos/duplicate-document", "talos/conflicting-documents"];

/// What came of a base and its patches.
pub(crate) enum Outcome {
    /// The configuration.
    Configuration(Layered),
    /// Refused, and why.
    Refused(#[allow(dead_code, reason = "for people")] String),
}

/// Lays the patches over the base.
pub(crate) fn outcome(base: &str, patches: &[String], minor: u8) -> Outcome {
    let options = Options {
        talos: Some(MinorVersion { major: 1, minor: minor.into() }),
        select: REFUSING.map(str::to_owned).to_vec(),
        ..Options::default()
    };
    let base = Source::file("controlplane.yaml", base.as_bytes());
    let patches: Vec<Source<'_>> = patches.iter().map(|patch| Source::file("patch.yaml", patch.as_bytes())).collect();
    let analysis = analyze_layered(base, &patches, &options);
    for (number, source) in analysis.sources.iter().enumerate() {
        if let Some(finding) = source.findings.iter().find(|finding| finding.severity == Severity::Error) {
            return Outcome::Refused(format!("source {number}: {}: {}", finding.rule, finding.message));
        }
    }
    Outcome::Configuration(analysis.layered)
}

impl Outcome {
    /// The configuration as data, in one form; `None` when it is refused.
    pub(crate) fn canonical(&self, minor: u8) -> Option<String> {
        match self {
            Self::Configuration(layered) => Some(canonical(&layered.documents, TalosVersion::nearest(minor))),
            Self::Refused(_) => None,
        }
    }

    /// The configuration as YAML.
    #[allow(dead_code, reason = "one of those that share this asks for it")]
    pub(crate) fn yaml(&self) -> String {
        match self {
            Self::Configuration(layered) => render(&layered.documents),
            Self::Refused(why) => why.clone(),
        }
    }
}

/// A configuration that Talos wrote, in the form that configurations are compared in.
#[allow(dead_code, reason = "one of those that share this asks for it")]
pub(crate) fn canonical_of(text: &str, minor: u8) -> String {
    let version = TalosVersion::nearest(minor);
    let tree = syntax::parse(text);
    canonical(&layer(&tree, &[], version).documents, version)
}
