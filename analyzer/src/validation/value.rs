//! Values that may be there, may not, or may not be known.

use crate::input::is_unknown;
use crate::schema::{Issue, IssueKind};
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

/// What it says when something is not written.
#[derive(Clone, Copy)]
pub(super) struct Absence<'c, 't, 's> {
    /// Whether absence is for certain: nothing is written elsewhere.
    pub is_complete: bool,
    /// What the schema finds in the source.
    pub issues: &'c [Issue<'t, 's>],
}

impl<'t, 's> Absence<'_, 't, 's> {
    /// The value of a field that a mapping lacks. Beside a key that no version knows it may only be misspelt, which is told.
    fn of_field(self, mapping: NodeRef<'t, 's>, field: &str) -> Value<'t, 's> {
        let may_mean = |issue: &Issue<'t, 's>| match issue.kind {
            IssueKind::UnknownField { closest, .. } => closest.is_none_or(|closest| closest == field),
            _ => false,
        };
        let is_of_mapping = |issue: &Issue<'t, 's>| issue.node.parent().is_some_and(|node| node.id() == mapping.id());
        let is_misspelt = || self.issues.iter().any(|issue| may_mean(issue) && is_of_mapping(issue));
        if self.is_complete && !is_misspelt() { Value::Absent } else { Value::Unknown }
    }
}

/// The values at `path` below `node`, with the steps `*` for every key of a mapping, `[]` for every item of a list,
/// and `^` for the mapping around.
#[must_use]
pub(super) fn look_up<'t, 's>(
    node: NodeRef<'t, 's>,
    path: &[&str],
    absence: Absence<'_, 't, 's>,
) -> Vec<Value<'t, 's>> {
    let mut values = Vec::new();
    descend(node.resolved(), path, absence, &mut values);
    values
}

fn descend<'t, 's>(
    node: NodeRef<'t, 's>,
    path: &[&str],
    absence: Absence<'_, 't, 's>,
    values: &mut Vec<Value<'t, 's>>,
) {
    // A patch that takes something away says nothing of what stays.
    if is_unknown(node) || node.entry("$patch").is_some() {
        return values.push(Value::Unknown);
    }
    // Where there is no list, there are no items.
    let is_one = !path.iter().any(|step| matches!(*step, "[]" | "*"));
    let Some((step, rest)) = path.split_first() else {
        return values.push(if node.is_null() { or_null(node, absence.is_complete) } else { Value::Written(node) });
    };
    match (*step, node.kind()) {
        ("^", _) => match std::iter::successors(node.parent(), |parent| parent.parent()).find(is_mapping) {
            Some(parent) => descend(parent, rest, absence, values),
            None => values.push(Value::Unknown),
        },
        ("[]", Kind::Sequence) => {
            // An item that is nothing has no fields.
            let items = node.items().map(NodeRef::resolved).filter(|item| rest.is_empty() || !item.is_null());
            items.for_each(|item| descend(item, rest, absence, values));
        }
        ("*", Kind::Mapping) => node
            .entries()
            .filter(|(key, _)| key.value() != "<<")
            .for_each(|(_, value)| descend(value.resolved(), rest, absence, values)),
        ("[]" | "*", _) => {}
        (step, Kind::Mapping) => match node.get(step) {
            Some(value) => descend(value, rest, absence, values),
            // What is merged into a mapping is not looked at.
            None if node.entry("<<").is_some() => values.push(Value::Unknown),
            None => values.extend(is_one.then(|| absence.of_field(node, step))),
        },
        (step, _) if node.is_null() => values.extend(is_one.then(|| absence.of_field(node, step))),
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
