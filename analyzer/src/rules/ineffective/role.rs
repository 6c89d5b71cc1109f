//! `ineffective/role`

use crate::context::Context;
use crate::directives::Role;
use crate::finding::{Finding, Profile, Severity};
use crate::fix::Remedy;
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

/// Fields that only machines of the control plane read. What Talos refuses on a worker is not among them.
const SETTINGS: [&[&str]; 10] = [
    &["cluster", "adminKubeconfig"],
    &["cluster", "allowSchedulingOnControlPlanes"],
    &["cluster", "apiServer"],
    &["cluster", "controllerManager"],
    &["cluster", "coreDNS"],
    &["cluster", "extraManifests"],
    &["cluster", "inlineManifests"],
    &["cluster", "proxy"],
    &["cluster", "scheduler"],
    &["machine", "controlPlane"],
];

/// Secrets that only machines of the control plane need.
const SECRETS: [&[&str]; 4] = [
    &["cluster", "aescbcEncryptionSecret"],
    &["cluster", "aggregatorCA", "key"],
    &["cluster", "secretboxEncryptionSecret"],
    &["cluster", "serviceAccount", "key"],
];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    // A machine of no type is a worker to Talos, and that is told.
    let types = context.find(tables::V1ALPHA1, &["machine", "type"]);
    if context.role != Some(Role::Worker) || types.iter().any(|found| is_nothing(found.node)) {
        return;
    }
    let settings = SETTINGS.into_iter().map(|path| (path, false));
    for (path, is_secret) in settings.chain(SECRETS.into_iter().map(|path| (path, true))) {
        for found in context.find(tables::V1ALPHA1, path) {
            let Some(key) = found.node.key().filter(|_| !is_nothing(found.node)) else { continue };
            if is_secret && is_unknown(found.node) {
                continue;
            }
            let name = path.join(".");
            let (message, help) = if is_secret {
                let message =
                    format!("a worker does not read {name}, and who breaks into it gets a secret of the control plane");
                (message, "expected is no such secret on a worker: take it out")
            } else {
                let message = format!("a worker does not read {name}, which is for machines of the control plane");
                (message, "expected is this in the configuration of the control-plane machines alone")
            };
            // What goes here may be wanted on other machines, and may be all there is of it.
            let remedy = Remedy::changing(format!("Remove `{}`", key.value())).remove(found.node);
            let finding = Finding {
                help: Some(help.to_owned()),
                ..rule.finding_at(key.span(), found.kind, found.node.path(), message)
            };
            findings.push(finding.with_remedy(remedy));
        }
    }
}

fn is_nothing(value: NodeRef<'_, '_>) -> bool {
    value.is_null() || value.value().is_empty() && value.children().next().is_none()
}
