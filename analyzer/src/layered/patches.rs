//! What merging says of the patches: what Talos refuses, and what it does without a word.

use super::ReadSource;
use crate::analysis::Wanted;
use crate::config::{Origin, Refusal, RefusalKind, Remark, RemarkKind};
use crate::context::Context;
use crate::finding::{Finding, Related};
use crate::fix::{Remedy, Value};
use crate::rules;
use crate::secrets;
use crate::syntax::{Kind, NodeRef};
use crate::text::Span;

/// What Talos refuses, as findings.
pub(super) fn refused(
    refusals: &[Refusal],
    wanted: &Wanted,
    sources: &[ReadSource<'_, '_>],
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
        let Some(rule) = wanted.rule(name).filter(|_| !is_told) else { continue };
        let kind = sources.get(refusal.origin.source).and_then(|source| source.read.inputs.first());
        let kind = kind.map_or("", |input| input.kind.name());
        let mut finding = rule.finding_at(refusal.origin.span, kind, "", refusal.message.clone());
        if let Some((origin, message)) = &refusal.related {
            finding.related.push(related(*origin, refusal.origin.source, sources, message));
        }
        into.push(finding);
    }
}

/// A place that belongs to a finding in the source `of`.
pub(super) fn related(origin: Origin, of: usize, sources: &[ReadSource<'_, '_>], message: &str) -> Related {
    let other = sources.get(origin.source).filter(|_| origin.source != of);
    match other {
        Some(ReadSource { source, .. }) => Related {
            span: source.position.in_file(origin.span),
            message: message.to_owned(),
            file: Some(source.path.into()),
        },
        None => Related::here(origin.span, message),
    }
}

/// What merging did that a patch may not mean, as a finding. `context` is of the patch.
pub(super) fn remarked(
    remark: &Remark,
    wanted: &Wanted,
    sources: &[ReadSource<'_, '_>],
    context: &Context<'_, '_>,
) -> Option<Finding> {
    let words = words(remark);
    let rule = wanted.rule(words.rule)?;
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
    finding.related = others.map(|(origin, _)| related(*origin, remark.origin.source, sources, words.other)).collect();
    Some(finding.with_remedy(remedy(remark, sources, context)))
}

/// What makes of the patch what it may mean. `context` is of the patch.
fn remedy(remark: &Remark, sources: &[ReadSource<'_, '_>], context: &Context<'_, '_>) -> Option<Remedy> {
    let tree = context.tree;
    match remark.kind {
        RemarkKind::ListAppended => {
            let items = remark.places.iter().map(|place| tree.node_of(place.span)).collect::<Option<Vec<_>>>()?;
            let title = if items.len() == 1 { "Remove the entry" } else { "Remove the entries" };
            let title = format!("{title} that the list has already");
            let list = items.first()?.parent()?;
            let is_set = list.key().is_some_and(|key| SETS.contains(&key.value()));
            let remedy = Remedy::new(is_set, title);
            Some(items.into_iter().fold(remedy, Remedy::remove))
        }
        RemarkKind::NoEffect => {
            let node = tree.node_of(remark.origin.span)?;
            let name = node.key().map_or("this", |key| key.value());
            Some(Remedy::safe(format!("Remove `{name}`")).remove(node))
        }
        RemarkKind::NothingToDelete => {
            let mark = tree.roots().find_map(|root| mark_at(root, remark.origin.span))?;
            let deletion = mark.parent()?;
            let name = deletion.key().map(NodeRef::value);
            let title = name.map_or_else(|| "Remove this item".to_owned(), |name| format!("Remove `{name}`"));
            Some(Remedy::safe(title).remove(deletion))
        }
        RemarkKind::Reset => {
            let mapping = tree.node_of(remark.origin.span).filter(|node| node.kind() == Kind::Mapping)?;
            let fields = remark.others.iter().map(|(origin, _)| kept(*origin, mapping, sources));
            let fields = fields.collect::<Option<Vec<_>>>()?;
            let names: Vec<String> = remark.others.iter().map(|(_, name)| format!("`{name}`")).collect();
            let remedy = Remedy::changing(format!("Write {} here too", names.join(", ")));
            let write = |remedy: Remedy, (path, text): (Vec<String>, String)| {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                remedy.put(mapping, &path, Value::Literal(text))
            };
            Some(fields.into_iter().fold(remedy, write))
        }
    }
}

/// The names of lists in which an entry counts once, however often it stands there.
const SETS: [&str; 5] = ["certSANs", "validSubnets", "advertisedSubnets", "listenSubnets", "allowedRoles"];

/// The `$patch` of a deletion that ranges over `span`.
fn mark_at<'t, 's>(node: NodeRef<'t, 's>, span: Span) -> Option<NodeRef<'t, 's>> {
    let own = node.entries().find(|(key, value)| key.span().to(value.span()) == span).map(|(key, _)| key);
    own.or_else(|| node.children().find_map(|child| mark_at(child, span)))
}

/// The way from `mapping`, which is of the patch, to the field whose key stands at `origin`, and the value that is written
/// there. `None` where that takes more than a line, or is secret: no fix shows what is.
fn kept(origin: Origin, mapping: NodeRef<'_, '_>, sources: &[ReadSource<'_, '_>]) -> Option<(Vec<String>, String)> {
    let read = sources.get(origin.source)?.read;
    let key = read.tree.node_of(origin.span).filter(|key| key.is_key())?;
    let value = key.behind()?;
    let text = value.visible_span().slice(read.text);
    let is_one = value.kind() == Kind::Scalar && value.node().anchor.is_none() && !text.contains('\n');
    let is_secret = secrets::gather(&read.inputs).iter().any(|secret| secret.node == value);
    let (way, outer) = (value.steps(), mapping.steps());
    let path = way.strip_prefix(outer.as_slice())?.iter().map(|step| (*step).to_owned()).collect();
    (is_one && !is_secret && !text.is_empty()).then(|| (path, text.to_owned()))
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
