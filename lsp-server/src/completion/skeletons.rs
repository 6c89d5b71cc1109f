//! Documents with all that they must have, ready to be filled in.

use super::Place;
use super::cursor::Style;
use super::documentation::Subject;
use super::item::{Candidate, Rank};
use super::template::Template;
use talint_analyzer::expected::{RequiredField, required_fields};
use talint_analyzer::input::InputKind;
use talint_analyzer::syntax::NodeRef;
use talint_analyzer::tables::{self, Shape};
use talint_analyzer::version::TalosVersion;
use tower_lsp::ls_types::CompletionItemKind;

/// The kinds of documents, as the value of `kind`: with what they must have, where the document says nothing else yet.
pub(super) fn kinds(place: &Place<'_>, root: NodeRef<'_, '_>) -> Vec<Candidate> {
    let is_bare = is_bare(root) && place.cursor.after.trim().is_empty() && !place.cursor.is_in_flow();
    let candidates = documents(place.version()).map(|kind| {
        let mut template = Template::of(kind);
        if is_bare {
            let others = required_fields(kind, place.version());
            let is_new = |field: &&RequiredField| field.key != "kind" && root.entry(field.key).is_none();
            for field in others.iter().filter(is_new) {
                template = with_field(template.line(0), field, 0, place.cursor.style, place.version());
            }
        }
        // What follows stands at the column of `kind`, not of its value.
        candidate(kind, template.outdented(place.cursor.column() - place.cursor.indent()))
    });
    candidates.collect()
}

/// Whole documents, where a document begins.
pub(super) fn whole(place: &Place<'_>, root: Option<NodeRef<'_, '_>>) -> Vec<Candidate> {
    let is_bare = root.is_none_or(is_bare);
    let is_there = |key: &str| root.is_some_and(|root| root.entry(key).is_some());
    let is_alone = place.cursor.before.is_empty() && place.cursor.after.trim().is_empty();
    if !is_bare || !is_alone || is_there("kind") {
        return Vec::new();
    }
    let of = |kind: &'static str| {
        let fields = required_fields(kind, place.version());
        let mut template = Template::default();
        let new = fields.iter().filter(|field| !is_there(field.key));
        for (number, field) in new.enumerate() {
            template = if number == 0 { template } else { template.line(0) };
            template = match field.key {
                "apiVersion" | "version" => template.text(format!("{}: {}", field.key, tables::V1ALPHA1)),
                "kind" => template.text(format!("kind: {kind}")),
                _ => with_field(template, field, 0, place.cursor.style, place.version()),
            };
        }
        template
    };
    let has_config =
        place.inputs.iter().any(|input| matches!(input.kind, InputKind::MachineConfig { .. }) && !place.is_of(input));
    let config = (!has_config && !is_there("apiVersion")).then(|| Candidate {
        rank: Rank::First,
        note: Some("a machine configuration".to_owned()),
        ..candidate(tables::V1ALPHA1, of(tables::V1ALPHA1))
    });
    let config = config.map(|config| Candidate { label: "version: v1alpha1".to_owned(), ..config });
    config.into_iter().chain(documents(place.version()).map(|kind| candidate(kind, of(kind)))).collect()
}

fn candidate(kind: &'static str, template: Template) -> Candidate {
    let kind_of_item = CompletionItemKind::CLASS;
    Candidate { template, kind: kind_of_item, ..Candidate::value(kind).about(Subject::Kind(kind.to_owned())) }
}

/// The kinds of documents that a version has.
fn documents(version: TalosVersion) -> impl Iterator<Item = &'static str> {
    let documents = tables::documents().iter().filter(|document| document.kind != tables::V1ALPHA1);
    documents.filter(move |document| document.versions().contains(version)).map(|document| document.kind)
}

/// Whether a document says no more than what it is.
fn is_bare(root: NodeRef<'_, '_>) -> bool {
    root.entries()
        .all(|(key, _)| matches!(key.value(), "apiVersion" | "kind") || key.value().contains(super::cursor::MARKER))
}

/// A field with what must be in it, the field itself at the column `at`.
fn with_field(template: Template, field: &RequiredField, at: usize, style: Style, version: TalosVersion) -> Template {
    let begun = template.text(format!("{}:", field.key));
    let (shape, item) = match field.shape.value() {
        Shape::List(item) => (item.value(), true),
        shape => (shape, false),
    };
    let inner = if item { at + style.list + 2 } else { at + style.step };
    match shape {
        Shape::Struct(_) if !field.inside.is_empty() => {
            let mut out = begun;
            for (number, inside) in field.inside.iter().enumerate() {
                out = match (item, number) {
                    (true, 0) => out.line(inner - 2).text("- "),
                    _ => out.line(inner),
                };
                out = with_field(out, inside, inner, style, version);
            }
            out
        }
        _ if item => with_value(begun.line(inner - 2).text("- "), shape, version),
        Shape::Struct(_) | Shape::Map(_) => begun.line(inner).stop(""),
        _ if !field.words.is_empty() => begun.text(" ").choice(&field.words),
        _ => with_value(begun.text(" "), shape, version),
    }
}

/// A place for a value, with an example of its form.
fn with_value(template: Template, shape: &Shape, version: TalosVersion) -> Template {
    match shape {
        Shape::Bool => template.choice(&["true", "false"]),
        Shape::Enum(words) => {
            let words = words.variant(version).map_or(&[][..], |variant| variant.values);
            let words: Vec<&'static str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
            template.choice(&words)
        }
        Shape::Format(format) => template.stop(format.example()),
        _ => template.stop(""),
    }
}
