//! `schema/unused-field`

use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::fix::Remedy;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "schema/unused-field",
    severity: Severity::Info,
    profile: Profile::Hardened,
    summary: "A field that Talos accepts and nobody reads.",
    why: "Talos keeps some fields so that configurations of old still load, and no longer looks at them. Who reads the \
          configuration takes them for something that is set.",
    avoid: Example::talos(12, "machine:\n  features:\n    rbac: true\n"),
    follow: Example::talos(12, "machine:\n  features:\n    diskQuotaSupport: true\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let version = context.talos();
    for field in tables::unused_fields().iter().filter(|field| field.versions.contains(version)) {
        for found in context.find(tables::V1ALPHA1, field.path) {
            let name = field.path.last().copied().unwrap_or("");
            let message = format!("nobody reads `{name}` in Talos {version}: {}", field.because);
            // The field is at fault, not its value; the value of an operation of a JSON patch has no key of its own.
            let key = found.node.key().filter(|key| key.value() == name).map(NodeRef::span);
            let finding = match key {
                Some(span) => rule.finding_at(span, found.kind, found.node.path(), message),
                None => rule.finding(context, found.node, message),
            };
            let remedy = Remedy::safe(format!("Remove `{name}`, which nobody reads")).remove(found.node);
            findings.push(Finding { help: Some("take it out".to_owned()), ..finding }.with_remedy(remedy));
        }
    }
}
