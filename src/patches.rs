//! Patches as arguments: files, with or without `@` as talosctl has it, or the text itself.

use crate::files::{Input, Reader};
use std::path::Path;
use talint_analyzer::Source;

/// A base or a patch, read.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// What it is called in the output.
    pub path: String,
    /// Where it was read; `None` when it is an argument, or made.
    pub input: Option<Input>,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Reads the base `base`, called `path`, and the patches that `arguments` name, in their order.
///
/// # Errors
/// When one cannot be read, with its name.
pub(crate) fn read(path: &str, base: &Input, arguments: &[String], reader: &Reader) -> Result<Vec<Layer>, String> {
    let mut layers = vec![layer(path, base, reader)?];
    layers.extend(read_patches(arguments, reader)?);
    Ok(layers)
}

/// Reads the patches alone.
///
/// # Errors
/// When one cannot be read, with its name.
pub(crate) fn read_patches(arguments: &[String], reader: &Reader) -> Result<Vec<Layer>, String> {
    let each = arguments.iter().enumerate();
    each.map(|(number, argument)| {
        if is_text(argument) {
            let path = format!("<patch {}>", number + 1);
            return Ok(Layer { path, input: None, bytes: argument.clone().into_bytes() });
        }
        let path = argument.strip_prefix('@').unwrap_or(argument);
        layer(path, &input(Path::new(path)), reader)
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

fn layer(path: &str, input: &Input, reader: &Reader) -> Result<Layer, String> {
    let bytes = reader.read(input).map_err(|error| format!("{path}: {error}"))?;
    Ok(Layer { path: path.to_owned(), input: Some(input.clone()), bytes })
}

/// Whether an argument is a patch rather than the name of a file that holds one.
fn is_text(argument: &str) -> bool {
    !argument.starts_with('@')
        && (argument.contains('\n') || argument.starts_with(['{', '[']) || argument.contains(": "))
}
