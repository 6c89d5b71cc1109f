//! `disk/selector-variable`

use super::super::documents;
use crate::context::Context;
use crate::expressions;
use crate::finding::{Finding, Profile, Related, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "disk/selector-variable",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A volume of a whole disk is chosen by whether it is the system disk, which is not known there.",
    why: "Talos takes `system_disk` in the selector of a user volume, and gives it a value where it makes a partition. Where the \
          volume is a whole disk, `volumeType: disk`, it has none: the volume fails, and only its status says why.",
    avoid: Example::talos(
        12,
        "apiVersion: v1alpha1\nkind: UserVolumeConfig\nname: data\nvolumeType: disk\nprovisioning:\n  diskSelector:\n    match: \"!system_disk\"\n",
    ),
    follow: Example::talos(
        12,
        "apiVersion: v1alpha1\nkind: UserVolumeConfig\nname: data\nvolumeType: disk\nprovisioning:\n  diskSelector:\n    match: disk.serial == \"S5GXNX0T\"\n",
    ),
    references: &["siderolabs/talos#13301"],
    check,
};

/// What says whether a disk is the one that Talos is on.
const VARIABLE: &str = "system_disk";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.talos() < TalosVersion::nearest(12) {
        return;
    }
    for document in documents::in_version(context, "UserVolumeConfig") {
        let Some(whole) = document.get("volumeType").filter(|kind| kind.value() == "disk") else { continue };
        let Some(selector) = document.at(&["provisioning", "diskSelector", "match"]) else { continue };
        if is_unknown(selector) || !expressions::asks_for(selector.value(), VARIABLE) {
            continue;
        }
        let message = "`system_disk` has no value where the volume is a whole disk, and the volume fails";
        let mut finding = rule.finding(context, selector, message);
        finding.span = selector.span().only(VARIABLE, context.text).unwrap_or(finding.span);
        findings.push(Finding {
            help: Some("expected are fields of the disk: `disk.serial`, `disk.wwid`, `disk.size` …".to_owned()),
            related: vec![Related::here(whole.visible_span(), "a whole disk")],
            ..finding
        });
    }
}
