//! `kernel/config-source`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::input::is_unknown_text;
use crate::rule::{Example, Findings, Rule};
use crate::secrets;
use crate::settings::{Argument, KernelArguments};

pub(crate) const RULE: Rule = Rule {
    name: "kernel/config-source",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The machine configuration is fetched in clear text, or a kernel argument carries a credential.",
    why: "Over plain HTTP whoever is on the way reads the configuration, with all its secrets, and can hand out another one. \
          Kernel arguments are no secret: every program on the machine reads them, and they stand in boot menus and images.",
    avoid: Example::new("customization:\n  extraKernelArgs:\n    - talos.config=http://192.0.2.1/worker.yaml\n"),
    follow: Example::new("customization:\n  extraKernelArgs:\n    - talos.config=https://config.example.com/worker.yaml\n"),
    references: &[],
    check,
};

/// Arguments that hold the address of something that must not be read or changed on the way, and what that is.
const ADDRESSES: [(&str, &str); 4] = [
    ("talos.config", "the machine configuration"),
    ("talos.config.oauth.device_auth_url", "the login"),
    ("talos.config.oauth.token_url", "the token"),
    ("siderolink.api", "the join token"),
];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let arguments = context.kernel_arguments.iter().flat_map(KernelArguments::iter);
    for argument in arguments.filter(|argument| !argument.removes) {
        let Some(value) = argument.value.filter(|value| !is_unknown_text(value)) else { continue };
        let address = ADDRESSES.iter().find(|(name, _)| *name == argument.name);
        let lower = value.to_ascii_lowercase();
        let is_plain = ["http://", "grpc://"].iter().any(|scheme| lower.starts_with(scheme));
        if let Some((name, what)) = address.filter(|_| is_plain) {
            let scheme = value.split("://").next().unwrap_or("");
            let message = format!("`{name}` is a `{scheme}://` address: {what} can be read and changed on the way");
            push(rule, argument, rule.severity, message, "expected is an `https://` address".to_owned(), findings);
        }
        if let Some(credential) = secrets::credential(&argument.text()) {
            // Omni and embedded configuration are made to be handed over so; a password in a URL is not.
            let is_usual = argument.name == "siderolink.api" || credential.noun == "a machine configuration";
            let severity = if is_usual { Severity::Info } else { rule.severity };
            let message =
                format!("`{}` carries {}, which every program on the machine can read", argument.name, credential.noun);
            let help = match credential.noun {
                "a machine configuration" => "expected is a configuration without secrets, or one that is fetched or applied",
                _ => "expected is an argument without a credential",
            };
            push(rule, argument, severity, message, help.to_owned(), findings);
        }
    }
}

fn push(
    rule: &Rule,
    argument: &Argument<'_>,
    severity: Severity,
    message: String,
    help: String,
    findings: &mut Findings,
) {
    let mut finding = rule.finding_at(argument.span, argument.kind, &*argument.path, message);
    finding.severity = severity;
    finding.help = Some(help);
    findings.push(finding);
}
