//! What can be done about a finding: put it right, let it pass, or say which Talos the file is for.

mod fixes;

use crate::analysis::{View, view};
use crate::commands;
use crate::lines::Lines;
use crate::server::Asked;
use crate::workspace_edit::workspace_edit;
use talint_analyzer::context::VersionSource;
use talint_analyzer::edit::Edit;
use talint_analyzer::finding::Finding;
use talint_analyzer::fix::FileEdit;
use talint_analyzer::rules;
use talint_analyzer::syntax::NodeRef;
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Diagnostic, NumberOrString,
};

/// What is written where the user is to say why a finding may pass.
const REASON: &str = "say here why this is right";

/// All safe fixes at once, as editors ask for them when a file is saved.
pub(crate) const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.talint");

/// Something that can be done.
struct Action {
    title: String,
    kind: CodeActionKind,
    edits: Vec<FileEdit>,
    is_preferred: bool,
}

impl Action {
    fn new(title: String, edits: Vec<FileEdit>) -> Self {
        Self { title, kind: CodeActionKind::QUICKFIX, edits, is_preferred: false }
    }

    /// Says that it is what is to be done, as a rule.
    fn preferred(self) -> Self {
        Self { is_preferred: true, ..self }
    }

    fn offer(self, asked: &Asked<'_>, diagnostic: Option<Diagnostic>) -> Option<CodeActionOrCommand> {
        Some(CodeActionOrCommand::CodeAction(CodeAction {
            title: self.title,
            kind: Some(self.kind),
            diagnostics: diagnostic.map(|diagnostic| vec![diagnostic]),
            edit: Some(workspace_edit(asked, &self.edits)?),
            is_preferred: self.is_preferred.then_some(true),
            ..CodeAction::default()
        }))
    }
}

/// The actions for a range of a document.
pub(crate) fn code_actions(asked: &Asked<'_>, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
    let only = params.context.only.as_deref();
    let is_wanted = |kind: &CodeActionKind| only.is_none_or(|only| only.iter().any(|wanted| is_of(kind, wanted)));
    let mut actions = Vec::new();
    // A menu of what can be done here is not about the whole file.
    if only.is_some() && is_wanted(&FIX_ALL) {
        let all = fixes::all(asked).map(|all| Action { kind: FIX_ALL, ..all });
        actions.extend(all.and_then(|all| all.offer(asked, None)));
    }
    if is_wanted(&CodeActionKind::QUICKFIX) {
        actions.extend(quick_fixes(asked, params));
    }
    actions
}

/// Whether a kind is `wanted`, or one of those that it stands for.
fn is_of(kind: &CodeActionKind, wanted: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(wanted.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || wanted.as_str().is_empty())
}

fn quick_fixes(asked: &Asked<'_>, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let wanted = lines.span(params.range);
    let touches = |finding: &&Finding| finding.span.start <= wanted.end && wanted.start <= finding.span.end;
    let findings: Vec<&Finding> = asked.found.analysis.findings.iter().filter(touches).collect();
    let mut actions = Vec::new();
    let mut offer = |action: Action, diagnostic: Option<Diagnostic>| actions.extend(action.offer(asked, diagnostic));
    for finding in &findings {
        let diagnostic = sent(finding, &lines, &params.context.diagnostics);
        for action in fixes::of_finding(asked, finding).into_iter().chain(fixes::to_document(asked, finding)) {
            offer(action, diagnostic.clone());
        }
    }
    view(asked.document, &asked.document.text, &asked.snapshot.settings, |view| {
        let at_top = |text: String| vec![FileEdit { file: None, edit: Edit::insert(top(view), text) }];
        for finding in findings.iter().filter(|finding| !finding.rule.starts_with("suppression/")) {
            let diagnostic = sent(finding, &lines, &params.context.diagnostics);
            let rule = &finding.rule;
            let here = vec![FileEdit { file: None, edit: suppression(view, finding, &lines) }];
            offer(Action::new(format!("Let `{rule}` pass here"), here), diagnostic.clone());
            let in_file = at_top(format!("# talint: ignore-file[{rule}] {REASON}\n"));
            offer(Action::new(format!("Let `{rule}` pass in this file"), in_file), diagnostic);
        }
        let versions = &asked.found.analysis.versions;
        if versions.talos_source == VersionSource::Assumed && !findings.is_empty() {
            let talos = versions.talos.to_string();
            let edits = at_top(format!("# talint: talos={talos}\n"));
            offer(Action::new(format!("Say that this file is for Talos {talos}"), edits), None);
        }
    });
    let mut rules: Vec<&str> = findings.iter().map(|finding| &*finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    // What an organisation expects is explained by itself.
    let known = rules.into_iter().filter(|rule| rules::by_name(rule).is_some());
    actions.extend(known.map(|rule| explanation(asked, rule)));
    actions
}

/// The action that shows what a rule is for.
fn explanation(asked: &Asked<'_>, rule: &str) -> CodeActionOrCommand {
    let command = commands::explain(asked.client, rule);
    CodeActionOrCommand::CodeAction(CodeAction {
        title: command.title.clone(),
        kind: Some(CodeActionKind::QUICKFIX),
        command: Some(command),
        ..CodeAction::default()
    })
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
fn suppression(view: &View<'_>, finding: &Finding, lines: &Lines<'_>) -> Edit {
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
        return Edit::insert(line.start, format!("{indent}{comment}{ending}"));
    }
    Edit::insert(Span::new(end, end).start, format!(" {comment}"))
}

/// Where comments about the whole file stand: at its start, behind a byte order mark.
fn top(view: &View<'_>) -> u32 {
    let text = view.text;
    Span::new(text.len() - text.trim_start_matches('\u{feff}').len(), text.len()).start
}
