//! What merging says of the patches: what Talos refuses, and what it does without a word.

use super::Source;
use crate::analysis::Read;
use crate::config::{Origin, Refusal, RefusalKind, Remark, RemarkKind};
use crate::context::Context;
use crate::finding::{Finding, Related};
use crate::rule::Rule;
use crate::rules;

/// What Talos refuses, as findings.
pub(super) fn refused(
    refusals: &[Refusal],
    wanted: &[&'static Rule],
    sources: &[Source<'_>],
    reads: &[Read<'_, '_>],
    found: &mut [Vec<Finding>],
) {
    for refusal in refusals {
        let Some(into) = found.get_mut(refusal.origin.source) else { continue };
        let name = match refusal.kind {
            RefusalKind::Empty => "patch/empty",
            RefusalKind::JsonOnSeveralDocuments => "patch/json-on-multi-doc",
            RefusalKind::NotFound => "patch/not-found",
            RefusalKind::DocumentTwice => "patch/document-twice",
            RefusalKind::Merge => "patch/refused",
        };
        // What could not be read, and documents that are there twice, were spoken of.
        let is_told = into.iter().any(|finding| {
            finding.rule == rules::SYNTAX || finding.rule == name && refusal.kind == RefusalKind::DocumentTwice
        });
        let Some(rule) = wanted.iter().find(|rule| rule.name == name).filter(|_| !is_told) else { continue };
        let kind = reads.get(refusal.origin.source).and_then(|read| read.inputs.first());
        let kind = kind.map_or("", |input| input.kind.name());
        let mut finding = rule.finding_at(refusal.origin.span, kind, "", refusal.message.clone());
        if let Some((origin, message)) = &refusal.related {
            finding.related.push(related(*origin, refusal.origin.source, sources, message));
        }
        into.push(finding);
    }
}

/// A place that belongs to a finding in the source `of`.
pub(super) fn related(origin: Origin, of: usize, sources: &[Source<'_>], message: &str) -> Related {
    let other = sources.get(origin.source).filter(|_| origin.source != of);
    match other {
        Some(source) => Related {
            span: source.position.in_file(origin.span),
            message: message.to_owned(),
            file: Some(source.path.into()),
        },
        None => Related::here(origin.span, message),
    }
}

/// What merging did that a patch may not mean, as findings.
pub(super) fn remarked(
    remarks: &[Remark],
    wanted: &[&'static Rule],
    sources: &[Source<'_>],
    contexts: &[Context<'_, '_>],
    found: &mut [Vec<Finding>],
) {
    for remark in remarks {
        let source = remark.origin.source;
        let (Some(into), Some(context)) = (found.get_mut(source), contexts.get(source)) else { continue };
        let words = words(remark);
        let Some(rule) = wanted.iter().find(|rule| rule.name == words.rule) else { continue };
        // What a deletion is about has no node of its own.
        let node = context.tree.node_of(remark.origin.span).filter(|_| remark.kind != RemarkKind::NothingToDelete);
        let mut finding = match node {
            Some(node) => rule.finding(context, node, words.message),
            None => rule.finding_at(remark.origin.span, context.kind_at(remark.origin.span), "", words.message),
        };
        if let Some(root) = node.filter(|node| node.parent().is_none()) {
            finding.span = context.nearest(root, &[]);
        }
        finding.help = Some(words.help);
        let others = remark.others.iter();
        finding.related = others.map(|(origin, _)| related(*origin, source, sources, words.other)).collect();
        into.push(finding);
    }
}

/// How a remark is told.
struct Words {
    rule: &'static str,
    message: String,
    help: String,
    other: &'static str,
}

fn words(remark: &Remark) -> Words {
    match remark.kind {
        RemarkKind::ListAppended => {
            let twice = match remark.others.len() {
                1 => "this entry".to_owned(),
                count => format!("this and {} more entries", count - 1),
            };
            Words {
                rule: "patch/list-appends",
                message: format!("the list of a patch is added to the one that is there, which then holds {twice} twice"),
                help: "expected is only what is to be added; to put a list in the place of another, delete that in a patch \
                       before: `$patch: delete`"
                    .to_owned(),
                other: "it is in the list already",
            }
        }
        RemarkKind::Reset => {
            let fields: Vec<String> = remark.others.iter().map(|(_, field)| format!("`{field}`")).collect();
            let fields = fields.join(", ");
            Words {
                rule: "patch/resets-omitted",
                message: format!(
                    "merging this clears {fields}, which it leaves out: Talos takes such fields from the patch"
                ),
                help: format!("expected is {fields} here too, with the value that is to stay"),
                other: "it is set here, and gone afterwards",
            }
        }
        RemarkKind::NoEffect => Words {
            rule: "patch/no-effect",
            message: "this changes nothing: to Talos it is a value that is not set, and what is set stays".to_owned(),
            help: "expected is another value, or `$patch: delete` to take out what is set".to_owned(),
            other: "this stays",
        },
        RemarkKind::NothingToDelete => Words {
            rule: "patch/no-effect",
            message: "there is nothing here to delete, and Talos passes over it".to_owned(),
            help: "expected is the name of something that is there, or nothing: take it out".to_owned(),
            other: "",
        },
    }
}
