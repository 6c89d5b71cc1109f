//! The walk over a document beside its tables.
//!
//! Every node is seen once, and once more for each shape that aliases put it to: aliases are never expanded.

use super::{Issue, IssueKind, closest, noun, places};
use crate::input::{Input, InputKind, SECTIONS, is_unknown};
use crate::syntax::{Kind, NodeId, NodeRef, Resolved, Style};
use crate::tables::{self, Decoder, FieldVariant, Format, NotWhole, Shape, Type};
use crate::text::Span;
use crate::version::{TalosVersion, VersionSet};
use std::collections::HashSet;

/// Holds one document of configuration to the tables of `version`. Documents of other kinds give nothing.
#[must_use]
pub fn check<'t, 's>(input: &Input<'t, 's>, version: TalosVersion) -> Vec<Issue<'t, 's>> {
    let Some(root) = input.root else { return Vec::new() };
    let (document, is_patch) = match input.kind {
        InputKind::MachineConfig { whole } => (tables::v1alpha1(), !whole),
        InputKind::Document(document) => (document, true),
        InputKind::UnknownDocument => {
            let kinds =
                tables::documents().iter().map(|document| document.kind).filter(|kind| *kind != tables::V1ALPHA1);
            return match root.entry("kind") {
                Some((_, kind)) if kind.resolved().kind() == Kind::Scalar && !kind.resolved().value().is_empty() => {
                    let issue = IssueKind::UnknownKind { closest: closest(kind.resolved().value(), kinds) };
                    vec![Issue { node: kind, span: kind.visible_span(), kind: issue }]
                }
                _ => no_kind(root).into_iter().collect(),
            };
        }
        _ => return Vec::new(),
    };
    let mut walk = Walk::new(document.kind, is_patch, version);
    if let InputKind::MachineConfig { .. } = input.kind
        && !input.broken
        && !SECTIONS.iter().chain(&["apiVersion"]).any(|key| root.entry(key).is_some())
    {
        walk.issues.extend(no_kind(root));
    }
    // A patch deletes a document that names itself, whatever else it says.
    if is_patch && is_deletion(root) && root.entry("kind").is_some() && root.entry("apiVersion").is_some() {
        return walk.issues;
    }
    if let InputKind::Document(document) = input.kind {
        walk.kind_of(root, document.versions());
        if !document.versions().contains(version) {
            return walk.issues;
        }
    }
    walk.structure(root, document.root, Flags::default());
    walk.issues
}

/// Holds a node to a structure that is no document of Talos.
#[must_use]
pub fn check_structure<'t, 's>(
    root: NodeRef<'t, 's>,
    structure: &'static Type,
    kind: &'static str,
    version: TalosVersion,
) -> Vec<Issue<'t, 's>> {
    let mut walk = Walk::new(kind, false, version);
    walk.structure(root, structure, Flags::default());
    walk.issues
}

/// The issue that nothing says what a document is, at its first key.
fn no_kind<'t, 's>(root: NodeRef<'t, 's>) -> Option<Issue<'t, 's>> {
    let place = root.entry("kind").or_else(|| root.entries().next())?.0;
    Some(Issue { node: place, span: place.visible_span(), kind: IssueKind::NoKind })
}

/// What the way to a node says of it.
#[derive(Clone, Copy, Default)]
struct Flags {
    secret: bool,
    deprecated: bool,
    /// Reached through an alias, where patches delete nothing.
    via_alias: bool,
}

/// How an alias was followed: to a node held to a shape, or to a mapping whose values are held to one. The tables hold
/// each shape once, so that its address tells it.
#[derive(PartialEq, Eq, Hash)]
enum Visit {
    Value(NodeId, *const Shape),
    Merge(NodeId, *const Shape),
}

struct Walk<'t, 's> {
    version: TalosVersion,
    decoder: Decoder,
    kind: &'static str,
    is_patch: bool,
    issues: Vec<Issue<'t, 's>>,
    /// What aliases led to: each is walked once, so that aliases of aliases do not grow.
    aliases: HashSet<Visit>,
    /// Targets of the aliases being followed.
    open: Vec<NodeId>,
    /// How many unknown keys were looked for elsewhere.
    suggested: usize,
}

/// For how many unknown keys of a document it is looked for what is meant.
const MAX_SUGGESTIONS: usize = 100;

impl<'t, 's> Walk<'t, 's> {
    fn new(kind: &'static str, is_patch: bool, version: TalosVersion) -> Self {
        Self {
            version,
            decoder: Decoder::of(version),
            kind,
            is_patch,
            issues: Vec::new(),
            aliases: HashSet::new(),
            open: Vec::new(),
            suggested: 0,
        }
    }

    fn report(&mut self, node: NodeRef<'t, 's>, span: Span, kind: IssueKind) {
        self.issues.push(Issue { node, span, kind });
    }

    fn kind_of(&mut self, root: NodeRef<'t, 's>, versions: VersionSet) {
        let Some((key, kind)) = root.entry("kind") else { return };
        match root.entry("apiVersion") {
            None => self.report(key, kind.visible_span(), IssueKind::WrongApiVersion { found: None }),
            Some((_, version)) if version.value() != "v1alpha1" && !is_unknown(version) => {
                let found = Some(version.value().to_owned());
                self.report(version, version.visible_span(), IssueKind::WrongApiVersion { found });
            }
            Some(_) if !versions.contains(self.version) => {
                self.report(kind, kind.visible_span(), IssueKind::KindNotInVersion { versions });
            }
            Some(_) => {}
        }
    }

    fn value(&mut self, node: NodeRef<'t, 's>, shape: &'static Shape, flags: Flags) {
        // In a patch, `$patch: delete` takes the place of a value of any type.
        if is_unknown(node) || self.is_patch && !flags.via_alias && is_deletion(node) {
            return;
        }
        match node.kind() {
            Kind::Alias => self.alias(node, shape, flags),
            Kind::Scalar if node.is_null() => {}
            Kind::Scalar => self.scalar(node, shape.value(), flags),
            Kind::Sequence => match shape.value() {
                Shape::List(inner) => {
                    for item in node.items() {
                        self.element(item, inner, flags);
                    }
                }
                Shape::Format(Format::Argument) => {
                    for item in node.items() {
                        self.value(item, &Shape::String, flags);
                    }
                }
                Shape::Format(Format::HardwareAddr) if self.decoder.takes_bytes_as_hardware_address() => {
                    for item in node.items() {
                        self.value(item, &Shape::Int { min: 0, max: 255 }, flags);
                    }
                }
                Shape::Any => self.anything(node),
                other => self.wrong_type(node, other),
            },
            Kind::Mapping => match shape.value() {
                Shape::Format(format)
                    if self.decoder.takes_empty_mapping(*format) && node.children().next().is_none() => {}
                Shape::Struct(inner) => self.structure(node, inner, flags),
                Shape::Map(inner) => self.map(node, inner, flags),
                Shape::Any => self.anything(node),
                other => self.wrong_type(node, other),
            },
        }
    }

    fn element(&mut self, node: NodeRef<'t, 's>, shape: &'static Shape, flags: Flags) {
        let refused = self.decoder.refuses_null_elements() && matches!(shape, Shape::Pointer(_));
        if refused && node.resolved().is_null() {
            let kind = IssueKind::WrongType { expected: noun(shape.value()), found: "null" };
            self.report(node, node.visible_span(), kind);
            return;
        }
        self.value(node, shape, flags);
    }

    fn alias(&mut self, node: NodeRef<'t, 's>, shape: &'static Shape, flags: Flags) {
        let Some(target) = node.target() else { return };
        if !self.is_cycle(node, target) && !self.decoder.takes_alias_as(shape) {
            self.wrong_type(node, shape);
            return;
        }
        self.follow(node, target, Visit::Value(target.id(), shape), |walk| {
            walk.value(target, shape, Flags { via_alias: true, ..flags });
        });
    }

    fn is_cycle(&self, alias: NodeRef<'t, 's>, target: NodeRef<'t, 's>) -> bool {
        self.open.contains(&target.id()) || is_inside(alias, target)
    }

    /// Walks what an alias stands for, unless that holds the alias or was walked in this way before.
    fn follow(&mut self, alias: NodeRef<'t, 's>, target: NodeRef<'t, 's>, visit: Visit, walk: impl FnOnce(&mut Self)) {
        if self.is_cycle(alias, target) {
            self.report(alias, alias.span(), IssueKind::AliasCycle);
        } else if self.aliases.insert(visit) {
            self.open.push(target.id());
            walk(self);
            self.open.pop();
        }
    }

    /// Whether the decoder does not look for unknown keys here.
    fn is_unchecked(&self, flags: Flags) -> bool {
        flags.via_alias && !self.decoder.looks_behind_aliases()
    }

    fn structure(&mut self, node: NodeRef<'t, 's>, structure: &'static Type, flags: Flags) {
        for (key, value) in node.entries() {
            // A known key without a tag has nothing else about it to judge.
            let plain = key.kind() == Kind::Scalar && key.node().tag.is_none();
            let known = if plain { structure.field(key.value()) } else { None };
            if known.is_none() && !self.key(key, flags) {
                continue;
            }
            let field = known.or_else(|| structure.field(key.resolved().value()));
            match (field, field.and_then(|field| field.variant(self.version))) {
                (_, Some(variant)) => self.field(key, value, variant, flags),
                (Some(field), None) if !self.is_unchecked(flags) => {
                    self.report(key, key.span(), IssueKind::FieldNotInVersion { versions: field.versions() });
                }
                (Some(_), None) => {}
                (None, None) => self.unknown_key(key, structure, flags, node.parent().is_none()),
            }
        }
    }

    /// Judges a key by itself; whether there is a value to look at under it.
    fn key(&mut self, key: NodeRef<'t, 's>, flags: Flags) -> bool {
        if is_unknown(key) {
            return false;
        }
        let is_scalar = key.kind() == Kind::Scalar
            // An alias as a key is only refused where unknown keys are looked for.
            || self.is_unchecked(flags) && key.resolved().kind() == Kind::Scalar;
        if !is_scalar {
            self.report(key, key.span(), IssueKind::KeyNotScalar);
            return false;
        }
        if self.decoder.resolve(key.resolved()) == Resolved::Invalid {
            self.contradicting_tag(key, &Shape::String, flags);
            return false;
        }
        true
    }

    fn unknown_key(&mut self, key: NodeRef<'t, 's>, structure: &'static Type, flags: Flags, is_root: bool) {
        let name = key.value();
        // SOPS keeps its own data beside the document and takes it out when it decrypts.
        let is_sops = is_root && name == "sops";
        // The root of a machine configuration may say its apiVersion.
        let is_api_version = is_root && name == "apiVersion" && self.kind == tables::V1ALPHA1;
        if self.is_unchecked(flags) || is_sops {
            return;
        }
        if self.decoder.resolve(key) == Resolved::Merge {
            self.report(key, key.span(), IssueKind::MergeKey);
            return;
        }
        // Whoever has so many unknown keys has not misspelt them, and each search takes its time.
        self.suggested += 1;
        if self.suggested > MAX_SUGGESTIONS {
            self.report(key, key.span(), IssueKind::UnknownField { closest: None, elsewhere: Vec::new() });
            return;
        }
        let known =
            structure.fields.iter().filter(|field| field.variant(self.version).is_some()).map(|field| field.name);
        let near = closest(name, known);
        let elsewhere =
            if near.is_some() || is_api_version { Vec::new() } else { places(name, self.kind, &key.path()) };
        self.report(key, key.span(), IssueKind::UnknownField { closest: near, elsewhere });
    }

    fn field(&mut self, key: NodeRef<'t, 's>, value: NodeRef<'t, 's>, variant: &'static FieldVariant, flags: Flags) {
        if variant.deprecated && !flags.deprecated && !self.is_unchecked(flags) {
            self.report(key, key.span(), IssueKind::Deprecated { replaced_by: variant.replaced_by });
        }
        let flags = Flags {
            secret: flags.secret || variant.secret,
            deprecated: flags.deprecated || variant.deprecated,
            ..flags
        };
        self.value(value, &variant.shape, flags);
    }

    fn map(&mut self, node: NodeRef<'t, 's>, inner: &'static Shape, flags: Flags) {
        for (key, value) in node.entries() {
            if !self.key(key, flags) {
                continue;
            }
            match self.decoder.resolve(key.resolved()) {
                Resolved::Merge => self.merge(key, value, inner, flags),
                // The decoder passes over an entry whose key it cannot decode to text without an error.
                Resolved::Null if value.kind() == Kind::Scalar => {}
                Resolved::Timestamp if !self.decoder.takes_dates_as_text() => self.wrong_type(key, &Shape::String),
                _ => self.element(value, inner, flags),
            }
        }
    }

    /// `<<` in a mapping with keys of the user's own: the decoder merges an alias of a mapping.
    fn merge(&mut self, key: NodeRef<'t, 's>, value: NodeRef<'t, 's>, inner: &'static Shape, flags: Flags) {
        let target = value.resolved();
        let takes_mappings =
            matches!(inner.value(), Shape::Struct(_) | Shape::Map(_) | Shape::Format(Format::Argument));
        if matches!(inner.value(), Shape::Any) {
            self.merge_anything(key, value);
        } else if takes_mappings && target.kind() == Kind::Mapping && target.children().next().is_none() {
            // Nothing is merged, and nothing is wrong with it as an element either.
        } else if value.kind() == Kind::Alias
            && target.kind() == Kind::Mapping
            // Where the decoder looks for unknown keys, it takes the value of `<<` for an element.
            && !self.decoder.looks_behind_aliases()
        {
            self.follow(value, target, Visit::Merge(target.id(), inner), |walk| {
                walk.map(target, inner, Flags { via_alias: true, ..flags });
            });
        } else {
            self.report(key, key.span(), IssueKind::MergeKey);
        }
    }

    /// A part that Talos takes as it is: only keys, tags and merges can be wrong in it.
    fn anything(&mut self, node: NodeRef<'t, 's>) {
        for (key, value) in node.entries() {
            let resolved = key.resolved();
            if resolved.kind() != Kind::Scalar {
                if !is_unknown(key) {
                    self.report(key, key.span(), IssueKind::KeyNotScalar);
                }
            } else if resolved.value() == "<<" && self.decoder.resolve(resolved) == Resolved::Merge {
                self.merge_anything(key, value);
            }
        }
        for child in node.children() {
            match child.kind() {
                Kind::Scalar if child.node().tag.is_some() => self.scalar(child, &Shape::Any, Flags::default()),
                Kind::Sequence | Kind::Mapping => self.anything(child),
                Kind::Alias if child.target().is_some_and(|target| is_inside(child, target)) => {
                    self.report(child, child.span(), IssueKind::AliasCycle);
                }
                Kind::Scalar | Kind::Alias => {}
            }
        }
    }

    /// `<<` in a part that Talos takes as it is: the decoder merges mappings, and lists of them.
    fn merge_anything(&mut self, key: NodeRef<'t, 's>, value: NodeRef<'t, 's>) {
        let is_mapping = |node: NodeRef<'t, 's>| node.resolved().kind() == Kind::Mapping;
        let is_mergeable = is_mapping(value) || value.kind() == Kind::Sequence && value.items().all(is_mapping);
        if !is_mergeable {
            self.report(key, key.span(), IssueKind::MergeKey);
        }
    }

    fn scalar(&mut self, node: NodeRef<'t, 's>, shape: &'static Shape, flags: Flags) {
        let resolved = self.decoder.resolve(node);
        let text = match (&resolved, node.node().tag.as_deref()) {
            (Resolved::Invalid, _) => {
                self.contradicting_tag(node, shape, flags);
                return;
            }
            (Resolved::Str(text), Some("!!binary")) => text,
            _ => node.value(),
        };
        if resolved == Resolved::Merge && self.decoder.skips_merge_as_value() && !reads_text(shape) {
            return;
        }
        match shape {
            Shape::String if resolved == Resolved::Timestamp && !self.decoder.takes_dates_as_text() => {
                self.wrong_type(node, shape);
            }
            Shape::String | Shape::Any | Shape::Pointer(_) => {}
            Shape::Bool => match &resolved {
                Resolved::Bool(_) => {}
                Resolved::Str(text) if BOOL_WORDS.contains(&&**text) => {}
                _ => self.wrong_type(node, shape),
            },
            Shape::Int { min, max } => match self.decoder.whole(&resolved, *min, *max) {
                Ok(()) => {}
                Err(NotWhole::WrongType) => self.wrong_type(node, shape),
                Err(NotWhole::OutOfRange) => {
                    self.invalid(node, shape, String::new(), Vec::new(), None, flags);
                }
            },
            Shape::Float => {
                if !matches!(resolved, Resolved::Int(_) | Resolved::Float(_)) {
                    self.wrong_type(node, shape);
                }
            }
            Shape::Format(format) => {
                if let Err(rejection) = format.check(&resolved, text, self.decoder) {
                    self.invalid(node, shape, rejection.reason.to_owned(), vec![rejection.example], None, flags);
                }
            }
            Shape::Enum(enumeration) => {
                let Some(variant) = enumeration.variant(self.version) else { return };
                if !variant.accepts(text) {
                    let near = closest(text, variant.values.iter().copied());
                    let reason = String::new();
                    self.invalid(node, shape, reason, variant.values.to_vec(), near, flags);
                }
            }
            Shape::Struct(_) | Shape::List(_) | Shape::Map(_) => self.wrong_type(node, shape),
        }
    }

    fn contradicting_tag(&mut self, node: NodeRef<'t, 's>, shape: &'static Shape, flags: Flags) {
        let tag = node.node().tag.as_deref().unwrap_or("");
        let reason = format!("the tag `{tag}` does not fit the value");
        self.invalid(node, shape, reason, Vec::new(), None, flags);
    }

    fn invalid(
        &mut self,
        node: NodeRef<'t, 's>,
        shape: &'static Shape,
        reason: String,
        allowed: Vec<&'static str>,
        closest: Option<&'static str>,
        flags: Flags,
    ) {
        let kind = IssueKind::InvalidValue { expected: noun(shape), reason, allowed, closest, secret: flags.secret };
        self.report(node, node.visible_span(), kind);
    }

    fn wrong_type(&mut self, node: NodeRef<'t, 's>, shape: &'static Shape) {
        let found = match node.kind() {
            Kind::Sequence => "a list",
            Kind::Mapping => "a mapping",
            Kind::Alias => "an alias",
            Kind::Scalar => match self.decoder.resolve(node) {
                Resolved::Null => "null",
                Resolved::Bool(_) => "true or false",
                Resolved::Int(_) => "a whole number",
                Resolved::Float(_) => "a number",
                Resolved::Timestamp => "a date",
                _ => "a string",
            },
        };
        let span = match node.kind() {
            // A long block is shown by its key.
            Kind::Sequence | Kind::Mapping if node.node().style == Style::Block => {
                node.key().or_else(|| node.children().next()).map_or(node.span(), NodeRef::span)
            }
            _ => node.visible_span(),
        };
        self.report(node, span, IssueKind::WrongType { expected: noun(shape), found });
    }
}

/// Whether a patch deletes this mapping, and with it all that stands in it.
fn is_deletion(node: NodeRef<'_, '_>) -> bool {
    node.entry("$patch").is_some_and(|(_, value)| value.kind() == Kind::Scalar && value.value() == "delete")
}

/// Words of YAML 1.1 that a boolean field takes beside `true` and `false`.
const BOOL_WORDS: [&str; 16] =
    ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF"];

/// Whether a scalar is read as the text it is, whatever it is by itself.
fn reads_text(shape: &Shape) -> bool {
    match shape {
        Shape::String | Shape::Enum(_) => true,
        Shape::Format(format) => !matches!(format, Format::Duration | Format::FileMode | Format::PortRange),
        _ => false,
    }
}

/// Whether `node` lies inside of `outer`.
fn is_inside(node: NodeRef<'_, '_>, outer: NodeRef<'_, '_>) -> bool {
    outer.id() < node.id() && node.id().0 < outer.node().next
}
