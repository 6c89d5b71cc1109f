//! Values that may be there, may not, or may not be known.

use crate::input::is_unknown;
use crate::syntax::{Kind, NodeRef};

/// What a way leads to.
#[derive(Clone, Copy, Debug)]
pub enum Value<'t, 's> {
    /// A value, perhaps null.
    Written(NodeRef<'t, 's>),
    /// Nothing, and that is for certain.
    Absent,
    /// Nothing that can be known here.
    Unknown,
}

impl<'t, 's> Value<'t, 's> {
    /// The node of a value that is written.
    #[must_use]
    pub fn node(self) -> Option<NodeRef<'t, 's>> {
        match self {
            Self::Written(node) => Some(node),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// The node of a value that is written and not null.
    #[must_use]
    pub fn not_null(self) -> Option<NodeRef<'t, 's>> {
        self.node().filter(|node| !node.is_null())
    }
}

/// The values at `path` below `node`, with the steps `*` for every key of a mapping, `[]` for every item of a list,
/// and `^` for the mapping around.
/// `is_complete` says whether absence is for certain.
#[must_use]
pub(super) fn look_up<'t, 's>(node: NodeRef<'t, 's>, path: &[&str], is_complete: bool) -> Vec<Value<'t, 's>> {
    let mut values = Vec::new();
    descend(node.resolved(), path, is_complete, &mut values);
    values
}

fn descend<'t, 's>(node: NodeRef<'t, 's>, path: &[&str], is_complete: bool, values: &mut Vec<Value<'t, 's>>) {
    let absent = if is_complete { Value::Absent } else { Value::Unknown };
    // A patch that takes something away says nothing of what stays.
    if is_unknown(node) || node.entry("$patch").is_some() {
        return values.push(Value::Unknown);
    }
    // Where there is no list, there are no items.
    let is_one = !path.iter().any(|step| matches!(*step, "[]" | "*"));
    let Some((step, rest)) = path.split_first() else {
        return values.push(if node.is_null() { or_null(node, is_complete) } else { Value::Written(node) });
    };
    match (*step, node.kind()) {
        ("^", _) => match std::iter::successors(node.parent(), |parent| parent.parent()).find(is_mapping) {
            Some(parent) => descend(parent, rest, is_complete, values),
            None => values.push(Value::Unknown),
        },
        ("[]", Kind::Sequence) => {
            // An item that is nothing has no fields.
            let items = node.items().map(NodeRef::resolved).filter(|item| rest.is_empty() || !item.is_null());
            items.for_each(|item| descend(item, rest, is_complete, values));
        }
        ("*", Kind::Mapping) => node
            .entries()
            .filter(|(key, _)| key.value() != "<<")
            .for_each(|(_, value)| descend(value.resolved(), rest, is_complete, values)),
        ("[]" | "*", _) => {}
        (step, Kind::Mapping) => match node.get(step) {
            Some(value) => descend(value, rest, is_complete, values),
            // What is merged into a mapping is not looked at.
            None if node.entry("<<").is_some() => values.push(Value::Unknown),
            None => values.extend(is_one.then_some(absent)),
        },
        _ if node.is_null() => values.extend(is_one.then_some(absent)),
        // The decoder does not take it, and that is told.
        _ => values.push(Value::Unknown),
    }
}

fn is_mapping(node: &NodeRef<'_, '_>) -> bool {
    node.kind() == Kind::Mapping
}

/// Null, which to Talos is as if nothing were written.
fn or_null<'t, 's>(node: NodeRef<'t, 's>, is_complete: bool) -> Value<'t, 's> {
    if is_complete { Value::Written(node) } else { Value::Unknown }
}
