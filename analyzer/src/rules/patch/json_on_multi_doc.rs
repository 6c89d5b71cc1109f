//! `patch/json-on-multi-doc`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "patch/json-on-multi-doc",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A JSON patch is laid over a configuration of several documents.",
    why: "Talos applies JSON patches to a single document only, and refuses them where the configuration holds more, as every configuration generated from 1.12 on does.",
    avoid: Example::new("machine:\n  type: worker\n  sysctls:\n    vm.swappiness: \"10\"\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n#~ patch\n- op: remove\n  path: /machine/sysctls\n"),
    follow: Example::new("machine:\n  type: worker\n  sysctls:\n    vm.swappiness: \"10\"\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n#~ patch\nmachine:\n  sysctls:\n    $patch: delete\n"),
    references: &[],
    check: found_elsewhere,
};
