//! Values: words of a set, true and false, and the version of documents.

use super::Place;
use super::item::{Candidate, Rank};
use super::skeletons;
use talint_analyzer::expected;
use talint_analyzer::schema::Located;
use talint_analyzer::settings;
use talint_analyzer::syntax::NodeRef;
use talint_analyzer::tables::{self, Shape};
use tower_lsp::ls_types::CompletionItemKind;

/// What stands in the place of the value of a key of the root; `None` where the field says it.
pub(super) fn in_root(place: &Place<'_>, node: NodeRef<'_, '_>) -> Option<Vec<Candidate>> {
    let root = node.parent().filter(|parent| parent.parent().is_none())?;
    let key = node.key()?.value();
    if key == "kind" {
        return Some(skeletons::kinds(place, root));
    }
    let is_version = key == "apiVersion" || key == "version" && root.entry("kind").is_none();
    is_version.then(|| vec![Candidate::value(tables::V1ALPHA1)])
}

/// What a value can be, by the type of its place.
pub(super) fn values(place: &Place<'_>, node: NodeRef<'_, '_>, located: &Located) -> Vec<Candidate> {
    let words: Vec<&'static str> = match located.shape.value() {
        Shape::Bool => vec!["true", "false"],
        Shape::Enum(words) => {
            let variant = words.variant(place.version()).or(words.variants.last());
            variant.map_or_else(Vec::new, |variant| variant.values.to_vec())
        }
        _ => expected::words(place.input.kind.name(), &node.steps(), place.version()),
    };
    let default = default_of(place, node).filter(|default| !default.is_empty());
    let words = if words.is_empty() { Vec::from_iter(default) } else { words };
    let candidates = words.iter().filter(|word| !word.is_empty()).map(|word| {
        let is_default = default == Some(word);
        let rank = if is_default { Rank::First } else { Rank::Usual };
        let kind = CompletionItemKind::ENUM_MEMBER;
        let marked = is_default.then(|| "default".to_owned());
        Candidate { kind, note: marked, is_default, rank, ..Candidate::value(*word) }
    });
    candidates.collect()
}

/// What a value is when nothing is written.
fn default_of(place: &Place<'_>, node: NodeRef<'_, '_>) -> Option<&'static str> {
    let setting = settings::settings_at(place.input.kind.name(), &node.steps(), place.version()).next()?;
    setting.default_in(place.version())
}
