//! Builds and asks the oracles: Talos's own configuration loader, one binary a minor version.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use talint_analyzer::input::Form;
use talint_analyzer::syntax::{self, NodeRef};

/// The Talos minor versions there is an oracle for, oldest first.
pub(crate) const VERSIONS: [&str; 6] = ["1.9", "1.10", "1.11", "1.12", "1.13", "1.14"];

/// The Go module that the oracles are made of.
pub(crate) const MODULE: &str = "github.com/siderolabs/talos/pkg/machinery";

/// `cargo xtask oracle-bin`: builds every oracle to `target/oracle/talos-1.N`.
pub(crate) fn build_all(_arguments: &[String]) -> Result<(), String> {
    for version in VERSIONS {
        println!("{}", build(version)?.display());
    }
    Ok(())
}

/// `cargo xtask generate`: writes the configurations that each version generates to `corpus/generated`, and
/// commented as talosctl writes them to `target/oracle/generated`.
///
/// The comments are Talos's own documentation, so files with them are made where they are needed, not kept.
pub(crate) fn generate(_arguments: &[String]) -> Result<(), String> {
    let secrets = workspace().join("tests/oracle/secrets.yaml");
    for version in VERSIONS {
        let binary = build(version)?;
        for (command, folder) in [("generate-plain", "corpus/generated"), ("generate", "target/oracle/generated")] {
            let folder = workspace().join(folder).join(format!("talos-{version}"));
            run(Command::new(&binary).arg(command).arg(&secrets).arg(folder))?;
        }
        for role in ["controlplane", "worker"] {
            let name = format!("talos-{version}");
            let path = workspace().join("corpus/generated").join(&name).join(format!("{role}.yaml"));
            let text = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let to = workspace().join("analyzer/data/generated").join(format!("{name}-{role}.yaml"));
            fs::write(&to, template(&text)).map_err(|error| format!("{}: {error}", to.display()))?;
        }
    }
    Ok(())
}

/// A generated configuration with placeholders for what differs from cluster to cluster.
fn template(generated: &[u8]) -> String {
    /// Keys, beside those of secrets, whose value is the cluster's own.
    const OF_THE_CLUSTER: [&str; 8] =
        ["crt", "cert", "id", "clusterID", "endpoint", "clusterName", "issuerURL", "certificate"];
    let secrets = talint_analyzer::secrets::find("controlplane.yaml", generated, Form::Detected);
    let text = String::from_utf8_lossy(generated);
    let tree = syntax::parse(&text);
    let is_own = |node: &NodeRef<'_, '_>| {
        let is_secret = secrets.iter().any(|secret| node.span().start <= secret.start && secret.end <= node.span().end);
        let is_named = node.key().is_some_and(|key| OF_THE_CLUSTER.contains(&key.value()));
        let is_public = node.value().contains("discovery.talos.dev");
        !node.value().is_empty() && (is_secret || is_named && !is_public)
    };
    let mut out = String::new();
    let mut at = 0;
    let scalars = tree.roots().flat_map(NodeRef::scalars);
    for node in scalars.filter(is_own) {
        let Some(key) = node.key() else { continue };
        out.push_str(&text[at..key.span().end as usize]);
        out.push_str(": <generated>\n");
        // The bytes of a block scalar may reach into the line behind it.
        let end = text[..node.span().end as usize].trim_end().len();
        at = end + text[end..].find('\n').map_or(0, |line_end| line_end + 1);
    }
    out.push_str(&text[at..]);
    out
}

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// The folder of the Go module of a version's oracle.
fn module(version: &str) -> PathBuf {
    workspace().join("tests/oracle/go").join(format!("talos-{version}"))
}

/// Builds the oracle of a version and gives its path. Go rebuilds only what changed.
pub(crate) fn build(version: &str) -> Result<PathBuf, String> {
    let binary = workspace().join("target/oracle").join(format!("talos-{version}"));
    run(Command::new("go")
        .args(["build", "-trimpath", "-buildvcs=false", "-o"])
        .arg(&binary)
        .arg(".")
        .current_dir(module(version)))?;
    Ok(binary)
}

/// The folder that holds the source of the Talos module that a version's oracle is made of.
pub(crate) fn module_source(version: &str) -> Result<PathBuf, String> {
    let output = run(Command::new("go").args(["list", "-m", "-f", "{{.Dir}}", MODULE]).current_dir(module(version)))?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output).trim()))
}

/// Runs a command to its end and gives its output.
pub(crate) fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end()))
    }
}

/// Why the oracles cannot be asked here: Go is not installed, or a module cannot be had. `None` when they can.
pub(crate) fn unavailable() -> Option<String> {
    if let Err(error) = run(Command::new("go").arg("version")) {
        return Some(error);
    }
    VERSIONS.iter().find_map(|version| {
        let listed = run(Command::new("go").args(["list", "-deps", "-f", "", "."]).current_dir(module(version)));
        listed.err()
    })
}

/// A text to ask an oracle about.
pub(crate) struct Question {
    pub(crate) text: Vec<u8>,
    pub(crate) patch: bool,
}

/// What an oracle says of a text.
#[derive(Deserialize)]
pub(crate) struct Answer {
    pub(crate) ok: bool,
    /// Empty when the text is fine.
    #[serde(default)]
    pub(crate) error: String,
}

/// Asks an oracle whether it loads each text.
pub(crate) fn ask(version: &str, questions: &[Question]) -> Result<Vec<Answer>, String> {
    let lines = questions.iter().map(|question| json!({"bytes": base64(&question.text), "patch": question.patch}));
    answers(version, "load", lines.collect())
}

/// Asks an oracle all questions of a command at once; an answer for each, in their order.
pub(crate) fn answers<Answer: DeserializeOwned>(
    version: &str,
    command: &str,
    questions: Vec<Value>,
) -> Result<Vec<Answer>, String> {
    /// What says which question a line answers.
    #[derive(Deserialize)]
    struct Line<Answer> {
        id: String,
        #[serde(flatten)]
        answer: Answer,
    }

    let binary = build(version)?;
    let mut child = Command::new(&binary)
        .arg(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", binary.display()))?;
    let number = questions.len();
    let mut lines = String::new();
    for (id, mut question) in questions.into_iter().enumerate() {
        question["id"] = id.to_string().into();
        let _ = writeln!(lines, "{question}");
    }
    let mut input = child.stdin.take().ok_or("no standard input")?;
    // The oracle answers while it reads, so writing must not wait for reading.
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    writer.join().map_err(|_| "the writer failed")?.map_err(|error| format!("oracle {version}: {error}"))?;

    let mut answers = BTreeMap::new();
    for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Line<Answer> = serde_json::from_slice(line).map_err(|error| format!("oracle {version}: {error}"))?;
        answers.insert(line.id, line.answer);
    }
    (0..number)
        .map(|id| answers.remove(&id.to_string()).ok_or_else(|| format!("oracle {version}: no answer to {id}")))
        .collect()
}

/// Writes a table of the workspace and says which of its lines are not as they were.
pub(crate) fn write_recorded(name: &str, text: &str) -> Result<(), String> {
    /// More changes than a person reads are only counted.
    const MOST_SHOWN: usize = 40;
    let path = workspace().join(name);
    let before = fs::read_to_string(&path).unwrap_or_default();
    let only = |of: &str, other: &str, sign: char| -> Vec<String> {
        let other: std::collections::BTreeSet<&str> = other.lines().collect();
        of.lines().filter(|line| !other.contains(line)).map(|line| format!("  {sign} {line}")).collect()
    };
    let mut changes = only(&before, text, '-');
    changes.extend(only(text, &before, '+'));
    println!(
        "{name}: {}",
        if changes.is_empty() { "as before".to_owned() } else { format!("{} lines changed", changes.len()) }
    );
    for change in changes.iter().take(MOST_SHOWN) {
        println!("{change}");
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                text.push(char::from(ALPHABET[(word >> (18 - 6 * place) & 63) as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads() {
        for (bytes, text) in [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("abcd", "YWJjZA==")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
