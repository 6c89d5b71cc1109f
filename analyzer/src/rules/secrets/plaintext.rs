//! `secrets/plaintext`

use super::super::clear_text::{self, Purpose};
use crate::context::Context;
use crate::finding::{Profile, Related, Severity};
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "secrets/plaintext",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A private key, a token or an encryption secret in clear text.",
    why: "Whoever reads the file can join machines to the cluster, sign certificates of its authorities or read what etcd \
          keeps encrypted, and what was once committed stays in the history. A whole configuration, a bundle of secrets and \
          a client configuration hold their secrets by nature, so of those only the hardened profile speaks, unless some \
          of their secrets are encrypted and others are not. Credentials of registries, WireGuard keys and passphrases of \
          disks have rules of their own.",
    avoid: Example::new("machine:\n  token: 5ml3nh.0gky3d6v5c8qy7l2\n"),
    follow: Example::new("machine:\n  token: ENC[AES256_GCM,data:Tr7o,type:str]\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let Some(severity) = clear_text::severity(rule, context) else { return };
    let secrets = clear_text::find(context, Purpose::Other);
    let Some((first, others)) = secrets.split_first() else { return };
    let place = clear_text::place(*first);
    let name = clear_text::last_step(&place);
    let message = match others.len() {
        0 => format!("`{name}` is in clear text: whoever reads this file can use it"),
        1 => format!("`{name}` is in clear text, and so is another secret: whoever reads this file can use them"),
        count => {
            format!("`{name}` is in clear text, and so are {count} other secrets: whoever reads this file can use them")
        }
    };
    let mut finding = rule.finding(context, *first, message);
    finding.severity = severity;
    finding.help = Some(
        "expected is a file encrypted by SOPS, or a reference to a secret store: encrypt the file, or keep it where only \
         those who run the cluster can read it, and renew what was shared"
            .to_owned(),
    );
    finding.related = others
        .iter()
        .map(|secret| {
            let place = clear_text::place(*secret);
            Related::here(secret.span(), format!("`{}` is in clear text too", clear_text::last_step(&place)))
        })
        .collect();
    findings.push(finding);
}
