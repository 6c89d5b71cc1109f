//! `disk/encryption`

use super::super::encryption;
use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::tables;
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "disk/encryption",
    severity: Severity::Info,
    profile: Profile::Hardened,
    summary: "The volumes STATE and EPHEMERAL are not encrypted.",
    why: "STATE holds the machine configuration with all its secrets, EPHEMERAL the data of etcd, images and pods. Whoever \
          gets hold of a disk that is not encrypted reads them. Talos leaves encryption off, as it needs a key from a TPM or \
          a key server.",
    avoid: Example::new(WHOLE),
    follow: Example::new(concat!(
        "version: v1alpha1\nmachine:\n  type: worker\n  token: ENC[AES256_GCM,data:Tr7o,type:str]\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.10:6443\n",
        "---\napiVersion: v1alpha1\nkind: VolumeConfig\nname: STATE\nencryption:\n  provider: luks2\n  keys:\n    - slot: 0\n      tpm:\n        checkSecurebootStatusOnEnroll: true\n",
        "---\napiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nencryption:\n  provider: luks2\n  keys:\n    - slot: 0\n      tpm:\n        checkSecurebootStatusOnEnroll: true\n",
    )),
    references: &[],
    check,
};

const WHOLE: &str = "version: v1alpha1\nmachine:\n  type: worker\n  token: ENC[AES256_GCM,data:Tr7o,type:str]\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.10:6443\n";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let Some(root) = context.whole() else { return };
    if context.mode == Some(Mode::Container) || encryption::is_uncertain(context) {
        return;
    }
    let volumes = encryption::volumes(context);
    let is_open = |name: &&str| !volumes.iter().any(|volume| volume.is_system && volume.name == *name);
    let open: Vec<&str> = ["STATE", "EPHEMERAL"].into_iter().filter(is_open).collect();
    let what = match open.as_slice() {
        [] => return,
        ["STATE"] => "STATE is not encrypted: whoever gets the disk reads the machine configuration and its secrets",
        ["EPHEMERAL"] => "EPHEMERAL is not encrypted: whoever gets the disk reads etcd, images and the data of pods",
        _ => {
            "STATE and EPHEMERAL are not encrypted: whoever gets the disk reads the secrets, etcd and the data of pods"
        }
    };
    let path = ["machine", "systemDiskEncryption"];
    let mut finding = rule.finding_at(context.nearest(root, &path), tables::V1ALPHA1, path.join("."), what);
    let place = if context.talos() >= TalosVersion::nearest(11) {
        "in the encryption of a VolumeConfig document for each volume"
    } else {
        "in machine.systemDiskEncryption"
    };
    finding.help = Some(format!("expected are keys from a TPM or a key server: write them {place}"));
    findings.push(finding);
}
