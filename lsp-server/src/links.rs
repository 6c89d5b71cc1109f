//! What leads elsewhere: files that are named, and rules in comments.

use crate::analysis::{View, view};
use crate::diagnostics;
use crate::lines::Lines;
use crate::server::Asked;
use talint_analyzer::rules;
use talint_analyzer::syntax::NodeRef;
use talint_analyzer::text::Span;
use tower_lsp::ls_types::{DocumentLink, Uri};

/// The links of a document.
pub(crate) fn links(asked: &Asked<'_>) -> Vec<DocumentLink> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let find = |view: &View<'_>| {
        let mut found = Vec::new();
        let mut add = |span: Span, target: Option<Uri>, tooltip: &str| {
            let tooltip = Some(tooltip.to_owned()).filter(|tooltip| !tooltip.is_empty());
            found.extend(target.map(|target| DocumentLink {
                range: lines.range(span),
                target: Some(target),
                tooltip,
                data: None,
            }));
        };
        for comment in view.tree.comments.iter().filter(|comment| comment.span.slice(view.text).contains("talint:")) {
            for (span, rule) in
                words(comment.span, view.text).filter_map(|(span, word)| Some((span, rules::by_name(word)?)))
            {
                add(span, diagnostics::page(rule.name), rule.summary);
            }
        }
        for scalar in view.tree.roots().flat_map(NodeRef::scalars) {
            if let Some(path) =
                named_file(scalar).map(|path| asked.found.folder.join(path)).filter(|path| path.is_file())
            {
                add(scalar.span(), Uri::from_file_path(path), "");
            }
        }
        found.sort_by_key(|link| (link.range.start.line, link.range.start.character));
        found
    };
    view(asked.document, &asked.document.text, &asked.snapshot.settings, find)
}

/// The words of a comment that may be the names of rules.
fn words(within: Span, text: &str) -> impl Iterator<Item = (Span, &str)> {
    let content = within.slice(text);
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '/' | '-');
    content.split(move |c| !is_word(c)).filter(|word| word.contains('/')).map(move |word| {
        let start = within.start as usize + (word.as_ptr() as usize - content.as_ptr() as usize);
        (Span::new(start, start + word.len()), word)
    })
}

/// The path that a value names as talhelper, Omni and project files do: `@./patch.yaml`, `patches/all.yaml`.
fn named_file<'t>(scalar: NodeRef<'t, 't>) -> Option<&'t str> {
    let value = scalar.value();
    let path = value.strip_prefix('@').unwrap_or(value);
    let is_path = !path.contains(['\n', '*', '{', ' '])
        && [".yaml", ".yml", ".json", ".patch"].iter().any(|end| path.ends_with(end));
    is_path.then_some(path)
}
