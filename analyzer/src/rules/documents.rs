//! Documents beside each other, for the rules about them.

use crate::context::Context;
use crate::finding::Related;
use crate::fix::{Remedy, says_same};
use crate::input::InputKind;
use crate::rule::{Findings, Rule};
use crate::settings::Found;
use crate::syntax::NodeRef;
use crate::tables::{self, DocumentType};
use crate::text::Span;
use std::collections::BTreeMap;

/// What tells a document apart from others.
#[derive(Clone, Copy)]
pub(super) struct Identity<'t, 's> {
    pub document: &'static DocumentType,
    /// Empty for documents without a name.
    pub name: &'t str,
    /// The name as it is written, which the loader compares first: null and an alias are by their text.
    written: &'t str,
    pub root: NodeRef<'t, 's>,
}

impl Identity<'_, '_> {
    /// The place to show for the document: its name, its kind, or its first key.
    pub(super) fn place(&self) -> Span {
        let named = self.document.name_field.and_then(|field| self.root.get(field));
        let place = named.or_else(|| self.root.get("kind")).or_else(|| self.root.children().next());
        place.map_or(self.root.span(), NodeRef::visible_span)
    }
}

/// Whether the version has documents of a kind: in others they say nothing.
fn is_in_version(context: &Context<'_, '_>, kind: &str) -> bool {
    tables::document_type(kind).is_some_and(|document| document.variant(context.talos()).is_some())
}

/// The documents of one kind, if the version has that kind.
pub(super) fn in_version<'t, 's>(context: &Context<'t, 's>, kind: &'static str) -> Vec<NodeRef<'t, 's>> {
    context.documents(kind).filter(|_| is_in_version(context, kind)).collect()
}

/// The values at places of documents that the version has.
pub(super) fn find_in_version<'t, 's>(context: &Context<'t, 's>, places: &[(&str, &[&str])]) -> Vec<Found<'t, 's>> {
    // Most places are empty, which is sooner told than what the version has.
    let found = places.iter().map(|(kind, path)| (kind, context.find(kind, path)));
    let counts = |(kind, found): &(&&str, Vec<_>)| !found.is_empty() && is_in_version(context, kind);
    found.filter(counts).flat_map(|(_, found)| found).collect()
}

/// The documents of configuration in a source, in their order.
pub(super) fn identities<'t, 's>(context: &Context<'t, 's>) -> Vec<Identity<'t, 's>> {
    let identity = |input: &crate::input::Input<'t, 's>| {
        // What a patch deletes may be set anew beside it.
        let root = input.root.filter(|root| root.get("$patch").is_none_or(|patch| patch.value() != "delete"))?;
        match input.kind {
            InputKind::MachineConfig { .. } => {
                Some(Identity { document: tables::v1alpha1(), name: "", written: "", root })
            }
            InputKind::Document(document) => {
                // The loader looks at `name` whatever the kind.
                let written = root.entry("name").map_or("", |(_, name)| name.value());
                let name = root.get("name").filter(|name| !name.is_null()).map_or("", NodeRef::value);
                Some(Identity { document, name, written, root })
            }
            _ => None,
        }
    };
    context.inputs.iter().filter_map(identity).collect()
}

/// Whether the source is a patch: it holds a part of the machine configuration that does not say its `version`.
pub(super) fn is_patch(context: &Context<'_, '_>) -> bool {
    let is_partial = |kind| matches!(kind, InputKind::MachineConfig { whole: false });
    let says_version = |root: NodeRef<'_, '_>| root.get("version").is_some();
    context.inputs.iter().any(|input| is_partial(input.kind) && !input.root.is_some_and(says_version))
}

/// Reports documents that stand twice.
pub(super) fn duplicates(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    // The first of each name, by its place in the text.
    let (mut by_name, mut as_written) = (BTreeMap::new(), BTreeMap::new());
    for (number, identity) in identities(context).into_iter().enumerate() {
        let kind = identity.document.kind;
        let known = [by_name.get(&(kind, identity.name)), as_written.get(&(kind, identity.written))];
        let Some((_, first)) = known.into_iter().flatten().min_by_key(|(number, _)| *number).copied() else {
            by_name.insert((kind, identity.name), (number, identity));
            as_written.insert((kind, identity.written), (number, identity));
            continue;
        };
        if context.tree.has_gap_between(first.root.span(), identity.root.span()) {
            continue;
        }
        let what = match (identity.document.kind, identity.name) {
            (tables::V1ALPHA1, _) => "the machine configuration".to_owned(),
            (kind, "") => format!("the {kind}"),
            (kind, name) => format!("the {kind} `{name}`"),
        };
        let message = format!("{what} stands twice in this file; Talos refuses it");
        let mut finding = rule.finding_at(identity.place(), identity.document.kind, "", message);
        finding.help = Some("merge the two documents into one".to_owned());
        finding.related.push(Related::here(first.place(), "the first one is here"));
        let is_same = says_same(first.root, identity.root);
        let remedy = is_same.then(|| Remedy::safe("Remove this document, which says the same").remove(identity.root));
        findings.push(finding.with_remedy(remedy));
    }
}
