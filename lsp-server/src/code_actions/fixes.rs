//! Actions that put a finding right.

use super::Action;
use crate::server::Asked;
use crate::workspace;
use similar::{DiffOp, TextDiff};
use std::convert::Infallible;
use std::sync::Arc;
use talint_analyzer::edit::Edit;
use talint_analyzer::finding::Finding;
use talint_analyzer::fix::{FileEdit, Fix};
use talint_analyzer::fixes::{Fixable, Fixed, until_settled};
use talint_analyzer::migrate_field;
use talint_analyzer::text::Span;

/// What puts `finding` right, by itself and wherever its rule found something in the document.
pub(super) fn of_finding(asked: &Asked<'_>, finding: &Finding) -> Vec<Action> {
    let Some(fix) = &finding.fix else { return Vec::new() };
    let action = Action::new(fix.title.clone(), fix.edits.clone());
    // What changes machines is not to be done in passing.
    let mut actions = vec![if fix.is_safe { action.preferred() } else { action }];
    let findings = &asked.found.analysis.findings;
    let is_same_rule = |other: &&Finding| other.rule == finding.rule && other.fix.is_some();
    if findings.iter().filter(is_same_rule).count() > 1 {
        let mut fixed = Fixed::default();
        fixed.round([document(asked, findings)], |other, _| other.rule == finding.rule);
        let title = format!("Fix all of `{}` in this file", finding.rule);
        actions.extend(changed(asked, &fixed).map(|edits| Action::new(title, edits)));
    }
    actions
}

/// All safe fixes of the document, as `talint check --fix` makes them; nothing when there is none.
pub(super) fn all(asked: &Asked<'_>) -> Option<Action> {
    let wanted = |_: &Finding, fix: &Fix| fix.is_safe;
    let mut snapshot = asked.snapshot.clone();
    let (uri, version) = (asked.document.uri.clone(), asked.document.version);
    let mut fixed = Fixed::default();
    let Ok(()) = until_settled::<Infallible>(|| {
        let Some(text) = fixed.files.get("") else {
            return Ok(fixed.round([document(asked, &asked.found.analysis.findings)], wanted));
        };
        let text = String::from_utf8_lossy(text).into_owned();
        Arc::make_mut(&mut snapshot.documents).open(uri.clone(), version, text);
        let Some(next) = snapshot.document(&uri) else { return Ok(false) };
        let found = workspace::look(next, &snapshot);
        let file = Fixable { path: "", bytes: next.text.as_bytes(), findings: &found.analysis.findings };
        Ok(fixed.round([file], wanted))
    });
    changed(asked, &fixed).map(|edits| Action::new("Fix all that talint can fix safely".to_owned(), edits))
}

/// Moves a deprecated field to the document that takes its place, where Talos gets the same.
pub(super) fn to_document(asked: &Asked<'_>, finding: &Finding) -> Option<Action> {
    if finding.rule != "schema/deprecated-field" {
        return None;
    }
    let (path, text) = (asked.document.path(), &asked.document.text);
    let target = asked.found.analysis.versions.talos;
    let migration = migrate_field(&path, text.as_bytes(), target, finding.span);
    let mut documents: Vec<String> = migration.moved.iter().map(|moved| format!("`{}`", moved.document)).collect();
    documents.dedup();
    let edits = migration.edits.into_iter().map(|edit| FileEdit { file: None, edit }).collect();
    let title = format!("Move `{}` to {}", finding.span.slice(text), documents.join(" and "));
    (!documents.is_empty()).then(|| Action::new(title, edits))
}

/// The document as the one file that can be fixed.
fn document<'f>(asked: &'f Asked<'_>, findings: &'f [Finding]) -> Fixable<'f> {
    Fixable { path: "", bytes: asked.document.text.as_bytes(), findings }
}

/// What fixes changed in the document, by lines.
fn changed(asked: &Asked<'_>, fixed: &Fixed) -> Option<Vec<FileEdit>> {
    let before = &asked.document.text;
    let after = std::str::from_utf8(fixed.files.get("")?).ok()?;
    let diff = TextDiff::from_lines(before.as_str(), after);
    let starts = |text: &str| -> Vec<usize> {
        let ends = text.split_inclusive('\n').scan(0, |at, line| {
            *at += line.len();
            Some(*at)
        });
        std::iter::once(0).chain(ends).collect()
    };
    let (old, new) = (starts(before), starts(after));
    let changes = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let edits = changes.filter_map(|op| {
        let (lines, into) = (op.old_range(), op.new_range());
        let span = Span::new(*old.get(lines.start)?, *old.get(lines.end)?);
        let text = after.get(*new.get(into.start)?..*new.get(into.end)?)?.to_owned();
        Some(FileEdit { file: None, edit: Edit { span, text } })
    });
    Some(edits.collect())
}
