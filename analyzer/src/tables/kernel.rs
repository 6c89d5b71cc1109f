//! The form of the tables about kernel arguments.

use crate::version::VersionSet;

/// An argument that Talos puts on the command line by itself.
#[derive(Debug)]
pub struct KernelDefault {
    /// The name.
    pub argument: &'static str,
    /// The value; empty when it has none.
    pub value: &'static str,
    /// The versions that do.
    pub versions: VersionSet,
    /// Where: [`KernelDefault::ALL`], [`KernelDefault::SECURE_BOOT`], `iso`, or a platform, with an architecture after a
    /// `/` where it matters.
    pub scope: &'static str,
}

impl KernelDefault {
    /// The scope of what every machine gets.
    pub const ALL: &'static str = "all";
    /// The scope of what SecureBoot images get.
    pub const SECURE_BOOT: &'static str = "secureboot";
}

/// An argument that Talos itself reads.
#[derive(Debug)]
pub struct TalosArgument {
    /// The name.
    pub name: &'static str,
    /// The versions that read it.
    pub versions: VersionSet,
    /// Whether of several values the first counts; else all do.
    pub reads_first: bool,
}

/// An argument that is recommended and no default.
#[derive(Debug)]
pub struct RecommendedArgument {
    /// The name.
    pub argument: &'static str,
    /// The recommended value.
    pub value: &'static str,
    /// The versions in which it is.
    pub versions: VersionSet,
    /// What it does, as a clause.
    pub because: &'static str,
}

/// An argument that people write: what is offered where one can be written.
#[derive(Debug)]
pub struct CommonArgument {
    /// The name.
    pub argument: &'static str,
    /// The value; empty where the user gives it.
    pub value: &'static str,
    /// The versions in which it is offered.
    pub versions: VersionSet,
    /// Whether the value is the hardened one.
    pub is_hardened: bool,
    /// What it does, in a sentence.
    pub about: &'static str,
}
