//! talint's verdict on a configuration: whether it says that Talos refuses it, or warns.

use talint_analyzer::context::Mode;
use talint_analyzer::finding::Severity;
use talint_analyzer::version::MinorVersion;
use talint_analyzer::{Options, analyze};

/// The families of the rules that say what Talos refuses or warns of.
const FAMILIES: [&str; 3] = ["yaml/", "schema/", "talos/"];

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
    let options = Options {
        talos: Some(MinorVersion { major: 1, minor: minor.into() }),
        mode: Some(mode),
        select: FAMILIES.map(str::to_owned).to_vec(),
        ..Options::default()
    };
    let mut verdict = Verdict { errors: Vec::new(), warnings: Vec::new() };
    for finding in analyze("controlplane.yaml", text.as_bytes(), &options).findings {
        match finding.severity {
            Severity::Error => verdict.errors.push((finding.rule, finding.message)),
            Severity::Warning => verdict.warnings.push((finding.rule, finding.message)),
            _ => {}
        }
    }
    verdict
}
