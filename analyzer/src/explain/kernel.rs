//! A kernel parameter or a kernel argument.

use super::Explanation;
use super::setting::COLUMN;
use crate::rules;
use crate::tables::{self, Sysctl, Weaker};

/// The kernel parameter `key`: what Talos sets, and why.
pub(super) fn explain_sysctl(key: &str) -> Option<Explanation> {
    let rows: Vec<&Sysctl> = tables::sysctls().iter().filter(|sysctl| sysctl.key == key).collect();
    let first = rows.first()?;
    let mut out = Explanation::new(key, "");
    out.line(format!("With the value that Talos sets, {}.", first.protects));
    let mut facts = vec![
        ("set by", "machine.sysctls".to_owned()),
        ("", "params of a SysctlConfig document (from Talos 1.14)".to_owned()),
    ];
    facts.extend(rows.iter().map(|row| ("default", format!("{} ({})", row.value, row.versions.describe()))));
    out.facts(COLUMN, facts);
    if first.weaker != Weaker::None {
        out.line("A weaker value is reported by sysctl/weakened.");
    }
    if !first.reference.is_empty() {
        out.line(format!("References: {}", first.reference));
    }
    Some(out)
}

/// A kernel argument: what Talos sets, what is recommended, who reads it, and what is expected.
pub(super) fn explain_argument(text: &str) -> Option<Explanation> {
    let name = text.split_once('=').map_or(text, |(name, _)| name);
    let defaults: Vec<_> = tables::kernel_defaults().iter().filter(|default| default.argument == name).collect();
    let recommended: Vec<_> =
        tables::recommended_arguments().iter().filter(|argument| argument.argument == name).collect();
    let checks: Vec<_> = rules::argument_checks().iter().filter(|check| check.argument == name).collect();
    let own = tables::talos_arguments().iter().find(|argument| argument.name == name);
    let of_rule = rules::by_name(&format!("kernel/{}", name.replace('_', "-")));
    if defaults.is_empty() && recommended.is_empty() && checks.is_empty() && own.is_none() && of_rule.is_none() {
        return None;
    }
    let mut out = Explanation::new(name, "kernel argument");
    let mut facts = vec![
        ("set by", "customization.extraKernelArgs of an Image Factory schematic".to_owned()),
        ("", "machine.install.extraKernelArgs, where the machine boots with GRUB".to_owned()),
    ];
    for default in defaults {
        let value = if default.value.is_empty() { "set, without a value" } else { default.value };
        let scope = if default.scope == "all" { String::new() } else { format!(", on {}", default.scope) };
        facts.push(("default", format!("{value} ({}{scope})", default.versions.describe())));
    }
    for argument in recommended {
        let value = if argument.value.is_empty() { name } else { argument.value };
        facts.push(("better", format!("{value} ({}): {}", argument.versions.describe(), argument.because)));
    }
    if let Some(own) = own {
        facts.push(("read by", format!("Talos ({})", own.versions.describe())));
    }
    out.facts(COLUMN, facts);
    for check in checks {
        out.line(format!("Expected is {}, else {} ({}).", check.expected, check.problem, check.rule));
    }
    if let Some(rule) = of_rule {
        out.line(rule.name);
        out.paragraph(rule.summary);
        out.paragraph(rule.why);
    }
    Some(out)
}
