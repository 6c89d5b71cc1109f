//! `files/outside-var`

use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "files/outside-var",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A file is to be created outside of /var.",
    why: "The root filesystem of Talos is read-only, and Talos creates files below /var only: at any other path it stops with \
          an error while it boots, and starts neither the kubelet nor etcd.",
    avoid: Example::new(
        "machine:\n  files:\n    - path: /etc/motd\n      op: create\n      permissions: 0o644\n      content: hello\n",
    ),
    follow: Example::new(
        "machine:\n  files:\n    - path: /var/etc/motd\n      op: create\n      permissions: 0o644\n      content: hello\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for found in context.find(tables::V1ALPHA1, &["machine", "files", "[]"]) {
        let is_created = found.node.get("op").is_some_and(|op| op.value() == "create");
        let Some(path) = found.node.get("path").filter(|path| is_created && !is_unknown(*path)) else { continue };
        if path.value().is_empty() || is_taken(path.value()) {
            continue;
        }
        let message = format!(
            "`{}` is outside of /var, where Talos refuses to create files: the machine does not start",
            path.value()
        );
        findings.push(Finding {
            help: Some(
                "expected is a path below /var; for files of containerd /etc/cri/conf.d/20-customization.part, from Talos \
                 1.14 an EtcFileConfig document for other files of /etc"
                    .to_owned(),
            ),
            ..rule.finding(context, path, message)
        });
    }
}

/// Whether Talos creates a file of that path: below /var, a static pod, or the one file that it reads by itself.
fn is_taken(path: &str) -> bool {
    let rest = path.trim_start_matches('/');
    rest.split('/').next() == Some("var")
        || path == "/etc/cri/conf.d/20-customization.part"
        || path.rsplit_once('/').is_some_and(|(folder, _)| folder == "/etc/kubernetes/manifests")
}
