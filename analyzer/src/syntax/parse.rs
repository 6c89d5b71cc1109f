//! Events of the YAML library to a tree. The only file that knows the library.

use super::tree::{Comment, Document, Kind, Node, NodeId, Problem, ProblemKind, Style, Tree};
use crate::text::Span;
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span as EventSpan, StructureStyle, Tag};
use std::borrow::Cow;

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
    /// Index of the document that could not be read.
    pub document: usize,
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
        let step = match event {
            Ok((event, span)) => builder.event(event, &span),
            Err(error) => Err(builder.problem(&error)),
        };
        if let Err(problem) = step {
            return builder.stop(problem);
        }
    }
    Pass { tree: builder.tree, stopped: None }
}

struct Builder<'s> {
    text: &'s str,
    tree: Tree<'s>,
    /// Nodes still open, outermost first, with the end of what is inside so far.
    open: Vec<NodeId>,
    /// The node of each anchor, by the library's number for it.
    anchors: Vec<(usize, NodeId)>,
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
            anchors: Vec::new(),
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
                self.tree.documents.push(Document { root: None, span: at, broken: false });
                self.anchors.clear();
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
            }
            Event::MappingStart(style, anchor, tag) => {
                let id = self.push(Kind::Mapping, collection(style), at, Cow::Borrowed(""), tag.as_deref())?;
                self.anchor(anchor, id);
                self.open.push(id);
            }
            Event::SequenceEnd | Event::MappingEnd => {
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
                let target = self.anchors.iter().rev().find(|(number, _)| *number == anchor).map(|(_, node)| *node);
                self.tree.nodes[id.index()].target = target;
                self.close(id);
            }
            Event::UnresolvedAlias(name) => {
                self.tree.problems.push(Problem {
                    kind: ProblemKind::UnknownAlias,
                    span: at,
                    message: format!("the alias `*{name}` has no anchor `&{name}` before it in this document"),
                });
                let id = self.push(Kind::Alias, Style::Plain, at, name, None)?;
                self.close(id);
            }
            Event::Anchor(..) => {
                if let Some(node) = self.tree.nodes.last_mut() {
                    node.anchor = Some(at);
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
        self.tree.nodes.push(Node {
            kind,
            style,
            span,
            value,
            tag: tag.map(short_tag),
            anchor: None,
            parent,
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
            self.anchors.push((number, node));
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

    /// Closes what is open and hands out what was read.
    fn stop(mut self, problem: Problem) -> Pass<'s> {
        if !self.in_document
            && self.tree.documents.last().is_none_or(|document| document.span.end <= problem.span.start)
        {
            // The error is before the first event of its document.
            let span = Span { start: problem.span.start, end: problem.span.start };
            self.tree.documents.push(Document { root: None, span, broken: true });
        }
        while let Some(id) = self.open.pop() {
            self.close(id);
            // A key whose value was not read gets an absent one, so that mappings hold pairs.
            let count = self.tree.node(id).children().count();
            if self.tree.node(id).kind() == Kind::Mapping && count % 2 == 1 {
                let at = Span { start: self.end, end: self.end };
                let number = Span::new(self.tree.nodes.len(), 0).start;
                self.tree.nodes.push(Node {
                    kind: Kind::Scalar,
                    style: Style::Plain,
                    span: at,
                    value: Cow::Borrowed(""),
                    tag: None,
                    anchor: None,
                    parent: Some(id),
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
        Pass { tree: self.tree, stopped: Some(Stop { problem, after: self.end, document }) }
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
