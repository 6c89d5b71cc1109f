//! `ineffective/role`

use crate::context::Context;
use crate::directives::Role;
use crate::finding::{Finding, Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "ineffective/role",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A setting of the control plane in the configuration of a worker.",
    why: "The API server, the controller manager, the scheduler and what is applied to the cluster are configured on \
          control-plane machines. A worker takes such settings and reads none of them, so what they were to change stays as \
          it is; and secrets of the control plane on a worker are one break-in away from the whole cluster. Patches for all \
          machines may well hold them, so only what says itself that it is for a worker is looked at.",
    avoid: Example::new("machine:\n  type: worker\ncluster:\n  apiServer:\n    certSANs:\n      - api.example.org\n"),
    follow: Example::new(
        "machine:\n  type: controlplane\ncluster:\n  apiServer:\n    certSANs:\n      - api.example.org\n",
    ),
    references: &[],
    check,
};

/// Fields of `cluster` that only machines of the control plane read. What Talos refuses on a worker is not among them.
const SETTINGS: [&str; 9] = [
    "adminKubeconfig",
    "allowSchedulingOnControlPlanes",
    "apiServer",
    "controllerManager",
    "coreDNS",
    "extraManifests",
    "inlineManifests",
    "proxy",
    "scheduler",
];

/// Fields of `cluster` with secrets of the control plane, down to what is secret.
const SECRETS: [&[&str]; 4] =
    [&["aescbcEncryptionSecret"], &["aggregatorCA", "key"], &["secretboxEncryptionSecret"], &["serviceAccount", "key"]];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.role != Some(Role::Worker) {
        return;
    }
    for cluster in context.documents(tables::V1ALPHA1).filter_map(|root| root.get("cluster")) {
        for name in SETTINGS {
            let Some((key, value)) = cluster.entry(name).filter(|(_, value)| !is_nothing(*value)) else { continue };
            let message = format!("a worker does not read cluster.{name}, which is for machines of the control plane");
            findings.push(Finding {
                help: Some("expected is this in the configuration of the control-plane machines alone".to_owned()),
                ..rule.finding_at(key.span(), tables::V1ALPHA1, value.path(), message)
            });
        }
        for path in SECRETS {
            let Some(secret) = cluster.at(path).filter(|secret| !is_nothing(*secret) && !is_unknown(*secret)) else {
                continue;
            };
            let Some(key) = secret.key() else { continue };
            let message = format!(
                "a worker does not read cluster.{}, and who breaks into it gets a secret of the control plane",
                path.join(".")
            );
            findings.push(Finding {
                help: Some("expected is no such secret on a worker: take it out".to_owned()),
                ..rule.finding_at(key.span(), tables::V1ALPHA1, secret.path(), message)
            });
        }
    }
}

fn is_nothing(value: NodeRef<'_, '_>) -> bool {
    value.is_null() || value.value().is_empty() && value.children().next().is_none()
}
