//! Changes of files as the client makes them.

use crate::documents::Document;
use crate::lines::Lines;
use crate::server::Asked;
use std::collections::HashMap;
use talint_analyzer::edit::Edit;
use talint_analyzer::fix::FileEdit;
use tower_lsp::ls_types::{
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

/// The change of the workspace that makes `edits`, those without a file in the document that is asked about. `None` when
/// one of the files cannot be read.
pub(crate) fn workspace_edit(asked: &Asked<'_>, edits: &[FileEdit]) -> Option<WorkspaceEdit> {
    let mut files: Vec<(Option<&str>, Vec<&Edit>)> = Vec::new();
    for FileEdit { file, edit } in edits {
        match files.iter_mut().find(|(known, _)| *known == file.as_deref()) {
            Some((_, edits)) => edits.push(edit),
            None => files.push((file.as_deref(), vec![edit])),
        }
    }
    let changes: Vec<Changed> =
        files.into_iter().map(|(file, edits)| of_file(asked, file, &edits)).collect::<Option<_>>()?;
    Some(of_documents(asked, changes))
}

/// A document with its changes.
pub(crate) struct Changed {
    /// What it is called.
    pub(crate) uri: Uri,
    /// The version that the changes are for, where it is open.
    pub(crate) version: Option<i32>,
    /// The changes.
    pub(crate) edits: Vec<TextEdit>,
}

/// Changes of documents in the form that the client takes: with the versions that they are for, where it can.
pub(crate) fn of_documents(asked: &Asked<'_>, changes: Vec<Changed>) -> WorkspaceEdit {
    let workspace = asked.client.capabilities.workspace.as_ref();
    let edit = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
    if edit.and_then(|edit| edit.document_changes) == Some(true) {
        let changes = changes.into_iter().map(|Changed { uri, version, edits }| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        });
        let changes = DocumentChanges::Edits(changes.collect());
        return WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let changes: HashMap<Uri, Vec<TextEdit>> = changes.into_iter().map(|change| (change.uri, change.edits)).collect();
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}

fn of_file(asked: &Asked<'_>, file: Option<&str>, edits: &[&Edit]) -> Option<Changed> {
    let encoding = asked.client.encoding;
    let text_edits = |lines: Lines<'_>| {
        let text_edit = |edit: &&Edit| TextEdit { range: lines.range(edit.span), new_text: edit.text.clone() };
        edits.iter().map(text_edit).collect()
    };
    let of_document = |document: &Document| Changed {
        uri: document.uri.clone(),
        version: Some(document.version),
        edits: text_edits(Lines::new(document, encoding)),
    };
    let Some(file) = file else { return Some(of_document(asked.document)) };
    let path = asked.found.folder.join(file);
    let uri = Uri::from_file_path(&path)?;
    if let Some(document) = asked.snapshot.document(&uri) {
        return Some(of_document(document));
    }
    let text = std::fs::read_to_string(&path).ok()?;
    Some(Changed { uri, version: None, edits: text_edits(Lines::of(&text, encoding)) })
}
