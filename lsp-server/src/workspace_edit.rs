//! Changes of files as the client makes them.

use crate::lines::Lines;
use crate::server::Asked;
use crate::workspace::elsewhere;
use std::collections::HashMap;
use talint_analyzer::edit::Edit;
use talint_analyzer::fix::FileEdit;
use tower_lsp::ls_types::{
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

/// The change of the workspace that makes `edits`, those without a file in the document that is asked about, in the form that
/// the client takes: with the versions that they are for, where it can. `None` when one of the files cannot be read.
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
    let workspace = asked.client.capabilities.workspace.as_ref();
    let edit = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
    if edit.and_then(|edit| edit.document_changes) == Some(true) {
        let changes = changes.into_iter().map(|Changed { uri, version, edits }| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        });
        let changes = DocumentChanges::Edits(changes.collect());
        return Some(WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() });
    }
    let changes: HashMap<Uri, Vec<TextEdit>> = changes.into_iter().map(|change| (change.uri, change.edits)).collect();
    Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// A document with its changes.
struct Changed {
    uri: Uri,
    /// The version that the changes are for, where it is open.
    version: Option<i32>,
    edits: Vec<TextEdit>,
}

fn of_file(asked: &Asked<'_>, file: Option<&str>, edits: &[&Edit]) -> Option<Changed> {
    let encoding = asked.client.encoding;
    let changed = |uri: Uri, version: Option<i32>, lines: &Lines<'_>| {
        let text_edit = |edit: &&Edit| TextEdit { range: lines.range(edit.span), new_text: edit.text.clone() };
        Changed { uri, version, edits: edits.iter().map(text_edit).collect() }
    };
    let document = asked.document;
    match file {
        None => Some(changed(document.uri.clone(), Some(document.version), &Lines::new(document, encoding))),
        Some(file) => elsewhere((&asked.found.folder, file), (asked.snapshot, encoding), changed),
    }
}
