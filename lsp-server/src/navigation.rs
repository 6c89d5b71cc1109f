//! From a name, a path or a value to where it comes from, and to all places that have to do with it, across the files of
//! the machines.

use crate::analysis::{View, at_offset};
use crate::layers::{each_earlier_layer, each_layer};
use crate::lines::Lines;
use crate::machines::{Configured, Files, Gets, Place, Values, name_of};
use crate::names;
use crate::server::Asked;
use talint_analyzer::config::Value;
use talint_analyzer::input::{Input, InputKind};
use talint_analyzer::project::{self, MachineEntry, matches_file};
use talint_analyzer::settings;
use talint_analyzer::syntax::{Kind, NodeRef};
use talint_analyzer::tables;
use talint_analyzer::text::Span;
use talint_analyzer::{Machine, normalized};
use tower_lsp::ls_types::{GotoDefinitionResponse, Location, Position};

/// Where the thing under the cursor is configured: what a name stands for, the file at a path, the layers that decide a
/// value, the document that a patch changes.
pub(crate) fn definition(asked: &Asked<'_>, position: Position) -> Option<GotoDefinitionResponse> {
    let locations = names::definition(asked, position).or_else(|| {
        let at = Lines::new(asked.document, asked.client.encoding).offset(position);
        places(asked, at, Wanted::Definition)
    })?;
    (!locations.is_empty()).then_some(GotoDefinitionResponse::Array(locations))
}

/// All places of the thing under the cursor: of a name, of a path in the project file, and of a field in every layer of the
/// machines.
pub(crate) fn references(asked: &Asked<'_>, position: Position, with_definition: bool) -> Option<Vec<Location>> {
    names::references(asked, position, with_definition).or_else(|| {
        let at = Lines::new(asked.document, asked.client.encoding).offset(position);
        places(asked, at, Wanted::References)
    })
}

/// What is asked about a place.
#[derive(Clone, Copy)]
enum Wanted {
    Definition,
    References,
}

fn places(asked: &Asked<'_>, at: u32, wanted: Wanted) -> Option<Vec<Location>> {
    let found = at_offset(asked, at, |view, offset| {
        let node = view.node_at(offset).filter(|node| node.kind() == Kind::Scalar && node.span().touches(offset))?;
        let input = view.input_at(offset)?;
        let cursor = Cursor { asked, view, input, node };
        let found = match wanted {
            Wanted::Definition => cursor.definition(),
            Wanted::References => cursor.references(),
        };
        (!found.is_empty()).then_some(found)
    })?;
    let files = Files::new(asked);
    let mut known: Vec<Place> = Vec::new();
    for place in found.into_iter().filter(|place| !place.is_made) {
        if !known.contains(&place) {
            known.push(place);
        }
    }
    Some(known.iter().filter_map(|place| files.location(place)).collect())
}

/// The scalar under the cursor.
struct Cursor<'a> {
    asked: &'a Asked<'a>,
    view: &'a View<'a>,
    input: &'a Input<'a, 'a>,
    node: NodeRef<'a, 'a>,
}

impl<'a> Cursor<'a> {
    fn definition(&self) -> Vec<Place> {
        if self.is_path() {
            return self.files_at_path();
        }
        if let Some(around) = self.deletes() {
            return self.earlier(&around);
        }
        if self.is_header() {
            return self.earlier(&[]);
        }
        let decided = self.decided();
        if decided.is_empty() { self.in_layers(&self.steps()) } else { decided }
    }

    fn references(&self) -> Vec<Place> {
        if self.is_path() {
            let files: Vec<Place> = self.files_at_path();
            return files.iter().flat_map(|file| mentions(self.asked, &file.file)).collect();
        }
        if self.is_header() {
            let mut places = self.in_layers(&[]);
            places.extend(mentions(self.asked, &self.asked.found.key));
            return places;
        }
        let steps = self.steps();
        if steps.contains(&"[]") { self.origins() } else { self.in_layers(&steps) }
    }

    /// The value of the key under the cursor, or the value itself.
    fn value(&self) -> NodeRef<'a, 'a> {
        let entry = self.node.parent().and_then(|parent| parent.entries().find(|(key, _)| *key == self.node));
        entry.map_or(self.node, |(_, value)| value)
    }

    fn steps(&self) -> Vec<&'a str> {
        self.value().steps()
    }

    /// Whether it is a value that may name files.
    fn is_path(&self) -> bool {
        matches!(self.input.kind, InputKind::Project | InputKind::Foreign) && self.value() == self.node
    }

    /// Whether it says which document this is.
    fn is_header(&self) -> bool {
        match self.input.kind {
            InputKind::Document(_) => matches!(self.steps().as_slice(), ["kind" | "apiVersion"]),
            InputKind::MachineConfig { .. } => self.steps() == ["version"],
            _ => false,
        }
    }

    /// The way to what a `$patch: delete` takes out.
    fn deletes(&self) -> Option<Vec<&'a str>> {
        let steps = self.steps();
        let (last, around) = steps.split_last()?;
        (*last == "$patch").then(|| around.to_vec())
    }

    /// The files that a path of the project file, or of the file of a tool, names.
    fn files_at_path(&self) -> Vec<Place> {
        let Asked { document, found, .. } = self.asked;
        let mut paths: Vec<&str> = Vec::new();
        let mut add = |machine: &'a Machine, is_it: &dyn Fn(&str) -> bool| {
            paths.extend(machine.files().map(|file| file.path.as_str()).filter(|path| is_it(path)));
        };
        if found.is_project {
            let said = project::load(document.text.as_bytes());
            for entry in &said.machines {
                let machine = found.machines.iter().find(|machine| *machine.name == *entry.name.text);
                let here = named(entry).filter(|(_, span)| *span == self.node.span());
                if let Some(machine) = machine {
                    here.for_each(|(path, _)| add(machine, &|file| matches_file(&normalized(path), file)));
                }
            }
        } else {
            // Only project files have wildcards, and a text of several lines is no path.
            let written = self.node.value();
            let path = normalized(written.strip_prefix('@').unwrap_or(written));
            found.machines.iter().for_each(|machine| add(machine, &|file| file == path));
        }
        let place = |path: &str| Place { file: path.into(), span: Span::default(), is_made: false };
        paths.into_iter().map(place).collect()
    }

    /// The machines that have this text as a layer.
    fn machines(&self) -> impl Iterator<Item = Configured<'a>> {
        let (view, key) = (self.view, &self.asked.found.key);
        self.asked.found.configured().filter(move |configured| configured.holds(view, key))
    }

    /// What each machine gets for the value.
    fn values(&self) -> Vec<(Configured<'a>, &'a Value)> {
        let value = |configured| {
            let values = Values::new(configured, &self.asked.found.key);
            match values.gets(self.input, self.value(), self.view.offset)? {
                (Gets::This(value) | Gets::Other(value), _) => Some((configured, value)),
                (Gets::Nothing, _) => None,
            }
        };
        self.machines().filter_map(value).collect()
    }

    /// Where that is written.
    fn decided(&self) -> Vec<Place> {
        self.values().into_iter().filter_map(|(configured, value)| configured.place(value.origin)).collect()
    }

    /// The same, with all that it takes the place of.
    fn origins(&self) -> Vec<Place> {
        let origins = |(configured, value): (Configured<'a>, &'a Value)| {
            value.replaced.iter().chain([&value.origin]).filter_map(move |origin| configured.place(*origin))
        };
        self.values().into_iter().flat_map(origins).collect()
    }

    /// Where the layers of the machines have the document, or a field of it.
    fn in_layers(&self, steps: &[&str]) -> Vec<Place> {
        let mut places = Vec::new();
        let add = |path: &str, view: &View<'_>| self.add(steps, path, view, &mut places);
        each_layer(self.asked, self.machines().map(|configured| configured.machine), add);
        places
    }

    /// The same for the layers before this one.
    fn earlier(&self, steps: &[&str]) -> Vec<Place> {
        let mut places = Vec::new();
        each_earlier_layer(self.asked, self.view, |path, view| self.add(steps, path, view, &mut places));
        places
    }

    fn add(&self, steps: &[&str], path: &str, view: &View<'_>, places: &mut Vec<Place>) {
        let kind = self.input.kind.name();
        let mut push = |span: Span| {
            places.push(Place { file: path.into(), span: view.in_file(span), is_made: false });
        };
        for input in
            view.inputs.iter().filter(|input| input.kind.name() == kind && name_of(input) == name_of(self.input))
        {
            let Some(node) = input.root.and_then(|root| root.at(steps)) else { continue };
            // Of a document the line that says what it is.
            let first = || node.get("kind").or_else(|| node.children().next()).unwrap_or(node);
            push(if steps.is_empty() { first().span() } else { node.key().map_or(node.span(), NodeRef::span) });
        }
        if kind == tables::V1ALPHA1 && !steps.is_empty() && !steps.contains(&"*") {
            let operations = settings::find(&view.inputs, kind, steps).into_iter();
            operations.filter(settings::Found::is_in_operation).for_each(|found| push(found.node.visible_span()));
        }
    }
}

/// The paths that an entry of the project file names, with their places.
fn named(entry: &MachineEntry) -> impl Iterator<Item = (&str, Span)> {
    let all = entry.base.iter().chain(&entry.patches).chain(&entry.schematic);
    all.map(|path| (path.text.as_str(), path.span))
}

/// Where the project file names a file.
fn mentions(asked: &Asked<'_>, file: &str) -> Vec<Place> {
    let machines = asked.found.machines.iter().chain(&asked.found.others);
    let mut hosts = machines.filter_map(|machine| machine.place.as_ref()).map(|(host, _)| host);
    let Some(host) = hosts.find(|host| host.path.ends_with(talint_analyzer::input::PROJECT_FILE)) else {
        return Vec::new();
    };
    let said = project::load(&host.bytes);
    let all = said.machines.iter().flat_map(named);
    let here = all.filter(|(path, _)| matches_file(&normalized(path), file));
    here.map(|(_, span)| Place { file: host.path.as_str().into(), span, is_made: false }).collect()
}
