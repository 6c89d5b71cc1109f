//! `talint explain` of a kernel parameter or a kernel argument.

use super::paragraph;
use std::fmt::Write as _;
use talint_analyzer::rules;
use talint_analyzer::tables::{self, Sysctl};

/// The kernel parameter `key`: what Talos sets, and why.
pub(super) fn explain_sysctl(key: &str) -> Option<String> {
    let rows: Vec<&Sysctl> = tables::sysctls().iter().filter(|sysctl| sysctl.key == key).collect();
    let first = rows.first()?;
    let mut out = format!("{key}\n\nWith the value that Talos sets, {}.\n\n", first.protects);
    let _ =
        writeln!(out, "  set by    machine.sysctls\n            params of a SysctlConfig document (from Talos 1.14)");
    for row in &rows {
        let _ = writeln!(out, "  default   {} ({})", row.value, row.versions.describe());
    }
    let _ = writeln!(out, "\nA weaker value is reported by sysctl/weakened.");
    if !first.reference.is_empty() {
        let _ = writeln!(out, "\nReferences: {}", first.reference);
    }
    Some(out)
}

/// A kernel argument: what Talos sets, what is recommended, who reads it, and what is expected.
pub(super) fn explain_argument(text: &str) -> Option<String> {
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
    let mut out = format!("{name}  (kernel argument)\n\n");
    let _ = writeln!(out, "  set by    customization.extraKernelArgs of an Image Factory schematic");
    let _ = writeln!(out, "            machine.install.extraKernelArgs, where the machine boots with GRUB");
    for default in defaults {
        let value = if default.value.is_empty() { "set, without a value" } else { default.value };
        let scope = if default.scope == "all" { String::new() } else { format!(", on {}", default.scope) };
        let _ = writeln!(out, "  default   {value} ({}{scope})", default.versions.describe());
    }
    for argument in recommended {
        let value = if argument.value.is_empty() { name } else { argument.value };
        let _ = writeln!(out, "  better    {value} ({}): {}", argument.versions.describe(), argument.because);
    }
    if let Some(own) = own {
        let _ = writeln!(out, "  read by   Talos ({})", own.versions.describe());
    }
    for check in checks {
        let _ = writeln!(out, "\nExpected is {}, else {} ({}).", check.expected, check.problem, check.rule);
    }
    if let Some(rule) = of_rule {
        let _ = writeln!(out, "\n{}\n", rule.name);
        paragraph(&mut out, rule.summary);
        paragraph(&mut out, rule.why);
    }
    Some(out)
}
