//! `kernel/kspp-optional`

use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::input::InputKind;
use crate::rule::{Example, Findings, Rule};
use crate::settings::{KernelArguments, kernel_bool};
use crate::tables::{self, RecommendedArgument};
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: "kernel/kspp-optional",
    severity: Severity::Info,
    profile: Profile::Strict,
    summary: "Kernel arguments that harden further are not set.",
    why: "The Kernel Self Protection Project recommends more than is on by default, at a price in speed or in what programs \
          may do. Each argument is worth a thought; none of them keeps Talos from working.",
    avoid: Example::new("customization:\n  extraKernelArgs:\n    - console=ttyS0\n"),
    follow: Example::new(
        "customization:\n  extraKernelArgs:\n    - page_alloc.shuffle=1\n    - hash_pointers=always\n    - mitigations=auto,nosmt\n    - iommu.strict=1\n    - vdso32=0\n    - ia32_emulation=0\n    - lockdown=confidentiality\n",
    ),
    references: &["KSPP"],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.mode == Some(Mode::Container) {
        return;
    }
    let is_configured = |list: &KernelArguments<'_>| [tables::V1ALPHA1, InputKind::JsonPatch.name()].contains(&list.kind);
    let is_recommended = |wanted: &&RecommendedArgument| wanted.versions.contains(context.talos());
    let missing = |list: Option<&KernelArguments<'_>>| -> Vec<&RecommendedArgument> {
        let recommended = tables::recommended_arguments().iter().filter(is_recommended);
        recommended.filter(|wanted| list.is_none_or(|list| !has(list, wanted))).collect()
    };
    if let Some(root) = context.whole().filter(|_| !context.has_schematic)
        && !context.kernel_arguments.iter().any(is_configured)
    {
        let path = ["machine", "install", "extraKernelArgs"];
        push(rule, &missing(None), context.nearest(root, &path), tables::V1ALPHA1, &path.join("."), findings);
    }
    for list in context.kernel_arguments.iter().filter(|list| !list.is_open) {
        let is_complete = list.is_whole
            || list.kind == InputKind::Schematic.name()
            || is_configured(list) && context.whole().is_some() && !context.has_schematic;
        if is_complete {
            push(rule, &missing(Some(list)), list.span, list.kind, &list.path, findings);
        }
    }
}

fn has(list: &KernelArguments<'_>, wanted: &RecommendedArgument) -> bool {
    list.is_unknown(wanted.argument)
        || list.for_kernel(wanted.argument, &[]).next_back().is_some_and(|(_, value)| {
            value == wanted.value || kernel_bool(wanted.value).is_some_and(|bool| kernel_bool(value) == Some(bool))
        })
}

fn push(
    rule: &Rule,
    missing: &[&RecommendedArgument],
    span: Span,
    kind: &'static str,
    path: &str,
    findings: &mut Findings,
) {
    if missing.is_empty() {
        return;
    }
    let names: Vec<String> = missing.iter().map(|wanted| format!("`{}={}`", wanted.argument, wanted.value)).collect();
    let message = format!("recommended and not set: {}", names.join(", "));
    let mut finding = rule.finding_at(span, kind, path, message);
    let because: Vec<String> = missing.iter().map(|wanted| format!("`{}` {}", wanted.argument, wanted.because)).collect();
    finding.help = Some(format!("add them to customization.extraKernelArgs of the schematic: {}", because.join("; ")));
    findings.push(finding);
}
