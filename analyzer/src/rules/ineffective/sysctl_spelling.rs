//! `ineffective/sysctl-spelling`

use super::super::sysctls;
use crate::context::{Context, Mode};
use crate::finding::{Finding, Profile, Severity};
use crate::fix::Remedy;
use crate::input::is_unknown_text;
use crate::rule::{Example, Findings, Rule};
use crate::settings::KernelArguments;
use crate::syntax::NodeRef;
use crate::tables::{self, Sysctl};

pub(crate) const RULE: Rule = Rule {
    name: "ineffective/sysctl-spelling",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A kernel parameter is spelt in a way that lets Talos's own value win.",
    why: "Talos tells its defaults from what is configured by the name, dots and all. `net/core/bpf_jit_harden` is the same \
          file but another name, and so is an argument of the kernel: Talos writes its default afterwards, and what is \
          configured is lost.",
    avoid: Example::talos(12, "machine:\n  sysctls:\n    net/ipv4/icmp_echo_ignore_broadcasts: \"0\"\n"),
    follow: Example::talos(12, "machine:\n  sysctls:\n    net.ipv4.icmp_echo_ignore_broadcasts: \"1\"\n"),
    references: &[],
    check,
};

/// How the kernel arguments that set a parameter begin.
const ARGUMENT: &str = "sysctl.";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for key in sysctls::keys(context) {
        let Some(name) = with_dots(key.value()) else { continue };
        let value = key.parent().and_then(|map| map.get(key.value())).map_or("", NodeRef::value);
        let Some(default) = overwriting(context, &name, value) else { continue };
        let message = message(context, key.value(), default);
        let finding = Finding {
            help: Some(format!("expected is the name with dots, `{name}`, which takes the place of the default")),
            ..rule.finding_at(key.span(), context.kind_of(key), key.path(), message)
        };
        let is_weaker = default.is_weakened_by(value);
        let remedy = (!is_weaker).then(|| Remedy::changing(format!("Rename to `{name}`")).rename(key, name));
        findings.push(finding.with_remedy(remedy));
    }
    for argument in context.kernel_arguments.iter().flat_map(KernelArguments::iter) {
        let Some(name) = argument.name.strip_prefix(ARGUMENT).filter(|_| !argument.removes) else { continue };
        let name = with_dots(name).unwrap_or_else(|| name.to_owned());
        let value = argument.value.unwrap_or("");
        let Some(default) = overwriting(context, &name, value) else { continue };
        let message = message(context, argument.name, default);
        findings.push(Finding {
            help: Some(format!("expected is `{name}` in machine.sysctls or, from Talos 1.14 on, a SysctlConfig")),
            ..rule.finding_at(argument.span, argument.kind, &*argument.path, message)
        });
    }
}

fn message(context: &Context<'_, '_>, written: &str, default: &Sysctl) -> String {
    format!("`{written}` has no effect: Talos {} writes its own `{}` afterwards", context.talos(), default.value)
}

/// The default that Talos writes over `value`.
fn overwriting(context: &Context<'_, '_>, name: &str, value: &str) -> Option<&'static Sysctl> {
    let counts = |sysctl: &&Sysctl| {
        sysctl.key == name
            && sysctl.versions.contains(context.talos())
            && (sysctl.container || context.mode != Some(Mode::Container))
    };
    let is_lost = !is_unknown_text(value) && sysctls::value(context, name).is_none();
    tables::sysctls().iter().find(counts).filter(|default| is_lost && default.value != value.trim())
}

/// A name with slashes, as the one with dots that means the same; `None` when the first separator is a dot.
fn with_dots(name: &str) -> Option<String> {
    let is_path = name.find(['.', '/']).and_then(|at| name.get(at..=at)) == Some("/");
    let swap = |letter| match letter {
        '/' => '.',
        '.' => '/',
        other => other,
    };
    is_path.then(|| name.chars().map(swap).collect())
}
