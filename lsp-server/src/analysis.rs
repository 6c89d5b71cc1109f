//! What the analyzer says of a document, and its tree for what is not a finding.

use crate::documents::Document;
use crate::settings::Settings;
use talint_analyzer::context::{self, NamedVersions, VersionSource, Versions};
use talint_analyzer::directives;
use talint_analyzer::input::{self, Form, Input};
use talint_analyzer::syntax::{NodeRef, Tree};

/// A text with all that was read of it.
pub(crate) struct View<'t> {
    pub(crate) text: &'t str,
    pub(crate) tree: &'t Tree<'t>,
    pub(crate) inputs: Vec<Input<'t, 't>>,
    pub(crate) versions: Versions,
}

impl<'t> View<'t> {
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
    look(&View { text, tree: &tree, inputs, versions })
}
