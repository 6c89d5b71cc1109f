//! A client of the language server: what an editor says, and what it hears.

use crate::model;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long an answer may take before a test fails: far longer than any does.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server, and the editor's end of it.
pub(crate) struct Client {
    server: Child,
    to_server: Option<ChildStdin>,
    from_server: Receiver<Value>,
    /// Notifications that nobody asked for yet.
    waiting: VecDeque<Value>,
    /// Answers that nobody waited for yet.
    answers: HashMap<u64, Value>,
    next_id: u64,
    /// What was asked, for the types of the answers.
    asked: HashMap<u64, String>,
    /// What the client says when it is asked for its configuration.
    pub(crate) configuration: Value,
}

impl Client {
    /// Starts a server and tells it nothing.
    pub(crate) fn start() -> Self {
        Self::of(Command::new(env!("CARGO_BIN_EXE_talint")).arg("lsp"))
    }

    /// Starts a server by another command.
    pub(crate) fn of(command: &mut Command) -> Self {
        let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let to_server = server.stdin.take();
        let output = server.stdout.take().unwrap();
        let (sender, from_server) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let waiting = VecDeque::new();
        let answers = HashMap::new();
        Self {
            server,
            to_server,
            from_server,
            waiting,
            answers,
            next_id: 0,
            asked: HashMap::new(),
            configuration: Value::Null,
        }
    }

    /// Starts a server for a client that can do what `capabilities` say.
    pub(crate) fn with(capabilities: Value) -> Self {
        let mut client = Self::start();
        client.request("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        client.notify("initialized", json!({}));
        client
    }

    /// Starts a server for a client that works in folders.
    pub(crate) fn in_folders(capabilities: Value, folders: &[&Path]) -> Self {
        let mut client = Self::start();
        let folders: Vec<Value> = folders.iter().map(|folder| workspace_folder(folder)).collect();
        let params = json!({ "processId": null, "capabilities": capabilities, "workspaceFolders": folders });
        client.request("initialize", params);
        client.notify("initialized", json!({}));
        client
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks, and waits for the answer: the result, or the error under `error`.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Asks without waiting.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> u64 {
        self.next_id += 1;
        let id = self.next_id;
        self.asked.insert(id, method.to_owned());
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// Waits for the answer to a request.
    pub(crate) fn answer(&mut self, id: u64) -> Value {
        loop {
            if let Some(message) = self.answers.remove(&id) {
                return message.get("result").cloned().unwrap_or_else(|| json!({ "error": message["error"] }));
            }
            let message = self.receive();
            match message["id"].as_u64().filter(|_| message.get("method").is_none()) {
                Some(id) => drop(self.answers.insert(id, message)),
                None => self.waiting.push_back(message),
            }
        }
    }

    /// The next notification of that name.
    pub(crate) fn notification(&mut self, method: &str) -> Value {
        if let Some(at) = self.waiting.iter().position(|message| message["method"] == method) {
            return self.waiting.remove(at).unwrap()["params"].clone();
        }
        loop {
            let message = self.receive();
            if message["method"] == method {
                return message["params"].clone();
            }
            self.waiting.push_back(message);
        }
    }

    /// Whether a message of that name has come that nobody asked for.
    pub(crate) fn has_waiting(&self, method: &str) -> bool {
        self.waiting.iter().any(|message| message["method"] == method)
    }

    /// The most memory that the server ever had, in kB; only Linux tells.
    pub(crate) fn most_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id())).ok()?;
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        most.trim().trim_end_matches(" kB").parse().ok()
    }

    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces the whole text.
    pub(crate) fn change(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "version": version });
        let changes = json!([{ "text": text }]);
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// The diagnostics of a version of a document, as they are published.
    pub(crate) fn published(&mut self, uri: &str, version: i32) -> Vec<Value> {
        loop {
            let params = self.notification("textDocument/publishDiagnostics");
            if params["uri"] == uri && params["version"] == version {
                return params["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    /// The diagnostics of a document, as they are asked for.
    pub(crate) fn pulled(&mut self, uri: &str) -> Vec<Value> {
        let params = json!({ "textDocument": { "uri": uri } });
        self.request("textDocument/diagnostic", params)["items"].as_array().unwrap().clone()
    }

    /// Says goodbye, and gives the exit status.
    pub(crate) fn leave(mut self) -> i32 {
        self.request("shutdown", Value::Null);
        self.exit()
    }

    /// Leaves at once. Standard input stays open, as some editors leave it.
    pub(crate) fn exit(mut self) -> i32 {
        self.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
        self.server.wait().unwrap().code().unwrap()
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let pipe = self.to_server.as_mut().unwrap();
        write!(pipe, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        pipe.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let message = self.from_server.recv_timeout(PATIENCE).unwrap();
        if let Some(method) = message["method"].as_str() {
            model::hold_params(method, &message["params"]);
            if method == "$/progress" {
                model::hold_progress(&message["params"]["value"]);
            }
        } else if let (Some(result), Some(id)) = (message.get("result"), message["id"].as_u64()) {
            model::hold_result(&self.asked[&id], result);
        }
        if message["method"] == "workspace/configuration" {
            // Each server has a section of its own, but the tests have that of one server alone.
            let items = message["params"]["items"].as_array().unwrap().iter();
            let section = |item: &Value| self.configuration.get(item["section"].as_str().unwrap_or_default());
            let result: Vec<&Value> = items.map(|item| section(item).unwrap_or(&self.configuration)).collect();
            let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
            self.send(&answer);
        } else if message.get("id").is_some() && message.get("method").is_some() {
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": null }));
        }
        message
    }
}

/// A folder as the protocol has it.
pub(crate) fn workspace_folder(folder: &Path) -> Value {
    json!({ "uri": format!("file://{}", folder.display()), "name": folder.file_name().unwrap().to_str() })
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn read(output: &mut impl std::io::BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            header => {
                if let Some(number) = header.strip_prefix("Content-Length: ") {
                    length = number.parse().unwrap();
                }
            }
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
