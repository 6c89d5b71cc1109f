//! `admission/pod-security-weakened`

use super::super::pod_security::{self, rank};
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};

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
    let is_whole = context.whole().is_some();
    for configuration in pod_security::configurations(context) {
        let defaults = configuration.get("defaults");
        for (mode, expected) in MODES {
            let level = defaults.and_then(|defaults| defaults.get(mode));
            let (place, message) = match level {
                Some(level) if is_unknown(level) => continue,
                Some(level) => {
                    let Some(found) = rank(level.value()).filter(|found| Some(*found) < rank(expected)) else { continue };
                    let what = match (mode, found) {
                        ("enforce", _) => "any pod may be privileged",
                        _ => "pods that could be confined further go unnoticed",
                    };
                    (level, format!("Pod Security admission has `{mode}: {}`: {what}", level.value()))
                }
                // What a patch does not say, the base does.
                None if !is_whole => continue,
                None => {
                    let place = defaults.unwrap_or(configuration);
                    (place, format!("Pod Security admission does not say what to {mode}, and Kubernetes then takes `privileged`"))
                }
            };
            let mut finding = rule.finding(context, place, message);
            finding.help = Some(format!("expected is `{mode}: {expected}`"));
            finding.references.push(format!("Talos {} default", context.talos()).into());
            findings.push(finding);
        }
    }
}
