//! `sysctl/weakened`

use super::super::sysctls;
use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::rule::{Example, Findings, Rule};
use crate::tables::{self, Sysctl, Weaker};

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
    let counts =
        |sysctl: &&Sysctl| sysctl.versions.contains(version) && (sysctl.container || context.mode != Some(Mode::Container));
    for sysctl in tables::sysctls().iter().filter(counts) {
        let written = sysctls::value(context, sysctl.key);
        let Some(written) = written.filter(|node| sysctl.is_weakened_by(node.value())) else { continue };
        let (key, value, default, protects) = (sysctl.key, written.value(), sysctl.value, sysctl.protects);
        let (weaker, help) = match sysctl.weaker {
            Weaker::Without => ("without", "add those, for what is written takes the place of the list"),
            _ => ("weaker than", "take the line out, or write that"),
        };
        let message =
            format!("`{key}` is `{value}`, {weaker} `{default}`, which Talos {version} sets so that {protects}");
        let mut finding = rule.finding(context, written, message);
        finding.help = Some(format!("expected is `{default}`: {help}"));
        finding.references.push(format!("Talos {version} default").into());
        if !sysctl.reference.is_empty() {
            finding.references.push(sysctl.reference.into());
        }
        let remedy = match sysctl.weaker {
            Weaker::Without => Remedy::changing(format!("Add `{default}` to `{key}`"))
                .write_text(written, format!("{},{default}", value.trim().trim_end_matches(','))),
            _ => Remedy::changing(format!("Remove `{key}`")).remove(written),
        };
        findings.push(finding.with_remedy(remedy));
    }
}
