//! talint's verdict on a text: whether it says that Talos's loader refuses it.

use talint_analyzer::finding::Severity;
use talint_analyzer::version::MinorVersion;
use talint_analyzer::{Options, analyze};

/// The rules that say what the loader refuses; the others say what it takes but should not be so.
const LOADER_RULES: [&str; 5] =
    ["yaml/", "schema/", "talos/duplicate-document", "talos/conflicting-documents", "patch/document-twice"];

pub(crate) struct Verdict {
    /// Whether talint takes the text for Talos's; of others it says nothing.
    pub(crate) recognised: bool,
    /// Why it is refused, a rule and its message each; empty when it is not.
    pub(crate) errors: Vec<(String, String)>,
}

/// Asks talint about a text, as a file that is named after Talos.
pub(crate) fn verdict(text: &[u8], minor: u8) -> Verdict {
    let options = Options {
        talos: Some(MinorVersion { major: 1, minor: minor.into() }),
        select: LOADER_RULES.map(str::to_owned).to_vec(),
        ..Options::default()
    };
    let analysis = analyze("controlplane.yaml", text, &options);
    let errors = analysis.findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    Verdict {
        recognised: analysis.documents > 0,
        errors: errors.map(|error| (error.rule.into_owned(), error.message)).collect(),
    }
}
