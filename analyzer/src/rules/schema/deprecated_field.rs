//! `schema/deprecated-field`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::schema::IssueKind;
use crate::tables::{self, Migration};
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "schema/deprecated-field",
    severity: Severity::Info,
    profile: Profile::Default,
    summary: "A field that is deprecated in this version of Talos.",
    why: "A deprecated field still works, but a later version of Talos will refuse it. What takes its place is named.",
    avoid: Example::talos(12, "machine:\n  time:\n    servers: [time.example.org]\n"),
    follow: Example::talos(
        12,
        "apiVersion: v1alpha1\nkind: TimeSyncConfig\nntp:\n  servers: [time.example.org]\n",
    ),
    references: &[],
    check,
};

/// Fields that `talosctl gen config` writes though they are deprecated: nobody can do better.
const WRITTEN_BY_TALOSCTL: [&str; 1] = ["persist"];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for issue in context.issues {
        let IssueKind::Deprecated { replaced_by } = &issue.kind else { continue };
        // Whoever did not say the version may well have one in which the field is the way to go.
        if context.is_version_assumed() {
            continue;
        }
        let key = issue.node;
        if WRITTEN_BY_TALOSCTL.contains(&key.value()) {
            continue;
        }
        let message = format!("`{}` is deprecated in Talos {}", key.value(), context.talos());
        let mut finding = rule.finding_at(issue.span, context.kind_of(key), key.path(), message);
        if !replaced_by.is_empty() {
            let kinds: Vec<String> = replaced_by.iter().map(|kind| format!("`{kind}`")).collect();
            let by = if moves(&key.path(), context.talos()) { "; `talint migrate` moves what stays the same" } else { "" };
            finding.help = Some(format!("use {}{by}", kinds.join(" or ")));
        }
        findings.push(finding);
    }
}

/// Whether a document takes the place of the field or of something in it, so that it can be moved.
fn moves(path: &str, version: TalosVersion) -> bool {
    let steps: Vec<&str> = path.split('.').collect();
    let is_in = |field: &[&str]| field.starts_with(&steps);
    let of_row = |row: &Migration| {
        let each = row.each.iter().any(|each| is_in(each));
        each || row.each.is_none() && row.fields.iter().any(|field| is_in(field.from) || steps.starts_with(field.from) && !field.from.is_empty())
    };
    tables::migrations().iter().any(|row| row.stays.is_none() && row.holds_in(version) && of_row(row))
}
