//! Patches over a base, in their order.

use super::delete::{self, Extracted};
use super::encode;
use super::json_patch::{Operation, as_json, base_as_json};
use super::merge::Merger;
use super::read::{Reader, decode};
use super::remark::Remark;
use super::value::{Content, Origin, Refusal, RefusalKind, Value};
use crate::syntax::{Kind, NodeRef, Problem, ProblemKind, Tree};
use crate::tables::{self, Decoder, DocumentType};
use crate::text::Span;
use crate::version::TalosVersion;
use std::collections::HashSet;

/// A document of the effective configuration.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its kind.
    pub kind: &'static DocumentType,
    /// Its root, a mapping.
    pub root: Value,
}

/// What came of a base and its patches.
#[derive(Clone, Debug, Default)]
pub struct Layered {
    /// The documents, the machine configuration proper first.
    pub documents: Vec<Document>,
    /// The patches that Talos refuses, and why. They are left out of the documents.
    pub refusals: Vec<Refusal>,
    /// What merging did that a patch may not mean.
    pub remarks: Vec<Remark>,
}

/// Which document a document of a patch is merged into.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Identity {
    kind: String,
    api_version: String,
    name: Option<String>,
}

/// Lays `patches` over `base` as `version` does. Documents that this version does not know are left out, as are values
/// that no decoder takes: those are for the checks of each source.
#[must_use]
pub fn layer(base: &Tree<'_>, patches: &[&Tree<'_>], version: TalosVersion) -> Layered {
    let mut layers =
        Layers { version, merger: Merger::new(version), documents: Vec::new(), is_decoded: false, nulls: 0 };
    let mut refusals = Vec::new();
    if let Err(refusal) = layers.load_base(base) {
        return Layered { refusals: vec![refusal], ..Layered::default() };
    }
    for (number, patch) in patches.iter().enumerate() {
        let before = (layers.documents.clone(), layers.merger.remarks.len());
        if let Err(refusal) = layers.apply(patch, number + 1) {
            layers.documents = before.0;
            layers.merger.remarks.truncate(before.1);
            refusals.push(refusal);
        }
    }
    layers.decode();
    Layered { documents: layers.documents, refusals, remarks: layers.merger.remarks }
}

struct Layers {
    version: TalosVersion,
    merger: Merger,
    documents: Vec<Document>,
    /// Whether the documents went through the decoder: until then, null is a value that JSON patches see.
    is_decoded: bool,
    /// Documents of the base that hold nothing.
    nulls: usize,
}

impl Layers {
    fn load_base(&mut self, tree: &Tree<'_>) -> Result<(), Refusal> {
        unread(tree, 0, self.version)?;
        let mut reader = Reader::new(0);
        for document in &tree.documents {
            match document.root.map(|root| tree.node(root)) {
                Some(root) if root.kind() == Kind::Mapping => {
                    let root = reader.value(root)?;
                    self.documents.extend(document_of(root));
                }
                _ => self.nulls += 1,
            }
        }
        Ok(())
    }

    /// Lets the decoder see the documents, as Talos does before it merges.
    fn decode(&mut self) {
        if !self.is_decoded {
            for document in &mut self.documents {
                decode(&mut document.root, document.kind.root, self.version);
            }
            self.is_decoded = true;
            self.nulls = 0;
            self.machine_config_first();
        }
    }

    fn machine_config_first(&mut self) {
        self.documents.sort_by_key(|document| document.kind.kind != tables::V1ALPHA1);
    }

    fn apply(&mut self, tree: &Tree<'_>, source: usize) -> Result<(), Refusal> {
        unread(tree, source, self.version)?;
        let root_of = |document: &crate::syntax::Document| document.root.map(|root| tree.node(root));
        let is_nothing = |root: Option<NodeRef<'_, '_>>| root.is_none_or(NodeRef::is_null);
        let roots: Vec<Option<NodeRef<'_, '_>>> = tree.documents.iter().map(root_of).collect();
        // The place of what is not there is that of what is said about it.
        let span = tree.comments.first().map_or(Span::new(0, 0), |comment| comment.span);
        let whole = Origin { source, span };
        if roots.iter().all(|root| is_nothing(*root)) {
            return self.json(&[], whole, true);
        }
        // Where documents that hold nothing are refused, a patch that begins with one is none to Talos, and what it
        // tries next reads the first document alone.
        let skips = Decoder::of(self.version).skips_empty_documents();
        if !skips && roots.first().is_some_and(|root| is_nothing(*root)) {
            return self.json(&[], whole, true);
        }
        if !skips && roots.iter().any(|root| is_nothing(*root)) {
            return Err(Refusal::merge(whole, "Talos refuses a patch with a document that holds nothing"));
        }
        match roots.first().copied().flatten() {
            Some(list) if list.kind() == Kind::Sequence => {
                let list = Reader::new(source).value(list)?;
                let operations: Vec<Operation> =
                    list.items().iter().map(|item| Operation::read(item, self.version)).collect();
                self.json(&operations, list.origin, false)
            }
            _ => self.strategic(&roots, source),
        }
    }

    fn json(&mut self, operations: &[Operation], place: Origin, is_empty: bool) -> Result<(), Refusal> {
        let count = self.documents.len() + self.nulls;
        if count != 1 {
            let (kind, message) = if is_empty {
                let message = "Talos takes a patch that holds nothing for an empty JSON patch, which it refuses over a \
                               configuration of several documents";
                (RefusalKind::Empty, message.to_owned())
            } else {
                let message = format!(
                    "Talos applies JSON patches only to a single document; the configuration holds {count} here, so \
                     write a strategic merge patch"
                );
                (RefusalKind::JsonOnSeveralDocuments, message)
            };
            return Err(Refusal::new(kind, place, message));
        }
        let Some(document) = self.documents.first_mut() else { return Ok(()) };
        if self.is_decoded {
            encode::encode(&mut document.root, document.kind.root, self.version);
            as_json(&mut document.root, self.version);
        } else {
            base_as_json(&mut document.root, self.version);
        }
        for operation in operations {
            operation.apply(&mut document.root, self.version)?;
        }
        encode::prune(&mut document.root);
        let root = document.root.clone();
        let place = root.origin;
        match document_of(root) {
            Some(patched) => *document = patched,
            None => return Err(Refusal::merge(place, "the JSON patch leaves no document that Talos knows")),
        }
        self.is_decoded = false;
        Ok(())
    }

    fn strategic(&mut self, roots: &[Option<NodeRef<'_, '_>>], source: usize) -> Result<(), Refusal> {
        self.decode();
        let mut reader = Reader::new(source);
        let mut index: Vec<Identity> = self.documents.iter().map(identity).collect();
        let mut is_empty = true;
        let mut seen = HashSet::new();
        for root in roots.iter().flatten() {
            if root.kind() != Kind::Mapping {
                continue;
            }
            let mut root = reader.value(*root)?;
            let wanted = raw_identity(&root);
            if !Decoder::of(self.version).takes_patches_unchecked() && !seen.insert(wanted.clone()) {
                let message = "Talos refuses a patch that has the same document twice";
                return Err(Refusal::new(RefusalKind::DocumentTwice, root.origin, message));
            }
            let Extracted { deletions, is_empty: nothing_left } = delete::extract(&mut root)?;
            for deletion in &deletions {
                is_empty = false;
                let wanted = deletable(&wanted, &root, deletion)?;
                let found = index.iter().position(|known| *known == wanted);
                let Some(at) = found else {
                    if Decoder::of(self.version).passes_over_missing_documents() {
                        // A patch for all machines takes out what only some of them have.
                        if !is_of_control_plane(&wanted.kind, self.version) {
                            self.merger.nothing_to_delete(deletion.origin);
                        }
                        continue;
                    }
                    let message = format!(
                        "there is no such {} document to delete from; until Talos 1.13 that leaves a configuration that \
                         does not load",
                        wanted.kind
                    );
                    return Err(Refusal::not_found(deletion.origin, message));
                };
                if deletion.is_document() {
                    self.documents.remove(at);
                    index.remove(at);
                } else if let Some(document) = self.documents.get_mut(at) {
                    self.merger.delete(&mut document.root, document.kind.root, deletion)?;
                }
            }
            if nothing_left {
                continue;
            }
            is_empty = false;
            let Some(mut document) = document_of(root) else { continue };
            let wanted = identity(&document);
            let at = index.iter().position(|known| *known == wanted);
            if let Some(left) = at.and_then(|at| self.documents.get(at)) {
                self.merger.nulls(&left.root, &document.root, document.kind.root);
            }
            decode(&mut document.root, document.kind.root, self.version);
            if let Some(left) = at.and_then(|at| self.documents.get_mut(at)) {
                let place = document.root.origin;
                self.merger.structure(&mut left.root, document.root, document.kind.root, place)?;
            } else {
                self.documents.push(document);
                index.push(wanted);
            }
        }
        // Where nothing is found, the first document alone is read again, as a JSON patch.
        if is_empty && roots.first().is_some_and(|root| root.is_none_or(NodeRef::is_null)) {
            return self.json(&[], Origin { source, span: Span::new(0, 0) }, true);
        }
        if is_empty {
            let place = Origin { source, span: Span::new(0, 0) };
            return Err(Refusal::merge(place, "Talos finds nothing in this patch, and refuses it"));
        }
        self.machine_config_first();
        Ok(())
    }
}

/// The document that a deletion is about.
fn deletable(raw: &Identity, root: &Value, deletion: &delete::Deletion) -> Result<Identity, Refusal> {
    let mut wanted = raw.clone();
    let missing = wanted.kind.is_empty() || wanted.api_version.is_empty();
    if deletion.is_document() && missing {
        let message = "to delete a document, `$patch: delete` stands beside its `apiVersion` and `kind`; the machine \
                       configuration itself cannot be deleted";
        return Err(Refusal::merge(deletion.origin, message));
    }
    if wanted.kind.is_empty() && wanted.api_version.is_empty() {
        tables::V1ALPHA1.clone_into(&mut wanted.kind);
    } else if missing {
        let message = "a document has both `apiVersion` and `kind`, or neither, when it deletes something";
        return Err(Refusal::merge(deletion.origin, message).beside(root.origin, "the document is here"));
    }
    Ok(wanted)
}

/// Whether only machines of the control plane have documents of a kind.
fn is_of_control_plane(kind: &str, version: TalosVersion) -> bool {
    let variant = tables::document_type(kind).and_then(|kind| kind.variant(version));
    variant.is_some_and(|variant| variant.controlplane_only)
}

/// What could not be read cannot be merged.
fn unread(tree: &Tree<'_>, source: usize, version: TalosVersion) -> Result<(), Refusal> {
    let decoder = Decoder::of(version);
    let is_real = |problem: &&Problem| !matches!(problem.kind, ProblemKind::Dialect(dialect) if decoder.reads(dialect));
    match tree.problems.iter().find(is_real) {
        Some(problem) => Err(Refusal::merge(Origin { source, span: problem.span }, "this could not be read in full")),
        None => Ok(()),
    }
}

/// A document as `$patch: delete` names it: by what is written.
fn raw_identity(root: &Value) -> Identity {
    let text = |key: &str| root.get(key).map(|value| value.text().to_owned()).unwrap_or_default();
    let name = Some(text("name")).filter(|name| !name.is_empty());
    Identity { kind: text("kind"), api_version: text("apiVersion"), name }
}

/// A document as Talos tells it from others.
fn identity(document: &Document) -> Identity {
    let name = document.kind.name_field.map(|field| document.root.get(field).map_or("", Value::text).to_owned());
    let api_version = if document.kind.kind == tables::V1ALPHA1 { "" } else { "v1alpha1" };
    Identity { kind: document.kind.kind.to_owned(), api_version: api_version.to_owned(), name }
}

/// The document whose root this is; `None` when no version of Talos has it.
fn document_of(root: Value) -> Option<Document> {
    if !matches!(root.content, Content::Map(_)) {
        return None;
    }
    let kind = match root.get("kind").map(Value::text).filter(|kind| !kind.is_empty()) {
        Some(kind) => tables::document_type(kind).filter(|kind| kind.kind != tables::V1ALPHA1)?,
        None => tables::v1alpha1(),
    };
    Some(Document { kind, root })
}
