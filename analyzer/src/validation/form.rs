//! Forms of text that Talos looks at only when it validates.
//!
//! Each follows the Go function that Talos asks, oddities included.

use super::pem;
use super::prefix::Prefix;
use crate::syntax::resolve_text;
use crate::tables::{Decoder, Format};
use std::net::{IpAddr, Ipv6Addr};

/// A form of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An IP address without a zone: `net.ParseIP`.
    Ip,
    /// An IP prefix: `net.ParseCIDR`.
    Cidr,
    /// One of the two.
    IpOrCidr,
    /// An IP prefix: `netip.ParsePrefix`.
    Prefix,
    /// An IP prefix without bits after it.
    MaskedPrefix,
    /// An IP prefix or an IP address, perhaps with a zone.
    Subnet,
    /// The same, perhaps with `!` before it.
    SubnetFilter,
    /// An IP address, perhaps with a zone: `netip.ParseAddr`.
    Address,
    /// An IPv4 address.
    Ipv4,
    /// An IP address or prefix that is not all zeros.
    Specified,
    /// A URL with a host, and if it has a port, one up to 65535.
    Endpoint,
    /// A URL that is absolute, or a path: `url.ParseRequestURI`.
    RequestUri,
    /// A URL with a host or a port.
    UrlWithHost,
    /// A URL with a host, whatever its port.
    UrlWithHostname,
    /// A URL with a port.
    UrlWithPort,
    /// A URL without a path, or with `/`.
    UrlWithoutPath,
    /// A host with a port: `net.SplitHostPort`.
    HostPort,
    /// A key of 32 bytes in base64.
    Key32,
    /// The name of a DNS domain, in which letters of both cases and `_` may stand.
    DnsName,
    /// A hostname whose first label has from 1 to 63 letters.
    FirstLabel,
    /// A domain of RFC 1123, in lower case.
    DnsSubdomain,
    /// A name as Kubernetes qualifies it: `example.org/name`.
    QualifiedName,
    /// The value of a Kubernetes label.
    LabelValue,
    /// A Kubernetes taint: `value:NoSchedule`.
    Taint,
    /// A number of 32 bits without a sign: `strconv.ParseUint`.
    Uint32,
    /// The alias of a link, or with `%d` at its end that of several.
    LinkAlias,
    /// A name that the kernel takes for a link, however long.
    LinkName,
    /// A path below /etc that does not begin with a full stop.
    EtcFile,
    /// A path from the root.
    AbsolutePath,
    /// The name of an environment variable as POSIX has them.
    VariableName,
    /// A variable with its value: `NAME=value`.
    Assignment,
    /// A share of a processor in thousandths: `500m`.
    Millicores,
    /// A size without a sign: `humanize.ParseBytes`.
    Size,
    /// Blocks of PEM.
    Blocks,
    /// Blocks of PEM that are all called certificates.
    CertificateBlocks,
    /// The same, and the first is one.
    Certificate,
    /// A block of PEM that holds a certificate, before any other.
    FirstCertificate,
    /// Blocks of PEM of which one is a certificate.
    SomeCertificate,
    /// A private key in PEM.
    PrivateKey,
    /// A private key in PEM, of PKCS 8.
    Pkcs8Key,
    /// The name of an image, perhaps with a tag or a digest.
    Image,
    /// A pattern for the names of images that has no tag.
    UntaggedPattern,
    /// A pattern for the names of images with a slash, or the one for all.
    PatternWithSlash,
    /// A pattern for the names of images that some image can have when its registry is written out.
    PatternWithRegistry,
    /// A capability of the kernel without `CAP_`, in upper case.
    Capability,
}

impl Form {
    /// Whether `text` is of this form.
    #[must_use]
    pub fn takes(self, text: &str, decoder: Decoder) -> bool {
        let is =
            |format: Format, text: &str| !text.is_empty() && format.check(&resolve_text(text), text, decoder).is_ok();
        match self {
            Self::Ip => !text.contains('%') && is(Format::Ip, text),
            Self::Cidr => is_cidr(text, decoder),
            Self::IpOrCidr if text.contains('/') => Self::Cidr.takes(text, decoder),
            Self::IpOrCidr => Self::Ip.takes(text, decoder),
            Self::Prefix => is(Format::Prefix, text),
            Self::MaskedPrefix => Prefix::read(text).is_some_and(Prefix::is_masked),
            Self::Subnet => is(Format::Prefix, text) || is(Format::Ip, text),
            Self::SubnetFilter => Self::Subnet.takes(text.strip_prefix('!').unwrap_or(text), decoder),
            Self::Endpoint => is(Format::Url, text) && has_host(text),
            Self::RequestUri => is(Format::Url, text) && (text.starts_with('/') || !scheme(text).is_empty()),
            Self::UrlWithHost => !authority(text).is_empty(),
            Self::UrlWithPort => !host_and_port(text).1.is_empty(),
            Self::UrlWithoutPath => matches!(path(text), "" | "/"),
            Self::HostPort => is_host_port(text),
            Self::Key32 => is(Format::Base64, text) && decoded_length(text) == 32,
            Self::DnsName => is_dns_name(text),
            Self::FirstLabel => (1..=63).contains(&text.split('.').next().map_or(0, str::len)),
            Self::DnsSubdomain => is_dns_subdomain(text),
            Self::QualifiedName => is_qualified_name(text),
            Self::LabelValue => is_label_value(text),
            Self::Taint => is_taint(text),
            Self::Address => is(Format::Ip, text),
            Self::Ipv4 => is(Format::Ip, text) && !text.contains(':'),
            Self::Specified => text.split('/').next().is_some_and(is_specified),
            Self::UrlWithHostname => !host_and_port(text).0.is_empty(),
            Self::Uint32 => text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u32>().is_ok(),
            Self::LinkAlias => text.split_once('%').is_none_or(|(prefix, verb)| !prefix.is_empty() && verb == "d"),
            Self::LinkName => {
                let is_bad = |c: char| matches!(c, '/' | ':') || c.is_whitespace() || c.is_control();
                !matches!(text, "." | "..") && !text.contains(is_bad)
            }
            Self::EtcFile => is_local(text) && !text.starts_with('.'),
            Self::AbsolutePath => text.starts_with('/'),
            Self::VariableName => is_variable_name(text),
            Self::Assignment => text.contains('='),
            Self::Millicores => text.strip_suffix('m').is_some_and(is_positive),
            Self::Size => is(Format::DiskSize, text),
            Self::Blocks => pem::has_blocks(text),
            Self::CertificateBlocks => pem::has_certificate_blocks(text),
            Self::Certificate => pem::is_certificates(text),
            Self::FirstCertificate => pem::begins_with_certificate(text),
            Self::SomeCertificate => pem::has_certificate(text),
            Self::PrivateKey => pem::is_private_key(text),
            Self::Pkcs8Key => pem::is_pkcs8_key(text),
            Self::Image => is_image(text),
            Self::UntaggedPattern => text.split_once('/').is_none_or(|(_, repository)| !repository.contains(':')),
            Self::PatternWithSlash => text == "*" || text.contains('/'),
            Self::PatternWithRegistry => has_registry(text),
            Self::Capability => {
                !text.is_empty()
                    && !text.starts_with("CAP_")
                    && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
            }
        }
    }
}

/// `net.ParseCIDR`, which takes zeros before the length.
fn is_cidr(text: &str, decoder: Decoder) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let most = if address.contains(':') { 128 } else { 32 };
    let is_number = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
    Form::Ip.takes(address, decoder) && is_number && bits.trim_start_matches('0').parse().unwrap_or(0) <= most
}

/// Whether an address is not all zeros; what is no address is refused by the decoder.
fn is_specified(text: &str) -> bool {
    let address = text.split('%').next().unwrap_or(text);
    address.parse::<IpAddr>().map_or(true, |address| !address.is_unspecified())
}

/// Whether a path stays below where it begins: `filepath.IsLocal`.
fn is_local(text: &str) -> bool {
    let mut depth = 0_usize;
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return false,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    !text.is_empty() && !text.starts_with('/')
}

fn is_positive(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok_and(|number| number > 0)
}

/// The name of an image, as go-containerregistry reads it.
pub(super) fn is_image(text: &str) -> bool {
    let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    let is_hex =
        |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if digest.is_some_and(|digest| !digest.strip_prefix("sha256:").is_some_and(is_hex)) {
        return false;
    }
    let is_tag_letter = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => {
            if tag.is_empty() || tag.len() > 128 || !tag.chars().all(is_tag_letter) {
                return false;
            }
            name
        }
        _ => name,
    };
    let is_registry = |part: &str| part == "localhost" || part.contains(['.', ':']);
    let repository = name.split_once('/').filter(|(first, _)| is_registry(first)).map_or(name, |(_, rest)| rest);
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-./".contains(c);
    (2..=255).contains(&repository.len()) && repository.chars().all(is_letter)
}

/// Whether the part of a pattern before its first `*` leaves room for a registry.
fn has_registry(pattern: &str) -> bool {
    let (prefix, has_glob) = pattern.split_once('*').map_or((pattern, false), |(prefix, _)| (prefix, true));
    match prefix.split_once('/') {
        None => has_glob,
        Some((domain, _)) => domain.contains(['.', ':']) || domain.eq_ignore_ascii_case("localhost"),
    }
}

fn is_variable_name(text: &str) -> bool {
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(is_start) && text.chars().all(|c| is_start(c) || c.is_ascii_digit())
}

/// The scheme of a URL; empty when it has none.
pub(super) fn scheme(text: &str) -> &str {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    text.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| is_scheme(scheme)).unwrap_or("")
}

/// What stands behind the scheme of a URL, without query and fragment.
fn after_scheme(text: &str) -> &str {
    let text = text.split('#').next().unwrap_or(text);
    let text = text.split('?').next().unwrap_or(text);
    match scheme(text) {
        "" => text,
        scheme => &text[scheme.len() + 1..],
    }
}

/// Host and port of a URL, as they are written.
fn authority(text: &str) -> &str {
    let Some(rest) = after_scheme(text).strip_prefix("//") else { return "" };
    let authority = rest.split('/').next().unwrap_or("");
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// The path of a URL.
fn path(text: &str) -> &str {
    let rest = after_scheme(text);
    match rest.strip_prefix("//") {
        Some(rest) => rest.find('/').map_or("", |at| &rest[at..]),
        // What follows a scheme without a slash is opaque, and no path.
        None if !scheme(text).is_empty() && !rest.starts_with('/') => "",
        None => rest,
    }
}

/// Host and port of a URL, as Go's `Hostname` and `Port` tell them apart.
fn host_and_port(text: &str) -> (&str, &str) {
    let host = authority(text);
    let (name, port) = match (host.rfind(']'), host.rfind(':')) {
        (Some(end), Some(colon)) if colon < end => (host, ""),
        (_, Some(colon)) if host[colon + 1..].bytes().all(|byte| byte.is_ascii_digit()) => {
            (&host[..colon], &host[colon + 1..])
        }
        _ => (host, ""),
    };
    (name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name), port)
}

fn has_host(text: &str) -> bool {
    let (host, port) = host_and_port(text);
    let authority = authority(text);
    let is_bare_ipv6 = authority.matches(':').count() > 2 && !authority.contains('[');
    // A port of a machine is never 0.
    !is_bare_ipv6 && !host.is_empty() && (port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Splits a host from a port as `net.SplitHostPort` does; the port may be empty or a word.
fn is_host_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let has_bracket = |part: &str| part.contains(['[', ']']);
    match host.strip_prefix('[') {
        Some(inner) => {
            let Some(inner) = inner.strip_suffix(']') else { return false };
            let is_address = || inner.split('%').next().is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
            !has_bracket(inner) && !has_bracket(port) && (!inner.contains(':') || is_address())
        }
        None => !host.contains(':') && !has_bracket(host) && !has_bracket(port),
    }
}

/// The number of bytes that base64 stands for.
fn decoded_length(text: &str) -> usize {
    let letters = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r' | b'=')).count();
    letters * 3 / 4
}

fn is_dns_name(text: &str) -> bool {
    let text = text.strip_suffix(['.', '_']).filter(|rest| !rest.is_empty()).unwrap_or(text);
    let is_start = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_label = |label: &str| {
        label.len() <= 63 && label.starts_with(is_start) && label.chars().all(|c| is_start(c) || c == '-')
    };
    text.len() - text.matches('.').count() <= 255 && text.split('.').all(is_label)
}

/// A domain of RFC 1123.
fn is_dns_subdomain(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_label = |label: &str| {
        label.starts_with(is_inner) && label.ends_with(is_inner) && label.chars().all(|c| is_inner(c) || c == '-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_qualified_name(text: &str) -> bool {
    match text.split_once('/') {
        None => is_name(text),
        Some((prefix, name)) => is_dns_subdomain(prefix) && is_name(name),
    }
}

/// The part of a qualified name after the domain.
fn is_name(text: &str) -> bool {
    !text.is_empty() && is_label_value(text)
}

fn is_label_value(text: &str) -> bool {
    let is_end = |c: char| c.is_ascii_alphanumeric();
    let is_inner = |c: char| is_end(c) || "-_.".contains(c);
    text.is_empty()
        || text.len() <= 63 && text.starts_with(is_end) && text.ends_with(is_end) && text.chars().all(is_inner)
}

/// What a taint can do.
pub(super) const TAINT_EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

fn is_taint(text: &str) -> bool {
    let (value, effect) = text.split_once(':').map_or(("", text), |(value, effect)| (value, effect));
    TAINT_EFFECTS.contains(&effect) && is_label_value(value)
}
