//! `apiserver/tls-cipher-suites`

use super::super::cipher_suites;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::{Remedy, Value};
use crate::rule::{Example, Findings, Rule};
use crate::settings::Written;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "apiserver/tls-cipher-suites",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The API server takes weak TLS cipher suites.",
    why: "Suites without forward secrecy let whoever gets the key later read all that was recorded before; suites without \
          authenticated encryption have been broken time and again. Until Talos 1.13 what is listed is added to the list of \
          Talos, from 1.14 the API server takes TLS 1.3 only.",
    avoid: Example::talos(
        13,
        "cluster:\n  apiServer:\n    extraArgs:\n      tls-cipher-suites: TLS_RSA_WITH_AES_128_CBC_SHA\n",
    ),
    follow: Example::talos(
        13,
        "cluster:\n  apiServer:\n    extraArgs:\n      tls-cipher-suites: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n",
    ),
    references: &["CIS 1.12 1.2.29", "STIG V-242418"],
    check,
};

/// From this version on the API server takes TLS 1.3 only, and that cannot be changed.
const TLS13_ONLY_SINCE: u8 = 14;

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let Some(effective) = context.effective_by_id("apiserver.tls-cipher-suites") else { return };
    let minimum = context.effective_by_id("apiserver.tls-min-version");
    let is_raised = minimum.as_ref().is_some_and(|minimum| minimum.winner().and_then(Written::text) == Some("VersionTLS13"));
    let tls13_only = match context.talos().minor() {
        TLS13_ONLY_SINCE.. => Some("from Talos 1.14 the API server takes TLS 1.3 only"),
        _ if is_raised => Some("`tls-min-version` is VersionTLS13"),
        _ => None,
    };
    cipher_suites::check_listed(rule, context, &effective, tls13_only, findings);
    let weak = cipher_suites::weak_in_default(effective.default);
    if let (Some(root), false, None) = (context.whole_control_plane(), weak.is_empty(), tls13_only) {
        let path = ["cluster", "apiServer", "extraArgs"];
        let message = format!(
            "the list of Talos {} itself holds suites without forward secrecy ({}), and cannot be shortened",
            context.talos(),
            weak.join(", ")
        );
        let mut finding = rule.finding_at(context.nearest(root, &path), tables::V1ALPHA1, path.join("."), message);
        finding.severity = Severity::Info;
        finding.help = Some("expected is TLS 1.3: set `tls-min-version: VersionTLS13` in the extraArgs, or go to Talos 1.12".to_owned());
        let remedy = Remedy::changing("Set `tls-min-version` to `VersionTLS13`");
        let tls13 = Value::Text("VersionTLS13".to_owned());
        let minimum = minimum.as_ref().and_then(|minimum| minimum.winner());
        findings.push(finding.with_remedy(match minimum {
            Some(written) => written.text().map(|_| remedy.write(written.node, tls13)),
            None => Some(remedy.put(root, &["cluster", "apiServer", "extraArgs", "tls-min-version"], tls13)),
        }));
    }
}
