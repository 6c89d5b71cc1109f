//! `patch/document-twice`

use super::super::documents;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::tables::Decoder;

pub(crate) const RULE: Rule = Rule {
    name: "patch/document-twice",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A patch changes the same document twice.",
    why: "Until 1.13 Talos reads a patch as a configuration of its own, and refuses one that holds two documents of the same kind and name.",
    avoid: Example::talos(
        13,
        "machine:\n  sysctls:\n    vm.swappiness: \"10\"\n---\nmachine:\n  sysctls:\n    fs.file-max: \"100000\"\n",
    ),
    follow: Example::talos(
        13,
        "machine:\n  sysctls:\n    vm.swappiness: \"10\"\n    fs.file-max: \"100000\"\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    // From 1.14 Talos looks at the result only, and lays one after the other over the base.
    if documents::is_patch(context) && !Decoder::of(context.talos()).takes_patches_unchecked() {
        documents::duplicates(rule, context, findings);
    }
}
