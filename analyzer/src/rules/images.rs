//! Images and their parts, for the rules about the installer.

use super::documents::find_in_version;
use crate::context::{Context, kubernetes_default};
use crate::input::is_unknown;
use crate::syntax::NodeRef;
use crate::tables;
use crate::version::{MinorVersion, TalosVersion};
use std::ops::RangeInclusive;

/// A reference to an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Image<'t> {
    /// The name, with the registry.
    pub name: &'t str,
    /// The tag.
    pub tag: Option<&'t str>,
    /// Whether it is pinned by digest.
    pub has_digest: bool,
}

impl<'t> Image<'t> {
    /// Reads `registry/name:tag@digest`.
    pub(super) fn parse(text: &'t str) -> Self {
        let (rest, has_digest) = text.split_once('@').map_or((text, false), |(rest, _)| (rest, true));
        // A colon before the last slash is that of a port.
        let name_start = rest.rfind('/').map_or(0, |slash| slash + 1);
        let tag = rest.get(name_start..).and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
        let name = tag.map_or(rest, |tag| rest.get(..rest.len() - tag.len() - 1).unwrap_or(rest));
        Self { name, tag, has_digest }
    }

    /// Whether it is the installer that Talos itself published until 1.13, without any extension.
    pub(super) fn is_plain_installer(&self) -> bool {
        self.name == "ghcr.io/siderolabs/installer"
    }

    /// Whether it is an installer of the Image Factory or of Talos itself, whose names say what they are.
    pub(super) fn is_published(&self) -> bool {
        self.name.starts_with("factory.talos.dev/") || self.is_plain_installer()
    }

    /// The platform that an installer of the Image Factory is for: `metal` of `metal-installer-secureboot`.
    pub(super) fn platform(&self) -> Option<&'t str> {
        let parts = self.name.split('/').filter(|_| self.is_published());
        let mut platforms =
            parts.filter_map(|part| part.strip_suffix("-secureboot").unwrap_or(part).strip_suffix("-installer"));
        platforms.next_back()
    }

    /// Whether it is an installer with a signed UKI, by its name: `metal-installer-secureboot`.
    pub(super) fn is_secure_boot(&self) -> bool {
        self.name.split('/').any(|part| part.ends_with("installer-secureboot"))
    }
}

/// The kubelet.
pub(super) const KUBELET: Component = Component {
    name: "kubelet",
    places: [(tables::V1ALPHA1, &["machine", "kubelet", "image"]), ("KubeletConfig", &["image"])],
};

/// The API server.
pub(super) const API_SERVER: Component = Component {
    name: "API server",
    places: [(tables::V1ALPHA1, &["cluster", "apiServer", "image"]), ("KubeAPIServerConfig", &["image"])],
};

/// The controller manager.
pub(super) const CONTROLLER_MANAGER: Component = Component {
    name: "controller manager",
    places: [
        (tables::V1ALPHA1, &["cluster", "controllerManager", "image"]),
        ("KubeControllerManagerConfig", &["image"]),
    ],
};

/// The scheduler.
pub(super) const SCHEDULER: Component = Component {
    name: "scheduler",
    places: [(tables::V1ALPHA1, &["cluster", "scheduler", "image"]), ("KubeSchedulerConfig", &["image"])],
};

/// The proxy.
pub(super) const PROXY: Component = Component {
    name: "kube-proxy",
    places: [(tables::V1ALPHA1, &["cluster", "proxy", "image"]), ("KubeProxyConfig", &["image"])],
};

/// A component of Kubernetes, and where its image is set.
pub(super) struct Component {
    /// What it is called.
    pub name: &'static str,
    places: [(&'static str, &'static [&'static str]); 2],
}

impl Component {
    /// The images that are set for it, and their versions.
    pub(super) fn images<'t, 's>(&self, context: &Context<'t, 's>) -> Vec<(NodeRef<'t, 's>, MinorVersion)> {
        let found = find_in_version(context, &self.places);
        let known = found.into_iter().filter(|found| !is_unknown(found.node)).filter_map(|found| {
            let tag = Image::parse(found.node.value()).tag.filter(|tag| tag.starts_with('v'))?;
            Some((found.node, MinorVersion::parse(tag)?))
        });
        known.collect()
    }
}

/// How many minor versions the oldest that Talos runs is behind the newest.
const SPAN: u16 = 5;

/// The versions of Kubernetes that Talos runs, but for kube-proxy, which it does not look at. `None` when the version of Talos
/// is not known for certain.
pub(super) fn supported(context: &Context<'_, '_>) -> Option<RangeInclusive<MinorVersion>> {
    if context.is_version_assumed() || context.versions.talos_named.is_some() {
        return None;
    }
    let minor = kubernetes_default(context.talos());
    Some(MinorVersion { major: 1, minor: minor - SPAN }..=MinorVersion { major: 1, minor })
}

/// The images of the installer that a source names and that are known.
pub(super) fn installers<'t, 's>(context: &Context<'t, 's>) -> Vec<NodeRef<'t, 's>> {
    let mut found = context.find(tables::V1ALPHA1, &["machine", "install", "image"]);
    if context.talos() >= TalosVersion::nearest(14) {
        found.extend(context.find("UnattendedInstallConfig", &["installer", "image"]));
    }
    found.into_iter().map(|found| found.node).filter(|node| !node.value().is_empty() && !is_unknown(*node)).collect()
}

#[cfg(test)]
mod tests {
    use super::Image;

    #[test]
    fn parts_of_an_image() {
        let image = Image::parse("registry.example.org:5000/a/installer:v1.12.0@sha256:00");
        assert_eq!(
            (image.name, image.tag, image.has_digest),
            ("registry.example.org:5000/a/installer", Some("v1.12.0"), true)
        );
        let image = Image::parse("registry.example.org:5000/a/installer");
        assert_eq!((image.name, image.tag, image.has_digest), ("registry.example.org:5000/a/installer", None, false));
        assert!(Image::parse("ghcr.io/siderolabs/installer:v1.9.0").is_plain_installer());
        let image = Image::parse("factory.talos.dev/hcloud-installer-secureboot/37:v1.12.0");
        assert_eq!((image.platform(), image.is_secure_boot()), (Some("hcloud"), true));
        assert_eq!(Image::parse("factory.talos.dev/installer/37:v1.12.0").platform(), None);
        assert_eq!(Image::parse("registry.example.org/aws-installer:v1.12.0").platform(), None);
    }
}
