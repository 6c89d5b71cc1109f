//! `network/discovery-service`

use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::tables;
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "network/discovery-service",
    severity: Severity::Info,
    profile: Profile::Strict,
    summary: "The machines find each other through the public discovery service.",
    why: "What the machines tell each other there is encrypted with the secret of the cluster, but the service sees how many \
          machines there are, when, and from which addresses. A service of your own, or none, keeps that in the house.",
    avoid: Example::talos(
        14,
        "apiVersion: v1alpha1\nkind: DiscoveryServiceConfig\nname: default\nendpoint: https://discovery.talos.dev/\n",
    ),
    follow: Example::talos(
        14,
        "apiVersion: v1alpha1\nkind: DiscoveryServiceConfig\nname: default\nendpoint: https://discovery.example.org/\n",
    ),
    references: &[],
    check,
};

const PUBLIC: &str = "discovery.talos.dev";
const MESSAGE: &str =
    "the machines find each other through the public discovery service, which sees their number and addresses";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let help = || Some("expected is the endpoint of a service of your own, or no service registry".to_owned());
    if context.talos() >= TalosVersion::nearest(14) {
        for endpoint in context.documents("DiscoveryServiceConfig").filter_map(|root| root.get("endpoint")) {
            if endpoint.value().contains(PUBLIC) {
                findings.push(Finding { help: help(), ..rule.finding(context, endpoint, MESSAGE) });
            }
        }
    }
    for discovery in context.documents(tables::V1ALPHA1).filter_map(|root| root.at(&["cluster", "discovery"])) {
        let service = discovery.at(&["registries", "service"]);
        let is_off =
            service.and_then(|service| service.get("disabled")).is_some_and(|disabled| disabled.value() != "false");
        if is_off || discovery.get("enabled").is_none_or(|enabled| enabled.value() != "true") {
            continue;
        }
        let endpoint =
            service.and_then(|service| service.get("endpoint")).filter(|endpoint| !endpoint.value().is_empty());
        let finding = match endpoint {
            Some(endpoint) if endpoint.value().contains(PUBLIC) => rule.finding(context, endpoint, MESSAGE),
            Some(_) => continue,
            // Without an endpoint it is the public one, which only a whole configuration can tell.
            None if context.whole().is_none() => continue,
            None => rule.finding(context, service.unwrap_or(discovery), MESSAGE),
        };
        findings.push(Finding { help: help(), ..finding });
    }
}
