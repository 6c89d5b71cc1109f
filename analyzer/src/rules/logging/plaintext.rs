//! `logging/plaintext`

use super::super::control::is_loopback;
use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::input::is_unknown_text;
use crate::rule::{Example, Findings, Rule};
use crate::secrets;
use crate::settings::{KernelArguments};
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "logging/plaintext",
    severity: Severity::Info,
    profile: Profile::Hardened,
    summary: "Logs or events leave the machine unencrypted.",
    why: "Talos sends its logs and events over plain TCP, UDP or gRPC, so anyone on the way reads them, and can write lines of \
          their own. A collector on the machine itself, a pod that listens on its loopback address, can send them on \
          encrypted; SideroLink and KubeSpan encrypt the way.",
    avoid: Example::new(
        "machine:\n  logging:\n    destinations:\n      - endpoint: tcp://192.0.2.30:5044\n        format: json_lines\n",
    ),
    follow: Example::new(
        "machine:\n  logging:\n    destinations:\n      - endpoint: tcp://127.0.0.1:5044\n        format: json_lines\n",
    ),
    references: &[],
    check,
};

/// Documents and fields of destinations, and what goes there.
const DESTINATIONS: [(&str, &[&str], &str); 3] = [
    (tables::V1ALPHA1, &["machine", "logging", "destinations", "[]", "endpoint"], "the logs of its services go"),
    ("KmsgLogConfig", &["url"], "the kernel log goes"),
    ("EventSinkConfig", &["endpoint"], "the events of the machine go"),
];

/// Kernel arguments that name a destination.
const ARGUMENTS: [(&str, &str); 2] =
    [("talos.logging.kernel", "the kernel log goes"), ("talos.events.sink", "the events of the machine go")];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for (document, path, what) in DESTINATIONS {
        for found in context.find(document, path) {
            if leaves(found.node.value()) {
                findings.push(Finding {
                    help: Some(help()),
                    ..rule.finding(context, found.node, message(what, found.node.value()))
                });
            }
        }
    }
    let arguments = context.kernel_arguments.iter().flat_map(KernelArguments::iter);
    for argument in arguments.filter(|argument| !argument.removes) {
        let destination = ARGUMENTS.into_iter().find(|(name, _)| *name == argument.name);
        if let (Some((_, what)), Some(value)) = (destination, argument.value.filter(|value| leaves(value))) {
            findings.push(Finding {
                help: Some(help()),
                ..rule.finding_at(argument.span, argument.kind, &*argument.path, message(what, value))
            });
        }
    }
}

fn message(what: &str, destination: &str) -> String {
    format!("{what} to `{}` unencrypted", secrets::shown(destination))
}

fn help() -> String {
    "expected is a collector on the machine itself, at 127.0.0.1, that sends them on encrypted".to_owned()
}

/// Whether a destination is another host, reached outside of the tunnel of `SideroLink`.
fn leaves(destination: &str) -> bool {
    const SIDEROLINK: &str = "[fdae:41e4:649b:9303:";
    !destination.is_empty()
        && !is_unknown_text(destination)
        && !is_loopback(destination)
        && !destination.contains(SIDEROLINK)
}
