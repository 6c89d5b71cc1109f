//! Working out one setting of one machine.

use super::{EffectiveSetting, Source, Value};
use crate::config::Origin;
use crate::context::Context;
use crate::directives::Role;
use crate::secrets;
use crate::settings::{self, By, Combine, Condition, Default, DefaultValue, Field, Setting, Test, Written, go_bool};
use crate::syntax::{Kind, NodeRef};
use crate::tables;
use crate::text::Span;
use std::collections::HashSet;
use std::net::IpAddr;

/// How far settings may hang on each other.
const DEPTH: usize = 4;

/// A machine, ready to be asked for its settings.
pub(super) struct Machine<'c, 't, 's> {
    pub(super) context: &'c Context<'t, 's>,
    hidden: Vec<Span>,
}

/// What a setting comes to.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) value: Value,
    pub(super) source: Source,
    pub(super) is_secret: bool,
}

impl<'c, 't, 's> Machine<'c, 't, 's> {
    pub(super) fn new(context: &'c Context<'t, 's>) -> Self {
        Self { context, hidden: secrets::hidden(context.inputs, context.tree, context.text) }
    }

    /// The setting as it is listed under `component`; `None` when it is neither written nor has a default.
    pub(super) fn setting(
        &self,
        component: &'static str,
        name: String,
        setting: &'static Setting,
    ) -> Option<EffectiveSetting> {
        let answer = self.answer(setting, DEPTH)?;
        Some(EffectiveSetting {
            id: Some(setting.id),
            default: self.default(setting, DEPTH).map(|(value, _)| value),
            depends_on_kubernetes: self.depends_on_kubernetes(setting),
            is_secret: answer.is_secret,
            ..EffectiveSetting::new(component, name, answer.value, answer.source)
        })
    }

    /// A setting that the tables do not know, as the configuration writes it.
    pub(super) fn written(&self, component: &'static str, name: String, node: NodeRef<'_, '_>) -> EffectiveSetting {
        let setting = EffectiveSetting::new(component, name, text(node), Source::Written(origin(node.span())));
        EffectiveSetting { is_secret: self.is_secret(node), ..setting }
    }

    /// The default of the setting `id`, with who sets it.
    pub(super) fn default_of(&self, id: &str) -> Option<(Value, By)> {
        self.default(settings::setting(id)?, DEPTH)
    }

    /// The value of the setting `id`.
    pub(super) fn value_of(&self, id: &str) -> Option<Answer> {
        self.answer(settings::setting(id)?, DEPTH)
    }

    /// Whether one of `conditions` holds.
    pub(super) fn any(&self, conditions: &[Condition]) -> bool {
        conditions.iter().any(|condition| self.holds(condition, DEPTH))
    }

    /// Whether the configuration gives `component` an argument of this name, a `*` at its end standing for any rest.
    pub(super) fn is_given(&self, component: &str, name: &str) -> bool {
        let is_meant = |argument: &str| match name.strip_suffix('*') {
            Some(start) => argument.starts_with(start),
            None => argument == name,
        };
        let component = settings::components().iter().find(|known| known.name == component);
        let fields = component.into_iter().flat_map(|component| component.arguments);
        fields.flat_map(|field| self.entries(field)).any(|(argument, _)| is_meant(argument))
    }

    /// The entries of a field that holds many settings.
    pub(super) fn entries(&self, field: &Field) -> Vec<(&'t str, NodeRef<'t, 's>)> {
        let found = self.nodes(field);
        found.into_iter().flat_map(NodeRef::entries).map(|(key, value)| (key.value(), value.resolved())).collect()
    }

    /// The values of a field.
    pub(super) fn nodes(&self, field: &Field) -> Vec<NodeRef<'t, 's>> {
        if !field.versions.contains(self.context.talos()) || !self.is_known(field.document) {
            return Vec::new();
        }
        self.context.find(field.document, field.path).into_iter().map(|found| found.node).collect()
    }

    /// The documents of a kind that the version knows, in their order.
    pub(super) fn documents(&self, kind: &'static str) -> Vec<NodeRef<'t, 's>> {
        self.context.documents(kind).filter(|_| self.is_known(kind)).collect()
    }

    fn is_known(&self, kind: &str) -> bool {
        tables::document_type(kind).is_some_and(|document| document.variant(self.context.talos()).is_some())
    }

    /// Whether a part of a value must not be shown.
    pub(super) fn is_secret(&self, node: NodeRef<'_, '_>) -> bool {
        self.is_hidden(node.span())
    }

    /// Whether a part of these bytes must not be shown.
    pub(super) fn is_hidden(&self, span: Span) -> bool {
        self.hidden.iter().any(|secret| secret.start < span.end && span.start < secret.end)
    }

    fn answer(&self, setting: &'static Setting, depth: usize) -> Option<Answer> {
        let written = self.written_to(setting);
        let Some(first) = written.first() else { return self.default_answer(setting, depth) };
        let mut origin = first.node.span();
        let value = match first.place.combine {
            Combine::Append | Combine::Each => {
                let (mut parts, mut known) = (Vec::new(), HashSet::new());
                if let Some(Answer { value: Value::Text(default), .. }) = self.default_answer(setting, depth) {
                    add_parts(&mut parts, &mut known, &default);
                }
                // The place is the first that adds something.
                let mut is_placed = false;
                for written in &written {
                    let before = parts.len();
                    add_parts(&mut parts, &mut known, &text(written.node));
                    if parts.len() > before && !is_placed {
                        (origin, is_placed) = (written.node.span(), true);
                    }
                }
                parts.join(",")
            }
            Combine::Override | Combine::FirstWins | Combine::Denied => text(first.node),
        };
        Some(Answer {
            value: value.into(),
            source: Source::Written(self::origin(origin)),
            is_secret: written.iter().any(|written| written.is_secret() || self.is_secret(written.node)),
        })
    }

    /// What the configuration writes to a setting, strongest first, without what Talos passes over.
    fn written_to(&self, setting: &'static Setting) -> Vec<Written<'t, 's>> {
        let mut written = self.context.effective(setting).written;
        written.retain(|written| {
            let place = written.place;
            let is_denied = place.combine == Combine::Denied
                || place.flag.is_some_and(|flag| self.is_denied(place.document, place.path, flag));
            let is_unset = setting.zero_is_unset && place.flag.is_none() && is_zero(written.node);
            !is_denied && !is_unset
        });
        written
    }

    /// Whether Talos denies the argument `name`; `path` leads to the argument or to what holds it.
    pub(super) fn is_denied(&self, document: &str, path: &[&str], name: &str) -> bool {
        tables::denied_arguments().iter().any(|denied| {
            let is_meant = match denied.argument.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == denied.argument,
            };
            is_meant
                && denied.document == document
                && path.starts_with(denied.path)
                && denied.versions.contains(self.context.talos())
        })
    }

    fn default_answer(&self, setting: &'static Setting, depth: usize) -> Option<Answer> {
        let row = self.row(setting, depth)?;
        let own = |value| Answer { value, source: source(row.by), is_secret: false };
        Some(match row.value {
            DefaultValue::Text(text) => own(text.into()),
            DefaultValue::Later(what) => own(Value::Later(what)),
            DefaultValue::Of(id) => self.answer(settings::setting(id)?, depth.checked_sub(1)?)?,
            DefaultValue::DnsOf(id) => {
                let subnets = self.answer(settings::setting(id)?, depth.checked_sub(1)?)?;
                Answer { value: dns_addresses(&subnets.value)?, ..subnets }
            }
        })
    }

    /// What a setting is when nothing is written, and who sets it.
    fn default(&self, setting: &'static Setting, depth: usize) -> Option<(Value, By)> {
        let row = self.row(setting, depth)?;
        let value = match row.value {
            DefaultValue::Text(text) => text.into(),
            DefaultValue::Later(what) => Value::Later(what),
            DefaultValue::Of(id) => self.default(settings::setting(id)?, depth.checked_sub(1)?)?.0,
            DefaultValue::DnsOf(id) => dns_addresses(&self.default(settings::setting(id)?, depth.checked_sub(1)?)?.0)?,
        };
        Some((value, row.by))
    }

    /// The row of the defaults that holds.
    fn row(&self, setting: &'static Setting, depth: usize) -> Option<&'static Default> {
        let rows = setting.defaults.iter();
        rows.filter(|row| row.versions.contains(self.context.talos()) && self.is_for_kubernetes(row))
            .find(|row| row.conditions.iter().all(|condition| self.holds(condition, depth)))
    }

    fn is_for_kubernetes(&self, row: &Default) -> bool {
        row.kubernetes.is_none_or(|(first, last)| (first..=last).contains(&self.context.versions.kubernetes.minor))
    }

    fn depends_on_kubernetes(&self, setting: &Setting) -> bool {
        let rows = setting.defaults.iter().filter(|row| row.versions.contains(self.context.talos()));
        rows.clone().any(|row| row.kubernetes.is_some() || row.by == By::Kubernetes)
    }

    fn holds(&self, condition: &Condition, depth: usize) -> bool {
        let setting = |id| {
            let answer = self.answer(settings::setting(id)?, depth.checked_sub(1)?)?;
            match answer.value {
                Value::Text(text) => Some(text),
                Value::Later(_) | Value::Removed => None,
            }
        };
        let holds = match condition.test {
            Test::ControlPlane => self.context.role != Some(Role::Worker),
            Test::Document(kind) => !self.documents(kind).is_empty(),
            Test::Argument(component, name) => self.is_given(component, name),
            Test::Is(id, wanted) => setting(id).is_some_and(|value| match go_bool(wanted) {
                Some(wanted) => go_bool(&value) == Some(wanted),
                None => value == wanted,
            }),
            Test::Set(id) => settings::setting(id).is_some_and(|setting| !self.written_to(setting).is_empty()),
            Test::Holds(id, wanted) => setting(id).is_some_and(|value| value.contains(wanted)),
        };
        holds != condition.negated
    }
}

pub(super) fn source(by: By) -> Source {
    match by {
        By::Talos => Source::Talos,
        By::Kubernetes => Source::Kubernetes,
    }
}

/// A place in the one text that is looked at.
pub(super) fn origin(span: Span) -> Origin {
    Origin { source: 0, span }
}

/// Values that are longer or deeper than this are cut off: aliases can make them endless.
const LONGEST: usize = 1 << 16;
const DEEPEST: usize = 32;
const MOST_LEAVES: usize = 1 << 14;

/// A value in one line: lists with commas, mappings as `key=value`.
pub(super) fn text(node: NodeRef<'_, '_>) -> String {
    let mut out = String::new();
    write(node, 0, &mut out);
    out
}

fn write(node: NodeRef<'_, '_>, depth: usize, out: &mut String) {
    let node = node.resolved();
    let (items, entries) = (node.items(), node.entries());
    match node.kind() {
        Kind::Scalar if node.is_null() => {}
        Kind::Scalar | Kind::Alias => out.push_str(node.value()),
        Kind::Sequence => separated(items, out, |item, out| write_nested(item, depth, out)),
        Kind::Mapping => separated(entries, out, |(key, value), out| {
            out.push_str(key.value());
            out.push('=');
            write_nested(value, depth, out);
        }),
    }
}

/// Writes the parts of a collection with commas between them.
fn separated<T>(parts: impl Iterator<Item = T>, out: &mut String, mut write: impl FnMut(T, &mut String)) {
    for (number, part) in parts.enumerate() {
        if number > 0 {
            out.push(',');
        }
        if out.len() > LONGEST {
            out.push('\u{2026}');
            return;
        }
        write(part, out);
    }
}

fn write_nested(node: NodeRef<'_, '_>, depth: usize, out: &mut String) {
    let (open, close) = match node.resolved().kind() {
        Kind::Mapping => ("{", "}"),
        Kind::Sequence => ("[", "]"),
        Kind::Scalar | Kind::Alias => ("", ""),
    };
    out.push_str(open);
    if depth < DEEPEST {
        write(node, depth + 1, out);
    } else {
        out.push('\u{2026}');
    }
    out.push_str(close);
}

/// The leaves below a value, each with its way: scalars, lists, and mappings without entries.
pub(super) fn leaves<'t, 's>(node: NodeRef<'t, 's>, path: &str) -> Vec<(String, NodeRef<'t, 's>)> {
    let mut found = Vec::new();
    add_leaves(node, path, DEEPEST, &mut found);
    found
}

fn add_leaves<'t, 's>(node: NodeRef<'t, 's>, path: &str, depth: usize, found: &mut Vec<(String, NodeRef<'t, 's>)>) {
    for (key, value) in node.entries() {
        if found.len() > MOST_LEAVES {
            return;
        }
        let value = value.resolved();
        let path = if path.is_empty() { key.value().to_owned() } else { format!("{path}.{}", key.value()) };
        match depth.checked_sub(1).filter(|_| value.entries().next().is_some()) {
            Some(depth) => add_leaves(value, &path, depth, found),
            None => found.push((path, value)),
        }
    }
}

/// Adds the parts of a list with commas that are not there yet.
fn add_parts(parts: &mut Vec<String>, known: &mut HashSet<String>, list: &str) {
    for part in list.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        if known.insert(part.to_owned()) {
            parts.push(part.to_owned());
        }
    }
}

/// Whether a value is what Go takes for not set: empty, or a duration of nothing.
fn is_zero(node: NodeRef<'_, '_>) -> bool {
    match node.kind() {
        Kind::Scalar => node.value().trim_matches(['0', '.', 'h', 'm', 's', '-', '+']).is_empty(),
        Kind::Sequence | Kind::Mapping => node.children().next().is_none(),
        Kind::Alias => false,
    }
}

/// The addresses of the DNS service: the tenth of each subnet of services.
fn dns_addresses(subnets: &Value) -> Option<Value> {
    let Value::Text(subnets) = subnets else { return None };
    let tenth = |subnet: &str| {
        let (address, length) = subnet.trim().split_once('/')?;
        let length: u32 = length.parse().ok()?;
        Some(match address.parse().ok()? {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32_u32.checked_sub(length)?).unwrap_or(0);
                IpAddr::V4((u32::from(address) & mask).checked_add(10)?.into())
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128_u32.checked_sub(length)?).unwrap_or(0);
                IpAddr::V6((u128::from(address) & mask).checked_add(10)?.into())
            }
        })
    };
    let addresses: Option<Vec<String>> = subnets.split(',').map(|subnet| Some(tenth(subnet)?.to_string())).collect();
    Some(addresses?.join(",").into())
}
