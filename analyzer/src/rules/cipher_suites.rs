//! Cipher suites, for the rules of every component that takes a list of them.

use crate::context::Context;
use crate::finding::Severity;
use crate::fix::Remedy;
use crate::rule::{Findings, Rule};
use crate::schema::closest;
use crate::settings::Effective;
use crate::tables::{self, CipherClass};

/// Reports the suites of `effective` that are weak, and names that are none. `tls13_only` is why the list does not count
/// as things stand, if it does not.
pub(super) fn check_listed(
    rule: &Rule,
    context: &Context<'_, '_>,
    effective: &Effective<'_, '_>,
    tls13_only: Option<&str>,
    findings: &mut Findings,
) {
    let suites = tables::cipher_suites();
    let is_weak = |word: &str| {
        let class = suites.iter().find(|suite| suite.name == word).map(|suite| suite.class);
        matches!(class, Some(CipherClass::Weak | CipherClass::Legacy))
    };
    for written in &effective.written {
        for (word, span) in written.words(context.text) {
            let name = written.called();
            let without = |wrong: &dyn Fn(&str) -> bool, what: &str| {
                Remedy::changing(format!("Take {what} out of `{name}`")).without_words(written.node, wrong)
            };
            let (severity, message, help, remedy) = match suites.iter().find(|suite| suite.name == word) {
                Some(suite) if matches!(suite.class, CipherClass::Strong | CipherClass::Tls13) => continue,
                Some(suite) => {
                    let note = tls13_only
                        .map_or(String::new(), |why| format!("; it counts as soon as TLS 1.2 is allowed ({why})"));
                    let message = format!("the cipher suite `{word}` is weak: {}{note}", suite.because);
                    (Severity::Warning, message, "expected are suites with forward secrecy and authenticated encryption, such as `TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256`: take this one out".to_owned(), without(&is_weak, "the weak suites"))
                }
                None => {
                    let near = closest(word, suites.iter().map(|suite| suite.name));
                    let help = near.map_or_else(|| "take it out".to_owned(), |near| format!("did you mean `{near}`?"));
                    let message = format!("there is no cipher suite `{word}`, and the component does not start");
                    let remedy = match near {
                        Some(near) => Remedy::changing(format!("Write `{near}`")).replace(span, near),
                        None => without(&|other| other == word, &format!("`{word}`")),
                    };
                    (Severity::Error, message, help, remedy)
                }
            };
            let mut finding = rule.finding_at(span, written.kind, written.node.path(), message);
            finding.severity = severity;
            finding.help = Some(help);
            // A name that does not stand in the text as it is cannot be replaced.
            let is_there = span.slice(context.text) == word;
            findings.push(finding.with_remedy(is_there.then_some(remedy)));
        }
    }
}

/// The suites of a default list that are weak.
pub(super) fn weak_in_default(default: Option<&'static str>) -> Vec<&'static str> {
    let is_weak = |word: &&str| {
        tables::cipher_suites().iter().any(|suite| suite.name == *word && suite.class == CipherClass::Weak)
    };
    default.into_iter().flat_map(|list| list.split(',')).filter(is_weak).collect()
}
