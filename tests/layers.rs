//! The stages of the analyzer stand in one direction, and it does no I/O: held here, by reading its source.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};

/// The modules of the analyzer, each knowing only those before it.
const LAYERS: &[&str] = &[
    "text",
    "template",
    "syntax",
    "fragment",
    "edit",
    "version",
    "tables",
    "input",
    "secrets",
    "schema",
    "config",
    "settings",
    "source",
    "fix",
    "finding",
    "directives",
    "context",
    "effective",
    "rule",
    "expressions",
    "validation",
    "rules",
    "expected",
    "project",
    "analysis",
    "layered",
    "machine",
    "tools",
    "workspace",
    "reference",
    "explain",
    "fixes",
    "compliance",
    "migrate",
];

fn analyzer() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("analyzer/src")
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            // Tests at the end of a file may use what they like.
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or("").to_owned();
            found.push((path, code));
        }
    }
    found
}

fn layer_of(path: &Path) -> Option<String> {
    let relative = path.strip_prefix(analyzer()).ok()?;
    let first = relative.components().next()?.as_os_str().to_str()?;
    Some(first.trim_end_matches(".rs").to_owned())
}

#[test]
fn each_stage_knows_only_those_before_it() {
    let rank = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let mut wrong = Vec::new();
    for (path, code) in sources(&analyzer()) {
        let Some(layer) = layer_of(&path).filter(|layer| layer != "lib") else { continue };
        let own =
            rank(&layer).unwrap_or_else(|| panic!("{}: `{layer}` is no layer; add it to the list", path.display()));
        for (number, line) in code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for used in line.split("crate::").skip(1) {
                let end = used.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(used.len());
                let name = &used[..end];
                if name.is_empty() {
                    wrong.push(format!("{}:{}: use each module on a line of its own", path.display(), number + 1));
                } else if rank(name).is_some_and(|used| used > own) {
                    wrong.push(format!("{}:{}: {layer} uses {name}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_analyzer_does_no_input_or_output() {
    let forbidden = [
        "std::fs",
        "std::io",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "std::process",
        "std::env",
        "std::time",
        "std::thread",
        "println!",
        "print!(",
        "dbg!",
        ".unwrap()",
        "todo!",
        "unimplemented!",
        "panic!(",
    ];
    let mut wrong = Vec::new();
    for (path, code) in sources(&analyzer()) {
        for (number, line) in code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            wrong.extend(
                forbidden
                    .iter()
                    .filter(|word| line.contains(**word))
                    .map(|word| format!("{}:{}: {word}", path.display(), number + 1)),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_network_crate_is_in_the_tree() {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    for name in
        ["reqwest", "hyper", "ureq", "curl", "isahc", "rustls", "openssl", "native-tls", "socket2", "quinn", "h2"]
    {
        assert!(!lock.contains(&format!("name = \"{name}\"\n")), "{name} can open a socket");
    }
}
