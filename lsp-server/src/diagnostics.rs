//! Findings as diagnostics: those of `talint check` on the same text.

use crate::documents::Document;
use crate::lines::Lines;
use crate::snapshot::{Client, Snapshot};
use crate::workspace::Found;
use serde_json::json;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use talint_analyzer::finding::{Finding, Related, Severity};
use tower_lsp::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    NumberOrString, Uri,
};

/// Where the pages of the rules are.
const PAGES: &str = "https://talint.github.io/talint/rules/";

/// The diagnostics of a document.
pub(crate) fn diagnostics(document: &Document, snapshot: &Snapshot, client: &Client) -> Vec<Diagnostic> {
    let found = document.found(&snapshot.documents, &snapshot.settings);
    let lines = Lines::new(document, client.encoding);
    let place = |related: &Related| other_place(related, &found, snapshot, client);
    let findings = found.analysis.findings.iter();
    findings.map(|finding| diagnostic(finding, document, &lines, client, place)).collect()
}

/// A place in another file that belongs to a finding.
fn other_place(related: &Related, found: &Found, snapshot: &Snapshot, client: &Client) -> Option<Location> {
    let path = found.folder.join(related.file.as_deref()?);
    let uri = Uri::from_file_path(&path)?;
    let range = match snapshot.document(&uri) {
        Some(document) => Lines::new(document, client.encoding).range(related.span),
        None => Lines::of(&std::fs::read_to_string(&path).ok()?, client.encoding).range(related.span),
    };
    Some(Location { uri, range })
}

/// What tells one result from another: the same text beside the same others under the same settings has the same.
pub(crate) fn result_id(document: &Document, snapshot: &Snapshot) -> String {
    let mut hasher = DefaultHasher::new();
    document.text.hash(&mut hasher);
    if document.found(&snapshot.documents, &snapshot.settings).has_others {
        snapshot.documents.generation.hash(&mut hasher);
    }
    format!("{}-{:016x}", snapshot.settings.generation, hasher.finish())
}

/// The link to the page of a rule.
pub(crate) fn page(rule: &str) -> Option<Uri> {
    format!("{PAGES}{rule}").parse().ok()
}

fn diagnostic(
    finding: &Finding,
    document: &Document,
    lines: &Lines<'_>,
    client: &Client,
    other: impl Fn(&Related) -> Option<Location>,
) -> Diagnostic {
    let capabilities = client.capabilities.text_document.as_ref();
    let wanted = capabilities.and_then(|text| text.publish_diagnostics.as_ref());
    let can_relate = wanted.and_then(|wanted| wanted.related_information).unwrap_or(false);
    let can_link = wanted.and_then(|wanted| wanted.code_description_support).unwrap_or(false);
    let can_keep = wanted.and_then(|wanted| wanted.data_support).unwrap_or(false);
    let related = |related: &Related| {
        let here = || Location { uri: document.uri.clone(), range: lines.range(related.span) };
        let location = if related.file.is_some() { other(related)? } else { here() };
        Some(DiagnosticRelatedInformation { location, message: related.message.clone() })
    };
    let related: Vec<_> = if can_relate { finding.related.iter().filter_map(related).collect() } else { Vec::new() };
    let mut message = finding.message.clone();
    if let Some(help) = &finding.help {
        message.push('\n');
        message.push_str(help);
    }
    if !finding.references.is_empty() {
        message.push_str("\nReference: ");
        message.push_str(&finding.references.join(", "));
    }
    Diagnostic {
        range: lines.range(finding.span),
        severity: Some(severity(finding.severity)),
        code: Some(NumberOrString::String(finding.rule.clone().into_owned())),
        code_description: page(&finding.rule).filter(|_| can_link).map(|href| CodeDescription { href }),
        source: Some("talint".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        tags: tags(&finding.rule),
        data: finding.fix.as_deref().filter(|_| can_keep).map(|fix| json!({ "fix": fix.title, "safe": fix.is_safe })),
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    }
}

/// Editors strike through what is deprecated and fade what has no effect.
fn tags(rule: &str) -> Option<Vec<DiagnosticTag>> {
    match rule {
        "schema/deprecated-field" => Some(vec![DiagnosticTag::DEPRECATED]),
        "schema/unused-field" | "patch/no-effect" | "suppression/unused" => Some(vec![DiagnosticTag::UNNECESSARY]),
        _ if rule.starts_with("ineffective/") => Some(vec![DiagnosticTag::UNNECESSARY]),
        _ => None,
    }
}
