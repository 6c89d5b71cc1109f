//! No secret appears in any output, whatever is wrong with it.
//!
//! Each secret field of each version gets a value that is found nowhere else, and the output is searched for it.

use crate::place::Place;
use std::fmt::Write as _;
use talint_analyzer::tables::{self, DocumentType, Shape, Type};
use talint_analyzer::version::TalosVersion;

/// The value that may not be seen: what a key or a token might look like.
const CANARY: &str = "c4n4ryQkVHSU4gUFJJVkFURSBLRVktLS0tLQ";

/// A step on the way to a field: a key of a structure, a key of the user's own, or an item of a list.
#[derive(Clone, Copy)]
enum Step {
    Key(&'static str),
    Item,
}

/// The ways from the root of a structure to every field that is secret in `version`.
fn secret_fields(root: &'static Type, version: TalosVersion) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    search(root, version, &mut Vec::new(), &mut Vec::new(), &mut found);
    found
}

fn search(
    at: &'static Type,
    version: TalosVersion,
    way: &mut Vec<Step>,
    open: &mut Vec<&'static str>,
    found: &mut Vec<Vec<Step>>,
) {
    if open.contains(&at.name) {
        return;
    }
    open.push(at.name);
    for field in at.fields {
        let Some(variant) = field.variant(version) else { continue };
        way.push(Step::Key(field.name));
        if variant.secret {
            found.push(way.clone());
        }
        inside(&variant.shape, version, way, open, found);
        way.pop();
    }
    open.pop();
}

fn inside(
    shape: &'static Shape,
    version: TalosVersion,
    way: &mut Vec<Step>,
    open: &mut Vec<&'static str>,
    found: &mut Vec<Vec<Step>>,
) {
    let step = match shape.value() {
        Shape::Struct(inner) => return search(inner, version, way, open, found),
        Shape::List(_) => Step::Item,
        Shape::Map(_) => Step::Key("example.org"),
        _ => return,
    };
    let (Shape::List(inner) | Shape::Map(inner)) = shape.value() else { return };
    way.push(step);
    inside(inner, version, way, open, found);
    way.pop();
}

/// A document with `value` at the end of the way, each step on a line of its own.
fn document(document: &DocumentType, way: &[Step], value: &str) -> String {
    let mut text = if document.kind == tables::V1ALPHA1 {
        "version: v1alpha1\n".to_owned()
    } else {
        format!("apiVersion: v1alpha1\nkind: {}\n", document.kind)
    };
    let mut indent = 0;
    let mut after_item = false;
    for step in way {
        let margin = if after_item { String::new() } else { " ".repeat(indent) };
        match step {
            Step::Key(key) => {
                let _ = write!(text, "{margin}{key}:");
                after_item = false;
            }
            Step::Item => {
                let _ = write!(text, "{margin}- ");
                after_item = true;
            }
        }
        if !after_item {
            text.push('\n');
        }
        indent += 2;
    }
    text.truncate(text.trim_end().len());
    let margin = format!("\n{}", " ".repeat(indent));
    let value = if value.starts_with(['\n', '|']) { value.replace('\n', &margin) } else { value.to_owned() };
    let space = if value.starts_with('\n') { "" } else { " " };
    format!("{text}{space}{value}\n")
}

/// Values for a secret: one that is right, and ones that are wrong in each way that is told of YAML that can be read.
fn readable_values() -> Vec<(&'static str, String)> {
    vec![
        ("right", CANARY.to_owned()),
        ("quoted", format!("\"{CANARY}\"")),
        ("block", format!("|\n{CANARY}\n!{CANARY}")),
        ("not-base64", format!("\"{CANARY}!!\"")),
        ("control-characters", format!("\"\\u0007{CANARY}\\n{CANARY}\"")),
        ("address", format!("https://192.0.2.1:port/?jointoken={CANARY}")),
        ("list", format!("[{CANARY}, {{a: {CANARY}}}]")),
        ("mapping", format!("{{secret: {CANARY}, list: [{CANARY}]}}")),
        ("tag", format!("!!int {CANARY}")),
        ("anchor", format!("&secret {CANARY}")),
    ]
}

/// Values for a secret on a line that is not YAML.
fn broken_values() -> Vec<(&'static str, String)> {
    vec![
        ("before-an-error", format!("{CANARY}\n]")),
        ("broken-quote", format!("\"{CANARY}")),
        ("text-after-quote", format!("\"a\" {CANARY}")),
        ("colon", format!("{CANARY}: {CANARY}: {CANARY}")),
        ("unclosed", format!("[{CANARY}")),
        ("tab", format!("\n\t{CANARY}")),
    ]
}

/// Runs the program over files, and names the findings of the report that hold the secret.
fn leaks_of_report(version: &str, files: &[(String, String)]) -> Vec<String> {
    let report = place_with(files).report(&format!(". --profile strict --talos-version {version}"));
    let findings = report["findings"].as_array().unwrap();
    assert!(!findings.is_empty(), "nothing was found, so nothing was tested");
    let leaks = findings.iter().filter(|finding| finding.to_string().contains(&CANARY[..8]));
    leaks.map(|finding| format!("{} {}: {}", finding["file"], finding["rule"], finding["message"])).collect()
}

/// Runs the program over files, and gives the lines of its text that hold the secret, with the file they are about.
fn leaks_of_text(version: &str, files: &[(String, String)]) -> Vec<String> {
    let place = place_with(files);
    let output = place.check(&format!(". --profile strict --talos-version {version}")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let mut header = "";
    let mut leaks = Vec::new();
    for line in text.lines() {
        header = if line.contains("─[") { line } else { header };
        if line.contains(&CANARY[..8]) {
            leaks.push(format!("{header} {line}"));
        }
    }
    leaks
}

fn place_with(files: &[(String, String)]) -> Place {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Place::with(&files)
}

/// A file for each secret field of a version and each value.
fn files_with_secrets(version: TalosVersion, values: &[(&str, String)]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for kind in tables::documents().iter().filter(|document| document.versions().contains(version)) {
        for (number, way) in secret_fields(kind.root, version).iter().enumerate() {
            for (what, value) in values {
                files.push((format!("{}-{number}-{what}.yaml", kind.kind), document(kind, way, value)));
            }
        }
    }
    let fields = files.len() / values.len();
    assert!(fields >= 20, "Talos {version} has only {fields} secret fields");
    files
}

#[test]
fn no_report_holds_a_secret_field() {
    for version in TalosVersion::all() {
        let values = [readable_values(), broken_values()].concat();
        let leaks = leaks_of_report(&version.to_string(), &files_with_secrets(version, &values));
        assert!(leaks.is_empty(), "Talos {version}: {} leaks\n{}", leaks.len(), leaks.join("\n"));
    }
}

#[test]
fn no_text_shows_a_secret_field() {
    for version in TalosVersion::all() {
        let leaks = leaks_of_text(&version.to_string(), &files_with_secrets(version, &readable_values()));
        assert!(leaks.is_empty(), "Talos {version}: {} leaks\n{}", leaks.len(), leaks.join("\n"));
    }
}

#[test]
fn no_output_holds_a_secret_beside_what_is_found() {
    let text = format!("machine:\n  token: {CANARY}\n  typ: worker\ncluster: {{secret: {CANARY}, clusterNam: a}}\n");
    let files = [("a.yaml".to_owned(), text)];
    assert_eq!(leaks_of_report("1.12", &files), [""; 0]);
    assert_eq!(leaks_of_text("1.12", &files), [""; 0]);
}

#[test]
fn no_output_holds_a_secret_of_a_json_patch() {
    let values = [
        ("/machine/token", r#""CANARY""#),
        ("/machine/token", r#"{"token": "CANARY"}"#),
        ("/machine/ca/key", r#""CANARY""#),
        ("/machine/ca", r#"{"crt": "", "key": "CANARY!"}"#),
        ("/cluster", r#"{"token": ["CANARY"], "secret": "CANARY", "ca": {"key": "CANARY!"}}"#),
        ("/machine/registries/config/example.org/auth/password", r#""CANARY""#),
        ("/machine/registries/config", r#"{"example.org": {"auth": {"password": "CANARY", "auth": "CANARY"}}}"#),
    ];
    let file = |(number, (path, value)): (usize, (&str, &str))| {
        // The second key of the same name is what is found.
        let text = format!("[{{\"op\": \"add\", \"path\": \"{path}\", \"value\": {value}, \"op\": \"add\"}}]\n");
        (format!("{number}.json"), text.replace("CANARY", CANARY))
    };
    let files: Vec<(String, String)> = values.into_iter().enumerate().map(file).collect();
    assert_eq!(leaks_of_report("1.12", &files), [""; 0]);
    assert_eq!(leaks_of_text("1.12", &files), [""; 0]);
}

#[test]
fn no_output_holds_a_secret_of_a_bundle_or_a_client() {
    let bundle = format!(
        "cluster:\n  id: a\n  secret: {CANARY}\nsecrets:\n  bootstraptoken: {CANARY}\n  bootstraptoken: {CANARY}\n\
         trustdinfo:\n  token: {CANARY}\ncerts:\n  os:\n    key: {CANARY}\n    key: {CANARY}\n"
    );
    let client = format!(
        "context: north\ncontexts:\n  north:\n    endpoints: [192.0.2.10]\n    key: {CANARY}\n    key: {CANARY}\n"
    );
    let files = [("secrets.yaml".to_owned(), bundle), ("talosconfig.yaml".to_owned(), client)];
    assert_eq!(leaks_of_report("1.12", &files), [""; 0]);
    assert_eq!(leaks_of_text("1.12", &files), [""; 0]);
}
