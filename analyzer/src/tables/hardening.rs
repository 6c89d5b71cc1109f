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
    /// Lists of numbers and ranges without one of the numbers.
    Without,
    /// None, or other rules judge it.
    None,
}

impl Sysctl {
    /// Whether `value` is weaker than the default. What is no number is not judged where numbers are compared.
    #[must_use]
    pub fn is_weakened_by(&self, value: &str) -> bool {
        if self.weaker == Weaker::None {
            return false;
        }
        if self.weaker == Weaker::Without {
            return self.value.split(',').any(|number| !lists(value, number));
        }
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
            Weaker::Other | Weaker::Without | Weaker::None => value != default,
        }
    }
}

/// Whether a list of numbers and ranges, `80,8000-8100`, has a number in it. What is no number is not judged.
fn lists(list: &str, number: &str) -> bool {
    let Ok(number) = number.parse::<u32>() else { return true };
    list.split(',').any(|part| {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        match (low.trim().parse::<u32>(), high.trim().parse::<u32>()) {
            (Ok(low), Ok(high)) => (low..=high).contains(&number),
            _ => !part.trim().is_empty(),
        }
    })
}

/// A kernel parameter by name.
#[derive(Debug)]
pub struct SysctlName {
    /// The name with dots; `*` stands for the name of a network interface.
    pub name: &'static str,
    /// Whose it is, when it is not one of the kernels of Talos: then all names below it are that system's.
    pub other_system: Option<&'static str>,
    /// The name to write instead.
    pub instead: Option<&'static str>,
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
