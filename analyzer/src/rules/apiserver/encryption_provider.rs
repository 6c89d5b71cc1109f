//! `apiserver/encryption-provider`

use super::super::etcd_encryption;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;

pub(crate) const RULE: Rule = Rule {
    name: "apiserver/encryption-provider",
    severity: Severity::Warning,
    profile: Profile::Hardened,
    summary: "The secrets of Kubernetes are encrypted by an old way that Kubernetes advises against.",
    why: "AES-CBC does not notice that what it decrypts was changed, and may be attacked by that; AES-GCM must not be used without \
          changing the key often. Generated configurations use secretbox.",
    avoid: Example::new(
        "apiVersion: v1alpha1\nkind: KubeEtcdEncryptionConfig\nconfig:\n  resources:\n    - resources: [secrets]\n      providers:\n        - aescbc: {keys: []}\n",
    ),
    follow: Example::new(
        "apiVersion: v1alpha1\nkind: KubeEtcdEncryptionConfig\nconfig:\n  resources:\n    - resources: [secrets]\n      providers:\n        - secretbox: {keys: []}\n        - aescbc: {keys: []}\n",
    ),
    references: &["CIS 1.12 1.2.28"],
    check,
};

const HELP: &str = "expected is secretbox, which comes first where both are set: add it, and keep the old key until every secret is written anew";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let mut report = |place: NodeRef<'_, '_>, message: String| {
        let mut finding = rule.finding_at(place.span(), context.kind_of(place), place.path(), message);
        finding.help = Some(HELP.to_owned());
        findings.push(finding);
    };
    for provider in etcd_encryption::first_providers(context) {
        if matches!(provider.value(), "aescbc" | "aesgcm") {
            report(provider, format!("`{}` comes first and encrypts what is written", provider.value()));
        }
    }
    let is_alone = context.whole().is_some() && etcd_encryption::secret(context, "secretboxEncryptionSecret").is_none();
    if let Some(secret) = etcd_encryption::secret(context, "aescbcEncryptionSecret").filter(|_| is_alone) {
        report(secret.key().unwrap_or(secret), "AES-CBC alone encrypts the secrets of Kubernetes".to_owned());
    }
}
