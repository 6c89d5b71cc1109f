//! Moves fields of the machine configuration to the documents that take their place in a newer version, where Talos gets
//! the same.
//!
//! What moves where is `analyzer/data/migrations.yaml`; `plan` looks which rows hold for a source, `value` and `document`
//! write the new documents. What cannot be moved stays, and is told with the reason.

mod document;
mod form;
mod plan;
mod value;

use crate::directives;
use crate::edit::{Edit, Emptied, Layout, apply, indented};
use crate::input::{self, Form, Input, InputKind};
use crate::schema::{self, IssueKind};
use crate::syntax::{Kind, NodeRef, Style, Tree};
use crate::text::{self, Span};
use crate::version::{MinorVersion, TalosVersion};
use document::Document;
use plan::Plan;

/// What is to be done to a source.
#[derive(Debug, Default)]
pub struct Migration {
    /// The changes to its text; none when there is nothing to move.
    pub edits: Vec<Edit>,
    /// What moves.
    pub moved: Vec<Moved>,
    /// What stays, though a document could take its place.
    pub kept: Vec<Kept>,
    /// Why nothing could be looked at, as a clause.
    pub notice: Option<String>,
    /// How many machine configurations, whole or in part, the source holds.
    pub configurations: usize,
}

/// A field that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The way to it.
    pub path: String,
    /// The bytes of its key.
    pub span: Span,
    /// The kind of the document that it moves to.
    pub document: &'static str,
}

/// A field that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The way to it.
    pub path: String,
    /// The bytes of its key.
    pub span: Span,
    /// The kind of the document that would take its place.
    pub document: &'static str,
    /// Why it stays, as a clause.
    pub because: String,
}

/// Works out how the source `bytes`, called `path`, is written for `target`.
#[must_use]
pub fn migrate(path: &str, bytes: &[u8], target: TalosVersion) -> Migration {
    migrate_part(path, bytes, target, None)
}

/// The same for one field, whose key is at `key`: it moves with what must move with it, and all else stays.
#[must_use]
pub fn migrate_field(path: &str, bytes: &[u8], target: TalosVersion, key: Span) -> Migration {
    migrate_part(path, bytes, target, Some(key))
}

fn migrate_part(path: &str, bytes: &[u8], target: TalosVersion, key: Option<Span>) -> Migration {
    let (text, not_text) = text::decode(bytes);
    let tree = input::parse(&text, path, Form::Detected);
    let inputs = input::recognise(&tree, path, Form::Detected);
    let configurations: Vec<&Input<'_, '_>> =
        inputs.iter().filter(|input| matches!(input.kind, InputKind::MachineConfig { .. })).collect();
    let mut migration = Migration { configurations: configurations.len(), ..Migration::default() };
    let [config] = configurations.as_slice() else {
        let several = "it holds several machine configurations".to_owned();
        migration.notice = (configurations.len() > 1).then_some(several);
        return migration;
    };
    let unreadable = not_text.is_some() || inputs.iter().any(|input| input.broken) || !tree.problems.is_empty();
    let Some(root) = config.root.filter(|_| !unreadable) else {
        migration.notice = Some("it cannot be read in full; `talint check` says why".to_owned());
        return migration;
    };
    migration.notice = obstacle(root);
    if migration.notice.is_some() {
        return migration;
    }
    let layout = Layout::new(&text, &tree);
    let is_whole = matches!(config.kind, InputKind::MachineConfig { whole: true });
    let source = plan::Source { layout: &layout, inputs: &inputs, root, is_whole, target };
    let (mut plans, kept) = plan::plan(&source);
    migration.kept = kept;
    if let Some(key) = key {
        choose(&mut plans, tree.node_of(key));
        if plans.is_empty() {
            return migration;
        }
    }
    let Some(edits) = edits(&source, &plans) else {
        migration.notice = Some("it is written in a way that is not understood".to_owned());
        return migration;
    };
    if let Some(problem) = problem(&text, path, &edits, target) {
        migration.notice = Some(format!("what would come of it is not right for Talos {target}: {problem}"));
        return migration;
    }
    migration.moved = plans.iter().flat_map(Plan::moved).collect();
    migration.edits = edits;
    migration
}

/// Leaves of `plans` those that move the field of `key`, and what goes together with them.
fn choose(plans: &mut Vec<Plan<'_, '_>>, key: Option<NodeRef<'_, '_>>) {
    let entry = |key: NodeRef<'_, '_>| {
        let value = key.behind()?;
        Some(key.span().to(value.span()))
    };
    // The items of a list have no key.
    let field = key.map(|key| entry(key).unwrap_or(key.span()));
    let is_in = |outer: Span, inner: Span| outer.start <= inner.start && inner.end <= outer.end;
    let Some(field) = field else { return plans.clear() };
    let moves = |plan: &&Plan<'_, '_>| {
        let entry = |node: &NodeRef<'_, '_>| node.key().map_or(node.span(), |key| key.span().to(node.span()));
        plan.removed.iter().map(entry).any(|removed| is_in(field, removed) || is_in(removed, field))
    };
    let mut documents: Vec<&str> = Vec::new();
    for plan in plans.iter().filter(moves) {
        documents.push(plan.row.document);
        documents.extend(plan.row.with);
    }
    // What one document takes the place of goes at once, and what needs another with that.
    while let Some(next) = plans.iter().find(|plan| {
        let is_chosen = documents.contains(&plan.row.document);
        is_chosen && plan.row.with.iter().any(|kind| !documents.contains(kind))
    }) {
        documents.extend(next.row.with);
    }
    plans.retain(|plan| documents.contains(&plan.row.document));
}

/// What keeps a configuration from being changed at all.
fn obstacle(root: NodeRef<'_, '_>) -> Option<String> {
    if root.entry("sops").is_some() {
        return Some("it is encrypted by SOPS, which would refuse it changed; decrypt it first".to_owned());
    }
    if root.node().style == Style::Flow {
        return Some("it is written in braces, beside which no document can stand".to_owned());
    }
    if has_key(root, "<<") {
        return Some("it has merge keys, so what a section holds is written elsewhere too".to_owned());
    }
    if has_key(root, "$patch") {
        return Some("it deletes by `$patch`, and what a document replaces is then not known here".to_owned());
    }
    None
}

fn has_key(node: NodeRef<'_, '_>, name: &str) -> bool {
    node.entries().any(|(key, value)| key.kind() == Kind::Scalar && key.value() == name || has_key(value, name))
        || node.items().any(|item| has_key(item, name))
}

/// The changes that `plans` come to.
fn edits(source: &plan::Source<'_, '_, '_>, plans: &[Plan<'_, '_>]) -> Option<Vec<Edit>> {
    if plans.is_empty() {
        return Some(Vec::new());
    }
    let layout = source.layout;
    let removed: Vec<NodeRef<'_, '_>> = plans.iter().flat_map(|plan| plan.removed.iter().copied()).collect();
    let mut edits = layout.remove(&removed, Emptied::Goes)?;
    let mut documents: Vec<Document> = Vec::new();
    // Where the document of each plan is among them.
    let mut places = Vec::new();
    for plan in plans {
        let place =
            documents.iter().position(|document| document.kind == plan.row.document && document.name == plan.name);
        let place = place.unwrap_or_else(|| {
            documents.push(Document::new(plan.row.document, plan.name.clone()));
            documents.len() - 1
        });
        places.push(place);
        if let Some(document) = documents.get_mut(place) {
            plan.write(document, source);
        }
    }
    for (place, comment) in homeless(layout, &edits, plans, &places) {
        if let Some(document) = documents.get_mut(place) {
            document.comments.push(comment);
        }
    }

    let step = layout.step();
    let line_end = layout.line_end();
    let mut written = Vec::new();
    for document in &documents {
        match plan::existing(source.inputs, document.kind, document.name.as_deref()) {
            Some(root) => {
                let last = root.entries().map(|(_, value)| value).last()?;
                let mut lines = document.comments.clone();
                lines.push(document.fields(step));
                let text = indented(&lines.join("\n"), 0, line_end);
                edits.push(Edit::insert(layout.extent(last)?.body.end, format!("{line_end}{text}")));
            }
            None => written.push(document.text(step)),
        }
    }
    let written = written.join("\n---\n");
    let start = source.root.children().next().map(|key| key.span().start);
    let emptied = edits.iter_mut().find(|edit| edit.text == "{}" && Some(edit.span.start) == start);
    match emptied {
        // Nothing is left of the configuration: the documents stand in its place.
        Some(edit) if !written.is_empty() => edit.text = indented(&written, 0, line_end),
        Some(_) => return None,
        None if written.is_empty() => {}
        None => edits.push(layout.append_document(&written)),
    }
    edits.extend(modeline(layout.text, layout.tree, source.target));
    Some(edits)
}

/// The comments that what goes leaves behind, each with the document that its neighbour goes to.
fn homeless(layout: &Layout<'_, '_>, edits: &[Edit], plans: &[Plan<'_, '_>], places: &[usize]) -> Vec<(usize, String)> {
    let mut pieces: Vec<(Span, usize)> = Vec::new();
    let mut others: Vec<(Span, usize)> = Vec::new();
    for (plan, place) in plans.iter().zip(places) {
        pieces.extend(plan.pieces(layout).into_iter().map(|span| (span, *place)));
        let extents = plan.removed.iter().filter_map(|node| layout.extent(*node));
        others.extend(extents.map(|extent| (extent.whole(), *place)));
    }
    pieces.sort_unstable();
    let mut out = Vec::new();
    for edit in edits {
        for comment in layout.comments(edit.span) {
            let span = comment.span;
            if pieces.iter().any(|(piece, _)| piece.start <= span.start && span.end <= piece.end) {
                continue;
            }
            // Its neighbour is looked for in what goes around it, as far as that goes together.
            let around = |part: &&(Span, usize)| part.0.start <= span.start && span.end <= part.0.end;
            let holder = others.iter().filter(around).min_by_key(|(other, _)| other.end - other.start);
            let bounds = holder.map_or(edit.span, |(other, _)| *other);
            let inside = |piece: &&(Span, usize)| bounds.start <= piece.0.start && piece.0.end <= bounds.end;
            let next = pieces.iter().filter(inside).find(|(piece, _)| piece.start >= span.start);
            let near = next.or_else(|| pieces.iter().rfind(|piece| inside(piece) && piece.0.start < span.start));
            let near = near.or(holder);
            let Some((_, place)) = near else { continue };
            out.push((*place, span.slice(layout.text).trim_end().to_owned()));
        }
    }
    out
}

/// The file is one of `target` now: its modeline says so too.
fn modeline(text: &str, tree: &Tree<'_>, target: TalosVersion) -> Option<Edit> {
    let wanted = MinorVersion { major: 1, minor: u16::from(target.minor()) };
    let named = directives::read(text, tree).modeline.talos?;
    if named == wanted {
        return None;
    }
    tree.comments.iter().rev().find_map(|comment| {
        let content = comment.span.slice(text);
        content.trim_start_matches('#').trim_start().strip_prefix("talint:")?;
        let at = content.find(" talos=")? + " talos=".len();
        let length = content.get(at..)?.find(char::is_whitespace).unwrap_or(content.len() - at);
        let start = comment.span.start as usize + at;
        Some(Edit { span: Span::new(start, start + length), text: target.to_string() })
    })
}

/// What the decoder would say of the result, when it says something that it did not say before.
fn problem(text: &str, path: &str, edits: &[Edit], target: TalosVersion) -> Option<String> {
    let Some(after) = apply(text, edits) else { return Some("its changes overlap".to_owned()) };
    let issues = |text: &str| {
        let tree = input::parse(text, path, Form::Detected);
        let unreadable = tree.problems.first().map(|problem| problem.message.clone());
        let inputs = input::recognise(&tree, path, Form::Detected);
        let issues =
            inputs.iter().filter(|input| !input.kind.is_ours()).map(|_| "a document is not Talos's".to_owned());
        let issues = issues.chain(inputs.iter().flat_map(|input| schema::check(input, target)).filter_map(|issue| {
            match issue.kind {
                IssueKind::Deprecated { .. } => None,
                _ => Some(format!("`{}`", issue.node.path())),
            }
        }));
        (unreadable, issues.collect::<Vec<String>>())
    };
    let (unreadable, found) = issues(&after);
    if unreadable.is_some() {
        return unreadable;
    }
    let (_, before) = issues(text);
    if found.len() > before.len() { found.into_iter().find(|issue| !before.contains(issue)) } else { None }
}
