//! Findings as diagnostics: those of `talint check` on the same text.

use crate::documents::Document;
use crate::lines::Lines;
use crate::snapshot::{Client, Snapshot};
use crate::workspace::elsewhere;
use serde_json::json;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::Write;
use std::path::Path;
use talint_analyzer::finding::{Finding, Related, Severity};
use tower_lsp::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    NumberOrString, Uri,
};

/// Where the pages of the rules are.
const PAGES: &str = "https://talint.github.io/talint/rules/";

/// The diagnostics of a document.
pub(crate) fn diagnostics(document: &Document, snapshot: &Snapshot, client: &Client) -> Vec<Diagnostic> {
    let found = document.found(snapshot);
    let text = Text { uri: &document.uri, content: &document.text, folder: &found.folder };
    text.diagnostics(&found.analysis.findings, snapshot, client)
}

/// A text that things were found in.
pub(crate) struct Text<'t> {
    pub(crate) uri: &'t Uri,
    pub(crate) content: &'t str,
    /// The folder that the paths of other files begin at.
    pub(crate) folder: &'t Path,
}

impl Text<'_> {
    /// What was found, as the client has it.
    pub(crate) fn diagnostics(&self, findings: &[Finding], snapshot: &Snapshot, client: &Client) -> Vec<Diagnostic> {
        if findings.is_empty() {
            return Vec::new();
        }
        let lines = Lines::of(self.content, client.encoding);
        let place = |related: &Related| other_place(related, self.folder, snapshot, client);
        findings.iter().map(|finding| diagnostic(finding, self.uri, &lines, client, place)).collect()
    }
}

/// A place in another file that belongs to a finding.
fn other_place(related: &Related, folder: &Path, snapshot: &Snapshot, client: &Client) -> Option<Location> {
    let place = |uri, _, lines: &Lines<'_>| Location { uri, range: lines.range(related.span) };
    elsewhere((folder, related.file.as_deref()?), (snapshot, client.encoding), place)
}

/// What tells one result from another. An open document has the text in it too: editors move diagnostics along with what
/// is typed, so they are told anew.
pub(crate) fn result_id(diagnostics: &[Diagnostic], open: Option<&Document>) -> String {
    let mut hasher = Hashed(DefaultHasher::new());
    hasher.0.write(open.map_or("", |document| &document.text).as_bytes());
    // Neither writing can fail.
    let _ = serde_json::to_writer(&mut hasher, diagnostics);
    format!("{:016x}", hasher.0.finish())
}

/// Hashes what is written.
struct Hashed(DefaultHasher);

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The link to the page of a rule.
pub(crate) fn page(rule: &str) -> Option<Uri> {
    format!("{PAGES}{rule}").parse().ok()
}

fn diagnostic(
    finding: &Finding,
    uri: &Uri,
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
        let here = || Location { uri: uri.clone(), range: lines.range(related.span) };
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
