//! `project/invalid-value`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "project/invalid-value",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The project file has a value that cannot be taken, lacks one, or names something twice.",
    why: "A value of another form is left out, and the check would say less than it seems to.",
    avoid: Example::new("talos-version: 1.99\n"),
    follow: Example::new("talos-version: 1.12\n"),
    references: &[],
    check: found_elsewhere,
};
