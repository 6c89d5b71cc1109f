//! `tool/missing-file`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "tool/missing-file",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A description of machines names a file that is not there.",
    why: "talhelper and Omni stop at a patch that they cannot read. What the patch was to set is then on no machine.",
    avoid: Example::new(
        "clusterName: home\ntalosVersion: v1.12.0\nkubernetesVersion: v1.35.0\nendpoint: https://192.0.2.1:6443\nnodes:\n  - hostname: one\n    ipAddress: 192.0.2.10\n    installDisk: /dev/sda\n    patches:\n      - \"@./patches/one.yaml\"\n",
    ),
    follow: Example::new(
        "clusterName: home\ntalosVersion: v1.12.0\nkubernetesVersion: v1.35.0\nendpoint: https://192.0.2.1:6443\nnodes:\n  - hostname: one\n    ipAddress: 192.0.2.10\n    installDisk: /dev/sda\n    patches:\n      - |-\n        machine:\n          sysctls:\n            net.core.somaxconn: \"1024\"\n",
    ),
    references: &[],
    check: found_elsewhere,
};
