//! What the CEL expressions of Talos may name.

use crate::tsv;
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn tables(data: &Path) -> String {
    names(&data.join("expressions.tsv")) + &places(&data.join("expression-places.tsv"))
}

fn names(path: &Path) -> String {
    let mut out = String::from("static NAMES: &[Name] = &[\n");
    for row in tsv::read(path) {
        let kind = row.get("type");
        let (is_function, kind) = kind.strip_prefix("function ").map_or((false, kind), |kind| (true, kind));
        let variant = match kind {
            "bool" => "Type::Bool",
            "int" => "Type::Int",
            "uint" => "Type::Uint",
            "double" => "Type::Double",
            "string" => "Type::Text",
            "bytes" => "Type::Bytes",
            "duration" => "Type::Duration",
            "list" => "Type::List",
            "map" => "Type::Map",
            "optional" | "record" => "Type::Any",
            "disk" | "volume" | "link" => &format!("Type::Record({kind:?})"),
            other => row.fail(&format!("`{other}` is not a type")),
        };
        let _ = writeln!(
            out,
            "  Name {{ scope: {:?}, text: {:?}, is_function: {is_function}, kind: {variant}, versions: VersionSet::from_bits({}) }},",
            row.get("scope"),
            row.get("name"),
            row.versions()
        );
    }
    out.push_str("];\n");
    out
}

fn places(path: &Path) -> String {
    let mut out = String::from("static PLACES: &[Place] = &[\n");
    for row in tsv::read(path) {
        let gives = match row.get("gives") {
            "bool" => "Type::Bool",
            "double" => "Type::Double",
            other => row.fail(&format!("no expression gives a `{other}`")),
        };
        let path: Vec<&str> = row.get("path").split('.').collect();
        let _ = writeln!(
            out,
            "  Place {{ document: {:?}, path: &{path:?}, environment: {:?}, gives: {gives} }},",
            row.get("document"),
            row.get("environment")
        );
    }
    out + "];\n"
}
