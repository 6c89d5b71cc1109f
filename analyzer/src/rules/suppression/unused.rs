//! `suppression/unused`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "suppression/unused",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A suppression that lets nothing pass.",
    why: "A suppression that is no longer needed hides the next finding of its rule from those who ought to see it.",
    avoid: Example::new("machine:\n  type: worker # talint: ignore[kubelet/pod-pids-limit] limited by the policy engine\n"),
    follow: Example::new("machine:\n  type: worker\n"),
    references: &[],
    check: found_elsewhere,
};
