//! `tool/unknown-field`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "tool/unknown-field",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A description of machines has a field that its tool does not know.",
    why: "talhelper passes over a field that it does not know, so that what it was to set is on no machine and nobody is told. \
          Omni refuses the whole template.",
    avoid: Example::new(
        "clusterName: home\ntalosVersion: v1.12.0\nkubernetesVersion: v1.35.0\nendpoint: https://192.0.2.1:6443\nnodes:\n  - hostname: one\n    ipAddress: 192.0.2.10\n    controlplane: true\n    installDisk: /dev/sda\n",
    ),
    follow: Example::new(
        "clusterName: home\ntalosVersion: v1.12.0\nkubernetesVersion: v1.35.0\nendpoint: https://192.0.2.1:6443\nnodes:\n  - hostname: one\n    ipAddress: 192.0.2.10\n    controlPlane: true\n    installDisk: /dev/sda\n",
    ),
    references: &[],
    check: found_elsewhere,
};
