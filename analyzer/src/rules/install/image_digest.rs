//! `install/image-digest`

use super::super::images::{self, Image};
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "install/image-digest",
    severity: Severity::Info,
    profile: Profile::Strict,
    summary: "The image of the installer is not pinned by its digest.",
    why: "A tag can be moved to another image by whoever runs the registry, or a mirror in between. A digest is the image \
          itself, so what was looked at is what is installed.",
    avoid: Example::talos(12, "machine:\n  install:\n    image: ghcr.io/siderolabs/installer:v1.12.0\n"),
    follow: Example::talos(
        12,
        "machine:\n  install:\n    image: ghcr.io/siderolabs/installer:v1.12.0@sha256:5b0b1b1f4a4c7c0d2f6e8a9b3c1d5e7f9a0b2c4d6e8f0a1b3c5d7e9f1a2b4c6d\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for node in images::installers(context) {
        if Image::parse(node.value()).has_digest {
            continue;
        }
        let message = "the installer image is named by its tag alone, which can be moved to another image";
        let mut finding = rule.finding(context, node, message);
        finding.help = Some("expected is the digest after the tag: `…:v1.12.4@sha256:…`".to_owned());
        findings.push(finding);
    }
}
