//! `admission/pod-security-version`

use super::super::pod_security;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::version::MinorVersion;

pub(crate) const RULE: Rule = Rule {
    name: "admission/pod-security-version",
    severity: Severity::Info,
    profile: Profile::Default,
    summary: "The Pod Security Standards are held at the state of one version of Kubernetes.",
    why: "What later versions of the standards forbid stays allowed, more with every upgrade. Talos generates `latest`.",
    avoid: Example::new(
        "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          defaults:\n            enforce: baseline\n            enforce-version: v1.25\n",
    ),
    follow: Example::new(
        "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          defaults:\n            enforce: baseline\n            enforce-version: latest\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let configurations = pod_security::configurations(context).into_iter();
    for defaults in configurations.filter_map(|configuration| configuration.get("defaults")) {
        for (key, value) in
            defaults.entries().filter(|(key, value)| key.value().ends_with("-version") && !is_unknown(*value))
        {
            // What is no version at all is the business of admission/invalid.
            if !value.value().starts_with('v') || MinorVersion::parse(value.value()).is_none() {
                continue;
            }
            let message = format!(
                "`{}` is `{}`: what later versions of the standards forbid stays allowed",
                key.value(),
                value.value()
            );
            let mut finding = rule.finding(context, value, message);
            finding.help = Some("expected is `latest`".to_owned());
            let remedy = Remedy::changing(format!("Set `{}` to `latest`", key.value())).write_text(value, "latest");
            findings.push(finding.with_remedy(remedy));
        }
    }
}
