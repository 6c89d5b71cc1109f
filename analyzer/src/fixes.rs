//! Many fixes at once: which of them can be made together, until nothing is left to fix.

use crate::edit::{Edit, apply, leaves_neighbour};
use crate::finding::Finding;
use crate::fix::Fix;
use crate::text::{Span, decode};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How often files are fixed and looked at again: a fix may show what another can do something about.
const MOST_ROUNDS: usize = 10;

/// A file with what is found in it.
#[derive(Clone, Copy, Debug)]
pub struct Fixable<'f> {
    /// Its path, as the fixes of other files name it.
    pub path: &'f str,
    /// What it holds.
    pub bytes: &'f [u8],
    /// What was found.
    pub findings: &'f [Finding],
}

/// What fixes made of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// The files that changed, by their paths, as they are now.
    pub files: BTreeMap<String, Vec<u8>>,
    /// How many findings were fixed.
    pub count: usize,
}

impl Fixed {
    /// Makes those fixes of `files` that are `wanted` and do not touch each other. Whether there were any.
    pub fn round<'f>(
        &mut self,
        files: impl IntoIterator<Item = Fixable<'f>>,
        wanted: impl Fn(&Finding, &Fix) -> bool,
    ) -> bool {
        let mut texts: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
        let mut all: Vec<(&str, &Fix)> = Vec::new();
        for file in files {
            texts.insert(file.path, decode(file.bytes).0);
            let with_fix = file.findings.iter().filter_map(|finding| Some((finding, finding.fix.as_deref()?)));
            let with_fix = with_fix.filter(|(finding, fix)| wanted(finding, fix));
            all.extend(with_fix.map(|(_, fix)| (file.path, fix)));
        }
        let mut chosen: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
        let mut count = 0;
        for (path, fix) in all {
            let edits: Vec<(&str, &Edit)> =
                fix.edits.iter().map(|edit| (edit.file.as_deref().unwrap_or(path), &edit.edit)).collect();
            let is_made = |(path, edit): &(&str, &Edit)| chosen.get(path).is_some_and(|made| made.contains(edit));
            let is_free = |(path, edit): &(&str, &Edit)| {
                let made = chosen.get(path).map_or(&[][..], Vec::as_slice);
                texts.get(path).is_some_and(|text| fits(text, made, edit))
            };
            // What another fix does just so is done already.
            let is_done = edits.iter().all(is_made);
            if !is_done && !edits.iter().all(is_free) {
                continue;
            }
            count += 1;
            for (path, edit) in edits.into_iter().filter(|_| !is_done) {
                chosen.entry(path).or_default().push(edit.clone());
            }
        }
        let mut next: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (path, mut edits) in chosen {
            // Where several mappings end, what is added to the inner one comes first.
            edits.sort_by_key(|edit| Reverse(depth(edit)));
            // Edits that do not touch each other can be made, or none of them is.
            let Some(text) = texts.get(path).and_then(|text| apply(text, &edits)) else { return false };
            next.insert(path.to_owned(), text.into_bytes());
        }
        let is_any = !next.is_empty();
        self.files.extend(next);
        self.count += count;
        is_any
    }
}

/// Makes rounds until nothing is left to fix. `round` looks at the files as they are by then and fixes what it can; whether
/// there was anything.
///
/// # Errors
/// What `round` has to say; what was fixed before is then not to be relied on.
pub fn until_settled<E>(mut round: impl FnMut() -> Result<bool, E>) -> Result<(), E> {
    for _ in 0..MOST_ROUNDS {
        if !round()? {
            break;
        }
    }
    Ok(())
}

/// Whether an edit can be made together with those that are `made`: none of them might undo it or repeat it.
fn fits(text: &str, made: &[Edit], edit: &Edit) -> bool {
    let touches = |other: &&Edit| other.span.start <= edit.span.end && edit.span.start <= other.span.end;
    let mut gone = edit.span;
    for other in made.iter().filter(touches) {
        if removes_beside(other, edit) {
            gone = gone.to(other.span);
        } else if !are_entries_apart(other, edit) {
            return false;
        }
    }
    if gone == edit.span {
        return true;
    }
    // What else goes right beside these.
    let mut removals: Vec<Span> = made.iter().filter(|other| other.text.is_empty()).map(|other| other.span).collect();
    removals.sort_unstable();
    gone.end = removals.iter().fold(gone.end, |end, span| if span.start == end { span.end } else { end });
    gone.start =
        removals.iter().rev().fold(gone.start, |start, span| if span.end == start { span.start } else { start });
    leaves_neighbour(text, gone)
}

/// Whether both take bytes out, the one right behind the other.
fn removes_beside(first: &Edit, second: &Edit) -> bool {
    let is_beside = first.span.end == second.span.start || second.span.end == first.span.start;
    is_beside && [first, second].iter().all(|edit| edit.text.is_empty() && !edit.span.is_empty())
}

/// Whether two edits add different entries where one or several mappings end.
fn are_entries_apart(first: &Edit, second: &Edit) -> bool {
    matches!((added_key(first), added_key(second)), (Some(first), Some(second)) if first != second)
}

/// How far the entry that an edit adds is indented; zero for other edits.
fn depth(edit: &Edit) -> usize {
    added_key(edit).map_or(0, |key| key.len() - key.trim_start().len())
}

/// The key of the entry that an edit adds to a mapping, with what stands before it.
fn added_key(edit: &Edit) -> Option<&str> {
    let is_entry = edit.text.starts_with(['\r', '\n']) || edit.text.starts_with(", ");
    let is_document = edit.text.trim_start_matches(['\r', '\n']).starts_with("---");
    let (key, _) = edit.text.split_once(':').filter(|_| edit.span.is_empty() && is_entry && !is_document)?;
    Some(key)
}
