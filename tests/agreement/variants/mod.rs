//! Configurations to ask Talos and talint about: the same ones for the same seed, always.
//!
//! A variant is a generated configuration, or a document made from the tables of the schema, with something done to it.
//! Many are nothing but written in another way, so that false alarms are seen as well as what is missed.

#[allow(dead_code, reason = "not all that share this validate")]
pub(crate) mod configurations;
mod edits;
#[allow(dead_code, reason = "not all that share this lay patches")]
pub(crate) mod patches;
mod random;
mod samples;
mod sources;
mod tree;

pub(crate) use sources::{MINORS, Sources};

use random::{Random, fnv};
use sources::Place;
use tree::{Layout, Tree};

/// The seed of the variants whose verdicts are recorded.
pub(crate) const SEED: u64 = 0x7a1a_11f7;

/// A text to ask about.
pub(crate) struct Variant {
    /// What was done, to what.
    pub(crate) id: String,
    pub(crate) text: String,
}

impl Variant {
    /// A short hash of the text: a verdict is recorded for this text only.
    pub(crate) fn hash(&self) -> String {
        hash(&self.text)
    }
}

/// A short hash of a text.
pub(crate) fn hash(text: &str) -> String {
    format!("{:08x}", fnv(text.as_bytes()) & 0xffff_ffff)
}

/// How many variants of each edit there are for a version, beside those of every field.
const PER_EDIT: usize = 75;

/// The variants of a version.
pub(crate) fn variants(sources: &Sources, minor: u8, seed: u64) -> Vec<Variant> {
    let mut variants = Vec::new();
    for place in sources.places(minor) {
        let id = format!("field/{}", describe(&place));
        let mut random = Random::new(seed ^ u64::from(minor), &id);
        let (what, value) = field_value(sources, &place, minor, &mut random);
        let text = sources.around(&place, value).write(layout(&mut random));
        variants.push(Variant { id: format!("{id}={what}"), text });
    }
    for (name, edit) in edits::EDITS {
        for number in 0..PER_EDIT {
            let id = format!("{name}/{number}");
            let mut random = Random::new(seed ^ u64::from(minor), &id);
            let text = edit(&mut edits::Edit { sources, minor, random: &mut random });
            variants.push(Variant { id, text });
        }
    }
    variants
}

fn describe(place: &Place) -> String {
    let mut text = place.kind.clone();
    for step in &place.steps {
        if step != "[]" {
            text.push('.');
        }
        text.push_str(step);
    }
    text
}

/// A value for a place, and what it is meant to be.
fn field_value(sources: &Sources, place: &Place, minor: u8, random: &mut Random) -> (&'static str, Tree) {
    let value = place.value.trim_start_matches('*');
    match random.below(10) {
        0..5 => ("good", sources.good(value, minor, random, 3)),
        5 | 6 => ("odd", Tree::text(random.word(samples::ODD))),
        7 => {
            let shapes = [
                Tree::text("word"),
                Tree::text("7"),
                Tree::text("null"),
                Tree::List(vec![Tree::text("word")]),
                Tree::Map(vec![("word".to_owned(), Tree::text("word"))]),
                Tree::List(vec![]),
                Tree::Map(vec![]),
            ];
            ("shape", random.pick(&shapes).cloned().unwrap_or(Tree::Map(vec![])))
        }
        _ => {
            let bad = samples::bad(value);
            if bad.is_empty() {
                ("good", sources.good(value, minor, random, 2))
            } else {
                ("bad", Tree::text(random.word(bad)))
            }
        }
    }
}

fn layout(random: &mut Random) -> Layout {
    match random.below(10) {
        0 => Layout::Flow,
        1 => Layout::Json,
        2..5 => Layout::Block { indent: 4, flush: false },
        5 => Layout::Block { indent: 1, flush: false },
        6 | 7 => Layout::Block { indent: 2, flush: false },
        _ => Layout::Block { indent: 2, flush: true },
    }
}

/// Documents as one text.
fn join(documents: &[Tree], layout: Layout) -> String {
    let texts: Vec<String> = documents.iter().map(|document| document.write(layout)).collect();
    texts.join("---\n")
}
