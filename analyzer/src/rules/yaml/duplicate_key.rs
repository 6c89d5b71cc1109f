//! `yaml/duplicate-key`

use crate::context::Context;
use crate::finding::{Profile, Related, Severity};
use crate::fix::{Remedy, says_same};
use crate::rule::{Example, Findings, Rule};
use crate::syntax::{Kind, NodeRef};
use std::collections::HashMap;

pub(crate) const RULE: Rule = Rule {
    name: "yaml/duplicate-key",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A mapping has the same key twice.",
    why: "Talos refuses a mapping with the same key twice. Other readers of YAML take the last one in silence, so what was \
          meant cannot be told.",
    avoid: Example::new("machine:\n  sysctls:\n    net.core.somaxconn: \"1024\"\n    net.core.somaxconn: \"2048\"\n"),
    follow: Example::new("machine:\n  sysctls:\n    net.core.somaxconn: \"2048\"\n"),
    references: &[],
    check,
};

/// Mappings up to this size are compared pair by pair; larger ones through a table.
const SMALL: usize = 12;

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for input in context.inputs.iter().filter(|input| input.kind.is_ours()) {
        if let Some(root) = input.root {
            walk(root, rule, context, findings);
        }
    }
}

fn walk<'t>(node: NodeRef<'t, '_>, rule: &Rule, context: &Context<'t, '_>, findings: &mut Findings) {
    if node.kind() == Kind::Mapping {
        mapping(node, rule, context, findings);
    }
    for child in node.children().filter(|child| matches!(child.kind(), Kind::Mapping | Kind::Sequence)) {
        walk(child, rule, context, findings);
    }
}

fn mapping<'t>(node: NodeRef<'t, '_>, rule: &Rule, context: &Context<'t, '_>, findings: &mut Findings) {
    let mut seen: Vec<NodeRef<'_, '_>> = Vec::new();
    let mut table: HashMap<&str, NodeRef<'_, '_>> = HashMap::new();
    for (key, _) in node.entries().filter(|(key, _)| key.kind() == Kind::Scalar) {
        let name = key.value();
        let first = if seen.len() < SMALL {
            let first = seen.iter().find(|first| first.value() == name).copied();
            seen.push(key);
            first
        } else {
            if table.is_empty() {
                table.extend(seen.iter().rev().map(|key| (key.value(), *key)));
            }
            let first = table.get(name).copied();
            table.entry(name).or_insert(key);
            first
        };
        let Some(first) = first.filter(|first| !context.tree.has_gap_between(first.span(), key.span())) else { continue };
        let message = format!("the key `{name}` stands twice in this mapping; Talos refuses the file");
        let mut finding = rule.finding_at(key.span(), context.kind_of(key), key.path(), message);
        finding.help = Some("keep one of the two".to_owned());
        finding.related.push(Related::here(first.span(), "the first one is here"));
        findings.push(finding.with_remedy(without_second(first, key)));
    }
}

/// The mapping without the second of two entries that say the same.
fn without_second(first: NodeRef<'_, '_>, second: NodeRef<'_, '_>) -> Option<Remedy> {
    let (first, second) = (first.behind()?, second.behind()?);
    says_same(first, second).then(|| Remedy::safe("Remove the second one, which says the same").remove(second))
}
