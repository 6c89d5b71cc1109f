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

fn find(subject: &str, version: TalosVersion) -> Option<&'static MergeRule> {
    let first = MERGE.partition_point(|rule| rule.subject < subject);
    let rules = MERGE.iter().skip(first).take_while(|rule| rule.subject == subject);
    rules.into_iter().find(|rule| rule.versions.contains(version))
}

/// How the field called `field` of a structure merges, when that is a matter of its own.
#[must_use]
pub fn merge_of_field(structure: &Type, field: &str, version: TalosVersion) -> Option<&'static MergeRule> {
    find(&format!("{}.{field}", structure.name), version)
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
    find(name, version).map(|rule| rule.how)
}

/// Whether a word of an enumeration counts as not set: it is the zero of its Go type.
#[must_use]
pub fn zero_word(enumeration: &Enumeration, word: &str, version: TalosVersion) -> bool {
    let rule = find(&format!("enum {}", enumeration.name), version);
    word.is_empty() || rule.is_some_and(|rule| rule.keys.iter().any(|zero| zero.eq_ignore_ascii_case(word)))
}
