//! `project/missing-file`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "project/missing-file",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The project file names a file that is not there or cannot be read.",
    why: "What a machine gets is only known with all of its files. Without one the machine is not checked as it will be.",
    avoid: Example::new("machines:\n  - name: a\n    role: worker\n    patches: nowhere.yaml\n"),
    follow: Example::new("machines:\n  - name: a\n    role: worker\n"),
    references: &[],
    check: found_elsewhere,
};
