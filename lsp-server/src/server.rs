//! The handlers, by the names of the protocol. What each does is in a module of its own.

#![allow(clippy::wildcard_imports, reason = "nearly every name here is one of the protocol's")]

use crate::documents::Document;
use crate::service::{METHOD, SNAPSHOT, folder_paths};
use crate::settings::{self, Settings};
use crate::snapshot::{Client, Snapshot, State};
use crate::workspace::Found;
use crate::{
    code_actions, commands, completion, diagnostics, folding, hover, inlay_hints, lenses, links, names, navigation,
    publish, refresh, selection, semantic_tokens, symbols, tools, workspace_diagnostics,
};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use talint_analyzer::context::NamedVersions;
use talint_analyzer::text::Encoding;
use talint_analyzer::{File, Machine};
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
    pub(crate) async fn answer<A: Send + 'static>(
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
        let snapshot = self.snapshot();
        let log = Arc::clone(&snapshot.log);
        let state = Arc::clone(&self.state);
        let task = self.state.workers.work(move || {
            let (document, client) = (snapshot.document(&uri)?, state.client.get()?);
            let found = document.found(&snapshot);
            let asked = Asked { document, found: &found, snapshot: &snapshot, client };
            work(&asked)
        });
        task.await.map_err(|_| {
            let method = METHOD.try_with(Clone::clone).unwrap_or_default();
            log.tell(MessageType::ERROR, format!("internal error while answering {method}; please report it"));
            Error::internal_error()
        })
    }

    /// The documents as they were when the request that is answered was sent.
    fn snapshot(&self) -> Snapshot {
        SNAPSHOT.try_with(Clone::clone).unwrap_or_else(|_| self.state.snapshot())
    }

    /// Takes settings, and tells the user what of them is not understood.
    async fn set(&self, value: &Value) {
        let (settings, mistakes) = Settings::read(value);
        for mistake in mistakes {
            self.socket.log_message(MessageType::WARNING, format!("talint: {mistake}")).await;
        }
        self.state.set_settings(settings);
    }

    /// Asks the client to tell of changes on the disk, where it can.
    async fn watch(&self) {
        if !self.client_can(Client::watches) {
            return;
        }
        let endings: Vec<&str> = crate::files::endings().collect();
        let files = format!("**/*.{{{}}}", endings.join(","));
        // What is ignored may be so no longer.
        let watchers = json!({ "watchers": [{ "globPattern": files }, { "globPattern": "**/.gitignore" }] });
        let registration = Registration {
            id: "files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: Some(watchers),
        };
        // Without it, changes are seen with the next change in the editor.
        if self.socket.register_capability(vec![registration]).await.is_ok() {
            self.state.will_be_told_of_files();
        }
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

    fn client_can(&self, what: fn(&Client) -> bool) -> bool {
        self.state.client.get().is_some_and(what)
    }
}

/// What a request is about.
pub(crate) struct Asked<'a> {
    pub(crate) document: &'a Document,
    pub(crate) found: &'a Found,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) client: &'a Client,
}

/// The folders that the user works in, by the newest way that the client has to say it.
#[allow(deprecated, reason = "older clients have no other")]
fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    if let Some(folders) = params.workspace_folders.as_deref().filter(|folders| !folders.is_empty()) {
        return folder_paths(folders);
    }
    let root = params.root_uri.as_ref().and_then(Uri::to_file_path).map(Cow::into_owned);
    root.or_else(|| params.root_path.as_ref().map(PathBuf::from)).into_iter().collect()
}

/// The way to count columns that is best for us among those that the client has.
fn encoding(capabilities: &ClientCapabilities) -> (Encoding, PositionEncodingKind) {
    let general = capabilities.general.as_ref();
    let offered = general.and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
    let known = [(PositionEncodingKind::UTF8, Encoding::Utf8), (PositionEncodingKind::UTF32, Encoding::Utf32)];
    let best = known.into_iter().find(|(kind, _)| offered.contains(kind));
    best.map_or((Encoding::Utf16, PositionEncodingKind::UTF16), |(kind, encoding)| (encoding, kind))
}

impl Asked<'_> {
    /// The document as the whole configuration of a machine, for one that no machine is known to have.
    pub(crate) fn by_itself(&self) -> Machine {
        let file = File { path: self.found.key.clone(), bytes: self.document.text.clone().into_bytes() };
        let versions = self.found.options.described.unwrap_or(NamedVersions::NONE);
        Machine { versions, ..Machine::of_file(file) }
    }
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
            workspace_diagnostics: true,
            work_done_progress_options: WorkDoneProgressOptions { work_done_progress: Some(true) },
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([":", " ", "-", "[", ",", "\"", ".", "/", "="].map(str::to_owned).to_vec()),
            resolve_provider: Some(true),
            ..CompletionOptions::default()
        }),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, code_actions::FIX_ALL]),
            ..CodeActionOptions::default()
        })),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::COMMANDS.map(str::to_owned).to_vec(),
            ..ExecuteCommandOptions::default()
        }),
        inlay_hint_provider: Some(OneOf::Left(true)),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
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
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            ..WorkspaceServerCapabilities::default()
        }),
        ..ServerCapabilities::default()
    }
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let (encoding, kind) = encoding(&params.capabilities);
        let log = self.state.snapshot().log;
        log.set_trace(params.trace.unwrap_or_default());
        tokio::spawn(log.run(self.socket.clone()));
        let folders = folders(&params);
        self.state.change_folders(|now| *now = folders);
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
        if self.client_can(Client::gives_configuration) {
            self.ask_for_settings().await;
        }
        tokio::spawn(refresh::hints_and_lenses(Arc::clone(&self.state), self.socket.clone()));
        self.watch().await;
        tokio::spawn(tools::run(Arc::clone(&self.state)));
        if !self.client_can(Client::pulls) {
            tokio::spawn(publish::run(Arc::clone(&self.state), self.socket.clone()));
        } else if self.client_can(Client::refreshes) {
            tokio::spawn(refresh::diagnostics(Arc::clone(&self.state), self.socket.clone()));
        }
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        if self.client_can(Client::gives_configuration) {
            self.ask_for_settings().await;
        } else {
            self.set(&params.settings).await;
        }
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let previous = params.previous_result_id;
        let found = self.answer(params.text_document.uri, move |asked| {
            let diagnostics = diagnostics::diagnostics(asked.document, asked.snapshot, asked.client);
            let id = diagnostics::result_id(&diagnostics, Some(asked.document));
            let is_same = previous.as_ref() == Some(&id);
            Some((id, (!is_same).then_some(diagnostics)))
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

    async fn workspace_diagnostic(&self, params: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReportResult> {
        let (state, socket) = (Arc::clone(&self.state), self.socket.clone());
        workspace_diagnostics::answer(state, socket, self.snapshot(), params).await
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
        if let Some(answer) = commands::answer_without_document(&params.command, params.arguments.first()) {
            return Ok(Some(answer));
        }
        let argument = params.arguments.into_iter().next().unwrap_or_default();
        let argument: commands::Argument =
            serde_json::from_value(argument).map_err(|error| Error::invalid_params(error.to_string()))?;
        let machine = argument.machine;
        self.answer(argument.uri, move |asked| commands::answer(asked, &params.command, machine.as_deref())).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let range = params.range;
        self.answer(params.text_document.uri, move |asked| Some(inlay_hints::inlay_hints(asked, range))).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        self.answer(params.text_document.uri, |asked| Some(lenses::code_lenses(asked))).await
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
        self.answer(place.text_document.uri, move |asked| navigation::definition(asked, place.position)).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let (place, all) = (params.text_document_position, params.context.include_declaration);
        self.answer(place.text_document.uri, move |asked| navigation::references(asked, place.position, all)).await
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
