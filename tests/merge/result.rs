//! What talint makes of a base with patches, to compare with what Talos makes of them.

use super::verdict::verdict;
use talint_analyzer::config::{Layered, canonical, layer, render};
use talint_analyzer::syntax;
use talint_analyzer::version::TalosVersion;

/// What came of a base and its patches.
pub(crate) enum Outcome {
    /// The configuration: as data in one form, and as YAML.
    Configuration {
        canonical: String,
        #[allow(dead_code, reason = "the tests compare data")]
        yaml: String,
    },
    /// Refused, and why.
    Refused(#[allow(dead_code, reason = "for people")] String),
}

/// Lays the patches over the base.
pub(crate) fn outcome(base: &str, patches: &[String], minor: u8) -> Outcome {
    let version = TalosVersion::nearest(minor);
    for (number, text) in std::iter::once(base).chain(patches.iter().map(String::as_str)).enumerate() {
        let refused = verdict(text.as_bytes(), minor).errors.into_iter().find(|(rule, _)| {
            // From 1.14 on, a patch is only held to these once it is merged.
            let is_about_documents = rule.starts_with("talos/") || rule.starts_with("patch/");
            !(is_about_documents && minor >= 14 && number > 0)
        });
        if let Some((rule, message)) = refused {
            return Outcome::Refused(format!("source {number}: {rule}: {message}"));
        }
    }
    let tree = syntax::parse(base);
    let trees: Vec<_> = patches.iter().map(|patch| syntax::parse(patch)).collect();
    let Layered { documents, refusals } = layer(&tree, &trees.iter().collect::<Vec<_>>(), version);
    if let Some(refusal) = refusals.first() {
        return Outcome::Refused(format!("merge: {}", refusal.message));
    }
    let yaml = render(&documents);
    if let Some((rule, message)) = verdict(yaml.as_bytes(), minor).errors.into_iter().next() {
        return Outcome::Refused(format!("result: {rule}: {message}"));
    }
    Outcome::Configuration { canonical: canonical(&documents, version), yaml }
}

/// A configuration that Talos wrote, in the form that configurations are compared in.
#[allow(dead_code, reason = "the tests compare with what is recorded")]
pub(crate) fn canonical_of(text: &str, minor: u8) -> String {
    let version = TalosVersion::nearest(minor);
    let tree = syntax::parse(text);
    canonical(&layer(&tree, &[], version).documents, version)
}
