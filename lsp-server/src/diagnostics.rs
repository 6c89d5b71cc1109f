//! Findings as diagnostics: those of `talint check` on the same text.

use crate::documents::Document;
use crate::lines::Lines;
use crate::snapshot::{Client, Snapshot};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use talint_analyzer::finding::{Finding, Severity};
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    NumberOrString, Uri,
};

/// Where the pages of the rules are.
const PAGES: &str = "https://talint.github.io/talint/rules/";

/// The diagnostics of a document.
pub(crate) fn diagnostics(document: &Document, snapshot: &Snapshot, client: &Client) -> Vec<Diagnostic> {
    let analysed = document.analysed(&snapshot.settings);
    let lines = Lines::new(document, client.encoding);
    let findings = analysed.analysis.findings.iter();
    findings.map(|finding| diagnostic(finding, document, &lines, client)).collect()
}

/// What tells one result from another: the same text under the same settings has the same.
pub(crate) fn result_id(document: &Document, snapshot: &Snapshot) -> String {
    let mut hasher = DefaultHasher::new();
    document.text.hash(&mut hasher);
    format!("{}-{:016x}", snapshot.settings.generation, hasher.finish())
}

/// The link to the page of a rule.
pub(crate) fn page(rule: &str) -> Option<Uri> {
    format!("{PAGES}{rule}").parse().ok()
}

fn diagnostic(finding: &Finding, document: &Document, lines: &Lines<'_>, client: &Client) -> Diagnostic {
    let capabilities = client.capabilities.text_document.as_ref();
    let wanted = capabilities.and_then(|text| text.publish_diagnostics.as_ref());
    let can_relate = wanted.and_then(|wanted| wanted.related_information).unwrap_or(false);
    let can_link = wanted.and_then(|wanted| wanted.code_description_support).unwrap_or(false);
    let related = |span: Span, message: &str| DiagnosticRelatedInformation {
        location: Location { uri: document.uri.clone(), range: lines.range(span) },
        message: message.to_owned(),
    };
    let here = finding.related.iter().filter(|related| related.file.is_none());
    let related: Vec<_> = here.map(|place| related(place.span, &place.message)).collect();
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
        code: Some(NumberOrString::String(finding.rule.to_owned())),
        code_description: page(finding.rule).filter(|_| can_link).map(|href| CodeDescription { href }),
        source: Some("talint".to_owned()),
        message,
        related_information: (can_relate && !related.is_empty()).then_some(related),
        tags: tags(finding.rule),
        data: None,
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
