//! `talos-api/cert-sans`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "talos-api/cert-sans",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The certificate of the Talos API is for any host.",
    why: "Clients hold the name in the certificate to the name they asked for. A wildcard makes the certificate of one \
          machine good for every host of the domain, and 0.0.0.0 or :: is the address of none.",
    avoid: Example::new("machine:\n  certSANs:\n    - \"*.example.org\"\n"),
    follow: Example::new("machine:\n  certSANs:\n    - node.example.org\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for found in context.find(tables::V1ALPHA1, &["machine", "certSANs", "[]"]) {
        let name = found.node.value();
        let problem = match name {
            _ if is_unknown(found.node) => continue,
            "0.0.0.0" | "::" => "is the address of no host, and no client asks for it",
            _ if name.contains('*') => "makes the certificate of the Talos API good for many hosts",
            _ => continue,
        };
        let mut finding = rule.finding(context, found.node, format!("`{name}` {problem}"));
        finding.help = Some("expected are the names and addresses by which this machine is reached".to_owned());
        let is_none = matches!(name, "0.0.0.0" | "::");
            let remedy = is_none.then(|| Remedy::changing(format!("Remove `{name}`")).remove_item(found.node));
            findings.push(finding.with_remedy(remedy));
    }
}
