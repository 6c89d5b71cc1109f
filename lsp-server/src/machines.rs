//! What the machines of a document get for the values that are written in it, and which of their layers says so.

use crate::analysis::View;
use crate::layers::is_in;
use crate::lines::Lines;
use crate::server::Asked;
use crate::workspace::Found;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use talint_analyzer::config::{Content, Document, Entry, Origin, Value};
use talint_analyzer::effective::EffectiveSetting;
use talint_analyzer::input::{Form, Input};
use talint_analyzer::syntax::{Kind, NodeRef};
use talint_analyzer::text::{self, Span};
use talint_analyzer::{File, Layer, Machine, Merged, secrets};
use tower_lsp::ls_types::{Location, Uri};

/// Longer values are cut.
const MAX_SHOWN: usize = 60;

/// A machine, and what comes of its layers.
#[derive(Clone, Copy)]
pub(crate) struct Configured<'f> {
    pub(crate) machine: &'f Machine,
    pub(crate) merged: &'f Merged,
}

impl Found {
    fn all_merged(&self) -> &[Option<Merged>] {
        self.merged.get_or_init(|| {
            let machines = self.machines.iter().chain(&self.others);
            machines.map(|machine| machine.merge(&self.options)).collect()
        })
    }

    /// The machines that the document is a part of, but for those of which nothing comes.
    pub(crate) fn configured(&self) -> impl Iterator<Item = Configured<'_>> {
        self.machines.iter().zip(self.all_merged()).filter_map(configured)
    }

    /// The other machines of the project.
    pub(crate) fn others_configured(&self) -> impl Iterator<Item = Configured<'_>> {
        let merged = self.all_merged().get(self.machines.len()..).unwrap_or_default();
        self.others.iter().zip(merged).filter_map(configured)
    }
}

fn configured<'f>((machine, merged): (&'f Machine, &'f Option<Merged>)) -> Option<Configured<'f>> {
    Some(Configured { machine, merged: merged.as_ref()? })
}

/// A place in a file.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) span: Span,
    /// Whether it stands for something that is written nowhere: Talos or a tool generates it.
    pub(crate) is_made: bool,
}

impl<'f> Configured<'f> {
    /// Whether a text of the document is a layer of the machine: a file can hold patches of some machines alone.
    pub(crate) fn holds(&self, view: &View<'_>, key: &str) -> bool {
        self.machine.layers.iter().any(|layer| is_in(layer, view, key))
    }

    /// The place of a value, in its file.
    pub(crate) fn place(&self, origin: Origin) -> Option<Place> {
        let layer = self.machine.layers.get(origin.source)?;
        self.place_in_file(Origin { span: layer.source().position.in_file(origin.span), ..origin })
    }

    /// The place whose range is one of the file already.
    pub(crate) fn place_in_file(&self, Origin { source, span }: Origin) -> Option<Place> {
        let layer = self.machine.layers.get(source)?;
        let is_made = matches!(layer, Layer::Made { place, .. } if *place == span);
        Some(Place { file: layer.file().path.as_str().into(), span, is_made })
    }

    /// A value in short, on one line; secrets are not shown.
    pub(crate) fn shown(&self, value: &Value) -> Cow<'f, str> {
        let text = match &value.content {
            Content::Scalar(_) if self.is_secret(value.origin) => return Cow::Borrowed("<redacted>"),
            Content::Scalar(scalar) => scalar.text.replace('\n', "\\n"),
            Content::List(items) if items.iter().all(|item| item.scalar().is_some()) => {
                let items: Vec<_> = items.iter().map(|item| self.shown(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Content::List(items) => format!("a list of {}", items.len()),
            Content::Map(_) => "a mapping".to_owned(),
        };
        match text.char_indices().nth(MAX_SHOWN) {
            Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
            None => Cow::Owned(text),
        }
    }

    fn is_secret(&self, origin: Origin) -> bool {
        let Some(layer) = self.machine.layers.get(origin.source) else { return true };
        let source = layer.source();
        let hidden = secrets::find(source.path, source.bytes, Form::Patch);
        hidden.iter().any(|secret| secret.start < origin.span.end && origin.span.start < secret.end)
    }

    /// The document of a machine that a document of a source is merged into.
    pub(crate) fn document(&self, input: &Input<'_, '_>) -> Option<&'f Document> {
        let name = name_of(input);
        let kind = input.kind.name();
        let same_name = |document: &&Document| {
            document.kind.name_field.map_or("", |field| document.root.get(field).map_or("", Value::text)) == name
        };
        let documents = self.merged.layered.documents.iter();
        documents.filter(|document| document.kind.kind == kind).find(same_name)
    }

    /// The value at a way through mappings. `None` where there is none, or the way leads through a list.
    pub(crate) fn value_at(&self, input: &Input<'_, '_>, steps: &[&str]) -> Option<&'f Value> {
        let root = &self.document(input)?.root;
        steps.iter().try_fold(root, |value, step| value.get(step))
    }

    /// The settings of the machine.
    pub(crate) fn settings(&self, found: &Found) -> Vec<EffectiveSetting> {
        self.machine.settings(&found.options, &self.merged.layered)
    }
}

/// The name that tells a document from others of its kind; empty where there is one of a kind.
pub(crate) fn name_of<'t>(input: &Input<'t, '_>) -> &'t str {
    let field = talint_analyzer::tables::document_type(input.kind.name()).and_then(|kind| kind.name_field);
    field.and_then(|field| input.root?.get(field)).map_or("", NodeRef::value)
}

/// What a machine gets where a document writes a value.
pub(crate) enum Gets<'f> {
    /// That value.
    This(&'f Value),
    /// Another, which a later layer writes.
    Other(&'f Value),
    /// Nothing: a later layer takes it away.
    Nothing,
}

/// The values of a machine by the places in one file that they come from, and that they take the place of.
pub(crate) struct Values<'f> {
    pub(crate) configured: Configured<'f>,
    kept: HashMap<Span, &'f Value>,
    replaced: HashMap<Span, &'f Value>,
}

impl<'f> Values<'f> {
    /// Those that have to do with the file at `key`.
    pub(crate) fn new(configured: Configured<'f>, key: &str) -> Self {
        let mut values = Self { configured, kept: HashMap::new(), replaced: HashMap::new() };
        for document in &configured.merged.layered.documents {
            values.add(&document.root, key);
        }
        values
    }

    fn add(&mut self, value: &'f Value, key: &str) {
        let here = |origin: Origin| self.configured.place(origin).filter(|place| &*place.file == key && !place.is_made);
        if let Some(place) = here(value.origin) {
            self.kept.insert(place.span, value);
        }
        for place in value.replaced.iter().filter_map(|origin| here(*origin)).collect::<Vec<_>>() {
            self.replaced.insert(place.span, value);
        }
        value.items().iter().for_each(|item| self.add(item, key));
        value.entries().iter().for_each(|Entry { value, .. }| self.add(value, key));
    }

    /// What the machine gets for the value `node` of the document `input`, whose text begins at `offset` of its file; with
    /// the node that decides it, for a list or a mapping can be replaced as a whole. `None` where that is not known.
    pub(crate) fn gets<'t, 's>(
        &self,
        input: &Input<'t, 's>,
        node: NodeRef<'t, 's>,
        offset: u32,
    ) -> Option<(Gets<'f>, NodeRef<'t, 's>)> {
        let in_file = |span: Span| Span { start: span.start + offset, end: span.end + offset };
        if let Some(value) = self.kept.get(&in_file(node.span())) {
            return Some((Gets::This(value), node));
        }
        let mut at = Some(node);
        while let Some(node) = at {
            if let Some(value) = self.replaced.get(&in_file(node.span())) {
                return Some((Gets::Other(value), node));
            }
            at = node.parent();
        }
        let steps = node.steps();
        if !self.configured.merged.layered.refusals.is_empty()
            || !input.kind.is_configuration()
            || steps.iter().any(|step| *step == "[]" || *step == "$patch")
            || input.root.is_some_and(has_deletion)
        {
            return None;
        }
        match self.configured.value_at(input, &steps) {
            Some(value) if value.scalar().is_some() && node.kind() == Kind::Scalar => Some((Gets::Other(value), node)),
            Some(_) => None,
            None => Some((Gets::Nothing, node)),
        }
    }
}

/// Whether a document of a patch takes something out: then what it names is not what it sets.
fn has_deletion(root: NodeRef<'_, '_>) -> bool {
    root.scalars().any(|scalar| scalar.key().is_some_and(|key| key.value() == "$patch"))
}

/// The files that places are in, and their lines.
pub(crate) struct Files<'a> {
    asked: &'a Asked<'a>,
    texts: HashMap<&'a str, Cow<'a, str>>,
}

impl<'a> Files<'a> {
    pub(crate) fn new(asked: &'a Asked<'a>) -> Self {
        let machines = asked.found.machines.iter().chain(&asked.found.others);
        let layers = machines.clone().flat_map(Machine::files);
        let hosts = machines.filter_map(|machine| machine.place.as_ref()).map(|(file, _)| file);
        let mut texts: HashMap<&'a str, Cow<'a, str>> = HashMap::new();
        for file in layers.chain(hosts) {
            texts.entry(&file.path).or_insert_with(|| text(file));
        }
        texts.insert(&asked.found.key, Cow::Borrowed(&asked.document.text));
        Self { asked, texts }
    }

    /// The name of a file's place: `patches/limits.yaml:4`.
    pub(crate) fn name(&self, place: &Place) -> String {
        let line = self.lines(place).map_or(0, |lines| lines.position(place.span.start).line + 1);
        if place.is_made { "the generated configuration".to_owned() } else { format!("{}:{line}", place.file) }
    }

    /// The place as the protocol has it.
    pub(crate) fn location(&self, place: &Place) -> Option<Location> {
        Some(Location { uri: self.uri(&place.file)?, range: self.lines(place)?.range(place.span) })
    }

    /// The text of a file of a machine.
    pub(crate) fn text(&self, file: &str) -> Option<&str> {
        self.texts.get(file).map(|text| &**text)
    }

    /// What a file is called.
    pub(crate) fn uri(&self, file: &str) -> Option<Uri> {
        let Asked { document, found, .. } = self.asked;
        if file == found.key { Some(document.uri.clone()) } else { Uri::from_file_path(found.folder.join(file)) }
    }

    fn lines(&self, place: &Place) -> Option<Lines<'_>> {
        Some(Lines::of(self.text(&place.file)?, self.asked.client.encoding))
    }
}

fn text(file: &File) -> Cow<'_, str> {
    text::decode(&file.bytes).0
}

/// Names, as a sentence lists them; of many the first, and how many more.
pub(crate) fn list(names: &[&str]) -> String {
    const MANY: usize = 5;
    match names.get(..MANY) {
        Some(first) if names.len() > MANY + 1 => format!("{} and {} more", first.join(", "), names.len() - MANY),
        _ => names.join(", "),
    }
}
