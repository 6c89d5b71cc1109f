//! `talos/conflicting-documents`

use super::super::documents;
use crate::context::Context;
use crate::finding::{Profile, Related, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use std::collections::BTreeMap;

pub(crate) const RULE: Rule = Rule {
    name: "talos/conflicting-documents",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "Two documents that cannot stand beside each other configure the same thing.",
    why: "A network link, a volume or an address has one configuration. Talos refuses two documents of different kinds that \
          claim the same one.",
    avoid: Example::new(
        "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\n---\napiVersion: v1alpha1\nkind: DummyLinkConfig\nname: eth0\n",
    ),
    follow: Example::new(
        "apiVersion: v1alpha1\nkind: LinkConfig\nname: eth0\n---\napiVersion: v1alpha1\nkind: DummyLinkConfig\nname: dummy0\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    // Those of each name, with the kinds that they cannot stand beside.
    let mut seen: BTreeMap<&str, Vec<(documents::Identity<'_, '_>, &'static [&'static str])>> = BTreeMap::new();
    let mut links: Vec<(&str, documents::Identity<'_, '_>)> = Vec::new();
    for identity in documents::identities(context) {
        let Some(variant) = identity.document.variant(context.talos()) else { continue };
        let conflict = seen.get(identity.name).into_iter().flatten().find(|(other, conflicts)| {
            conflicts.contains(&identity.document.kind) || variant.conflicts_with.contains(&other.document.kind)
        });
        let mut first = conflict.map(|(other, _)| *other);
        for path in variant.claims_link {
            let path: Vec<&str> = path.split('.').collect();
            // A document that names no link claims the one without a name.
            let link = identity.root.at(&path).filter(|link| !link.is_null()).map_or("", NodeRef::value);
            first = first.or(links.iter().find(|(other, _)| *other == link).map(|(_, owner)| *owner));
            links.push((link, identity));
        }
        if let Some(first) = first.filter(|first| !context.tree.has_gap_between(first.root.span(), identity.root.span())) {
            let (kind, name) = (identity.document.kind, identity.name);
            let message = if first.root.id() == identity.root.id() {
                format!("both ends of the {kind} `{name}` have the same name; Talos refuses that")
            } else {
                let other = first.document.kind;
                format!("the {kind} `{name}` and the {other} before it configure the same thing; Talos refuses the two together")
            };
            let mut finding = rule.finding_at(identity.place(), identity.document.kind, "", message);
            finding.help = Some("keep one of the two, or give them different names".to_owned());
            finding.related.push(Related::here(first.place(), "the first one is here"));
            findings.push(finding);
        }
        seen.entry(identity.name).or_default().push((identity, variant.conflicts_with));
    }
}
