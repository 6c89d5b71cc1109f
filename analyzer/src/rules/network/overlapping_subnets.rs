//! `network/overlapping-subnets`

use super::super::addresses::{self, Network, Written};
use crate::context::Context;
use crate::finding::{Finding, Profile, Related, Severity};
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "network/overlapping-subnets",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The networks of pods and services overlap, with each other or with what Talos uses itself.",
    why: "Every pod and every service has an address of its own, and a machine tells by the address where a packet goes. An \
          address that can be both a pod's and a service's, or the machine's own, goes to one of them alone, and the other \
          is not reached.",
    avoid: Example::talos(
        12,
        "cluster:\n  network:\n    podSubnets:\n      - 10.96.0.0/16\n    serviceSubnets:\n      - 10.96.0.0/12\n",
    ),
    follow: Example::talos(
        12,
        "cluster:\n  network:\n    podSubnets:\n      - 10.244.0.0/16\n    serviceSubnets:\n      - 10.96.0.0/12\n",
    ),
    references: &[],
    check,
};

/// What Talos takes when a configuration names no networks.
const DEFAULT_PODS: &str = "10.244.0.0/16";
const DEFAULT_SERVICES: &str = "10.96.0.0/12";

/// Networks that every machine has a use for.
const RESERVED: [(&str, &str); 3] = [
    ("127.0.0.0/8", "the machine itself"),
    ("169.254.116.108/32", "the DNS server of the machine, which pods ask"),
    ("fdae:41e4:649b:9303::/64", "SideroLink"),
];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let (pods, services) = (addresses::pods(context), addresses::services(context));
    let all: Vec<(&str, Written<'_, '_>)> =
        pods.iter().map(|pods| ("pods", *pods)).chain(services.iter().map(|services| ("services", *services))).collect();
    for (number, (whose, later)) in all.iter().enumerate() {
        // Networks in both generations of configuration are refused together.
        let is_beside = |other: &Written<'_, '_>| context.kind_of(other.node) == context.kind_of(later.node);
        let overlaps = |other: &Written<'_, '_>| is_beside(other) && other.network.overlaps(later.network);
        let earlier = all.iter().take(number).find(|(_, earlier)| overlaps(earlier));
        if let Some((other, earlier)) = earlier {
            let message = format!("this network of {whose} overlaps one of {other}");
            let related = Related::here(earlier.node.visible_span(), format!("a network of {other}"));
            push(rule, context, *later, message, Some(related), findings);
        }
        for (reserved, use_of_it) in RESERVED {
            if Network::parse(reserved).is_some_and(|reserved| reserved.overlaps(later.network)) {
                let message = format!("this network of {whose} overlaps {reserved}, which is for {use_of_it}");
                push(rule, context, *later, message, None, findings);
            }
        }
    }
    // Only a whole configuration tells that the default holds.
    if context.whole().is_some() && pods.is_empty() != services.is_empty() {
        let default = if pods.is_empty() { ("pods", DEFAULT_PODS) } else { ("services", DEFAULT_SERVICES) };
        for (whose, written) in &all {
            if Network::parse(default.1).is_some_and(|default| default.overlaps(written.network)) {
                let message = format!("this network of {whose} overlaps {}, which {} get by default", default.1, default.0);
                push(rule, context, *written, message, None, findings);
            }
        }
    }
}

fn push(
    rule: &Rule,
    context: &Context<'_, '_>,
    written: Written<'_, '_>,
    message: String,
    related: Option<Related>,
    findings: &mut Findings,
) {
    findings.push(Finding {
        help: Some("expected are networks of which no address is in another".to_owned()),
        related: related.into_iter().collect(),
        ..rule.finding(context, written.node, message)
    });
}
