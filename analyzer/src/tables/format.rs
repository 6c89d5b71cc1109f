//! Scalars in a form of their own, as the decoder of Talos takes them.
//!
//! Each form follows the Go function that reads it, oddities included, for what Talos accepts must be accepted here.

use super::decoder::Decoder;
use crate::syntax::{Resolved, parse_float, without_line_breaks};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use std::net::{Ipv4Addr, Ipv6Addr};

/// A form of scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A Go duration: `1h30m`.
    Duration,
    /// A URL or a reference.
    Url,
    /// An IP address, perhaps with a zone.
    Ip,
    /// An IP prefix: `10.0.0.0/8`. Bits after the prefix are allowed.
    Prefix,
    /// An IP address with a port.
    IpPort,
    /// A size: `512 MiB`, with a sign if any.
    ByteSize,
    /// A size or a percentage.
    ByteSizeOrPercent,
    /// A size as go-humanize reads it, without a sign.
    DiskSize,
    /// A comparison with a size: `>= 100GB`.
    DiskSizeMatch,
    /// A hardware (MAC) address.
    HardwareAddr,
    /// Base64 of the standard alphabet, padded.
    Base64,
    /// The same, or the word that stands for a redacted key.
    Base64Key,
    /// A CEL expression; the decoder takes any text.
    Cel,
    /// Permissions of a file.
    FileMode,
    /// A port, or a range of ports: `8000-8080`.
    PortRange,
    /// A command-line argument: a scalar, or a list of them.
    Argument,
}

/// What Talos writes in the place of a key when it shows a configuration.
const REDACTED: &str = "******";

/// Why a value is not of its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// What is wrong, as a clause: "the unit is missing".
    pub reason: &'static str,
    /// What would do, as an example.
    pub example: &'static str,
}

impl Format {
    /// A value of the form, for those who write one; empty where none would mean anything.
    #[must_use]
    pub fn example(self) -> &'static str {
        match self {
            Self::Duration => "1m0s",
            Self::Url => "https://example.org",
            Self::Ip => "192.0.2.10",
            Self::Prefix => "192.0.2.0/24",
            Self::IpPort => "192.0.2.10:51820",
            Self::ByteSize | Self::ByteSizeOrPercent | Self::DiskSize => "10GiB",
            Self::DiskSizeMatch => ">= 100GB",
            Self::HardwareAddr => "aa:bb:cc:00:11:22",
            Self::FileMode => "0o644",
            Self::PortRange => "8000-8080",
            Self::Base64 | Self::Base64Key | Self::Cel | Self::Argument => "",
        }
    }

    /// What the form is called: "a duration".
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Duration => "a duration",
            Self::Url => "a URL",
            Self::Ip => "an IP address",
            Self::Prefix => "an IP prefix",
            Self::IpPort => "an IP address with a port",
            Self::ByteSize | Self::DiskSize => "a size in bytes",
            Self::ByteSizeOrPercent => "a size in bytes or a percentage",
            Self::DiskSizeMatch => "a comparison with a disk size",
            Self::HardwareAddr => "a hardware address",
            Self::Base64 | Self::Base64Key => "base64",
            Self::Cel => "a CEL expression",
            Self::FileMode => "file permissions",
            Self::PortRange => "a port or a range of ports",
            Self::Argument => "an argument or a list of arguments",
        }
    }

    /// Judges a scalar: `resolved` is what it is by itself, `text` how it is written.
    ///
    /// # Errors
    /// When the decoder does not take it.
    pub fn check(self, resolved: &Resolved<'_>, text: &str, decoder: Decoder) -> Result<(), Rejection> {
        let reject = |reason, example| Err(Rejection { reason, example });
        match self {
            Self::Duration => match resolved {
                Resolved::Str(text) => {
                    duration(text).map(|_| ()).map_err(|reason| Rejection { reason, example: "1h30m" })
                }
                Resolved::Int(0) if decoder.takes_zero_as_duration() => Ok(()),
                Resolved::Float(_)
                    if decoder.takes_floats_as_duration()
                        && decoder.whole(resolved, i64::MIN.into(), i64::MAX.into()).is_ok() =>
                {
                    Ok(())
                }
                _ => reject("a number alone has no unit", "30s"),
            },
            Self::Url | Self::Argument if *resolved == Resolved::Timestamp && !decoder.takes_dates_as_text() => {
                reject("a date without quotes is no text", "\"2001-01-01\"")
            }
            // Empty is the same as absent for these.
            Self::Url | Self::Ip | Self::Prefix | Self::IpPort if text.is_empty() => Ok(()),
            Self::Url => url(text, decoder).map_err(|reason| Rejection { reason, example: "https://example.org" }),
            Self::Ip => ip(text).map_err(|reason| Rejection { reason, example: "192.0.2.10" }),
            Self::Prefix => prefix(text).map_err(|reason| Rejection { reason, example: "192.0.2.0/24" }),
            Self::IpPort => ip_port(text).map_err(|reason| Rejection { reason, example: "192.0.2.10:51820" }),
            Self::ByteSizeOrPercent if text.contains('%') => percent(text, decoder),
            Self::ByteSize | Self::ByteSizeOrPercent => byte_size(text, decoder),
            Self::DiskSize => humanize_bytes(text).map(drop).map_err(|reason| Rejection { reason, example: "10GB" }),
            Self::DiskSizeMatch => {
                let rest = [">=", "<=", "==", ">", "<"].iter().find_map(|operator| text.strip_prefix(operator));
                let size = humanize_bytes(rest.unwrap_or(text).trim());
                size.map(drop).map_err(|reason| Rejection { reason, example: ">= 100GB" })
            }
            Self::HardwareAddr => hardware_addr(text),
            Self::Base64Key if text == REDACTED => Ok(()),
            Self::Base64 | Self::Base64Key => base64(text),
            Self::Cel | Self::Argument => Ok(()),
            Self::FileMode => match decoder.whole(resolved, 0, u32::MAX.into()) {
                Ok(()) => Ok(()),
                Err(_) => reject("permissions are an octal number", "0o644"),
            },
            Self::PortRange => port_range(resolved, text, decoder),
        }
    }
}

/// `time.ParseDuration`, in nanoseconds.
pub(super) fn duration(text: &str) -> Result<f64, &'static str> {
    const MISSING_UNIT: &str = "the unit is missing";
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return Ok(0.0);
    }
    if rest.is_empty() {
        return Err("there is no number");
    }
    let mut rest = rest;
    let mut nanoseconds: f64 = 0.0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let fraction = match rest.as_bytes().get(digits) {
            Some(b'.') => 1 + rest[digits + 1..].bytes().take_while(u8::is_ascii_digit).count(),
            _ => 0,
        };
        if digits == 0 && fraction <= 1 {
            return Err("there is no number");
        }
        let (number, after) = rest.split_at(digits + fraction);
        let unit_length = after.bytes().take_while(|byte| *byte != b'.' && !byte.is_ascii_digit()).count();
        let (unit, after) = after.split_at(unit_length);
        let scale = match unit {
            "" => return Err(MISSING_UNIT),
            "ns" => 1.0,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return Err("the unit is not one of ns, us, ms, s, m, h"),
        };
        let padded = if number.starts_with('.') { format!("0{number}") } else { number.to_owned() };
        nanoseconds += parse_float(padded.trim_end_matches('.')).unwrap_or(f64::INFINITY) * scale;
        rest = after;
    }
    if nanoseconds > 9.223_372_036_854_775e18 {
        Err("it is longer than 292 years")
    } else {
        Ok(if text.starts_with('-') { -nanoseconds } else { nanoseconds })
    }
}

/// `net/url.Parse`.
fn url(text: &str, decoder: Decoder) -> Result<(), &'static str> {
    if text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        return Err("it holds a control character");
    }
    let text = match text.split_once('#') {
        Some((before, fragment)) => {
            percent_escapes(fragment)?;
            before
        }
        None => text,
    };
    let (scheme, rest) = split_scheme(text)?;
    let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            // What follows is opaque, as in `mailto:someone`.
            return Ok(());
        }
        if rest.split('/').next().unwrap_or("").contains(':') {
            return Err("its first part holds a colon, but there is no scheme");
        }
    }
    let Some(rest) = rest.strip_prefix("//").filter(|_| !scheme.is_empty() || !rest.starts_with("///")) else {
        return percent_escapes(rest);
    };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    percent_escapes(path)?;
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => {
            percent_escapes(user)?;
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
            if !user.chars().all(allowed) {
                return Err("the part before `@` holds a character that must be percent-encoded");
            }
            host
        }
        None => authority,
    };
    url_host(host, decoder)
}

fn split_scheme(text: &str) -> Result<(&str, &str), &'static str> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return Err("the scheme is missing before `:`"),
            ':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

fn url_host(host: &str, decoder: Decoder) -> Result<(), &'static str> {
    let is_bare_ipv6 = !host.starts_with('[') && host.matches(':').count() > 1;
    if is_bare_ipv6 && !decoder.takes_bare_ipv6_hosts() {
        return Err("an IPv6 address is in brackets");
    }
    let port = if host.starts_with('[') {
        let end = host.rfind(']').ok_or("the bracket of the IPv6 address is not closed")?;
        &host[end + 1..]
    } else {
        host.rfind(':').map_or("", |at| &host[at..])
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    if !port.is_empty() && (!port.starts_with(':') || !digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err("the port is not a number");
    }
    let allowed = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:[]<>\"%".contains(c);
    if host.chars().all(allowed) { Ok(()) } else { Err("the host holds a character that a host name cannot have") }
}

fn percent_escapes(text: &str) -> Result<(), &'static str> {
    let bytes = text.as_bytes();
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%') {
        let is_hex = |offset: usize| bytes.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
        if !is_hex(1) || !is_hex(2) {
            return Err("a `%` is not followed by two hexadecimal digits");
        }
    }
    Ok(())
}

/// `netip.ParseAddr`.
fn ip(text: &str) -> Result<(), &'static str> {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    if address.contains(':') {
        if zone == Some("") {
            return Err("the zone after `%` is empty");
        }
        return address.parse::<Ipv6Addr>().map(|_| ()).map_err(|_| "its groups are not those of IPv6");
    }
    if zone.is_some() {
        return Err("only an IPv6 address has a zone");
    }
    if text.split('.').count() == 4
        && text.contains('.')
        && text.split('.').any(|part| part.len() > 1 && part.starts_with('0'))
    {
        return Err("a part of the address has a leading zero");
    }
    text.parse::<Ipv4Addr>().map(|_| ()).map_err(|_| "")
}

/// `netip.ParsePrefix`.
fn prefix(text: &str) -> Result<(), &'static str> {
    let Some((address, bits)) = text.rsplit_once('/') else {
        return Err("the prefix length is missing");
    };
    if address.contains('%') {
        return Err("a prefix has no zone");
    }
    ip(address)?;
    let most = if address.contains(':') { 128 } else { 32 };
    let plain = !bits.is_empty() && bits.len() <= 3 && bits.bytes().all(|byte| byte.is_ascii_digit());
    match bits.parse::<u16>() {
        Ok(bits_number) if plain && bits_number <= most && (bits == "0" || !bits.starts_with('0')) => Ok(()),
        _ => Err("the prefix length is not one of this kind of address"),
    }
}

/// `netip.ParseAddrPort`.
fn ip_port(text: &str) -> Result<(), &'static str> {
    let Some((address, port)) = text.rsplit_once(':') else {
        return Err("the port is missing");
    };
    if !(1..=5).contains(&port.len()) || !port.bytes().all(|byte| byte.is_ascii_digit()) || port.parse::<u16>().is_err()
    {
        return Err("the port is not a number up to 65535");
    }
    match address.strip_prefix('[') {
        Some(inner) => {
            let inner = inner.strip_suffix(']').ok_or("the bracket is not closed")?;
            if !inner.contains(':') {
                return Err("only an IPv6 address is in brackets");
            }
            ip(inner)
        }
        None if address.contains(':') => Err("an IPv6 address before a port is in brackets"),
        None if address.is_empty() => Err("the address is missing"),
        None => ip(address),
    }
}

fn byte_size(text: &str, decoder: Decoder) -> Result<(), Rejection> {
    if text.is_empty() {
        return Ok(());
    }
    let rest = text.strip_prefix('-').filter(|_| decoder.takes_negative_sizes()).unwrap_or(text);
    humanize_bytes(rest).map(drop).map_err(|reason| Rejection { reason, example: "10GiB" })
}

fn percent(text: &str, decoder: Decoder) -> Result<(), Rejection> {
    let reject = |reason| Err(Rejection { reason, example: "80%" });
    let Some(number) = text.strip_suffix('%') else { return reject("the `%` is missing") };
    let number = number.strip_prefix('-').filter(|_| decoder.takes_negative_sizes()).unwrap_or(number);
    // Not a number is neither below 0 nor above 100.
    if number.eq_ignore_ascii_case("nan") {
        return Ok(());
    }
    match parse_float(number) {
        Some(number) if (0.0..=100.0).contains(&number) => Ok(()),
        _ => reject("a percentage is from 0 to 100"),
    }
}

/// `humanize.ParseBytes`.
pub(super) fn humanize_bytes(text: &str) -> Result<f64, &'static str> {
    let digits = text.chars().take_while(|c| c.is_numeric() || matches!(c, '.' | ',')).map(char::len_utf8).sum();
    let (number, unit) = text.split_at(digits);
    let number = number.replace(',', "");
    let Some(number) = parse_float(&number).filter(|_| !number.is_empty()) else {
        return Err("it does not begin with a number");
    };
    let unit = unit.trim().to_lowercase();
    let scale: f64 = match unit.as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "ki" | "kib" => 1024.0,
        "m" | "mb" => 1e6,
        "mi" | "mib" => 1_048_576.0,
        "g" | "gb" => 1e9,
        "gi" | "gib" => 1_073_741_824.0,
        "t" | "tb" => 1e12,
        "ti" | "tib" => 1_099_511_627_776.0,
        "p" | "pb" => 1e15,
        "pi" | "pib" => 1_125_899_906_842_624.0,
        "e" | "eb" => 1e18,
        "ei" | "eib" => 1_152_921_504_606_846_976.0,
        _ => return Err("the unit is not one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB, PB, PiB, EB, EiB"),
    };
    let bytes = number * scale;
    if bytes >= 18_446_744_073_709_551_615.0 { Err("it is larger than 16 EiB") } else { Ok(bytes) }
}

fn hardware_addr(text: &str) -> Result<(), Rejection> {
    let digits = text.bytes().filter(|byte| *byte != b':');
    let is_hex = digits.clone().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && digits.count() % 2 == 0 {
        Ok(())
    } else {
        Err(Rejection {
            reason: "it is written as pairs of hexadecimal digits with colons between",
            example: "aa:bb:cc:00:11:22",
        })
    }
}

fn base64(text: &str) -> Result<(), Rejection> {
    /// Bits of the last letter that belong to no byte may be set.
    const ENGINE: GeneralPurpose =
        GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));
    match ENGINE.decode(&*without_line_breaks(text)) {
        Ok(_) => Ok(()),
        Err(_) => Err(Rejection {
            reason: "a character is not of the standard alphabet, or the padding is wrong",
            example: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
        }),
    }
}

fn port_range(resolved: &Resolved<'_>, text: &str, decoder: Decoder) -> Result<(), Rejection> {
    let reject = |reason| Err(Rejection { reason, example: "8000-8080" });
    if let Resolved::Int(_) | Resolved::Float(_) = resolved {
        let number = decoder.whole(resolved, 0, u16::MAX.into());
        return number.map_or_else(|_| reject("a port is a number up to 65535"), Ok);
    }
    let Some((low, high)) = text.split_once('-') else {
        return reject("a single port is a number without quotes, a range two numbers with `-` between");
    };
    let is_port = |text: &str| text.parse::<u16>().is_ok() && !text.starts_with('+');
    match (is_port(low), is_port(high)) {
        (true, true) => Ok(()),
        _ => reject("a port is a number up to 65535"),
    }
}
