//! `apiserver/encryption`

use super::super::{documents, etcd_encryption};
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "apiserver/encryption",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The secrets of Kubernetes are stored in etcd as they are.",
    why: "Whoever reads the disk of a control-plane machine or a backup of etcd then reads every secret of the cluster. Generated \
          configurations encrypt them. The provider that comes first is the one that writes, and `identity` writes clear text.",
    avoid: Example::new(
        "apiVersion: v1alpha1\nkind: KubeEtcdEncryptionConfig\nconfig:\n  resources:\n    - resources: [secrets]\n      providers:\n        - identity: {}\n",
    ),
    follow: Example::new(
        "apiVersion: v1alpha1\nkind: KubeEtcdEncryptionConfig\nconfig:\n  resources:\n    - resources: [secrets]\n      providers:\n        - kms: {apiVersion: v2, name: vault, endpoint: \"unix:///run/kms.sock\"}\n        - identity: {}\n",
    ),
    references: &["CIS 1.12 1.2.27", "CIS 1.12 1.2.28"],
    check,
};

const EXPECTED: &str = "expected is a provider that encrypts, such as secretbox, before `identity`";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for provider in etcd_encryption::first_providers(context).into_iter().filter(|provider| provider.value() == "identity") {
        let message = "`identity` comes first: secrets are written to etcd in clear text";
        let mut finding = rule.finding_at(provider.span(), context.kind_of(provider), provider.path(), message);
        finding.help = Some(EXPECTED.to_owned());
        findings.push(finding);
    }
    let Some(root) = context.whole_control_plane() else { return };
    let documents = documents::in_version(context, etcd_encryption::DOCUMENT);
    let is_set = ["secretboxEncryptionSecret", "aescbcEncryptionSecret"]
        .iter()
        .any(|field| etcd_encryption::secret(context, field).is_some());
    let is_told = etcd_encryption::is_missing_refused(context, root);
    if documents.is_empty() && !is_set && !is_told && !etcd_encryption::is_without_secrets(root) {
        let path = ["cluster", "secretboxEncryptionSecret"];
        let message = "nothing encrypts the secrets of Kubernetes: they are written to etcd in clear text";
        let mut finding = rule.finding_at(context.nearest(root, &path), tables::V1ALPHA1, path.join("."), message);
        let place = if context.talos().minor() >= 14 { ", or a KubeEtcdEncryptionConfig document" } else { "" };
        finding.help =
            Some(format!("expected is cluster.secretboxEncryptionSecret{place}: `talosctl gen secrets` makes one"));
        findings.push(finding);
    }
    for document in documents {
        let Some(entries) = document.at(&["config", "resources"]) else { continue };
        if entries.items().next().is_some() && !entries.items().map(NodeRef::resolved).any(etcd_encryption::covers_secrets) {
            let span = entries.key().map_or(entries.span(), NodeRef::span);
            let message = "no entry names the resource `secrets`: they are written to etcd in clear text";
            let mut finding = rule.finding_at(span, context.kind_of(entries), entries.path(), message);
            finding.help = Some(
                "expected is an entry with the resource `secrets` and a provider that encrypts: add one".to_owned(),
            );
            findings.push(finding);
        }
    }
}
