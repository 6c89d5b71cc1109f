//! Messages in the order of the wire.
//!
//! The library hands every message to a handler of its own, and handlers run beside each other: changes of a document
//! would be applied in any order. So they are applied here, before the next message is looked at, and every request
//! carries the view of the documents that it was sent with. What bears on later messages in the same way (folders, files of
//! the disk, cancelling) is taken here too.

use crate::snapshot::{Snapshot, State};
use serde::Deserialize;
use std::borrow::Cow;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::ls_types::{
    DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, SetTraceParams, WorkDoneProgressCancelParams, WorkspaceFolder,
};
use tower_service::Service;

tokio::task_local! {
    /// The documents as they were when the request that is answered was read.
    pub(crate) static SNAPSHOT: Snapshot;
    /// The method of the request that is answered.
    pub(crate) static METHOD: String;
}

/// A service that applies changes of documents itself and leaves the rest to `inner`.
pub(crate) struct InOrder<S> {
    inner: S,
    state: Arc<State>,
}

impl<S> InOrder<S> {
    pub(crate) fn new(inner: S, state: Arc<State>) -> Self {
        Self { inner, state }
    }

    /// Applies a message that bears on those after it; whether it is one.
    fn apply(&self, request: &Request) -> bool {
        match request.method() {
            "textDocument/didOpen" => {
                if let Some(DidOpenTextDocumentParams { text_document: document }) = params(request) {
                    let change = |documents: &mut crate::documents::Documents| {
                        documents.open(document.uri, document.version, document.text);
                    };
                    self.state.change_documents(change);
                }
            }
            "textDocument/didChange" => {
                if let Some(DidChangeTextDocumentParams { text_document: document, content_changes }) = params(request)
                {
                    let encoding = self.state.encoding();
                    self.state.change_documents(|documents| {
                        documents.change(&document.uri, document.version, content_changes, encoding);
                    });
                }
            }
            "textDocument/didClose" => {
                if let Some(DidCloseTextDocumentParams { text_document: document }) = params(request) {
                    self.state.change_documents(|documents| documents.close(&document.uri));
                }
            }
            "workspace/didChangeWatchedFiles" => self.state.change_disk(),
            "workspace/didChangeWorkspaceFolders" => {
                if let Some(DidChangeWorkspaceFoldersParams { event }) = params(request) {
                    let (removed, added) = (folder_paths(&event.removed), folder_paths(&event.added));
                    self.state.change_folders(|folders| {
                        folders.retain(|folder| !removed.contains(folder));
                        folders.extend(added);
                    });
                }
            }
            "window/workDoneProgress/cancel" => {
                if let Some(WorkDoneProgressCancelParams { token }) = params(request) {
                    self.state.stop(&token);
                }
            }
            "$/setTrace" => {
                if let Some(SetTraceParams { value }) = params(request) {
                    self.state.snapshot().log.set_trace(value);
                }
            }
            _ => return false,
        }
        true
    }
}

/// The folders of a workspace that are on the disk.
pub(crate) fn folder_paths(folders: &[WorkspaceFolder]) -> Vec<PathBuf> {
    folders.iter().filter_map(|folder| folder.uri.to_file_path()).map(Cow::into_owned).collect()
}

fn params<'r, P: Deserialize<'r>>(request: &'r Request) -> Option<P> {
    P::deserialize(request.params()?).ok()
}

/// The document that a message is about.
fn about(request: &Request) -> Option<&str> {
    request.params()?.get("textDocument")?.get("uri")?.as_str()
}

impl<S> Service<Request> for InOrder<S>
where
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + 'static,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let start = Instant::now();
        let snapshot = self.state.snapshot();
        let log = Arc::clone(&snapshot.log);
        let is_traced = log.is_traced() && !request.method().starts_with("$/");
        let traced = is_traced.then(|| (request.method().to_owned(), about(&request).map(str::to_owned)));
        let trace = move || {
            if let Some((method, about)) = traced {
                log.trace(&method, start.elapsed(), about.as_deref());
            }
        };
        if self.apply(&request) {
            trace();
            return Box::pin(async { Ok(None) });
        }
        let method = request.method().to_owned();
        let answer = METHOD.scope(method, SNAPSHOT.scope(snapshot, self.inner.call(request)));
        Box::pin(async move {
            let answer = answer.await;
            trace();
            answer
        })
    }
}
