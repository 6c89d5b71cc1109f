//! `omni/forbidden-field`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "omni/forbidden-field",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A patch of an Omni cluster sets what Omni looks after itself.",
    why: "Omni sets the role of each machine, the secrets, and the endpoint of the cluster. It refuses a template \
          with a patch that sets one of them, or that lets pods act as administrators in the Talos API.",
    avoid: Example::new(
        "kind: Cluster\nname: home\ntalos:\n  version: v1.12.0\nkubernetes:\n  version: v1.35.0\npatches:\n  - name: token\n    inline:\n      cluster:\n        clusterName: another\n---\nkind: ControlPlane\nmachines:\n  - 430d882a-51a8-48b3-ae00-90c5b0b5b0b0\n",
    ),
    follow: Example::new(
        "kind: Cluster\nname: home\ntalos:\n  version: v1.12.0\nkubernetes:\n  version: v1.35.0\npatches:\n  - name: kubespan\n    inline:\n      machine:\n        network:\n          kubespan:\n            enabled: true\n---\nkind: ControlPlane\nmachines:\n  - 430d882a-51a8-48b3-ae00-90c5b0b5b0b0\n",
    ),
    references: &[],
    check: found_elsewhere,
};
