//! `patch/refused`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "patch/refused",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A patch cannot be merged into the configuration.",
    why: "Talos refuses the patch as a whole. Free-form parts, for one, merge only where both sides have values of one kind.",
    avoid: Example::new("machine:\n  type: worker\n  kubelet:\n    extraConfig:\n      maxPods: 110\n#~ patch\nmachine:\n  kubelet:\n    extraConfig:\n      maxPods: \"200\"\n"),
    follow: Example::new("machine:\n  type: worker\n  kubelet:\n    extraConfig:\n      maxPods: 110\n#~ patch\nmachine:\n  kubelet:\n    extraConfig:\n      maxPods: 200\n"),
    references: &[],
    check: found_elsewhere,
};
