//! CEL expressions, by which Talos chooses disks, volumes and links.
//!
//! An expression is read in full, and its types are followed as far as they are certain: a name that is not there, an operator
//! between two types that it does not take, a result that is of another type than is wanted. What is not certain is taken.

mod check;
mod read;

use crate::version::{TalosVersion, VersionSet};

/// What an expression, or a part of it, gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Something of a type that is not followed.
    Any,
    /// Nothing.
    Null,
    /// True or false.
    Bool,
    /// A whole number with a sign.
    Int,
    /// A whole number without a sign, as `10u`.
    Uint,
    /// A number with a fraction.
    Double,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// A span of time.
    Duration,
    /// A list.
    List,
    /// A mapping.
    Map,
    /// Something with the fields of the data.
    Record(&'static str),
}

impl Type {
    /// What it is called in CEL.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Any => "dyn",
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::Text => "string",
            Self::Bytes => "bytes",
            Self::Duration => "duration",
            Self::List => "list",
            Self::Map => "map",
            Self::Record(name) => name,
        }
    }
}

/// Something that an expression may name.
#[derive(Debug)]
pub struct Name {
    /// The environment that has it, or the record it is a field of.
    pub scope: &'static str,
    /// The name.
    pub text: &'static str,
    /// Whether it is called.
    pub is_function: bool,
    /// What it gives.
    pub kind: Type,
    /// The versions that have it.
    pub versions: VersionSet,
}

/// Where Talos reads an expression.
#[derive(Debug)]
pub struct Place {
    /// The kind of document.
    pub document: &'static str,
    /// The way to it.
    pub path: &'static [&'static str],
    /// What the expression may name.
    pub environment: &'static str,
    /// What it is to give.
    pub gives: Type,
}

include!(concat!(env!("OUT_DIR"), "/expressions.rs"));

/// The place at `path` of documents of the kind `document`, if an expression stands there.
#[must_use]
pub fn place(document: &str, path: &[&str]) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.document == document && place.path == path)
}

/// What can be named in `scope`, an environment or a record, in `version`.
pub fn names(scope: &str, version: TalosVersion) -> impl Iterator<Item = &'static Name> {
    NAMES.iter().filter(move |name| name.scope == scope && name.versions.contains(version))
}

/// What can be called of something of the type `of`, with what it gives: functions of CEL itself.
pub fn methods(of: Type) -> impl Iterator<Item = (&'static str, Type)> {
    check::methods(of)
}

/// Why Talos does not take an expression that is to give `wanted`, where it may name what `environment` has; `None` when it
/// does, or when that is not certain.
#[must_use]
pub fn problem(text: &str, environment: &'static str, wanted: Type, version: TalosVersion) -> Option<String> {
    let tree = match read::read(text) {
        Ok(tree) => tree?,
        Err(problem) => return Some(problem),
    };
    match check::type_of(&tree, environment, version) {
        Err(problem) => Some(problem),
        Ok(given) if given == wanted || given == Type::Any => None,
        Ok(given) => Some(format!("it gives a {}, and a {} is wanted", given.noun(), wanted.noun())),
    }
}

/// Whether an expression that can be read asks for the variable `name`.
#[must_use]
pub fn asks_for(text: &str, name: &str) -> bool {
    read::read(text).is_ok_and(|tree| tree.is_some_and(|tree| tree.asks_for(name)))
}

#[cfg(test)]
mod tests {
    use super::{Type, problem};
    use crate::version::TalosVersion;

    fn found(text: &str) -> Option<String> {
        problem(text, "DiskLocator", Type::Bool, TalosVersion::NEWEST)
    }

    #[test]
    fn expressions_that_talos_takes_are_taken() {
        for text in [
            "true",
            "!system_disk && disk.size > 10u * GiB",
            "disk.transport == \"nvme\" || disk.model in ['a', r'b\\d']",
            "glob('WDC*', disk.model) ? true : disk.rotational",
            "disk.symlinks.exists(link, link.startsWith('/dev/disk/by-id/'))",
            "size(disk.symlinks) > 0 && disk.symlinks[0] != ''",
            "(disk.size - 1u) % 2u == 0u || -1 < 1 || 1.5e3 > .5",
            "has(disk.model) && disk.model.matches('^a') // why",
            "{'a': 1}['a'] == 1 && [1, 2,].size() == 2",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn expressions_that_talos_refuses_are_refused() {
        for text in [
            "",
            "a +",
            "disk.",
            "(true",
            "disk.nothing",
            "nothing",
            "volume.name == 'a'",
            "disk.size",
            "disk.size > 10",
            "disk.size == '1'",
            "disk.size + 1 == 2",
            "!disk.size",
            "disk.model && true",
            "mac(disk.model) == ''",
            "disk.model.length() > 1",
            "disk.size > 10u ? 'a' : 1",
            "'a",
            "true true",
            "disk.model = 'a'",
        ] {
            assert!(found(text).is_some(), "{text}");
        }
    }
}
