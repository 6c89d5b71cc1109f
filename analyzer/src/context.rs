//! What a rule may look at: one source with all that was worked out of it.

use crate::directives::{Directives, Role};
use crate::finding::{Profile, Severity};
use crate::input::{Input, InputKind};
use crate::schema::Issue;
use crate::secrets::Secret;
use crate::settings::{self, Effective, Found, KernelArguments, Setting, Words};
use crate::syntax::{NodeRef, Tree};
use crate::tables;
use crate::text::Span;
use crate::version::{MinorVersion, TalosVersion};

/// How a machine runs Talos: decides which of Talos's checks count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// On hardware, installed to a disk.
    Metal,
    /// In a cloud, from an image.
    Cloud,
    /// In a container.
    Container,
}

impl Mode {
    /// The mode of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "metal" => Some(Self::Metal),
            "cloud" => Some(Self::Cloud),
            "container" => Some(Self::Container),
            _ => None,
        }
    }

    /// Where that is, in words: "on metal".
    #[must_use]
    pub fn place(self) -> &'static str {
        match self {
            Self::Metal => "on metal",
            Self::Cloud => "in a cloud",
            Self::Container => "in a container",
        }
    }
}

/// Where a version comes from; what counts before the others first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VersionSource {
    /// Asked for, on the command line or by the editor.
    Asked,
    /// A modeline in the file.
    Modeline,
    /// The project file.
    Project,
    /// The file of a tool that describes the machine: talhelper's, Omni's, that of Cluster API.
    Description,
    /// The tag of an image in the configuration.
    Image,
    /// A modeline of the YAML language server that names a schema.
    SchemaModeline,
    /// The default of the Talos version.
    TalosDefault,
    /// Nothing says it; the newest known is taken.
    Assumed,
}

impl VersionSource {
    /// Where it comes from, in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "as asked for",
            Self::Modeline => "from the modeline",
            Self::Project => "from the project file",
            Self::Description => "from the description of the machine",
            Self::Image => "from the image tag",
            Self::SchemaModeline => "from the schema modeline",
            Self::TalosDefault => "the default of this Talos version",
            Self::Assumed => "assumed, as nothing names a version",
        }
    }
}

/// The versions a source is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Versions {
    /// The Talos version.
    pub talos: TalosVersion,
    /// The Talos version that was named, when it is not one that is known.
    pub talos_named: Option<MinorVersion>,
    /// Where the Talos version comes from.
    pub talos_source: VersionSource,
    /// The Kubernetes version.
    pub kubernetes: MinorVersion,
    /// Where the Kubernetes version comes from.
    pub kubernetes_source: VersionSource,
    /// The Talos version that the source names itself, whichever is asked for.
    pub own: Option<MinorVersion>,
}

impl Versions {
    /// The version that the source is of, when another, newer one was asked for.
    #[must_use]
    pub fn upgraded_from(&self) -> Option<MinorVersion> {
        let asked = MinorVersion { major: 1, minor: u16::from(self.talos.minor()) };
        self.own.filter(|own| self.talos_source == VersionSource::Asked && *own < asked)
    }
}

/// One source, ready for the rules.
pub struct Context<'t, 's> {
    /// What the source is called.
    pub path: &'t str,
    /// The text.
    pub text: &'t str,
    /// Its tree.
    pub tree: &'t Tree<'s>,
    /// Its documents, recognised.
    pub inputs: &'t [Input<'t, 's>],
    /// Where absence says something.
    pub completeness: Completeness<'t, 's>,
    /// What the decoder says of them.
    pub issues: &'t [Issue<'t, 's>],
    /// What comments say.
    pub directives: &'t Directives,
    /// The versions.
    pub versions: Versions,
    /// How much is to be said.
    pub profile: Profile,
    /// How the machine runs, where that was said.
    pub mode: Option<Mode>,
    /// Whether a schematic that is looked at by itself may say what the configuration does not.
    pub has_schematic: bool,
    /// The role of the machine, if it is known.
    pub role: Option<Role>,
    /// The kernel arguments, a list a machine or image.
    pub kernel_arguments: Vec<KernelArguments<'t>>,
    /// Whether it is what comes of a base and its patches: then what stands together need not be by one hand.
    pub is_merged: bool,
    /// The words of the source.
    pub words: Words,
    /// The places for secret material, and what they hold.
    pub secrets: Vec<Secret<'t, 's>>,
}

/// Where in a source absence says something.
#[derive(Clone, Copy, Debug)]
pub struct Completeness<'t, 's> {
    /// The root of the whole machine configuration, if there is one and all could be read.
    whole: Option<NodeRef<'t, 's>>,
    /// Whether it does in documents that stand without a machine configuration.
    is_beside: bool,
}

impl<'t, 's> Completeness<'t, 's> {
    pub(crate) fn of(path: &str, inputs: &[Input<'t, 's>]) -> Self {
        let readable = inputs.iter().all(|input| !input.broken || !input.kind.is_ours());
        let whole = inputs.iter().find(|input| matches!(input.kind, InputKind::MachineConfig { whole: true }));
        let is_partial = |input: &Input<'_, '_>| {
            input.broken || matches!(input.kind, InputKind::MachineConfig { .. } | InputKind::JsonPatch)
        };
        let is_named_patch = path.to_ascii_lowercase().contains("patch");
        Self {
            whole: whole.filter(|_| readable).and_then(|input| input.root),
            is_beside: !is_named_patch && !inputs.iter().any(is_partial),
        }
    }
}

impl<'t, 's> Context<'t, 's> {
    /// The Talos version.
    #[must_use]
    pub fn talos(&self) -> TalosVersion {
        self.versions.talos
    }

    /// Whether the Talos version is only assumed.
    #[must_use]
    pub fn is_version_assumed(&self) -> bool {
        self.versions.talos_source == VersionSource::Assumed
    }

    /// The root of the whole machine configuration, if the source holds one that could be read in full: only then does
    /// absence say something.
    #[must_use]
    pub fn whole(&self) -> Option<NodeRef<'t, 's>> {
        self.completeness.whole
    }

    /// Whether absence says something in documents of kind `kind`. In the machine configuration it does when that is
    /// whole; in a document beside it also when the source is no patch, by its name or by what else it holds.
    #[must_use]
    pub fn is_complete(&self, kind: &str) -> bool {
        self.whole().is_some() || self.completeness.is_beside && kind != tables::V1ALPHA1
    }

    /// [`Context::whole`], when it is that of a control-plane machine.
    #[must_use]
    pub fn whole_control_plane(&self) -> Option<NodeRef<'t, 's>> {
        self.whole().filter(|_| self.role == Some(Role::ControlPlane))
    }

    /// What the machine gets for a setting.
    #[must_use]
    pub fn effective(&self, setting: &'static Setting) -> Effective<'t, 's> {
        settings::effective(setting, self.inputs, &self.words, self.talos())
    }

    /// What the machine gets for the setting called `id`. `None` when there is no such setting, which a test of the
    /// tables rules out for the ids that rules use.
    #[must_use]
    pub fn effective_by_id(&self, id: &str) -> Option<Effective<'t, 's>> {
        settings::setting(id).map(|setting| self.effective(setting))
    }

    /// The values at `path` of documents of kind `document`: [`settings::find`] in this source.
    #[must_use]
    pub fn find(&self, document: &str, path: &[&str]) -> Vec<Found<'t, 's>> {
        if self.words.may_hold(path) { settings::find(self.inputs, document, path) } else { Vec::new() }
    }

    /// The documents of one kind.
    pub fn documents(&self, kind: &'static str) -> impl Iterator<Item = NodeRef<'t, 's>> {
        self.inputs.iter().filter(move |input| input.kind.name() == kind).filter_map(|input| input.root)
    }

    /// The kind of the document that holds `node`.
    #[must_use]
    pub fn kind_of(&self, node: NodeRef<'t, 's>) -> &'static str {
        self.kind_at(node.span())
    }

    /// The kind of the document that holds `span`.
    #[must_use]
    pub fn kind_at(&self, span: Span) -> &'static str {
        let holder = self.inputs.iter().rfind(|input| input.span.start <= span.start);
        holder.map_or("", |input| input.kind.name())
    }

    /// The range to show for what is absent: the key on the way to `path` that is nearest to it, else the kind or
    /// the first key of the document.
    #[must_use]
    pub fn nearest(&self, root: NodeRef<'t, 's>, path: &[&str]) -> Span {
        let mut node = root;
        let mut span = None;
        for step in path {
            let Some((key, value)) = node.entry(step) else { break };
            span = Some(key.span());
            node = value.resolved();
        }
        let first = || root.entry("kind").map(|(kind, _)| kind).or_else(|| root.children().next()).map(NodeRef::span);
        span.or_else(first).unwrap_or(root.span())
    }

    /// The severity for something optional: `info`, and `warning` where hardening is asked for.
    #[must_use]
    pub fn optional(&self) -> Severity {
        if self.profile >= Profile::Hardened { Severity::Warning } else { Severity::Info }
    }
}

/// Versions that are named outside of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedVersions {
    /// The Talos version.
    pub talos: Option<MinorVersion>,
    /// The Kubernetes version.
    pub kubernetes: Option<MinorVersion>,
    /// Who names them.
    pub source: VersionSource,
}

impl NamedVersions {
    /// No version.
    pub const NONE: Self = Self { talos: None, kubernetes: None, source: VersionSource::Assumed };
}

/// Decides the versions of a source: asked for, modeline, what describes the machine, image tag, schema modeline, and at
/// last the newest known.
#[must_use]
pub fn versions(
    asked: NamedVersions,
    described: NamedVersions,
    directives: &Directives,
    inputs: &[Input<'_, '_>],
) -> Versions {
    let from = |version: Option<MinorVersion>, source: VersionSource| version.map(|version| (version, source));
    let by_itself = || {
        from(directives.modeline.talos, VersionSource::Modeline)
            .or(from(described.talos, described.source))
            .or_else(|| from(image_version(inputs, INSTALLER_IMAGES), VersionSource::Image))
            .or(from(directives.schema_version, VersionSource::SchemaModeline))
    };
    let asked_talos = from(asked.talos, asked.source);
    let own = asked_talos.and_then(|_| by_itself()).map(|(version, _)| version);
    let talos = asked_talos.or_else(by_itself);
    let (named, talos_source) = talos.map_or((None, VersionSource::Assumed), |(named, source)| (Some(named), source));
    let version = named.map_or(TalosVersion::NEWEST, TalosVersion::nearest_to);
    let is_known = named.is_none_or(|named| TalosVersion::known(named).is_some());
    let kubernetes = from(asked.kubernetes, asked.source)
        .or(from(directives.modeline.kubernetes, VersionSource::Modeline))
        .or(from(described.kubernetes, described.source))
        .or_else(|| from(image_version(inputs, KUBERNETES_IMAGES), VersionSource::Image));
    let default = MinorVersion { major: 1, minor: kubernetes_default(version) };
    let (kubernetes, kubernetes_source) = kubernetes.unwrap_or((default, VersionSource::TalosDefault));
    let talos_named = named.filter(|_| !is_known);
    Versions { talos: version, talos_named, talos_source, kubernetes, kubernetes_source, own }
}

/// Fields that hold the image of the installer.
const INSTALLER_IMAGES: &[(&str, &[&str])] =
    &[(tables::V1ALPHA1, &["machine", "install", "image"]), ("UnattendedInstallConfig", &["installer", "image"])];

/// Fields that hold an image with the version of Kubernetes as its tag.
const KUBERNETES_IMAGES: &[(&str, &[&str])] = &[
    (tables::V1ALPHA1, &["machine", "kubelet", "image"]),
    ("KubeletConfig", &["image"]),
    (tables::V1ALPHA1, &["cluster", "apiServer", "image"]),
    ("KubeAPIServerConfig", &["image"]),
];

fn image_version(inputs: &[Input<'_, '_>], fields: &[(&str, &[&str])]) -> Option<MinorVersion> {
    fields.iter().find_map(|(document, path)| {
        let found = settings::find(inputs, document, path).into_iter().next()?;
        let image = found.node.value();
        let image = image.split_once('@').map_or(image, |(name, _)| name);
        // The tag may be known where the name is not.
        let tag = image.rsplit('/').next()?.rsplit_once(':')?.1;
        MinorVersion::parse(tag).filter(|version| tag.starts_with('v') || version.minor > 0)
    })
}

/// The minor version of Kubernetes 1 that a version of Talos brings by itself.
#[must_use]
pub fn kubernetes_default(version: TalosVersion) -> u16 {
    // Each Talos release moved to the next Kubernetes minor; 1.9 brought 1.32.
    u16::from(version.minor()) + 23
}
