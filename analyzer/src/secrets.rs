//! Where a source holds secret material, so that no output shows it.
//!
//! What is secret is told by the tables, and beyond them by the names of keys and the look of values: to hide too much
//! costs nothing.

use crate::fragment;
use crate::input::{self, Form, Input, InputKind};
use crate::syntax::{Kind, NodeRef, Tree};
use crate::tables::{self, Shape, Type};
use crate::text::{LineIndex, Span, decode};
use base64::Engine as _;
use std::borrow::Cow;
use std::ops::Range;

/// The length of a bootstrap token.
const TOKEN_LENGTH: usize = 23;

/// How PEM begins.
const PEM: &str = "-----BEGIN ";
const PEM_IN_BASE64: &str = "LS0tLS1CRUdJTi";
const CERTIFICATE_IN_BASE64: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS";
const PUBLIC_KEY_IN_BASE64: &str = "LS0tLS1CRUdJTiBQVUJMSUMg";

/// The bytes of every secret in the source `bytes`, called `path`, in their order. A file that is not Talos's is looked
/// through as one that may hold configuration inside of it.
#[must_use]
pub fn find(path: &str, bytes: &[u8], form: Form) -> Vec<Span> {
    let (text, _) = decode(bytes);
    in_order(in_text(path, &text, form))
}

fn in_order(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    spans
}

fn in_text(path: &str, text: &str, form: Form) -> Vec<Span> {
    let tree = input::parse(text, path, form);
    let inputs = input::recognise(&tree, path, form);
    let mut spans = hidden(&inputs, &tree, text);
    if !inputs.iter().any(|input| input.kind.is_ours()) {
        tree.roots().for_each(|root| in_host(root, path, text, &mut spans));
    }
    spans
}

/// The same of a source that is read: its documents, its tree, and its text.
#[must_use]
pub fn hidden(inputs: &[Input<'_, '_>], tree: &Tree<'_>, text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for input in inputs.iter().filter(|input| input.kind.is_ours()) {
        let Some(root) = input.root else { continue };
        for field in fields(input) {
            all_scalars(field, &mut |scalar| spans.push(scalar.span()));
        }
        by_look(root, &mut |scalar| spans.push(scalar.span()));
        credentials(root, text, &mut spans);
    }
    if tree.documents.iter().any(|document| document.broken) {
        in_unread_lines(text, tree, &mut spans);
    }
    in_order(spans)
}

/// Secrets of a file that may hold configuration inside of it: in the texts of its scalars, and in its mappings.
fn in_host(root: NodeRef<'_, '_>, path: &str, text: &str, spans: &mut Vec<Span>) {
    by_look(root, &mut |scalar| spans.push(scalar.span()));
    credentials(root, text, spans);
    embedded(root, spans);
    all_scalars(root, &mut |scalar| {
        let is_text = scalar.value().contains(':') && !scalar.is_plain();
        let Some(part) = is_text.then(|| fragment::of(text, scalar)).flatten() else { return };
        let in_part = in_text(path, &part.text, Form::Patch).into_iter();
        spans.extend(in_part.map(|span| Span { start: span.start + part.offset, end: span.end + part.offset }));
    });
}

/// Secrets of machine configuration that stands as a mapping inside of another.
fn embedded(node: NodeRef<'_, '_>, spans: &mut Vec<Span>) {
    if node.entry("machine").is_some() || node.entry("cluster").is_some() {
        let mut fields = Vec::new();
        in_structure(node, tables::v1alpha1().root, &mut fields);
        for field in fields {
            all_scalars(field, &mut |scalar| spans.push(scalar.span()));
        }
    }
    node.children().for_each(|child| embedded(child, spans));
}

/// The scalars of a document that are there to hold secret material, whatever they hold now, in their order: what the
/// tables call secret, and what is secret by its look. Unlike [`find`] it leaves out what is only hidden for safety.
fn scalars<'t, 's>(input: &Input<'t, 's>) -> Vec<NodeRef<'t, 's>> {
    let mut found = Vec::new();
    // A configuration embedded in a schematic is hidden as a whole, but need not hold a secret.
    let is_schematic = matches!(input.kind, InputKind::Schematic);
    for field in fields(input).into_iter().filter(|_| !is_schematic) {
        // What holds more than a secret tells by its keys which part is one.
        let is_whole_secret = field.kind() == Kind::Scalar;
        all_scalars(field, &mut |scalar| {
            if is_whole_secret || scalar.key().is_some_and(|key| is_named_secret(key.value())) {
                found.push(scalar);
            }
        });
    }
    if let Some(root) = input.root.filter(|_| input.kind.is_ours()) {
        all_scalars(root, &mut |scalar| {
            if looks_secret(scalar.value()) {
                found.push(scalar);
            }
        });
    }
    found.sort_by_key(|scalar| scalar.span());
    found.dedup();
    found
}

/// A place for secret material, and what it holds.
#[derive(Clone, Copy, Debug)]
pub struct Secret<'t, 's> {
    /// The scalar.
    pub node: NodeRef<'t, 's>,
    /// What it holds.
    pub content: Content,
}

/// The places for secret material in `inputs`, in their order.
#[must_use]
pub fn gather<'t, 's>(inputs: &[Input<'t, 's>]) -> Vec<Secret<'t, 's>> {
    // A kernel command line is that of a machine, and no file to keep.
    let kept = inputs.iter().filter(|input| !matches!(input.kind, InputKind::KernelCommandLine { .. }));
    // Credentials in kernel arguments are for `kernel/config-source`.
    let is_argument = |node: &NodeRef<'t, 's>| {
        let list = node.parent().and_then(NodeRef::key);
        list.is_some_and(|key| key.value() == "extraKernelArgs")
    };
    let nodes = kept.flat_map(scalars).filter(|node| !is_argument(node));
    nodes.map(|node| Secret { node, content: content(node) }).collect()
}

/// What a scalar that is there to hold secret material holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing, or nothing secret: a certificate, an address without a token.
    Nothing,
    /// What stands for a secret: encrypted, a reference, a placeholder, or something that was struck out.
    Withheld,
    /// The secret, in clear text.
    Plain,
}

/// What `scalar`, one of [`scalars`], holds.
fn content(scalar: NodeRef<'_, '_>) -> Content {
    let value = scalar.value().trim();
    // In base64 there are no spaces, and what is in base64 is long.
    let in_words = || value.contains("BEGIN CERTIFICATE") || value.contains("BEGIN PUBLIC KEY");
    let is_public = value.starts_with(CERTIFICATE_IN_BASE64)
        || value.starts_with(PUBLIC_KEY_IN_BASE64)
        || value.as_bytes().contains(&b' ') && in_words();
    let is_public = is_public && !value.contains("PRIVATE KEY");
    let is_url_without_token = value.contains("://") && !has_join_token(value) && password_in(value).is_none();
    if scalar.is_null() || value.is_empty() || is_public || is_url_without_token && !input::is_unknown(scalar) {
        Content::Nothing
    } else if input::is_unknown(scalar) || is_placeholder(value) {
        Content::Withheld
    } else {
        Content::Plain
    }
}

/// Whether a text stands for a secret that is put in its place later: `REPLACE_ME`, `$TOKEN`, `******`.
fn is_placeholder(value: &str) -> bool {
    const WORDS: [&str; 12] = [
        "replace",
        "changeme",
        "change-me",
        "change_me",
        "placeholder",
        "your-",
        "your_",
        "insert",
        "todo",
        "redacted",
        "example key",
        "...",
    ];
    let is_struck_out = value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-' | '_' | '?' | '\u{2026}'));
    let is_named = value.len() <= 80 && {
        let lower = value.to_ascii_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    };
    let bytes = value.as_bytes();
    let is_variable = value.starts_with(['$', '%', '@']) || bytes.contains(&b'<') || bytes.contains(&b'>');
    // The documentation of Talos writes `--- EXAMPLE KEY ---` in base64, and shortens keys to their beginning.
    let in_base64 = || {
        // An example is short, a key is not, and need not be decoded.
        let decoded =
            if value.len() <= 80 { base64::engine::general_purpose::STANDARD.decode(value).ok() } else { None };
        decoded.is_some_and(|bytes| bytes.windows(7).any(|word| word == b"EXAMPLE"))
    };
    let is_shortened = (value.starts_with(PEM) || value.starts_with(PEM_IN_BASE64)) && value.len() < 100;
    is_struck_out || is_named || is_variable || value.contains("EXAMPLE") || is_shortened || in_base64()
}

/// The values of the fields that hold secrets and nothing else, of structures that hold secrets among other things, and
/// of whole documents that do.
fn fields<'t, 's>(input: &Input<'t, 's>) -> Vec<NodeRef<'t, 's>> {
    let mut fields = Vec::new();
    let Some(root) = input.root else { return fields };
    match input.kind {
        InputKind::MachineConfig { .. } => in_structure(root, tables::v1alpha1().root, &mut fields),
        InputKind::Document(document) => in_structure(root, document.root, &mut fields),
        InputKind::JsonPatch => root.items().for_each(|operation| in_operation(operation, &mut fields)),
        InputKind::Schematic => in_structure(root, tables::schematic(), &mut fields),
        InputKind::SecretsBundle | InputKind::Talosconfig => fields.push(root),
        _ => {}
    }
    fields
}

fn in_structure<'t, 's>(node: NodeRef<'t, 's>, structure: &'static Type, fields: &mut Vec<NodeRef<'t, 's>>) {
    for (key, value) in node.entries() {
        let Some(field) = structure.field(key.value()) else { continue };
        // Secret in one version is secret in all.
        if field.variants.iter().any(|variant| variant.secret) {
            fields.push(value.resolved());
        } else if let Some(variant) = field.variants.last() {
            in_value(value, &variant.shape, fields);
        }
    }
}

fn in_value<'t, 's>(node: NodeRef<'t, 's>, shape: &'static Shape, fields: &mut Vec<NodeRef<'t, 's>>) {
    match shape.value() {
        // An alias leads to what is walked where it is written.
        Shape::Struct(structure) if node.kind() == Kind::Mapping => in_structure(node, structure, fields),
        // A secret that stands where its mapping belongs is one all the same.
        Shape::Struct(structure) if node.kind() == Kind::Scalar && holds_secret(structure) => fields.push(node),
        Shape::List(inner) => node.items().for_each(|item| in_value(item, inner, fields)),
        Shape::Map(inner) => node.entries().for_each(|(_, value)| in_value(value, inner, fields)),
        _ => {}
    }
}

/// Whether a structure has a field that is secret.
fn holds_secret(structure: &Type) -> bool {
    structure.fields.iter().any(|field| field.variants.iter().any(|variant| variant.secret))
}

/// An operation of a JSON patch: its path may lead to a secret, or to what holds some.
fn in_operation<'t, 's>(operation: NodeRef<'t, 's>, fields: &mut Vec<NodeRef<'t, 's>>) {
    let (Some(path), Some(value)) = (operation.get("path"), operation.get("value")) else { return };
    let root: &'static Type = tables::v1alpha1().root;
    let mut structure = Some(root);
    let mut shape: Option<&'static Shape> = None;
    for step in path.value().split('/').skip(1) {
        shape = match (structure, shape.map(Shape::value)) {
            (Some(holder), _) => {
                let Some(field) = holder.field(step) else { return };
                if field.variants.iter().any(|variant| variant.secret) {
                    fields.push(value);
                    return;
                }
                field.variants.last().map(|variant| &variant.shape)
            }
            (None, Some(Shape::List(inner) | Shape::Map(inner))) => Some(inner),
            _ => return,
        };
        structure = shape.and_then(|shape| match shape.value() {
            Shape::Struct(inner) => Some(*inner),
            _ => None,
        });
    }
    match (structure, shape) {
        (_, Some(shape)) => in_value(value, shape, fields),
        (Some(structure), None) => in_structure(value, structure, fields),
        (None, None) => {}
    }
}

fn all_scalars<'t, 's>(node: NodeRef<'t, 's>, visit: &mut dyn FnMut(NodeRef<'t, 's>)) {
    match node.kind() {
        Kind::Scalar => visit(node),
        Kind::Alias => {}
        Kind::Sequence => node.items().for_each(|item| all_scalars(item, visit)),
        Kind::Mapping => node.entries().for_each(|(_, value)| all_scalars(value, visit)),
    }
}

/// Values that look like secrets, or stand under a key that is named like one.
fn by_look<'t, 's>(node: NodeRef<'t, 's>, visit: &mut dyn FnMut(NodeRef<'t, 's>)) {
    match node.kind() {
        Kind::Scalar => {
            if looks_secret(node.value()) {
                visit(node);
            }
        }
        Kind::Alias => {}
        Kind::Sequence => node.items().for_each(|item| by_look(item, visit)),
        Kind::Mapping => {
            for (key, value) in node.entries() {
                let (name, text) = (key.value(), value.value());
                let is_named = is_named_secret(name) && !is_plain_word(text) && !names_file(name, text);
                if value.kind() == Kind::Scalar && is_named {
                    visit(value);
                } else {
                    by_look(value, visit);
                }
            }
        }
    }
}

/// The credentials inside of longer values: in kernel arguments, in addresses.
fn credentials(node: NodeRef<'_, '_>, text: &str, spans: &mut Vec<Span>) {
    all_scalars(node, &mut |scalar| {
        if scalar.value().contains("://") || scalar.value().contains("talos.config.") {
            in_words(scalar, text, spans);
        }
    });
}

/// The credentials in the words of a scalar; all of it, when the words cannot be found in the text.
fn in_words(node: NodeRef<'_, '_>, text: &str, spans: &mut Vec<Span>) {
    let parts = node.value().split_whitespace().filter_map(|word| word.get(credential(word)?.range));
    spans.extend(parts.map(node.part_spans(text)));
}

/// A credential in a word of configuration or a kernel argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its bytes in the word.
    pub range: Range<usize>,
    /// What it is, as a noun.
    pub noun: &'static str,
}

/// The credential that a word holds, if it does: the value of an argument that is one, the user and password of a URL, or
/// a token among its parameters.
#[must_use]
pub fn credential(word: &str) -> Option<Credential> {
    const ARGUMENTS: [(&str, &str); 3] = [
        ("talos.config.oauth.client_secret=", "a client secret"),
        ("talos.config.inline=", "a machine configuration"),
        ("talos.config.early=", "a machine configuration"),
    ];
    const PARAMETERS: [&str; 6] = ["jointoken=", "token=", "secret=", "password=", "access_token=", "api_key="];
    for (start, noun) in ARGUMENTS {
        if word.starts_with(start) && word.len() > start.len() {
            return Some(Credential { range: start.len()..word.len(), noun });
        }
    }
    let authority = word.find("://")? + 3;
    let rest = word.get(authority..)?;
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    if let Some(at) = rest.get(..host_end)?.rfind('@').filter(|at| *at > 0) {
        return Some(Credential { range: authority..authority + at, noun: "a user and password" });
    }
    let mut start = authority + rest.find('?')? + 1;
    for parameter in word.get(start..)?.split('&') {
        let lower = parameter.to_ascii_lowercase();
        if let Some(name) = PARAMETERS.iter().find(|name| lower.starts_with(*name) && lower.len() > name.len()) {
            return Some(Credential { range: start + name.len()..start + parameter.len(), noun: "a token" });
        }
        start += parameter.len() + 1;
    }
    None
}

/// Lines that could not be read have no nodes; of those only the text is known.
fn in_unread_lines(text: &str, tree: &Tree<'_>, spans: &mut Vec<Span>) {
    let lines = LineIndex::new(text);
    for problem in &tree.problems {
        let first = lines.line(problem.span.start).saturating_sub(2);
        for line in first..(first + 5).min(lines.lines()) {
            let span = lines.line_span(text, line);
            let content = span.slice(text);
            let Some((key, value)) = content.split_once(':') else { continue };
            let name = key.trim_start_matches([' ', '\t', '-', '{', '[', '"', '\'']).trim_end_matches(['"', '\'']);
            let value_start = span.start as usize + key.len() + 1;
            let trimmed = value.trim_start();
            let start = value_start + value.len() - trimmed.len();
            let bare = trimmed.trim_matches(['"', '\'', '\r', '\n']);
            if is_named_secret(name) || looks_secret(bare) || is_random(bare) {
                spans.push(Span::new(start, start + trimmed.trim_end().len()));
            }
        }
    }
}

fn is_named_secret(key: &str) -> bool {
    const PARTS: [&str; 7] = ["secret", "token", "passw", "passphrase", "privatekey", "presharedkey", "credential"];
    let key = key.to_ascii_lowercase();
    key == "key" || key == "auth" || PARTS.iter().any(|part| key.contains(part)) || is_misspelt_secret(&key)
}

/// Whether a key is nearly that of a secret.
fn is_misspelt_secret(key: &str) -> bool {
    const NAMES: [&str; 6] = ["password", "passphrase", "token", "secret", "privatekey", "presharedkey"];
    // The distance is at least the difference of the lengths.
    let is_near = |name: &str| name.len().abs_diff(key.len()) < 2 && strsim::osa_distance(name, key) < 2;
    NAMES.iter().any(|name| is_near(name))
}

/// Whether a text holds a run of letters and digits such as keys are made of.
fn is_random(value: &str) -> bool {
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_');
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    has_digit && value.as_bytes().split(|byte| !is_sign(byte)).any(|run| run.len() >= 20)
}

/// Words and numbers that are no secret under any name.
fn is_plain_word(value: &str) -> bool {
    value.len() < 6 || input::is_unknown_text(value)
}

/// Whether a secret stands in a file, of which this is the path: `token-auth-file: /etc/tokens.csv`.
fn names_file(key: &str, value: &str) -> bool {
    key.to_ascii_lowercase().ends_with("file") && value.starts_with('/')
}

/// Private keys in PEM, plain or in base64, addresses with a password, join tokens and bootstrap tokens.
fn looks_secret(value: &str) -> bool {
    let bytes = value.as_bytes();
    // Nearly all values are words and numbers, and this is asked of every one.
    if bytes.contains(&b'@') && password_in(value).is_some() {
        return true;
    }
    // Of the others a bootstrap token is the shortest, and most values are shorter.
    if value.len() < TOKEN_LENGTH {
        return false;
    }
    let is_token = || {
        let is_part = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        value.len() == TOKEN_LENGTH
            && value.split_once('.').is_some_and(|(id, secret)| id.len() == 6 && is_part(id) && is_part(secret))
    };
    bytes.contains(&b'-') && value.contains(PEM) && value.contains("PRIVATE KEY")
        || value.starts_with(PEM_IN_BASE64) && !value.starts_with(CERTIFICATE_IN_BASE64)
        || bytes.contains(&b'=') && has_join_token(value)
        || is_token()
}

/// An address as it may be shown: without the password in it.
#[must_use]
pub fn shown(address: &str) -> Cow<'_, str> {
    match password_in(address) {
        Some(password) => Cow::Owned(address.replacen(&format!(":{password}@"), ":<redacted>@", 1)),
        None => Cow::Borrowed(address),
    }
}

/// The password in an address: `https://user:password@host`.
fn password_in(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let (user, _) = rest.split('/').next()?.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    (!password.is_empty() && !input::is_unknown_text(password)).then_some(password)
}

/// Whether an address brings the token that lets a machine join Omni.
fn has_join_token(value: &str) -> bool {
    value.split_once("jointoken=").is_some_and(|(_, token)| token.len() > 8 && !input::is_unknown_text(token))
}
