//! The form of the tables about hardening.

use crate::syntax::{Resolved, resolve_text};
use crate::version::VersionSet;

/// A kernel parameter that Talos sets by itself.
#[derive(Debug)]
pub struct Sysctl {
    /// The name, with dots.
    pub key: &'static str,
    /// The versions that set it to this value.
    pub versions: VersionSet,
    /// The value.
    pub value: &'static str,
    /// Which values are weaker.
    pub weaker: Weaker,
    /// Whether it is set when Talos runs in a container.
    pub container: bool,
    /// Who recommends it; empty when Talos alone does.
    pub reference: &'static str,
    /// What the default does, as a clause.
    pub protects: &'static str,
}

/// Which values are weaker than a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weaker {
    /// Lower numbers.
    Lower,
    /// Higher numbers.
    Higher,
    /// Every other value.
    Other,
}

impl Sysctl {
    /// Whether `value` is weaker than the default. What is no number is not judged where numbers are compared.
    #[must_use]
    pub fn is_weakened_by(&self, value: &str) -> bool {
        let number = |text: &str| match resolve_text(text.trim()) {
            Resolved::Int(number) => Some(number),
            _ => None,
        };
        let (Some(default), Some(value)) = (number(self.value), number(value)) else {
            return self.weaker == Weaker::Other && value.trim() != self.value;
        };
        match self.weaker {
            Weaker::Lower => value < default,
            Weaker::Higher => value > default,
            Weaker::Other => value != default,
        }
    }
}

/// A TLS cipher suite.
#[derive(Debug)]
pub struct CipherSuite {
    /// The name that Kubernetes takes.
    pub name: &'static str,
    /// How good it is.
    pub class: CipherClass,
    /// Why it is not good, as a clause; empty when it is.
    pub because: &'static str,
}

/// How good a cipher suite is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CipherClass {
    /// Of TLS 1.3: always on, and not configurable.
    Tls13,
    /// Forward secrecy and authenticated encryption.
    Strong,
    /// Forward secrecy without authenticated encryption.
    Legacy,
    /// Neither, or broken.
    Weak,
}

/// A command-line argument that Talos does not let a configuration give to a component, whatever its value.
#[derive(Debug)]
pub struct DeniedArgument {
    /// The component, by the name of its program.
    pub component: &'static str,
    /// The versions that deny it.
    pub versions: VersionSet,
    /// The kind of document that holds the arguments.
    pub document: &'static str,
    /// The way to the arguments in it.
    pub path: &'static [&'static str],
    /// The name of the argument; a `*` at its end stands for any rest.
    pub argument: &'static str,
    /// What to do instead, as a clause; empty when there is nothing to do instead.
    pub instead: &'static str,
}
