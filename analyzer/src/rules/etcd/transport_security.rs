//! `etcd/transport-security`

use super::super::cipher_suites;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::rule::{Example, Findings, Rule};
use crate::settings::go_bool;

pub(crate) const RULE: Rule = Rule {
    name: "etcd/transport-security",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The connections of etcd are less secure than Talos makes them.",
    why: "Whoever may talk to etcd has the whole cluster. Talos gives every member and every client a certificate and lets nobody \
          in without one; the flags that would change that it refuses, and etcd does not start with them.",
    avoid: Example::new("cluster:\n  etcd:\n    extraArgs:\n      client-cert-auth: \"false\"\n"),
    follow: Example::new("cluster:\n  etcd:\n    extraArgs:\n      quota-backend-bytes: \"4294967296\"\n"),
    references: &[
        "CIS 1.12 2.2",
        "CIS 1.12 2.3",
        "CIS 1.12 2.5",
        "CIS 1.12 2.6",
        "STIG V-242379",
        "STIG V-242380",
        "STIG V-242423",
        "STIG V-242426",
    ],
    check,
};

/// The settings that Talos refuses: the flag, the value that is weak, and what it does.
const REFUSED: [(&str, bool, &str); 4] = [
    ("etcd.auto-tls", true, "etcd would make certificates for clients that nobody can verify"),
    ("etcd.peer-auto-tls", true, "etcd would make certificates for members that nobody can verify"),
    ("etcd.client-cert-auth", false, "etcd would let clients in without a certificate"),
    ("etcd.peer-client-cert-auth", false, "etcd would let members in without a certificate"),
];

/// The settings that Talos lets pass.
const LET_PASS: [&str; 2] =
    ["etcd.experimental-peer-skip-client-san-verification", "etcd.peer-skip-client-san-verification"];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for (id, weak, does) in REFUSED {
        let Some(effective) = context.effective_by_id(id) else { continue };
        let Some(written) = effective.winner().filter(|written| written.node.get("$patch").is_none()) else { continue };
        let name = written.describe();
        let message = match written.text().and_then(|text| go_bool(text.trim())) {
            Some(value) if value == weak => format!("with {name} {does}; Talos refuses it, and etcd does not start"),
            _ => format!("Talos does not let {name} be given, and etcd does not start with it"),
        };
        let mut finding = rule.finding(context, written.node, message);
        finding.help = Some("take it out: Talos sets what is needed".to_owned());
        let remedy = Remedy::safe(format!("Remove `{}`", written.called())).remove(written.node);
        findings.push(finding.with_remedy(remedy));
    }
    for id in LET_PASS {
        let Some(effective) = context.effective_by_id(id) else { continue };
        let Some(written) = effective.winner().filter(|written| written.text().and_then(|text| go_bool(text.trim())) == Some(true)) else {
            continue;
        };
        let message = format!("with {} etcd takes the certificate of a member from any address", written.describe());
        let mut finding = rule.finding(context, written.node, message);
        finding.help = Some("expected is `false`, the default: take it out".to_owned());
        let remedy = Remedy::changing(format!("Remove `{}`", written.called())).remove(written.node);
        findings.push(finding.with_remedy(remedy));
    }
    if let Some(suites) = context.effective_by_id("etcd.cipher-suites") {
        cipher_suites::check_listed(rule, context, &suites, None, findings);
    }
}
