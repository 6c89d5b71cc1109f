//! `disk/weak-key`

use super::super::clear_text::{self, Purpose};
use super::super::encryption;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;

pub(crate) const RULE: Rule = Rule {
    name: "disk/weak-key",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "An encrypted volume opens with a key that whoever has the machine can get.",
    why: "A key from the node id is worked out of the UUID of the machine and the label of the partition, which a thief of \
          the machine has too. The passphrase of STATE lies in clear text in META, as Talos needs it before it can read its \
          configuration. A passphrase in a file opens the volume for all who read the file.",
    avoid: Example::new(
        "apiVersion: v1alpha1\nkind: VolumeConfig\nname: STATE\nencryption:\n  provider: luks2\n  keys:\n    - slot: 0\n      nodeID: {}\n",
    ),
    follow: Example::new(
        "apiVersion: v1alpha1\nkind: VolumeConfig\nname: STATE\nencryption:\n  provider: luks2\n  keys:\n    - slot: 0\n      tpm:\n        checkSecurebootStatusOnEnroll: true\n",
    ),
    references: &[],
    check,
};

const HELP: &str = "expected is a key from a TPM (`tpm`) or a key server (`kms`)";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let mut reported = Vec::new();
    for volume in encryption::volumes(context) {
        let keys = volume.keys();
        let node_id = |key: &NodeRef<'_, '_>| key.entry("nodeID").is_some_and(|(_, value)| !is_unknown(value));
        // A key that is locked to STATE takes in a secret that STATE keeps.
        let is_locked = |key: &NodeRef<'_, '_>| key.get("lockToState").is_some_and(|value| value.value() != "false");
        let named = if volume.name.is_empty() || is_unknown_name(volume.name) { "the volume" } else { volume.name };
        if let Some((name, _)) = keys.first().and_then(|key| key.entry("nodeID"))
            && keys.iter().all(|key| node_id(key) && !is_locked(key))
        {
            let message = format!("the node id is the only key of {named}: whoever has the machine can work it out");
            let mut finding = rule.finding_at(name.span(), context.kind_of(name), name.path(), message);
            finding.help = Some(match volume.name {
                "STATE" => HELP.to_owned(),
                _ => format!("{HELP}, or, from Talos 1.11, `lockToState` beside the node id when STATE has such a key"),
            });
            findings.push(finding);
        }
        if volume.name == "STATE" && volume.is_system {
            for passphrase in keys.iter().filter_map(|key| key.at(&["static", "passphrase"])) {
                reported.push(passphrase.id());
                let message =
                    "STATE opens with a passphrase, which Talos keeps in clear text in META, beside it on the disk";
                let mut finding = rule.finding(context, passphrase, message);
                finding.help = Some(HELP.to_owned());
                findings.push(finding);
            }
        }
    }
    let Some(severity) = clear_text::severity(rule, context) else { return };
    for passphrase in clear_text::find(context, Purpose::Passphrase) {
        if reported.contains(&passphrase.id()) {
            continue;
        }
        let message = "the passphrase is in clear text: whoever reads this file can open the volume";
        let mut finding = rule.finding(context, passphrase, message);
        finding.severity = severity;
        finding.help = Some(format!("{HELP}, or an encrypted value"));
        findings.push(finding);
    }
}

fn is_unknown_name(name: &str) -> bool {
    crate::input::is_unknown_text(name)
}
