//! `patch/list-appends`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "patch/list-appends",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A patch repeats an entry of a list, which then holds it twice.",
    why: "Talos adds most lists of a patch to those of the base; it replaces only a few. An entry that is repeated is there \
          twice afterwards, and a list that was to be replaced still holds the old entries. The API server does not start \
          with an exemption from Pod Security that stands twice.",
    avoid: Example::new(
        "machine:\n  type: worker\n  certSANs:\n    - 192.0.2.10\n#~ patch\nmachine:\n  certSANs:\n    - 192.0.2.10\n    - node.example.org\n",
    ),
    follow: Example::new(
        "machine:\n  type: worker\n  certSANs:\n    - 192.0.2.10\n#~ patch\nmachine:\n  certSANs:\n    - node.example.org\n",
    ),
    references: &["siderolabs/talos#14397", "siderolabs/talos#12005"],
    check: found_elsewhere,
};
