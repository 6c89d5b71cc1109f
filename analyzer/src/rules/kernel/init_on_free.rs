//! `kernel/init-on-free`

use super::super::kernel_argument_remedy;
use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::input::InputKind;
use crate::rule::{Example, Findings, Rule};
use crate::settings::{installer_arguments_count, Effect, KernelArguments, kernel_bool};
use crate::syntax::NodeRef;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "kernel/init-on-free",
    severity: Severity::Info,
    profile: Profile::Default,
    summary: "The kernel argument `init_on_free`, which zeroes memory as it is given back, is not on.",
    why: "Freed memory keeps keys and tokens until it is used again, which a later bug can read. Zeroing it costs some \
          percent of speed, so Talos leaves it off; who can pay for it should switch it on.",
    avoid: Example::new("customization:\n  extraKernelArgs:\n    - init_on_free=0\n"),
    follow: Example::new("customization:\n  extraKernelArgs:\n    - init_on_free=1\n"),
    references: &["KSPP"],
    check,
};

const ABSENT: &str = "`init_on_free` is not on the kernel command line: memory that is given back keeps its content";
const WRITE: &str = "expected is `init_on_free=1`: add it to customization.extraKernelArgs of the Image Factory schematic";
const WRITE_GRUB: &str = ", or, where the machine boots with GRUB, to machine.install.extraKernelArgs";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.mode == Some(Mode::Container) {
        return;
    }
    // A whole machine configuration may have no list of arguments at all.
    let is_configured = |list: &KernelArguments<'_>| [tables::V1ALPHA1, InputKind::JsonPatch.name()].contains(&list.kind);
    if let Some(root) = context.whole().filter(|_| !context.has_schematic)
        && !context.kernel_arguments.iter().any(is_configured)
    {
        absent_from_configuration(rule, context, root, findings);
    }
    for list in &context.kernel_arguments {
        match list.effect("init_on_free") {
            Effect::Value(argument) => {
                let value = argument.value.unwrap_or("");
                if kernel_bool(value) == Some(true) {
                    continue;
                }
                let message = if kernel_bool(value).is_some() {
                    format!("`init_on_free={value}` leaves the old content in memory that is given back")
                } else {
                    "the value of `init_on_free` is not one the kernel takes, so memory that is given back is not zeroed"
                        .to_owned()
                };
                let mut finding = rule.finding_at(argument.span, argument.kind, &*argument.path, message);
                finding.severity = Severity::Warning;
                finding.help = Some("expected is `init_on_free=1`".to_owned());
                let remedy = kernel_argument_remedy::write(context, list, &argument, "init_on_free=1");
                findings.push(finding.with_remedy(remedy));
            }
            Effect::Default if is_configured(list) && context.has_schematic => {}
            Effect::Removed(_) | Effect::Default if !list.is_open => match context.whole() {
                Some(root) if is_configured(list) => absent_from_configuration(rule, context, root, findings),
                _ => absent(rule, context, list, findings),
            },
            Effect::Removed(_) | Effect::Default | Effect::Unknown => {}
        }
    }
}

fn absent_from_configuration<'t, 's>(
    rule: &Rule,
    context: &Context<'t, 's>,
    root: NodeRef<'t, 's>,
    findings: &mut Findings,
) {
    let path = ["machine", "install", "extraKernelArgs"];
    let mut finding = rule.finding_at(context.nearest(root, &path), tables::V1ALPHA1, path.join("."), ABSENT);
    let counts = installer_arguments_count(context.inputs, context.talos());
    finding.help = Some(if counts { format!("{WRITE}{WRITE_GRUB}") } else { WRITE.to_owned() });
    finding.severity = context.optional();
    findings.push(finding);
}

fn absent(rule: &Rule, context: &Context<'_, '_>, list: &KernelArguments<'_>, findings: &mut Findings) {
    // A schematic says all there is to say of an image, but most say nothing of hardening.
    let is_complete = list.kind == InputKind::Schematic.name() && context.profile >= Profile::Hardened;
    if !list.is_whole && !is_complete {
        return;
    }
    let mut finding = rule.finding_at(list.span, list.kind, &*list.path, ABSENT);
    finding.help = Some(WRITE.to_owned());
    finding.severity = context.optional();
    findings.push(finding);
}
