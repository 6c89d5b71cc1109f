//! What the CEL expressions of Talos may name.

use crate::tsv;
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn names(path: &Path) -> String {
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
