//! `talint schema`: the JSON schema of the project file, from its table of keys.

use crate::output;
use serde_json::{Map, Value, json};
use std::process::ExitCode;
use talint_analyzer::project::{Key, PROJECT, Shape};
use talint_analyzer::rules::{self, CONDITIONS, Operands};
use talint_analyzer::settings;
use talint_analyzer::version::TalosVersion;

/// Prints the schema.
pub(crate) fn print() -> ExitCode {
    // Strings and numbers alone always serialise.
    output::print(&(serde_json::to_string_pretty(&schema()).unwrap_or_default() + "\n"))
}

fn schema() -> Value {
    let mut schema = mapping(PROJECT);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("talint.yaml");
    schema["description"] = json!("The project file of talint.");
    schema
}

fn mapping(keys: &[Key]) -> Value {
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut properties = Map::new();
    for key in keys {
        let mut property = shape(&key.shape);
        property["description"] = json!(key.about);
        properties.insert(key.name.to_owned(), property);
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn shape(of: &Shape) -> Value {
    match of {
        Shape::Text | Shape::Path | Shape::Pattern => text(),
        // Editors take a version without quotes for a number.
        Shape::TalosVersion => {
            let minors: Vec<String> = TalosVersion::all().map(|version| version.minor().to_string()).collect();
            version(&format!("^v?1\\.({})([.+-].*)?$", minors.join("|")))
        }
        Shape::TalosVersions => version("^1\\.[0-9]+(-1\\.[0-9]+)?(,1\\.[0-9]+(-1\\.[0-9]+)?)*$"),
        Shape::KubernetesVersion => version("^v?1\\.[0-9]+([.+-].*)?$"),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Switch => json!({ "type": "boolean" }),
        Shape::Rules => {
            let mut known: Vec<String> = rules::all().map(|rule| rule.name.to_owned()).collect();
            known.extend(rules::all().map(|rule| format!("{}/", rule.family())));
            known.sort();
            known.dedup();
            // Those of talint, which editors offer, and those that the file brings itself.
            json!({ "type": "string", "anyOf": [{ "enum": known }, { "pattern": "^[a-z0-9-]+/([a-z0-9-]*|\\*)$" }] })
        }
        Shape::OwnRule => json!({ "type": "string", "pattern": "^[a-z0-9-]+/[a-z0-9-]+$" }),
        Shape::Setting => {
            json!({ "enum": settings::settings().iter().map(|setting| setting.id).collect::<Vec<_>>() })
        }
        Shape::Condition => condition(),
        Shape::OneOrMore(item) => json!({ "anyOf": [shape(item), { "type": "array", "items": shape(item) }] }),
        Shape::List(item) => json!({ "type": "array", "items": shape(item) }),
        Shape::Map { key, value } => {
            json!({ "type": "object", "propertyNames": shape(key), "additionalProperties": shape(value) })
        }
        Shape::Keys(keys) => mapping(keys),
    }
}

/// Any scalar: text fields take what else it looks like as it is written.
fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"], "minLength": 1 })
}

fn version(pattern: &str) -> Value {
    json!({ "type": ["string", "number"], "pattern": pattern })
}

fn condition() -> Value {
    let words: Vec<&str> =
        CONDITIONS.iter().filter(|(_, operands)| *operands == Operands::None).map(|(name, _)| *name).collect();
    let mut properties = Map::new();
    for (name, operands) in CONDITIONS {
        let operand = match operands {
            Operands::None => continue,
            Operands::Number => json!({ "type": "integer" }),
            Operands::Range => json!({ "type": "array", "items": { "type": "integer" }, "minItems": 2, "maxItems": 2 }),
            Operands::Words => json!({ "anyOf": [text(), { "type": "array", "items": text(), "minItems": 1 }] }),
        };
        properties.insert(name.to_owned(), operand);
    }
    let one = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    });
    json!({ "anyOf": [{ "enum": words }, { "type": "boolean" }, one] })
}
