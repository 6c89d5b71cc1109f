//! `apiserver/cert-sans`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "apiserver/cert-sans",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The certificate of the API server is valid for more names than it has.",
    why: "A certificate with a wildcard is valid for every name of that domain: who gets its key can pose as any of them. \
          0.0.0.0 is the address of no machine, and a client that is sent there should not find a valid certificate.",
    avoid: Example::new("cluster:\n  apiServer:\n    certSANs:\n      - \"*.example.com\"\n"),
    follow: Example::new("cluster:\n  apiServer:\n    certSANs:\n      - api.example.com\n"),
    references: &[],
    check,
};

/// Where names of the certificate stand, with the first version that has them there.
const PLACES: [(&str, &[&str], u8); 2] = [
    (tables::V1ALPHA1, &["cluster", "apiServer", "certSANs", "[]"], 9),
    ("KubeAPIServerConfig", &["certExtraSANs", "[]"], 14),
];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for (document, path, _) in PLACES.iter().filter(|(_, _, since)| context.talos().minor() >= *since) {
        for found in context.find(document, path).into_iter().filter(|found| !is_unknown(found.node)) {
            let name = found.node.value();
            let problem = match name {
                "0.0.0.0" | "::" => "is the address of no machine",
                _ if name.starts_with('*') => "makes the certificate valid for every name of that domain",
                _ => continue,
            };
            let message = format!("`{name}` {problem}");
            let mut finding = rule.finding(context, found.node, message);
            finding.help = Some("expected are the names and addresses that clients use: write those".to_owned());
            let is_none = matches!(name, "0.0.0.0" | "::");
            let remedy = is_none.then(|| Remedy::changing(format!("Remove `{name}`")).remove_item(found.node));
            findings.push(finding.with_remedy(remedy));
        }
    }
}
