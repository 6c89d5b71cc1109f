//! The handlers, by the names of the protocol. What each does is in a module of its own.

#![allow(clippy::wildcard_imports, reason = "nearly every name here is one of the protocol's")]

use crate::documents::Document;
use crate::service::SNAPSHOT;
use crate::settings::{self, Settings};
use crate::snapshot::{Client, Snapshot, State};
use crate::workspace::Found;
use crate::{
    code_actions, commands, completion, diagnostics, folding, hover, links, names, publish, selection, semantic_tokens,
    symbols,
};
use serde_json::{Value, json};
use std::sync::Arc;
use talint_analyzer::text::Encoding;
use tokio::task::spawn_blocking;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::*;
use tower_lsp::{Client as Socket, LanguageServer};

/// The server: handlers over the state.
pub(crate) struct Server {
    socket: Socket,
    state: Arc<State>,
}

impl Server {
    pub(crate) fn new(socket: Socket, state: Arc<State>) -> Self {
        Self { socket, state }
    }

    /// Works out an answer about a document of Talos, from the documents as they were when the request was sent. A fault
    /// costs this answer and nothing else.
    async fn answer<A: Send + 'static>(
        &self,
        uri: Uri,
        work: impl FnOnce(&Asked<'_>) -> Option<A> + Send + 'static,
    ) -> Result<Option<A>> {
        self.answer_any(uri, |asked| asked.found.is_ours().then(|| work(asked)).flatten()).await
    }

    /// The same about any document, which may not be one of Talos's yet.
    async fn answer_any<A: Send + 'static>(
        &self,
        uri: Uri,
        work: impl FnOnce(&Asked<'_>) -> Option<A> + Send + 'static,
    ) -> Result<Option<A>> {
        let snapshot = SNAPSHOT.try_with(Clone::clone).unwrap_or_else(|_| self.state.snapshot());
        let state = Arc::clone(&self.state);
        let task = spawn_blocking(move || {
            let (document, client) = (snapshot.document(&uri)?, state.client.get()?);
            let found = document.found(&snapshot.documents, &snapshot.settings);
            let asked = Asked { document, found: &found, snapshot: &snapshot, client };
            work(&asked)
        });
        task.await.map_err(|_| Error::internal_error())
    }

    /// Takes settings, and tells the user what of them is not understood.
    async fn set(&self, value: &Value) {
        let (settings, mistakes) = Settings::read(value);
        for mistake in mistakes {
            self.socket.log_message(MessageType::WARNING, format!("talint: {mistake}")).await;
        }
        self.state.set_settings(settings);
        self.refresh().await;
    }

    /// Lets a client that asks for diagnostics ask anew.
    async fn refresh(&self) {
        let capabilities = self.state.client.get().map(|client| &client.capabilities);
        if capabilities.is_some_and(can_refresh) {
            // A client that cannot do it in spite of what it says loses nothing.
            let _ = self.socket.workspace_diagnostic_refresh().await;
        }
    }

    /// Asks the client to tell of changes on the disk, where it can.
    async fn watch(&self) {
        let client = self.state.client.get();
        let workspace = client.and_then(|client| client.capabilities.workspace.as_ref());
        let watching = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        if watching.and_then(|watching| watching.dynamic_registration) != Some(true) {
            return;
        }
        let watchers = json!({ "watchers": [{ "globPattern": "**/*.{yaml,yml,json,j2,tpl,tftpl,gotmpl,patch}" }] });
        let registration = Registration {
            id: "files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: Some(watchers),
        };
        // Without it, changes are seen with the next change in the editor.
        let _ = self.socket.register_capability(vec![registration]).await;
    }

    /// Asks the client for its configuration, if it gives any.
    async fn ask_for_settings(&self) {
        let item = ConfigurationItem { scope_uri: None, section: Some(settings::SECTION.to_owned()) };
        if let Ok(values) = self.socket.configuration(vec![item]).await
            && let Some(value) = values.first()
        {
            self.set(value).await;
        }
    }

    fn gives_configuration(&self) -> bool {
        let client = self.state.client.get();
        let workspace = client.and_then(|client| client.capabilities.workspace.as_ref());
        workspace.and_then(|workspace| workspace.configuration).unwrap_or(false)
    }
}

/// What a request is about.
pub(crate) struct Asked<'a> {
    pub(crate) document: &'a Document,
    pub(crate) found: &'a Found,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) client: &'a Client,
}

fn can_refresh(capabilities: &ClientCapabilities) -> bool {
    let workspace = capabilities.workspace.as_ref();
    let diagnostics = workspace.and_then(|workspace| workspace.diagnostics.as_ref());
    diagnostics.and_then(|diagnostics| diagnostics.refresh_support).unwrap_or(false)
}

/// Whether the client asks for diagnostics by itself.
fn pulls(capabilities: &ClientCapabilities) -> bool {
    capabilities.text_document.as_ref().is_some_and(|text| text.diagnostic.is_some())
}

/// The way to count columns that is best for us among those that the client has.
fn encoding(capabilities: &ClientCapabilities) -> (Encoding, PositionEncodingKind) {
    let general = capabilities.general.as_ref();
    let offered = general.and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
    let known = [(PositionEncodingKind::UTF8, Encoding::Utf8), (PositionEncodingKind::UTF32, Encoding::Utf32)];
    let best = known.into_iter().find(|(kind, _)| offered.contains(kind));
    best.map_or((Encoding::Utf16, PositionEncodingKind::UTF16), |(kind, encoding)| (encoding, kind))
}

fn capabilities(encoding: PositionEncodingKind) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(encoding),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            ..TextDocumentSyncOptions::default()
        })),
        diagnostic_provider: Some(DiagnosticServerCapabilities::Options(DiagnosticOptions {
            identifier: Some("talint".to_owned()),
            inter_file_dependencies: true,
            workspace_diagnostics: false,
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([":", " ", "-", "[", ",", "\"", ".", "/", "="].map(str::to_owned).to_vec()),
            resolve_provider: Some(true),
            ..CompletionOptions::default()
        }),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::COMMANDS.map(str::to_owned).to_vec(),
            ..ExecuteCommandOptions::default()
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        semantic_tokens_provider: Some(
            SemanticTokensOptions {
                legend: semantic_tokens::legend(),
                range: Some(true),
                full: Some(SemanticTokensFullOptions::Bool(true)),
                ..SemanticTokensOptions::default()
            }
            .into(),
        ),
        ..ServerCapabilities::default()
    }
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let (encoding, kind) = encoding(&params.capabilities);
        // The library lets a client say this once.
        let _ = self.state.client.set(Client { capabilities: params.capabilities, encoding });
        if let Some(options) = params.initialization_options {
            self.set(&options).await;
        }
        Ok(InitializeResult {
            capabilities: capabilities(kind),
            server_info: Some(ServerInfo {
                name: "talint".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..InitializeResult::default()
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        if self.gives_configuration() {
            self.ask_for_settings().await;
        }
        self.watch().await;
        if !self.state.client.get().is_some_and(|client| pulls(&client.capabilities)) {
            tokio::spawn(publish::run(Arc::clone(&self.state), self.socket.clone()));
        }
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        if self.gives_configuration() {
            self.ask_for_settings().await;
        } else {
            self.set(&params.settings).await;
        }
    }

    async fn did_change_watched_files(&self, _: DidChangeWatchedFilesParams) {
        self.state.forget();
        self.refresh().await;
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let previous = params.previous_result_id;
        let found = self.answer(params.text_document.uri, move |asked| {
            let id = diagnostics::result_id(asked.document, asked.snapshot);
            if previous.as_ref() == Some(&id) {
                return Some((id, None));
            }
            Some((id, Some(diagnostics::diagnostics(asked.document, asked.snapshot, asked.client))))
        });
        let report = match found.await? {
            Some((id, Some(items))) => full(Some(id), items),
            Some((result_id, None)) => DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
                related_documents: None,
                unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
            }),
            None => full(None, Vec::new()),
        };
        Ok(DocumentDiagnosticReportResult::Report(report))
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let place = params.text_document_position_params;
        self.answer(place.text_document.uri, move |asked| hover::hover(asked, place.position)).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let place = params.text_document_position;
        self.answer_any(place.text_document.uri, move |asked| completion::completion(asked, place.position)).await
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        let Some(client) = self.state.client.get() else { return Ok(item) };
        Ok(completion::resolve(item, &client.capabilities))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let uri = params.text_document.uri.clone();
        self.answer(uri, move |asked| Some(code_actions::code_actions(asked, &params))).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        let argument = params.arguments.into_iter().next().unwrap_or_default();
        let argument: commands::Argument =
            serde_json::from_value(argument).map_err(|error| Error::invalid_params(error.to_string()))?;
        let machine = argument.machine;
        self.answer(argument.uri, move |asked| commands::answer(asked, &params.command, machine.as_deref())).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.answer(params.text_document.uri, |asked| Some(symbols::symbols(asked))).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.answer(params.text_document.uri, |asked| Some(links::links(asked))).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        self.answer(params.text_document.uri, |asked| Some(folding::folding_ranges(asked))).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        let positions = params.positions;
        self.answer(params.text_document.uri, move |asked| Some(selection::selection_ranges(asked, &positions))).await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let place = params.text_document_position_params;
        self.answer(place.text_document.uri, move |asked| names::definition(asked, place.position)).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let (place, all) = (params.text_document_position, params.context.include_declaration);
        self.answer(place.text_document.uri, move |asked| names::references(asked, place.position, all)).await
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        let place = params.text_document_position_params;
        self.answer(place.text_document.uri, move |asked| names::highlights(asked, place.position)).await
    }

    async fn prepare_rename(&self, place: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        self.answer(place.text_document.uri, move |asked| names::prepare_rename(asked, place.position)).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let (place, name) = (params.text_document_position, params.new_name);
        self.answer(place.text_document.uri, move |asked| names::rename(asked, place.position, &name)).await
    }

    async fn semantic_tokens_full(&self, params: SemanticTokensParams) -> Result<Option<SemanticTokensResult>> {
        let tokens =
            |asked: &Asked<'_>| Some(SemanticTokensResult::Tokens(semantic_tokens::semantic_tokens(asked, None)));
        self.answer(params.text_document.uri, tokens).await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let tokens = move |asked: &Asked<'_>| {
            let tokens = semantic_tokens::semantic_tokens(asked, Some(params.range));
            Some(SemanticTokensRangeResult::Tokens(tokens))
        };
        self.answer(params.text_document.uri, tokens).await
    }

    async fn shutdown(&self) -> Result<()> {
        self.state.shut_down();
        Ok(())
    }
}

fn full(result_id: Option<String>, items: Vec<Diagnostic>) -> DocumentDiagnosticReport {
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id, items },
    })
}
