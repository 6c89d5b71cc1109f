//! What takes the findings of controls away: as the row says, or as it follows from its condition and the default.

use super::control::{Control, ControlFix, Weak, bare_name};
use crate::context::Context;
use crate::fix::{Remedy, Value, alike, innermost};
use crate::settings::{Combine, Effective, SettingPlace, Written};
use crate::syntax::{Kind, NodeRef, Resolved, resolve_text};
use crate::tables;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What is to be done.
enum Answer<'c> {
    /// What is written goes.
    Remove,
    /// This value is written.
    Set(&'c str),
    /// The wrong words of a list go.
    TakeOut,
    /// The missing words of a list are added.
    Add,
}

/// The answer to a control whose setting has the default `default`.
fn answer<'c>(control: &'c Control, default: Option<&str>) -> Option<Answer<'c>> {
    match (&control.fix, &control.weak) {
        (ControlFix::None, _) => None,
        (ControlFix::Remove, _) | (ControlFix::Derived, Weak::Written) => Some(Answer::Remove),
        (ControlFix::Set(value), _) => Some(Answer::Set(value)),
        (ControlFix::Derived, Weak::Holds(_)) => Some(Answer::TakeOut),
        (ControlFix::Derived, Weak::Lacks(_)) => Some(Answer::Add),
        (ControlFix::Derived, Weak::PlainHttp) => None,
        (ControlFix::Derived, _) if !control.is_weak(default.unwrap_or("")) => Some(Answer::Remove),
        (ControlFix::Derived, Weak::True) => Some(Answer::Set("false")),
        (ControlFix::Derived, Weak::False) => Some(Answer::Set("true")),
        (ControlFix::Derived, Weak::NoneOf(words)) => match &**words {
            [word] => Some(Answer::Set(word)),
            _ => None,
        },
        (ControlFix::Derived, _) => None,
    }
}

/// The words that the controls of a rule do not want in a list, or want in it, each once.
fn words<'c>(
    controls: &'c [Control],
    of: &Control,
    context: &Context<'_, '_>,
    choose: impl Fn(&'c Weak) -> Option<&'c [Cow<'static, str>]>,
) -> BTreeSet<&'c str> {
    let alike = controls.iter().filter(|control| control.setting_index == of.setting_index && control.counts(context));
    let fixable = alike.filter(|control| control.fix == ControlFix::Derived);
    fixable.filter_map(|control| choose(&control.weak)).flatten().map(|word| &**word).collect()
}

fn unwanted(weak: &Weak) -> Option<&[Cow<'static, str>]> {
    if let Weak::Holds(words) = weak { Some(words) } else { None }
}

fn wanted(weak: &Weak) -> Option<&[Cow<'static, str>]> {
    if let Weak::Lacks(words) = weak { Some(words) } else { None }
}

/// What takes away that a weak value is written. `controls` are those of the rule, whose words all go at once.
pub(super) fn of_written(
    controls: &[Control],
    control: &Control,
    context: &Context<'_, '_>,
    effective: &Effective<'_, '_>,
    written: &Written<'_, '_>,
) -> Option<Remedy> {
    let name = name(control, written.place);
    match answer(control, effective.default)? {
        Answer::Remove => {
            let remedy = Remedy::changing(format!("Remove `{name}`"));
            if written.place.combine != Combine::Override {
                return Some(remedy.remove(written.node));
            }
            // What is weak below it would count then.
            let weak = effective.written.iter().take_while(|other| control.condemns(other, context.text));
            Some(weak.fold(remedy, |remedy, other| remedy.remove(other.node)))
        }
        Answer::Set(value) => {
            let remedy = Remedy::changing(format!("Set `{name}` to `{value}`"));
            let node = written.node.items().last().unwrap_or(written.node);
            (node.kind() == Kind::Scalar).then(|| remedy.write(node, alike(node, value)))
        }
        Answer::TakeOut => {
            let unwanted = words(controls, control, context, unwanted);
            let there = written.words(context.text).into_iter().map(|(word, _)| word);
            let gone = listed(there.filter(|word| unwanted.contains(word)));
            let remedy = Remedy::changing(format!("Take {gone} out of `{name}`"));
            Some(remedy.without_words(written.node, |word| unwanted.contains(word)))
        }
        Answer::Add => {
            let there: Vec<&str> = written.words(context.text).into_iter().map(|(word, _)| word).collect();
            let wanted = words(controls, control, context, wanted);
            let missing = || wanted.iter().copied().filter(|word| !there.contains(word));
            let all: Vec<&str> = there.iter().copied().chain(missing()).collect();
            let remedy = Remedy::changing(format!("Add {} to `{name}`", listed(missing())));
            let is_scalar = written.node.kind() == Kind::Scalar;
            (is_scalar && missing().next().is_some()).then(|| remedy.write_text(written.node, all.join(",")))
        }
    }
}

/// What takes away that nothing is written and the default is weak: a value at `place` of the document `root`.
pub(super) fn of_absent(
    controls: &[Control],
    control: &Control,
    context: &Context<'_, '_>,
    effective: &Effective<'_, '_>,
    place: &SettingPlace,
    root: NodeRef<'_, '_>,
) -> Option<Remedy> {
    let name = name(control, place);
    let (title, value) = match answer(control, effective.default)? {
        Answer::Set(value) => (format!("Set `{name}` to `{value}`"), value.to_owned()),
        Answer::Add => {
            let wanted = words(controls, control, context, wanted);
            let default = effective.default.filter(|_| effective.setting.combine != Combine::Append);
            let all = default.into_iter().flat_map(|list| list.split(',')).chain(wanted.iter().copied());
            let all: Vec<&str> = all.filter(|word| !word.is_empty()).collect();
            (format!("Add {} to `{name}`", listed(wanted.iter().copied())), all.join(","))
        }
        Answer::Remove | Answer::TakeOut => return None,
    };
    let is_text = place.flag.is_some() || matches!(resolve_text(&value), Resolved::Str(_));
    let value = if is_text { Value::Text(value) } else { Value::Literal(value) };
    // Nobody begins a section today that newer documents take the place of.
    let is_deprecated = |length: usize| {
        let field = place.path.get(..length).and_then(|path| tables::field_at_steps(place.document, path));
        let variants = field.map(|field| field.variants).unwrap_or_default();
        variants.iter().any(|variant| variant.versions.contains(context.talos()) && variant.deprecated.is_some())
    };
    let depth = place.path.len() - innermost(root, place.path).1.len();
    let begins_deprecated = is_deprecated(depth + 1) && !is_deprecated(depth);
    (!begins_deprecated).then(|| Remedy::changing(title).put(root, place.path, value))
}

/// The setting as it is called where it is written.
fn name(control: &Control, place: &SettingPlace) -> &'static str {
    place.flag.unwrap_or_else(|| bare_name(control.setting))
}

fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    match words.as_slice() {
        [first, .., last] if words.len() == 2 => format!("{first} and {last}"),
        _ => words.join(", "),
    }
}
