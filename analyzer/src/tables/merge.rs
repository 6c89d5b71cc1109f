//! How Talos merges a strategic patch, where the type of a field alone does not say it.

use super::format::Format;
use super::generated::MERGE;
use super::schema::{Enumeration, Type};
use crate::version::{TalosVersion, VersionSet};

/// A way to merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// The value of the patch is taken whole.
    Replace,
    /// Items of a list with the same key are merged, others appended.
    Keyed,
    /// Items of a list with the same key are taken whole, others appended.
    KeyedReplace,
    /// Taken whole, and cleared where the patch leaves it out.
    Always,
    /// As [`Merge::Always`]; and it cannot be deleted.
    Untagged,
    /// Talos cannot merge it, not even when the patch leaves it out.
    Refused,
    /// Talos cannot merge it when both sides have it.
    RefusedTwice,
    /// A URL, part by part.
    Parts,
    /// A size in bytes stays beside a percentage, and wins over it.
    Either,
    /// Of an enumeration: the words that count as not set.
    Zero,
    /// Of an enumeration: numbers that stand for words.
    Numbers,
    /// Of a text: line ends and tabs before it do not count.
    Trimmed,
    /// Of a field: what Talos writes for it when it is not set.
    Written,
    /// Of a structure: not written when none of these fields is set.
    UnsetWithout,
}

/// A row of the table.
#[derive(Debug)]
pub struct MergeRule {
    /// What it is about: `type.field`, `form name` or `enum name`.
    pub subject: &'static str,
    /// The versions it holds for.
    pub versions: VersionSet,
    /// How to merge.
    pub how: Merge,
    /// The fields that tell items of a list apart, or the words of an enumeration.
    pub keys: &'static [&'static str],
}

fn find(subject: &str, version: TalosVersion) -> impl Iterator<Item = &'static MergeRule> + use<> {
    let first = MERGE.partition_point(|rule| rule.subject < subject);
    let count = MERGE.iter().skip(first).take_while(|rule| rule.subject == subject).count();
    MERGE.iter().skip(first).take(count).filter(move |rule| rule.versions.contains(version))
}

/// How the field called `field` of a structure merges, when that is a matter of its own.
#[must_use]
pub fn merge_of_field(structure: &Type, field: &str, version: TalosVersion) -> Option<&'static MergeRule> {
    structure.field(field)?.merge(version)
}

/// How scalars of a form merge, when that is a matter of its own.
#[must_use]
pub fn merge_of_form(format: Format, version: TalosVersion) -> Option<Merge> {
    let name = match format {
        Format::Cel => "form cel",
        Format::ByteSize => "form bytesize",
        Format::Url => "form url",
        Format::ByteSizeOrPercent => "form bytesize-or-percent",
        Format::DiskSizeMatch => "form disk-size-match",
        Format::Base64 => "form base64",
        Format::Base64Key => "form base64-key",
        Format::HardwareAddr => "form hwaddr",
        Format::Argument => "form arg",
        _ => return None,
    };
    find(name, version).next().map(|rule| rule.how)
}

/// Whether a word of an enumeration counts as not set: it is the zero of its Go type.
#[must_use]
pub fn zero_word(enumeration: &Enumeration, word: &str, version: TalosVersion) -> bool {
    let mut zeros = find(&format!("enum {}", enumeration.name), version).filter(|rule| rule.how == Merge::Zero);
    word.is_empty() || zeros.any(|rule| rule.keys.iter().any(|zero| zero.eq_ignore_ascii_case(word)))
}

/// The word of an enumeration that `word` stands for, when it is a number that stands for one.
#[must_use]
pub fn word_of_number<'w>(enumeration: &Enumeration, word: &'w str, version: TalosVersion) -> &'w str {
    let rules = find(&format!("enum {}", enumeration.name), version).filter(|rule| rule.how == Merge::Numbers);
    let mut pairs = rules.flat_map(|rule| rule.keys).filter_map(|pair| pair.split_once('='));
    pairs.find(|(number, _)| *number == word).map_or(word, |(_, named)| named)
}

/// The fields of a structure of which one at least must be set for it to be written.
#[must_use]
pub fn unset_without(structure: &Type, version: TalosVersion) -> Option<&'static [&'static str]> {
    find(&format!("type {}", structure.name), version).next().map(|rule| rule.keys)
}

/// What Talos writes for a field that is not set, as YAML; `struct` for a structure with fields of its own that it
/// writes. `None` when it leaves the field out.
#[must_use]
pub fn written_when_unset(structure: &Type, field: &str, version: TalosVersion) -> Option<&'static str> {
    let rule = find(&format!("written {}.{field}", structure.name), version).next()?;
    rule.keys.first().copied()
}
