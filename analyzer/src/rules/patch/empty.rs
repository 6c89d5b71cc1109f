//! `patch/empty`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "patch/empty",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A patch holds nothing, and the base holds several documents.",
    why: "Talos takes a patch without content for an empty JSON patch, and refuses JSON patches over a configuration of several documents. A template that leaves a patch empty stops the run that way.",
    avoid: Example::new("machine:\n  type: worker\n  sysctls:\n    vm.swappiness: \"10\"\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n#~ patch\n# nothing here\n"),
    follow: Example::new("machine:\n  type: worker\n  sysctls:\n    vm.swappiness: \"10\"\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n#~ patch\nmachine:\n  sysctls:\n    vm.swappiness: \"20\"\n"),
    references: &[],
    check: found_elsewhere,
};
