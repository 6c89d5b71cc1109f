//! What takes away what a check finds: what its row says, or the word or the text that can only have been meant.

use super::form::{self, Form};
use super::prefix::Prefix;
use super::{Check, Condition, Hit, Subject, Wrong};
use crate::fix::{Remedy, Value, is_same_word, renamed, spelt};
use crate::schema::closest;
use crate::syntax::{Kind, NodeRef};

/// What a row says of it.
#[derive(Debug)]
pub struct Repair {
    /// Whether what is there can mean only this, so that nobody need be asked.
    pub is_safe: bool,
    /// What is done.
    pub does: Does,
}

/// What is done to the value that is wrong.
#[derive(Debug)]
pub enum Does {
    /// It goes.
    Remove,
    /// It goes where it is one of these texts.
    RemoveIf(&'static [&'static str]),
    /// The item of a list that it stands in goes.
    RemoveItem,
    /// This stands in its place, or is added where nothing is written.
    Write(&'static str),
    /// This stands before it, where that makes it right.
    Begin(&'static str),
    /// What stands from this letter on goes.
    CutFrom(char),
    /// The two numbers around `-` change places.
    Turn,
}

/// What takes `hit` away, where one thing does.
pub(super) fn remedy(check: &Check, subject: &Subject<'_, '_, '_>, hit: &Hit) -> Option<Remedy> {
    let node = hit.node.map(|id| subject.context.tree.node(id));
    let Some(node) = node else {
        let Some(Repair { is_safe, does: Does::Write(word) }) = check.fix else { return None };
        let title = format!("Write `{}: {word}`", hit.name);
        let holder = subject.scope.kind() == Kind::Mapping;
        return holder
            .then(|| Remedy::new(is_safe, title).put(subject.scope, subject.field, Value::Text(word.to_owned())));
    };
    match &check.fix {
        Some(repair) => said(repair, check, subject, hit, node),
        None => meant(check, subject, node),
    }
}

/// What the row says.
fn said(
    repair: &Repair,
    check: &Check,
    subject: &Subject<'_, '_, '_>,
    hit: &Hit,
    node: NodeRef<'_, '_>,
) -> Option<Remedy> {
    let text = node.value();
    let remove = |node: NodeRef<'_, '_>| {
        let title = if node.parent().is_none() {
            "Remove this document".to_owned()
        } else if hit.name.is_empty() || node.key().is_none() {
            "Remove this item".to_owned()
        } else {
            format!("Remove `{}`", hit.name)
        };
        Remedy::new(repair.is_safe, title).remove(node)
    };
    let write = |text: String| Remedy::new(repair.is_safe, format!("Write `{text}`")).write_text(node, text);
    match repair.does {
        Does::Remove => Some(remove(node)),
        Does::RemoveIf(texts) => texts.contains(&text).then(|| remove(node)),
        Does::RemoveItem => {
            let is_item = |node: &NodeRef<'_, '_>| node.parent().is_some_and(|list| list.kind() == Kind::Sequence);
            std::iter::successors(Some(node), |node| node.parent()).find(is_item).map(remove)
        }
        Does::Write(word) => Some(write(word.to_owned())),
        Does::Begin(start) => {
            let next = format!("{start}{text}");
            let is_right = match &check.wrong {
                Wrong::Is(Condition::NotForm(form)) => !text.contains("//") && form.takes(&next, subject.decoder()),
                _ => false,
            };
            is_right.then(|| write(next))
        }
        Does::CutFrom(letter) => {
            let (next, _) = text.rsplit_once(letter)?;
            (!next.is_empty()).then(|| write(next.to_owned()))
        }
        Does::Turn => {
            let (low, high) = text.split_once('-')?;
            Some(write(format!("{high}-{low}")))
        }
    }
}

/// What was meant, told from what is wrong.
fn meant(check: &Check, subject: &Subject<'_, '_, '_>, node: NodeRef<'_, '_>) -> Option<Remedy> {
    let Wrong::Is(condition) = &check.wrong else { return None };
    let is_secret = subject.context.secrets.iter().any(|secret| secret.node.id() == node.id());
    if node.kind() != Kind::Scalar && !matches!(condition, Condition::Key(_)) || is_secret {
        return None;
    }
    match condition {
        Condition::NoneOf(words) => {
            let word = near(node.value(), words)?;
            let mut beside = node.parent().into_iter().flat_map(NodeRef::items);
            (!beside.any(|item| item.resolved().value() == word)).then(|| spelt(node, word))
        }
        Condition::Key(Condition::NoneOf(words)) => {
            let key = node.key()?;
            renamed(key, near(key.value(), words)?)
        }
        Condition::NotForm(form) | Condition::LacksForm(form) => {
            let text = form_meant(*form, node.value()).filter(|text| form.takes(text, subject.decoder()))?;
            Some(Remedy::safe(format!("Write `{text}`")).write_text(node, text))
        }
        _ => None,
    }
}

/// The word that is spelt most like `text`: the one that is the same but for case, or the one that is near.
fn near(text: &str, words: &'static [&'static str]) -> Option<&'static str> {
    let mut same = words.iter().copied().filter(|word| is_same_word(word, text) && !word.is_empty());
    match (same.next(), same.next()) {
        (Some(word), None) => Some(word),
        _ => closest(text, words.iter().copied().filter(|word| !word.is_empty())),
    }
}

/// The text of a form that was meant by one that is not of it, where that can only be one.
fn form_meant(form: Form, text: &str) -> Option<String> {
    match form {
        Form::MaskedPrefix => Prefix::read(text).map(Prefix::network),
        // An address with the length of its network: not the network itself.
        Form::Ip => {
            let prefix = Prefix::read(text)?;
            let is_host = !prefix.is_masked() || prefix.host_bits() == 0;
            is_host.then(|| text.split('/').next().map(str::to_owned))?
        }
        Form::Capability => {
            let name = text.to_ascii_uppercase().replace('-', "_");
            Some(name.strip_prefix("CAP_").unwrap_or(&name).to_owned())
        }
        Form::Taint => {
            let (value, effect) = text.rsplit_once(':').map_or((None, text), |(value, effect)| (Some(value), effect));
            let effect = form::TAINT_EFFECTS.iter().find(|known| is_same_word(known, effect))?;
            Some(value.map_or_else(|| (*effect).to_owned(), |value| format!("{value}:{effect}")))
        }
        Form::Millicores => millicores(text).map(|count| format!("{count}m")),
        _ => None,
    }
}

/// How many thousandths of a processor a decimal number is: `0.5` is 500.
fn millicores(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 3 || !is_number(whole) || !is_number(part) {
        return None;
    }
    format!("{whole}{part:0<3}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Form, form_meant};

    #[test]
    fn what_was_meant_is_told_from_the_form() {
        let cases = [
            (Form::MaskedPrefix, "10.244.3.1/16", Some("10.244.0.0/16")),
            (Form::MaskedPrefix, "fd00::1/108", Some("fd00::/108")),
            (Form::Ip, "192.0.2.10/24", Some("192.0.2.10")),
            (Form::Ip, "192.0.2.10/32", Some("192.0.2.10")),
            (Form::Ip, "192.0.2.0/24", None),
            (Form::Capability, "CAP_NET_ADMIN", Some("NET_ADMIN")),
            (Form::Capability, "net-admin", Some("NET_ADMIN")),
            (Form::Taint, "noschedule", Some("NoSchedule")),
            (Form::Taint, "gpu:no-execute", Some("gpu:NoExecute")),
            (Form::Taint, "never", None),
            (Form::Millicores, "0.5", Some("500m")),
            (Form::Millicores, "2", Some("2000m")),
            (Form::Millicores, "0.25", Some("250m")),
            (Form::Millicores, "half", None),
            (Form::Image, "A", None),
        ];
        for (form, text, expected) in cases {
            assert_eq!(form_meant(form, text).as_deref(), expected, "{form:?} {text}");
        }
    }
}
