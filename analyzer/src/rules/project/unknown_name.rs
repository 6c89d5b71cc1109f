//! `project/unknown-name`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "project/unknown-name",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The project file names a rule, a family or a setting that there is not.",
    why: "A severity for a rule that is misspelt changes nothing, and an expectation of a setting that is misspelt is never looked at.",
    avoid: Example::new("rules:\n  kernel/init-on-fre: error\n"),
    follow: Example::new("rules:\n  kernel/init-on-free: error\n"),
    references: &[],
    check: found_elsewhere,
};
