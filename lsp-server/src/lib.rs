//! The language server of talint: the protocol over `talint_analyzer`, and nothing that the command line would not say.
//!
//! [`service`] takes messages in the order of the wire and applies every change of a document before it looks at the
//! next message; requests get a [`snapshot`] of the documents as they were at that point. [`server`] names the handlers,
//! each in a module of its own; [`files`] finds and reads them, for the command line too. The analyzer knows nothing of the protocol: [`lines`] alone turns ranges into positions.

mod analysis;
mod code_actions;
mod commands;
mod completion;
mod diagnostics;
mod documents;
pub mod files;
mod folding;
mod hover;
mod inlay_hints;
mod layers;
mod lenses;
mod lines;
mod links;
mod log;
mod machines;
mod names;
mod navigation;
mod publish;
mod refresh;
mod scan;
mod selection;
mod semantic_tokens;
mod server;
mod service;
mod settings;
mod snapshot;
mod symbols;
mod tools;
mod workers;
mod workspace;
mod workspace_diagnostics;
mod workspace_edit;

use server::Server;
use service::InOrder;
use snapshot::State;
use std::process::ExitCode;
use std::sync::Arc;
use tower_lsp::LspService;
use tower_lsp::ls_types::MessageType;
use workers::MAX_WORKERS;

/// How many requests are worked on at once. Changes of documents do not wait for them.
const MAX_REQUESTS: usize = 64;

/// Serves a client on standard input and output until it says `exit`: 0 when it said `shutdown` before, else 1.
///
/// # Errors
/// When the threads that the server needs cannot be had.
pub fn run() -> std::io::Result<ExitCode> {
    // This thread passes on messages, two others read and write them, and the rest does what takes time.
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().max_blocking_threads(2 + MAX_WORKERS).build()?;
    let state = Arc::new(State::default());
    tell_of_faults(&state);
    let was_shut_down = runtime.block_on(serve(Arc::clone(&state)));
    // An analysis that still runs has nobody to tell.
    runtime.shutdown_background();
    Ok(if was_shut_down { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells the client where a fault is. What was worked on is not among it: a text may hold secrets.
fn tell_of_faults(state: &State) {
    let log = state.snapshot().log;
    std::panic::set_hook(Box::new(move |fault| {
        let place = fault.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
        log.tell(MessageType::ERROR, format!("internal error{place}; please report it"));
    }));
}

async fn serve(state: Arc<State>) -> bool {
    let (inner, socket) = LspService::new(|client| Server::new(client, Arc::clone(&state)));
    let service = InOrder::new(inner, Arc::clone(&state));
    let server = tower_lsp::Server::new(tokio::io::stdin(), tokio::io::stdout(), socket);
    server.concurrency_level(MAX_REQUESTS).serve(service).await;
    state.was_shut_down()
}
