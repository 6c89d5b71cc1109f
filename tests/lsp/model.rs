//! The types of the language server protocol, and whether a message is of them.
//!
//! `model.json` holds the names and types of version 3.17 of the protocol, taken from its published meta model.

use serde_json::Value;
use std::sync::LazyLock;

static MODEL: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("model.json")).unwrap());

/// Fails when the result of a request is not what the protocol says. What the protocol does not have is an extension.
pub(crate) fn hold_result(method: &str, result: &Value) {
    if let Some(request) = MODEL["requests"].get(method) {
        hold(&format!("the answer to {method}"), result, &request["result"]);
    }
}

/// Fails when the parameters of a message of the server are not what the protocol says.
pub(crate) fn hold_params(method: &str, params: &Value) {
    let expected = MODEL["notifications"].get(method).or_else(|| Some(&MODEL["requests"].get(method)?["params"]));
    let expected = expected.unwrap_or_else(|| panic!("the protocol has no {method}"));
    hold(method, params, expected);
}

/// Fails when what is told while a request is worked on is neither progress nor a part of the answer.
pub(crate) fn hold_progress(value: &Value) {
    let kinds = ["WorkDoneProgressBegin", "WorkDoneProgressReport", "WorkDoneProgressEnd"];
    let expected = [&["or"], &kinds[..], &["WorkspaceDiagnosticReportPartialResult"]].concat();
    hold("$/progress", value, &Value::from(expected));
}

fn hold(what: &str, value: &Value, expected: &Value) {
    if let Err(error) = check(value, expected) {
        panic!("{what}: {error}\n{value:#}");
    }
}

fn check(value: &Value, expected: &Value) -> Result<(), String> {
    match expected {
        Value::String(name) => named(value, name),
        Value::Array(parts) => combined(value, parts),
        _ => Err(format!("the model has {expected}")),
    }
}

fn combined(value: &Value, parts: &[Value]) -> Result<(), String> {
    let wrong = || Err(format!("{value} is not {parts:?}"));
    match (parts[0].as_str().unwrap(), value) {
        ("or", _) => {
            let errors: Vec<String> = parts[1..].iter().filter_map(|part| check(value, part).err()).collect();
            if errors.len() < parts.len() - 1 { Ok(()) } else { Err(errors.join("; ")) }
        }
        ("and", _) => parts[1..].iter().try_for_each(|part| check(value, part)),
        ("array", Value::Array(items)) => items.iter().try_for_each(|item| check(item, &parts[1])),
        ("map", Value::Object(entries)) => entries.values().try_for_each(|inner| check(inner, &parts[1])),
        ("tuple", Value::Array(items)) if items.len() == parts.len() - 1 => {
            items.iter().zip(&parts[1..]).try_for_each(|(item, part)| check(item, part))
        }
        ("is", _) if *value == parts[1] => Ok(()),
        ("literal", Value::Object(_)) => structure(value, &parts[1], "a literal"),
        _ => wrong(),
    }
}

fn named(value: &Value, name: &str) -> Result<(), String> {
    let is_it = match name {
        "LSPAny" | "LSPObject" | "LSPArray" => true,
        "string" | "DocumentUri" | "URI" | "RegExp" => value.is_string(),
        "integer" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "uinteger" => value.as_u64().is_some_and(|number| number < 1 << 31),
        "decimal" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => {
            if let Some(fields) = MODEL["structures"].get(name) {
                return structure(value, fields, name);
            }
            if let Some(alias) = MODEL["aliases"].get(name) {
                return check(value, alias);
            }
            let words = MODEL["enumerations"].get(name).ok_or_else(|| format!("the protocol has no {name}"))?;
            words["open"] == true || words["values"].as_array().unwrap().contains(value)
        }
    };
    if is_it { Ok(()) } else { Err(format!("{value} is no {name}")) }
}

fn structure(value: &Value, fields: &Value, name: &str) -> Result<(), String> {
    let Value::Object(entries) = value else { return Err(format!("{value} is no {name}")) };
    let fields = fields.as_object().unwrap();
    for (field, expected) in fields {
        match (field.strip_suffix('?'), entries.get(field.trim_end_matches('?'))) {
            (_, Some(inner)) => check(inner, expected).map_err(|error| format!("{name}.{field}: {error}"))?,
            (None, None) => return Err(format!("{name} without {field}")),
            (Some(_), None) => {}
        }
    }
    let is_known = |key: &&String| fields.contains_key(*key) || fields.contains_key(&format!("{key}?"));
    match entries.keys().find(|key| !is_known(key)) {
        Some(key) => Err(format!("{name} has no {key}")),
        None => Ok(()),
    }
}

#[test]
fn the_model_tells_right_from_wrong() {
    use serde_json::json;
    let place = json!({ "line": 0, "character": 1 });
    let range = json!({ "start": place, "end": place });
    let told = |diagnostic: Value| {
        let params = json!({ "uri": "file:///a", "diagnostics": [diagnostic] });
        check(&params, &MODEL["notifications"]["textDocument/publishDiagnostics"])
    };
    assert_eq!(told(json!({ "range": range, "message": "a", "severity": 1, "code": "a", "tags": [1] })), Ok(()));
    for wrong in [
        json!({ "range": range }),
        json!({ "range": range, "message": "a", "severity": 5 }),
        json!({ "range": range, "message": "a", "sevrity": 1 }),
        json!({ "range": range, "message": "a", "code": [] }),
        json!({ "range": place, "message": "a" }),
        json!({ "range": { "start": { "line": -1, "character": 0 }, "end": place }, "message": "a" }),
    ] {
        assert!(told(wrong.clone()).is_err(), "{wrong}");
    }
}
