//! `proxy/denied-argument`

use super::super::denied_arguments;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "proxy/denied-argument",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "kube-proxy is given an argument that Talos sets itself or refuses.",
    why: "Talos looks at the key alone: even with the value that Talos itself sets the component does not come up. Most of it is \
          not found when the configuration is loaded, but only on the machine.",
    avoid: Example::new("cluster:\n  proxy:\n    extraArgs:\n      kubeconfig: /etc/kubernetes/other\n"),
    follow: Example::new("cluster:\n  proxy:\n    extraArgs:\n      v: \"2\"\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    denied_arguments::check(rule, context, "kube-proxy", findings);
}
