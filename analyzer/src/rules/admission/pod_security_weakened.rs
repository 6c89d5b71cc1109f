//! `admission/pod-security-weakened`

use super::super::pod_security::{self, rank};
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::{Remedy, Value};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;

pub(crate) const RULE: Rule = Rule {
    name: "admission/pod-security-weakened",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "Pod Security admission enforces less than baseline, or audits and warns of less than restricted.",
    why: "Below baseline a pod may take over its machine: host namespaces, privileged containers, host paths. Audit and \
          warnings at the restricted level cost nothing and show which workloads could be confined further.",
    avoid: Example::new(
        "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          defaults:\n            enforce: privileged\n",
    ),
    follow: Example::new(
        "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          defaults:\n            enforce: baseline\n            audit: restricted\n            warn: restricted\n",
    ),
    references: &["CIS 1.12 5.2.1", "STIG V-242437"],
    check,
};

/// The modes, with the level that Talos generates.
const MODES: [(&str, &str); 3] = [("enforce", "baseline"), ("audit", "restricted"), ("warn", "restricted")];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for (mode, expected) in MODES {
        for level in pod_security::values(context, &["defaults", mode]).into_iter().filter(|level| !is_unknown(*level)) {
            if rank(level.value()).is_none_or(|found| Some(found) >= rank(expected)) {
                continue;
            }
            let effect = match mode {
                "enforce" => "any pod may be privileged",
                _ => "pods that could be confined further go unnoticed",
            };
            let message = format!("Pod Security admission has `{mode}: {}`: {effect}", level.value());
            let remedy = |remedy: Remedy| remedy.write_text(level, expected);
            report(rule, context, level, message, (mode, expected), remedy, findings);
        }
        // What a patch does not say, the base does.
        if context.whole().is_none() {
            continue;
        }
        for configuration in pod_security::configurations(context) {
            let defaults = configuration.get("defaults");
            if defaults.is_none_or(|defaults| defaults.get(mode).is_none()) {
                let message =
                    format!("Pod Security admission does not say what to {mode}, and Kubernetes then takes `privileged`");
                let level = Value::Text(expected.to_owned());
                let remedy = |remedy: Remedy| remedy.put(configuration, &["defaults", mode], level);
                let place = defaults.unwrap_or(configuration);
                report(rule, context, place, message, (mode, expected), remedy, findings);
            }
        }
    }
}

fn report(
    rule: &Rule,
    context: &Context<'_, '_>,
    place: NodeRef<'_, '_>,
    message: String,
    (mode, expected): (&str, &str),
    remedy: impl FnOnce(Remedy) -> Remedy,
    findings: &mut Findings,
) {
    let mut finding = rule.finding(context, place, message);
    finding.help = Some(format!("expected is `{mode}: {expected}`"));
    finding.references.push(format!("Talos {} default", context.talos()).into());
    findings.push(finding.with_remedy(remedy(Remedy::changing(format!("Set `{mode}` to `{expected}`")))));
}
