//! Patches inside of the files of tools: configuration that is a text of its own.

use super::cursor::MARKER;
use crate::server::Asked;
use std::sync::Arc;
use talint_analyzer::{File, Layer, NoFiles, tools};

/// A text with the marker in it.
pub(super) struct Part {
    pub(super) text: String,
    /// Where in the file it begins.
    pub(super) offset: u32,
}

/// The patch that the marker stands in, if `marked` is the file of a tool and has it in a patch.
pub(super) fn marked_part(asked: &Asked<'_>, marked: &str) -> Option<Part> {
    let file = Arc::new(File { path: asked.document.path(), bytes: marked.as_bytes().to_vec() });
    // The other files of a machine say nothing of what can be written in this one.
    let described = tools::describe(&file, &NoFiles, &asked.found.options)?;
    let layers = described.machines.into_iter().flat_map(|machine| machine.layers);
    let parts = layers.filter_map(|layer| match layer {
        Layer::Part { text, offset, .. } => Some(Part { text, offset }),
        _ => None,
    });
    parts.filter(|part| part.text.contains(MARKER)).min_by_key(|part| part.text.len())
}
