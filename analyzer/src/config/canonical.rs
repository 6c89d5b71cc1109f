//! One text for all ways to write the same data: what two configurations are compared by.

use super::layer::Document;
use super::merge::is_yes;
use super::url;
use super::value::{Content, Scalar, Value};
use crate::syntax::Resolved;
use crate::tables::{Format, Merge, Shape, Type, merge_of_field, unset_without, word_of_number, zero_word};
use crate::version::TalosVersion;
use std::fmt::Write as _;

/// Documents as data: what decodes to the same is the same text. Fields are sorted; what is not set is left out.
#[must_use]
pub fn canonical(documents: &[Document], version: TalosVersion) -> String {
    let mut out = String::new();
    for document in documents {
        out.push_str(&structure(&document.root, document.kind.root, version));
        out.push('\n');
    }
    out
}

fn structure(value: &Value, structure: &'static Type, version: TalosVersion) -> String {
    let is_set = |name: &&str| {
        let variant = structure.field(name).and_then(|field| field.variant(version));
        let field = value.get(name).zip(variant).and_then(|(value, variant)| field(value, &variant.shape, version));
        field.is_some()
    };
    if unset_without(structure, version).is_some_and(|fields| !fields.iter().any(is_set)) {
        return "{}".to_owned();
    }
    let mut fields: Vec<(&str, String)> = Vec::new();
    for entry in value.entries() {
        let variant = structure.field(&entry.key.text).and_then(|field| field.variant(version));
        let is_trimmed =
            || merge_of_field(structure, &entry.key.text, version).is_some_and(|rule| rule.how == Merge::Trimmed);
        let text = match variant {
            Some(variant) if matches!(variant.shape, Shape::String) && is_trimmed() => {
                let text = entry.value.text().trim_start_matches(['\t', '\n', '\u{b}', '\u{c}', '\r']);
                Some(text).filter(|text| !text.is_empty()).map(|text| format!("{text:?}"))
            }
            Some(variant) => field(&entry.value, &variant.shape, version),
            None => Some(anything(&entry.value, version)),
        };
        fields.extend(text.map(|text| (entry.key.text.as_str(), text)));
    }
    object(fields)
}

fn object(mut fields: Vec<(&str, String)>) -> String {
    fields.sort();
    let fields: Vec<String> = fields.into_iter().map(|(key, value)| format!("{key:?}:{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

/// A field; `None` when it is not set.
pub(super) fn field(field: &Value, shape: &'static Shape, version: TalosVersion) -> Option<String> {
    if field.is_null() {
        return None;
    }
    let text = value(field, shape, version);
    if matches!(shape, Shape::Pointer(_)) {
        return Some(text);
    }
    let is_zero = match shape {
        Shape::Enum(enumeration) => zero_word(enumeration, field.text(), version),
        _ => matches!(text.as_str(), "" | "0" | "false" | "\"\"" | "[]" | "{}"),
    };
    if is_zero { None } else { Some(text) }
}

fn value(value: &Value, shape: &'static Shape, version: TalosVersion) -> String {
    match (shape.value(), &value.content) {
        (Shape::Struct(inner), Content::Map(_)) => structure(value, inner, version),
        (Shape::Struct(_), _) if value.is_null() => "{}".to_owned(),
        (Shape::List(inner), Content::List(items)) => {
            let items: Vec<String> = items.iter().map(|item| self::value(item, inner, version)).collect();
            format!("[{}]", items.join(","))
        }
        (Shape::Map(inner), Content::Map(entries)) => object(
            entries.iter().map(|entry| (entry.key.text.as_str(), self::value(&entry.value, inner, version))).collect(),
        ),
        (shape, Content::Scalar(scalar)) => scalar_text(scalar, shape, version),
        _ => anything(value, version),
    }
}

fn scalar_text(scalar: &Scalar, shape: &Shape, version: TalosVersion) -> String {
    let text = if scalar.is_null() { "" } else { scalar.text.as_str() };
    let resolved = scalar.resolve(version);
    match shape {
        Shape::Any => any_scalar(&resolved),
        Shape::Bool => (resolved == Resolved::Bool(true) || is_yes(text)).to_string(),
        Shape::Int { .. } | Shape::Float | Shape::Format(Format::FileMode) => number(&resolved),
        Shape::Enum(enumeration) => format!("{:?}", word_of_number(enumeration, text, version).to_ascii_lowercase()),
        Shape::Format(Format::DiskSize) => bytes(text).map_or_else(|| format!("{text:?}"), |bytes| bytes.to_string()),
        Shape::Format(Format::Duration) => duration(text).map_or_else(|| "0".to_owned(), |time| time.to_string()),
        Shape::Format(Format::Url) => format!("{:?}", url::normal(text)),
        Shape::Format(Format::Base64 | Format::Base64Key) => format!("{:?}", text.replace(['\n', '\r'], "")),
        Shape::Format(Format::HardwareAddr) => format!("{:?}", text.replace(':', "").to_ascii_lowercase()),
        Shape::Format(Format::PortRange) => match text.split_once('-') {
            Some((first, last)) if first == last => format!("{first:?}"),
            _ => format!("{text:?}"),
        },
        _ => format!("{text:?}"),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the decoder cuts so")]
fn number(resolved: &Resolved<'_>) -> String {
    match resolved {
        Resolved::Int(number) => number.to_string(),
        Resolved::Float(number) => (*number as i128).to_string(),
        _ => "0".to_owned(),
    }
}

fn anything(value: &Value, version: TalosVersion) -> String {
    match &value.content {
        Content::Scalar(scalar) => any_scalar(&scalar.resolve(version)),
        Content::List(items) => {
            let items: Vec<String> = items.iter().map(|item| anything(item, version)).collect();
            format!("[{}]", items.join(","))
        }
        Content::Map(entries) => {
            object(entries.iter().map(|entry| (entry.key.text.as_str(), anything(&entry.value, version))).collect())
        }
    }
}

fn any_scalar(resolved: &Resolved<'_>) -> String {
    let mut out = String::new();
    let _ = match resolved {
        Resolved::Null => write!(out, "null"),
        Resolved::Bool(value) => write!(out, "{value}"),
        Resolved::Int(number) => write!(out, "{number}"),
        Resolved::Float(number) => write!(out, "{number:e}"),
        Resolved::Str(text) => write!(out, "{text:?}"),
        Resolved::Timestamp => write!(out, "date"),
        Resolved::Merge => write!(out, "\"<<\""),
        Resolved::Invalid => write!(out, "invalid"),
    };
    out
}

/// A Go duration in nanoseconds; `None` when it is none.
pub(super) fn duration(text: &str) -> Option<i128> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let unit_length = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_length);
        let scale: i128 = match unit {
            "ns" => 1,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        total += if whole.is_empty() { 0 } else { whole.parse::<i128>().ok()?.checked_mul(scale)? };
        let mut part = scale;
        for digit in fraction.bytes() {
            part /= 10;
            total += i128::from(digit.saturating_sub(b'0')) * part;
        }
        rest = after;
    }
    Some(sign * total)
}

/// A size in bytes as go-humanize reads it.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.replace(',', "").parse().ok()?;
    let unit = unit.trim().to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let (prefix, base) = unit.strip_suffix('i').map_or((unit, 1000_f64), |prefix| (prefix, 1024_f64));
    let power = match prefix {
        "" => 0,
        other => 1 + i32::try_from("kmgtpe".find(other)?).ok()?,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "go-humanize cuts so")]
    Some((number * base.powi(power)) as u64)
}
