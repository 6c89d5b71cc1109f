//! `disk/tpm-without-secureboot`

use super::super::encryption;
use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "disk/tpm-without-secureboot",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A volume is sealed to the TPM, and SecureBoot is not asked for.",
    why: "The TPM opens the volume for the boot chain it was sealed under. When the key is enrolled while SecureBoot is off, \
          that chain is anything: another system started on the same machine gets the key as well. \
          `checkSecurebootStatusOnEnroll` refuses to enrol then.",
    avoid: Example::new(
        "apiVersion: v1alpha1\nkind: VolumeConfig\nname: STATE\nencryption:\n  provider: luks2\n  keys:\n    - slot: 0\n      tpm: {}\n",
    ),
    follow: Example::new(
        "apiVersion: v1alpha1\nkind: VolumeConfig\nname: STATE\nencryption:\n  provider: luks2\n  keys:\n    - slot: 0\n      tpm:\n        checkSecurebootStatusOnEnroll: true\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for volume in encryption::volumes(context) {
        for (key, tpm) in volume.keys().iter().filter_map(|key| key.entry("tpm")) {
            let checks = tpm.resolved().get("checkSecurebootStatusOnEnroll");
            let span = match checks {
                Some(value) if value.value() == "true" || is_unknown(value) => continue,
                Some(value) if !value.is_null() => value.visible_span(),
                _ if is_unknown(tpm) => continue,
                _ => key.span(),
            };
            let message = "the key is sealed to the TPM whether SecureBoot is on or not: without it another system on the \
                           machine gets the key too";
            findings.push(Finding {
                help: Some(
                    "expected is `checkSecurebootStatusOnEnroll: true`, on machines that boot with SecureBoot"
                        .to_owned(),
                ),
                ..rule.finding_at(span, context.kind_of(key), tpm.path(), message)
            });
        }
    }
}
