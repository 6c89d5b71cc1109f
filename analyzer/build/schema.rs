//! Documents, types, fields and enumerations as Rust statics.

use crate::descriptions::Descriptions;
use crate::tsv::{Row, read};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// What a schematic of the Image Factory holds.
const SCHEMATIC: &str = "schematic.Schematic";

/// The source text of the tables.
pub(crate) fn tables(folder: &Path) -> String {
    let folders = [folder.to_path_buf(), folder.with_file_name("schematic"), folder.with_file_name("kubernetes")];
    let all = |name: &str| -> Vec<Row> { folders.iter().flat_map(|folder| read(&folder.join(name))).collect() };
    let fields = all("fields.tsv");
    let enumerations = all("enums.tsv");
    let embedded = read(&folder.with_file_name("kubernetes").join("places.tsv"));
    let documents = read(&folder.join("documents.tsv"));
    let mut descriptions = Descriptions::read(&folder.with_file_name("descriptions"));
    let mut roots: BTreeSet<&str> = documents.iter().map(|row| row.get("type")).collect();
    roots.insert(SCHEMATIC);
    let merge = crate::merge::of_fields(folder);

    let mut types: BTreeMap<&str, BTreeMap<&str, Vec<&Row>>> = BTreeMap::new();
    for row in &fields {
        types.entry(row.get("type")).or_default().entry(row.get("field")).or_default().push(row);
    }
    // A structure without fields is known only by those who refer to it.
    for row in &fields {
        if let Some(name) = referred_type(row.get("value")) {
            types.entry(name).or_default();
        }
    }
    let mut enums: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &enumerations {
        enums.entry(row.get("enum")).or_default().push(row);
    }
    let names = Names { types: types.keys().copied().collect(), enums: enums.keys().copied().collect() };

    let mut out = String::new();
    out.push_str("use crate::version::VersionSet;\n");
    for (name, variants) in &enums {
        let _ = writeln!(
            out,
            "static {}: Enumeration = Enumeration {{ name: {name:?}, variants: &[",
            names.enumeration(name)
        );
        for row in variants {
            let values: Vec<&str> = row.get("values").split('|').collect();
            let exact = match row.get("case") {
                "exact" => true,
                "insensitive" => false,
                _ => row.fail("case is `exact` or `insensitive`"),
            };
            let bits = row.versions();
            let _ = writeln!(
                out,
                "  EnumVariant {{ versions: VersionSet::from_bits({bits}), exact_case: {exact}, values: &{values:?} }},"
            );
        }
        out.push_str("] };\n");
    }
    for (name, fields) in &types {
        let is_document = roots.contains(name);
        let text = if is_document { descriptions.of_document(name) } else { String::new() };
        let _ = writeln!(
            out,
            "static {}: Type = Type {{ name: {name:?}, description: {text:?}, fields: &[",
            names.structure(name)
        );
        for (field, rows) in fields {
            // What Kubernetes reads is described by Kubernetes.
            let is_talos = !name.starts_with("kubernetes.");
            let text = if is_talos { descriptions.of_field(rows[0], is_document) } else { String::new() };
            let _ = writeln!(out, "  Field {{ name: {field:?}, description: {text:?}, variants: &[");
            for row in rows {
                out.push_str(&variant(row, &names));
            }
            let merge = merge.get(&format!("{name}.{field}")).map_or("", String::as_str);
            let _ = writeln!(out, "  ], merge: &[{merge}] }},");
        }
        out.push_str("] };\n");
    }
    descriptions.finish();
    let all: Vec<String> = types.keys().map(|name| format!("&{}", names.structure(name))).collect();
    let _ = writeln!(out, "pub(super) static TYPES: &[&Type] = &[{}];", all.join(", "));
    let _ = writeln!(out, "pub(super) static SCHEMATIC: &Type = &{};", names.structure(SCHEMATIC));
    out.push_str("pub(super) static EMBEDDED: &[Embedded] = &[\n");
    for row in &embedded {
        let path: Vec<&str> = row.get("path").split('.').collect();
        let beside = match row.get("beside").split_once('=') {
            Some((key, value)) => format!("Some(({key:?}, {value:?}))"),
            None => "None".to_owned(),
        };
        let _ = writeln!(
            out,
            "  Embedded {{ document: {:?}, path: &{path:?}, beside: {beside}, root: &{} }},",
            row.get("document"),
            names.structure(row.get("type"))
        );
    }
    out.push_str("];\n");
    out.push_str("pub(super) static NAMES: &[Name] = &[\n");
    for row in &read(&folder.join("names.tsv")) {
        let path: Vec<&str> = row.get("path").split('.').collect();
        let defines = match row.get("defines") {
            "yes" => true,
            "no" => false,
            _ => row.fail("defines is `yes` or `no`"),
        };
        let (document, space) = (row.get("document"), row.get("space"));
        if !kinds_of(&documents).contains(&document) {
            row.fail("there is no such kind of document");
        }
        let _ = writeln!(
            out,
            "  Name {{ document: {document:?}, path: &{path:?}, space: {space:?}, defines: {defines} }},"
        );
    }
    out.push_str("];\n");
    out.push_str("pub(super) static DOCUMENTS: &[DocumentType] = &[\n");
    let mut kinds: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &documents {
        kinds.entry(row.get("kind")).or_default().push(row);
    }
    for (kind, rows) in &kinds {
        out.push_str(&document(kind, rows, &names));
    }
    out.push_str("];\n");
    out
}

/// The rows of `extensions.tsv`.
pub(crate) fn extensions(folder: &Path) -> String {
    let mut out = String::from("pub(super) static EXTENSIONS: &[Extension] = &[\n");
    for row in read(&folder.join("extensions.tsv")) {
        let (name, versions) = (row.get("extension"), row.versions());
        let _ = writeln!(out, "  Extension {{ name: {name:?}, versions: VersionSet::from_bits({versions}) }},");
    }
    out + "];\n"
}

fn kinds_of(documents: &[Row]) -> Vec<&str> {
    documents.iter().map(|row| row.get("kind")).collect()
}

struct Names<'a> {
    types: Vec<&'a str>,
    enums: Vec<&'a str>,
}

impl Names<'_> {
    fn structure(&self, name: &str) -> String {
        let index = self.types.binary_search(&name).unwrap_or_else(|_| panic!("no fields of the type `{name}`"));
        format!("TYPE_{index}")
    }

    fn enumeration(&self, name: &str) -> String {
        let index = self.enums.binary_search(&name).unwrap_or_else(|_| panic!("no values of the enumeration `{name}`"));
        format!("ENUM_{index}")
    }
}

/// The structure at the innermost of a value, if it is one.
fn referred_type(value: &str) -> Option<&str> {
    let value = value.trim_start_matches('*');
    for wrapper in ["list<", "map<"] {
        if let Some(inner) = value.strip_prefix(wrapper) {
            return referred_type(inner.strip_suffix('>')?);
        }
    }
    (value.contains('.') && !value.starts_with("enum:")).then_some(value)
}

fn document(kind: &str, rows: &[&Row], names: &Names<'_>) -> String {
    let first = rows[0];
    let name_field = match first.get("name_field") {
        "" => "None".to_owned(),
        name => format!("Some({name:?})"),
    };
    let mut out = format!(
        "  DocumentType {{ kind: {kind:?}, root: &{}, name_field: {name_field}, variants: &[\n",
        names.structure(first.get("type"))
    );
    for row in rows {
        let mut controlplane_only = false;
        let mut conflicts: Vec<&str> = Vec::new();
        let mut links: Vec<&str> = Vec::new();
        for (flag, value) in row.flags() {
            match flag {
                "controlplane_only" => controlplane_only = true,
                "conflicts_with" => conflicts = value.split('|').collect(),
                "claims_link" => links = value.split('|').collect(),
                _ => {}
            }
        }
        let _ = writeln!(
            out,
            "    DocumentVariant {{ versions: VersionSet::from_bits({}), controlplane_only: {controlplane_only}, \
             conflicts_with: &{conflicts:?}, claims_link: &{links:?} }},",
            row.versions()
        );
    }
    out + "  ] },\n"
}

fn variant(row: &Row, names: &Names<'_>) -> String {
    let mut deprecated = false;
    let (mut secret, mut required) = (false, false);
    let mut replaced_by: Vec<&str> = Vec::new();
    for (flag, value) in row.flags() {
        match flag {
            "deprecated" => deprecated = true,
            "replaced_by" => replaced_by = value.split('|').collect(),
            "secret" => secret = true,
            "required" => required = true,
            _ => {}
        }
    }
    format!(
        "    FieldVariant {{ versions: VersionSet::from_bits({}), shape: {}, deprecated: {deprecated}, \
         replaced_by: &{replaced_by:?}, secret: {secret}, required: {required} }},\n",
        row.versions(),
        shape(row.get("value"), row, names),
    )
}

/// A value of `fields.tsv` as an expression of type `Shape`.
fn shape(value: &str, row: &Row, names: &Names<'_>) -> String {
    if let Some(inner) = value.strip_prefix('*') {
        return format!("Shape::Pointer(&{})", shape(inner, row, names));
    }
    for (wrapper, variant) in [("list<", "List"), ("map<", "Map")] {
        if let Some(inner) = value.strip_prefix(wrapper) {
            let Some(inner) = inner.strip_suffix('>') else { row.fail("`>` is missing") };
            return format!("Shape::{variant}(&{})", shape(inner, row, names));
        }
    }
    if let Some(name) = value.strip_prefix("enum:") {
        return format!("Shape::Enum(&{})", names.enumeration(name));
    }
    if value.contains('.') {
        return format!("Shape::Struct(&{})", names.structure(value));
    }
    let bits = |text: &str| -> Option<u32> { if text.is_empty() { Some(64) } else { text.parse().ok() } };
    if let Some(bits) = value.strip_prefix("uint").and_then(bits) {
        return format!("Shape::Int {{ min: 0, max: {} }}", (1_i128 << bits) - 1);
    }
    if let Some(bits) = value.strip_prefix("int").and_then(bits) {
        let half = 1_i128 << (bits - 1);
        return format!("Shape::Int {{ min: {}, max: {} }}", -half, half - 1);
    }
    match value {
        "string" => "Shape::String",
        "bool" => "Shape::Bool",
        "float32" | "float64" => "Shape::Float",
        "any" => "Shape::Any",
        "unstructured" => "Shape::Map(&Shape::Any)",
        "duration" => "Shape::Format(Format::Duration)",
        "url" => "Shape::Format(Format::Url)",
        "ip" => "Shape::Format(Format::Ip)",
        "prefix" => "Shape::Format(Format::Prefix)",
        "ip-port" => "Shape::Format(Format::IpPort)",
        "bytesize" => "Shape::Format(Format::ByteSize)",
        "bytesize-or-percent" => "Shape::Format(Format::ByteSizeOrPercent)",
        "disk-size" => "Shape::Format(Format::DiskSize)",
        "disk-size-match" => "Shape::Format(Format::DiskSizeMatch)",
        "hwaddr" => "Shape::Format(Format::HardwareAddr)",
        "base64" => "Shape::Format(Format::Base64)",
        "base64-key" => "Shape::Format(Format::Base64Key)",
        "cel" => "Shape::Format(Format::Cel)",
        "filemode" => "Shape::Format(Format::FileMode)",
        "port-range" => "Shape::Format(Format::PortRange)",
        "arg" => "Shape::Format(Format::Argument)",
        _ => row.fail(&format!("the value `{value}` is not known")),
    }
    .to_owned()
}
