//! The policies of the API server: admission, audit, authentication, authorization, encryption of what etcd holds.

use super::machine::{Machine, leaves, origin, source, text};
use super::{EffectiveSetting, Source, Value};
use crate::settings::{self, By, Field};
use crate::syntax::NodeRef;
use crate::tables;
use crate::version::VersionSet;

/// The settings of all policies; none on workers.
pub(super) fn settings(machine: &Machine<'_, '_, '_>) -> Vec<EffectiveSetting> {
    let runs = settings::components().iter().find(|component| component.name == "kube-apiserver");
    if runs.is_none_or(|component| machine.any(component.off)) {
        return Vec::new();
    }
    let mut listed = admission(machine);
    listed.extend(audit(machine));
    listed.extend(authentication(machine));
    listed.extend(authorization(machine));
    listed.extend(encryption(machine));
    listed
}

const fn field(document: &'static str, path: &'static [&'static str]) -> Field {
    Field { versions: VersionSet::ALL, document, path }
}

/// The configuration of each admission plugin, and what Pod Security does without one.
fn admission(machine: &Machine<'_, '_, '_>) -> Vec<EffectiveSetting> {
    const LIST: Field = field(tables::V1ALPHA1, &["cluster", "apiServer", "admissionControl"]);
    let items = machine.nodes(&LIST).into_iter().flat_map(NodeRef::items).map(NodeRef::resolved);
    let plugins: Vec<_> = items.chain(machine.documents("KubeAdmissionControlConfig")).collect();
    let mut listed = Vec::new();
    for plugin in plugins {
        let (Some(name), Some(configuration)) = (plugin.get("name"), plugin.get("configuration")) else { continue };
        listed.extend(configured(machine, "admission", name.value(), configuration));
    }
    with_defaults(machine, "admission", listed)
}

/// The rules of the audit policy, one a line, and what holds for all of them.
fn audit(machine: &Machine<'_, '_, '_>) -> Vec<EffectiveSetting> {
    const POLICIES: [Field; 2] = [
        field("KubeAuditPolicyConfig", &["configuration"]),
        field(tables::V1ALPHA1, &["cluster", "apiServer", "auditPolicy"]),
    ];
    let mut policies = POLICIES.iter().flat_map(|field| machine.nodes(field));
    let Some(policy) = policies.find(|policy| policy.entries().next().is_some()) else {
        return with_defaults(machine, "audit", Vec::new());
    };
    let mut listed = configured(machine, "audit", "", policy);
    listed.retain(|setting| setting.name != "rules");
    let rules = policy.get("rules").into_iter().flat_map(NodeRef::items).enumerate();
    listed.extend(rules.map(|(number, rule)| {
        let name = format!("rules.{number}");
        let default = machine.default_of(&format!("audit.{name}")).map(|(value, _)| value);
        EffectiveSetting { default, ..machine.written("audit", name, rule.resolved()) }
    }));
    listed
}

/// The file of the authentication, which only documents write.
fn authentication(machine: &Machine<'_, '_, '_>) -> Vec<EffectiveSetting> {
    const CONFIGURATION: Field = field("KubeAuthenticationConfig", &["configuration"]);
    let nodes = machine.nodes(&CONFIGURATION).into_iter();
    nodes.flat_map(|node| configured(machine, "authentication", "", node)).collect()
}

/// The authorizers in the order in which they are asked.
fn authorization(machine: &Machine<'_, '_, '_>) -> Vec<EffectiveSetting> {
    let listed = |number: usize, kind: String, name: &str, source: Source| {
        let name = format!("{} {name}", number + 1);
        let default = machine.default_of(&format!("authorization.{name}")).map(|(value, _)| value);
        EffectiveSetting { default, ..EffectiveSetting::new("authorization", name.trim_end(), kind, source) }
    };
    // The flags take the place of the file.
    if let Some(modes) = machine.value_of("apiserver.authorization-mode") {
        let Value::Text(text) = modes.value else { return Vec::new() };
        let of_talos = ["Node", "RBAC"];
        let modes_of = text.split(',').enumerate();
        return modes_of
            .map(|(number, mode)| {
                let source = if of_talos.contains(&mode) { Source::Talos } else { modes.source };
                listed(number, mode.to_owned(), &mode.to_ascii_lowercase(), source)
            })
            .collect();
    }
    let mut authorizers = Vec::new();
    for node in authorizer_nodes(machine) {
        let Some(kind) = node.get("type") else { continue };
        let name = node.get("name").map_or("", NodeRef::value);
        authorizers.push((kind.value().to_owned(), name.to_owned(), Source::Written(origin(kind.span()))));
    }
    if machine.documents("KubeAPIServerConfig").is_empty() {
        for (position, (kind, name)) in [("Node", "node"), ("RBAC", "rbac")].into_iter().enumerate() {
            if !authorizers.iter().any(|(known, _, _)| known == kind) {
                let position = position.min(authorizers.len());
                authorizers.insert(position, (kind.to_owned(), name.to_owned(), Source::Talos));
            }
        }
    }
    authorizers
        .into_iter()
        .enumerate()
        .map(|(number, (kind, name, source))| listed(number, kind, &name, source))
        .collect()
}

fn authorizer_nodes<'t, 's>(machine: &Machine<'_, 't, 's>) -> Vec<NodeRef<'t, 's>> {
    const LIST: Field = field(tables::V1ALPHA1, &["cluster", "apiServer", "authorizationConfig"]);
    let items = machine.nodes(&LIST).into_iter().flat_map(NodeRef::items).map(NodeRef::resolved);
    items.chain(machine.documents("KubeAuthorizerConfig")).collect()
}

/// What etcd encrypts, and with which providers, in the order in which they are tried.
fn encryption(machine: &Machine<'_, '_, '_>) -> Vec<EffectiveSetting> {
    const RESOURCES: Field = field("KubeEtcdEncryptionConfig", &["config", "resources"]);
    let mut listed = Vec::new();
    for entry in machine.nodes(&RESOURCES).into_iter().flat_map(NodeRef::items).map(NodeRef::resolved) {
        let (Some(resources), Some(providers)) = (entry.get("resources"), entry.get("providers")) else { continue };
        let names: Vec<&str> =
            providers.items().filter_map(|provider| Some(provider.resolved().entries().next()?.0.value())).collect();
        listed.push(encrypted(machine, text(resources), names.join(","), Source::Written(origin(providers.span()))));
    }
    if !listed.is_empty() {
        return listed;
    }
    let mut providers: Vec<&str> = Vec::new();
    let mut first = None;
    for (provider, key) in [("secretbox", "secretboxEncryptionSecret"), ("aescbc", "aescbcEncryptionSecret")] {
        let path = ["cluster", key];
        let written = machine.context.find(tables::V1ALPHA1, &path).into_iter();
        let Some(secret) = written.map(|found| found.node).find(|node| !text(*node).is_empty()) else { continue };
        providers.push(provider);
        first = first.or_else(|| Some(Source::Written(origin(secret.key()?.span()))));
    }
    let Some(source) = first else { return with_defaults(machine, "encryption", listed) };
    providers.push("identity");
    vec![encrypted(machine, "secrets".to_owned(), providers.join(","), source)]
}

fn encrypted(machine: &Machine<'_, '_, '_>, name: String, providers: String, source: Source) -> EffectiveSetting {
    let default = machine.default_of(&format!("encryption.{name}")).map(|(value, _)| value);
    EffectiveSetting { default, ..EffectiveSetting::new("encryption", name, providers, source) }
}

/// The leaves of a configuration, under the name of what it is of.
fn configured(
    machine: &Machine<'_, '_, '_>,
    component: &'static str,
    of: &str,
    configuration: NodeRef<'_, '_>,
) -> Vec<EffectiveSetting> {
    let mut found = leaves(configuration, of);
    let is_kind = |path: &str| matches!(path.rsplit('.').next(), Some("apiVersion" | "kind"));
    found.retain(|(path, _)| !is_kind(path));
    let listed = found.into_iter().map(|(path, node)| {
        let default = machine.default_of(&format!("{component}.{path}")).map(|(value, _)| value);
        EffectiveSetting { default, ..machine.written(component, path, node) }
    });
    listed.collect()
}

/// What is listed, and what the tables have as defaults beside it, sorted by name.
fn with_defaults(
    machine: &Machine<'_, '_, '_>,
    component: &'static str,
    mut listed: Vec<EffectiveSetting>,
) -> Vec<EffectiveSetting> {
    for setting in settings::settings() {
        let Some(name) = setting.id.strip_prefix(component).and_then(|rest| rest.strip_prefix('.')) else { continue };
        if listed.iter().any(|known| known.name == name) {
            continue;
        }
        let Some((value, by)) = machine.default_of(setting.id) else { continue };
        listed.push(EffectiveSetting {
            default: Some(value.clone()),
            depends_on_kubernetes: by == By::Kubernetes,
            ..EffectiveSetting::new(component, name, value, source(by))
        });
    }
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    listed
}
