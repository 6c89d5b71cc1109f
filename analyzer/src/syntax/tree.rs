//! The tree: nodes in the order of their text, in one vector.

use crate::text::Span;
use std::borrow::Cow;

/// The index of a node in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A scalar; an absent value is an empty plain scalar.
    Scalar,
    /// A sequence; its children are its items.
    Sequence,
    /// A mapping; its children are key, value, key, value …
    Mapping,
    /// An alias, `*name`. It is never expanded; [`NodeRef::target`] leads to what it stands for.
    Alias,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A scalar without quotes, or an alias.
    Plain,
    /// A scalar in single quotes.
    SingleQuoted,
    /// A scalar in double quotes.
    DoubleQuoted,
    /// A block scalar that keeps its line breaks, `|`.
    Literal,
    /// A block scalar that folds its line breaks, `>`.
    Folded,
    /// A collection by indentation.
    Block,
    /// A collection in brackets or braces.
    Flow,
}

/// One node of a tree.
#[derive(Clone, Debug)]
pub struct Node<'s> {
    /// What the node is.
    pub kind: Kind,
    /// How it is written.
    pub style: Style,
    /// The bytes of the value: quotes included, anchor and tag not.
    pub span: Span,
    /// The scalar after escapes and folding, or the name of an alias; empty for collections.
    pub value: Cow<'s, str>,
    /// The tag as resolved, `tag:yaml.org,2002:` shortened to `!!`.
    pub tag: Option<Box<str>>,
    /// The bytes of the anchor, `&name`.
    pub anchor: Option<Span>,
    pub(crate) parent: Option<NodeId>,
    /// Its place among the children of its parent; keys and values are counted apart.
    pub(crate) position: u32,
    /// One past the last node below this one.
    pub(crate) next: u32,
    pub(crate) target: Option<NodeId>,
}

impl Node<'_> {
    fn into_owned<'o>(self) -> Node<'o> {
        let value = Cow::Owned(self.value.into_owned());
        let Node { kind, style, span, tag, anchor, parent, position, next, target, .. } = self;
        Node { kind, style, span, value, tag, anchor, parent, position, next, target }
    }
}

/// A comment, without its line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The bytes from `#` to the end of the line.
    pub span: Span,
}

/// What kind of problem the text has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The text is not YAML here.
    Syntax,
    /// One of the limits of this crate is exceeded.
    Limit,
    /// An alias without an anchor before it.
    UnknownAlias,
    /// Something that only some YAML libraries read.
    Dialect(Dialect),
}

/// What one version of Talos's YAML library reads and another does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// A question mark in a plain value in brackets.
    QuestionMarkInFlow,
    /// An anchor with other characters in its name than letters, digits, `_` and `-`.
    AnchorName,
    /// The mark `...` before any document.
    LeadingEnd,
}

/// A place where the text is not YAML that can be read.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// The bytes it is about.
    pub span: Span,
    /// What is wrong, as a clause: "a quoted value is not closed".
    pub message: String,
}

/// One document of a source.
#[derive(Clone, Debug)]
pub struct Document {
    /// The root node; `None` when the document holds nothing at all.
    pub root: Option<NodeId>,
    /// The bytes of the document, from its first node to its last.
    pub span: Span,
    /// Whether a part of it could not be read: nothing may be concluded from what is absent.
    pub broken: bool,
    /// The beginning of what could not be read.
    pub unread: String,
}

/// The tree of a source.
#[derive(Clone, Debug, Default)]
pub struct Tree<'s> {
    pub(crate) nodes: Vec<Node<'s>>,
    /// The documents in their order.
    pub documents: Vec<Document>,
    /// All comments in their order.
    pub comments: Vec<Comment>,
    /// What could not be read; at most one syntax problem a document, the first.
    pub problems: Vec<Problem>,
    /// Whether the source is plain text and no YAML: each document is one scalar.
    pub is_plain: bool,
    /// Where lines of a template may be missing, or may not be there in the end: nothing is concluded from what is absent,
    /// nor from what stands on two sides of such a place.
    pub gaps: Vec<Span>,
}

/// The tree of a source that is no YAML: a document with one scalar for each of `parts`.
#[must_use]
pub fn plain<'s>(text: &'s str, parts: &[Span], comments: Vec<Span>) -> Tree<'s> {
    let mut tree = Tree { is_plain: true, ..Tree::default() };
    for span in parts {
        let number = Span::new(tree.nodes.len(), 0).start;
        tree.nodes.push(Node {
            kind: Kind::Scalar,
            style: Style::Plain,
            span: *span,
            value: Cow::Borrowed(span.slice(text)),
            tag: None,
            anchor: None,
            parent: None,
            position: 0,
            next: number + 1,
            target: None,
        });
        let root = Some(NodeId(number));
        tree.documents.push(Document { root, span: *span, broken: false, unread: String::new() });
    }
    tree.comments = comments.into_iter().map(|span| Comment { span }).collect();
    tree
}

impl<'s> Tree<'s> {
    /// The node of an id of this tree.
    #[must_use]
    pub fn node(&self, id: NodeId) -> NodeRef<'_, 's> {
        NodeRef { tree: self, id }
    }

    /// The block scalar whose text holds the byte at `offset`.
    #[must_use]
    pub fn block_scalar_at(&self, offset: u32) -> Option<NodeRef<'_, 's>> {
        let is_block =
            |node: &Node<'_>| matches!(node.style, Style::Literal | Style::Folded) && node.span.touches(offset);
        let index = self.nodes.iter().position(is_block)?;
        Some(self.node(NodeId(Span::new(index, 0).start)))
    }

    /// The node of exactly these bytes, the outermost if there are several.
    #[must_use]
    pub fn node_of(&self, span: Span) -> Option<NodeRef<'_, 's>> {
        let first = self.nodes.partition_point(|node| node.span.start < span.start);
        let mut beside =
            self.nodes.iter().enumerate().skip(first).take_while(|(_, node)| node.span.start == span.start);
        let (index, _) = beside.find(|(_, node)| node.span == span)?;
        Some(self.node(NodeId(Span::new(index, 0).start)))
    }

    /// Whether two places of a template need not both be there.
    #[must_use]
    pub fn has_gap_between(&self, first: Span, second: Span) -> bool {
        let between = first.to(second);
        self.gaps.iter().any(|gap| between.start < gap.start && gap.end < between.end)
    }

    /// All nodes, in the order of the text.
    pub fn nodes(&self) -> impl Iterator<Item = &Node<'s>> {
        self.nodes.iter()
    }

    /// The number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the source holds no node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The same tree without borrows from its source.
    pub(crate) fn into_owned<'o>(self) -> Tree<'o> {
        let Tree { nodes, documents, comments, problems, is_plain, gaps } = self;
        let nodes = nodes.into_iter().map(Node::into_owned).collect();
        Tree { nodes, documents, comments, problems, is_plain, gaps }
    }

    /// The roots of the documents that hold something.
    pub fn roots(&self) -> impl Iterator<Item = NodeRef<'_, 's>> {
        self.documents.iter().filter_map(|document| document.root).map(|id| self.node(id))
    }
}

/// A node together with its tree: the way to walk.
#[derive(Clone, Copy)]
pub struct NodeRef<'t, 's> {
    tree: &'t Tree<'s>,
    id: NodeId,
}

impl std::fmt::Debug for NodeRef<'_, '_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} {:?} at {:?}", self.kind(), self.value(), self.span())
    }
}

impl PartialEq for NodeRef<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<'t, 's> NodeRef<'t, 's> {
    /// The node itself.
    #[must_use]
    pub fn node(self) -> &'t Node<'s> {
        &self.tree.nodes[self.id.index()]
    }

    /// Its index in the tree.
    #[must_use]
    pub fn id(self) -> NodeId {
        self.id
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// The bytes of its value.
    #[must_use]
    pub fn span(self) -> Span {
        self.node().span
    }

    /// The scalar after escapes and folding; empty for collections.
    #[must_use]
    pub fn value(self) -> &'t str {
        &self.node().value
    }

    /// The node that holds this one.
    #[must_use]
    pub fn parent(self) -> Option<NodeRef<'t, 's>> {
        self.node().parent.map(|id| self.tree.node(id))
    }

    /// What an alias stands for. `None` for other nodes and for aliases of unknown anchors.
    #[must_use]
    pub fn target(self) -> Option<NodeRef<'t, 's>> {
        self.node().target.map(|id| self.tree.node(id))
    }

    /// The node, or what it stands for when it is an alias (or an alias of an alias).
    #[must_use]
    pub fn resolved(self) -> NodeRef<'t, 's> {
        let mut node = self;
        // An alias names an earlier node, so the chain is finite.
        while let Some(target) = node.target() {
            node = target;
        }
        node
    }

    /// The direct children: the items of a sequence, or key, value, key, value … of a mapping.
    pub fn children(self) -> impl Iterator<Item = NodeRef<'t, 's>> + use<'t, 's> {
        let end = self.node().next;
        let tree = self.tree;
        let mut at = self.id.0 + 1;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let child = tree.node(NodeId(at));
            at = child.node().next;
            Some(child)
        })
    }

    /// The items of a sequence; none for other nodes.
    pub fn items(self) -> impl Iterator<Item = NodeRef<'t, 's>> + use<'t, 's> {
        let wanted = self.kind() == Kind::Sequence;
        self.children().take_while(move |_| wanted)
    }

    /// Keys and values of a mapping; none for other nodes. Merge keys are not followed.
    pub fn entries(self) -> impl Iterator<Item = (NodeRef<'t, 's>, NodeRef<'t, 's>)> + use<'t, 's> {
        let mut children = self.children();
        let wanted = self.kind() == Kind::Mapping;
        std::iter::from_fn(move || if wanted { Some((children.next()?, children.next()?)) } else { None })
    }

    /// The entry of a mapping whose key is the scalar `key`; the first one if there are several.
    #[must_use]
    pub fn entry(self, key: &str) -> Option<(NodeRef<'t, 's>, NodeRef<'t, 's>)> {
        self.entries().find(|(name, _)| name.kind() == Kind::Scalar && name.value() == key)
    }

    /// The value of `key` in a mapping, aliases resolved.
    #[must_use]
    pub fn get(self, key: &str) -> Option<NodeRef<'t, 's>> {
        self.entry(key).map(|(_, value)| value.resolved())
    }

    /// The value at `path`, a key of a mapping a step, aliases resolved.
    #[must_use]
    pub fn at(self, path: &[&str]) -> Option<NodeRef<'t, 's>> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The key of this node in the mapping that holds it.
    #[must_use]
    pub fn key(self) -> Option<NodeRef<'t, 's>> {
        let parent = self.parent().filter(|_| self.is_value())?;
        // The node before is the key, unless the key is a collection.
        let before = self.tree.node(NodeId(self.id.0.checked_sub(1)?));
        if before.node().parent == Some(parent.id) {
            return Some(before);
        }
        parent.entries().find(|(_, value)| value.id == self.id).map(|(key, _)| key)
    }

    /// The value behind this node, if that is a key.
    #[must_use]
    pub fn behind(self) -> Option<NodeRef<'t, 's>> {
        self.parent()?.entries().find(|(key, _)| key.id == self.id).map(|(_, value)| value)
    }

    /// Whether the node is the key of an entry.
    pub(crate) fn is_key(self) -> bool {
        self.node().position.is_multiple_of(2) && self.parent().is_some_and(|parent| parent.kind() == Kind::Mapping)
    }

    fn is_value(self) -> bool {
        !self.node().position.is_multiple_of(2) && self.parent().is_some_and(|parent| parent.kind() == Kind::Mapping)
    }

    /// Whether the node is a scalar without quotes, tag or block indicator.
    #[must_use]
    pub fn is_plain(self) -> bool {
        let node = self.node();
        node.kind == Kind::Scalar && node.style == Style::Plain && node.tag.is_none()
    }

    /// Whether the value is null: absent, `~` or `null`, without quotes or tagged `!!null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        let node = self.node();
        node.kind == Kind::Scalar
            && match node.tag.as_deref() {
                Some(tag) => tag == "!!null",
                None => node.style == Style::Plain,
            }
            && matches!(&*node.value, "" | "~" | "null" | "Null" | "NULL")
    }

    /// The range to show for this node: its value, or, when nothing is written, its key.
    #[must_use]
    pub fn visible_span(self) -> Span {
        if self.span().is_empty() {
            return self.key().or_else(|| self.parent()).map_or(self.span(), NodeRef::span);
        }
        self.span()
    }

    /// Tells the bytes of parts of the value in the text that the tree is of; those of the whole scalar where the value
    /// does not stand there as it is, because of escapes or folding.
    pub fn part_spans(self, text: &str) -> impl Fn(&str) -> Span + use<'t, 's> {
        let (value, whole) = (self.value(), self.span());
        let offset = whole.slice(text).find(value).filter(|_| !value.is_empty());
        move |part| {
            let start = (part.as_ptr() as usize).checked_sub(value.as_ptr() as usize);
            let start = start.filter(|start| start + part.len() <= value.len());
            let (Some(start), Some(offset)) = (start, offset) else { return whole };
            let start = whole.start as usize + offset + start;
            Span::new(start, start + part.len())
        }
    }

    /// The scalars at and below this node that are no keys, in the order of the text.
    pub fn scalars(self) -> impl Iterator<Item = NodeRef<'t, 's>> + use<'t, 's> {
        let below = self.id.0..self.node().next;
        let nodes = below.map(move |id| self.tree.node(NodeId(id)));
        nodes.filter(|node| node.kind() == Kind::Scalar && !node.is_key())
    }

    /// The keys on the way to this node from the root of its document; `[]` for an item of a list.
    #[must_use]
    pub fn steps(self) -> Vec<&'t str> {
        let mut steps = Vec::new();
        let mut node = self;
        while let Some(parent) = node.parent() {
            steps.push(node.key().map_or("[]", NodeRef::value));
            node = parent;
        }
        steps.reverse();
        steps
    }

    /// The way to this node from the root of its document: `machine.network.interfaces[0].mtu`. A key that is not a
    /// plain word is written in brackets: `machine.sysctls["net.core.bpf_jit_harden"]`.
    #[must_use]
    pub fn path(self) -> String {
        let mut steps = Vec::new();
        let mut node = self;
        while let Some(parent) = node.parent() {
            match parent.kind() {
                Kind::Mapping => {
                    // A key's own path is that of its value.
                    let key = if node.is_key() { Some(node) } else { node.key() };
                    steps.push(key.map_or(String::new(), |key| path_step(key.value())));
                }
                _ => steps.push(format!("[{}]", node.node().position)),
            }
            node = parent;
        }
        let path: String = steps.into_iter().rev().collect();
        path.strip_prefix('.').map(str::to_owned).unwrap_or(path)
    }
}

/// A key as a step of a path.
fn path_step(key: &str) -> String {
    let is_word = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$'));
    if is_word { format!(".{key}") } else { format!("[{key:?}]") }
}
