//! `kernel/init-on-alloc`

use super::super::kernel_argument_remedy;
use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::settings::{Argument, Effect, kernel_bool};

pub(crate) const RULE: Rule = Rule {
    name: "kernel/init-on-alloc",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The kernel argument `init_on_alloc`, which zeroes memory as it is handed out, is switched off.",
    why: "Memory that is not zeroed when it is allocated carries what was in it before: keys, tokens, pointers. Talos \
          switches zeroing on, until 1.13 on the command line and in every version in the kernel's own configuration.",
    avoid: Example::new("machine:\n  install:\n    extraKernelArgs:\n      - init_on_alloc=0\n"),
    follow: Example::new("machine:\n  install:\n    extraKernelArgs:\n      - init_on_alloc=1\n"),
    references: &["KSPP"],
    check,
};

const NAME: &str = "init_on_alloc";

/// The last version that puts the argument on the command line.
const LAST_ON_COMMAND_LINE: u8 = 13;

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.mode == Some(Mode::Container) {
        return;
    }
    let talos = context.talos();
    let on_command_line = talos.minor() <= LAST_ON_COMMAND_LINE;
    for list in &context.kernel_arguments {
        let (argument, severity, message) = match list.effect(NAME) {
            Effect::Value(argument) => match argument.value.and_then(kernel_bool) {
                Some(false) => {
                    let value = argument.value.unwrap_or("");
                    let message = format!("`init_on_alloc={value}` hands out memory with its old content in it");
                    (argument, Severity::Warning, message)
                }
                Some(true) | None => continue,
            },
            Effect::Removed(argument) if on_command_line => {
                let message = "`-init_on_alloc` takes a default of Talos off the command line; memory is still zeroed, for \
                               the kernel is built so";
                (argument, Severity::Info, message.to_owned())
            }
            Effect::Removed(_) | Effect::Default | Effect::Unknown => continue,
        };
        let mut finding = rule.finding_at(argument.span, argument.kind, &*argument.path, message);
        finding.severity = severity;
        finding.help = Some("expected is `init_on_alloc=1`, the default: take the argument out".to_owned());
        let origin =
            if on_command_line { format!("Talos {talos} default") } else { "Talos kernel default".to_owned() };
        finding.references.push(origin.into());
        let is_off = |argument: &Argument<'_>| {
            argument.is_called(NAME) && (argument.removes || argument.value.and_then(kernel_bool) == Some(false))
        };
        findings.push(finding.with_remedy(kernel_argument_remedy::remove(context, list, is_off)));
    }
}
