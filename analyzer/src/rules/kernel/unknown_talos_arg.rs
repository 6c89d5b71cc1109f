//! `kernel/unknown-talos-arg`

use super::super::kernel_argument_remedy;
use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::schema::closest;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "kernel/unknown-talos-arg",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A kernel argument begins with `talos.` and is none that Talos reads.",
    why: "Nothing complains of an argument that nobody reads: a misspelt `talos.` argument is lost in silence, and so is one \
          that another version of Talos had.",
    avoid: Example::new("customization:\n  extraKernelArgs:\n    - talos.dashboard.disable=1\n"),
    follow: Example::new("customization:\n  extraKernelArgs:\n    - talos.dashboard.disabled=1\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.mode == Some(Mode::Container) {
        return;
    }
    for list in &context.kernel_arguments {
        for argument in list.iter().filter(|argument| argument.name.starts_with("talos.")) {
            let known = tables::talos_arguments().iter().find(|known| known.name == argument.name);
            let near = closest(argument.name, tables::talos_arguments().iter().map(|known| known.name));
            let near = near.filter(|_| known.is_none());
            let (severity, message, help) = match known {
                None => {
                    let help = near.map_or("take it out".to_owned(), |near| format!("did you mean `{near}`?"));
                    (rule.severity, format!("no version of Talos reads the argument `{}`", argument.name), help)
                }
                Some(known) if context.is_version_assumed() || known.versions.contains(context.talos()) => continue,
                Some(known) => {
                    let message = format!("Talos {} does not read the argument `{}`", context.talos(), argument.name);
                    (Severity::Info, message, format!("it is read {}: take it out", known.versions.describe()))
                }
            };
            let mut finding = rule.finding_at(argument.span, argument.kind, &*argument.path, message);
            finding.severity = severity;
            finding.help = Some(help);
            let remedy = match near {
                Some(near) => {
                    let meant = argument.text().replacen(argument.name, near, 1);
                    kernel_argument_remedy::write(context, list, argument, &meant)
                }
                None => kernel_argument_remedy::remove(context, list, |other| other.span == argument.span),
            };
            findings.push(finding.with_remedy(remedy));
        }
    }
}
