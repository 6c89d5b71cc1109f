//! PEM, and as much of what is in it as tells a certificate from a key and from what is neither.
//!
//! Signatures, curves and dates are not looked at.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// A block: what it says it is, and its bytes.
struct Block<'t> {
    kind: &'t str,
    bytes: Vec<u8>,
}

/// The blocks of a text; what cannot be read is passed over.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        rest = after;
        let Some((kind, body)) = after.split_once("-----") else { break };
        let Some((body, after)) = split_at_end(body, kind) else { continue };
        let mut text = String::with_capacity(body.len());
        for line in body.lines().filter(|line| !line.contains(':')) {
            // Nearly all lines are letters alone, and long.
            if line.bytes().all(|byte| byte.is_ascii_graphic()) {
                text.push_str(line);
            } else {
                text.extend(line.split_whitespace());
            }
        }
        if let Ok(bytes) = STANDARD.decode(text) {
            blocks.push(Block { kind, bytes });
            rest = after;
        }
    }
    blocks
}

/// What stands before the end of a block of `kind`, and what after it.
fn split_at_end<'t>(body: &'t str, kind: &str) -> Option<(&'t str, &'t str)> {
    let end = format!("-----END {kind}-----");
    // In base64 there is no `-`: to look for that first is quick.
    let ends = body.match_indices('-').filter_map(|(at, _)| body.split_at_checked(at));
    ends.map(|(body, rest)| (body, rest.strip_prefix(&end))).find_map(|(body, rest)| Some((body, rest?)))
}

const CERTIFICATE: &str = "CERTIFICATE";

/// Whether there are blocks, of any kind.
pub(super) fn has_blocks(text: &str) -> bool {
    !blocks(text).is_empty()
}

/// Whether there are blocks, and all are called certificates.
pub(super) fn has_certificate_blocks(text: &str) -> bool {
    are_called_certificates(&blocks(text))
}

fn are_called_certificates(blocks: &[Block<'_>]) -> bool {
    !blocks.is_empty() && blocks.iter().all(|block| block.kind == CERTIFICATE)
}

/// Whether there are blocks that are all called certificates, and the first is one.
pub(super) fn is_certificates(text: &str) -> bool {
    let blocks = blocks(text);
    are_called_certificates(&blocks) && blocks.first().is_some_and(|block| is_certificate(&block.bytes))
}

/// Whether the first block holds a certificate, whatever it is called.
pub(super) fn begins_with_certificate(text: &str) -> bool {
    blocks(text).first().is_some_and(|block| is_certificate(&block.bytes))
}

/// Whether one of the blocks is a certificate.
pub(super) fn has_certificate(text: &str) -> bool {
    blocks(text).iter().any(|block| block.kind == CERTIFICATE && is_certificate(&block.bytes))
}

/// Whether the first block is a private key in the form that its name says.
pub(super) fn is_private_key(text: &str) -> bool {
    blocks(text).first().is_some_and(|block| match block.kind {
        "RSA PRIVATE KEY" => matches!(elements(&block.bytes).as_deref(), Some([INTEGER, INTEGER, ..])),
        "EC PRIVATE KEY" => matches!(elements(&block.bytes).as_deref(), Some([INTEGER, OCTETS, ..])),
        "PRIVATE KEY" | "ED25519 PRIVATE KEY" => is_pkcs8(&block.bytes),
        _ => false,
    })
}

/// Whether the first block is a private key in the form of PKCS 8, whatever it is called.
pub(super) fn is_pkcs8_key(text: &str) -> bool {
    blocks(text).first().is_some_and(|block| is_pkcs8(&block.bytes))
}

const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

fn is_certificate(bytes: &[u8]) -> bool {
    matches!(elements(bytes).as_deref(), Some([SEQUENCE, SEQUENCE, BITS]))
}

fn is_pkcs8(bytes: &[u8]) -> bool {
    matches!(elements(bytes).as_deref(), Some([INTEGER, SEQUENCE, OCTETS, ..]))
}

/// The tags of the elements of a sequence in DER, which is all there is.
fn elements(bytes: &[u8]) -> Option<Vec<u8>> {
    let (tag, mut content, rest) = element(bytes)?;
    if tag != SEQUENCE || !rest.is_empty() {
        return None;
    }
    let mut tags = Vec::new();
    while !content.is_empty() {
        let (tag, _, rest) = element(content)?;
        tags.push(tag);
        content = rest;
    }
    Some(tags)
}

/// The first element: its tag, its content, and what comes after it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, bytes) = bytes.split_first()?;
    let (first, bytes) = bytes.split_first()?;
    let (length, bytes) = if *first < 0x80 {
        (usize::from(*first), bytes)
    } else {
        let count = usize::from(first & 0x7f);
        let digits = bytes.get(..count).filter(|_| (1..=4).contains(&count))?;
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), bytes.get(count..)?)
    };
    Some((*tag, bytes.get(..length)?, bytes.get(length..)?))
}
