//! `sysctl/weakened`

use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::settings::find;
use crate::syntax::Kind;
use crate::tables::{self, Sysctl};

pub(crate) const RULE: Rule = Rule {
    name: "sysctl/weakened",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A kernel parameter is set to a weaker value than Talos sets by itself.",
    why: "Talos hardens the kernel through its parameters. A value that is configured takes the place of Talos's own, and \
          Talos only logs that.",
    avoid: Example::new("machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n"),
    follow: Example::new("machine:\n  sysctls:\n    kernel.kptr_restrict: \"2\"\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let version = context.talos();
    let counts = |sysctl: &&Sysctl| sysctl.versions.contains(version) && (sysctl.container || context.mode != Mode::Container);
    for sysctl in tables::sysctls().iter().filter(counts) {
        // From 1.14 the document wins over the field of the machine configuration.
        let written = find(context.inputs, "SysctlConfig", &["params", sysctl.key])
            .into_iter()
            .chain(find(context.inputs, tables::V1ALPHA1, &["machine", "sysctls", sysctl.key]))
            .find(|found| !found.node.is_null());
        let Some(written) = written.filter(|found| found.node.kind() == Kind::Scalar && !is_unknown(found.node)) else { continue };
        let value = written.node.value();
        if !sysctl.is_weakened_by(value) {
            continue;
        }
        let message = format!("`{}` is `{value}`, weaker than `{}`, which Talos {version} sets so that {}", sysctl.key, sysctl.value, sysctl.protects);
        let mut finding = rule.finding(context, written.node, message);
        finding.help = Some(format!("expected is `{}`: take the line out, or write that", sysctl.value));
        finding.references.push(format!("Talos {version} default").into());
        if !sysctl.reference.is_empty() {
            finding.references.push(sysctl.reference.into());
        }
        findings.push(finding);
    }
}
