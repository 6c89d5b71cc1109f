//! Events of the YAML library to a tree. The only file that knows the library.

use super::tree::{Comment, Document, Kind, Node, NodeId, Problem, ProblemKind, Style, Tree};
use crate::text::Span;
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span as EventSpan, StructureStyle, Tag};
use std::borrow::Cow;
use std::collections::HashMap;

/// How deep collections may nest. Talos configuration nests some fifteen deep.
pub const MAX_DEPTH: usize = 200;

/// How many nodes a source may have.
pub const MAX_NODES: usize = 2_000_000;

/// One pass over a text: the tree of what was read, and where reading stopped, if it did.
pub(super) struct Pass<'s> {
    pub tree: Tree<'s>,
    pub stopped: Option<Stop>,
}

/// Where and why reading stopped.
pub(super) struct Stop {
    pub problem: Problem,
    /// End of the last part that was read well.
    pub after: u32,
    /// Where the last value begins, when it is words without quotes and the last thing that was read.
    pub last_words: Option<u32>,
    /// Index of the document that could not be read.
    pub document: usize,
    /// Where the outermost bracket that is still open stands.
    pub bracket: Option<u32>,
    /// Set when Talos's library would have read on.
    pub lenience: Option<Lenience>,
}

/// What Talos's YAML library reads and the one used here does not.
#[derive(Clone, Copy)]
pub(super) enum Lenience {
    /// Indentation by tabs in brackets.
    TabsInFlow,
    /// A comment without a space before it.
    Comment,
    /// The escape `\'`.
    Apostrophe,
}

/// Where the quoted scalar that begins `text` holds the escape `\'`.
pub(super) fn apostrophes(text: &str) -> impl Iterator<Item = usize> {
    let mut at = 1;
    std::iter::from_fn(move || {
        loop {
            at += text.get(at..)?.find(['\\', '"'])?;
            if text[at..].starts_with('"') {
                return None;
            }
            let escape = at;
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
            if text[escape..].starts_with("\\'") {
                return Some(escape);
            }
        }
    })
}

/// Reads `text` up to the first error.
pub(super) fn pass(text: &str) -> Pass<'_> {
    let options = granit_parser::options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        // Talos reads block scalars as libyaml does.
        block_scalar_eof_without_line_feed: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        // Generated configurations have hundreds of comment lines in a row.
        max_buffered_comment_events: usize::MAX,
    };
    let mut builder = Builder::new(text);
    for event in Parser::new_from_str_with_options(text, options) {
        let (problem, lenience) = match event {
            Ok((event, span)) => match builder.event(event, &span) {
                Ok(()) => continue,
                Err(problem) => (problem, None),
            },
            Err(error) => {
                let problem = builder.problem(&error);
                let lenience = builder.lenience(error.kind(), &problem);
                (problem, lenience)
            }
        };
        return builder.stop(problem, lenience);
    }
    Pass { tree: builder.tree, stopped: None }
}

struct Builder<'s> {
    text: &'s str,
    tree: Tree<'s>,
    /// Nodes still open, outermost first, with the end of what is inside so far.
    open: Vec<NodeId>,
    /// How many children each of them has so far.
    children: Vec<u32>,
    /// The node of each anchor, by the library's number for it.
    anchors: HashMap<usize, NodeId>,
    /// The node of each anchor of any document so far, by its name.
    named: HashMap<&'s str, NodeId>,
    in_document: bool,
    /// Where the current document began, for documents that hold nothing.
    document_start: u32,
    end: u32,
}

impl<'s> Builder<'s> {
    fn new(text: &'s str) -> Self {
        // Some 24 bytes of configuration make a node.
        let nodes = Vec::with_capacity(text.len() / 24 + 8);
        Self {
            text,
            tree: Tree { nodes, ..Tree::default() },
            open: Vec::new(),
            children: Vec::new(),
            anchors: HashMap::new(),
            named: HashMap::new(),
            in_document: false,
            document_start: 0,
            end: 0,
        }
    }

    fn event(&mut self, event: Event<'s>, span: &EventSpan) -> Result<(), Problem> {
        let at = span_of(span);
        match event {
            Event::DocumentStart(..) => {
                self.in_document = true;
                self.document_start = at.start;
                self.tree.documents.push(Document { root: None, span: at, broken: false, unread: String::new() });
            }
            Event::DocumentEnd => {
                self.in_document = false;
                self.end_document();
            }
            Event::Scalar(value, style, anchor, tag) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                };
                let id = self.push(Kind::Scalar, style, at, value, tag.as_deref())?;
                self.anchor(anchor, id);
                self.close(id);
            }
            Event::SequenceStart(style, anchor, tag) => {
                let id = self.push(Kind::Sequence, collection(style), at, Cow::Borrowed(""), tag.as_deref())?;
                self.anchor(anchor, id);
                self.open.push(id);
                self.children.push(0);
            }
            Event::MappingStart(style, anchor, tag) => {
                let id = self.push(Kind::Mapping, collection(style), at, Cow::Borrowed(""), tag.as_deref())?;
                self.anchor(anchor, id);
                self.open.push(id);
                self.children.push(0);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.children.pop();
                if let Some(id) = self.open.pop() {
                    let node = &mut self.tree.nodes[id.index()];
                    if node.style == Style::Flow {
                        node.span.end = at.end;
                    }
                    self.close(id);
                }
            }
            Event::Alias(anchor) => {
                let name = at.slice(self.text).trim_start_matches('*');
                let id = self.push(Kind::Alias, Style::Plain, at, Cow::Borrowed(name), None)?;
                self.tree.nodes[id.index()].target = self.anchors.get(&anchor).copied();
                self.close(id);
            }
            Event::UnresolvedAlias(name) => {
                // Talos's YAML library forgets no anchor when a document ends.
                let target = self.named.get(name.as_ref()).copied();
                if target.is_none() {
                    self.tree.problems.push(Problem {
                        kind: ProblemKind::UnknownAlias,
                        span: at,
                        // Without the name: it may be a password that begins with `*`.
                        message:
                            "an alias has no anchor of its name before it in this file; text that begins with `*` \
                                  is put in quotes"
                                .to_owned(),
                    });
                }
                let id = self.push(Kind::Alias, Style::Plain, at, name, None)?;
                self.tree.nodes[id.index()].target = target;
                self.close(id);
            }
            Event::Anchor(..) => {
                if let Some(node) = self.tree.nodes.last_mut() {
                    node.anchor = Some(at);
                    let id = NodeId(Span::new(self.tree.nodes.len() - 1, 0).start);
                    self.named.insert(at.slice(self.text).trim_start_matches('&'), id);
                }
            }
            Event::Comment(..) => self.tree.comments.push(Comment { span: at }),
            _ => {}
        }
        self.end = self.end.max(at.end);
        Ok(())
    }

    fn push(
        &mut self,
        kind: Kind,
        style: Style,
        span: Span,
        value: Cow<'s, str>,
        tag: Option<&Tag>,
    ) -> Result<NodeId, Problem> {
        if self.tree.nodes.len() >= MAX_NODES {
            let message = format!("the source has more than {MAX_NODES} values and is not read further");
            return Err(Problem { kind: ProblemKind::Limit, span, message });
        }
        if self.open.len() > MAX_DEPTH {
            return Err(too_deep(span));
        }
        let id = NodeId(Span::new(self.tree.nodes.len(), 0).start);
        let is_block_collection = kind != Kind::Scalar && style == Style::Block;
        let span = if is_block_collection { Span { start: span.start, end: span.start } } else { span };
        let parent = self.open.last().copied();
        let position = self.children.last_mut().map_or(0, |children| {
            *children += 1;
            *children - 1
        });
        self.tree.nodes.push(Node {
            kind,
            style,
            span,
            value,
            tag: tag.map(short_tag),
            anchor: None,
            parent,
            position,
            next: id.0 + 1,
            target: None,
        });
        if parent.is_none()
            && let Some(document) = self.tree.documents.last_mut()
        {
            document.root = Some(id);
            document.span = span;
        }
        Ok(id)
    }

    fn anchor(&mut self, number: usize, node: NodeId) {
        if number > 0 {
            self.anchors.insert(number, node);
        }
    }

    /// Ends a node: its parent now reaches at least as far.
    fn close(&mut self, id: NodeId) {
        let next = Span::new(self.tree.nodes.len(), 0).start;
        let node = &mut self.tree.nodes[id.index()];
        node.next = next;
        let span = node.span;
        match node.parent {
            // The end of a block collection is the end of what it holds: the library places it after the comments and
            // blank lines that follow.
            Some(parent) => {
                let parent = &mut self.tree.nodes[parent.index()].span;
                parent.end = parent.end.max(span.end);
            }
            None => {
                if let Some(document) = self.tree.documents.last_mut() {
                    document.span = span;
                }
            }
        }
    }

    fn end_document(&mut self) {
        let start = self.document_start;
        if let Some(document) = self.tree.documents.last_mut()
            && document.root.is_none()
        {
            document.span = Span { start, end: start };
        }
    }

    fn problem(&self, error: &ScanError) -> Problem {
        let at = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let rest = self.text.get(at..).unwrap_or("");
        let length = rest.chars().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
        let span = Span::new(at, at + length);
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => too_deep(span),
            kind => Problem { kind: ProblemKind::Syntax, span, message: explain(kind, error) },
        }
    }

    fn lenience(&self, kind: &ErrorKind, problem: &Problem) -> Option<Lenience> {
        let (before, rest) = self.text.split_at_checked(problem.span.start as usize)?;
        match kind {
            ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed => {
                // The brackets may not have come as events yet.
                let in_flow = before.trim_end().ends_with(['{', '[', ',']) || rest.trim_start().starts_with(['}', ']']);
                in_flow.then_some(Lenience::TabsInFlow)
            }
            ErrorKind::CommentNotSeparated if rest.starts_with('#') => Some(Lenience::Comment),
            ErrorKind::UnknownQuotedScalarEscape if apostrophes(rest).next().is_some() => Some(Lenience::Apostrophe),
            _ => None,
        }
    }

    /// Closes what is open and hands out what was read.
    fn stop(mut self, problem: Problem, lenience: Option<Lenience>) -> Pass<'s> {
        // Words over several lines that end at a colon are a key that lacks its own, and what is below it.
        let is_words = |node: &&Node<'_>| {
            node.style == Style::Plain && node.span.end == self.end && node.span.slice(self.text).contains('\n')
        };
        let last = self.tree.nodes.last().filter(is_words);
        let last_words = last.map(|node| node.span.start);
        if !self.in_document
            && self.tree.documents.last().is_none_or(|document| document.span.end <= problem.span.start)
        {
            // The error is before the first event of its document.
            let span = Span { start: problem.span.start, end: problem.span.start };
            self.tree.documents.push(Document { root: None, span, broken: true, unread: String::new() });
        }
        let bracket = self.open.iter().map(|id| self.tree.node(*id).node()).find(|node| node.style == Style::Flow);
        let bracket = bracket.map(|node| node.span.start);
        while let Some(id) = self.open.pop() {
            self.close(id);
            // A key whose value was not read gets an absent one, so that mappings hold pairs.
            let count = self.children.pop().unwrap_or(0);
            if self.tree.node(id).kind() == Kind::Mapping && count % 2 == 1 {
                let end = self.tree.node(id).span().end;
                let at = Span { start: end, end };
                let number = Span::new(self.tree.nodes.len(), 0).start;
                self.tree.nodes.push(Node {
                    kind: Kind::Scalar,
                    style: Style::Plain,
                    span: at,
                    value: Cow::Borrowed(""),
                    tag: None,
                    anchor: None,
                    parent: Some(id),
                    position: count,
                    next: number + 1,
                    target: None,
                });
                self.tree.nodes[id.index()].next = number + 1;
            }
        }
        if let Some(document) = self.tree.documents.last_mut() {
            document.broken = true;
        }
        let document = self.tree.documents.len().saturating_sub(1);
        let stopped = Stop { problem, after: self.end, last_words, document, bracket, lenience };
        Pass { tree: self.tree, stopped: Some(stopped) }
    }
}

fn too_deep(span: Span) -> Problem {
    let message = format!("values nest more than {MAX_DEPTH} deep here and are not read further");
    Problem { kind: ProblemKind::Limit, span, message }
}

fn collection(style: StructureStyle) -> Style {
    match style {
        StructureStyle::Block => Style::Block,
        StructureStyle::Flow => Style::Flow,
    }
}

fn span_of(span: &EventSpan) -> Span {
    span.byte_range().map_or(Span::default(), |range| Span::new(range.start, range.end))
}

fn short_tag(tag: &Tag) -> Box<str> {
    let (handle, suffix) = tag.parts();
    let whole = format!("{handle}{suffix}");
    // Verbatim tags, `!<tag:yaml.org,2002:int>`, are all suffix.
    match whole.strip_prefix("tag:yaml.org,2002:") {
        Some(rest) => format!("!!{rest}"),
        None => whole,
    }
    .into_boxed_str()
}

/// Says what is wrong in words a reader of configuration knows.
fn explain(kind: &ErrorKind, error: &ScanError) -> String {
    match kind {
        ErrorKind::UnclosedQuotedScalar => "a quoted value is not closed".to_owned(),
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofImplicitFlowMapping => "a bracket or brace is not closed".to_owned(),
        ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed => {
            "a tab is used for indentation; YAML indents with spaces".to_owned()
        }
        ErrorKind::SimpleKeyExpected => "a key here is not followed by `:`".to_owned(),
        ErrorKind::ExpectedBlockMappingKey => {
            "a key is expected here: is the line indented as its neighbours are?".to_owned()
        }
        ErrorKind::UnexpectedCharacter { character } => {
            format!("a value cannot begin with `{character}`; put it in quotes")
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            "this escape is not known in double quotes; use single quotes".to_owned()
        }
        _ => error.info().clone(),
    }
}
