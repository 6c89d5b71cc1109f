//! `talos/duplicate-document`

use super::super::documents;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "talos/duplicate-document",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A configuration holds the same document twice.",
    why: "Documents are told apart by kind and name. Talos refuses a configuration with two of the same kind and name.",
    avoid: Example::new(
        "version: v1alpha1\nmachine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: WatchdogTimerConfig\ndevice: /dev/watchdog0\n---\napiVersion: v1alpha1\nkind: WatchdogTimerConfig\ndevice: /dev/watchdog1\n",
    ),
    follow: Example::new(
        "version: v1alpha1\nmachine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: WatchdogTimerConfig\ndevice: /dev/watchdog0\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if !documents::is_patch(context) {
        documents::duplicates(rule, context, findings);
    }
}
