//! `project/unknown-key`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "project/unknown-key",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The project file has a key that talint does not know.",
    why: "What stands below a key that is not known counts for nothing: a severity that is not set, a machine whose patches are not looked at. The check would say less than it seems to.",
    avoid: Example::new("profil: hardened\n"),
    follow: Example::new("profile: hardened\n"),
    references: &[],
    check: found_elsewhere,
};
