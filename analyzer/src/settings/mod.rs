//! Effective settings: what a machine really gets, whatever the place that says so.
//!
//! A setting is named in the component's own terms, `kubelet.podPidsLimit`, `sysctl.kernel.kptr_restrict`. The tables
//! of `analyzer/data/settings` say where it can be set in which version, how several places combine, and its default.

mod kernel;
mod lookup;
mod words;

pub use kernel::{
    Argument, Assigned, Effect, KernelArguments, default_arguments, go_bool, installer_arguments_count,
    kernel_arguments, kernel_bool, same_name,
};
pub use lookup::{Found, find};
pub use words::Words;

use crate::input::{Input, is_unknown};
use crate::syntax::{Kind, NodeRef};
use crate::tables;
use crate::text::Span;
use crate::version::{TalosVersion, VersionSet};
use std::borrow::Cow;
use std::fmt;

include!(concat!(env!("OUT_DIR"), "/settings.rs"));

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the component's own terms.
    pub id: &'static str,
    /// How several places combine.
    pub combine: Combine,
    /// Whether a field that is written empty or zero counts as one that is not written.
    pub zero_is_unset: bool,
    /// Where it can be set, strongest first.
    pub places: &'static [SettingPlace],
    /// What it is when nothing sets it.
    pub defaults: &'static [Default],
}

impl Setting {
    /// The default of a version, of those that hang on something else the commonest, which comes first. `None` when there is
    /// none, or only the machine knows it.
    #[must_use]
    pub fn default_in(&self, version: TalosVersion) -> Option<&'static str> {
        self.defaults.iter().find(|default| default.versions.contains(version)).and_then(Default::text)
    }
}

/// How several places of a setting combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// The strongest place wins.
    Override,
    /// What is set is added to the default, and to each other.
    Append,
    /// The first value in the order of the text wins.
    FirstWins,
    /// Setting it is refused at run time.
    Denied,
    /// Each value stands for itself: one registry, one destination, one disk.
    Each,
}

/// A place that can set a setting.
#[derive(Debug)]
pub struct SettingPlace {
    /// The versions in which it counts.
    pub versions: VersionSet,
    /// The kind of document.
    pub document: &'static str,
    /// The way from the root of the document.
    pub path: &'static [&'static str],
    /// The command-line flag it is, if it is one.
    pub flag: Option<&'static str>,
    /// How it combines, where that differs from the setting's own way.
    pub combine: Combine,
}

impl SettingPlace {
    /// Whether it is the field at `path` of documents of the kind `document`, in `version`.
    #[must_use]
    pub fn is_at(&self, document: &str, path: &[&str], version: TalosVersion) -> bool {
        let is_same = |(step, key): (&&str, &&str)| *step == tables::ANY_KEY || step == key;
        self.document == document
            && self.versions.contains(version)
            && self.path.len() == path.len()
            && self.path.iter().zip(path).all(is_same)
    }
}

/// The settings that are set at `path` of documents of the kind `document`, in `version`.
pub fn settings_at(document: &str, path: &[&str], version: TalosVersion) -> impl Iterator<Item = &'static Setting> {
    let is_here = move |setting: &&Setting| setting.places.iter().any(|place| place.is_at(document, path, version));
    settings().iter().filter(is_here)
}

/// The default of a setting in some versions, under some conditions. The first row that holds is the default.
#[derive(Debug)]
pub struct Default {
    /// The versions of Talos.
    pub versions: VersionSet,
    /// The first and the last minor version of Kubernetes; `None` for all.
    pub kubernetes: Option<(u16, u16)>,
    /// What must hold, all of it.
    pub conditions: &'static [Condition],
    /// Who sets it.
    pub by: By,
    /// The value.
    pub value: DefaultValue,
}

impl Default {
    /// The value as text, when it is one for all machines.
    #[must_use]
    pub fn text(&self) -> Option<&'static str> {
        match self.value {
            DefaultValue::Text(text) => Some(text),
            DefaultValue::Of(_) | DefaultValue::DnsOf(_) | DefaultValue::Later(_) => None,
        }
    }
}

impl fmt::Display for Default {
    /// What it is, and when: "external (until Talos 1.9, when cluster.externalCloudProvider.enabled is true)".
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.value)?;
        write!(out, " ({}", self.versions.describe())?;
        match self.kubernetes {
            None => {}
            Some((0, last)) => write!(out, ", until Kubernetes 1.{last}")?,
            Some((first, u16::MAX)) => write!(out, ", from Kubernetes 1.{first}")?,
            Some((first, last)) if first == last => write!(out, ", in Kubernetes 1.{first}")?,
            Some((first, last)) => write!(out, ", from Kubernetes 1.{first} to 1.{last}")?,
        }
        for (number, condition) in self.conditions.iter().enumerate() {
            write!(out, "{}{condition}", if number == 0 { ", when " } else { " and " })?;
        }
        if self.by == By::Kubernetes {
            out.write_str(", by Kubernetes itself")?;
        }
        out.write_str(")")
    }
}

impl fmt::Display for DefaultValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text("") => out.write_str("none"),
            Self::Text(text) => out.write_str(text),
            Self::Of(id) => write!(out, "that of {id}"),
            Self::DnsOf(id) => write!(out, "the tenth addresses of {id}"),
            Self::Later(what) => out.write_str(what),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.negated { "not " } else { "" };
        match self.test {
            Test::ControlPlane => write!(out, "it is {not}a control plane"),
            Test::Document(kind) => write!(out, "there is {}{kind} document", if self.negated { "no " } else { "a " }),
            Test::Argument(component, name) => write!(out, "{component} is {not}given `--{name}`"),
            Test::Is(id, value) => write!(out, "{id} is {not}{value}"),
            Test::Set(id) => write!(out, "{id} is {not}set"),
            Test::Holds(id, text) => write!(out, "{id} {} `{text}`", if self.negated { "lacks" } else { "holds" }),
        }
    }
}

/// Who sets a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Talos.
    Talos,
    /// The component of Kubernetes itself, for its version.
    Kubernetes,
}

/// The value of a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultValue {
    /// This text; lists have commas.
    Text(&'static str),
    /// What another setting has.
    Of(&'static str),
    /// The tenth address of each subnet that another setting has.
    DnsOf(&'static str),
    /// Something that only the machine knows: what it is, in words.
    Later(&'static str),
}

/// A condition of the tables.
#[derive(Debug)]
pub struct Condition {
    /// Whether the test must fail.
    pub negated: bool,
    /// What is tested.
    pub test: Test,
}

/// What a condition tests.
#[derive(Debug)]
pub enum Test {
    /// Whether the machine is a control plane.
    ControlPlane,
    /// Whether there is a document of this kind.
    Document(&'static str),
    /// Whether a component is given an argument; a `*` at the end of the name stands for any rest.
    Argument(&'static str, &'static str),
    /// Whether a setting has this value.
    Is(&'static str, &'static str),
    /// Whether a setting is written.
    Set(&'static str),
    /// Whether the value of a setting has this text in it.
    Holds(&'static str, &'static str),
}

/// A component whose settings are listed.
#[derive(Debug)]
pub struct Component {
    /// The name of its program, or of what it is a part of.
    pub name: &'static str,
    /// How the ids of its settings begin.
    pub settings: &'static str,
    /// When it does not run: one of these holds.
    pub off: &'static [Condition],
    /// Where its command-line arguments are configured.
    pub arguments: &'static [Field],
    /// Where fields of its configuration file are.
    pub config: &'static [Field],
}

/// A field that holds many settings.
#[derive(Debug)]
pub struct Field {
    /// The versions in which it counts.
    pub versions: VersionSet,
    /// The kind of document.
    pub document: &'static str,
    /// The way from the root of the document.
    pub path: &'static [&'static str],
}

/// A value that the configuration gives to a setting.
#[derive(Clone, Debug)]
pub struct Written<'t, 's> {
    /// The place that takes it.
    pub place: &'static SettingPlace,
    /// The node of the value.
    pub node: NodeRef<'t, 's>,
    /// The kind of document, for findings.
    pub kind: &'static str,
}

impl<'t> Written<'t, '_> {
    /// The value as text; `None` for collections and for values not known before deployment. Of a flag that is given
    /// several times the last one counts.
    #[must_use]
    pub fn text(&self) -> Option<&'t str> {
        let last = self.node.items().last().filter(|_| self.place.flag.is_some());
        let node = last.unwrap_or(self.node);
        (node.kind() == Kind::Scalar && !is_unknown(node)).then(|| node.value())
    }

    /// Whether the value is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.node.kind() == Kind::Sequence
    }

    /// Whether the value must not be shown.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        tables::field_at_steps(self.place.document, self.place.path).is_some_and(|field| field.is_secret())
    }

    /// The value as a list of words with their places: the items of a list, or the parts of a text between commas.
    #[must_use]
    pub fn words(&self, text: &'t str) -> Vec<(&'t str, Span)> {
        match self.node.kind() {
            Kind::Sequence => self
                .node
                .items()
                .filter(|item| !is_unknown(*item))
                .flat_map(|item| split_words(item.resolved(), text))
                .collect(),
            Kind::Scalar if !is_unknown(self.node) => split_words(self.node, text),
            _ => Vec::new(),
        }
    }

    /// The flag, or the field, that it is written as.
    #[must_use]
    pub fn called(&self) -> &'static str {
        self.place.flag.or(self.place.path.last().copied()).unwrap_or("")
    }

    /// How it came to be set: "by the flag `pod-max-pids`", or nothing to say for a field.
    #[must_use]
    pub fn describe(&self) -> Cow<'static, str> {
        match self.place.flag {
            Some(flag) => Cow::Owned(format!("the flag `--{flag}`")),
            None => Cow::Borrowed("this field"),
        }
    }
}

/// The parts of a scalar between commas, each with its place.
fn split_words<'t>(node: NodeRef<'t, '_>, text: &'t str) -> Vec<(&'t str, Span)> {
    let span = node.part_spans(text);
    let words = node.value().split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| (word, span(word))).collect()
}

/// What a machine gets for one setting.
#[derive(Debug)]
pub struct Effective<'t, 's> {
    /// The setting.
    pub setting: &'static Setting,
    /// Everything that is written, strongest first.
    pub written: Vec<Written<'t, 's>>,
    /// The default of the version, of those that hang on something else the commonest, which comes first.
    pub default: Option<&'static str>,
}

impl<'t, 's> Effective<'t, 's> {
    /// What decides the setting: the strongest value, or all of them where they add up.
    #[must_use]
    pub fn deciding(&self) -> &[Written<'t, 's>] {
        let adds_up =
            self.winner().is_some_and(|winner| matches!(winner.place.combine, Combine::Append | Combine::Each));
        if adds_up { &self.written } else { &self.written[..self.written.len().min(1)] }
    }

    /// What wins, when anything is written.
    #[must_use]
    pub fn winner(&self) -> Option<&Written<'t, 's>> {
        self.written.first()
    }
}

/// The setting called `id`.
#[must_use]
pub fn setting(id: &str) -> Option<&'static Setting> {
    SETTINGS.binary_search_by(|setting| setting.id.cmp(id)).ok().map(|index| &SETTINGS[index])
}

/// Where kernel parameters below `/proc/sys` are configured, strongest place first.
pub const SYSCTLS: [Field; 2] = [
    Field { versions: VersionSet::ALL, document: "SysctlConfig", path: &["params"] },
    Field { versions: VersionSet::ALL, document: tables::V1ALPHA1, path: &["machine", "sysctls"] },
];

/// Where kernel parameters below `/sys` are configured, strongest place first.
pub const SYSFS: [Field; 2] = [
    Field { versions: VersionSet::ALL, document: "SysfsConfig", path: &["params"] },
    Field { versions: VersionSet::ALL, document: tables::V1ALPHA1, path: &["machine", "sysfs"] },
];

/// The components whose settings are listed, in that order.
#[must_use]
pub fn components() -> &'static [Component] {
    COMPONENTS
}

/// All settings, sorted by id.
#[must_use]
pub fn settings() -> &'static [Setting] {
    SETTINGS
}

/// Works out what `inputs`, taken together, give to `setting` in `version`. `words` are those of the source.
#[must_use]
pub fn effective<'t, 's>(
    setting: &'static Setting,
    inputs: &[Input<'t, 's>],
    words: &Words,
    version: TalosVersion,
) -> Effective<'t, 's> {
    let mut written = Vec::new();
    let counts = |place: &&SettingPlace| place.versions.contains(version) && words.may_hold(place.path);
    for place in setting.places.iter().filter(counts) {
        for found in find(inputs, place.document, place.path) {
            if !found.node.is_null() {
                written.push(Written { place, node: found.node, kind: found.kind });
            }
        }
    }
    let default = setting.default_in(version);
    Effective { setting, written, default }
}
