//! `secrets/weak`

use super::super::clear_text;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::secrets::{Content, Secret};
use base64::Engine as _;

pub(crate) const RULE: Rule = Rule {
    name: "secrets/weak",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A secret that anyone can guess: from the documentation, all alike, or too short.",
    why: "A token that stands in the documentation lets anyone who can reach the machine join the cluster, and a key of \
          zeros encrypts nothing. Talos takes them without a word.",
    avoid: Example::new("machine:\n  token: wlzjyw.bei2zfylhs2by0wd\n"),
    follow: Example::new("machine:\n  token: ENC[AES256_GCM,data:Tr7o,type:str]\n"),
    references: &[],
    check,
};

/// Secrets of the documentation of Talos and Kubernetes.
const EXAMPLES: [&str; 10] = [
    "328hom.uqjzh6jnn2eie9oi",
    "wlzjyw.bei2zfylhs2by0wd",
    "abcdef.0123456789abcdef",
    "z01mye6j16bspJYtTB/5SFX8j7Ph4JXxM2Xuu4vsBPM=",
    "exampleKey",
    "topsecret",
    "supersecret",
    "swapsecret",
    "newkey",
    "oldkey",
];

const MIN_TOKEN: usize = 16;
const MIN_KEY: usize = 16;
const MIN_PASSPHRASE: usize = 8;

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for secret in context.secrets.iter().filter(|secret| secret.content != Content::Nothing) {
        let scalar = secret.node;
        let place = clear_text::place(scalar);
        let name = clear_text::last_step(&place);
        let Some(problem) = problem(secret, name) else { continue };
        let mut finding = rule.finding(context, scalar, format!("`{name}` is {problem}, so anyone can guess it"));
        finding.help = Some("expected is a random secret; those of a cluster `talosctl gen secrets` makes. Renew what was made with this one".to_owned());
        findings.push(finding);
    }
}

/// What is weak about a secret. What stands for one later is no secret, but a key of zeros in its place is one.
fn problem(secret: &Secret<'_, '_>, name: &str) -> Option<String> {
    let value = secret.node.value().trim();
    if EXAMPLES.contains(&value) {
        return Some("an example of the documentation".to_owned());
    }
    let is_withheld = secret.content == Content::Withheld;
    match name {
        "token" | "passphrase" if is_withheld => None,
        "token" if value.len() < MIN_TOKEN => Some(format!("shorter than {MIN_TOKEN} characters")),
        "token" => {
            is_all_alike(value.bytes().filter(|byte| *byte != b'.')).then(|| "one character again and again".to_owned())
        }
        "passphrase" if value.len() < MIN_PASSPHRASE => Some(format!("shorter than {MIN_PASSPHRASE} characters")),
        "passphrase" => is_all_alike(value.bytes()).then(|| "one character again and again".to_owned()),
        "secret"
        | "clusterSecret"
        | "secretboxEncryptionSecret"
        | "aescbcEncryptionSecret"
        | "privateKey"
        | "secretboxencryptionsecret"
        | "aescbcencryptionsecret"
        | "presharedKey" => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(value).ok()?;
            if is_all_alike(bytes.iter().copied()) {
                return Some("one byte again and again".to_owned());
            }
            // A struck-out value may be base64 by chance.
            (bytes.len() < MIN_KEY && !is_withheld).then(|| format!("shorter than {MIN_KEY} bytes"))
        }
        _ => None,
    }
}

fn is_all_alike(mut bytes: impl Iterator<Item = u8>) -> bool {
    bytes.next().is_some_and(|first| bytes.all(|byte| byte == first))
}
