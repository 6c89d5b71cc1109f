//! Something that can be written, and how it is told to the client.

use super::cursor::Cursor;
use super::documentation::Subject;
use super::template::{Layout, Template};
use talint_analyzer::version::TalosVersion;
use tower_lsp::ls_types::{
    ClientCapabilities, CompletionItem, CompletionItemCapability, CompletionItemKind, CompletionItemLabelDetails,
    CompletionItemTag, CompletionTextEdit, Documentation, InsertTextFormat, InsertTextMode, MarkupContent, MarkupKind,
    Range, TextEdit,
};

/// Where a candidate stands among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Talos calls for it, or it is the default.
    First,
    /// It is recommended.
    Recommended,
    /// As any other.
    Usual,
    /// It is seldom meant.
    Seldom,
    /// It is deprecated, or weak.
    Last,
}

/// Something that can be written.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) label: String,
    /// What is written.
    pub(super) template: Template,
    pub(super) kind: CompletionItemKind,
    /// A word or two beside the label.
    pub(super) note: Option<String>,
    pub(super) is_deprecated: bool,
    /// Whether it is what is there when nothing is written.
    pub(super) is_default: bool,
    pub(super) rank: Rank,
    /// What there is to say of it.
    pub(super) subject: Option<Subject>,
}

impl Candidate {
    pub(super) fn value(label: impl Into<String>) -> Self {
        let label = label.into();
        Self {
            template: Template::of(label.clone()),
            label,
            kind: CompletionItemKind::VALUE,
            note: None,
            is_deprecated: false,
            is_default: false,
            rank: Rank::Usual,
            subject: None,
        }
    }

    pub(super) fn key(label: impl Into<String>, template: Template) -> Self {
        Self { template, kind: CompletionItemKind::PROPERTY, ..Self::value(label) }
    }

    pub(super) fn about(self, subject: Subject) -> Self {
        Self { subject: Some(subject), ..self }
    }

    /// Takes what is known of the same from elsewhere and not here.
    pub(super) fn add(&mut self, other: Self) {
        self.note = self.note.take().or(other.note);
        let is_bare = self.subject.as_ref().is_none_or(Subject::is_of_kubernetes);
        if is_bare && other.subject.is_some() {
            self.subject = other.subject;
        }
    }

    /// The item for the client, which replaces `range`.
    pub(super) fn item(
        self,
        range: Range,
        cursor: &Cursor<'_>,
        client: &Ability<'_>,
        version: TalosVersion,
    ) -> CompletionItem {
        let is_snippet = client.takes_snippets() && self.template.has_stops();
        let adjusts = is_snippet && client.adjusts_indentation();
        // Editors put the indentation of the line before the further lines of a snippet.
        let indent = if adjusts { cursor.column() - cursor.indent() } else { cursor.column() };
        let layout = Layout { is_snippet, line_end: cursor.style.line_end, indent };
        let new_text = self.template.render(layout);
        let is_long = new_text.contains('\n');
        let mode = if adjusts { InsertTextMode::ADJUST_INDENTATION } else { InsertTextMode::AS_IS };
        let said = self.subject.as_ref().and_then(|subject| subject.said(version));
        let (detail, documentation) = match said {
            Some(said) => (
                client.wants_at_once("detail").then_some(said.detail).filter(|detail| !detail.is_empty()),
                client.wants_at_once("documentation").then(|| client.documentation(said.text)),
            ),
            None => (None, None),
        };
        CompletionItem {
            sort_text: Some(format!("{}{}", self.rank as u8, self.label)),
            label: self.label,
            label_details: self
                .note
                .filter(|_| client.shows_notes())
                .map(|note| CompletionItemLabelDetails { detail: None, description: Some(note) }),
            kind: Some(self.kind),
            detail,
            documentation,
            preselect: (self.is_default && client.preselects()).then_some(true),
            tags: self.is_deprecated.then(|| vec![CompletionItemTag::DEPRECATED]),
            insert_text_format: is_snippet.then_some(InsertTextFormat::SNIPPET),
            insert_text_mode: (is_long && client.can_set_mode(mode)).then_some(mode),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text })),
            data: self.subject.and_then(|subject| subject.data(version)),
            ..CompletionItem::default()
        }
    }
}

/// What the client can do with items.
pub(super) struct Ability<'c> {
    said: Option<&'c CompletionItemCapability>,
}

impl<'c> Ability<'c> {
    pub(super) fn of(capabilities: &'c ClientCapabilities) -> Self {
        let text = capabilities.text_document.as_ref();
        let completion = text.and_then(|text| text.completion.as_ref());
        Self { said: completion.and_then(|completion| completion.completion_item.as_ref()) }
    }

    fn takes_snippets(&self) -> bool {
        self.said.and_then(|said| said.snippet_support) == Some(true)
    }

    fn can_set_mode(&self, mode: InsertTextMode) -> bool {
        let modes = self.said.and_then(|said| said.insert_text_mode_support.as_ref());
        modes.is_some_and(|modes| modes.value_set.contains(&mode))
    }

    /// Whether the indentation of further lines is the client's, which is so of snippets unless it says otherwise.
    fn adjusts_indentation(&self) -> bool {
        self.said.is_none_or(|said| said.insert_text_mode_support.is_none())
            || self.can_set_mode(InsertTextMode::ADJUST_INDENTATION)
    }

    fn preselects(&self) -> bool {
        self.said.and_then(|said| said.preselect_support) == Some(true)
    }

    fn shows_notes(&self) -> bool {
        self.said.and_then(|said| said.label_details_support) == Some(true)
    }

    /// Whether a property must be in the list, for the client does not ask for it later.
    fn wants_at_once(&self, property: &str) -> bool {
        let resolves = self.said.and_then(|said| said.resolve_support.as_ref());
        resolves.is_some_and(|resolves| resolves.properties.iter().all(|known| known != property))
    }

    /// Documentation in the form that the client shows.
    pub(super) fn documentation(&self, text: String) -> Documentation {
        let formats = self.said.and_then(|said| said.documentation_format.as_deref()).unwrap_or_default();
        if formats.contains(&MarkupKind::Markdown) {
            return Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: text });
        }
        Documentation::String(text.replace(['`', '*'], ""))
    }
}
