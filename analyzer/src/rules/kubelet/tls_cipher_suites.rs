//! `kubelet/tls-cipher-suites`

use super::super::cipher_suites;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::rule::{Example, Findings, Rule};
use crate::settings::Written;

pub(crate) const RULE: Rule = Rule {
    name: "kubelet/tls-cipher-suites",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The kubelet is told to take weak TLS cipher suites, or TLS 1.2 without a choice of suites.",
    why: "Suites without forward secrecy let whoever gets the key later read all that was recorded before; suites without \
          authenticated encryption have been broken time and again. By itself the kubelet of Talos takes TLS 1.3 only.",
    avoid: Example::new(
        "machine:\n  kubelet:\n    extraConfig:\n      tlsMinVersion: VersionTLS12\n      tlsCipherSuites:\n        - TLS_RSA_WITH_AES_128_CBC_SHA\n",
    ),
    follow: Example::new(
        "machine:\n  kubelet:\n    extraConfig:\n      tlsMinVersion: VersionTLS12\n      tlsCipherSuites:\n        - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n",
    ),
    references: &["CIS 1.12 4.2.12"],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let (Some(suites), Some(minimum)) =
        (context.effective_by_id("kubelet.tlsCipherSuites"), context.effective_by_id("kubelet.tlsMinVersion"))
    else {
        return;
    };
    let chosen = minimum.winner().map(Written::text);
    let tls13_only = match chosen {
        None => Some("by default the kubelet takes TLS 1.3 only"),
        Some(Some("VersionTLS13")) => Some("`tlsMinVersion` is VersionTLS13"),
        Some(_) => None,
    };
    cipher_suites::check_listed(rule, context, &suites, tls13_only, findings);
    let Some(written) = minimum.winner().filter(|_| suites.written.is_empty()) else { return };
    if matches!(written.text(), Some("VersionTLS10" | "VersionTLS11" | "VersionTLS12")) && context.whole().is_some() {
        let message = "TLS 1.2 is allowed, and no cipher suites are chosen for it";
        let mut finding = rule.finding(context, written.node, message);
        finding.severity = Severity::Info;
        finding.help = Some("expected are suites with forward secrecy in `tlsCipherSuites`, or VersionTLS13, the default".to_owned());
        let remedy = Remedy::changing(format!("Remove `{}`", written.called())).remove(written.node);
        findings.push(finding.with_remedy(remedy));
    }
}
