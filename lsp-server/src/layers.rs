//! The layers of machines, each as a text that was read.

use crate::analysis::View;
use crate::server::Asked;
use talint_analyzer::input::{self, Form};
use talint_analyzer::text;
use talint_analyzer::{Layer, Machine};

/// Hands to `look` each layer of `machines` that is written somewhere, once: the path of its file, and the text.
pub(crate) fn each_layer<'m>(
    asked: &Asked<'_>,
    machines: impl IntoIterator<Item = &'m Machine>,
    look: impl FnMut(&str, &View<'_>),
) {
    each(asked, machines.into_iter().flat_map(|machine| machine.layers.iter().chain(&machine.schematic)), look);
}

/// The same for the layers that come before a text of the document, in its machines.
pub(crate) fn each_earlier_layer<'m>(asked: &Asked<'m>, view: &View<'_>, look: impl FnMut(&str, &View<'_>)) {
    let key = &asked.found.key;
    let before = |machine: &'m Machine| {
        let at = machine.layers.iter().position(|layer| is_in(layer, view, key));
        at.and_then(|at| machine.layers.get(..at)).unwrap_or_default()
    };
    each(asked, asked.found.machines.iter().flat_map(before), look);
}

/// Whether a layer is a text of the document at `key`.
pub(crate) fn is_in(layer: &Layer, view: &View<'_>, key: &str) -> bool {
    match layer {
        Layer::File(file) => file.path == key && view.offset == 0,
        Layer::Part { file, text, offset } => file.path == key && *offset == view.offset && *text == view.text,
        Layer::Made { .. } => false,
    }
}

fn each<'m>(asked: &Asked<'_>, layers: impl Iterator<Item = &'m Layer>, mut look: impl FnMut(&str, &View<'_>)) {
    let mut seen: Vec<(&str, u32, Option<&str>)> = Vec::new();
    for layer in layers {
        let (path, source) = (layer.file().path.as_str(), layer.source());
        let (place, form) = match layer {
            Layer::File(_) => ((path, 0, None), Form::Detected),
            Layer::Part { text, offset, .. } => ((path, *offset, Some(text.as_str())), Form::Patch),
            Layer::Made { .. } => continue,
        };
        if seen.contains(&place) {
            continue;
        }
        seen.push(place);
        let (text, _) = text::decode(source.bytes);
        let tree = input::parse(&text, path, form);
        let inputs = input::recognise(&tree, path, form);
        let versions = asked.found.analysis.versions;
        look(path, &View { text: &text, tree: &tree, inputs, versions, offset: place.1 });
    }
}
