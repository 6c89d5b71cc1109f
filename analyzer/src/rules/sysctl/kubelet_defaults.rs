//! `sysctl/kubelet-defaults`

use super::super::sysctls;
use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::fix::{Remedy, alike};
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "sysctl/kubelet-defaults",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A kernel parameter has a value with which the kubelet does not start.",
    why: "Talos runs the kubelet with `protectKernelDefaults`: it compares some parameters of the kernel with the values it \
          relies on, and stops when one differs. The machine then joins no cluster.",
    avoid: Example::new("machine:\n  sysctls:\n    vm.overcommit_memory: \"2\"\n"),
    follow: Example::new("machine:\n  sysctls:\n    vm.overcommit_memory: \"1\"\n"),
    references: &[],
    check,
};

/// What the kubelet compares, and with what.
const EXPECTED: [(&str, &str); 6] = [
    ("kernel.keys.root_maxbytes", "25000000"),
    ("kernel.keys.root_maxkeys", "1000000"),
    ("kernel.panic", "10"),
    ("kernel.panic_on_oops", "1"),
    ("vm.overcommit_memory", "1"),
    ("vm.panic_on_oom", "0"),
];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.mode == Some(Mode::Container) {
        return;
    }
    for (key, expected) in EXPECTED {
        let written = sysctls::value(context, key).filter(|node| node.value().trim() != expected);
        let Some(written) = written else { continue };
        let value = written.value();
        let message = format!("`{key}` is `{value}`: the kubelet does not start with another value than `{expected}`");
        let mut finding = rule.finding(context, written, message);
        finding.help = Some(format!("expected is `{expected}`: take the line out, or write that"));
        let remedy = Remedy::changing(format!("Set `{key}` to `{expected}`")).write(written, alike(written, expected));
        findings.push(finding.with_remedy(remedy));
    }
}
