//! `files/sensitive`

use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::fix::Remedy;
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::{NodeRef, Resolved, resolve};
use crate::tables;
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "files/sensitive",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A file that security hangs on is replaced, or one that anyone may write or that runs as its owner is made.",
    why: "Talos writes the files that decide whom it trusts and what it runs by itself. What machine.files puts in their \
          place stays over updates, and no rule of Talos looks at it. A file that anyone may write lets any process of the \
          machine, or a container that has it mounted, change it.",
    avoid: Example::new(
        "machine:\n  files:\n    - path: /var/lib/agent/config\n      op: create\n      permissions: 0o666\n      content: a\n",
    ),
    follow: Example::new(
        "machine:\n  files:\n    - path: /var/lib/agent/config\n      op: create\n      permissions: 0o600\n      content: a\n",
    ),
    references: &[],
    check,
};

/// Files and folders that security hangs on, and what they decide.
const SENSITIVE: [(&str, &str); 12] = [
    ("/etc/kubernetes/manifests/", "the kubelet runs as pods, past the API server and its admission"),
    ("/etc/kubernetes/", "the kubelet and the control plane take as their configuration and keys"),
    ("/etc/ssl/", "decides which certificates the machine trusts"),
    ("/etc/pki/", "decides which certificates the machine trusts"),
    ("/etc/ca-certificates/", "decides which certificates the machine trusts"),
    ("/etc/selinux/", "is the SELinux policy"),
    ("/etc/apparmor", "is the AppArmor policy"),
    ("/etc/passwd", "says which users there are"),
    ("/etc/group", "says which groups there are"),
    ("/etc/shadow", "holds passwords"),
    ("/var/lib/etcd/", "is the data of etcd"),
    ("/var/lib/kubelet/pki/", "holds the keys of the kubelet"),
];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for found in context.find(tables::V1ALPHA1, &["machine", "files", "[]"]) {
        if let Some(path) = found.node.get("path").filter(|path| !is_unknown(*path))
            && let Some((_, what)) = SENSITIVE.iter().find(|(place, _)| path.value().starts_with(place))
        {
            let message = format!("`{}` {what}, and Talos does not look at what is put there", path.value());
            findings.push(Finding {
                help: Some(
                    "expected is the field or document of Talos for it, such as TrustedRootsConfig or machine.pods"
                        .to_owned(),
                ),
                ..rule.finding(context, path, message)
            });
        }
        mode(rule, context, found.node.get("permissions"), findings);
    }
    if context.talos() >= TalosVersion::nearest(14) {
        for root in context.documents("EtcFileConfig") {
            mode(rule, context, root.get("mode"), findings);
        }
    }
}

fn mode(rule: &Rule, context: &Context<'_, '_>, node: Option<NodeRef<'_, '_>>, findings: &mut Findings) {
    const SET_ID: i128 = 0o6000;
    const WRITABLE_BY_ANYONE: i128 = 0o002;
    let Some(node) = node.filter(|node| !is_unknown(*node)) else { return };
    let Resolved::Int(mode) = resolve(node) else { return };
    let (problem, expected, bits) = if mode & SET_ID != 0 {
        ("whoever runs the file gets the rights of its owner", "permissions without setuid and setgid", SET_ID)
    } else if mode & WRITABLE_BY_ANYONE != 0 {
        ("any process of the machine may write the file", "permissions such as 0o644 or 0o600", WRITABLE_BY_ANYONE)
    } else {
        return;
    };
    let message = format!("the permissions are `{}`, 0o{mode:o}: {problem}", node.value());
    let less = format!("0o{:o}", mode & !bits);
    let finding = Finding { help: Some(format!("expected are {expected}")), ..rule.finding(context, node, message) };
    findings.push(finding.with_remedy(Remedy::changing(format!("Write `{less}`")).write_literal(node, less)));
}
