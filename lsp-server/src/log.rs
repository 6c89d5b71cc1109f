//! What the server tells of its own work: `window/logMessage`, and `$/logTrace` where the client asks for it. No text of a
//! document is among it.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_lsp::Client;
use tower_lsp::ls_types::notification::LogTrace;
use tower_lsp::ls_types::{LogTraceParams, MessageType, TraceValue};

/// Takes what is to be told, from any thread, without waiting for the client.
#[derive(Debug)]
pub(crate) struct Log {
    sender: UnboundedSender<Line>,
    /// Handed over once, to whoever tells the client.
    receiver: Mutex<Option<UnboundedReceiver<Line>>>,
    trace: AtomicU8,
}

#[derive(Debug)]
enum Line {
    Message(MessageType, String),
    Trace(LogTraceParams),
}

impl Default for Log {
    fn default() -> Self {
        let (sender, receiver) = unbounded_channel();
        Self { sender, receiver: Mutex::new(Some(receiver)), trace: AtomicU8::new(OFF) }
    }
}

const OFF: u8 = 0;
const MESSAGES: u8 = 1;
const VERBOSE: u8 = 2;

impl Log {
    pub(crate) fn tell(&self, kind: MessageType, text: String) {
        // After the end there is nobody to tell.
        let _ = self.sender.send(Line::Message(kind, text));
    }

    /// How much of its work the client wants to follow.
    pub(crate) fn set_trace(&self, value: TraceValue) {
        let level = match value {
            TraceValue::Off => OFF,
            TraceValue::Messages => MESSAGES,
            TraceValue::Verbose => VERBOSE,
        };
        self.trace.store(level, Ordering::Relaxed);
    }

    /// Whether messages are followed.
    pub(crate) fn is_traced(&self) -> bool {
        self.trace.load(Ordering::Relaxed) != OFF
    }

    /// Tells how long a message took, to a client that follows them.
    pub(crate) fn trace(&self, method: &str, took: Duration, about: Option<&str>) {
        let is_verbose = self.trace.load(Ordering::Relaxed) == VERBOSE;
        let message = format!("{method} took {:.1} ms", took.as_secs_f64() * 1000.0);
        let verbose = about.filter(|_| is_verbose).map(str::to_owned);
        let _ = self.sender.send(Line::Trace(LogTraceParams { message, verbose }));
    }

    /// Tells the client, for as long as the server lives.
    pub(crate) async fn run(self: Arc<Self>, client: Client) {
        let receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut receiver) = receiver else { return };
        while let Some(line) = receiver.recv().await {
            match line {
                Line::Message(kind, text) => client.log_message(kind, text).await,
                Line::Trace(params) => client.send_notification::<LogTrace>(params).await,
            }
        }
    }
}
