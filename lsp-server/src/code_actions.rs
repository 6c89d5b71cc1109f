//! What can be done about a finding: let it pass, or say which Talos the file is for.

use crate::analysis::{View, view};
use crate::lines::Lines;
use crate::server::Asked;
use std::collections::HashMap;
use talint_analyzer::context::VersionSource;
use talint_analyzer::finding::Finding;
use talint_analyzer::syntax::NodeRef;
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Diagnostic, NumberOrString, Range, TextEdit,
    WorkspaceEdit,
};

/// What is written where the user is to say why a finding may pass.
const REASON: &str = "say here why this is right";

/// The actions for a range of a document.
pub(crate) fn code_actions(asked: &Asked<'_>, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
    let is_wanted = |kind: &CodeActionKind| {
        let only = params.context.only.as_deref();
        only.is_none_or(|only| only.iter().any(|wanted| kind.as_str().starts_with(wanted.as_str())))
    };
    if !is_wanted(&CodeActionKind::QUICKFIX) {
        return Vec::new();
    }
    let lines = Lines::new(asked.document, asked.client.encoding);
    let wanted = lines.span(params.range);
    let touches = |finding: &&Finding| finding.span.start <= wanted.end && wanted.start <= finding.span.end;
    let findings: Vec<&Finding> = asked.found.analysis.findings.iter().filter(touches).collect();
    let act = |view: &View<'_>| {
        let mut actions = Vec::new();
        for finding in &findings {
            if finding.rule.starts_with("suppression/") {
                continue;
            }
            let diagnostic = sent(finding, &lines, &params.context.diagnostics);
            let rule = &finding.rule;
            let edit = suppression(view, finding, &lines);
            actions.push(action(asked, format!("Let `{rule}` pass here"), edit, diagnostic.clone()));
            let whole = insertion(&lines, top(view), format!("# talint: ignore-file[{rule}] {REASON}\n"));
            actions.push(action(asked, format!("Let `{rule}` pass in this file"), whole, diagnostic));
        }
        let versions = &asked.found.analysis.versions;
        if versions.talos_source == VersionSource::Assumed && !findings.is_empty() {
            let talos = versions.talos.to_string();
            let edit = insertion(&lines, top(view), format!("# talint: talos={talos}\n"));
            actions.push(action(asked, format!("Say that this file is for Talos {talos}"), edit, None));
        }
        actions
    };
    view(asked.document, &asked.document.text, &asked.snapshot.settings, act)
}

/// The diagnostic that the client has of a finding.
fn sent(finding: &Finding, lines: &Lines<'_>, diagnostics: &[Diagnostic]) -> Option<Diagnostic> {
    let range = lines.range(finding.span);
    let is_same = |diagnostic: &&Diagnostic| {
        let code = Some(NumberOrString::String(finding.rule.clone().into_owned()));
        diagnostic.range == range && diagnostic.code == code
    };
    diagnostics.iter().find(is_same).cloned()
}

/// A comment behind the line of a finding; above it, where a comment could not stand behind it.
fn suppression(view: &View<'_>, finding: &Finding, lines: &Lines<'_>) -> TextEdit {
    let comment = format!("# talint: ignore[{}] {REASON}", finding.rule);
    let block = view.tree.block_scalar_at(finding.span.start);
    let place = block.and_then(NodeRef::key).map_or(finding.span.start, |key| key.span().start);
    let line = lines.line(place);
    let text = line.slice(view.text);
    let content = text.trim_end_matches(['\n', '\r']);
    let end = line.start as usize + content.len();
    let has_comment = view.tree.comments.iter().any(|comment| comment.span.touches(Span::new(end, end).start));
    // A value over several lines goes on behind the line.
    let goes_on = block.is_some()
        || view.node_at(place).is_some_and(|node| {
            let is_scalar = node.children().next().is_none();
            is_scalar && node.span().end as usize > end
        });
    if has_comment || goes_on {
        let indent = &content[..content.len() - content.trim_start().len()];
        let ending = if text.ends_with("\r\n") { "\r\n" } else { "\n" };
        return insertion(lines, line.start, format!("{indent}{comment}{ending}"));
    }
    insertion(lines, Span::new(end, end).start, format!(" {comment}"))
}

/// Where comments about the whole file stand: at its start, behind a byte order mark.
fn top(view: &View<'_>) -> u32 {
    let text = view.text;
    Span::new(text.len() - text.trim_start_matches('\u{feff}').len(), text.len()).start
}

fn insertion(lines: &Lines<'_>, at: u32, text: String) -> TextEdit {
    let position = lines.position(at);
    TextEdit { range: Range { start: position, end: position }, new_text: text }
}

fn action(asked: &Asked<'_>, title: String, edit: TextEdit, diagnostic: Option<Diagnostic>) -> CodeActionOrCommand {
    let changes = HashMap::from([(asked.document.uri.clone(), vec![edit])]);
    CodeActionOrCommand::CodeAction(CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: diagnostic.map(|diagnostic| vec![diagnostic]),
        edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
        ..CodeAction::default()
    })
}
