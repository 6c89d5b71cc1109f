//! What a project file says, read out of its tree. What is not understood is left out, and was said by `check`.

use super::{Ignore, Located, MachineEntry, OwnRule, Patterns, Project};
use crate::context::Mode;
use crate::directives::Role;
use crate::finding::{Finding, Profile, Severity};
use crate::rules::{self, Control, ControlFix, Weak, Words};
use crate::settings;
use crate::syntax::{Kind, NodeRef};
use crate::version::{MinorVersion, TalosVersion, VersionSet};
use std::borrow::Cow;

/// Reads a project file, and says what in it is not understood.
#[must_use]
pub fn read(root: NodeRef<'_, '_>) -> (Project, Vec<Finding>) {
    let defaults = root.get("defaults");
    let machines = list(root, "machines").flat_map(|machine| of_entry(machine, defaults));
    let mut seen: Vec<String> = Vec::new();
    let mut is_first = |name: &str| {
        let is_first = !seen.iter().any(|seen| seen == name);
        seen.push(name.to_owned());
        is_first
    };
    let project = Project {
        talos: talos_version(root),
        kubernetes: kubernetes_version(root),
        profile: text(root, "profile").and_then(Profile::parse),
        mode: text(root, "mode").and_then(Mode::parse),
        fail_on: text(root, "fail-on").map(str::to_owned),
        severities: root.get("rules").into_iter().flat_map(NodeRef::entries).filter_map(severity).collect(),
        ignores: list(root, "ignores").map(ignore).collect(),
        exclude: patterns(root, "exclude"),
        machines: machines.filter(|machine| is_first(&machine.name.text)).collect(),
        rules: list(root, "controls").filter_map(own_rule).collect(),
    };
    (project, super::check::check(root))
}

/// The text of a key.
fn text<'t>(node: NodeRef<'t, '_>, key: &str) -> Option<&'t str> {
    node.get(key).filter(|value| value.kind() == Kind::Scalar && !value.is_null()).map(NodeRef::value)
}

/// The items of a list, what aliases stand for in their place.
fn list<'t, 's>(node: NodeRef<'t, 's>, key: &str) -> impl Iterator<Item = NodeRef<'t, 's>> {
    node.get(key).into_iter().flat_map(NodeRef::items).map(NodeRef::resolved)
}

/// The items of a list, or the one value.
pub(super) fn one_or_more<'t, 's>(node: NodeRef<'t, 's>) -> impl Iterator<Item = NodeRef<'t, 's>> {
    let one = (node.kind() == Kind::Scalar).then_some(node);
    one.into_iter().chain(node.items().map(NodeRef::resolved))
}

fn texts(node: NodeRef<'_, '_>, key: &str) -> Vec<Located> {
    let values = node.get(key).into_iter().flat_map(one_or_more);
    values.filter(|value| value.kind() == Kind::Scalar && !value.value().is_empty()).map(located).collect()
}

fn located(node: NodeRef<'_, '_>) -> Located {
    Located { text: node.value().to_owned(), span: node.visible_span() }
}

fn talos_version(node: NodeRef<'_, '_>) -> Option<MinorVersion> {
    let version = MinorVersion::parse(text(node, "talos-version")?)?;
    TalosVersion::known(version).map(|_| version)
}

fn kubernetes_version(node: NodeRef<'_, '_>) -> Option<MinorVersion> {
    MinorVersion::parse(text(node, "kubernetes-version")?).filter(|version| version.major == 1)
}

fn severity((rule, severity): (NodeRef<'_, '_>, NodeRef<'_, '_>)) -> Option<(String, Option<Severity>)> {
    let severity = match severity.resolved().value() {
        "off" => None,
        word => Some(Severity::parse(word)?),
    };
    Some((rule.value().to_owned(), severity))
}

fn patterns(node: NodeRef<'_, '_>, key: &str) -> Patterns {
    let mut patterns = Patterns::default();
    for pattern in texts(node, key) {
        // What is no pattern was said.
        let _ = patterns.add(&pattern.text);
    }
    patterns
}

fn ignore(node: NodeRef<'_, '_>) -> Ignore {
    let rules = texts(node, "rules").into_iter().map(|rule| rule.text).collect();
    Ignore { rules, paths: patterns(node, "paths") }
}

/// The machines of an entry, one for each of its names.
fn of_entry(entry: NodeRef<'_, '_>, defaults: Option<NodeRef<'_, '_>>) -> Vec<MachineEntry> {
    let sources = || std::iter::once(entry).chain(defaults);
    let first = |key: &str| sources().find_map(|source| source.get(key)).filter(|node| node.kind() == Kind::Scalar);
    let machine = |name: Located| {
        let named = |path: Located| Located { text: path.text.replace("{name}", &name.text), ..path };
        let file = |key: &str| first(key).map(located).map(named);
        // Those of all machines come before its own.
        let patches = defaults.into_iter().chain([entry]).flat_map(|source| texts(source, "patches"));
        MachineEntry {
            role: sources().find_map(|source| text(source, "role")).and_then(Role::parse),
            mode: sources().find_map(|source| text(source, "mode")).and_then(Mode::parse),
            talos: sources().find_map(talos_version),
            kubernetes: sources().find_map(kubernetes_version),
            base: file("base"),
            patches: patches.map(named).collect(),
            schematic: file("schematic"),
            name: name.clone(),
        }
    };
    texts(entry, "name").into_iter().map(machine).collect()
}

fn own_rule(node: NodeRef<'_, '_>) -> Option<OwnRule> {
    let name = text(node, "rule")?;
    let severity = Severity::parse(text(node, "severity")?)?;
    Some(OwnRule {
        name: name.to_owned(),
        severity,
        profile: text(node, "profile").and_then(Profile::parse).unwrap_or_default(),
        summary: text(node, "summary")?.trim().to_owned(),
        why: text(node, "why")?.trim().to_owned(),
        references: texts(node, "references").into_iter().map(|reference| reference.text).collect(),
        controls: list(node, "checks").filter_map(|check| control(check, name, severity)).collect(),
    })
}

fn control(node: NodeRef<'_, '_>, rule: &str, severity: Severity) -> Option<Control> {
    let owned = |key: &str| text(node, key).map(|text| Cow::Owned(text.trim().to_owned()));
    let (setting_index, setting) =
        settings::settings().iter().enumerate().find(|(_, setting)| text(node, "setting") == Some(setting.id))?;
    // A word that is no severity is `optional`.
    let level = |key: &str| text(node, key).map(Severity::parse);
    Some(Control {
        rule: Cow::Owned(rule.to_owned()),
        setting: setting.id,
        setting_index,
        weak: condition(node.get("weak")?)?,
        versions: text(node, "versions").map_or_else(|| Some(VersionSet::all()), VersionSet::parse)?,
        role: text(node, "role").and_then(Role::parse),
        not_in_container: text(node, "not-in-container") == Some("true"),
        written: level("written").unwrap_or(Some(severity)),
        absent: level("absent"),
        problem: owned("problem")?,
        expected: owned("expected")?,
        write: owned("write").unwrap_or_default(),
        fix: ControlFix::Derived,
    })
}

/// A condition: one word, or a mapping of one to what it compares with.
pub(super) fn condition(node: NodeRef<'_, '_>) -> Option<Weak> {
    match node.kind() {
        Kind::Scalar => rules::condition(node.value(), &[]),
        Kind::Mapping => {
            let mut entries = node.entries();
            let (name, operands) = entries.next().filter(|_| node.entries().count() == 1)?;
            let operands: Vec<NodeRef<'_, '_>> = one_or_more(operands.resolved()).collect();
            let are_scalars = operands.iter().all(|operand| operand.kind() == Kind::Scalar);
            let words: Words = operands.iter().map(|operand| Cow::Owned(operand.value().to_owned())).collect();
            (are_scalars && !words.is_empty()).then(|| rules::condition(name.value(), &words))?
        }
        _ => None,
    }
}
