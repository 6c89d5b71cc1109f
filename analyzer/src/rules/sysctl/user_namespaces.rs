//! `sysctl/user-namespaces`

use super::super::sysctls;
use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "sysctl/user-namespaces",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "Programs without privileges may make user namespaces.",
    why: "In a user namespace of its own any program is root over parts of the kernel that are otherwise out of its reach, \
          and many holes of the kernel were opened from there. Talos allows none. Pods with `hostUsers: false` need them: \
          who runs such pods weighs that up, and says so in a suppression.",
    avoid: Example::new("machine:\n  sysctls:\n    user.max_user_namespaces: \"11255\"\n"),
    follow: Example::new("machine:\n  sysctls:\n    user.max_user_namespaces: \"0\"\n"),
    references: &["KSPP"],
    check,
};

const KEY: &str = "user.max_user_namespaces";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.mode == Some(Mode::Container) {
        return;
    }
    let Some(written) = sysctls::value(context, KEY) else { return };
    let value = written.value().trim();
    if !value.parse::<i64>().is_ok_and(|number| number > 0) {
        return;
    }
    let message =
        format!("`{KEY}` is `{value}`: programs without privileges can make user namespaces and be root in them");
    let mut finding = rule.finding(context, written, message);
    finding.help = Some("expected is `0`, unless pods run with `hostUsers: false`".to_owned());
    finding.references.push(format!("Talos {} default", context.talos()).into());
    findings.push(finding.with_remedy(Remedy::changing(format!("Remove `{KEY}`")).remove(written)));
}
