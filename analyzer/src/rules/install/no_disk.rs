//! `install/no-disk`

use crate::context::{Context, Mode};
use crate::finding::{Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::{Kind, NodeRef};
use crate::tables;
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "install/no-disk",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A whole configuration for metal names no disk to install to.",
    why: "On metal Talos installs itself to the disk that is named by `disk` or found by `diskSelector`, and refuses a \
          configuration with neither. In a cloud, where Talos comes installed, neither is needed: `--mode cloud`.",
    avoid: Example::talos(
        12,
        "version: v1alpha1\nmachine:\n  type: worker\n  token: ENC[AES256_GCM,data:Tr7o,type:str]\n  install: {}\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.10:6443\n",
    ),
    follow: Example::talos(
        12,
        "version: v1alpha1\nmachine:\n  type: worker\n  token: ENC[AES256_GCM,data:Tr7o,type:str]\n  install:\n    disk: /dev/sda\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.10:6443\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let Some(root) = context.whole().filter(|_| context.mode == Mode::Metal) else { return };
    let install = root.at(&["machine", "install"]);
    // From 1.14 the section may be absent: then Talos is installed by the document, or not by itself.
    let may_be_absent = context.talos() >= TalosVersion::nearest(14);
    let is_absent = install.is_none_or(NodeRef::is_null);
    if is_absent && may_be_absent || install.is_some_and(is_unknown) {
        return;
    }
    let names = |field: &str| {
        install
            .and_then(|install| install.get(field))
            .is_some_and(|value| !value.is_null() && (value.kind() != Kind::Scalar || !value.value().is_empty()))
    };
    if names("disk") || names("diskSelector") {
        return;
    }
    let message = "no disk is named to install Talos to; on metal it refuses this configuration";
    let path = ["machine", "install"];
    let mut finding = rule.finding_at(context.nearest(root, &path), tables::V1ALPHA1, path.join("."), message);
    finding.help = Some(
        "expected is `disk` or `diskSelector` in machine.install, or `--mode cloud` where Talos comes installed"
            .to_owned(),
    );
    findings.push(finding);
}
