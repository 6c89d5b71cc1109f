//! What the analyzer says of a document, and its tree for what is not a finding.

use crate::documents::Document;
use crate::server::Asked;
use crate::settings::Settings;
use talint_analyzer::Layer;
use talint_analyzer::context::{self, NamedVersions, VersionSource, Versions};
use talint_analyzer::directives;
use talint_analyzer::input::{self, Form, Input};
use talint_analyzer::syntax::{NodeRef, Tree};
use talint_analyzer::text::Span;

/// A text with all that was read of it.
pub(crate) struct View<'t> {
    pub(crate) text: &'t str,
    pub(crate) tree: &'t Tree<'t>,
    pub(crate) inputs: Vec<Input<'t, 't>>,
    pub(crate) versions: Versions,
    /// Where in its file the text begins: a patch inside of the file of a tool is a text of its own.
    pub(crate) offset: u32,
}

impl<'t> View<'t> {
    /// A range of the text as one of the file.
    pub(crate) fn in_file(&self, span: Span) -> Span {
        Span { start: span.start + self.offset, end: span.end + self.offset }
    }

    /// The smallest node that holds the byte at `offset`.
    pub(crate) fn node_at(&self, offset: u32) -> Option<NodeRef<'t, 't>> {
        let mut node = self.tree.roots().find(|root| root.span().touches(offset))?;
        while let Some(inner) = node.children().find(|child| child.span().touches(offset)) {
            node = inner;
        }
        Some(node)
    }

    /// The document that holds the byte at `offset`.
    pub(crate) fn input_at(&self, offset: u32) -> Option<&Input<'t, 't>> {
        self.inputs.iter().rfind(|input| input.span.start <= offset).or(self.inputs.first())
    }
}

/// Reads `text`, which may be a variation of that of `document`, and hands it to `look`.
pub(crate) fn view<R>(document: &Document, text: &str, settings: &Settings, look: impl FnOnce(&View<'_>) -> R) -> R {
    let path = document.path();
    let tree = input::parse(text, &path, Form::Detected);
    let inputs = input::recognise(&tree, &path, Form::Detected);
    let directives = directives::read(text, &tree);
    let options = &settings.options;
    let asked = NamedVersions { talos: options.talos, kubernetes: options.kubernetes, source: VersionSource::Asked };
    let versions = context::versions(asked, NamedVersions::NONE, &directives, &inputs);
    look(&View { text, tree: &tree, inputs, versions, offset: 0 })
}

/// Hands to `look` the text of a document, and then each configuration inside of it: patches in the file of a tool.
pub(crate) fn each_view(asked: &Asked<'_>, mut look: impl FnMut(&View<'_>)) {
    for part in parts(asked) {
        part.view(asked, &mut look);
    }
}

/// What the configuration that holds the byte of the file at `offset` has to say, the innermost first: `look` is handed
/// the place in it.
pub(crate) fn at_offset<A>(
    asked: &Asked<'_>,
    offset: u32,
    mut look: impl FnMut(&View<'_>, u32) -> Option<A>,
) -> Option<A> {
    let holding = parts(asked).into_iter().rev().filter_map(|part| Some((offset.checked_sub(part.offset)?, part)));
    let mut inside = holding.filter(|(at, part)| *at as usize <= part.text.len());
    inside.find_map(|(at, part)| part.view(asked, |view| look(view, at)))
}

/// A text that is read by itself.
#[derive(PartialEq)]
struct Part<'a> {
    offset: u32,
    text: &'a str,
    form: Form,
}

impl Part<'_> {
    fn view<R>(&self, asked: &Asked<'_>, look: impl FnOnce(&View<'_>) -> R) -> R {
        let Self { offset, text, form } = *self;
        let path = asked.document.path();
        let tree = input::parse(text, &path, form);
        let inputs = input::recognise(&tree, &path, form);
        look(&View { text, tree: &tree, inputs, versions: asked.found.analysis.versions, offset })
    }
}

/// The text of a document, and the configurations inside of it, each once.
fn parts<'a>(asked: &Asked<'a>) -> Vec<Part<'a>> {
    let Asked { document, found, .. } = *asked;
    let mut parts = vec![Part { offset: 0, text: &document.text, form: Form::Detected }];
    for layer in found.machines.iter().flat_map(|machine| &machine.layers) {
        if let Layer::Part { file, text, offset } = layer
            && file.path == found.key
        {
            let part = Part { offset: *offset, text, form: Form::Patch };
            // Several machines have the same.
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    parts
}
