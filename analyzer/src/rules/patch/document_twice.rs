//! `patch/document-twice`

use super::super::documents;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "patch/document-twice",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A patch changes the same document twice.",
    why: "Talos reads a patch as a configuration, and refuses one that holds two documents of the same kind and name.",
    avoid: Example::new("machine:\n  sysctls:\n    vm.swappiness: \"10\"\n---\nmachine:\n  sysctls:\n    fs.file-max: \"100000\"\n"),
    follow: Example::new("machine:\n  sysctls:\n    vm.swappiness: \"10\"\n    fs.file-max: \"100000\"\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if documents::is_patch(context) {
        documents::duplicates(rule, context, findings);
    }
}
