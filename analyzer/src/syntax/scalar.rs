//! Scalars as Talos's decoder reads them.
//!
//! Talos decodes with go-yaml, which keeps parts of YAML 1.1: `014` is twelve, `0b101` five, `1_000` a thousand, a date
//! a timestamp, while `yes` and `on` are strings that only a boolean field takes as booleans. What a scalar is in the
//! end depends on the type of the field; this module says what it is by itself.

use super::tree::{Kind, NodeRef, Style};
use std::borrow::Cow;

/// What a scalar is by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolved<'t> {
    /// Nothing, `~`, `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A number with a fraction or exponent, an infinity or not a number.
    Float(f64),
    /// A date, with or without a time.
    Timestamp,
    /// `<<`.
    Merge,
    /// Text.
    Str(Cow<'t, str>),
    /// The tag and the text contradict each other: `!!int abc`.
    Invalid,
}

/// Resolves a scalar. Collections and aliases resolve to [`Resolved::Invalid`].
#[must_use]
pub fn resolve<'t>(node: NodeRef<'t, '_>) -> Resolved<'t> {
    if node.kind() != Kind::Scalar {
        return Resolved::Invalid;
    }
    resolve_scalar(node.value(), node.node().style, node.node().tag.as_deref())
}

/// What a scalar is that is no node: its text after escapes, how it is written, and its tag.
#[must_use]
pub fn resolve_scalar<'t>(value: &'t str, style: Style, tag: Option<&str>) -> Resolved<'t> {
    let tag = tag.unwrap_or("");
    let is_quoted = style != Style::Plain;
    match tag {
        "!!str" => return Resolved::Str(Cow::Borrowed(value)),
        "" | "!" if is_quoted => return Resolved::Str(Cow::Borrowed(value)),
        "!!binary" => return binary(value),
        _ => {}
    }
    let is_known = matches!(tag, "" | "!" | "!!null" | "!!bool" | "!!int" | "!!float" | "!!timestamp" | "!!merge");
    if !is_known {
        // A tag of the user's own says nothing of the type.
        return Resolved::Str(Cow::Borrowed(value));
    }
    let plain = resolve_plain(value, tag);
    match (tag, &plain) {
        ("" | "!", _)
        | ("!!null", Resolved::Null)
        | ("!!bool", Resolved::Bool(_))
        | ("!!int", Resolved::Int(_))
        | ("!!float", Resolved::Float(_))
        | ("!!timestamp", Resolved::Timestamp)
        | ("!!merge", Resolved::Merge) => plain,
        #[expect(clippy::cast_precision_loss, reason = "the decoder converts with the same loss")]
        ("!!float", Resolved::Int(number)) => Resolved::Float(*number as f64),
        _ => Resolved::Invalid,
    }
}

/// What a text is by itself when it stands as a plain scalar without a tag.
#[must_use]
pub fn resolve_text(text: &str) -> Resolved<'_> {
    resolve_plain(text, "")
}

fn binary(value: &str) -> Resolved<'static> {
    use base64::Engine as _;
    // Line breaks are allowed inside; anything else outside the alphabet is not.
    match base64::engine::general_purpose::STANDARD.decode(&*without_line_breaks(value)) {
        Ok(bytes) => Resolved::Str(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())),
        Err(_) => Resolved::Invalid,
    }
}

/// A text without the ends of its lines. Keys and certificates are long, and most stand on one line.
pub(crate) fn without_line_breaks(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if bytes.contains(&b'\n') || bytes.contains(&b'\r') {
        Cow::Owned(text.split(['\n', '\r']).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn resolve_plain<'t>(value: &'t str, tag: &str) -> Resolved<'t> {
    let text = Resolved::Str(Cow::Borrowed(value));
    match value {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Bool(true),
        "false" | "False" | "FALSE" => return Resolved::Bool(false),
        "<<" => return Resolved::Merge,
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        "-0" | "-0.0" => return Resolved::Float(-0.0),
        _ => {}
    }
    match value.as_bytes()[0] {
        b'.' => parse_float(value).map_or(text, Resolved::Float),
        b'+' | b'-' | b'0'..=b'9' => {
            if matches!(tag, "" | "!" | "!!timestamp") && is_timestamp(value) {
                return Resolved::Timestamp;
            }
            let digits: Cow<'_, str> =
                if value.contains('_') { Cow::Owned(value.replace('_', "")) } else { Cow::Borrowed(value) };
            if let Some(number) = parse_int(&digits) {
                return Resolved::Int(number);
            }
            if is_yaml_float(&digits)
                && let Some(number) = parse_float(&digits)
            {
                return Resolved::Float(number);
            }
            text
        }
        _ => text,
    }
}

/// A whole number as Go writes them: decimal, `0x`, `0o`, `0b`, or octal after a bare `0`, within the range of 64 bits.
fn parse_int(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    // A second sign is not a number, though the standard library would take it.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let number = i128::from_str_radix(digits, radix).ok()?;
    let number = if negative { -number } else { number };
    // A sign is only taken by the signed reading.
    let signed = text.starts_with(['+', '-']);
    let most = if signed { i128::from(i64::MAX) } else { i128::from(u64::MAX) };
    (i128::from(i64::MIN)..=most).contains(&number).then_some(number)
}

/// `[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?`
fn is_yaml_float(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some(("", fraction)) => is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && (fraction.is_empty() || is_digits(fraction)),
        None => is_digits(mantissa),
    };
    mantissa_ok && exponent.is_none_or(|text| is_digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

/// A decimal number with fraction or exponent; `None` when it is out of the range of 64 bits.
#[must_use]
pub fn parse_float(text: &str) -> Option<f64> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    text.parse().ok().filter(|number: &f64| is_decimal && number.is_finite())
}

/// A date as go-yaml knows them: four digits of a year, then month and day, then perhaps a time.
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
        return false;
    }
    let (date, time) = match text.find([' ', 'T', 't']) {
        Some(at) => (&text[..at], Some((bytes[at], &text[at + 1..]))),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let number = |part: Option<&str>, most: u32, digits: usize| {
        part.filter(|part| (1..=digits).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|part| part.parse::<u32>().ok())
            .filter(|number| (1..=most).contains(number))
    };
    let Some(year) = parts.next().and_then(|year| year.parse::<u32>().ok()) else { return false };
    let (Some(month), Some(day)) = (number(parts.next(), 12, 2), number(parts.next(), 31, 2)) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if parts.next().is_some() || day > days {
        return false;
    }
    match time {
        None => true,
        Some((b' ', time)) => is_clock(time, false),
        Some((_, time)) => is_clock(time, true),
    }
}

/// `h:m:s[.fraction]`, with a zone where one is asked for.
fn is_clock(text: &str, with_zone: bool) -> bool {
    let (clock, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let zone_ok = match zone {
        "" => !with_zone,
        "Z" => with_zone,
        zone => {
            with_zone
                && zone[1..].split_once(':').is_some_and(|(hours, minutes)| {
                    let ok = |part: &str, most: u32| part.len() == 2 && part.parse::<u32>().is_ok_and(|n| n <= most);
                    ok(hours, 24) && ok(minutes, 60)
                })
        }
    };
    let mut parts = clock.splitn(3, ':');
    let number = |part: Option<&str>, most: u32| {
        part.is_some_and(|part| {
            (1..=2).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse::<u32>().is_ok_and(|n| n <= most)
        })
    };
    let hours = number(parts.next(), 23);
    let minutes = number(parts.next(), 59);
    let seconds = parts.next().is_some_and(|part| {
        let (whole, fraction) = part.split_once(['.', ',']).map_or((part, "0"), |(whole, fraction)| (whole, fraction));
        number(Some(whole), 59) && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
    });
    zone_ok && hours && minutes && seconds
}
