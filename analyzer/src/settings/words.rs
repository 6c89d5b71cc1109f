//! Which words stand in a source, for a quick answer to where nothing needs to be looked for.

use crate::input::{Input, InputKind};
use crate::syntax::{Kind, Tree};

/// The size of the table in words of 64 bits.
const SIZE: usize = 64;

/// Words longer than this are no keys.
const LONGEST: usize = 96;

/// The words of a source, roughly: a word that is in it is always found, one that is not, nearly never.
///
/// There are hundreds of places to look at and a source has few of them, so most look-ups end here.
#[derive(Debug)]
pub struct Words {
    bits: [u64; SIZE],
}

impl Words {
    /// Gathers the words of `tree`. The paths of JSON patches hold words inside of a text, so in those every word may be.
    #[must_use]
    pub fn new(tree: &Tree<'_>, inputs: &[Input<'_, '_>]) -> Self {
        if inputs.iter().any(|input| matches!(input.kind, InputKind::JsonPatch)) {
            return Self { bits: [u64::MAX; SIZE] };
        }
        let mut words = Self { bits: [0; SIZE] };
        for node in tree.nodes().filter(|node| node.kind == Kind::Scalar && node.value.len() <= LONGEST) {
            let (index, bit) = place(&node.value);
            words.bits[index] |= bit;
        }
        words
    }

    /// Whether all steps of a path may be there.
    #[must_use]
    pub fn may_hold(&self, path: &[&str]) -> bool {
        // The last step tells places apart best.
        path.iter().rev().filter(|step| !matches!(**step, "*" | "[]" | "^")).all(|step| {
            let (index, bit) = place(step);
            self.bits[index] & bit != 0
        })
    }
}

/// The bit of a word: from its length, its first and its last bytes, which tell keys well enough apart.
fn place(word: &str) -> (usize, u64) {
    let bytes = word.as_bytes();
    let mut hash = bytes.len() as u64;
    let (head, tail) = bytes.split_at(bytes.len().min(8));
    let tail = &tail[tail.len().saturating_sub(8)..];
    for part in [head, tail] {
        let mut word = [0; 8];
        word[..part.len()].copy_from_slice(part);
        hash = (hash.rotate_left(23) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    // The upper bits of a product are the well mixed ones.
    let index = (hash >> 58) as usize % SIZE;
    (index, 1 << (hash >> 52 & 63))
}
