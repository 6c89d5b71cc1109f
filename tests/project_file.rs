//! The project file beside its JSON schema and its documentation.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};
use snapbox::cmd::{Command, cargo_bin};
use std::path::{Path, PathBuf};
use talint_analyzer::project::{Key, PROJECT, Shape};
use talint_analyzer::{Options, analyze};

fn schema() -> Value {
    let output = Command::new(cargo_bin!("talint")).arg("schema").output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The schema, compiled: that holds it to the schema of draft 2020-12 itself.
fn compiled(schemas: &mut Schemas) -> SchemaIndex {
    let mut compiler = Compiler::new();
    compiler.add_resource("talint.json", schema()).unwrap();
    compiler.compile("talint.json", schemas).unwrap_or_else(|error| panic!("{error:#}"))
}

/// A text as an editor reads it.
fn value(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The rules about project files that speak of a text.
fn found(text: &str) -> Vec<String> {
    let analysis = analyze("talint.yaml", text.as_bytes(), &Options::default());
    analysis.findings.into_iter().map(|finding| finding.rule.into_owned()).collect()
}

fn files(name: &str) -> Vec<PathBuf> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/rules/project");
    let folders = std::fs::read_dir(rules).unwrap().map(|entry| entry.unwrap().path().join(name));
    let mut files: Vec<PathBuf> = folders.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// The project files in the documentation: what is indented by four spaces and has one of its keys at the beginning.
fn documented() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/project-file.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut blocks = vec![String::new()];
    for line in text.lines() {
        match line.strip_prefix("    ") {
            Some(code) => blocks.last_mut().unwrap().extend([code, "\n"]),
            None if blocks.last().is_some_and(|block| !block.is_empty()) => blocks.push(String::new()),
            None => {}
        }
    }
    blocks.retain(|block| PROJECT.iter().any(|key| block.starts_with(&format!("{}:", key.name))));
    blocks
}

#[test]
fn the_schema_takes_what_the_program_takes() {
    let mut schemas = Schemas::new();
    let schema = compiled(&mut schemas);
    let mut texts: Vec<String> =
        files("silent.talint.yaml").iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    assert!(texts.len() >= 4);
    texts.extend(documented());
    for text in texts {
        assert_eq!(found(&text), [""; 0], "{text}");
        schemas.validate(&value(&text), schema).unwrap_or_else(|error| panic!("{error:#}\n{text}"));
    }
}

#[test]
fn the_schema_refuses_what_the_program_refuses() {
    let mut schemas = Schemas::new();
    let schema = compiled(&mut schemas);
    let refused = [
        "profil: hardened",
        "profile: hard",
        "talos-version: \"1.8\"",
        "talos-version: [1.12]",
        "rules: {kernel/: warn}",
        "rules: {kernel: error}",
        "rules: [kernel/]",
        "ignores: {rules: kernel/, reason: a lab}",
        "ignores: [{rules: kernel/}]",
        "exclude: {a: b}",
        "machines: [{role: worker}]",
        "machines: [{name: a, role: master}]",
        "machines: [{name: [a, {}], role: worker}]",
        "controls: [{rule: pids, severity: error, summary: a, why: b, checks: []}]",
        "controls: [{rule: a/b, severity: error, summary: a, why: b, checks: [{setting: none, weak: written, problem: a, expected: b}]}]",
        "controls: [{rule: a/b, severity: error, summary: a, why: b, checks: [{setting: kubelet.podPidsLimit, weak: at-most, problem: a, expected: b}]}]",
        "controls: [{rule: a/b, severity: error, summary: a, why: b, checks: [{setting: kubelet.podPidsLimit, weak: {at-most: 1, at-least: 5}, problem: a, expected: b}]}]",
        "controls: [{rule: a/b, severity: error, summary: a, why: b, checks: [{setting: kubelet.podPidsLimit, weak: {between: [1]}, problem: a, expected: b}]}]",
    ];
    for text in refused {
        assert_ne!(found(text), [""; 0], "{text}");
        assert!(schemas.validate(&value(text), schema).is_err(), "{text}");
    }
}

#[test]
fn a_schema_that_takes_anything_would_be_seen() {
    let mut schemas = Schemas::new();
    let schema = compiled(&mut schemas);
    assert!(schemas.validate(&json!({ "talos-version": 1.12 }), schema).is_ok());
    assert!(schemas.validate(&json!([]), schema).is_err());
}

#[test]
fn every_key_is_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/project-file.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut missing = Vec::new();
    names(PROJECT, &mut |key| {
        if !text.contains(&format!("`{key}`")) {
            missing.push(key);
        }
    });
    assert_eq!(missing, [""; 0]);
    assert!(documented().len() >= 4);
}

fn names(keys: &[Key], told: &mut impl FnMut(&'static str)) {
    for key in keys {
        told(key.name);
        match &key.shape {
            Shape::Keys(inner) | Shape::List(Shape::Keys(inner)) => names(inner, told),
            _ => {}
        }
    }
}
