//! `kubernetes/version-skew`

use super::super::images::{self, API_SERVER, CONTROLLER_MANAGER, Component, KUBELET, PROXY, SCHEDULER};
use crate::context::Context;
use crate::finding::{Finding, Profile, Related, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::version::MinorVersion;

pub(crate) const RULE: Rule = Rule {
    name: "kubernetes/version-skew",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The versions of two components of Kubernetes are too far apart.",
    why: "No component may be newer than the API server, the kubelet and kube-proxy may be three minor versions older, the \
          controller manager and the scheduler one. Beyond that they ask for what the API server does not have, or no longer \
          has.",
    avoid: Example::talos(
        12,
        "machine:\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.35.0\ncluster:\n  apiServer:\n    image: registry.k8s.io/kube-apiserver:v1.34.1\n",
    ),
    follow: Example::talos(
        12,
        "machine:\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.34.1\ncluster:\n  apiServer:\n    image: registry.k8s.io/kube-apiserver:v1.34.1\n",
    ),
    references: &["Kubernetes version skew policy"],
    check,
};

/// How many minor versions each component may be behind the API server.
const SKEWS: [(&Component, u16); 4] = [(&KUBELET, 3), (&CONTROLLER_MANAGER, 1), (&SCHEDULER, 1), (&PROXY, 3)];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let Some((api_server, own)) = API_SERVER.images(context).into_iter().next() else { return };
    // What Talos does not run is told, and has to change whatever the API server is.
    let supported = images::supported(context);
    let is_told = |version: &MinorVersion| supported.as_ref().is_some_and(|supported| !supported.contains(version));
    if is_told(&own) {
        return;
    }
    let mut apart = Vec::new();
    for (component, most) in SKEWS {
        for (image, version) in component.images(context) {
            if component.name != PROXY.name && is_told(&version) {
                continue;
            }
            let is_newer = version > own;
            if version.major == own.major && (is_newer || own.minor - version.minor > most) {
                apart.push((component.name, image, version, is_newer));
            }
        }
    }
    // Where several are newer, it is the API server that was left behind.
    if apart.len() > 1 && apart.iter().all(|(.., is_newer)| *is_newer) {
        let message = format!("the API server is of Kubernetes {own}, older than what is to talk to it");
        let others = apart.iter().map(|(name, image, version, _)| {
            Related::here(image.visible_span(), format!("the {name}, {version}"))
        });
        findings.push(Finding {
            help: Some("expected is a version that no other component is newer than".to_owned()),
            related: others.collect(),
            ..rule.finding(context, api_server, message)
        });
        return;
    }
    for (name, image, version, is_newer) in apart {
        let relation = if is_newer { "newer than" } else { "too old for" };
        let message = format!("the {name} is of Kubernetes {version}, {relation} the API server, {own}");
        findings.push(Finding {
            help: Some(format!("expected is the version of the API server, {own}")),
            related: vec![Related::here(api_server.visible_span(), "the API server")],
            ..rule.finding(context, image, message)
        });
    }
}
