//! Patches as arguments: files, with or without `@` as talosctl has it, or the text itself.

use crate::files::{self, Input};
use std::path::Path;
use talint_analyzer::Source;

/// A base or a patch, read.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// What it is called in the output.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Reads the base `base`, called `path`, and the patches that `arguments` name, in their order.
///
/// # Errors
/// When one cannot be read, with its name.
pub(crate) fn read(path: &str, base: &Input, arguments: &[String]) -> Result<Vec<Layer>, String> {
    let mut layers = vec![layer(path, base)?];
    layers.extend(read_patches(arguments)?);
    Ok(layers)
}

/// Reads the patches alone.
///
/// # Errors
/// When one cannot be read, with its name.
pub(crate) fn read_patches(arguments: &[String]) -> Result<Vec<Layer>, String> {
    let each = arguments.iter().enumerate();
    each.map(|(number, argument)| {
        if is_text(argument) {
            return Ok(Layer { path: format!("<patch {}>", number + 1), bytes: argument.clone().into_bytes() });
        }
        let path = argument.strip_prefix('@').unwrap_or(argument);
        layer(path, &input(Path::new(path)))
    })
    .collect()
}

/// What a path names; `-` is standard input.
pub(crate) fn input(path: &Path) -> Input {
    if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.to_owned()) }
}

/// The layers as the analyzer takes them.
pub(crate) fn sources(layers: &[Layer]) -> Vec<Source<'_>> {
    layers.iter().map(|layer| Source::file(&layer.path, &layer.bytes)).collect()
}

fn layer(path: &str, input: &Input) -> Result<Layer, String> {
    let bytes = files::read(input).map_err(|error| format!("{path}: {error}"))?;
    Ok(Layer { path: path.to_owned(), bytes })
}

/// Whether an argument is a patch rather than the name of a file that holds one.
fn is_text(argument: &str) -> bool {
    !argument.starts_with('@')
        && (argument.contains('\n') || argument.starts_with(['{', '[']) || argument.contains(": "))
}
