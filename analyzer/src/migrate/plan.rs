//! Which rows of the table hold for a source, and what they move.

use super::document::{Document, Piece};
use super::form;
use super::value::{self, Reason};
use super::{Kept, Moved};
use crate::edit::{Extent, Layout};
use crate::input::{Input, InputKind, is_unknown};
use crate::syntax::{Kind, NodeId, NodeRef, Resolved, Style, resolve};
use crate::tables::{self, Condition, Constant, Migration, MovedField, Transform};
use crate::text::Span;
use crate::version::TalosVersion;
use std::collections::HashSet;

/// A source, and what it is to be written for.
pub(super) struct Source<'l, 't, 's> {
    pub layout: &'l Layout<'t, 's>,
    pub inputs: &'l [Input<'t, 's>],
    /// The machine configuration.
    pub root: NodeRef<'t, 's>,
    /// Whether it is a whole one; else it is a patch.
    pub is_whole: bool,
    pub target: TalosVersion,
}

impl<'t> Source<'_, 't, '_> {
    fn machine_type(&self) -> Option<&'t str> {
        self.root.at(&["machine", "type"]).filter(|node| !is_unknown(*node)).map(NodeRef::value)
    }

    fn is_control_plane(&self) -> bool {
        matches!(self.machine_type(), Some("controlplane" | "init"))
    }
}

/// A document that can be written, by one row.
pub(super) struct Plan<'t, 's> {
    pub row: &'static Migration,
    /// The name of the document, as it is written.
    pub name: Option<String>,
    /// What goes from the machine configuration.
    pub removed: Vec<NodeRef<'t, 's>>,
    /// What is written, with its source; nothing for what the source does not say.
    parts: Vec<Part<'t, 's>>,
    constants: Vec<&'static Constant>,
    /// The nodes that are spoken for.
    covered: HashSet<NodeId>,
    /// The member that the document is made of; else the root.
    base: NodeRef<'t, 's>,
    /// What to show when it comes to nothing.
    shown: NodeRef<'t, 's>,
}

struct Part<'t, 's> {
    to: Vec<&'static str>,
    /// The last key, as it is written.
    key: String,
    piece: Piece,
    from: Option<NodeRef<'t, 's>>,
    is_copied: bool,
}

impl<'t, 's> Plan<'t, 's> {
    /// What moves, for those who read of it.
    pub(super) fn moved(&self) -> Vec<Moved> {
        let removed = self.removed.iter();
        removed.map(|node| Moved { path: node.path(), span: key_span(*node), document: self.row.document }).collect()
    }

    /// The bytes of the pieces that are moved with their comments.
    pub(super) fn pieces(&self, layout: &Layout<'t, 's>) -> Vec<Span> {
        let moved = self.parts.iter().filter(|part| !part.is_copied).filter_map(|part| part.from);
        moved.filter_map(|node| layout.extent(node)).map(Extent::whole).collect()
    }

    /// Writes what it moves into `document`.
    pub(super) fn write(&self, document: &mut Document, source: &Source<'_, 't, 's>) {
        let is_new = existing(source.inputs, document.kind, document.name.as_deref()).is_none();
        for part in &self.parts {
            document.put(&part.to, &part.key, part.piece.clone());
        }
        for constant in self.constants.iter().filter(|constant| is_new || !constant.new) {
            let Some(key) = constant.to.last() else { continue };
            document.put(constant.to, key, Piece::value(constant.value));
        }
    }
}

/// Why a row moves nothing, and where.
struct Refusal<'t, 's> {
    node: NodeRef<'t, 's>,
    because: Reason,
    /// Whether there is nothing to move, so that no other row waits for it.
    is_idle: bool,
}

/// What rows hold, and what stays.
pub(super) fn plan<'t, 's>(source: &Source<'_, 't, 's>) -> (Vec<Plan<'t, 's>>, Vec<Kept>) {
    let mut plans: Vec<Vec<Plan<'t, 's>>> = Vec::new();
    let mut refused: Vec<(&'static Migration, Refusal<'t, 's>)> = Vec::new();
    let rows = tables::migrations().iter().filter(|row| row.holds_in(source.target));
    for row in rows {
        match of_row(source, row) {
            Ok(list) if list.is_empty() => {}
            Ok(list) => plans.push(list),
            Err(refusal) => refused.push((row, refusal)),
        }
    }
    // What a row needs of another may fall with it.
    loop {
        let covered: HashSet<NodeId> = plans.iter().flatten().flat_map(|plan| plan.covered.iter().copied()).collect();
        let failed = plans.iter().enumerate().find_map(|(index, list)| {
            let refusal = list.iter().find_map(|plan| {
                let partner = plan
                    .row
                    .with
                    .iter()
                    .find(|kind| refused.iter().any(|(row, refusal)| row.document == **kind && !refusal.is_idle));
                if let Some(partner) = partner {
                    let because = format!("it goes together with the fields of a {partner}, which stay");
                    return Some(Refusal { node: plan.shown, because, is_idle: false });
                }
                let left = scopes(plan).find_map(|scope| leftover(scope, &covered))?;
                let because = format!("`{}` has no place in it", left.path());
                Some(Refusal { node: plan.shown, because, is_idle: false })
            });
            refusal.map(|refusal| (index, refusal))
        });
        let Some((index, refusal)) = failed else { break };
        let list = plans.remove(index);
        if let Some(plan) = list.first() {
            refused.push((plan.row, refusal));
        }
    }
    let kept = refused.into_iter().map(|(row, refusal)| Kept {
        path: refusal.node.path(),
        span: key_span(refusal.node),
        document: row.document,
        because: refusal.because,
    });
    let mut kept: Vec<Kept> = kept.collect();
    kept.sort_by_key(|kept| kept.span);
    (plans.into_iter().flatten().collect(), kept)
}

/// The sections that must be moved whole.
fn scopes<'p, 't, 's>(plan: &'p Plan<'t, 's>) -> impl Iterator<Item = NodeRef<'t, 's>> + 'p {
    let own = plan.row.scope.iter().filter_map(|path| place(plan.base, path));
    let member = (plan.row.each.is_some() && plan.row.scope.is_empty()).then_some(plan.base);
    own.chain(member)
}

/// Something in a section that no row speaks for.
fn leftover<'t, 's>(node: NodeRef<'t, 's>, covered: &HashSet<NodeId>) -> Option<NodeRef<'t, 's>> {
    if covered.contains(&node.id()) || node.is_null() {
        return None;
    }
    if node.kind() != Kind::Mapping {
        return Some(node);
    }
    node.entries().find_map(|(_, value)| leftover(value, covered))
}

/// The plans of a row: one, or one for each member; none when there is nothing for it.
fn of_row<'t, 's>(source: &Source<'_, 't, 's>, row: &'static Migration) -> Result<Vec<Plan<'t, 's>>, Refusal<'t, 's>> {
    let Some(each) = row.each else {
        return Ok(of_base(source, row, source.root)?.into_iter().collect());
    };
    let Some(collection) = place(source.root, each) else { return Ok(Vec::new()) };
    let members: Vec<NodeRef<'t, 's>> =
        collection.entries().map(|(_, value)| value).chain(collection.items()).collect();
    let mut plans: Vec<Plan<'t, 's>> = Vec::new();
    for member in members {
        let Some(plan) = of_base(source, row, member)? else { continue };
        if plans.iter().any(|other| name_value(other) == name_value(&plan)) {
            let because = "two documents would have one name".to_owned();
            return Err(Refusal { node: plan.shown, because, is_idle: false });
        }
        plans.push(plan);
    }
    Ok(plans)
}

/// The name without quotes.
fn name_value(plan: &Plan<'_, '_>) -> Option<String> {
    plan.name.as_deref().map(bare)
}

fn bare(name: &str) -> String {
    name.trim_matches(['"', '\'']).to_owned()
}

fn of_base<'t, 's>(
    source: &Source<'_, 't, 's>,
    row: &'static Migration,
    base: NodeRef<'t, 's>,
) -> Result<Option<Plan<'t, 's>>, Refusal<'t, 's>> {
    let found = |field: &&MovedField| (!field.from.is_empty()).then(|| place(base, field.from)).flatten();
    let first = row.fields.iter().filter(|field| !field.copied).find_map(|field| found(&field));
    let whole_member = row.each.is_some() && row.trigger.is_none();
    let trigger = row.trigger.and_then(|path| place(base, path)).filter(|node| !node.is_null());
    let Some(shown) = trigger.or(first).or(whole_member.then_some(base)) else { return Ok(None) };
    let Some(variant) = tables::document_type(row.document).and_then(|document| document.variant(source.target)) else {
        return Ok(None);
    };
    if let Some(condition) = row.when.iter().find(|condition| holds(condition, base) != Some(true)) {
        if condition.because.is_empty() {
            return Ok(None);
        }
        let node = place(base, condition.path).unwrap_or(shown);
        return Err(Refusal { node, because: condition.because.to_owned(), is_idle: true });
    }
    let refuse = |node: NodeRef<'t, 's>, because: Reason| Err(Refusal { node, because, is_idle: false });
    if let Some(stays) = row.stays {
        return refuse(shown, stays.to_owned());
    }
    if !source.is_whole && !row.in_patches {
        return refuse(
            shown,
            "in a patch it is not known what it is laid over, and beside the document in a base Talos refuses it"
                .to_owned(),
        );
    }
    if variant.controlplane_only && !source.is_control_plane() {
        let because = "only machines of the control plane have such a document".to_owned();
        return first.map_or(Ok(None), |node| Err(Refusal { node, because, is_idle: false }));
    }
    for condition in row.needs {
        let node = || place(base, condition.path).unwrap_or(shown);
        match holds(condition, base) {
            Some(true) => {}
            Some(false) => return refuse(node(), condition.because.to_owned()),
            None => return refuse(node(), "its value is only known later".to_owned()),
        }
    }
    let parts = parts(source, row, base, shown)?;
    let mut name = row.name.map(str::to_owned);
    let mut written = Vec::new();
    for part in parts {
        if part.to == ["name"] {
            let written = part.from.map(|node| node.span().slice(source.layout.text));
            name = Some(written.unwrap_or(part.piece.text.trim_start_matches([':', ' '])).to_owned());
        }
        written.push(part);
    }
    let mut covered: HashSet<NodeId> = written.iter().filter_map(|part| part.from).map(NodeRef::id).collect();
    covered.extend(row.dropped.iter().filter_map(|path| place(base, path)).map(NodeRef::id));
    let removed = removed(row, base, &written);
    for node in removed.iter().copied().chain(written.iter().filter_map(|part| part.from)) {
        if is_referred(node) {
            return refuse(node, "it has an anchor or an alias, which does not reach another document".to_owned());
        }
    }
    let constants = constants(source, row, base);
    // The name is written by itself, with the comments of its own above.
    let is_name = |part: &Part<'t, 's>| part.to == ["name"] && row.name.is_none();
    let mut plan = Plan { row, name, removed, parts: written, constants, covered, base, shown };
    if let Some(root) = existing(source.inputs, row.document, plan.name.as_deref()) {
        let taken = |key: &str| root.entry(key).is_some();
        let keys = plan.parts.iter().map(|part| &part.to).filter_map(|to| to.first().copied());
        let keys = keys.chain(
            plan.constants.iter().filter(|constant| !constant.new).filter_map(|constant| constant.to.first().copied()),
        );
        let taken = keys.filter(|key| *key != "name").find(|key| taken(key));
        if row.each.is_some() || root.node().style == Style::Flow {
            return refuse(shown, format!("there is such a {} already", row.document));
        }
        if let Some(key) = taken {
            return refuse(shown, format!("there is a {} with `{key}` already", row.document));
        }
    }
    plan.parts.retain(|part| !is_name(part));
    Ok(Some(plan))
}

/// What is written of the fields of a row.
fn parts<'t, 's>(
    source: &Source<'_, 't, 's>,
    row: &'static Migration,
    base: NodeRef<'t, 's>,
    shown: NodeRef<'t, 's>,
) -> Result<Vec<Part<'t, 's>>, Refusal<'t, 's>> {
    let mut parts = Vec::new();
    for field in row.fields {
        let Some(key) = field.to.last() else { continue };
        let node = if field.from.is_empty() { Some(base) } else { place(base, field.from) };
        let Some(node) = node else {
            if field.required {
                let because = format!("a {} must have `{}`, which is not set here", row.document, field.to.join("."));
                return Err(Refusal { node: shown, because, is_idle: false });
            }
            if let Some(default) = field.default {
                parts.push(Part {
                    to: field.to.to_vec(),
                    key: (*key).to_owned(),
                    piece: Piece::value(default),
                    from: None,
                    is_copied: false,
                });
            }
            continue;
        };
        let refuse = |because: Reason| Refusal { node, because, is_idle: false };
        let is_empty = node.is_null() || node.kind() == Kind::Scalar && node.value().is_empty();
        if is_empty {
            return Err(refuse("it has no value".to_owned()));
        }
        if field.transform == Transform::Entries {
            for (inner_key, inner) in node.entries() {
                let to = field.to.iter().copied().chain([""]).collect();
                let key = inner_key.span().slice(source.layout.text).to_owned();
                let piece = value::piece(source.layout, inner, field.transform, None).map_err(refuse)?;
                parts.push(Part { to, key, piece, from: Some(inner), is_copied: false });
            }
            continue;
        }
        let beside = match field.transform {
            Transform::Items(_, Some(name)) => base.entry(name).map(|(_, value)| (name, value)),
            _ => None,
        };
        let mut piece = value::piece(source.layout, node, field.transform, beside).map_err(refuse)?;
        if field.copied {
            piece = Piece::value(node.span().slice(source.layout.text));
        }
        let from = matches!(field.transform, Transform::Key | Transform::PodName).then_some(None);
        let from = from.unwrap_or(Some(node));
        parts.push(Part { to: field.to.to_vec(), key: (*key).to_owned(), piece, from, is_copied: field.copied });
    }
    Ok(parts)
}

/// What goes: whole sections, or each field by itself.
fn removed<'t, 's>(row: &'static Migration, base: NodeRef<'t, 's>, parts: &[Part<'t, 's>]) -> Vec<NodeRef<'t, 's>> {
    if row.each.is_some() && row.scope.is_empty() {
        return vec![base];
    }
    let sections: Vec<NodeRef<'t, 's>> = row.scope.iter().filter_map(|path| place(base, path)).collect();
    let dropped = row.dropped.iter().filter_map(|path| place(base, path));
    // A mapping whose entries are moved one by one goes even if it has none.
    let mappings = row.fields.iter().filter(|field| field.transform == Transform::Entries);
    let mappings = mappings.filter_map(|field| place(base, field.from));
    let fields =
        parts.iter().filter(|part| !part.is_copied).filter_map(|part| part.from).chain(dropped).chain(mappings);
    // A section goes as a whole, when nothing of it is left by other rows.
    let fields = fields.filter(|node| !sections.iter().any(|section| is_inside(*node, *section)));
    let mut all: Vec<NodeRef<'t, 's>> = fields.chain(sections.iter().copied()).collect();
    all.sort_by_key(|node| node.id());
    all.dedup();
    all
}

fn is_inside(node: NodeRef<'_, '_>, outer: NodeRef<'_, '_>) -> bool {
    let mut at = Some(node);
    while let Some(inner) = at {
        if inner == outer {
            return true;
        }
        at = inner.parent();
    }
    false
}

fn constants<'t, 's>(
    source: &Source<'_, 't, 's>,
    row: &'static Migration,
    base: NodeRef<'t, 's>,
) -> Vec<&'static Constant> {
    let is_wanted = |constant: &&Constant| {
        let role = constant.on.is_none_or(|role| (role == "controlplane") == source.is_control_plane());
        let is_true = |path: &[&str]| place(base, path).is_some_and(|node| resolve(node) == Resolved::Bool(true));
        role && constant.since <= source.target.minor() && !constant.unless.is_some_and(is_true)
    };
    row.constants.iter().filter(is_wanted).collect()
}

/// Whether a condition holds; `None` when its value is only known later.
fn holds(condition: &Condition, base: NodeRef<'_, '_>) -> Option<bool> {
    let found = place(base, condition.path).filter(|node| !node.is_null());
    if let Some(other) = condition.as_many_as {
        // What is not there has one, the default.
        let number = |node: Option<NodeRef<'_, '_>>| node.map_or(1, |node| node.items().count());
        return Some(number(found) == number(place(base, other)));
    }
    let Some(node) = found else { return Some(condition.absent) };
    if is_unknown(node) {
        return None;
    }
    let text = match resolve(node) {
        Resolved::Bool(value) => value.to_string(),
        _ => node.value().to_owned(),
    };
    match (condition.is, condition.form) {
        (Some(wanted), _) => Some(text == wanted),
        (None, Some(form)) => form::is_of(node, form),
        (None, None) => Some(false),
    }
}

/// The value at `path`. An alias on the way is where it ends.
fn place<'t, 's>(base: NodeRef<'t, 's>, path: &[&str]) -> Option<NodeRef<'t, 's>> {
    let mut node = base;
    for step in path {
        if node.kind() == Kind::Alias {
            return Some(node);
        }
        node = node.entry(step)?.1;
    }
    Some(node)
}

/// Whether something in `node` has an anchor or is an alias.
fn is_referred(node: NodeRef<'_, '_>) -> bool {
    let has_anchor = |node: NodeRef<'_, '_>| node.node().anchor.is_some() || node.kind() == Kind::Alias;
    has_anchor(node) || node.key().is_some_and(has_anchor) || node.children().any(is_referred)
}

/// The document of a kind and a name that the source has already.
pub(super) fn existing<'t, 's>(inputs: &[Input<'t, 's>], kind: &str, name: Option<&str>) -> Option<NodeRef<'t, 's>> {
    let of_kind =
        inputs.iter().filter(|input| matches!(input.kind, InputKind::Document(document) if document.kind == kind));
    let wanted = name.map(bare).unwrap_or_default();
    of_kind.filter_map(|input| input.root).find(|root| {
        let field = tables::document_type(kind).and_then(|document| document.name_field);
        field.and_then(|field| root.get(field)).map_or("", NodeRef::value) == wanted
    })
}

/// The bytes of the key of a node, or of the item.
fn key_span(node: NodeRef<'_, '_>) -> Span {
    node.key().map_or(node.visible_span(), NodeRef::span)
}
