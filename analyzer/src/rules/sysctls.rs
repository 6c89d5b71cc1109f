//! Kernel parameters as they are configured, in whichever place.

use crate::context::Context;
use crate::input::{InputKind, is_unknown};
use crate::settings::SYSCTLS;
use crate::syntax::{Kind, NodeRef};

/// The value that is configured for the parameter `key`; `None` when there is none, or it is not known yet.
pub(super) fn value<'t, 's>(context: &Context<'t, 's>, key: &str) -> Option<NodeRef<'t, 's>> {
    let written = SYSCTLS.iter().find_map(|field| {
        let path: Vec<&str> = field.path.iter().copied().chain([key]).collect();
        context.find(field.document, &path).into_iter().find(|found| !found.node.is_null())
    })?;
    Some(written.node).filter(|node| node.kind() == Kind::Scalar && !is_unknown(*node))
}

/// The names of all parameters that are configured.
pub(super) fn keys<'t, 's>(context: &Context<'t, 's>) -> Vec<NodeRef<'t, 's>> {
    let mut keys = Vec::new();
    for field in SYSCTLS {
        let path: Vec<&str> = field.path.iter().copied().chain(["*"]).collect();
        for found in context.find(field.document, &path) {
            // In a JSON patch the name may stand in the path of the operation, beside the value.
            let is_patch = found.kind == InputKind::JsonPatch.name();
            let key = found.node.key().filter(|key| !is_unknown(*key));
            keys.extend(key.filter(|key| !(is_patch && key.value() == "value")));
        }
    }
    keys
}
