//! Images and their parts, for the rules about the installer.

use crate::context::Context;
use crate::input::is_unknown;
use crate::syntax::NodeRef;
use crate::tables;
use crate::version::TalosVersion;

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

    /// Whether it is an installer with a signed UKI, by its name: `metal-installer-secureboot`.
    pub(super) fn is_secure_boot(&self) -> bool {
        self.name.split('/').any(|part| part.ends_with("installer-secureboot"))
    }
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
    }
}
