//! Kernel arguments taken out of the lists they stand in: the word, the item when nothing is left of it, the list when
//! nothing is left of that.

use crate::context::Context;
use crate::fix::{MOST_CHANGES, Remedy};
use crate::input::InputKind;
use crate::settings::{Argument, KernelArguments};
use crate::syntax::{Kind, NodeRef};
use crate::tables;
use crate::text::Span;

/// Takes those of the arguments out that are `gone`. `None` where none is, and where arguments are shown, not configured:
/// on the command line of a machine.
pub(super) fn remove(
    context: &Context<'_, '_>,
    list: &KernelArguments<'_>,
    gone: impl Fn(&Argument<'_>) -> bool,
) -> Option<Remedy> {
    let names: Vec<String> = list.iter().filter(|argument| gone(argument)).map(Argument::text).collect();
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let mut remedy = Remedy::changing(format!("Remove {}", names.join(", ")));
    if !(1..=MOST_CHANGES).contains(&names.len()) || !is_configured(list) {
        return None;
    }
    let items = items(context, list);
    let is_gone = |item: &Item<'_, '_, '_>| item.arguments.iter().all(|argument| gone(argument));
    if let Some(whole) = items.first().and_then(|item| item.list)
        && whole.items().count() == items.len()
        && items.iter().all(is_gone)
    {
        return Some(remedy.remove(whole));
    }
    for item in items {
        if is_gone(&item) {
            remedy = remedy.remove(item.node);
            continue;
        }
        let last_kept = item.arguments.iter().rposition(|argument| !gone(argument));
        for (number, argument) in item.arguments.iter().enumerate().filter(|(_, argument)| gone(argument)) {
            let is_before_kept = last_kept.is_some_and(|last| number < last);
            remedy = remedy.replace(with_space(context.text, argument, is_before_kept)?, "");
        }
    }
    Some(remedy)
}

/// Writes `text` in the place of an argument.
pub(super) fn write(
    context: &Context<'_, '_>,
    list: &KernelArguments<'_>,
    argument: &Argument<'_>,
    text: &str,
) -> Option<Remedy> {
    let is_there = argument.span.slice(context.text) == argument.text();
    (is_configured(list) && is_there).then(|| Remedy::changing(format!("Write `{text}`")).replace(argument.span, text))
}

/// Whether a list is what a person configures.
fn is_configured(list: &KernelArguments<'_>) -> bool {
    [tables::V1ALPHA1, InputKind::JsonPatch.name(), InputKind::Schematic.name()].contains(&list.kind)
}

/// A scalar of a list, with the arguments in it.
struct Item<'t, 's, 'a> {
    node: NodeRef<'t, 's>,
    /// The list that it is an item of; an operation of a JSON patch may add it by itself.
    list: Option<NodeRef<'t, 's>>,
    arguments: Vec<&'a Argument<'t>>,
}

/// The items of a list that arguments stand in, each once.
fn items<'t, 's, 'a>(context: &Context<'t, 's>, list: &'a KernelArguments<'t>) -> Vec<Item<'t, 's, 'a>> {
    let roots = context.inputs.iter().filter_map(|input| input.root);
    let scalars: Vec<NodeRef<'t, 's>> = roots.flat_map(NodeRef::scalars).collect();
    let mut items: Vec<Item<'t, 's, 'a>> = Vec::new();
    for argument in list.iter() {
        let holds =
            |node: &NodeRef<'_, '_>| node.span().start <= argument.span.start && argument.span.end <= node.span().end;
        if let Some(item) = items.last_mut().filter(|item| holds(&item.node)) {
            item.arguments.push(argument);
            continue;
        }
        let after = scalars.partition_point(|node| node.span().start <= argument.span.start);
        let Some(node) = after.checked_sub(1).and_then(|index| scalars.get(index)).copied().filter(holds) else {
            continue;
        };
        let list = node.parent().filter(|parent| parent.kind() == Kind::Sequence && parent.parent().is_some());
        items.push(Item { node, list, arguments: vec![argument] });
    }
    items
}

/// An argument with the space between it and the next one, or the one before. `None` where it does not stand in the text as
/// it is, or stands alone on its line.
fn with_space(text: &str, argument: &Argument<'_>, is_before_kept: bool) -> Option<Span> {
    let Span { start, end } = argument.span;
    let (before, after) = (text.get(..start as usize)?, text.get(end as usize..)?);
    let is_space = [' ', '\t'];
    let space_before = before.len() - before.trim_end_matches(is_space).len();
    let space_after = after.len() - after.trim_start_matches(is_space).len();
    let is_alone = before.trim_end_matches(is_space).ends_with(['\n', '\r'])
        && after.trim_start_matches(is_space).starts_with(['\n', '\r']);
    let span = if is_before_kept && space_after > 0 {
        Span::new(start as usize, end as usize + space_after)
    } else {
        Span::new(start as usize - space_before, end as usize)
    };
    (argument.span.slice(text) == argument.text() && !is_alone).then_some(span)
}
