//! `schematic/structure`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix;
use crate::input::InputKind;
use crate::rule::{Example, Findings, Rule};
use crate::schema::{self, IssueKind};
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "schematic/structure",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A schematic has a key, or a value, that the Image Factory does not take.",
    why: "The Image Factory refuses a schematic with a key it does not know or a value of another type. Tools that make a \
          schematic of a file before they send it may drop such a key in silence, and the image then lacks what it says.",
    avoid: Example::new("customization:\n  extraKernelArguments:\n    - console=ttyS0\n  systemExtensions: {}\n"),
    follow: Example::new("customization:\n  extraKernelArgs:\n    - console=ttyS0\n  systemExtensions: {}\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for input in context.inputs.iter().filter(|input| matches!(input.kind, InputKind::Schematic)) {
        let Some(root) = input.root else { continue };
        for issue in schema::check_structure(root, tables::schematic(), input.kind.name(), context.talos()) {
            let name = || match issue.node.key() {
                Some(key) => format!("`{}`", key.value()),
                None => "an item of this list".to_owned(),
            };
            let (message, help, remedy) = match &issue.kind {
                IssueKind::UnknownField { closest, .. } => {
                    let key = issue.node.value();
                    let message = format!("a schematic has no key `{key}` here, and the Image Factory refuses it");
                    let remedy = closest.and_then(|closest| fix::renamed(issue.node, closest));
                    (message, closest.map(|closest| format!("did you mean `{closest}`?")), remedy)
                }
                IssueKind::WrongType { expected, found } => {
                    (format!("{} takes {expected}, not {found}; the Image Factory refuses it", name()), None, None)
                }
                IssueKind::InvalidValue { reason, allowed, closest, secret, .. } => {
                    let message = format!("the value of {} is not one the Image Factory takes: {reason}", name());
                    let allowed = allowed.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
                    let help = match closest {
                        Some(closest) => Some(format!("did you mean `{closest}`?")),
                        None if allowed.is_empty() || *secret => None,
                        None => Some(format!("expected is one of {allowed}")),
                    };
                    (message, help, closest.filter(|_| !*secret).map(|closest| fix::spelt(issue.node, closest)))
                }
                _ => continue,
            };
            let mut finding = rule.finding_at(issue.span, input.kind.name(), issue.node.path(), message);
            finding.help = help;
            findings.push(finding.with_remedy(remedy));
        }
    }
}
