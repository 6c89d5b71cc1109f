//! `suppression/reason`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "suppression/reason",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A suppression without a reason.",
    why: "Who reads the suppression later cannot tell whether it still holds.",
    avoid: Example::new(
        "machine:\n  kubelet:\n    extraConfig:\n      podPidsLimit: -1 # talint: ignore[kubelet/pod-pids-limit]\n",
    ),
    follow: Example::new(
        "machine:\n  kubelet:\n    extraConfig:\n      podPidsLimit: -1 # talint: ignore[kubelet/pod-pids-limit] build machine\n",
    ),
    references: &[],
    check: found_elsewhere,
};
