//! Secrets in clear text, for the rules about them.

use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::input::InputKind;
use crate::rule::{Findings, Rule};
use crate::secrets::Content;
use crate::syntax::NodeRef;

/// What a secret is for, as far as rules of their own look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Credentials of a registry.
    Registry,
    /// The private key of a WireGuard interface.
    WireGuard,
    /// The passphrase of a volume.
    Passphrase,
    /// Everything else.
    Other,
}

/// The least length of a secret that no rule of its own looks at: tokens and keys are longer, and what is shorter stands
/// for one in an example.
const MIN_LENGTH: usize = 16;

/// The secrets in clear text of a source that are for `purpose`, in their order.
pub(super) fn find<'t, 's>(context: &Context<'t, 's>, purpose: Purpose) -> Vec<NodeRef<'t, 's>> {
    let plain = context.secrets.iter().filter(|secret| secret.content == Content::Plain);
    plain
        .map(|secret| secret.node)
        .filter(|scalar| purpose != Purpose::Other || scalar.value().len() >= MIN_LENGTH)
        .filter(|scalar| purpose_of(context, *scalar) == purpose)
        .collect()
}

fn purpose_of(context: &Context<'_, '_>, scalar: NodeRef<'_, '_>) -> Purpose {
    let place = place(scalar);
    match last_step(&place) {
        "password" | "auth" | "identityToken"
            if context.kind_of(scalar) == "RegistryAuthConfig" || place.contains("registries") =>
        {
            Purpose::Registry
        }
        "privateKey" if context.kind_of(scalar) == "WireguardConfig" || place.contains("wireguard") => {
            Purpose::WireGuard
        }
        "passphrase" => Purpose::Passphrase,
        _ => Purpose::Other,
    }
}

/// The way to a scalar; in an operation of a JSON patch that of its `path` and on from there.
pub(super) fn place(scalar: NodeRef<'_, '_>) -> String {
    let mut node = scalar;
    let mut operation = None;
    while let Some(parent) = node.parent() {
        operation = Some(node);
        node = parent;
    }
    let pointer = operation.and_then(|operation| operation.get("path")).map_or("", NodeRef::value);
    let path = scalar.path();
    match path.split_once(".value") {
        Some((_, rest)) if pointer.starts_with('/') => format!("{}{rest}", pointer.replace('/', ".")),
        _ => path,
    }
}

/// The key that a way ends with.
pub(super) fn last_step(place: &str) -> &str {
    place.rsplit('.').next().unwrap_or(place)
}

/// Whether a source holds its secrets by nature: a whole machine configuration, a bundle of secrets or a client
/// configuration, as `talosctl` writes them. When some of its secrets are withheld, it is made to be shared, and one in
/// clear text was forgotten.
pub(super) fn is_kept_private(context: &Context<'_, '_>) -> bool {
    let by_nature = context.inputs.iter().any(|input| {
        matches!(
            input.kind,
            InputKind::MachineConfig { whole: true } | InputKind::SecretsBundle | InputKind::Talosconfig
        )
    });
    by_nature && !context.secrets.iter().any(|secret| secret.content == Content::Withheld)
}

/// The severity of a secret in clear text; `None` where the profile says nothing of it.
pub(super) fn severity(rule: &Rule, context: &Context<'_, '_>) -> Option<Severity> {
    if !is_kept_private(context) {
        return Some(rule.severity);
    }
    (context.profile >= Profile::Hardened).then_some(Severity::Warning)
}

/// Reports each secret that is for `purpose`.
pub(super) fn check(
    rule: &Rule,
    context: &Context<'_, '_>,
    purpose: Purpose,
    problem: &str,
    help: &str,
    findings: &mut Findings,
) {
    let Some(severity) = severity(rule, context) else { return };
    for scalar in find(context, purpose) {
        let place = place(scalar);
        let message = format!("`{}` is in clear text: {problem}", last_step(&place));
        findings.push(Finding { severity, help: Some(help.to_owned()), ..rule.finding(context, scalar, message) });
    }
}
