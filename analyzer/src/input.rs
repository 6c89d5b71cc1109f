//! What each document of a source is, told by its content.
//!
//! The path of a file only breaks ties. What is not Talos's is [`InputKind::Foreign`], and nothing is ever said of it.

mod command_lines;

pub use command_lines::{Form, parse, variants};

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
    KernelCommandLine {
        /// Whether it is that of a machine, of which absence says something; else its arguments are added to Talos's own.
        whole: bool,
    },
    /// The kernel arguments that Omni wants for a machine, and those it runs with.
    OmniKernelArgs,
    /// A bundle of secrets, as `talosctl gen secrets` writes it.
    SecretsBundle,
    /// The client configuration of `talosctl`.
    Talosconfig,
    /// A project file of talint.
    Project,
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
            Self::Schematic => tables::SCHEMATIC_KIND,
            Self::KernelCommandLine { .. } => "cmdline",
            Self::OmniKernelArgs => "kernel-args",
            Self::SecretsBundle => "secrets-bundle",
            Self::Talosconfig => "talosconfig",
            Self::Project => "project",
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
    /// Whether a part of it could not be read, or a template may leave out or add some.
    pub broken: bool,
}

/// The name of the project file. A name that ends with it after a dot, `lab.talint.yaml`, is one of those that are only
/// read when they are asked for.
pub const PROJECT_FILE: &str = "talint.yaml";

/// Whether a file is a project file by its name: its keys alone would not tell it from files of others.
fn is_project(path: &str, form: Form) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or("");
    let before = name.strip_suffix(PROJECT_FILE);
    form == Form::Project || before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Recognises every document of a source. `path` is the name of the file, for ties.
#[must_use]
pub fn recognise<'t, 's>(tree: &'t Tree<'s>, path: &str, form: Form) -> Vec<Input<'t, 's>> {
    if is_project(path, form) {
        let documents = tree.documents.iter().map(|document| Input {
            kind: InputKind::Project,
            root: document.root.map(|id| tree.node(id)),
            span: document.span,
            broken: document.broken,
        });
        return documents.collect();
    }
    let mut inputs: Vec<Input<'t, 's>> = tree
        .documents
        .iter()
        .map(|document| {
            let root = document.root.map(|id| tree.node(id));
            let kind = match root {
                Some(_) if tree.is_plain => InputKind::KernelCommandLine { whole: form != Form::ExtraArguments },
                Some(root) => recognise_document(root, path),
                None => InputKind::Empty,
            };
            // A command line in the dump of a resource is looked at where it stands.
            let root = match kind {
                InputKind::KernelCommandLine { .. } => root.map(|root| root.at(CMDLINE_PATH).unwrap_or(root)),
                _ => root,
            };
            Input { kind, root, span: document.span, broken: document.broken || !tree.gaps.is_empty() }
        })
        .collect();
    // An unknown kind is only told where it is plain that Talos is meant: beside documents of Talos.
    let beside_ours =
        inputs.iter().any(|input| matches!(input.kind, InputKind::MachineConfig { .. } | InputKind::Document(_)));
    for input in &mut inputs {
        if beside_ours && matches!(input.kind, InputKind::Foreign) {
            input.kind = input.root.map_or(input.kind, recognise_beside_ours);
        } else if matches!(input.kind, InputKind::UnknownDocument) && !beside_ours {
            let is_close = |word: &str, most| {
                tables::documents().iter().any(|document| strsim::osa_distance(document.kind, word) <= most)
            };
            let close = input.root.is_some_and(|root| match root.get("kind") {
                Some(kind) => is_close(kind.value(), 3),
                // The key itself may be misspelt.
                None => root.entries().any(|(_, value)| is_close(value.value(), 0)),
            });
            if !close {
                input.kind = InputKind::Foreign;
            }
        }
    }
    // From 1.14 the endpoint of the cluster stands in a document of its own.
    let endpoint_beside = inputs.iter().any(|input| {
        input.kind.name() == "KubeClusterConfig" && input.root.is_some_and(|root| root.entry("endpoint").is_some())
    });
    if endpoint_beside {
        for input in &mut inputs {
            if let (InputKind::MachineConfig { whole }, Some(root)) = (&mut input.kind, input.root) {
                *whole = *whole || names_role(root) && has_place_for_secrets(root);
            }
        }
    }
    if !inputs.iter().any(|input| input.kind.is_ours()) {
        for (input, document) in inputs.iter_mut().zip(&tree.documents) {
            if document.broken && is_broken_configuration(input.root, &document.unread, path) {
                input.kind = InputKind::MachineConfig { whole: false };
            }
        }
    }
    if form == Form::Patch {
        claim(&mut inputs);
    }
    inputs
}

/// Takes the documents of a patch for Talos's.
fn claim(inputs: &mut [Input<'_, '_>]) {
    let is_open = |input: &&mut Input<'_, '_>| {
        let has_own_key = || {
            let root = input.root.filter(|root| root.entry("kind").is_none() && root.entry("apiVersion").is_none());
            root.is_some_and(|root| root.entries().any(|(key, _)| is_root_key(key.value())))
        };
        matches!(input.kind, InputKind::Foreign) || matches!(input.kind, InputKind::UnknownDocument) && has_own_key()
    };
    // Talos passes over a document of a patch that only says what it is.
    let says_nothing = |root: NodeRef<'_, '_>| {
        let is_header = |key: &str| matches!(key, "version" | "kind" | "name");
        let is_deleted = |value: NodeRef<'_, '_>| value.get("$patch").is_some_and(|patch| patch.value() == "delete");
        root.kind() == Kind::Mapping
            && root
                .entries()
                .all(|(key, value)| is_header(key.value()) && (value.kind() == Kind::Scalar || is_deleted(value)))
    };
    for input in inputs.iter_mut() {
        if let Some(root) = input.root.filter(|root| says_nothing(*root)) {
            let is_bare = root.entries().next().is_none();
            input.kind = if is_bare { InputKind::MachineConfig { whole: false } } else { InputKind::Foreign };
        }
    }
    for input in inputs.iter_mut().filter(is_open) {
        let Some(root) = input.root.filter(|root| !says_nothing(*root)) else { continue };
        input.kind = match root.kind() {
            Kind::Sequence => InputKind::JsonPatch,
            Kind::Mapping if root.entry("kind").is_some() => InputKind::UnknownDocument,
            Kind::Mapping => InputKind::MachineConfig { whole: is_whole(root) },
            _ => continue,
        };
    }
}

/// Where the dump of a resource holds the command line.
const CMDLINE_PATH: &[&str] = &["spec", "cmdline"];

/// The keys by which Talos tells the machine configuration.
pub(crate) const SECTIONS: [&str; 4] = ["machine", "cluster", "debug", "persist"];

/// Tells what a document is that is like none of Talos's, but stands beside one: another project's, or a slip.
fn recognise_beside_ours(root: NodeRef<'_, '_>) -> InputKind {
    // The sections that make a document the machine configuration, whatever they hold.
    if root.entry("kind").is_none() && SECTIONS.iter().any(|key| root.entry(key).is_some()) {
        return InputKind::MachineConfig { whole: is_whole(root) };
    }
    let kind = root.get("kind").map_or("", NodeRef::value);
    match tables::document_type(kind).filter(|document| document.kind != tables::V1ALPHA1) {
        Some(document) => InputKind::Document(document),
        None if root.entries().all(|(key, _)| !matches!(key.value(), "kind" | "apiVersion"))
            && root.entries().next().is_some_and(|(key, _)| !is_unknown(key))
            && !is_unknown(root) =>
        {
            InputKind::UnknownDocument
        }
        None => InputKind::Foreign,
    }
}

/// Whether a document that could not be read is a configuration, by its name and what can be made out of it.
fn is_broken_configuration(root: Option<NodeRef<'_, '_>>, unread: &str, path: &str) -> bool {
    const BEGINNINGS: &[&str] = &["machine:", "cluster:", "version: v1alpha1", "apiVersion: v1alpha1"];
    let is_beginning = |line: &str| {
        let line = line.trim_start_matches(['{', '"', '-', ' ']).replace('"', "");
        BEGINNINGS.iter().any(|beginning| line.starts_with(beginning))
    };
    let has_section = root.is_some_and(|root| root.entry("machine").is_some() || root.entry("cluster").is_some());
    is_named_after_talos(path) && (has_section || unread.lines().any(is_beginning))
}

/// Whether a path says that a file is of Talos, by the name of the file or of a folder.
#[must_use]
pub fn is_named_after_talos(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| {
        let part = part.to_ascii_lowercase();
        part.contains("talos") || part.contains("controlplane") || part.contains("machineconfig")
    })
}

fn recognise_document(root: NodeRef<'_, '_>, path: &str) -> InputKind {
    match root.kind() {
        Kind::Mapping => recognise_mapping(root, path),
        Kind::Sequence if is_json_patch(root) => InputKind::JsonPatch,
        Kind::Scalar if root.is_null() => InputKind::Empty,
        _ => InputKind::Foreign,
    }
}

fn recognise_mapping(root: NodeRef<'_, '_>, path: &str) -> InputKind {
    if is_wholly_encrypted(root) {
        return if is_encrypted_talos(root, path) { InputKind::Encrypted } else { InputKind::Foreign };
    }
    if let Some(resource) = root.at(&["metadata", "type"]).filter(|_| root.entry("spec").is_some()) {
        return match resource.value() {
            "KernelCmdlines.runtime.talos.dev" if root.at(CMDLINE_PATH).is_some() => {
                InputKind::KernelCommandLine { whole: true }
            }
            "KernelArgsStatuses.omni.sidero.dev" | "KernelArgs.omni.sidero.dev" => InputKind::OmniKernelArgs,
            _ => InputKind::Foreign,
        };
    }
    let api_version = root.get("apiVersion").map(NodeRef::value);
    let kind = root.get("kind").filter(|kind| !kind.value().is_empty()).map(NodeRef::value);
    match (api_version, kind) {
        (Some("v1alpha1"), Some(kind)) => {
            return tables::document_type(kind)
                .filter(|document| document.kind != tables::V1ALPHA1)
                .map_or(InputKind::UnknownDocument, InputKind::Document);
        }
        (Some("v1alpha1"), None) if !is_machine_config(root, path) => return InputKind::UnknownDocument,
        // A version of another group is another project's. Without any, the kind must be one of ours.
        (other, Some(kind)) => {
            // Other projects keep what they say of an object apart from its metadata.
            let is_object = ["metadata", "spec", "status"].iter().any(|key| root.entry(key).is_some());
            let is_ours = other.is_none_or(|version| !version.contains('/')) && !is_object;
            return match tables::document_type(kind).filter(|document| is_ours && document.kind != tables::V1ALPHA1) {
                Some(document) => InputKind::Document(document),
                None => InputKind::Foreign,
            };
        }
        (Some("v1alpha1") | None, None) => {}
        (Some(_), None) => return InputKind::Foreign,
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
    let evidence =
        |section: Option<NodeRef<'_, '_>>, name| section.map_or((0, 0), |section| count_known(section, name));
    let (of_machine, against_machine) = evidence(machine, "machine");
    let (of_cluster, against_cluster) = evidence(cluster, "cluster");
    let has_section = root.entry("machine").is_some() || root.entry("cluster").is_some();
    if root.get("version").is_some_and(|version| version.value() == "v1alpha1") {
        let speaks_against = against_machine + against_cluster > 0 && of_machine + of_cluster == 0;
        let speaks_against = speaks_against && !is_named_after_talos(path);
        return !speaks_against && (has_section || root.entries().all(|(key, _)| is_root_key(key.value())));
    }
    let foreign = root.entries().filter(|(key, _)| !is_root_key(key.value())).count();
    let named_after_talos = is_named_after_talos(path);
    if of_machine >= 1 {
        let misspelt_root = against_machine == 0 && foreign <= 1;
        if foreign == 0 && of_machine >= against_machine || misspelt_root {
            return true;
        }
    }
    if let Some(cluster) = cluster
        && foreign == 0
        && of_cluster >= 1
        && of_cluster >= against_cluster
    {
        // Words such as `network`, `ca` or `id` stand below `cluster` in many an application's values.
        let distinct = cluster.entries().any(|(key, value)| is_distinct(key.value(), value));
        return distinct || named_after_talos && against_cluster == 0;
    }
    let is_telling =
        machine.is_some_and(|machine| machine.entries().next().is_some()) || root.entry("$patch").is_some();
    named_after_talos && foreign == 0 && has_section && is_telling
}

/// How many keys of a section speak for Talos, and how many against it: those that it knows, with a value of the kind
/// they hold, or that are misspelt, and all others.
fn count_known(section: NodeRef<'_, '_>, name: &str) -> (usize, usize) {
    let Some(section_type) = struct_of(tables::v1alpha1().root, name) else { return (0, 0) };
    let speaks_for = |(key, value): &(NodeRef<'_, '_>, NodeRef<'_, '_>)| {
        let word = key.value();
        if let Some(field) = section_type.field(word) {
            // A name that only Talos has speaks for it even with a value it cannot have.
            let is_own = word.contains(char::is_uppercase) || matches!(word, "kubelet" | "sysctls" | "sysfs" | "udev");
            return is_own || field.variants.iter().any(|variant| can_hold(variant.shape.value(), word, *value));
        }
        let similar = |field: &tables::Field| strsim::osa_distance(field.name, word) <= word.len() / 4;
        matches!(word, "$patch" | "<<") || is_unknown(*key) || section_type.fields.iter().any(similar)
    };
    let known = section.entries().filter(speaks_for).count();
    (known, section.entries().count() - known)
}

/// Whether a value is of the kind that a field holds: a mapping, a list or a single value.
fn can_hold(shape: &Shape, key: &str, value: NodeRef<'_, '_>) -> bool {
    let node = value.resolved();
    if node.is_null() || is_unknown(node) || node.get("$patch").is_some() {
        return true;
    }
    match shape {
        Shape::Struct(_) | Shape::Map(_) => node.kind() == Kind::Mapping,
        Shape::List(_) => node.kind() == Kind::Sequence,
        Shape::Any | Shape::Pointer(_) => true,
        // `type` is a word that everyone uses; its values are not.
        _ if key == "type" => matches!(node.value(), "controlplane" | "worker" | "init" | "join"),
        _ => node.kind() == Kind::Scalar,
    }
}

/// Whether a key below `cluster` is Talos's beyond doubt: by its own name, or by what it holds.
fn is_distinct(key: &str, value: NodeRef<'_, '_>) -> bool {
    let by_name = matches!(
        key,
        "allowSchedulingOnControlPlanes"
            | "allowSchedulingOnMasters"
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
    if by_name {
        return true;
    }
    let Some(cluster) = struct_of(tables::v1alpha1().root, "cluster") else { return false };
    let Some(inner) = struct_of(cluster, key) else { return false };
    let all_known = value.entries().all(|(key, _)| inner.field(key.value()).is_some() || key.value() == "$patch");
    all_known && value.entries().next().is_some()
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
    names_role(root) && root.at(&["cluster", "controlPlane", "endpoint"]).is_some() && has_place_for_secrets(root)
}

fn names_role(root: NodeRef<'_, '_>) -> bool {
    root.at(&["machine", "type"]).is_some()
}

fn has_place_for_secrets(root: NodeRef<'_, '_>) -> bool {
    let secrets = [["machine", "token"], ["machine", "ca"], ["cluster", "token"], ["cluster", "ca"], ["cluster", "id"]];
    secrets.iter().any(|path| root.at(path).is_some())
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
    // Nearly all texts hold neither sign, and this is asked of every value.
    let bytes = text.as_bytes();
    let is_template = (bytes.contains(&b'{') || bytes.contains(&b'$'))
        // `$$` is a `$` that a template leaves in place.
        && ["{{", "{%", "${", "$(", "$$"].iter().any(|sign| text.contains(sign));
    is_template
        || text.starts_with("ENC[")
        || SECRET_REFERENCES.iter().any(|start| text.starts_with(start))
        || text.starts_with('<') && text.ends_with('>') && text.len() > 2
}
