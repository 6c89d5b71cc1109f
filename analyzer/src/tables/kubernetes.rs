//! The form of the tables of names that Kubernetes gives a meaning to.

use crate::version::MinorVersion;

/// A feature gate of Kubernetes in some of its versions.
#[derive(Debug)]
pub struct FeatureGate {
    /// Its name.
    pub name: &'static str,
    /// The first and the last minor version of Kubernetes in which this holds.
    pub kubernetes: (u16, u16),
    /// How far the feature is.
    pub stage: Stage,
    /// Whether it is on by default.
    pub default: bool,
    /// Whether it cannot be changed from its default.
    pub locked: bool,
}

impl FeatureGate {
    /// The versions of Kubernetes that the table knows, by their minor numbers.
    pub const KNOWN: (u16, u16) = (28, 37);

    /// Whether this holds in `version`, or in the known version nearest to it.
    #[must_use]
    pub fn is_in(&self, version: MinorVersion) -> bool {
        let minor = version.minor.clamp(Self::KNOWN.0, Self::KNOWN.1);
        (self.kubernetes.0..=self.kubernetes.1).contains(&minor)
    }
}

/// How far a feature of Kubernetes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Off by default, and may go.
    Alpha,
    /// Tested, mostly on by default.
    Beta,
    /// Done; the gate will go.
    Stable,
    /// On its way out.
    Deprecated,
}

impl Stage {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Stable => "stable",
            Self::Deprecated => "deprecated",
        }
    }
}

/// A label or taint of nodes that Kubernetes gives a meaning to.
#[derive(Debug)]
pub struct NodeLabel {
    /// Its name.
    pub name: &'static str,
    /// Whether it is written as a label.
    pub is_label: bool,
    /// Whether it is written as a taint.
    pub is_taint: bool,
    /// What it is for.
    pub about: &'static str,
}
