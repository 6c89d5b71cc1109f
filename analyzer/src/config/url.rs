//! URLs, which Talos merges part by part, as Go's `net/url` takes them apart.

use super::value::{Content, Refusal, Scalar, Value};

/// The parts of a URL. A part that is empty is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts {
    scheme: String,
    opaque: String,
    user: Option<String>,
    host: String,
    path: String,
    force_query: bool,
    query: String,
    fragment: String,
    /// Whether there was a `//` with nothing behind it.
    omit_host: bool,
}

/// Merges the URL `right` into `left`: each part that the patch has takes the place of the one before.
pub(super) fn merge(left: &mut Value, right: Value) -> Result<(), Refusal> {
    // An empty text is a URL without parts; a field by pointer still exists.
    let (own, other) = (split(left.text()), split(right.text()));
    if own.user.is_some() && other.user.is_some() {
        let refusal = Refusal::merge(right.origin, "Talos cannot merge two URLs that both name a user");
        return Err(refusal.beside(left.origin, "the base has it here"));
    }
    let choose = |new: &String, old: String| if new.is_empty() { old } else { new.clone() };
    let merged = Parts {
        scheme: choose(&other.scheme, own.scheme),
        opaque: choose(&other.opaque, own.opaque),
        user: other.user.clone().or(own.user),
        host: choose(&other.host, own.host),
        path: choose(&other.path, own.path),
        // Booleans are always taken.
        force_query: other.force_query,
        omit_host: other.omit_host,
        query: choose(&other.query, own.query),
        fragment: choose(&other.fragment, own.fragment),
    };
    let text = join(&merged);
    if text == join(&split(left.text())) && text != right.text() {
        return Ok(());
    }
    let is_whole = text == right.text();
    left.replace_by(right);
    if !is_whole {
        left.content = Content::Scalar(Scalar::quoted(&text));
        left.composed = true;
    }
    Ok(())
}

/// The text that Go writes for a URL.
pub(super) fn normal(text: &str) -> String {
    join(&split(text))
}

fn split(text: &str) -> Parts {
    let mut parts = Parts::default();
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    fragment.clone_into(&mut parts.fragment);
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    };
    let (scheme, rest) = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme)).unwrap_or(("", text));
    parts.scheme = scheme.to_ascii_lowercase();
    let rest = match rest.strip_suffix('?') {
        Some(before) if !before.contains('?') => {
            parts.force_query = true;
            before
        }
        _ => match rest.split_once('?') {
            Some((before, query)) => {
                query.clone_into(&mut parts.query);
                before
            }
            None => rest,
        },
    };
    if !rest.starts_with('/') && !parts.scheme.is_empty() {
        rest.clone_into(&mut parts.opaque);
        return parts;
    }
    let has_authority = rest.starts_with("//") && (!parts.scheme.is_empty() || !rest.starts_with("///"));
    if !has_authority {
        parts.omit_host = !parts.scheme.is_empty() && rest.starts_with('/');
        rest.clone_into(&mut parts.path);
        return parts;
    }
    let rest = rest.get(2..).unwrap_or("");
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    path.clone_into(&mut parts.path);
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            parts.user = Some(user.to_owned());
            host.clone_into(&mut parts.host);
        }
        None => authority.clone_into(&mut parts.host),
    }
    parts
}

fn join(parts: &Parts) -> String {
    let mut text = String::new();
    if !parts.scheme.is_empty() {
        text.push_str(&parts.scheme);
        text.push(':');
    }
    if parts.opaque.is_empty() {
        if !parts.scheme.is_empty() || !parts.host.is_empty() || parts.user.is_some() {
            let has_authority = !parts.host.is_empty() || parts.user.is_some();
            if has_authority || !parts.omit_host && !parts.path.is_empty() {
                text.push_str("//");
            }
            if let Some(user) = &parts.user {
                text.push_str(user);
                text.push('@');
            }
            text.push_str(&parts.host);
        }
        if !parts.path.is_empty() && !parts.path.starts_with('/') && !parts.host.is_empty() {
            text.push('/');
        }
        text.push_str(&parts.path);
    } else {
        text.push_str(&parts.opaque);
    }
    if parts.force_query || !parts.query.is_empty() {
        text.push('?');
        text.push_str(&parts.query);
    }
    if !parts.fragment.is_empty() {
        text.push('#');
        text.push_str(&parts.fragment);
    }
    text
}
