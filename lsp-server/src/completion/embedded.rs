//! What is more than text inside of values and under keys of the user's own: kernel arguments, kernel parameters, cipher
//! suites, feature gates, labels of nodes, system extensions.

use super::Place;
use super::documentation::Subject;
use super::item::{Candidate, Rank};
use super::keys::template;
use super::template::Template;
use crate::hover;
use std::fmt::Write as _;
use talint_analyzer::input::InputKind;
use talint_analyzer::rules::{self, WeakArgument};
use talint_analyzer::syntax::NodeRef;
use talint_analyzer::tables::{self, CipherClass, FeatureGate, KernelDefault, Shape, Stage};
use talint_analyzer::version::{MinorVersion, TalosVersion};
use tower_lsp::ls_types::CompletionItemKind;

/// The keys of a mapping that have a meaning of their own, beside those of Talos.
pub(super) fn keys(place: &Place<'_>, mapping: NodeRef<'_, '_>) -> Vec<Candidate> {
    match mapping.key().map(NodeRef::value) {
        Some("sysctls") => sysctls(place),
        Some("featureGates") => gates(place).map(|gate| gate_as_key(place, gate)).collect(),
        Some("nodeLabels" | "labels") => labels(place, false),
        Some("nodeTaints" | "taints") => labels(place, true),
        _ => Vec::new(),
    }
}

/// What can be written of a value that is a list of words, or a text of several.
pub(super) fn words(place: &Place<'_>, node: NodeRef<'_, '_>) -> Option<Vec<Candidate>> {
    let own = node.key().map(NodeRef::value);
    let around = node.parent().and_then(NodeRef::key).map(NodeRef::value);
    let is_of = |name: &str| own == Some(name) || around == Some(name);
    if around == Some("extraKernelArgs") {
        return Some(kernel_arguments(place));
    }
    if is_of("tlsCipherSuites") || is_of("tls-cipher-suites") {
        return Some(cipher_suites());
    }
    if is_of("feature-gates") && !node.steps().contains(&"etcd") {
        return Some(gates(place).map(|gate| gate_as_word(place, gate)).collect());
    }
    if around == Some("officialExtensions") && matches!(place.input.kind, InputKind::Schematic) {
        return Some(extensions(place, node));
    }
    None
}

fn sysctls(place: &Place<'_>) -> Vec<Candidate> {
    let key = |name: &str| {
        let key = Candidate::key(name, template(place.cursor, name, &Shape::String, place.version()));
        key.about(Subject::Sysctl(name.to_owned()))
    };
    let of_talos = tables::sysctls().iter().filter(|sysctl| sysctl.versions.contains(place.version()));
    let of_talos =
        of_talos.map(|sysctl| Candidate { note: Some(format!("Talos sets {}", sysctl.value)), ..key(sysctl.key) });
    let others = tables::sysctl_names().iter().filter(|known| known.other_system.is_none() && known.instead.is_none());
    // What each link has can be set for all that come later.
    let others = others.map(|known| Candidate { rank: Rank::Seldom, ..key(&known.name.replace('*', "default")) });
    of_talos.chain(others).collect()
}

fn labels(place: &Place<'_>, of_taints: bool) -> Vec<Candidate> {
    let known = tables::node_labels().iter().filter(|label| if of_taints { label.is_taint } else { label.is_label });
    let keys = known.map(|label| {
        let template = template(place.cursor, label.name, &Shape::String, place.version());
        Candidate::key(label.name, template).about(Subject::Label(label.name.to_owned()))
    });
    keys.collect()
}

/// The feature gates of the version of Kubernetes.
fn gates(place: &Place<'_>) -> impl Iterator<Item = &'static FeatureGate> {
    let kubernetes = place.versions.kubernetes;
    tables::feature_gates().iter().filter(move |gate| gate.is_in(kubernetes))
}

fn gate(place: &Place<'_>, gate: &FeatureGate, label: String, template: Template) -> Candidate {
    let is_gone = gate.locked || matches!(gate.stage, Stage::Deprecated);
    let default = if gate.default { "on" } else { "off" };
    let locked = if gate.locked { ", locked" } else { "" };
    Candidate {
        note: Some(format!("{}, {default}{locked}", gate.stage.word())),
        rank: if is_gone { Rank::Last } else { Rank::Usual },
        is_deprecated: is_gone,
        template,
        ..Candidate::value(label).about(Subject::Gate(gate.name.to_owned(), place.versions.kubernetes.minor))
    }
}

/// A gate with the value that is not its default: who names it means to change it.
fn gate_as_word(place: &Place<'_>, known: &FeatureGate) -> Candidate {
    let text = format!("{}={}", known.name, !known.default);
    gate(place, known, text.clone(), Template::of(text))
}

fn gate_as_key(place: &Place<'_>, known: &FeatureGate) -> Candidate {
    let is_bare = place.cursor.has_colon() || place.cursor.is_quoted();
    let text = if is_bare { known.name.to_owned() } else { format!("{}: {}", known.name, !known.default) };
    let kind = CompletionItemKind::PROPERTY;
    Candidate { kind, ..gate(place, known, known.name.to_owned(), Template::of(text)) }
}

/// What there is to say of a feature gate.
pub(super) fn about_gate(gate: &FeatureGate, kubernetes: MinorVersion) -> String {
    let default = if gate.default { "on" } else { "off" };
    let mut out = format!(
        "**{}**\n\nA feature gate of Kubernetes, {} in {kubernetes}; {default} by default.",
        gate.name,
        gate.stage.word()
    );
    if gate.locked {
        out.push_str(" It cannot be changed: the component refuses another value.");
    }
    for row in tables::feature_gates().iter().filter(|row| row.name == gate.name) {
        let (first, last) = row.kubernetes;
        let default = if row.default { "on" } else { "off" };
        let _ = write!(out, "\n- 1.{first} to 1.{last}: {}, {default}", row.stage.word());
    }
    out
}

fn extensions(place: &Place<'_>, node: NodeRef<'_, '_>) -> Vec<Candidate> {
    let is_there = |name: &str| node.parent().is_some_and(|list| list.items().any(|item| item.value() == name));
    let known = tables::extensions().iter();
    let known = known.filter(|extension| extension.versions.contains(place.version()) && !is_there(extension.name));
    let candidates = known.map(|extension| {
        let kind = CompletionItemKind::MODULE;
        Candidate { kind, ..Candidate::value(extension.name).about(Subject::Extension(extension.name.to_owned())) }
    });
    candidates.collect()
}

/// All suites that can be chosen, weak ones last.
fn cipher_suites() -> Vec<Candidate> {
    let candidates = tables::cipher_suites().iter().filter(|suite| suite.class != CipherClass::Tls13).map(|suite| {
        let is_weak = suite.class == CipherClass::Weak;
        let rank = match suite.class {
            CipherClass::Strong | CipherClass::Tls13 => Rank::Recommended,
            CipherClass::Legacy => Rank::Seldom,
            CipherClass::Weak => Rank::Last,
        };
        let note = Some(suite.because.to_owned()).filter(|because| !because.is_empty());
        let suite = Candidate::value(suite.name).about(Subject::Suite(suite.name.to_owned()));
        Candidate { rank, note, is_deprecated: is_weak, ..suite }
    });
    candidates.collect()
}

/// Kernel arguments with their values, hardening first, and those of Talos's own that can be taken away.
pub(super) fn kernel_arguments(place: &Place<'_>) -> Vec<Candidate> {
    let version = place.version();
    let argument = |text: String, rank: Rank, note: Option<String>| {
        let subject = Subject::Argument(text.clone());
        Candidate { note, rank, ..Candidate::value(text).about(subject) }
    };
    let recommended = tables::recommended_arguments().iter().filter(|known| known.versions.contains(version));
    let recommended = recommended
        .map(|known| argument(written(known.argument, known.value), Rank::Recommended, Some("hardening".to_owned())));
    let common = tables::common_arguments().iter().filter(|known| known.versions.contains(version)).map(|known| {
        if known.is_hardened {
            return argument(written(known.argument, known.value), Rank::Recommended, Some("hardening".to_owned()));
        }
        argument(written(known.argument, known.value), Rank::Usual, None)
    });
    let of_talos = tables::talos_arguments().iter().filter(|known| known.versions.contains(version));
    let of_talos =
        of_talos.map(|known| argument(format!("{}=", known.name), Rank::Usual, Some("read by Talos".to_owned())));
    let is_default = |known: &&KernelDefault| known.versions.contains(version) && known.scope == KernelDefault::ALL;
    let removed = tables::kernel_defaults().iter().filter(is_default);
    let removed = removed.map(|known| {
        let note = Some(format!("takes {} away", written(known.argument, known.value)));
        let is_deprecated = is_weakened_without(known.argument, version);
        let rank = if is_deprecated { Rank::Last } else { Rank::Seldom };
        Candidate { is_deprecated, ..argument(format!("-{}", known.argument), rank, note) }
    });
    recommended.chain(common).chain(of_talos).chain(removed).collect()
}

fn written(name: &str, value: &str) -> String {
    if value.is_empty() { name.to_owned() } else { format!("{name}={value}") }
}

/// Whether a machine is weaker, or does not boot, without an argument.
fn is_weakened_without(name: &str, version: TalosVersion) -> bool {
    rules::argument_checks().iter().any(|check| {
        check.argument == name && check.versions.contains(version) && matches!(check.weak, WeakArgument::Removed)
    })
}

/// What there is to say of a kernel argument, as it is written.
pub(super) fn about_argument(text: &str, version: TalosVersion) -> Option<String> {
    let is_it = |known: &&tables::CommonArgument| written(known.argument, known.value) == text;
    let common = tables::common_arguments().iter().find(is_it).map(|known| {
        let hardened = if known.is_hardened { " The hardened value." } else { "" };
        format!("{}{hardened}", known.about)
    });
    let known = hover::kernel_argument(text, version);
    match (common, known) {
        (Some(common), Some(known)) => Some(format!("{known}\n\n{common}")),
        (Some(common), None) => Some(format!("**{text}** — a kernel argument\n\n{common}")),
        (None, known) => known,
    }
}
