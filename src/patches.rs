//! Patches as arguments: files, with or without `@` as talosctl has it, or the text itself.

use crate::files::{self, Input};
use std::path::PathBuf;

/// A base or a patch, read.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// What it is called in the output.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Reads the patches that `arguments` name, in their order.
///
/// # Errors
/// When one cannot be read, with its name.
pub(crate) fn read(arguments: &[String]) -> Result<Vec<Layer>, String> {
    let each = arguments.iter().enumerate();
    each.map(|(number, argument)| {
        if is_text(argument) {
            return Ok(Layer { path: format!("<patch {}>", number + 1), bytes: argument.clone().into_bytes() });
        }
        let path = argument.strip_prefix('@').unwrap_or(argument);
        let input = if path == "-" { Input::Stdin } else { Input::File(PathBuf::from(path)) };
        let bytes = files::read(&input).map_err(|error| format!("{path}: {error}"))?;
        Ok(Layer { path: path.to_owned(), bytes })
    })
    .collect()
}

/// Whether an argument is a patch rather than the name of a file that holds one.
fn is_text(argument: &str) -> bool {
    !argument.starts_with('@')
        && (argument.contains('\n') || argument.starts_with(['{', '[']) || argument.contains(": "))
}
