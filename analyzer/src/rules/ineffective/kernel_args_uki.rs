//! `ineffective/kernel-args-uki`

use super::super::images::{self, Image};
use crate::context::{Context, Mode};
use crate::finding::{Finding, Profile, Related, Severity};
use crate::input::InputKind;
use crate::rule::{Example, Findings, Rule};
use crate::settings::Found;
use crate::tables;
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "ineffective/kernel-args-uki",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "Kernel arguments are set where the machine boots a UKI, which brings its own.",
    why: "A unified kernel image (UKI) has its command line inside of it, signed with the rest. Machines with SecureBoot boot \
          one in every version, new UEFI machines from Talos 1.10 on, and GRUB takes over its arguments with \
          `grubUseUKICmdline`. machine.install.extraKernelArgs is not read then; the arguments belong into the schematic of \
          the image. That a whole configuration may be for such a machine is told in the strict profile.",
    avoid: Example::talos(
        12,
        "machine:\n  install:\n    image: factory.talos.dev/metal-installer-secureboot/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba:v1.12.4\n    extraKernelArgs:\n      - net.ifnames=0\n",
    ),
    follow: Example::talos(12, "customization:\n  extraKernelArgs:\n    - net.ifnames=0\n"),
    references: &["siderolabs/talos#10708"],
    check,
};

/// The version from which new machines with UEFI boot a UKI.
const UKI_BY_DEFAULT: u8 = 10;

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.mode == Some(Mode::Container) {
        return;
    }
    let is_installed = |kind| kind == tables::V1ALPHA1 || kind == InputKind::JsonPatch.name();
    let lists = context.kernel_arguments.iter().filter(|list| is_installed(list.kind));
    for list in lists.filter(|list| list.iter().next().is_some()) {
        let Some((severity, message, related)) = reason(rule, context) else { continue };
        let help = "expected is customization.extraKernelArgs in the schematic of the image: take the list out here";
        findings.push(Finding {
            severity,
            help: Some(help.to_owned()),
            related: related.into_iter().collect(),
            ..rule.finding_at(list.span, list.kind, &*list.path, message)
        });
    }
}

/// Why the arguments are not read, when they are not.
fn reason(rule: &Rule, context: &Context<'_, '_>) -> Option<(Severity, &'static str, Option<Related>)> {
    let grub = flag(context, "grubUseUKICmdline", 12);
    if let Some(found) = grub.filter(|found| found.node.value() == "true") {
        // On metal Talos refuses a configuration with both, which `talos/install-kernel-arguments` tells.
        let message = "with `grubUseUKICmdline: true` the arguments come from the image, and these are not read";
        let related = Related::here(found.node.visible_span(), "switched on here");
        let is_told = matches!(context.mode, None | Some(Mode::Metal));
        return (!is_told).then_some((rule.severity, message, Some(related)));
    }
    let secure_boot = images::installers(context).into_iter().find(|node| Image::parse(node.value()).is_secure_boot());
    if let Some(image) = secure_boot {
        let message = "the installer is that of SecureBoot: its UKI brings signed arguments, and these are not read";
        return Some((rule.severity, message, Some(Related::here(image.visible_span(), "the installer"))));
    }
    let keeps_grub = grub.is_some() || flag(context, "legacyBIOSSupport", 9).is_some();
    let may_boot_uki = context.talos() >= TalosVersion::nearest(UKI_BY_DEFAULT) && !keeps_grub;
    if context.profile < Profile::Strict || !may_boot_uki || context.whole().is_none() {
        return None;
    }
    let message = "a machine with UEFI that was first installed with Talos 1.10 or later boots a UKI, and these arguments \
                   are not read there";
    Some((Severity::Info, message, None))
}

/// A field of machine.install that Talos has from 1.`since` on.
fn flag<'t, 's>(context: &Context<'t, 's>, name: &str, since: u8) -> Option<Found<'t, 's>> {
    let is_known = context.talos() >= TalosVersion::nearest(since);
    context.find(tables::V1ALPHA1, &["machine", "install", name]).into_iter().next().filter(|_| is_known)
}
