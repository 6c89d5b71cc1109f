//! Messages in the order of the wire.
//!
//! The library hands every message to a handler of its own, and handlers run beside each other: changes of a document
//! would be applied in any order. So they are applied here, before the next message is looked at, and every request
//! carries the view of the documents that it was sent with.

use crate::snapshot::{Snapshot, State};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::ls_types::{DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams};
use tower_service::Service;

tokio::task_local! {
    /// The documents as they were when the request that is answered was read.
    pub(crate) static SNAPSHOT: Snapshot;
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

    /// Applies a message about a document; whether it is one.
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
            _ => return false,
        }
        true
    }
}

fn params<P: DeserializeOwned>(request: &Request) -> Option<P> {
    serde_json::from_value(request.params()?.clone()).ok()
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
        if self.apply(&request) {
            return Box::pin(async { Ok(None) });
        }
        let snapshot = self.state.snapshot();
        let answer = self.inner.call(request);
        Box::pin(SNAPSHOT.scope(snapshot, answer))
    }
}
