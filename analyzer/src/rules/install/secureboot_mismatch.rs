//! `install/secureboot-mismatch`

use super::super::encryption::{self, Encrypted};
use super::super::images::{self, Image};
use crate::context::{Context, Mode};
use crate::finding::{Finding, Profile, Related, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "install/secureboot-mismatch",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The installer is for SecureBoot and the settings are not, or the reverse.",
    why: "Only the installers called `…-secureboot` have a signed image in them. With another the firmware boots nothing while \
          SecureBoot is on, and with SecureBoot off a volume whose key asks for it is not encrypted and not mounted. A machine \
          that boots by BIOS has no SecureBoot.",
    avoid: Example::talos(
        12,
        "machine:\n  install:\n    image: factory.talos.dev/metal-installer/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba:v1.12.4\n---\napiVersion: v1alpha1\nkind: VolumeConfig\nname: STATE\nencryption:\n  provider: luks2\n  keys:\n    - slot: 0\n      tpm:\n        checkSecurebootStatusOnEnroll: true\n",
    ),
    follow: Example::talos(
        12,
        "machine:\n  install:\n    image: factory.talos.dev/metal-installer-secureboot/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba:v1.12.4\n---\napiVersion: v1alpha1\nkind: VolumeConfig\nname: STATE\nencryption:\n  provider: luks2\n  keys:\n    - slot: 0\n      tpm:\n        checkSecurebootStatusOnEnroll: true\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.mode == Some(Mode::Container) {
        return;
    }
    for node in images::installers(context) {
        let image = Image::parse(node.value());
        let (message, help, other) = if image.is_secure_boot() {
            let Some(bios) = legacy_bios(context) else { continue };
            let message = "this installer is for SecureBoot, and the machine is to boot by BIOS, which has none";
            (message, "expected is the installer without `-secureboot`, or no `legacyBIOSSupport`", (bios, "by BIOS"))
        } else {
            let Some(key) = sealed_key(context).filter(|_| image.is_published()) else { continue };
            let message = "this installer is without SecureBoot, and a volume has a key that is only made with SecureBoot on";
            (message, "expected is the installer with `-secureboot` after its name", (key, "with SecureBoot on"))
        };
        let (place, what) = other;
        findings.push(Finding {
            help: Some(help.to_owned()),
            related: vec![Related::here(place.visible_span(), what)],
            ..rule.finding(context, node, message)
        });
    }
}

fn legacy_bios<'t, 's>(context: &Context<'t, 's>) -> Option<NodeRef<'t, 's>> {
    let found = context.find(tables::V1ALPHA1, &["machine", "install", "legacyBIOSSupport"]);
    found.into_iter().map(|found| found.node).find(|node| node.value() == "true")
}

/// The first key of a volume that is only made where SecureBoot is on.
fn sealed_key<'t, 's>(context: &Context<'t, 's>) -> Option<NodeRef<'t, 's>> {
    let keys = encryption::volumes(context).into_iter().flat_map(Encrypted::keys);
    let mut checks = keys.filter_map(|key| key.at(&["tpm", "checkSecurebootStatusOnEnroll"]));
    checks.find(|check| check.value() == "true")
}
