//! `network/discovery-kubernetes`

use crate::context::{Context, VersionSource};
use crate::finding::{Finding, Profile, Severity};
use crate::fix::{Remedy, Value};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::tables;
use crate::version::MinorVersion;

pub(crate) const RULE: Rule = Rule {
    name: "network/discovery-kubernetes",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "Cluster discovery goes through Kubernetes, which no longer lets it.",
    why: "The Kubernetes registry of discovery reads the Node objects of all machines. From Kubernetes 1.32 a machine may \
          only read its own, so its machines no longer find each other that way. Talos has deprecated it, and writes it as \
          disabled in the configurations it generates.",
    avoid: Example::talos(
        12,
        "cluster:\n  discovery:\n    enabled: true\n    registries:\n      kubernetes:\n        disabled: false\n",
    ),
    follow: Example::talos(
        12,
        "cluster:\n  discovery:\n    enabled: true\n    registries:\n      kubernetes:\n        disabled: true\n",
    ),
    references: &["Talos 1.9 generated configuration"],
    check,
};

const AUTHORIZED_BY_SELECTOR: MinorVersion = MinorVersion { major: 1, minor: 32 };

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.versions.kubernetes < AUTHORIZED_BY_SELECTOR {
        return;
    }
    let kubernetes = match context.versions.kubernetes_source {
        VersionSource::TalosDefault => "from Kubernetes 1.32 on".to_owned(),
        source => format!("with Kubernetes {} ({})", context.versions.kubernetes, source.as_str()),
    };
    let disabled = ["cluster", "discovery", "registries", "kubernetes", "disabled"];
    let discovery = context.find(tables::V1ALPHA1, &["cluster", "discovery"]);
    let is_off =
        discovery.iter().any(|found| found.node.get("enabled").is_some_and(|enabled| enabled.value() == "false"));
    if is_off {
        return;
    }
    let written = context.find(tables::V1ALPHA1, &disabled);
    for found in &written {
        if found.node.value() == "false" && !is_unknown(found.node) {
            let message = format!("the Kubernetes registry of discovery is on, and does not work {kubernetes}");
            let finding = Finding { help: Some(help()), ..rule.finding(context, found.node, message) };
            findings.push(finding.with_remedy(Remedy::changing(TITLE).write_literal(found.node, "true")));
        }
    }
    // Where discovery is on, the registry is on unless it is disabled.
    let Some(root) = context.whole().filter(|_| written.is_empty()) else { return };
    let enabled = root.at(&["cluster", "discovery", "enabled"]);
    if enabled.is_some_and(|enabled| enabled.value() == "true") {
        let message = format!("the Kubernetes registry of discovery is not disabled, and does not work {kubernetes}");
        let span = context.nearest(root, &disabled);
        let finding = Finding {
            help: Some(help()),
            ..rule.finding_at(span, tables::V1ALPHA1, disabled.join("."), message)
        };
        let discovery = root.at(&["cluster", "discovery"]);
        let below = ["registries", "kubernetes", "disabled"];
        let remedy = discovery.map(|node| Remedy::changing(TITLE).put(node, &below, Value::Literal("true".to_owned())));
        findings.push(finding.with_remedy(remedy));
    }
}

/// What takes it away, as a request.
const TITLE: &str = "Disable the Kubernetes registry of discovery";

fn help() -> String {
    "expected is `disabled: true` in cluster.discovery.registries.kubernetes; the service registry finds the machines"
        .to_owned()
}
