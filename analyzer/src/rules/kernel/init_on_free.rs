//! `kernel/init-on-free`

use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::input::InputKind;
use crate::rule::{Example, Findings, Rule};
use crate::settings::{Effect, kernel_bool};
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

const WRITE: &str = "expected is `init_on_free=1`: add it to customization.extraKernelArgs of the Image Factory schematic";
const WRITE_GRUB: &str = ", or, where the machine boots with GRUB, to machine.install.extraKernelArgs";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.mode == Mode::Container {
        return;
    }
    match context.kernel_arguments.effect("init_on_free") {
        Effect::Value(argument) => {
            let value = argument.value.unwrap_or("");
            if kernel_bool(value) == Some(true) {
                return;
            }
            let message = if kernel_bool(value).is_some() {
                format!("`init_on_free={value}` leaves the old content in memory that is given back")
            } else {
                "the value of `init_on_free` is not one the kernel takes, so memory that is given back is not zeroed".to_owned()
            };
            let mut finding = rule.finding_at(argument.span, argument.kind, "", message);
            finding.severity = Severity::Warning;
            finding.help = Some("expected is `init_on_free=1`".to_owned());
            findings.push(finding);
        }
        Effect::Removed(_) | Effect::Default => absent(rule, context, findings),
        Effect::Unknown => {}
    }
}

fn absent(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let message = "`init_on_free` is not on the kernel command line: memory that is given back keeps its content";
    if let Some(root) = context.whole() {
        let path = ["machine", "install", "extraKernelArgs"];
        let span = context.nearest(root, &path);
        let mut finding = rule.finding_at(span, tables::V1ALPHA1, path.join("."), message);
        let boots_uki = root.at(&["machine", "install", "grubUseUKICmdline"]).is_some_and(|node| node.value() == "true")
            || context.documents("UnattendedInstallConfig").next().is_some();
        finding.help = Some(if boots_uki { WRITE.to_owned() } else { format!("{WRITE}{WRITE_GRUB}") });
        finding.severity = context.optional();
        findings.push(finding);
        return;
    }
    let whole = context.inputs.iter().find(|input| match input.kind {
        InputKind::KernelCommandLine => true,
        // A schematic says all there is to say of an image, but most say nothing of hardening.
        InputKind::Schematic => context.profile >= Profile::Hardened,
        _ => false,
    });
    let Some((input, root)) = whole.and_then(|input| Some((input, input.root?))) else { return };
    let span = match input.kind {
        InputKind::Schematic => context.nearest(root, &["customization", "extraKernelArgs"]),
        _ => context.kernel_arguments.iter().next().map_or(root.span(), |argument| argument.span),
    };
    let mut finding = rule.finding_at(span, input.kind.name(), "", message);
    finding.help = Some(WRITE.to_owned());
    finding.severity = context.optional();
    findings.push(finding);
}
