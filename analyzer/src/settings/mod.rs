//! Effective settings: what a machine really gets, whatever the place that says so.
//!
//! A setting is named in the component's own terms, `kubelet.podPidsLimit`, `sysctl.kernel.kptr_restrict`. The tables
//! of `analyzer/data/settings` say where it can be set in which version, how several places combine, and its default.

mod kernel;
mod lookup;
mod words;

pub use kernel::{Argument, Assigned, Effect, KernelArguments, go_bool, kernel_arguments, kernel_bool};
pub use lookup::{Found, find};
pub use words::Words;

use crate::input::{Input, is_unknown};
use crate::syntax::{Kind, NodeRef};
use crate::tables;
use crate::text::Span;
use crate::version::{TalosVersion, VersionSet};
use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/settings.rs"));

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the component's own terms.
    pub id: &'static str,
    /// How several places combine.
    pub combine: Combine,
    /// Where it can be set, strongest first.
    pub places: &'static [SettingPlace],
    /// What it is when nothing sets it.
    pub defaults: &'static [Default],
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

/// The default of a setting in some versions.
#[derive(Debug)]
pub struct Default {
    /// The versions.
    pub versions: VersionSet,
    /// The value; `None` when the component has no value of its own.
    pub value: Option<&'static str>,
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

    /// How it came to be set: "by the flag `pod-max-pids`", or nothing to say for a field.
    #[must_use]
    pub fn describe(&self) -> Cow<'static, str> {
        match self.place.flag {
            Some(flag) => Cow::Owned(format!("the flag `--{flag}`")),
            None => Cow::Borrowed("this field"),
        }
    }
}

/// The parts of a scalar between commas. In a scalar with escapes or folding, the range is that of the whole.
fn split_words<'t>(node: NodeRef<'t, '_>, text: &'t str) -> Vec<(&'t str, Span)> {
    let value = node.value();
    let span = node.span();
    let offset = span.slice(text).find(value).filter(|_| !value.is_empty());
    let mut words = Vec::new();
    let mut at = 0;
    for part in value.split(',') {
        let word = part.trim();
        if !word.is_empty() {
            let place = match offset {
                Some(offset) => {
                    let start = span.start as usize + offset + at + part.find(word).unwrap_or(0);
                    Span::new(start, start + word.len())
                }
                None => span,
            };
            words.push((word, place));
        }
        at += part.len() + 1;
    }
    words
}

/// What a machine gets for one setting.
#[derive(Debug)]
pub struct Effective<'t, 's> {
    /// The setting.
    pub setting: &'static Setting,
    /// Everything that is written, strongest first.
    pub written: Vec<Written<'t, 's>>,
    /// The default of the version.
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
    let default =
        setting.defaults.iter().find(|default| default.versions.contains(version)).and_then(|default| default.value);
    Effective { setting, written, default }
}
