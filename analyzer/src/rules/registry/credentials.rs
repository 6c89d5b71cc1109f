//! `registry/credentials`

use super::super::clear_text::{self, Purpose};
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "registry/credentials",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "Credentials of a registry in clear text.",
    why: "Whoever reads the file can pull from the registry in your name and, when the account may push, put in images that \
          the cluster then runs. Of a whole configuration that holds all its secrets, only the hardened profile speaks.",
    avoid: Example::new(
        "apiVersion: v1alpha1\nkind: RegistryAuthConfig\nname: registry.example.org\nusername: robot\npassword: kd8vj2MxQ0fJ\n",
    ),
    follow: Example::new(
        "apiVersion: v1alpha1\nkind: RegistryAuthConfig\nname: registry.example.org\nusername: robot\npassword: ENC[AES256_GCM,data:Tr7o,type:str]\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let problem = "whoever reads this file can use the registry in your name";
    let help = "expected is an encrypted value or a reference to a secret store: encrypt it, and renew the credentials";
    clear_text::check(rule, context, Purpose::Registry, problem, help, findings);
}
