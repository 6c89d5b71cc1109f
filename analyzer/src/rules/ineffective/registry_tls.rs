//! `ineffective/registry-tls`

use super::super::documents::find_in_version;
use crate::context::Context;
use crate::finding::{Finding, Profile, Related, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::{Kind, NodeRef};
use crate::tables;
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: "ineffective/registry-tls",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "TLS options for a registry that a mirror reaches over plain http.",
    why: "Without TLS there is no certificate to skip or to trust: containerd passes over the options, and Talos itself refuses \
          to pull through the mirror, the images of the kubelet and of etcd among them. Skipping the check of certificates \
          does not switch to http, nor the reverse.",
    avoid: Example::talos(
        12,
        "machine:\n  registries:\n    mirrors:\n      docker.io:\n        endpoints:\n          - http://mirror.example.org:5000\n    config:\n      mirror.example.org:5000:\n        tls:\n          insecureSkipVerify: true\n",
    ),
    follow: Example::talos(
        12,
        "machine:\n  registries:\n    mirrors:\n      docker.io:\n        endpoints:\n          - https://mirror.example.org:5000\n",
    ),
    references: &["siderolabs/talos#10450"],
    check,
};

/// Where the addresses of mirrors are set.
const MIRRORS: [(&str, &[&str]); 2] = [
    (tables::V1ALPHA1, &["machine", "registries", "mirrors", "*", "endpoints", "[]"]),
    ("RegistryMirrorConfig", &["endpoints", "[]", "url"]),
];

/// TLS options of one registry.
struct Options<'t> {
    registry: &'t str,
    place: Span,
    kind: &'static str,
    path: String,
}

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for options in options(context) {
        let Some(endpoint) = plain_endpoint(context, options.registry) else { continue };
        let message = format!(
            "`{}` is reached over http, where TLS options mean nothing; Talos refuses to pull through a mirror that has them",
            options.registry
        );
        findings.push(Finding {
            help: Some("expected is an https address of the mirror, or no TLS options for it".to_owned()),
            related: vec![Related::here(endpoint.visible_span(), "the mirror")],
            ..rule.finding_at(options.place, options.kind, options.path, message)
        });
    }
}

fn options<'t>(context: &Context<'t, '_>) -> Vec<Options<'t>> {
    let mut options = Vec::new();
    for found in context.find(tables::V1ALPHA1, &["machine", "registries", "config"]) {
        for (registry, config) in found.node.entries() {
            let Some((key, tls)) = config.entry("tls") else { continue };
            if tls.kind() == Kind::Mapping && tls.entries().next().is_some() {
                let (place, path) = (key.span(), tls.path());
                options.push(Options { registry: registry.value(), place, kind: found.kind, path });
            }
        }
    }
    for name in find_in_version(context, &[("RegistryTLSConfig", &["name"])]) {
        let (node, kind) = (name.node, name.kind);
        options.push(Options { registry: node.value(), place: node.visible_span(), kind, path: node.path() });
    }
    options
}

/// The first endpoint of a mirror that is at `host` and is reached over http.
fn plain_endpoint<'t, 's>(context: &Context<'t, 's>, host: &str) -> Option<NodeRef<'t, 's>> {
    let is_plain = |node: &NodeRef<'t, 's>| {
        let (scheme, rest) = node.value().split_once("://").unwrap_or_default();
        scheme.eq_ignore_ascii_case("http") && rest.split('/').next() == Some(host) && !is_unknown(*node)
    };
    find_in_version(context, &MIRRORS).into_iter().map(|found| found.node).find(is_plain)
}
