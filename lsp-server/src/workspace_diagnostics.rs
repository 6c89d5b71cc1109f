//! The answer to a client that asks for the diagnostics of the whole workspace: results and progress as they come.

use crate::scan::{Cancel, Previous, Step, Summary, scan};
use crate::snapshot::{Client, Snapshot, State};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::notification::Notification;
use tower_lsp::ls_types::{
    MessageType, ProgressToken, WorkspaceDiagnosticParams, WorkspaceDiagnosticReport,
    WorkspaceDiagnosticReportPartialResult, WorkspaceDiagnosticReportResult, WorkspaceDocumentDiagnosticReport,
};
use tower_lsp::{Bounded, Cancellable, Client as Socket, OngoingProgress};

/// How long a client may take to make room for progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// `ServerCancelled` of the protocol.
const SERVER_CANCELLED: i64 = -32802;

/// Scans the workspace of `snapshot` for a client. When the client no longer waits, the scan stops.
pub(crate) async fn answer(
    state: Arc<State>,
    socket: Socket,
    snapshot: Snapshot,
    params: WorkspaceDiagnosticParams,
) -> Result<WorkspaceDiagnosticReportResult> {
    let cancel = Cancel::default();
    let _guard = OnDrop(cancel.clone());
    // What the client was told of the progress is brought to an end whether it waits or not.
    let task = tokio::spawn(run(state, socket, snapshot, params, cancel));
    task.await.map_err(|_| Error::internal_error())?
}

/// Cancels when nobody waits any more.
struct OnDrop(Cancel);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

async fn run(
    state: Arc<State>,
    socket: Socket,
    snapshot: Snapshot,
    params: WorkspaceDiagnosticParams,
    cancel: Cancel,
) -> Result<WorkspaceDiagnosticReportResult> {
    let previous = Previous::new(params.previous_result_ids);
    let unchanged = state.scans.unchanged(&snapshot, &previous).filter(|_| state.is_told_of_files());
    if let Some(reports) = unchanged {
        return Ok(whole(reports));
    }
    let start = Instant::now();
    // Later ones are quick, and clients ask again and again.
    let is_first = state.scans.is_empty();
    let (sender, mut steps) = unbounded_channel::<Step>();
    let task = tokio::spawn({
        let (known, state, cancel) = (Arc::clone(&state), Arc::clone(&state), cancel.clone());
        let work = move || {
            let tell = |step| drop(sender.send(step));
            scan((&snapshot, known.client.get()?), &previous, &known.scans, &cancel, &tell)
        };
        async move { state.workers.work(work).await }
    });
    let mut progress =
        Progress::begin(&state, &socket, params.work_done_progress_params.work_done_token, is_first, &cancel).await;
    let mut collected = Vec::new();
    while let Some(Step { reports, done, all }) = steps.recv().await {
        match &params.partial_result_params.partial_result_token {
            Some(token) if !reports.is_empty() => {
                let value = WorkspaceDiagnosticReportPartialResult { items: reports };
                socket.send_notification::<PartialResult>(Partial { token: token.clone(), value }).await;
            }
            _ => collected.extend(reports),
        }
        progress.report(done, all).await;
    }
    let scanned = task.await.and_then(std::convert::identity);
    progress.end(&state, cancel.is_cancelled()).await;
    match scanned {
        Ok(Some(summary)) => {
            let kind = if is_first { MessageType::INFO } else { MessageType::LOG };
            // The library sends notifications one after the other, but answers beside them: once this one is taken, the
            // results before it are on their way.
            socket.log_message(kind, told(&summary, start.elapsed())).await;
            Ok(whole(collected))
        }
        Ok(None) => Err(Error {
            code: ErrorCode::ServerError(SERVER_CANCELLED),
            message: "the scan of the workspace was cancelled".into(),
            data: Some(json!({ "retriggerRequest": false })),
        }),
        Err(_) => Err(Error::internal_error()),
    }
}

fn whole(items: Vec<WorkspaceDocumentDiagnosticReport>) -> WorkspaceDiagnosticReportResult {
    WorkspaceDiagnosticReportResult::Report(WorkspaceDiagnosticReport { items })
}

fn told(summary: &Summary, took: Duration) -> String {
    let Summary { files, ours, folders } = summary;
    let unit = if *folders == 1 { "folder" } else { "folders" };
    let milliseconds = took.as_millis();
    format!("{files} files of {folders} {unit} were looked at in {milliseconds} ms; {ours} are of Talos")
}

/// Results of a request, before its answer.
enum PartialResult {}

#[derive(Serialize, serde::Deserialize)]
struct Partial {
    token: ProgressToken,
    value: WorkspaceDiagnosticReportPartialResult,
}

impl Notification for PartialResult {
    type Params = Partial;
    const METHOD: &'static str = "$/progress";
}

/// What the user sees of a scan, if anything.
struct Progress {
    shown: Option<OngoingProgress<Bounded, Cancellable>>,
    percentage: u32,
}

impl Progress {
    /// Shows progress where the client asks for it, or for the first scan where the client can.
    async fn begin(
        state: &State,
        socket: &Socket,
        asked: Option<ProgressToken>,
        is_first: bool,
        cancel: &Cancel,
    ) -> Self {
        let token = match asked {
            Some(token) => Some(token),
            None if is_first && state.client.get().is_some_and(Client::shows_progress) => {
                let token = ProgressToken::String("talint.workspace".to_owned());
                let made = timeout(PATIENCE, socket.create_work_done_progress(token.clone())).await;
                made.is_ok_and(|made| made.is_ok()).then_some(token)
            }
            None => None,
        };
        let Some(token) = token else { return Self { shown: None, percentage: 0 } };
        state.can_stop(token.clone(), cancel.clone());
        let progress = socket.progress(token, "talint: looking at the workspace");
        let shown = Some(progress.with_percentage(0).with_cancel_button().begin().await);
        Self { shown, percentage: 0 }
    }

    async fn report(&mut self, done: usize, all: usize) {
        let percentage = u32::try_from(done * 100 / all.max(1)).unwrap_or(100);
        if let Some(shown) = self.shown.as_ref().filter(|_| percentage > self.percentage) {
            shown.report_with_message(format!("{done} of {all} files"), percentage, None).await;
            self.percentage = percentage;
        }
    }

    async fn end(self, state: &State, is_cancelled: bool) {
        let Some(shown) = self.shown else { return };
        state.has_ended(shown.token());
        shown.finish_with_message(if is_cancelled { "cancelled" } else { "done" }).await;
    }
}
