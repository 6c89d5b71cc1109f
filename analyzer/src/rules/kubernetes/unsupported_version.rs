//! `kubernetes/unsupported-version`

use super::super::images::{self, API_SERVER, CONTROLLER_MANAGER, KUBELET, SCHEDULER};
use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "kubernetes/unsupported-version",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A version of Kubernetes that this version of Talos does not run.",
    why: "Each version of Talos runs six minor versions of Kubernetes and refuses a configuration with another when it is \
          applied; `talosctl validate` does not look. An upgrade takes turns: Talos as far as the Kubernetes that runs allows, \
          then Kubernetes.",
    avoid: Example::talos(12, "machine:\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.36.0\n"),
    follow: Example::talos(12, "machine:\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.35.0\n"),
    references: &["Talos support matrix"],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let Some(supported) = images::supported(context) else { return };
    let (oldest, newest) = (supported.start(), supported.end());
    for component in [&KUBELET, &API_SERVER, &CONTROLLER_MANAGER, &SCHEDULER] {
        for (image, version) in component.images(context) {
            if supported.contains(&version) {
                continue;
            }
            let talos = context.talos();
            let message = format!(
                "the {} is of Kubernetes {version}, and Talos {talos} runs {oldest} to {newest}: it refuses the configuration",
                component.name
            );
            findings.push(Finding {
                help: Some(format!("expected is a version from {oldest} to {newest}, or another version of Talos")),
                ..rule.finding(context, image, message)
            });
        }
    }
}
