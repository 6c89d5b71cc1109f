//! `network/wireguard-key`

use super::super::clear_text::{self, Purpose};
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "network/wireguard-key",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The private key of a WireGuard interface in clear text.",
    why: "Whoever reads the file can take the place of the machine in the tunnel, and is let into the network behind it. Of a \
          whole configuration that holds all its secrets, only the hardened profile speaks.",
    avoid: Example::new(
        "apiVersion: v1alpha1\nkind: WireguardConfig\nname: wg0\nprivateKey: mBQwL0zC8aMlmGx8vnbsGlkjKNzVqzvNMIu4CkDAlWM=\n",
    ),
    follow: Example::new("apiVersion: v1alpha1\nkind: WireguardConfig\nname: wg0\nprivateKey: ${WIREGUARD_KEY}\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let problem = "whoever reads this file can take the place of the machine in the tunnel";
    let help = "expected is an encrypted value or a reference to a secret store: encrypt it, and make a new key";
    clear_text::check(rule, context, Purpose::WireGuard, problem, help, findings);
}
