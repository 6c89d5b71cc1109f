//! Findings for programs. The form is stable and versioned; fields are only added.

use super::{Checked, Other, count, statistics};
use crate::arguments::OutputOptions;
use serde_json::{Value, json};
use talint_analyzer::finding::{Finding, Severity};
use talint_analyzer::fix::{FileEdit, Fix};
use talint_analyzer::text::{Encoding, LineIndex, Span, decode};

/// The findings of all files as one JSON document.
pub(crate) fn json(checked: &[Checked], options: &OutputOptions) -> String {
    let findings: Vec<Value> = checked.iter().flat_map(findings).collect();
    let documents: usize = checked.iter().map(|file| file.analysis.documents).sum();
    let files: Vec<Value> = checked.iter().map(file).collect();
    let mut report = json!({
        "version": 1,
        "tool": { "name": "talint", "version": env!("CARGO_PKG_VERSION") },
        "summary": {
            "files": checked.len(),
            "documents": documents,
            "error": count(checked, Severity::Error),
            "warning": count(checked, Severity::Warning),
            "info": count(checked, Severity::Info),
        },
        "files": files,
        "findings": findings,
    });
    if options.statistics {
        report["statistics"] =
            statistics(checked).into_iter().map(|(rule, count)| json!({ "rule": rule, "count": count })).collect();
    }
    // Values of strings and numbers alone always serialise.
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

fn file(checked: &Checked) -> Value {
    let versions = &checked.analysis.versions;
    json!({
        "file": checked.path,
        "documents": checked.analysis.documents,
        "talos_version": versions.talos.to_string(),
        "talos_version_source": versions.talos_source.as_str(),
        "kubernetes_version": versions.kubernetes.to_string(),
        "kubernetes_version_source": versions.kubernetes_source.as_str(),
        "notices": checked.analysis.notices,
    })
}

fn findings(checked: &Checked) -> Vec<Value> {
    if checked.analysis.findings.is_empty() {
        return Vec::new();
    }
    let (text, _) = decode(&checked.file.bytes);
    let lines = LineIndex::new(&text);
    let range = |span: Span| range(span, &text, &lines);
    let finding = |finding: &Finding| {
        let references: Vec<Value> = finding.references.iter().map(|id| json!({ "id": id })).collect();
        let related: Vec<Value> = finding
            .related
            .iter()
            .map(|related| match checked.other(related) {
                Some(Other { path: name, file, .. }) => {
                    let (text, _) = decode(&file.bytes);
                    let range = self::range(related.span, &text, &LineIndex::new(&text));
                    json!({ "file": name, "range": range, "message": related.message })
                }
                None => json!({ "file": checked.path, "range": range(related.span), "message": related.message }),
            })
            .collect();
        json!({
            "rule": finding.rule,
            "severity": finding.severity.as_str(),
            "message": finding.message,
            "help": finding.help,
            "file": checked.path,
            "range": range(finding.span),
            "kind": finding.kind,
            "path": finding.path,
            "talos_version": checked.analysis.versions.talos.to_string(),
            "machines": finding.machines.iter().map(|name| &**name).collect::<Vec<_>>(),
            "references": references,
            "related": related,
            "fix": finding.fix.as_deref().map(|fix| self::fix(fix, checked)),
        })
    };
    checked.analysis.findings.iter().map(finding).collect()
}

fn fix(fix: &Fix, checked: &Checked) -> Value {
    let edits: Vec<Value> = fix
        .edits
        .iter()
        .map(|FileEdit { file, edit }| {
            let other = file.as_deref().and_then(|path| checked.others.get(path));
            let name = other.map_or(&checked.path, |other| &other.path);
            json!({ "file": name, "start": edit.span.start, "end": edit.span.end, "text": edit.text })
        })
        .collect();
    json!({ "title": fix.title, "safe": fix.is_safe, "edits": edits })
}

/// A range in lines, columns of characters, and bytes.
pub(crate) fn range(span: Span, text: &str, lines: &LineIndex) -> Value {
    let place = |offset: u32| {
        let position = lines.position(text, offset, Encoding::Utf32);
        json!({ "line": position.line + 1, "column": position.column + 1, "offset": offset })
    };
    json!({ "start": place(span.start), "end": place(span.end) })
}
