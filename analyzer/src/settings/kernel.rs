//! The kernel command line: what arguments do, not what they say.
//!
//! Talos puts its defaults first and adds what is configured after them; `-name` takes a default away. The kernel
//! mostly obeys the last value of an argument, Talos itself reads the first.

use super::lookup::{added_items, find};
use crate::input::{Input, InputKind, is_unknown_text};
use crate::syntax::{Kind, NodeRef};
use crate::tables::{self, KernelDefault};
use crate::text::Span;
use crate::version::{TalosVersion, VersionSet};
use std::rc::Rc;

/// One argument as written.
#[derive(Clone, Debug)]
pub struct Argument<'t> {
    /// The name, without the `-` that takes it away.
    pub name: &'t str,
    /// What follows the first `=`; `None` without one.
    pub value: Option<&'t str>,
    /// Whether it takes earlier values of this name away, `-name`.
    pub removes: bool,
    /// The bytes of the whole argument.
    pub span: Span,
    /// The kind of the document, for findings.
    pub kind: &'static str,
    /// The way to the place in its document, for findings.
    pub path: Rc<str>,
    /// Whether the kernel takes it for an argument of its own: not inside quotes, and not after `--`.
    for_kernel: bool,
}

impl Argument<'_> {
    /// Whether it is `name`, given or taken away, to the kernel.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        same_name(self.name, name)
    }

    /// The argument as it stands on the command line.
    #[must_use]
    pub fn text(&self) -> String {
        let minus = if self.removes { "-" } else { "" };
        match self.value {
            Some(value) => format!("{minus}{}={value}", self.name),
            None => format!("{minus}{}", self.name),
        }
    }
}

/// A value that an argument gets, by default or because it is written.
#[derive(Clone, Debug)]
pub struct Assigned<'t> {
    /// The name of the argument.
    pub name: &'t str,
    /// The value as Talos sees it; empty without one.
    pub value: &'t str,
    /// Where it is written; `None` for a default.
    pub written: Option<Argument<'t>>,
}

impl<'t> Assigned<'t> {
    /// The value as the kernel sees it, which takes quotes off.
    #[must_use]
    pub fn kernel_value(&self) -> &'t str {
        self.value.trim_matches('"')
    }
}

/// Where the arguments come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Added to the defaults of Talos.
    Added,
    /// The whole command line of a machine, defaults and all.
    Whole,
}

/// The arguments of one machine or image, in their order.
#[derive(Debug)]
pub struct KernelArguments<'t> {
    arguments: Vec<Argument<'t>>,
    assigned: Vec<Assigned<'t>>,
    /// Whether it is the whole command line of a machine: then what is absent is absent on the machine.
    pub is_whole: bool,
    /// Whether there may be arguments that are not known before deployment.
    pub is_open: bool,
    /// The versions of Talos it may belong to.
    pub versions: VersionSet,
    /// The kind of the document it stands in.
    pub kind: &'static str,
    /// The bytes to show for what is absent.
    pub span: Span,
    /// The way to the place of it in its document.
    pub path: Rc<str>,
}

/// What becomes of one argument.
#[derive(Clone, Debug)]
pub enum Effect<'t> {
    /// Nothing is written: the default holds.
    Default,
    /// The kernel gets this value last.
    Value(Argument<'t>),
    /// The default is taken away and nothing is put in its place.
    Removed(Argument<'t>),
    /// A value that is not known before deployment.
    Unknown,
}

/// The kind of document that installs without asking, always with a Unified Kernel Image.
const UNATTENDED: &str = "UnattendedInstallConfig";

const INSTALL_PATH: &[&str] = &["machine", "install", "extraKernelArgs"];

/// The kernel arguments of `inputs`, a list a machine or image: `machine.install.extraKernelArgs`, the `extraKernelArgs`
/// of each schematic, each whole command line. `version` is what the source is held to; where it is only `assumed`, a
/// whole command line tells by its defaults which versions it can belong to.
#[must_use]
pub fn kernel_arguments<'t>(
    inputs: &[Input<'t, '_>],
    text: &'t str,
    version: TalosVersion,
    assumed: bool,
) -> Vec<KernelArguments<'t>> {
    let mut lists = Vec::new();
    let mut configured = Reader::new(Origin::Added);
    for found in find(inputs, tables::V1ALPHA1, INSTALL_PATH) {
        for item in found.node.items() {
            configured.read(item, text, found.kind);
        }
    }
    for item in added_items(inputs, INSTALL_PATH) {
        configured.read(item, text, InputKind::JsonPatch.name());
    }
    lists.extend(configured.finish(version, assumed));
    for input in inputs {
        let Some(root) = input.root else { continue };
        let kind = input.kind.name();
        let mut read = |nodes: &mut dyn Iterator<Item = NodeRef<'t, '_>>, mut reader: Reader<'t>| {
            for node in nodes {
                reader.read(node, text, kind);
            }
            lists.extend(reader.finish(version, assumed));
        };
        match input.kind {
            InputKind::Schematic => {
                // A schematic without arguments is one with none.
                let customization = root.get("customization");
                let key = customization.and_then(|customization| customization.entry("extraKernelArgs"));
                let key = key.or_else(|| root.entry("customization")).or_else(|| root.entries().next());
                let place = key.map(|(key, _)| (key.span(), key.path().into()));
                let reader = Reader { kind, place, ..Reader::new(Origin::Added) };
                let arguments = root.at(&["customization", "extraKernelArgs"]);
                read(&mut arguments.into_iter().flat_map(NodeRef::items), reader);
            }
            InputKind::KernelCommandLine { whole } => {
                let origin = if whole { Origin::Whole } else { Origin::Added };
                read(&mut std::iter::once(root), Reader::new(origin));
            }
            InputKind::OmniKernelArgs => {
                read(&mut root.at(&["spec", "currentcmdline"]).into_iter(), Reader::new(Origin::Whole));
                let words = |path: &[&str]| -> Option<Vec<&str>> {
                    Some(root.at(path)?.items().map(|item| item.resolved().value()).collect())
                };
                // What is wanted and running alike is on the command line already.
                if words(&["spec", "args"]) != words(&["spec", "currentargs"]) {
                    let wanted = root.at(&["spec", "args"]);
                    read(&mut wanted.into_iter().flat_map(NodeRef::items), Reader::new(Origin::Added));
                }
            }
            _ => {}
        }
    }
    lists
}

/// Whether `machine.install.extraKernelArgs` can come to the command line: where a Unified Kernel Image brings its own, it
/// cannot.
#[must_use]
pub fn installer_arguments_count(inputs: &[Input<'_, '_>], version: TalosVersion) -> bool {
    let uses_own = find(inputs, tables::V1ALPHA1, &["machine", "install", "grubUseUKICmdline"]);
    let uses_own = version.minor() >= 12 && uses_own.iter().any(|found| found.node.value() == "true");
    let is_unattended = version.minor() >= 14 && inputs.iter().any(|input| input.kind.name() == UNATTENDED);
    !uses_own && !is_unattended
}

/// The defaults of every machine of one version, as they are before anything is added to them.
pub fn default_arguments(version: TalosVersion) -> impl Iterator<Item = Assigned<'static>> {
    defaults(version).map(|default| Assigned { name: default.argument, value: default.value, written: None })
}

impl<'t> KernelArguments<'t> {
    /// The values of all arguments, as they are booted with.
    #[must_use]
    pub fn assigned(&self) -> &[Assigned<'t>] {
        &self.assigned
    }

    /// All arguments as written, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Argument<'t>> {
        self.arguments.iter()
    }

    /// What becomes of the argument `name`.
    #[must_use]
    pub fn effect(&self, name: &str) -> Effect<'t> {
        let mut effect = Effect::Default;
        for argument in self.arguments.iter().filter(|argument| argument.for_kernel && same_name(argument.name, name)) {
            if argument.value.is_some_and(is_unknown_text) {
                return Effect::Unknown;
            }
            effect = match (argument.removes, argument.value) {
                (false, _) => Effect::Value(argument.clone()),
                (true, None | Some("")) => Effect::Removed(argument.clone()),
                // `-name=value` takes only that value away; whether it is the default's is for the rule.
                (true, Some(_)) => effect,
            };
        }
        effect
    }

    /// The values of `name` that the kernel reads, in the order it does, and of other arguments that stand for a value
    /// of it.
    #[must_use]
    pub fn for_kernel<'a>(
        &'a self,
        name: &'a str,
        same_as: &'static [(&'static str, &'static str)],
    ) -> impl DoubleEndedIterator<Item = (&'a Assigned<'t>, &'a str)> {
        self.assigned.iter().filter_map(move |assigned| {
            if assigned.written.as_ref().is_some_and(|argument| !argument.for_kernel) {
                return None;
            }
            if same_name(assigned.name, name) {
                return Some((assigned, assigned.kernel_value()));
            }
            let other = same_as.iter().find(|(other, _)| same_name(assigned.name, other));
            other.map(|(_, value)| (assigned, *value))
        })
    }

    /// The values of `name` that Talos reads, in their order.
    #[must_use]
    pub fn for_talos<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = (&'a Assigned<'t>, &'a str)> {
        self.assigned.iter().filter(move |assigned| assigned.name == name).map(|assigned| (assigned, assigned.value))
    }

    /// Whether an argument of the list is there in the end: no other took it away again.
    #[must_use]
    pub fn is_kept(&self, argument: &Argument<'_>) -> bool {
        // The name is a part of the text, so its place is that of the argument.
        let is_same = |written: &Argument<'_>| std::ptr::eq(written.name, argument.name);
        self.assigned.iter().filter_map(|assigned| assigned.written.as_ref()).any(is_same)
    }

    /// The argument that takes `name` away, if one does.
    #[must_use]
    pub fn removal(&self, name: &str) -> Option<&Argument<'t>> {
        self.arguments.iter().find(|argument| argument.removes && argument.name == name)
    }

    /// Whether `name` is given a value that is not known before deployment.
    #[must_use]
    pub fn is_unknown(&self, name: &str) -> bool {
        let is_unknown = |argument: &Argument<'_>| argument.value.is_some_and(is_unknown_text);
        self.arguments.iter().any(|argument| same_name(argument.name, name) && is_unknown(argument))
    }

    /// Whether every version it may belong to is one of `versions`.
    #[must_use]
    pub fn is_within(&self, versions: VersionSet) -> bool {
        self.versions.iter().all(|version| versions.contains(version))
    }

    /// Whether `name` is a default in every version it may belong to. Of a list that is added to an image it is enough
    /// that SecureBoot images have it.
    #[must_use]
    pub fn has_default(&self, name: &str) -> bool {
        tables::kernel_defaults().iter().any(|default| {
            let is_in_scope =
                default.scope == KernelDefault::ALL || default.scope == KernelDefault::SECURE_BOOT && !self.is_whole;
            default.argument == name && is_in_scope && self.is_within(default.versions)
        })
    }
}

/// Whether two names are one argument to the kernel, which tells `-` and `_` apart nowhere.
#[must_use]
pub fn same_name(a: &str, b: &str) -> bool {
    let fold = |byte: u8| if byte == b'-' { b'_' } else { byte };
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| fold(a) == fold(b))
}

/// The defaults of every machine of one version.
fn defaults(version: TalosVersion) -> impl Iterator<Item = &'static KernelDefault> {
    let is_default =
        move |default: &&KernelDefault| default.scope == KernelDefault::ALL && default.versions.contains(version);
    tables::kernel_defaults().iter().filter(is_default)
}

/// Gathers the arguments of one list or line.
struct Reader<'t> {
    origin: Origin,
    arguments: Vec<Argument<'t>>,
    is_open: bool,
    kind: &'static str,
    place: Option<(Span, Rc<str>)>,
}

impl<'t> Reader<'t> {
    fn new(origin: Origin) -> Self {
        Self { origin, arguments: Vec::new(), is_open: false, kind: "", place: None }
    }

    fn read(&mut self, written: NodeRef<'t, '_>, text: &'t str, kind: &'static str) {
        let node = written.resolved();
        self.kind = kind;
        let path: Rc<str> = written.path().into();
        let list = written.parent().filter(|parent| parent.kind() == Kind::Sequence);
        self.place.get_or_insert_with(|| match list {
            Some(list) => (list.key().map_or(written.span(), NodeRef::span), list.path().into()),
            None => (node.span(), path.clone()),
        });
        let value = node.value();
        let is_template = value.contains("{{") || value.contains("{%");
        if node.kind() != Kind::Scalar || is_template {
            self.is_open = true;
            return;
        }
        let span_of = node.part_spans(text);
        let mut in_quotes = false;
        let mut after_separator = false;
        for word in value.split_whitespace() {
            let span = span_of(word);
            let for_kernel = !in_quotes && !after_separator;
            in_quotes ^= word.matches('"').count() % 2 == 1;
            after_separator |= word == "--";
            let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            if is_unknown_text(name) {
                self.is_open = true;
                continue;
            }
            let taken_away = name.strip_prefix('-').filter(|rest| !matches!(*rest, "" | "-"));
            let taken_away = taken_away.filter(|_| self.origin == Origin::Added);
            let (name, removes) = (taken_away.unwrap_or(name), taken_away.is_some());
            self.arguments.push(Argument { name, value, removes, span, kind, path: path.clone(), for_kernel });
        }
    }

    fn finish(self, version: TalosVersion, assumed: bool) -> Option<KernelArguments<'t>> {
        let (mut span, path) = self.place?;
        let is_whole = self.origin == Origin::Whole;
        let assigned =
            if is_whole { self.arguments.iter().map(assigned).collect() } else { added(&self.arguments, version) };
        let versions = if is_whole && assumed { plausible(&assigned) } else { VersionSet::only(version) };
        if is_whole {
            span = self.arguments.first().map_or(span, |argument| argument.span);
        }
        Some(KernelArguments {
            assigned,
            arguments: self.arguments,
            is_whole,
            is_open: self.is_open,
            versions,
            kind: self.kind,
            span,
            path,
        })
    }
}

fn assigned<'t>(argument: &Argument<'t>) -> Assigned<'t> {
    Assigned { name: argument.name, value: argument.value.unwrap_or(""), written: Some(argument.clone()) }
}

/// What Talos makes of its defaults and of arguments that are added: the values of one name stand together, where the
/// name came first, and names with a `-` take away what stands before them.
fn added<'t>(arguments: &[Argument<'t>], version: TalosVersion) -> Vec<Assigned<'t>> {
    /// Names whose earlier values are replaced, not added to.
    const REPLACED: [&str; 2] = ["console", "talos.platform"];
    let mut groups: Vec<(&str, Vec<Assigned<'t>>)> = Vec::new();
    for default in default_arguments(version) {
        groups.push((default.name, vec![default]));
    }
    // In the order in which each name, with its `-`, is first written.
    let mut written: Vec<(bool, &str, Vec<&Argument<'t>>)> = Vec::new();
    for argument in arguments {
        let same =
            |(removes, name, _): &&mut (bool, &str, Vec<_>)| *removes == argument.removes && *name == argument.name;
        match written.iter_mut().find(same) {
            Some((_, _, group)) => group.push(argument),
            None => written.push((argument.removes, argument.name, vec![argument])),
        }
    }
    for (removes, name, arguments) in written {
        let kept = groups.iter_mut().find(|(group, _)| *group == name).map(|(_, values)| values);
        match kept {
            Some(kept) if removes => {
                let first = arguments.first().and_then(|argument| argument.value).unwrap_or("");
                // The first of several decides whether all values go, or only those that are named.
                if first.is_empty() {
                    kept.clear();
                } else {
                    kept.retain(|kept| arguments.iter().all(|argument| argument.value != Some(kept.value)));
                }
                groups.retain(|(_, values)| !values.is_empty());
            }
            None if removes => {}
            Some(kept) => {
                if REPLACED.contains(&name) {
                    kept.clear();
                }
                kept.extend(arguments.into_iter().map(assigned));
            }
            None => groups.push((name, arguments.into_iter().map(assigned).collect())),
        }
    }
    groups.into_iter().flat_map(|(_, values)| values).collect()
}

/// The versions whose defaults agree with a whole command line: a default that is on it belongs to the version.
fn plausible(assigned: &[Assigned<'_>]) -> VersionSet {
    let all = VersionSet::all();
    let is_on_line = |default: &&KernelDefault| {
        default.scope == KernelDefault::ALL
            && assigned.iter().any(|value| value.name == default.argument && value.value == default.value)
    };
    let on_line = tables::kernel_defaults().iter().filter(is_on_line);
    let versions = on_line.fold(all, |versions, default| versions.intersection(default.versions));
    if versions.is_empty() { all } else { versions }
}

/// A boolean as Go reads it for flags; `None` when it is none.
#[must_use]
pub fn go_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// A boolean as the kernel reads it; `None` when it is none, and the argument has no effect.
#[must_use]
pub fn kernel_bool(value: &str) -> Option<bool> {
    match value.as_bytes() {
        [b'y' | b'Y' | b't' | b'T' | b'1', ..] | [b'o' | b'O', b'n' | b'N', ..] => Some(true),
        [b'n' | b'N' | b'f' | b'F' | b'0', ..] | [b'o' | b'O', b'f' | b'F', ..] => Some(false),
        _ => None,
    }
}
