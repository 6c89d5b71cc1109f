//! Every leaf has an origin whose text resolves to it.

use talint_analyzer::config::{Content, Layered, Origin, Scalar, Value};
use talint_analyzer::syntax::{self, Resolved};
use talint_analyzer::version::TalosVersion;

pub(crate) fn check(id: &str, base: &str, patches: &[String], layered: &Layered, minor: u8) {
    let version = TalosVersion::nearest(minor);
    let texts: Vec<&str> = std::iter::once(base).chain(patches.iter().map(String::as_str)).collect();
    for document in &layered.documents {
        leaves(&document.root, &mut |scalar, origin| {
            let text = texts.get(origin.source).unwrap_or_else(|| panic!("{id}: there is no source {}", origin.source));
            let written = origin.span.slice(text);
            assert!(is_at(scalar, written, version), "{id}: {scalar:?} is not what {written:?} at {origin:?} says");
        });
    }
}

fn leaves(value: &Value, each: &mut impl FnMut(&Scalar, Origin)) {
    match &value.content {
        // A URL may be put together of two.
        Content::Scalar(_) if value.composed => assert!(!value.replaced.is_empty()),
        Content::Scalar(scalar) => each(scalar, value.origin),
        Content::List(items) => items.iter().for_each(|item| leaves(item, each)),
        Content::Map(entries) => {
            for entry in entries {
                each(&entry.key, entry.key_origin);
                leaves(&entry.value, each);
            }
        }
    }
}

/// Whether the text of an origin says what the scalar says: read alone it has the same text, or the same number.
fn is_at(scalar: &Scalar, written: &str, version: TalosVersion) -> bool {
    let tree = syntax::parse(written);
    let Some(node) = tree.roots().next() else { return scalar.text.is_empty() };
    let same_text = node.value() == scalar.text || written.trim() == scalar.text;
    let same_number = match (syntax::resolve(node), scalar.resolve(version)) {
        (Resolved::Str(_), _) | (_, Resolved::Str(_)) => false,
        (own, other) => own == other,
    };
    // A key that a JSON patch adds is the last step of its path.
    let is_step = node.value().rsplit('/').next().map(|step| step.replace("~1", "/").replace("~0", "~"));
    let is_word_for_bool = matches!(scalar.text.as_str(), "true" | "false") && node.value().len() <= 5;
    same_text || same_number || is_step.as_deref() == Some(&scalar.text) || is_word_for_bool
}
