//! What merging did that a patch may not mean: Talos says nothing of it.

use super::merge::Merger;
use super::value::{Content, Origin, Value};
use crate::tables::{Merge, Shape, Type, merge_of_field, merge_of_form};

/// Something a merge did that the patch may not mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What it did.
    pub kind: RemarkKind,
    /// The place in the patch.
    pub origin: Origin,
    /// The places it is about, in the base or in earlier patches, each with the name of the field where that helps.
    pub others: Vec<(Origin, String)>,
    /// All places in the patch, where there may be several: the entries that are in a list already.
    pub places: Vec<Origin>,
}

/// What a merge did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemarkKind {
    /// It added entries to a list that were in it already, the first of them at the place of the remark.
    ListAppended,
    /// It cleared fields that the patch leaves out.
    Reset,
    /// It passed over a value that counts as not set.
    NoEffect,
    /// It found nothing to delete.
    NothingToDelete,
}

/// How many entries of a list are compared with each other: people write some dozens.
const MOST_ENTRIES: usize = 500;

impl Merger {
    fn remark(&mut self, kind: RemarkKind, origin: Origin, others: Vec<(Origin, String)>) {
        self.remarks.push(Remark { kind, origin, others, places: vec![origin] });
    }

    /// A value of the patch, at `place`, did not take the place of `left`.
    pub(super) fn no_effect(&mut self, left: &Value, place: Origin) {
        self.remark(RemarkKind::NoEffect, place, vec![(left.origin, String::new())]);
    }

    /// A deletion found nothing.
    pub(super) fn nothing_to_delete(&mut self, place: Origin) {
        self.remark(RemarkKind::NothingToDelete, place, Vec::new());
    }

    /// The field `name` was cleared, for the part of the patch at `place` leaves it out.
    pub(super) fn reset(&mut self, name: &str, cleared: Origin, place: Origin) {
        let other = (cleared, name.to_owned());
        match self.remarks.last_mut().filter(|last| last.kind == RemarkKind::Reset && last.origin == place) {
            Some(last) => last.others.push(other),
            None => self.remark(RemarkKind::Reset, place, vec![other]),
        }
    }

    /// The list of a patch, at `place`, is to be added to that of the base.
    pub(super) fn appended(&mut self, items: &[Value], added: &[Value], place: Origin) {
        if added.is_empty() && !items.is_empty() {
            let first = items.first().map(|first| (first.origin, String::new()));
            self.remark(RemarkKind::NoEffect, place, first.into_iter().collect());
            return;
        }
        let items = items.get(..MOST_ENTRIES).unwrap_or(items);
        let repeated = added.iter().take(MOST_ENTRIES).filter_map(|item| {
            let known = items.iter().find(|known| is_same(known, item))?;
            Some((item.origin, known.origin))
        });
        let repeated: Vec<(Origin, Origin)> = repeated.collect();
        if let Some((first, _)) = repeated.first() {
            let others = repeated.iter().map(|(_, known)| (*known, String::new())).collect();
            let places = repeated.iter().map(|(added, _)| *added).collect();
            self.remarks.push(Remark { kind: RemarkKind::ListAppended, origin: *first, others, places });
        }
    }

    /// Finds what a patch sets to null, which to Talos is not set at all. A key with nothing behind it is none of these:
    /// what is below it was left out.
    pub(super) fn nulls(&mut self, left: &Value, right: &Value, structure: &'static Type) {
        for entry in right.entries() {
            let Some(variant) = structure.field(&entry.key.text).and_then(|field| field.variant(self.version)) else {
                continue;
            };
            let Some(known) = left.get(&entry.key.text).filter(|known| !known.is_null()) else { continue };
            if !entry.value.is_null() {
                self.nulls_in(known, &entry.value, &variant.shape);
            } else if !entry.value.origin.span.is_empty() && !self.clears(structure, &entry.key.text, &variant.shape) {
                self.no_effect(known, entry.value.origin);
            }
        }
    }

    fn nulls_in(&mut self, left: &Value, right: &Value, shape: &'static Shape) {
        match shape.value() {
            Shape::Struct(inner) => self.nulls(left, right, inner),
            Shape::Map(inner) => {
                for entry in right.entries() {
                    if let Some(known) = left.get(&entry.key.text) {
                        self.nulls_in(known, &entry.value, inner);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether a field that is not set is cleared by a merge.
    fn clears(&self, structure: &'static Type, name: &str, shape: &Shape) -> bool {
        let rule = merge_of_field(structure, name, self.version).map(|rule| rule.how);
        let how = match shape {
            Shape::Bool => return true,
            Shape::Format(format) => rule.or_else(|| merge_of_form(*format, self.version)),
            _ => rule,
        };
        matches!(how, Some(Merge::Always | Merge::Untagged))
    }
}

/// Whether two values say the same, in whatever order.
fn is_same(left: &Value, right: &Value) -> bool {
    match (&left.content, &right.content) {
        (Content::Scalar(left), Content::Scalar(right)) => left.text == right.text,
        (Content::List(left), Content::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (Content::Map(left), Content::Map(entries)) => {
            left.len() == entries.len()
                && left.iter().all(|entry| right.get(&entry.key.text).is_some_and(|other| is_same(&entry.value, other)))
        }
        _ => false,
    }
}
