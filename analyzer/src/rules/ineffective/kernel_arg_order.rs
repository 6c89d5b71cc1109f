//! `ineffective/kernel-arg-order`

use crate::context::Context;
use crate::finding::{Finding, Profile, Related, Severity};
use crate::fix::Remedy;
use crate::rule::{Example, Findings, Rule};
use crate::settings::KernelArguments;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "ineffective/kernel-arg-order",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A kernel argument that cannot win, for another stands before or behind it.",
    why: "Talos reads the first value of its own arguments, where the kernel mostly obeys the last: a value that is added \
          behind another is never seen. And a name with a `-` takes away all that stands before it, so to replace a default \
          the `-` stands first.",
    avoid: Example::new("customization:\n  extraKernelArgs:\n    - console=ttyS1\n    - -console\n"),
    follow: Example::new("customization:\n  extraKernelArgs:\n    - -console\n    - console=ttyS1\n"),
    references: &[],
    check,
};

/// Other arguments of which Talos reads the first value, and the kernel none.
const OTHERS: [&str; 4] = ["bond", "em.events_url", "siderolink.api", "vlan"];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for list in &context.kernel_arguments {
        // What a patch takes away is meant to be taken away.
        if !context.is_merged {
            taken_away(rule, list, findings);
        }
        let of_talos = tables::talos_arguments().iter().filter(|argument| argument.reads_first);
        for name in of_talos.map(|argument| argument.name).chain(OTHERS) {
            behind_the_first(rule, context, list, name, findings);
        }
    }
}

/// Arguments that the same list takes away again.
fn taken_away(rule: &Rule, list: &KernelArguments<'_>, findings: &mut Findings) {
    for argument in list.iter().filter(|argument| !argument.removes && !list.is_kept(argument)) {
        let Some(removal) = list.removal(argument.name) else { continue };
        let name = argument.name;
        let message = format!("this `{name}` has no effect, for `-{name}` behind it takes it away again");
        let help = format!("expected is `-{name}` first, and then the argument, or neither");
        findings.push(Finding {
            help: Some(help),
            related: vec![Related::here(removal.span, "taken away here")],
            ..rule.finding_at(argument.span, argument.kind, &*argument.path, message)
        });
    }
}

/// Further values of an argument of which Talos reads the first.
fn behind_the_first(
    rule: &Rule,
    context: &Context<'_, '_>,
    list: &KernelArguments<'_>,
    name: &str,
    findings: &mut Findings,
) {
    if list.is_unknown(name) {
        return;
    }
    let mut values = list.for_talos(name);
    let Some((first, winning)) = values.next() else { return };
    for (later, _) in values.filter(|(_, value)| *value != winning) {
        let Some(argument) = &later.written else { continue };
        // What the values are may be a secret.
        let message = format!("this value of `{name}` has no effect, for Talos reads the first one");
        let before = first.written.as_ref().map(|first| Related::here(first.span, "the first value"));
        let item = context.tree.node_of(argument.span).filter(|node| node.parent().is_some() && node.key().is_none());
        // Who looks at the command line sees the difference, and the image of a schematic is another one.
        let remedy = item.map(|item| Remedy::changing("Remove this value, which is not read").remove(item));
        let finding = Finding {
            help: Some(format!("expected is one value of `{name}`: take the other out")),
            related: before.into_iter().collect(),
            ..rule.finding_at(argument.span, argument.kind, &*argument.path, message)
        };
        findings.push(finding.with_remedy(remedy));
    }
}
