//! `patch/not-found`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "patch/not-found",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A patch names something that the configuration does not have.",
    why: "Talos refuses a patch that deletes what is not there, and a JSON patch whose path leads nowhere. Usually a key is misspelt, or an earlier patch took it out.",
    avoid: Example::new("machine:\n  type: worker\n  sysctls:\n    vm.swappiness: \"10\"\n#~ patch\nmachine:\n  sysctls:\n    vm.swapiness:\n      $patch: delete\n"),
    follow: Example::new("machine:\n  type: worker\n  sysctls:\n    vm.swappiness: \"10\"\n#~ patch\nmachine:\n  sysctls:\n    vm.swappiness:\n      $patch: delete\n"),
    references: &[],
    check: found_elsewhere,
};
