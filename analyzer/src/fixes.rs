//! Many fixes at once: which of them can be made together, until nothing is left to fix.

use crate::edit::{Edit, apply};
use crate::finding::Finding;
use crate::fix::Fix;
use crate::syntax::{self, NodeRef};
use crate::text::decode;
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
    /// How often something of each rule was fixed.
    pub rules: BTreeMap<String, usize>,
}

impl Fixed {
    /// How many findings were fixed.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rules.values().sum()
    }

    /// Makes those fixes of `files` that are `wanted` and do not touch each other. Whether there were any.
    pub fn round<'f>(
        &mut self,
        files: impl IntoIterator<Item = Fixable<'f>>,
        wanted: impl Fn(&Finding, &Fix) -> bool,
    ) -> bool {
        let mut texts: BTreeMap<&str, &[u8]> = BTreeMap::new();
        let mut all: Vec<(&str, &Finding, &Fix)> = Vec::new();
        for file in files {
            texts.insert(file.path, file.bytes);
            let with_fix = file.findings.iter().filter_map(|finding| Some((finding, finding.fix.as_deref()?)));
            let with_fix = with_fix.filter(|(finding, fix)| wanted(finding, fix));
            all.extend(with_fix.map(|(finding, fix)| (file.path, finding, fix)));
        }
        let mut chosen: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
        let mut rules: BTreeMap<String, usize> = BTreeMap::new();
        for (path, finding, fix) in all {
            let edits: Vec<(&str, &Edit)> =
                fix.edits.iter().map(|edit| (edit.file.as_deref().unwrap_or(path), &edit.edit)).collect();
            let is_made = |(path, edit): &(&str, &Edit)| chosen.get(path).is_some_and(|made| made.contains(edit));
            let is_free = |(path, edit): &(&str, &Edit)| {
                let made = chosen.get(path).map_or(&[][..], Vec::as_slice);
                let touching: Vec<&Edit> = made.iter().filter(|other| touch(other, edit)).collect();
                let Some(bytes) = texts.get(path) else { return false };
                touching.is_empty()
                    || touching.iter().all(|other| is_removal_beside(other, edit)) && leaves_members(bytes, made, edit)
            };
            // What another fix does just so is done already.
            let is_done = edits.iter().all(is_made);
            if !is_done && !edits.iter().all(is_free) {
                continue;
            }
            *rules.entry(finding.rule.to_string()).or_default() += 1;
            for (path, edit) in edits.into_iter().filter(|_| !is_done) {
                chosen.entry(path).or_default().push(edit.clone());
            }
        }
        let mut next: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (path, edits) in chosen {
            let Some(bytes) = texts.get(path) else { return false };
            let (text, _) = decode(bytes);
            // Edits that do not touch each other can be made, or none of them is.
            let Some(text) = apply(&text, &edits) else { return false };
            next.insert(path.to_owned(), text.into_bytes());
        }
        let is_any = !next.is_empty();
        self.files.extend(next);
        for (rule, count) in rules {
            *self.rules.entry(rule).or_default() += count;
        }
        is_any
    }

    /// Makes rounds until nothing is left to fix. `check` tells what is found with the files that changed, and makes a
    /// round of it.
    ///
    /// # Errors
    /// What `check` has to say; what was fixed before is then not to be relied on.
    pub fn until_settled<E>(mut check: impl FnMut(&mut Self) -> Result<bool, E>) -> Result<Self, E> {
        let mut fixed = Self::default();
        for _ in 0..MOST_ROUNDS {
            if !check(&mut fixed)? {
                break;
            }
        }
        Ok(fixed)
    }
}

/// Whether two edits take out what stands side by side.
fn is_removal_beside(first: &Edit, second: &Edit) -> bool {
    let removes = |edit: &Edit| edit.text.is_empty() && !edit.span.is_empty();
    let is_beside = first.span.end == second.span.start || second.span.end == first.span.start;
    removes(first) && removes(second) && is_beside
}

/// Whether something is left of each mapping and list after edits that take its members out one by one: a fix of all of
/// them would write that nothing is.
fn leaves_members(bytes: &[u8], made: &[Edit], next: &Edit) -> bool {
    let (text, _) = decode(bytes);
    let tree = syntax::parse(&text);
    let is_gone = |node: NodeRef<'_, '_>| {
        let covers = |edit: &Edit| edit.span.start <= node.span().start && node.span().end <= edit.span.end;
        made.iter().chain([next]).any(|edit| edit.text.is_empty() && covers(edit))
    };
    let mut open: Vec<NodeRef<'_, '_>> = tree.roots().collect();
    while let Some(node) = open.pop() {
        let mut members = node.children().peekable();
        if members.peek().is_some() && !is_gone(node) && members.all(is_gone) {
            return false;
        }
        open.extend(node.children());
    }
    true
}

/// Whether two edits are at one place.
fn touch(first: &Edit, second: &Edit) -> bool {
    first.span.start <= second.span.end && second.span.start <= first.span.end
}
