//! `patch/no-effect`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "patch/no-effect",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A part of a patch changes nothing: an empty value, or a deletion of what is not there.",
    why: "To Talos an empty text, a zero, null and an empty list are values that are not set, so what is set stays. The same \
          holds of the first words of some choices: `accept` does not take the place of `block`. Only `$patch: delete` takes \
          something out, and some versions pass over one that finds nothing.",
    avoid: Example::new(
        "machine:\n  type: worker\n  certSANs:\n    - 192.0.2.10\n#~ patch\nmachine:\n  certSANs: []\n",
    ),
    follow: Example::new(
        "machine:\n  type: worker\n  certSANs:\n    - 192.0.2.10\n#~ patch\nmachine:\n  certSANs:\n    $patch: delete\n",
    ),
    references: &[],
    check: found_elsewhere,
};
