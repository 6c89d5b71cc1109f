//! `tool/refused`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "tool/refused",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A description of machines holds what its tool refuses.",
    why: "talhelper and Omni refuse a description as a whole: where a patch is no text, a field is missing that they need, or an \
          image has the tag that they add themselves, no machine gets a configuration.",
    avoid: Example::new(
        "clusterName: home\ntalosVersion: v1.12.0\nkubernetesVersion: v1.35.0\nendpoint: https://192.0.2.1:6443\npatches:\n  - machine:\n      sysctls:\n        net.core.somaxconn: \"1024\"\nnodes:\n  - hostname: one\n    ipAddress: 192.0.2.10\n    installDisk: /dev/sda\n",
    ),
    follow: Example::new(
        "clusterName: home\ntalosVersion: v1.12.0\nkubernetesVersion: v1.35.0\nendpoint: https://192.0.2.1:6443\npatches:\n  - |-\n    machine:\n      sysctls:\n        net.core.somaxconn: \"1024\"\nnodes:\n  - hostname: one\n    ipAddress: 192.0.2.10\n    installDisk: /dev/sda\n",
    ),
    references: &[],
    check: found_elsewhere,
};
