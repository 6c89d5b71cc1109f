//! Changes to a text: which bytes give way to what, and how to work that out so that comments, indentation, line ends
//! and every byte outside stay.
//!
//! Nothing here knows what the YAML means. What belongs to an entry is told by lines and indentation, as a person tells
//! it: the comments right above a key and as deep as it, what stands on its lines, and the comments below that are
//! deeper.

use crate::syntax::{Comment, Kind, NodeId, NodeRef, Style, Tree};
use crate::text::{LineIndex, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a text, and what takes their place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes that give way; empty to insert.
    pub span: Span,
    /// What takes their place.
    pub text: String,
}

impl Edit {
    /// An edit that takes bytes out.
    #[must_use]
    pub fn remove(span: Span) -> Self {
        Self { span, text: String::new() }
    }

    /// An edit that puts `text` before the byte at `offset`.
    #[must_use]
    pub fn insert(offset: u32, text: impl Into<String>) -> Self {
        Self { span: Span { start: offset, end: offset }, text: text.into() }
    }
}

/// The text after `edits`, which may be in any order; those that insert at one place do so in their order. `None` when
/// they overlap or are not ranges of the text.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        if end < start || !text.is_char_boundary(end) {
            return None;
        }
        out.push_str(text.get(at..start)?);
        out.push_str(&edit.text);
        at = end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Whether something stays of the collection that `span`, lines or members in brackets, is taken out of. Where the lines
/// beside it do not show it, it is said not to.
#[must_use]
pub fn leaves_neighbour(text: &str, span: Span) -> bool {
    let (Some(before), Some(after)) = (text.get(..span.start as usize), text.get(span.end as usize..)) else {
        return false;
    };
    if !before.is_empty() && !before.ends_with(['\n', '\r']) {
        // Members in brackets with their commas: that of the last one begins at the comma before it.
        return !span.slice(text).contains(['\n', '\r']);
    }
    let counts = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let place = |line: &str| {
        let content = line.trim_start_matches(' ');
        (line.len() - content.len(), content.starts_with("- ") || content.trim_end() == "-")
    };
    let Some(first) = span.slice(text).lines().find(counts).map(place) else { return true };
    let stays_above =
        before.lines().rev().find(counts).map(place).is_some_and(|above| above == first || above.0 > first.0);
    let stays_below = after.lines().find(counts).map(place).is_some_and(|below| below == first);
    stays_above || stays_below
}

/// What becomes of a collection of which nothing stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emptied {
    /// It stays, as `{}` or `[]`.
    Stays,
    /// It goes too, and so on outwards; the root of a document stays as `{}`.
    Goes,
}

/// The bytes that belong to an entry of a mapping, or to an item of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The lines of the comments above it, their line ends included.
    pub head: Span,
    /// From its key, or its dash, to the end of its last line, without the line end. In brackets: to the end of its value.
    pub body: Span,
    /// How far it is indented.
    pub column: usize,
    /// Whether it begins its line, apart from white space.
    begins_line: bool,
}

impl Extent {
    /// The comments above it and its body.
    #[must_use]
    pub fn whole(self) -> Span {
        if self.head.is_empty() { self.body } else { self.head.to(self.body) }
    }
}

/// A text with its tree and its lines.
pub struct Layout<'t, 's> {
    /// The text.
    pub text: &'t str,
    /// Its tree.
    pub tree: &'t Tree<'s>,
    lines: LineIndex,
}

impl<'t, 's> Layout<'t, 's> {
    /// The layout of `text`, which `tree` is the tree of.
    #[must_use]
    pub fn new(text: &'t str, tree: &'t Tree<'s>) -> Self {
        Self { text, tree, lines: LineIndex::new(text) }
    }

    /// The line end of the first line; a line feed when there is none.
    #[must_use]
    pub fn line_end(&self) -> &'t str {
        let first = self.lines.line_span(self.text, 0).slice(self.text);
        let content = first.trim_end_matches(['\r', '\n']).len();
        if content == first.len() { "\n" } else { &first[content..] }
    }

    /// By how many spaces the text indents: as its first nested mapping does, else four, as Talos does.
    #[must_use]
    pub fn step(&self) -> usize {
        let nested = self.tree.roots().flat_map(NodeRef::entries).find_map(|(_, value)| {
            let is_nested = value.kind() == Kind::Mapping && value.node().style == Style::Block;
            is_nested.then(|| value.children().next()).flatten()
        });
        nested.map(|key| self.column(key.span().start)).filter(|column| *column > 0).unwrap_or(4)
    }

    /// The comments in a range.
    pub fn comments(&self, span: Span) -> impl Iterator<Item = Comment> + use<'t, 's> {
        let tree = self.tree;
        let first = tree.comments.partition_point(|comment| comment.span.start < span.start);
        let comments = tree.comments.get(first..).unwrap_or_default();
        comments.iter().take_while(move |comment| comment.span.end <= span.end).copied()
    }

    /// The range of the line, from zero, without its line end.
    fn line(&self, number: usize) -> Span {
        let span = self.lines.line_span(self.text, number);
        let length = span.slice(self.text).trim_end_matches(['\r', '\n']).len();
        Span::new(span.start as usize, span.start as usize + length)
    }

    /// Where the line after the one that holds `offset` begins.
    fn next_line(&self, offset: u32) -> u32 {
        self.lines.line_span(self.text, self.lines.line(offset)).end
    }

    /// Where the line that holds `offset` ends, before its line end.
    #[must_use]
    pub fn line_end_after(&self, offset: u32) -> u32 {
        self.line(self.lines.line(offset)).end
    }

    /// How many characters stand before `offset` on its line.
    #[must_use]
    pub fn column(&self, offset: u32) -> usize {
        self.before(offset).chars().count()
    }

    /// What stands before `offset` on its line, without the byte order mark.
    fn before(&self, offset: u32) -> &'t str {
        let start = self.line(self.lines.line(offset)).start;
        Span { start, end: offset }.slice(self.text).trim_start_matches('\u{feff}')
    }

    /// The comment that is all there is on a line, and how far it is indented.
    fn comment_line(&self, number: usize) -> Option<usize> {
        let line = self.line(number);
        let content = line.slice(self.text);
        let indent = content.len() - content.trim_start_matches([' ', '\t']).len();
        let start = Span::new(line.start as usize + indent, 0).start;
        let found = self.tree.comments.binary_search_by_key(&start, |comment| comment.span.start);
        found.ok().map(|_| indent)
    }

    /// What belongs to `node`, the value of an entry or an item. `None` for a root, and for what is written in a way that
    /// is not understood here: `? key`, or a tag or anchor before the key.
    #[must_use]
    pub fn extent(&self, node: NodeRef<'t, 's>) -> Option<Extent> {
        let parent = node.parent()?;
        let key = node.key();
        let end = self.content_end(key, node);
        if parent.node().style == Style::Flow {
            let start = key.map_or_else(|| start_of(node), start_of);
            let body = Span { start, end };
            return Some(Extent {
                head: Span { start, end: start },
                body,
                column: self.column(start),
                begins_line: false,
            });
        }
        let start = match key {
            Some(key) => Some(key.span().start).filter(|start| *start == start_of(key)),
            None => self.dash(node),
        }?;
        let before = self.before(start);
        let begins_line = before.trim_matches(' ').is_empty();
        if !begins_line && !before.trim_matches([' ', '-']).is_empty() {
            return None;
        }
        let column = before.chars().count();
        let first_line = self.lines.line(start);
        let mut last_line = self.lines.line(end);
        let mut next = last_line + 1;
        while next < self.lines.lines() {
            match self.comment_line(next) {
                Some(indent) if indent > column => last_line = next,
                None if self.line(next).slice(self.text).trim().is_empty() => {}
                _ => break,
            }
            next += 1;
        }
        // Comments above the first key of a document are those of the document.
        let is_first = parent.parent().is_none() && node.node().position < 2;
        let mut head_line = first_line;
        if begins_line && !is_first {
            while head_line > 0 && self.comment_line(head_line - 1) == Some(column) {
                head_line -= 1;
            }
        }
        let begin = |line: usize| self.line(line).start;
        let head = Span { start: begin(head_line), end: begin(first_line) };
        let body = Span { start, end: self.line(last_line).end.max(end) };
        Some(Extent { head, body, column, begins_line })
    }

    /// Where the dash before an item of a block sequence stands.
    fn dash(&self, item: NodeRef<'t, 's>) -> Option<u32> {
        let at = start_of(item);
        let before = self.text.get(..at as usize)?;
        // Between the dash and the item there may be a tag, comments and lines.
        let mut rest = before;
        loop {
            let offset = rest.rfind('-')?;
            let start = Span::new(offset, 0).start;
            let is_comment =
                self.tree.comments.iter().any(|comment| comment.span.start <= start && start < comment.span.end);
            let is_alone =
                rest.get(offset + 1..).is_none_or(|after| after.is_empty() || after.starts_with([' ', '\r', '\n']));
            // The dash of `|-` says how a block scalar ends.
            let is_first =
                rest.get(..offset).is_none_or(|head| head.is_empty() || head.ends_with([' ', '\r', '\n', '\u{feff}']));
            if !is_comment && is_first && (is_alone || offset + 1 == before.len()) {
                let is_inside = item.parent().is_some_and(|parent| parent.span().start <= start);
                return is_inside.then_some(start);
            }
            rest = rest.get(..offset)?;
        }
    }

    /// The end of the last byte of an entry or item that is no white space, or a line break that counts.
    fn content_end(&self, key: Option<NodeRef<'t, 's>>, value: NodeRef<'t, 's>) -> u32 {
        let mut last = value;
        while last.node().style == Style::Block
            && let Some(child) = last.children().last()
        {
            last = child;
        }
        let span = last.span();
        let slice = span.slice(self.text);
        let indicator = self.block_indicator(last);
        let length = if indicator.is_some_and(|indicator| indicator.slice(self.text).contains('+')) {
            slice.strip_suffix("\r\n").or_else(|| slice.strip_suffix(['\n', '\r'])).unwrap_or(slice).len()
        } else {
            slice.trim_end().len()
        };
        let mut end = if length == 0 {
            span.start.min(last.node().span.end)
        } else {
            Span::new(span.start as usize + length, 0).start
        };
        // An absent value: its key and the colon.
        let key = if last == value { key } else { last.key() };
        if let Some(key) = key.filter(|_| span.is_empty()) {
            end = self
                .colon(key)
                .map_or(key.span().end, |colon| colon + 1)
                .max(last.node().anchor.map_or(0, |anchor| anchor.end));
        } else if span.is_empty() {
            end = last.node().anchor.map_or(end, |anchor| anchor.end);
        }
        end
    }

    /// Where the colon behind a key stands.
    #[must_use]
    pub fn colon(&self, key: NodeRef<'t, 's>) -> Option<u32> {
        let end = key.span().end as usize;
        let rest = self.text.get(end..)?;
        let white = rest.len() - rest.trim_start().len();
        rest.get(white..)?.starts_with(':').then(|| Span::new(end + white, 0).start)
    }

    /// Takes out entries of mappings (named by their values) and items of sequences, with their comments. `None` when one
    /// of them is written in a way that is not understood here, or is the root of a document.
    #[must_use]
    pub fn remove(&self, nodes: &[NodeRef<'t, 's>], emptied: Emptied) -> Option<Vec<Edit>> {
        let mut removed: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
        for node in nodes {
            removed.entry(node.parent()?.id()).or_default().insert(node.id());
        }
        let is_empty = |parent: NodeId, removed: &BTreeMap<NodeId, BTreeSet<NodeId>>| {
            let gone = removed.get(&parent);
            members(self.tree.node(parent)).all(|member| gone.is_some_and(|gone| gone.contains(&member.id())))
        };
        if emptied == Emptied::Goes {
            // Innermost first: a node comes after what holds it.
            let mut at = removed.keys().next_back().copied();
            while let Some(id) = at {
                if let Some(outer) = self.tree.node(id).parent().filter(|_| is_empty(id, &removed)) {
                    removed.remove(&id);
                    removed.entry(outer.id()).or_default().insert(id);
                }
                at = removed.range(..id).next_back().map(|(id, _)| *id);
            }
        }
        let mut edits = Vec::new();
        for (parent, gone) in &removed {
            // What is inside of something that goes, goes with it.
            let mut outer = self.tree.node(*parent);
            let mut is_covered = false;
            while let Some(next) = outer.parent() {
                is_covered |= removed.get(&next.id()).is_some_and(|gone| gone.contains(&outer.id()));
                outer = next;
            }
            if is_covered {
                continue;
            }
            let node = self.tree.node(*parent);
            if is_empty(*parent, &removed) {
                edits.extend(self.empty(node)?);
            } else if node.node().style == Style::Flow {
                edits.extend(self.remove_flow(node, gone));
            } else {
                edits.extend(self.remove_block(node, gone)?);
            }
        }
        Some(edits)
    }

    /// Takes everything out of a collection.
    fn empty(&self, node: NodeRef<'t, 's>) -> Option<Vec<Edit>> {
        let nothing = if node.kind() == Kind::Mapping { "{}" } else { "[]" };
        if node.node().style == Style::Flow {
            return Some(vec![Edit { span: node.span(), text: nothing.to_owned() }]);
        }
        let extents: Vec<Extent> = members(node).map(|member| self.extent(member)).collect::<Option<_>>()?;
        let (first, last) = (extents.first()?, extents.last()?);
        let key = node.key().filter(|_| first.begins_line);
        let Some(key) = key else {
            let span = Span { start: first.body.start, end: last.body.end };
            return Some(vec![Edit { span, text: nothing.to_owned() }]);
        };
        // Behind the key, before the comment of its line.
        let colon = self.colon(key)? + 1;
        let line = Span { start: colon, end: self.line(self.lines.line(colon)).end };
        let comment = self.comments(line).next().map_or(line.end, |comment| comment.span.start);
        let content = Span { start: colon, end: comment }.slice(self.text).trim_end().len();
        let at = Span::new(colon as usize + content, 0).start;
        Some(vec![Edit::insert(at, format!(" {nothing}")), Edit::remove(self.whole_lines(*first, *last))])
    }

    /// The lines from the comments above `first` to the end of `last`.
    fn whole_lines(&self, first: Extent, last: Extent) -> Span {
        let start =
            if first.head.is_empty() { self.line(self.lines.line(first.body.start)).start } else { first.head.start };
        let mark = Span { start, end: first.body.start }.slice(self.text);
        let start = if mark.starts_with('\u{feff}') { start + 3 } else { start };
        Span { start, end: self.next_line(last.body.end) }
    }

    fn remove_block(&self, node: NodeRef<'t, 's>, gone: &BTreeSet<NodeId>) -> Option<Vec<Edit>> {
        let members: Vec<NodeRef<'t, 's>> = members(node).collect();
        let mut edits = Vec::new();
        for run in members.chunk_by(|a, b| gone.contains(&a.id()) == gone.contains(&b.id())) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            if !gone.contains(&first.id()) {
                continue;
            }
            let (first, last_extent) = (self.extent(*first)?, self.extent(*last)?);
            if first.begins_line {
                edits.push(Edit::remove(self.whole_lines(first, last_extent)));
                continue;
            }
            // Behind a dash: what follows moves up, or, with comments above it, stays on lines of its own.
            let after = members.iter().position(|member| member == last).and_then(|index| members.get(index + 1))?;
            let next = self.extent(*after)?;
            let between = Span { start: last_extent.body.end, end: next.body.start };
            let end = if self.comments(between).next().is_none() { next.body.start } else { last_extent.body.end };
            let dash = Span { start: first.body.start - u32::from(end < next.body.start), end };
            edits.push(Edit::remove(dash));
        }
        Some(edits)
    }

    fn remove_flow(&self, node: NodeRef<'t, 's>, gone: &BTreeSet<NodeId>) -> Vec<Edit> {
        let members: Vec<NodeRef<'t, 's>> = members(node).collect();
        let mut edits = Vec::new();
        let mut end_before = None;
        let mut runs = members.chunk_by(|a, b| gone.contains(&a.id()) == gone.contains(&b.id())).peekable();
        while let Some(run) = runs.next() {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let end = self.content_end(last.key(), *last);
            if gone.contains(&first.id()) {
                let start_of_member = |member: NodeRef<'t, 's>| start_of(member.key().unwrap_or(member));
                let next = runs.peek().and_then(|run| run.first()).map(|next| start_of_member(*next));
                let span = match (next, end_before) {
                    (Some(next), _) => Span { start: start_of_member(*first), end: next },
                    (None, Some(before)) => Span { start: before, end },
                    (None, None) => continue,
                };
                edits.push(Edit::remove(span));
            }
            end_before = Some(end);
        }
        edits
    }

    /// Puts `text`, a scalar or anything else on one line, in the place of a value. What stands beside the value stays.
    #[must_use]
    pub fn replace(&self, value: NodeRef<'t, 's>, text: &str) -> Vec<Edit> {
        let end = self.content_end(value.key(), value);
        if let Some(indicator) = self.block_indicator(value) {
            let line = self.line(self.lines.line(indicator.start)).end;
            let content = Edit::remove(Span { start: line, end: end.max(line) });
            return vec![Edit { span: indicator, text: text.to_owned() }, content];
        }
        if value.span().is_empty() {
            // In braces a key may stand without a colon.
            let has_colon = value.key().is_none_or(|key| self.colon(key).is_some());
            return vec![Edit::insert(end, if has_colon { format!(" {text}") } else { format!(": {text}") })];
        }
        let start = value.span().start;
        vec![Edit { span: Span { start, end: end.max(start) }, text: text.to_owned() }]
    }

    /// The `|` or `>` of a block scalar, with what is written to it: `>-`.
    #[must_use]
    pub fn block_indicator(&self, node: NodeRef<'t, 's>) -> Option<Span> {
        if !matches!(node.node().style, Style::Literal | Style::Folded) {
            return None;
        }
        let before = node.key().map(|key| key.span().end).or_else(|| self.dash(node)).unwrap_or(0);
        let before = node.node().anchor.map_or(before, |anchor| anchor.end.max(before));
        let between = Span { start: before, end: node.span().start }.slice(self.text);
        let offset = between.find(['|', '>'])?;
        let length = between.get(offset..)?.find([' ', '\t', '\r', '\n']).unwrap_or(between.len() - offset);
        let start = before as usize + offset;
        Some(Span::new(start, start + length))
    }

    /// Makes of `{}` behind a key that begins its line a mapping of one entry on lines of its own; `value` is that of
    /// [`Layout::insert`]. `None` elsewhere.
    #[must_use]
    pub fn begin(&self, mapping: NodeRef<'t, 's>, key: &str, value: &str) -> Option<Vec<Edit>> {
        let outer =
            mapping.key().filter(|_| mapping.parent().is_some_and(|outer| outer.node().style == Style::Block))?;
        let begins_line = self.before(outer.span().start).trim_start().is_empty();
        let colon = self.colon(outer).filter(|_| begins_line && mapping.node().anchor.is_none())? + 1;
        let separator = if value.starts_with('\n') { ":" } else { ": " };
        let lines = indented(
            &format!("{key}{separator}{value}"),
            self.column(outer.span().start) + self.step(),
            self.line_end(),
        );
        let at = self.line_end_after(mapping.span().end);
        let braces = Edit::remove(Span { start: colon, end: mapping.span().end });
        Some(vec![braces, Edit::insert(at, format!("{}{lines}", self.line_end()))])
    }

    /// Adds an entry at the end of a mapping. `value` is written behind the key, its further lines indented as in a mapping
    /// that begins its lines. `None` where the mapping is written in a way that is not understood here.
    #[must_use]
    pub fn insert(&self, mapping: NodeRef<'t, 's>, key: &str, value: &str) -> Option<Edit> {
        let separator = if value.is_empty() || value.starts_with('\n') { ":" } else { ": " };
        let entry = format!("{key}{separator}{value}");
        let last = members(mapping).last();
        if mapping.node().style == Style::Flow {
            let entry = if entry.contains('\n') { return None } else { entry };
            return Some(match last {
                Some(last) => Edit::insert(self.content_end(last.key(), last), format!(", {entry}")),
                None => Edit { span: mapping.span(), text: format!("{{{entry}}}") },
            });
        }
        let extent = self.extent(last?)?;
        let first = self.extent(members(mapping).next()?)?;
        let lines = indented(&entry, first.column, self.line_end());
        Some(Edit::insert(extent.body.end, format!("{}{lines}", self.line_end())))
    }

    /// Takes out a comment, with its line if nothing else stands there.
    #[must_use]
    pub fn remove_comment(&self, comment: Span) -> Edit {
        let before = self.before(comment.start);
        let content = before.trim_end_matches([' ', '\t']);
        if content.is_empty() {
            let start = Span::new(comment.start as usize - before.len(), 0).start;
            return Edit::remove(Span { start, end: self.next_line(comment.start) });
        }
        let white = before.len() - content.len();
        Edit::remove(Span { start: Span::new(comment.start as usize - white, 0).start, end: comment.end })
    }

    /// Takes out the document that holds `offset`, from its `---` to the next. Of a document that holds nothing only the `---`
    /// goes. `None` when it is the only one, or is not set apart by `---` alone.
    #[must_use]
    pub fn remove_document(&self, offset: u32, is_empty: bool) -> Option<Edit> {
        let is_mark = |mark: &str, line: &usize| {
            let rest = self.line(*line).slice(self.text).trim_start_matches('\u{feff}').strip_prefix(mark);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        };
        let lines = self.lines.lines();
        if self.tree.documents.len() < 2 || (0..lines).any(|line| is_mark("...", &line)) {
            return None;
        }
        let own = self.lines.line(offset);
        let begin = (0..=own).rev().find(|line| is_mark("---", line));
        let next = (own + 1..lines).find(|line| is_mark("---", line));
        let start = begin.map_or(0, |line| self.line(line).start);
        let is_alone = |line: usize| self.line(line).slice(self.text).trim_matches(['\u{feff}', ' ', '\t']) == "---";
        let end = match (begin, next) {
            (Some(line), _) if is_empty => self.next_line(self.line(line).start),
            (_, Some(next)) => self.line(next).start,
            (_, None) => self.lines.line_span(self.text, lines.saturating_sub(1)).end,
        };
        let is_clear = if is_empty { begin.is_some_and(is_alone) } else { begin.is_some() || next.is_some() };
        let start = if self.text.starts_with('\u{feff}') { start.max(3) } else { start };
        is_clear.then(|| Edit::remove(Span { start, end }))
    }

    /// Adds a document at the end of the source. `document` has line feeds as line ends.
    #[must_use]
    pub fn append_document(&self, document: &str) -> Edit {
        let line_end = self.line_end();
        let has_end = self.text.is_empty() || self.text.ends_with(['\n', '\r']);
        let mut text = if has_end { String::new() } else { line_end.to_owned() };
        text.push_str("---");
        text.push_str(line_end);
        text.push_str(&indented(document.trim_end_matches('\n'), 0, line_end));
        text.push_str(line_end);
        Edit::insert(Span::new(self.text.len(), 0).start, text)
    }
}

/// `text` with each line but empty ones indented, and with `line_end` for its line feeds.
#[must_use]
pub fn indented(text: &str, column: usize, line_end: &str) -> String {
    let indent = " ".repeat(column);
    let lines: Vec<String> =
        text.split('\n').map(|line| if line.is_empty() { String::new() } else { format!("{indent}{line}") }).collect();
    lines.join(line_end)
}

/// The values of a mapping or the items of a sequence.
fn members<'t, 's>(node: NodeRef<'t, 's>) -> impl Iterator<Item = NodeRef<'t, 's>> {
    node.entries().map(|(_, value)| value).chain(node.items())
}

/// Where a node begins, its anchor included.
fn start_of(node: NodeRef<'_, '_>) -> u32 {
    node.node().anchor.map_or(node.span().start, |anchor| anchor.start.min(node.span().start))
}
