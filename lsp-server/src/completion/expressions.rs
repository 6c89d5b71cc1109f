//! Names in CEL expressions, by which Talos chooses disks, volumes and links.

use super::Place;
use super::cursor::MARKER;
use super::documentation::Subject;
use super::item::{Candidate, Rank};
use super::template::Template;
use talint_analyzer::expressions::{self, Type};
use talint_analyzer::syntax::NodeRef;
use talint_analyzer::text::Span;
use talint_analyzer::version::TalosVersion;
use tower_lsp::ls_types::CompletionItemKind;

/// What can be named at the cursor, with the word that it takes the place of, where an expression stands.
pub(super) fn names(place: &Place<'_>, node: NodeRef<'_, '_>) -> Option<(Span, Vec<Candidate>)> {
    let known = expressions::place(place.input.kind.name(), &node.steps())?;
    let written = node.value().split(MARKER).next().unwrap_or("").to_owned() + place.cursor.written();
    if is_in_text(&written) {
        return Some((place.cursor.word, Vec::new()));
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let head = written.trim_end_matches(is_part);
    let begun = written.len() - head.len();
    let end = place.cursor.word.start as usize + place.cursor.written().len();
    // What follows the cursor may be another part of the expression.
    let span = Span::new(end.saturating_sub(begun), end);
    let candidates = match head.strip_suffix('.') {
        Some(of) => members(of, known.environment, place.version()),
        None => in_environment(known.environment, place.version()),
    };
    Some((span, candidates))
}

/// Whether an expression ends inside of a text.
fn is_in_text(expression: &str) -> bool {
    let mut open = None;
    let mut last = ' ';
    for letter in expression.chars() {
        match open {
            Some(quote) if letter == quote && last != '\\' => open = None,
            None if matches!(letter, '"' | '\'') => open = Some(letter),
            _ => {}
        }
        last = letter;
    }
    open.is_some()
}

/// What an expression may name by itself.
fn in_environment(environment: &'static str, version: TalosVersion) -> Vec<Candidate> {
    expressions::names(environment, version).map(candidate).collect()
}

/// What can be asked of what `of` ends with.
fn members(of: &str, environment: &'static str, version: TalosVersion) -> Vec<Candidate> {
    let kind = type_of(of, environment, version);
    let fields = match kind {
        Type::Record(record) => expressions::names(record, version).map(candidate).collect(),
        _ => Vec::new(),
    };
    let methods = expressions::methods(kind).map(|(name, gives)| Candidate {
        kind: CompletionItemKind::METHOD,
        note: Some(gives.noun().to_owned()),
        rank: Rank::Seldom,
        template: call(name),
        ..Candidate::value(name)
    });
    fields.into_iter().chain(methods).collect()
}

/// The type of the names with full stops between them that an expression ends with.
fn type_of(expression: &str, environment: &'static str, version: TalosVersion) -> Type {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let names = expression.get(expression.trim_end_matches(is_part).len()..).unwrap_or("");
    let mut kind = Type::Record(environment);
    for name in names.split('.') {
        let Type::Record(scope) = kind else { return Type::Any };
        let known = expressions::names(scope, version).find(|known| known.text == name && !known.is_function);
        kind = known.map_or(Type::Any, |known| known.kind);
    }
    kind
}

fn candidate(name: &expressions::Name) -> Candidate {
    let is_constant = name.text.starts_with(char::is_uppercase) || name.text == "kB";
    let (kind, template, rank) = match name.is_function {
        true => (CompletionItemKind::FUNCTION, call(name.text), Rank::Seldom),
        false if is_constant => (CompletionItemKind::CONSTANT, Template::of(name.text), Rank::Last),
        false => (CompletionItemKind::VARIABLE, Template::of(name.text), Rank::Usual),
    };
    let subject = Subject::Name(name.scope.to_owned(), name.text.to_owned());
    Candidate {
        kind,
        template,
        rank,
        note: Some(name.kind.noun().to_owned()),
        ..Candidate::value(name.text).about(subject)
    }
}

/// A call, to be filled in.
fn call(name: &str) -> Template {
    Template::of(format!("{name}(")).end().text(")")
}
