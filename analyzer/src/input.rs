//! What each document of a source is, told by its content.
//!
//! The path of a file only breaks ties. What is not Talos's is [`InputKind::Foreign`], and nothing is ever said of it.

use crate::syntax::{Kind, NodeRef, Style, Tree};
use crate::tables::{self, DocumentType, Shape, Type};
use crate::text::Span;

/// What a document is.
#[derive(Clone, Copy, Debug)]
pub enum InputKind {
    /// The machine configuration proper, or a part of it.
    MachineConfig {
        /// Whether it is a whole configuration, of which absence says something; else it is a patch or a fragment.
        whole: bool,
    },
    /// A document of a kind that some version of Talos has.
    Document(&'static DocumentType),
    /// A document of a kind that no version of Talos has, among documents of Talos or named like one.
    UnknownDocument,
    /// A list of operations of RFC 6902 on a machine configuration.
    JsonPatch,
    /// An Image Factory schematic.
    Schematic,
    /// A kernel command line.
    KernelCommandLine,
    /// A bundle of secrets, as `talosctl gen secrets` writes it.
    SecretsBundle,
    /// The client configuration of `talosctl`.
    Talosconfig,
    /// A file of which every value is encrypted by SOPS.
    Encrypted,
    /// Nothing.
    Empty,
    /// Not Talos's.
    Foreign,
}

impl InputKind {
    /// Whether the document is one of Talos's, of whatever kind.
    #[must_use]
    pub fn is_ours(self) -> bool {
        !matches!(self, Self::Empty | Self::Foreign)
    }

    /// Whether the document is configuration of a machine: the machine configuration or a document beside it.
    #[must_use]
    pub fn is_configuration(self) -> bool {
        matches!(self, Self::MachineConfig { .. } | Self::Document(_) | Self::UnknownDocument)
    }

    /// The name of the kind in the output: the `kind` of a document, or what the file is.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MachineConfig { .. } => tables::V1ALPHA1,
            Self::Document(document) => document.kind,
            Self::UnknownDocument => "unknown",
            Self::JsonPatch => "json-patch",
            Self::Schematic => "schematic",
            Self::KernelCommandLine => "cmdline",
            Self::SecretsBundle => "secrets-bundle",
            Self::Talosconfig => "talosconfig",
            Self::Encrypted => "encrypted",
            Self::Empty => "empty",
            Self::Foreign => "foreign",
        }
    }
}

/// One document of a source, recognised.
#[derive(Clone, Copy, Debug)]
pub struct Input<'t, 's> {
    /// What it is.
    pub kind: InputKind,
    /// Its root node; `None` when it is empty.
    pub root: Option<NodeRef<'t, 's>>,
    /// Its bytes.
    pub span: Span,
    /// Whether a part of it could not be read.
    pub broken: bool,
}

/// Recognises every document of a source. `path` is the name of the file, for ties.
#[must_use]
pub fn recognise<'t, 's>(tree: &'t Tree<'s>, path: &str) -> Vec<Input<'t, 's>> {
    let mut inputs: Vec<Input<'t, 's>> = tree
        .documents
        .iter()
        .map(|document| {
            let root = document.root.map(|id| tree.node(id));
            let kind = root.map_or(InputKind::Empty, |root| recognise_document(root, path));
            Input { kind, root, span: document.span, broken: document.broken }
        })
        .collect();
    // An unknown kind is only told where it is plain that Talos is meant: beside documents of Talos.
    let beside_ours =
        inputs.iter().any(|input| matches!(input.kind, InputKind::MachineConfig { .. } | InputKind::Document(_)));
    for input in &mut inputs {
        if matches!(input.kind, InputKind::UnknownDocument) && !beside_ours {
            let kind = input.root.and_then(|root| root.get("kind")).map_or("", NodeRef::value);
            let close = tables::documents().iter().any(|document| strsim::osa_distance(document.kind, kind) <= 3);
            if !close {
                input.kind = InputKind::Foreign;
            }
        }
    }
    inputs
}

/// Takes the documents of a source for Talos's, because its user says so: a patch may be too short to show it.
pub fn claim(inputs: &mut [Input<'_, '_>]) {
    for input in inputs.iter_mut().filter(|input| matches!(input.kind, InputKind::Foreign)) {
        let Some(root) = input.root else { continue };
        input.kind = match root.kind() {
            Kind::Sequence => InputKind::JsonPatch,
            Kind::Mapping if root.entry("kind").is_some() => InputKind::UnknownDocument,
            Kind::Mapping => InputKind::MachineConfig { whole: is_whole(root) },
            _ => continue,
        };
    }
}

fn recognise_document(root: NodeRef<'_, '_>, path: &str) -> InputKind {
    match root.kind() {
        Kind::Mapping => recognise_mapping(root, path),
        Kind::Sequence if is_json_patch(root) => InputKind::JsonPatch,
        Kind::Scalar if root.is_null() => InputKind::Empty,
        Kind::Scalar if is_kernel_command_line(root, path) => InputKind::KernelCommandLine,
        _ => InputKind::Foreign,
    }
}

fn recognise_mapping(root: NodeRef<'_, '_>, path: &str) -> InputKind {
    if is_wholly_encrypted(root) {
        return if is_encrypted_talos(root, path) { InputKind::Encrypted } else { InputKind::Foreign };
    }
    let api_version = root.get("apiVersion").map(NodeRef::value);
    let kind = root.get("kind").filter(|kind| !kind.value().is_empty()).map(NodeRef::value);
    match (api_version, kind) {
        (Some("v1alpha1"), Some(kind)) => {
            return tables::document_type(kind)
                .filter(|document| document.kind != tables::V1ALPHA1)
                .map_or(InputKind::UnknownDocument, InputKind::Document);
        }
        (Some("v1alpha1"), None) => {}
        // A version of another group is another project's. Without any, the kind must be one of ours.
        (other, Some(kind)) => {
            let is_ours = other.is_none_or(|version| version.starts_with("v1") && !version.contains('/'));
            return match tables::document_type(kind).filter(|document| is_ours && document.kind != tables::V1ALPHA1) {
                Some(document) => InputKind::Document(document),
                None => InputKind::Foreign,
            };
        }
        (Some(_), None) => return InputKind::Foreign,
        (None, None) => {}
    }
    if is_machine_config(root, path) {
        return InputKind::MachineConfig { whole: is_whole(root) };
    }
    if is_schematic(root) {
        return InputKind::Schematic;
    }
    if has_all(root, &["cluster", "secrets", "trustdinfo", "certs"]) {
        return InputKind::SecretsBundle;
    }
    if has_all(root, &["context", "contexts"]) && root.get("contexts").is_some_and(|node| node.kind() == Kind::Mapping)
    {
        return InputKind::Talosconfig;
    }
    InputKind::Foreign
}

fn has_all(root: NodeRef<'_, '_>, keys: &[&str]) -> bool {
    keys.iter().all(|key| root.entry(key).is_some())
}

/// Keys of the root of a machine configuration that count as its own.
fn is_root_key(key: &str) -> bool {
    tables::v1alpha1().root.field(key).is_some() || matches!(key, "apiVersion" | "$patch" | "sops" | "<<")
}

fn is_machine_config(root: NodeRef<'_, '_>, path: &str) -> bool {
    let section = |name: &str| root.get(name).filter(|node| node.kind() == Kind::Mapping);
    let machine = section("machine");
    let cluster = section("cluster");
    let has_section = root.entry("machine").is_some() || root.entry("cluster").is_some();
    if root.get("version").is_some_and(|version| version.value() == "v1alpha1") {
        return has_section || root.entries().all(|(key, _)| is_root_key(key.value()));
    }
    let foreign = root.entries().filter(|(key, _)| !is_root_key(key.value())).count();
    let named_after_talos = path.split(['/', '\\']).any(|part| {
        let part = part.to_ascii_lowercase();
        part.contains("talos") || part.contains("controlplane") || part.contains("machineconfig")
    });
    if let Some(machine) = machine {
        let (known, unknown) = count_known(machine, "machine");
        let misspelt_root = foreign <= 1 && known >= unknown;
        if known >= 1 && (known >= unknown && foreign == 0 || unknown == 0 && misspelt_root) {
            return true;
        }
        if named_after_talos && foreign == 0 && machine.entries().next().is_some() {
            return true;
        }
    }
    if let Some(cluster) = cluster {
        let (known, unknown) = count_known(cluster, "cluster");
        if foreign == 0 && known >= 1 && known >= unknown {
            // Words such as `network`, `ca` or `id` stand below `cluster` in many an application's values.
            let distinct = cluster.entries().any(|(key, value)| is_distinct(key.value(), value));
            return distinct || named_after_talos;
        }
    }
    named_after_talos && foreign == 0 && has_section && root.entry("$patch").is_some()
}

/// How many keys of a section Talos knows, in any version, and how many it does not.
fn count_known(section: NodeRef<'_, '_>, name: &str) -> (usize, usize) {
    let Some(section_type) = struct_of(tables::v1alpha1().root, name) else { return (0, 0) };
    let known = section.entries().filter(|(key, _)| section_type.field(key.value()).is_some()).count();
    let patched = section.entries().filter(|(key, _)| matches!(key.value(), "$patch" | "<<")).count();
    (known + patched, section.entries().count() - known - patched)
}

/// Whether a key below `cluster` is Talos's beyond doubt: by its own name, or by what it holds.
fn is_distinct(key: &str, value: NodeRef<'_, '_>) -> bool {
    let by_name = matches!(
        key,
        "allowSchedulingOnControlPlanes"
            | "allowSchedulingOnMasters"
            | "apiServer"
            | "controllerManager"
            | "aescbcEncryptionSecret"
            | "secretboxEncryptionSecret"
            | "aggregatorCA"
            | "adminKubeconfig"
            | "extraManifests"
            | "extraManifestHeaders"
            | "inlineManifests"
            | "externalCloudProvider"
            | "coreDNS"
    );
    if by_name && key != "apiServer" && key != "controllerManager" {
        return true;
    }
    let Some(cluster) = struct_of(tables::v1alpha1().root, "cluster") else { return false };
    let Some(inner) = struct_of(cluster, key) else { return false };
    let mut keys = value.entries().map(|(key, _)| key.value());
    let all_known = value.entries().all(|(key, _)| inner.field(key.value()).is_some() || key.value() == "$patch");
    all_known && keys.next().is_some()
}

/// The structure that a field of a structure holds, directly, in any version.
fn struct_of(parent: &'static Type, field: &str) -> Option<&'static Type> {
    parent.field(field)?.variants.iter().find_map(|variant| match variant.shape.value() {
        Shape::Struct(inner) => Some(*inner),
        _ => None,
    })
}

/// A whole configuration names the role of the machine, the endpoint of the cluster, and holds some of its secrets (or
/// a place for them). A patch holds one of these at the most.
fn is_whole(root: NodeRef<'_, '_>) -> bool {
    let has = |path: &[&str]| root.at(path).is_some();
    let secrets = [["machine", "token"], ["machine", "ca"], ["cluster", "token"], ["cluster", "ca"], ["cluster", "id"]];
    has(&["machine", "type"]) && has(&["cluster", "controlPlane", "endpoint"]) && secrets.iter().any(|path| has(path))
}

fn is_json_patch(root: NodeRef<'_, '_>) -> bool {
    let is_operation = |item: NodeRef<'_, '_>| item.entry("op").is_some() && item.entry("path").is_some();
    let is_ours = |item: NodeRef<'_, '_>| {
        let path = item.get("path").map_or("", NodeRef::value);
        let first = path.strip_prefix('/').and_then(|path| path.split('/').next()).unwrap_or("");
        matches!(first, "machine" | "cluster")
    };
    root.items().next().is_some() && root.items().all(is_operation) && root.items().any(is_ours)
}

fn is_schematic(root: NodeRef<'_, '_>) -> bool {
    const CUSTOMIZATION: &[&str] = &["extraKernelArgs", "systemExtensions", "meta", "secureboot", "bootloader"];
    let root_known =
        root.entries().all(|(key, _)| matches!(key.value(), "customization" | "overlay" | "owner" | "name" | "sops"));
    let Some(customization) = root.get("customization") else {
        return root_known && root.at(&["overlay", "image"]).is_some();
    };
    customization.entries().any(|(key, _)| CUSTOMIZATION.contains(&key.value()))
        || root_known && (customization.is_null() || customization.kind() == Kind::Mapping)
}

/// One line of words, of which enough are arguments that kernels and Talos know.
fn is_kernel_command_line(root: NodeRef<'_, '_>, path: &str) -> bool {
    const TELLING: &[&str] =
        &["talos.", "console", "init_on_alloc", "init_on_free", "slab_nomerge", "pti", "printk.", "BOOT_IMAGE"];
    let text = root.value();
    if root.node().style != Style::Plain || text.is_empty() {
        return false;
    }
    let telling = text.split_whitespace().filter(|word| TELLING.iter().any(|start| word.starts_with(start))).count();
    let file = path.rsplit(['/', '\\']).next().unwrap_or("");
    telling >= 2 || telling == 1 && file.contains("cmdline")
}

/// A binary file encrypted by SOPS, or a document in which no value but SOPS's own is in clear text.
fn is_wholly_encrypted(root: NodeRef<'_, '_>) -> bool {
    if root.entry("sops").is_none() {
        return false;
    }
    let mut values = root.entries().filter(|(key, _)| key.value() != "sops").peekable();
    values.peek().is_some() && values.all(|(_, value)| leaves_are_encrypted(value))
}

/// SOPS leaves keys in clear text, so an encrypted configuration shows what it is. A file encrypted as a whole shows
/// nothing but its name.
fn is_encrypted_talos(root: NodeRef<'_, '_>, path: &str) -> bool {
    let is_section = |key: &str| root.get(key).is_some_and(|node| node.kind() == Kind::Mapping);
    let is_blob = root.get("data").is_some_and(|data| data.kind() == Kind::Scalar);
    root.entry("kind").is_none() && (is_section("machine") || is_section("cluster") || is_section("contexts"))
        || is_blob && root.entry("kind").is_none() && path.to_ascii_lowercase().contains("talos")
}

fn leaves_are_encrypted(node: NodeRef<'_, '_>) -> bool {
    match node.kind() {
        Kind::Scalar => node.is_null() || node.value().is_empty() || is_encrypted(node),
        Kind::Alias => true,
        Kind::Sequence => node.items().all(leaves_are_encrypted),
        Kind::Mapping => node.entries().all(|(_, value)| leaves_are_encrypted(value)),
    }
}

/// Whether a value is encrypted by SOPS: of any type, and no secret in clear text.
#[must_use]
pub fn is_encrypted(node: NodeRef<'_, '_>) -> bool {
    node.kind() == Kind::Scalar && node.value().starts_with("ENC[")
}

/// Whether a value is not known before deployment: encrypted, or a placeholder of a template or a secret store.
#[must_use]
pub fn is_unknown(node: NodeRef<'_, '_>) -> bool {
    match node.kind() {
        Kind::Scalar => is_unknown_text(node.value()),
        // `{{ name }}` without quotes is a mapping in a mapping to YAML.
        Kind::Mapping if node.node().style == Style::Flow => {
            let inner = node.children().next();
            inner.is_some_and(|inner| {
                inner.kind() == Kind::Mapping
                    && inner.node().style == Style::Flow
                    && inner.span().start == node.span().start + 1
            })
        }
        _ => false,
    }
}

/// Starts of references that a secret store resolves before deployment.
const SECRET_REFERENCES: [&str; 8] =
    ["op://", "vault://", "ref+", "bws://", "awssm://", "gcpsm://", "akv://", "doppler://"];

/// [`is_unknown`] for a text.
#[must_use]
pub fn is_unknown_text(text: &str) -> bool {
    text.starts_with("ENC[")
        || text.contains("{{")
        || text.contains("{%")
        // `$$` is a `$` that a template leaves in place.
        || text.contains("${") || text.contains("$(") || text.contains("$$")
        || SECRET_REFERENCES.iter().any(|start| text.starts_with(start))
        || text.starts_with('<') && text.ends_with('>') && text.len() > 2
}
