//! The walk over a document beside its tables.

use super::{Issue, IssueKind, closest, noun, places};
use crate::input::{Input, InputKind, is_unknown};
use crate::syntax::{Kind, NodeId, NodeRef, Resolved, resolve};
use crate::tables::{self, FieldVariant, Format, Shape, Type};
use crate::text::Span;
use crate::version::TalosVersion;

/// From this version on, a null inside a list or a mapping of structures held by pointer is refused.
const NULL_ELEMENTS_REFUSED_SINCE: u8 = 14;

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
            let Some(kind) = root.get("kind") else { return Vec::new() };
            let issue = IssueKind::UnknownKind { closest: closest(kind.value(), kinds) };
            return vec![Issue { node: kind, span: kind.visible_span(), kind: issue }];
        }
        _ => return Vec::new(),
    };
    let mut walk =
        Walk { version, kind: document.kind, is_patch, issues: Vec::new(), aliases: Vec::new(), open: Vec::new() };
    if let InputKind::Document(document) = input.kind {
        walk.kind_of(root, document.versions());
        if !document.versions().contains(version) {
            return walk.issues;
        }
    }
    walk.structure(root, document.root, Flags::default());
    walk.issues
}

/// What the way to a node says of it.
#[derive(Clone, Copy, Default)]
struct Flags {
    secret: bool,
    deprecated: bool,
    /// Reached through an alias: Talos looks for unknown keys only where they are written.
    via_alias: bool,
}

struct Walk<'t, 's> {
    version: TalosVersion,
    kind: &'static str,
    is_patch: bool,
    issues: Vec<Issue<'t, 's>>,
    /// What aliases led to, with the shape it was held to: each is walked once, so that aliases of aliases do not grow.
    aliases: Vec<(NodeId, *const Shape)>,
    /// Targets of the aliases being followed.
    open: Vec<NodeId>,
}

impl<'t, 's> Walk<'t, 's> {
    fn report(&mut self, node: NodeRef<'t, 's>, span: Span, kind: IssueKind) {
        self.issues.push(Issue { node, span, kind });
    }

    fn kind_of(&mut self, root: NodeRef<'t, 's>, versions: crate::version::VersionSet) {
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
        if is_unknown(node) {
            return;
        }
        match node.kind() {
            // In a patch, `$patch: delete` takes the place of a value of any type.
            Kind::Mapping if self.is_patch && is_deletion(node) => {}
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
                Shape::Any => self.anything(node),
                other => self.wrong_type(node, other),
            },
            Kind::Mapping => match shape.value() {
                Shape::Struct(inner) => self.structure(node, inner, flags),
                Shape::Map(inner) => self.map(node, inner, flags),
                Shape::Any => self.anything(node),
                other => self.wrong_type(node, other),
            },
        }
    }

    fn element(&mut self, node: NodeRef<'t, 's>, shape: &'static Shape, flags: Flags) {
        let refused = self.version.minor() >= NULL_ELEMENTS_REFUSED_SINCE && matches!(shape, Shape::Pointer(_));
        if refused && node.is_null() {
            let kind = IssueKind::WrongType { expected: noun(shape.value()), found: "null" };
            self.report(node, node.visible_span(), kind);
            return;
        }
        self.value(node, shape, flags);
    }

    fn alias(&mut self, node: NodeRef<'t, 's>, shape: &'static Shape, flags: Flags) {
        let Some(target) = node.target() else { return };
        if self.open.contains(&target.id()) || is_inside(node, target) {
            self.report(node, node.span(), IssueKind::AliasCycle);
            return;
        }
        let visit = (target.id(), std::ptr::from_ref(shape));
        if self.aliases.contains(&visit) {
            return;
        }
        self.aliases.push(visit);
        self.open.push(target.id());
        self.value(target, shape, Flags { via_alias: true, ..flags });
        self.open.pop();
    }

    fn structure(&mut self, node: NodeRef<'t, 's>, structure: &'static Type, flags: Flags) {
        for (key, value) in node.entries() {
            if key.kind() != Kind::Scalar {
                let is_alias_of_scalar = key.kind() == Kind::Alias && key.resolved().kind() == Kind::Scalar;
                if !is_unknown(key) && !is_alias_of_scalar {
                    self.report(key, key.span(), IssueKind::KeyNotScalar);
                } else if key.kind() == Kind::Alias && !flags.via_alias {
                    self.report(key, key.span(), IssueKind::KeyNotScalar);
                }
                continue;
            }
            let name = key.value();
            match structure.field(name) {
                Some(field) => match field.variant(self.version) {
                    Some(variant) => self.field(key, value, variant, flags),
                    None => {
                        let kind = IssueKind::FieldNotInVersion { versions: field.versions() };
                        if !flags.via_alias {
                            self.report(key, key.span(), kind);
                        }
                    }
                },
                None => self.unknown_key(key, structure, flags, node.parent().is_none()),
            }
        }
    }

    fn unknown_key(&mut self, key: NodeRef<'t, 's>, structure: &'static Type, flags: Flags, is_root: bool) {
        let name = key.value();
        // SOPS keeps its own data beside the document and takes it out when it decrypts.
        let is_sops = is_root && name == "sops";
        let is_directive = self.is_patch && name == "$patch";
        // The root of a machine configuration may say its apiVersion.
        let is_api_version = is_root && name == "apiVersion" && self.kind == tables::V1ALPHA1;
        if flags.via_alias || is_unknown(key) || is_sops || is_directive {
            return;
        }
        if resolve(key) == Resolved::Merge {
            self.report(key, key.span(), IssueKind::MergeKey);
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
        if variant.deprecated && !flags.deprecated && !flags.via_alias {
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
            if is_unknown(key) {
                continue;
            }
            if key.kind() != Kind::Scalar {
                self.report(key, key.span(), IssueKind::KeyNotScalar);
            } else if resolve(key) == Resolved::Merge {
                self.merge(key, value, inner, flags);
            } else {
                self.element(value, inner, flags);
            }
        }
    }

    /// `<<` in a mapping with keys of the user's own: the decoder merges an alias of a mapping.
    fn merge(&mut self, key: NodeRef<'t, 's>, value: NodeRef<'t, 's>, inner: &'static Shape, flags: Flags) {
        let target = value.resolved();
        match (value.kind(), target.kind()) {
            (Kind::Alias, Kind::Mapping) => self.map(target, inner, Flags { via_alias: true, ..flags }),
            _ if matches!(inner.value(), Shape::Any) && target.kind() != Kind::Scalar => {}
            _ => self.report(key, key.span(), IssueKind::MergeKey),
        }
    }

    /// A part that Talos takes as it is: only tags can be wrong in it.
    fn anything(&mut self, node: NodeRef<'t, 's>) {
        for child in node.children() {
            match child.kind() {
                Kind::Scalar if child.node().tag.is_some() => self.scalar(child, &Shape::Any, Flags::default()),
                Kind::Sequence | Kind::Mapping => self.anything(child),
                _ => {}
            }
        }
    }

    fn scalar(&mut self, node: NodeRef<'t, 's>, shape: &'static Shape, flags: Flags) {
        let resolved = resolve(node);
        if resolved == Resolved::Invalid {
            let tag = node.node().tag.as_deref().unwrap_or("");
            let reason = format!("the tag `{tag}` does not fit the value");
            self.invalid(node, shape, reason, Vec::new(), None, flags);
            return;
        }
        match shape {
            Shape::String | Shape::Any | Shape::Pointer(_) => {}
            Shape::Bool => match &resolved {
                Resolved::Bool(_) => {}
                Resolved::Str(text) if matches!(&**text, "y" | "Y" | "yes" | "on" | "n" | "N" | "no" | "off") => {}
                _ => self.wrong_type(node, shape),
            },
            Shape::Int { min, max } => match resolved {
                Resolved::Int(number) if (*min..=*max).contains(&number) => {}
                Resolved::Int(_) => {
                    let reason = format!("it is not from {min} to {max}");
                    self.invalid(node, shape, reason, Vec::new(), None, flags);
                }
                // The decoder cuts the fraction off.
                #[expect(clippy::cast_possible_truncation, reason = "the decoder converts so")]
                Resolved::Float(number) if number.is_finite() && (*min..=*max).contains(&(number as i128)) => {}
                _ => self.wrong_type(node, shape),
            },
            Shape::Float => {
                if !matches!(resolved, Resolved::Int(_) | Resolved::Float(_)) {
                    self.wrong_type(node, shape);
                }
            }
            Shape::Format(format) => {
                if let Err(rejection) = format.check(&resolved, node.value()) {
                    self.invalid(node, shape, rejection.reason.to_owned(), vec![rejection.example], None, flags);
                }
            }
            Shape::Enum(enumeration) => {
                let Some(variant) = enumeration.variant(self.version) else { return };
                if !variant.accepts(node.value()) {
                    let near = closest(node.value(), variant.values.iter().copied());
                    let reason = "it is none of the words that Talos knows here".to_owned();
                    self.invalid(node, shape, reason, variant.values.to_vec(), near, flags);
                }
            }
            Shape::Struct(_) | Shape::List(_) | Shape::Map(_) => self.wrong_type(node, shape),
        }
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
            Kind::Scalar => match resolve(node) {
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
            Kind::Sequence | Kind::Mapping if node.node().style == crate::syntax::Style::Block => {
                node.key().or_else(|| node.children().next()).map_or(node.span(), NodeRef::span)
            }
            _ => node.visible_span(),
        };
        self.report(node, span, IssueKind::WrongType { expected: noun(shape), found });
    }
}

/// Whether a mapping of a patch says that what it stands for is deleted.
fn is_deletion(node: NodeRef<'_, '_>) -> bool {
    node.get("$patch").is_some_and(|directive| directive.value() == "delete")
}

/// Whether `node` lies inside of `outer`.
fn is_inside(node: NodeRef<'_, '_>, outer: NodeRef<'_, '_>) -> bool {
    outer.id() < node.id() && node.id().0 < outer.node().next
}
