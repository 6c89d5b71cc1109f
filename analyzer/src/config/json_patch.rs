//! JSON patches of RFC 6902, as the library that Talos uses applies them: `replace` adds what is not there, and indices
//! may count from the end.

use super::merge::is_yes;
use super::value::{Content, Entry, Origin, Refusal, Scalar, Value};
use crate::syntax::{Resolved, Style};
use crate::version::TalosVersion;

/// One operation.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    kind: String,
    path: Option<String>,
    from: Option<String>,
    value: Option<Value>,
    origin: Origin,
    path_origin: Origin,
}

impl Operation {
    /// Reads an item of a JSON patch.
    pub(super) fn read(item: &Value, version: TalosVersion) -> Self {
        let text = |key: &str| item.get(key).and_then(Value::scalar).map(|scalar| scalar.text.clone());
        let value = item.get("value").cloned().map(|mut value| {
            as_json(&mut value, version);
            value
        });
        Self {
            kind: text("op").unwrap_or_default(),
            path: text("path"),
            from: text("from"),
            value,
            origin: item.origin,
            path_origin: item.get("path").map_or(item.origin, |path| path.origin),
        }
    }

    fn missing(&self, path: &str) -> Refusal {
        Refusal::not_found(
            self.path_origin,
            format!("`{}` of a JSON patch does not apply: `{path}` is not there", self.kind),
        )
    }

    /// Applies the operation to a document.
    pub(super) fn apply(&self, root: &mut Value, version: TalosVersion) -> Result<(), Refusal> {
        let Some(path) = self.path.as_deref() else {
            return Err(Refusal::merge(self.origin, "an operation of a JSON patch needs a `path`"));
        };
        let new = || match &self.value {
            Some(value) => value.clone(),
            None => Value::new(Content::Scalar(Scalar::plain("null")), self.origin),
        };
        match self.kind.as_str() {
            "add" => self.add(root, path, new()),
            "remove" => self.remove(root, path).map(|_| ()),
            "replace" if path.is_empty() => {
                let new = new();
                if new.scalar().is_some() {
                    return Err(Refusal::merge(self.origin, "a document is replaced by a mapping, not by this"));
                }
                root.replace_by(new);
                Ok(())
            }
            "replace" => {
                let (container, key) = self.find(root, path)?;
                match &mut container.content {
                    Content::Map(_) => set(container, &key, new(), self.path_origin),
                    Content::List(items) => {
                        let at = index(&key, items.len()).ok_or_else(|| self.missing(path))?;
                        items.get_mut(at).ok_or_else(|| self.missing(path))?.replace_by(new());
                    }
                    Content::Scalar(_) => {}
                }
                Ok(())
            }
            "move" => {
                let from = self.from()?;
                let mut value = self.remove(root, from)?;
                value.replaced.clear();
                self.add(root, path, value)
            }
            "copy" => {
                let from = self.from()?;
                let value = self.get(root, from)?.cloned();
                let nothing = || Value::new(Content::Scalar(Scalar::plain("null")), self.origin);
                self.add(root, path, value.unwrap_or_else(nothing))
            }
            "test" => self.test(root, path, version),
            other => Err(Refusal::merge(self.origin, format!("a JSON patch has no operation `{other}`"))),
        }
    }

    fn from(&self) -> Result<&str, Refusal> {
        let missing = || Refusal::merge(self.origin, format!("`{}` needs a `from`", self.kind));
        self.from.as_deref().ok_or_else(missing)
    }

    fn test(&self, root: &mut Value, path: &str, version: TalosVersion) -> Result<(), Refusal> {
        let found = if path.is_empty() { Some(&*root) } else { self.get(root, path)? };
        let found = found.filter(|value| !value.is_null());
        let wanted = self.value.as_ref().filter(|value| !value.is_null());
        let is_same = match (found, wanted) {
            (None, None) => true,
            (Some(found), Some(wanted)) => same(found, wanted, version),
            _ => false,
        };
        if is_same {
            return Ok(());
        }
        let message =
            format!("the test of a JSON patch fails: `{path}` is something else, so that Talos refuses it all");
        let refusal = Refusal::merge(self.origin, message);
        Err(match found {
            Some(found) => refusal.beside(found.origin, "it is here"),
            None => refusal,
        })
    }

    /// What holds the last step of a path, and that step.
    fn find<'v>(&self, root: &'v mut Value, path: &str) -> Result<(&'v mut Value, String), Refusal> {
        let mut steps: Vec<String> = path.split('/').map(unescape).collect();
        if steps.len() < 2 {
            return Err(self.missing(path));
        }
        let last = steps.pop().unwrap_or_default();
        let mut value = root;
        for step in steps.iter().skip(1) {
            let next = match &mut value.content {
                Content::Map(entries) => {
                    entries.iter_mut().find(|entry| entry.key.text == *step).map(|entry| &mut entry.value)
                }
                Content::List(items) => index(step, items.len()).and_then(|at| items.get_mut(at)),
                Content::Scalar(_) => None,
            };
            value = next.filter(|next| next.scalar().is_none()).ok_or_else(|| self.missing(path))?;
        }
        if value.scalar().is_some() {
            return Err(self.missing(path));
        }
        Ok((value, last))
    }

    fn get<'v>(&self, root: &'v mut Value, path: &str) -> Result<Option<&'v Value>, Refusal> {
        let (container, key) = self.find(root, path)?;
        match &container.content {
            Content::List(items) => {
                let at = index(&key, items.len()).ok_or_else(|| self.missing(path))?;
                Ok(Some(items.get(at).ok_or_else(|| self.missing(path))?))
            }
            _ => Ok(container.get(&key)),
        }
    }

    fn add(&self, root: &mut Value, path: &str, new: Value) -> Result<(), Refusal> {
        let (container, key) = self.find(root, path)?;
        let Content::List(items) = &mut container.content else {
            set(container, &key, new, self.path_origin);
            return Ok(());
        };
        let at = if key == "-" { Some(items.len()) } else { index(&key, items.len() + 1) };
        match at.filter(|at| *at <= items.len()) {
            Some(at) => items.insert(at, new),
            None => return Err(self.missing(path)),
        }
        Ok(())
    }

    fn remove(&self, root: &mut Value, path: &str) -> Result<Value, Refusal> {
        let (container, key) = self.find(root, path)?;
        let removed = match &mut container.content {
            Content::List(items) => index(&key, items.len()).filter(|at| *at < items.len()).map(|at| items.remove(at)),
            Content::Map(entries) => {
                let at = entries.iter().position(|entry| entry.key.text == key);
                at.map(|at| entries.remove(at).value)
            }
            Content::Scalar(_) => None,
        };
        removed.ok_or_else(|| self.missing(path))
    }
}

fn set(container: &mut Value, key: &str, new: Value, key_origin: Origin) {
    let Content::Map(entries) = &mut container.content else { return };
    if let Some(entry) = entries.iter_mut().find(|entry| entry.key.text == key) {
        entry.value.replace_by(new);
        return;
    }
    let is_word = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric());
    let is_text = is_word && key.starts_with(|c: char| c.is_ascii_alphabetic());
    let key = if is_text { Scalar::plain(key) } else { Scalar::quoted(key) };
    entries.push(Entry { key, key_origin, value: new });
}

fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// An index of a list, counted from the end when negative. It may be past the end.
fn index(step: &str, length: usize) -> Option<usize> {
    let number: i64 = step.strip_prefix('+').unwrap_or(step).parse().ok()?;
    if number < 0 { length.checked_sub(usize::try_from(-number).ok()?) } else { usize::try_from(number).ok() }
}

/// Turns scalars into what is left of them on the way through JSON, where numbers have one notation.
pub(super) fn as_json(value: &mut Value, version: TalosVersion) {
    match &mut value.content {
        Content::Map(entries) => entries.iter_mut().for_each(|entry| as_json(&mut entry.value, version)),
        Content::List(items) => items.iter_mut().for_each(|item| as_json(item, version)),
        Content::Scalar(scalar) => {
            let text = match scalar.resolve(version) {
                Resolved::Int(number) => number.to_string(),
                Resolved::Bool(is_true) => is_true.to_string(),
                Resolved::Float(number) if number.is_finite() && number.abs() < 1e15 => number.to_string(),
                Resolved::Str(text) if scalar.style == Style::Plain && is_old_boolean(&text) => {
                    *scalar = Scalar::quoted(&scalar.text);
                    return;
                }
                _ => return,
            };
            if scalar.text != text || scalar.tag.is_some() {
                *scalar = Scalar::plain(&text);
            }
        }
    }
}

/// A base goes through an older YAML library on its way to JSON, to which more words are booleans.
pub(super) fn base_as_json(value: &mut Value, version: TalosVersion) {
    match &mut value.content {
        Content::Map(entries) => entries.iter_mut().for_each(|entry| base_as_json(&mut entry.value, version)),
        Content::List(items) => items.iter_mut().for_each(|item| base_as_json(item, version)),
        Content::Scalar(scalar) => {
            if scalar.style == Style::Plain && scalar.tag.is_none() && is_old_boolean(&scalar.text) {
                *scalar = Scalar::plain(if is_yes(&scalar.text) { "true" } else { "false" });
            } else {
                as_json(value, version);
            }
        }
    }
}

fn is_old_boolean(text: &str) -> bool {
    is_yes(text) || matches!(text, "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF")
}

fn same(left: &Value, right: &Value, version: TalosVersion) -> bool {
    match (&left.content, &right.content) {
        (Content::Map(left), Content::Map(right)) => {
            left.len() == right.len()
                && left.iter().all(|entry| {
                    let other = right.iter().find(|other| other.key.text == entry.key.text);
                    other.is_some_and(|other| same(&entry.value, &other.value, version))
                })
        }
        (Content::List(left), Content::List(right)) => {
            // Null in a list is more than the library of Talos can compare.
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| !left.is_null() && same(left, right, version))
        }
        (Content::Scalar(left), Content::Scalar(right)) => left.resolve(version) == right.resolve(version),
        _ => false,
    }
}
