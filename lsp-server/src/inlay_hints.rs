//! What stands behind the lines: the value that the machines get in the end, where a later layer writes another, and the
//! defaults of what could be hardened and is not written.

use crate::analysis::{View, each_view};
use crate::lines::Lines;
use crate::machines::{Files, Gets, Place, Values, list};
use crate::server::Asked;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use talint_analyzer::config::Value;
use talint_analyzer::directives::Role;
use talint_analyzer::effective::{self, EffectiveSetting};
use talint_analyzer::input::{Input, InputKind};
use talint_analyzer::rules::{self, Control};
use talint_analyzer::settings::{self, Setting, SettingPlace};
use talint_analyzer::syntax::{Kind, NodeRef};
use talint_analyzer::text::Span;
use talint_analyzer::{Layer, Merged, schema, tables};
use tower_lsp::ls_types::{
    InlayHint, InlayHintLabel, InlayHintLabelPart, InlayHintLabelPartTooltip, InlayHintTooltip, MarkupContent,
    MarkupKind, Range,
};

/// Of more defaults at one place the first are shown.
const MAX_DEFAULTS: usize = 3;

/// The hints for a range of a document.
pub(crate) fn inlay_hints(asked: &Asked<'_>, range: Range) -> Vec<InlayHint> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let wanted = lines.span(range);
    let files = Files::new(asked);
    let shown = asked.snapshot.settings.hints;
    let values: Vec<Values<'_>> = if shown.effective {
        asked.found.configured().map(|configured| Values::new(configured, &asked.found.key)).collect()
    } else {
        Vec::new()
    };
    // Each default is told once in a file.
    let mut open = if shown.defaults { Open::of_machines(asked) } else { Vec::new() };
    let mut hints: Vec<(u32, Vec<InlayHintLabelPart>, String)> = Vec::new();
    each_view(asked, |view| {
        let is_layer = |values: &&Values<'_>| values.configured.holds(view, &asked.found.key);
        let values: Vec<&Values<'_>> = values.iter().filter(is_layer).collect();
        for input in view.inputs.iter().filter(|input| input.kind.is_configuration()) {
            let Some(root) = input.root else { continue };
            let overridden = Overridden { view, input, values: &values, files: &files };
            overridden.below(root, &mut |node, label, tooltip| {
                hints.push((behind(view, node, &lines), label, tooltip));
            });
            if shown.defaults && tells_defaults(asked, input) {
                defaults(view, input, root, &mut open, &mut |key, label, tooltip| {
                    hints.push((line_end(view, key.span(), &lines), label, tooltip));
                });
            }
        }
    });
    hints.retain(|(at, ..)| wanted.start <= *at && *at <= wanted.end);
    hints.sort_by_key(|(at, ..)| *at);
    let hint = |(at, label, tooltip)| InlayHint {
        position: lines.position(at),
        label: InlayHintLabel::LabelParts(label),
        kind: None,
        text_edits: None,
        tooltip: Some(InlayHintTooltip::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: tooltip })),
        padding_left: Some(true),
        padding_right: None,
        data: None,
    };
    hints.into_iter().map(hint).collect()
}

/// Where the hint for a value stands: at the end of its line, or behind it where more stands on the line.
fn behind(view: &View<'_>, node: NodeRef<'_, '_>, lines: &Lines<'_>) -> u32 {
    let is_block = node.kind() != Kind::Scalar || view.tree.block_scalar_at(node.span().start).is_some();
    let span = match node.key() {
        Some(key) if is_block => key.span(),
        _ => node.visible_span(),
    };
    line_end(view, span, lines)
}

/// The end of the line of a range, in the file; of a line that has more on it than this and a comment, the end of the range.
fn line_end(view: &View<'_>, span: Span, lines: &Lines<'_>) -> u32 {
    let end = view.in_file(span).end;
    let line = lines.line(end);
    let rest = Span { start: end, end: line.end }.slice(lines.text());
    let rest_of_value = rest.trim_start_matches(':').trim();
    let is_last = rest_of_value.is_empty() || rest_of_value.starts_with(['#', '|', '>']);
    let length = rest.trim_end().len();
    if is_last { Span::new(end as usize + length, 0).start } else { end }
}

fn part(value: impl Into<String>) -> InlayHintLabelPart {
    InlayHintLabelPart { value: value.into(), ..InlayHintLabelPart::default() }
}

/// The values of a document that machines do not get.
struct Overridden<'a> {
    view: &'a View<'a>,
    input: &'a Input<'a, 'a>,
    /// Those of the machines that have the document.
    values: &'a [&'a Values<'a>],
    files: &'a Files<'a>,
}

/// What some machines get in place of a value: the value in short, and where it is written. `None` when it is nothing.
type Instead = Option<(String, Place)>;

impl Overridden<'_> {
    /// Tells of each value at or below `node` that machines do not get: the node, what they get, and the same in words.
    fn below(&self, node: NodeRef<'_, '_>, tell: &mut impl FnMut(NodeRef<'_, '_>, Vec<InlayHintLabelPart>, String)) {
        let groups = self.groups(node);
        if !groups.is_empty() {
            let (label, tooltip) = self.told(&groups);
            tell(node, label, tooltip);
            return;
        }
        let entries = node.entries().map(|(_, value)| value);
        entries.chain(node.items()).for_each(|child| self.below(child, tell));
    }

    /// What the machines that do not get the value get, each with their names.
    fn groups(&self, node: NodeRef<'_, '_>) -> Vec<(Instead, Vec<&str>)> {
        let mut groups: Vec<(Instead, Vec<&str>)> = Vec::new();
        if node.parent().is_none() {
            return groups;
        }
        for values in self.values {
            let configured = values.configured;
            let instead = match values.gets(self.input, node, self.view.offset) {
                Some((Gets::Other(value), decided)) if decided == node && !is_same(node, value) => {
                    configured.place(value.origin).map(|place| (configured.shown(value).into_owned(), place))
                }
                Some((Gets::Nothing, _)) if self.says_something(node) => None,
                _ => continue,
            };
            match groups.iter_mut().find(|(known, _)| *known == instead) {
                Some((_, names)) => names.push(&configured.machine.name),
                None => groups.push((instead, vec![&configured.machine.name])),
            }
        }
        groups
    }

    /// Whether a value is one that the decoder keeps.
    fn says_something(&self, node: NodeRef<'_, '_>) -> bool {
        let is_known = || schema::locate(self.input, node, self.view.versions.talos).is_some();
        let holds = |node: NodeRef<'_, '_>| node.children().next().is_some() || !node.value().is_empty();
        !node.is_null() && holds(node) && is_known()
    }

    fn told(&self, groups: &[(Instead, Vec<&str>)]) -> (Vec<InlayHintLabelPart>, String) {
        let affected: usize = groups.iter().map(|(_, names)| names.len()).sum();
        let is_told = groups.len() > 1 || affected < self.values.len();
        let mut label = Vec::new();
        let mut tooltip = String::new();
        for (number, (instead, names)) in groups.iter().enumerate() {
            let names = list(names);
            label.push(part(if number == 0 { "→ " } else { " · " }));
            if let Some((value, place)) = instead {
                let file = self.files.name(place);
                label.push(part(format!("{value} from ")));
                let _ = write!(tooltip, "`{value}` on {names}, from {file}\n\n");
                let location = self.files.location(place).filter(|_| !place.is_made);
                let name = if place.is_made { file } else { place.file.to_string() };
                label.push(InlayHintLabelPart { location, ..part(name) });
            } else {
                label.push(part("taken out"));
                let _ = write!(tooltip, "A later layer takes this out on {names}\n\n");
            }
            if is_told {
                label.push(part(format!(" on {names}")));
            }
        }
        (label, tooltip.trim_end().to_owned())
    }
}

/// Whether a later layer writes the same text again.
fn is_same(node: NodeRef<'_, '_>, value: &Value) -> bool {
    node.kind() == Kind::Scalar && value.scalar().is_some_and(|scalar| scalar.text == node.value())
}

/// A setting that could be hardened and is written nowhere.
struct Open {
    setting: &'static Setting,
    /// Its default; `None` when it has none.
    default: Option<String>,
    controls: Vec<&'static Control>,
}

impl Open {
    /// Those of the machines of the document, or of the machine that it is by itself. What one of them sets is none.
    fn of_machines(asked: &Asked<'_>) -> Vec<Self> {
        if asked.found.machines.is_empty() {
            let machine = asked.by_itself();
            let merged = machine.merge(&asked.found.options);
            return merged.map_or_else(Vec::new, |merged| {
                let settings = machine.settings(&asked.found.options, &merged.layered);
                Self::of_machine(&merged, None, &settings)
            });
        }
        let mut open: Option<Vec<Self>> = None;
        for configured in asked.found.configured() {
            let settings = configured.settings(asked.found);
            let of_machine = Self::of_machine(configured.merged, configured.machine.role, &settings);
            open = Some(match open {
                None => of_machine,
                Some(known) => {
                    let is_open =
                        |open: &Self| of_machine.iter().any(|other| std::ptr::eq(other.setting, open.setting));
                    known.into_iter().filter(is_open).collect()
                }
            });
        }
        open.unwrap_or_default()
    }

    fn of_machine(merged: &Merged, role: Option<Role>, settings: &[EffectiveSetting]) -> Vec<Self> {
        let version = merged.versions.talos;
        let role = role.or_else(|| written_role(merged));
        let mut open: BTreeMap<&'static str, Self> = BTreeMap::new();
        for control in rules::controls() {
            let counts = control.absent.is_some()
                && control.versions.contains(version)
                && control.role.is_none_or(|wanted| Some(wanted) == role);
            let Some(setting) = settings::setting(control.setting).filter(|_| counts) else { continue };
            let known = settings.iter().find(|setting| setting.id == Some(control.setting));
            if known.is_some_and(is_decided) {
                continue;
            }
            let default = known.and_then(default_of);
            if control.is_weak(default.as_deref().unwrap_or("")) {
                let of_setting = Self { setting, default, controls: Vec::new() };
                open.entry(control.setting).or_insert(of_setting).controls.push(control);
            }
        }
        open.into_values().collect()
    }

    fn name(&self) -> &'static str {
        self.setting.id.split_once('.').map_or(self.setting.id, |(_, name)| name)
    }

    fn told(&self) -> String {
        let default = self.default.as_ref().map_or_else(|| "is not set".to_owned(), |text| format!("is `{text}`"));
        let mut out = format!("`{}` {default}, unless it is written", self.name());
        for control in &self.controls {
            let references = rules::by_name(&control.rule).map_or(&[][..], |rule| rule.references);
            let Control { problem, expected, rule, .. } = control;
            let source = [&[&**rule], references].concat().join(", ");
            let _ = write!(out, ": {problem}. Expected is {expected} ({source})");
        }
        out
    }
}

/// Whether a setting is written, or only the machine knows it.
fn is_decided(setting: &EffectiveSetting) -> bool {
    let is_written = matches!(setting.source, effective::Source::Written(_));
    is_written || !matches!(setting.value, effective::Value::Text(_))
}

/// The default of a setting that is not written.
fn default_of(setting: &EffectiveSetting) -> Option<String> {
    match &setting.value {
        effective::Value::Text(text) => Some(text.to_string()),
        effective::Value::Later(_) | effective::Value::Removed => None,
    }
}

/// The role that a configuration says.
fn written_role(merged: &Merged) -> Option<Role> {
    let machine = merged.layered.documents.iter().find(|document| document.kind.kind == tables::V1ALPHA1)?;
    Role::parse(machine.root.get("machine")?.get("type")?.text())
}

/// Whether defaults are told in a document: in a whole configuration, in the base of a machine, and where the base of a
/// machine is written nowhere.
fn tells_defaults(asked: &Asked<'_>, input: &Input<'_, '_>) -> bool {
    let mut bases = asked.found.machines.iter().filter_map(|machine| machine.layers.first());
    matches!(input.kind, InputKind::MachineConfig { whole: true })
        || bases.any(|base| matches!(base, Layer::Made { .. }) || base.file().path == asked.found.key)
}

/// Tells the defaults of the settings that are `open` at the mappings that could hold them, and takes them out of those:
/// the key of the mapping, the hint, and the same in words.
fn defaults(
    view: &View<'_>,
    input: &Input<'_, '_>,
    root: NodeRef<'_, '_>,
    open: &mut Vec<Open>,
    tell: &mut impl FnMut(NodeRef<'_, '_>, Vec<InlayHintLabelPart>, String),
) {
    let mut places: Vec<(NodeRef<'_, '_>, Vec<Open>)> = Vec::new();
    for setting in std::mem::take(open) {
        let here =
            |place: &&SettingPlace| place.document == input.kind.name() && place.versions.contains(view.versions.talos);
        // Of places as near as each other a field counts before a flag.
        let near = |place: &SettingPlace| {
            let (depth, key) = holder(root, place.path)?;
            Some(((depth, place.flag.is_none()), key))
        };
        let keys = setting.setting.places.iter().filter(here).filter_map(near);
        let Some((_, key)) = keys.max_by_key(|(nearness, _)| *nearness) else {
            open.push(setting);
            continue;
        };
        match places.iter_mut().find(|(known, _)| *known == key) {
            Some((_, settings)) => settings.push(setting),
            None => places.push((key, vec![setting])),
        }
    }
    for (key, settings) in places {
        let shown = |setting: &Open| match &setting.default {
            Some(default) => format!("{} {default}", setting.name()),
            None => format!("{} not set", setting.name()),
        };
        let mut label = vec![part("default: ")];
        for (number, setting) in settings.iter().take(MAX_DEFAULTS).enumerate() {
            let separator = if number == 0 { "" } else { ", " };
            let tooltip = MarkupContent { kind: MarkupKind::Markdown, value: setting.told() };
            label.push(InlayHintLabelPart {
                tooltip: Some(InlayHintLabelPartTooltip::MarkupContent(tooltip)),
                ..part(format!("{separator}{}", shown(setting)))
            });
        }
        if settings.len() > MAX_DEFAULTS {
            label.push(part(" …"));
        }
        let all: Vec<String> = settings.iter().map(Open::told).collect();
        tell(key, label, all.join("\n\n"));
    }
}

/// The key of the innermost mapping on the way to `path` that is there, with its depth. The mappings around everything are
/// none: they are always there.
fn holder<'t, 's>(root: NodeRef<'t, 's>, path: &[&str]) -> Option<(usize, NodeRef<'t, 's>)> {
    let (_, around) = path.split_last()?;
    let mut node = root;
    let mut found = None;
    for (depth, step) in around.iter().enumerate() {
        let Some((key, value)) = node.entry(step) else { break };
        if depth > 0 {
            found = Some((depth, key));
        }
        node = value.resolved();
    }
    found
}
