//! The project file beside its table of keys: what it says that is not understood.

use super::fields::{Key, PROJECT, Shape};
use super::paths::Patterns;
use super::{INVALID, UNKNOWN_KEY, UNKNOWN_NAME};
use crate::finding::Finding;
use crate::fix::{self, Remedy};
use crate::rule::{names, place};
use crate::rules;
use crate::schema::closest;
use crate::settings;
use crate::syntax::{Kind, NodeRef};
use crate::version::{MinorVersion, TalosVersion, VersionSet};

/// Holds the root of a project file to the table.
pub(super) fn check(root: NodeRef<'_, '_>) -> Vec<Finding> {
    let controls = root.get("controls").into_iter().flat_map(NodeRef::items);
    let own = controls.filter_map(|control| Some(control.resolved().get("rule")?.value())).collect();
    let mut check = Check { own, findings: Vec::new() };
    check.value(root, &Shape::Keys(PROJECT));
    check.twice(root);
    check.bases(root);
    check.findings
}

struct Check<'t> {
    /// The rules that the file brings itself.
    own: Vec<&'t str>,
    findings: Vec<Finding>,
}

impl<'t> Check<'t> {
    fn say(&mut self, rule: &str, node: NodeRef<'_, '_>, message: String, help: Option<String>) {
        self.say_with(rule, node, message, help, None);
    }

    fn say_with(
        &mut self,
        rule: &str,
        node: NodeRef<'_, '_>,
        message: String,
        help: Option<String>,
        remedy: Option<Remedy>,
    ) {
        let found = super::finding(rule, place(node), node.path(), message);
        self.findings.extend(found.map(|finding| Finding { help, ..finding }.with_remedy(remedy)));
    }

    /// Tells of a word, and of the one that is near to it.
    fn word(&mut self, rule: &str, node: NodeRef<'_, '_>, message: String, near: Option<&str>) {
        let help = near.map(|near| format!("did you mean `{near}`?"));
        self.say_with(rule, node, message, help, near.map(|near| fix::spelt(node, near)));
    }

    fn invalid(&mut self, node: NodeRef<'_, '_>, message: String, help: Option<String>) {
        self.say(INVALID, node, message, help);
    }

    fn value(&mut self, node: NodeRef<'t, '_>, shape: &Shape) {
        let value = node.resolved();
        match shape {
            Shape::OneOrMore(item) | Shape::List(item) if value.kind() == Kind::Sequence => {
                value.items().for_each(|node| self.value(node, item));
            }
            Shape::OneOrMore(item) => self.value(node, item),
            Shape::List(_) => self.wrong_kind(node, "a list"),
            Shape::Map { .. } | Shape::Keys(_) if value.kind() != Kind::Mapping => self.wrong_kind(node, "a mapping"),
            Shape::Map { key, value: of } => {
                for (name, value) in value.entries() {
                    self.value(name, key);
                    self.value(value, of);
                }
            }
            Shape::Keys(keys) => self.keys(node, value, keys),
            Shape::Condition => self.condition(node, value),
            _ if value.kind() != Kind::Scalar => self.wrong_kind(node, noun(shape)),
            _ if value.is_null() || value.value().is_empty() => {
                self.invalid(node, format!("{} is empty; it takes {}", called(node), noun(shape)), None);
            }
            _ => self.scalar(node, value.value(), shape),
        }
    }

    fn wrong_kind(&mut self, node: NodeRef<'_, '_>, expected: &str) {
        let found = match node.resolved().kind() {
            Kind::Mapping => "a mapping",
            Kind::Sequence => "a list",
            _ if node.is_null() => "empty",
            _ => "one value",
        };
        self.invalid(node, format!("{} takes {expected}, and this is {found}", called(node)), None);
    }

    fn keys(&mut self, node: NodeRef<'t, '_>, mapping: NodeRef<'t, '_>, keys: &[Key]) {
        for (name, value) in mapping.entries() {
            if let Some(key) = keys.iter().find(|key| key.name == name.value()) {
                self.value(value, &key.shape);
                continue;
            }
            let known: Vec<String> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
            let near = closest(name.value(), keys.iter().map(|key| key.name));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys that are known here are {}", known.join(", ")),
            };
            let message = format!("the project file has no key `{}` here, so nothing comes of it", name.value());
            let remedy = near.and_then(|near| fix::renamed(name, near));
            self.say_with(UNKNOWN_KEY, name, message, Some(help), remedy);
        }
        for key in keys.iter().filter(|key| key.required && mapping.entry(key.name).is_none()) {
            let place = mapping.children().next().unwrap_or(node);
            let about = key.about.split([';', ':']).next().unwrap_or("").trim_end_matches('.');
            self.invalid(place, format!("`{}` is missing here: {}", key.name, lower(about)), None);
        }
    }

    fn condition(&mut self, node: NodeRef<'_, '_>, value: NodeRef<'_, '_>) {
        if super::read::condition(value).is_some() {
            return;
        }
        let forms = rules::CONDITIONS.map(|(name, operands)| format!("`{}`", operands.example(name)));
        let help = Some(format!("a condition is one of {}", forms.join(", ")));
        self.invalid(node, format!("{} is no condition that is known", called(node)), help);
    }

    fn scalar(&mut self, node: NodeRef<'_, '_>, text: &str, shape: &Shape) {
        match shape {
            Shape::TalosVersion => self.talos_version(node, text),
            Shape::TalosVersions if VersionSet::parse(text).is_none() => {
                let message =
                    format!("`{text}` is not versions of Talos as `1.12` or `1.9-1.11`: {}", known_versions());
                self.invalid(node, message, None);
            }
            Shape::KubernetesVersion if MinorVersion::parse(text).is_none_or(|version| version.major != 1) => {
                self.invalid(node, format!("`{text}` is not a version of Kubernetes such as `1.34`"), None);
            }
            Shape::Word(words) if !words.contains(&text) => {
                let near = closest(text, words.iter().copied());
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                let message = format!("{} is `{text}`, and takes one of {}", called(node), words.join(", "));
                self.word(INVALID, node, message, near);
            }
            Shape::Switch if !matches!(text, "true" | "false") => {
                self.invalid(node, format!("{} is `{text}`, and takes `true` or `false`", called(node)), None);
            }
            Shape::Rules => self.rule(node, text),
            Shape::OwnRule => self.own_rule(node, text),
            Shape::Setting if settings::setting(text).is_none() => {
                let near = closest(text, settings::settings().iter().map(|setting| setting.id));
                self.word(UNKNOWN_NAME, node, format!("there is no setting `{text}`, so it is not looked at"), near);
            }
            Shape::Pattern => {
                if let Err(reason) = Patterns::default().add(text) {
                    self.invalid(node, format!("`{text}` is no pattern of paths: {reason}"), None);
                }
            }
            Shape::Path if has_wildcard(folder(text)) => {
                let message = format!("`{text}` has a wildcard in the name of a folder");
                let help = "wildcards are for the name of the file; write a line for each folder";
                self.invalid(node, message, Some(help.to_owned()));
            }
            _ => {}
        }
    }

    fn talos_version(&mut self, node: NodeRef<'_, '_>, text: &str) {
        let Some(version) = MinorVersion::parse(text) else {
            self.invalid(node, format!("`{text}` is not a version of Talos such as `1.12`"), None);
            return;
        };
        if TalosVersion::known(version).is_none() {
            self.invalid(node, format!("Talos {version} is no version that is known: {}", known_versions()), None);
        }
    }

    fn rule(&mut self, node: NodeRef<'_, '_>, text: &str) {
        let is_known = rules::all().any(|rule| rule.matches(text)) || self.own.iter().any(|own| names(text, own));
        if is_known {
            return;
        }
        let message = format!("there is no rule or family `{text}`");
        if let Some(near) = rules::closest_name(text, &self.own) {
            return self.word(UNKNOWN_NAME, node, message, Some(&near));
        }
        let help = "`talint rules` lists them; a family is written as `kernel/`";
        self.say(UNKNOWN_NAME, node, message, Some(help.to_owned()));
    }

    fn own_rule(&mut self, node: NodeRef<'_, '_>, text: &str) {
        let is_word = |part: &str| {
            let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            !part.is_empty() && part.chars().all(is_part)
        };
        match text.split_once('/') {
            Some((family, name)) if is_word(family) && is_word(name) => {
                if rules::all().any(|rule| rule.family() == family) {
                    let message = format!("the family `{family}/` is one of talint's own");
                    let help = "choose a family for the organisation, such as `acme/`";
                    self.invalid(node, message, Some(help.to_owned()));
                }
            }
            _ => {
                let message = format!("`{text}` is no name of a rule: a family, a slash, and what is found");
                self.invalid(node, message, Some("write it as `acme/pod-pids-limit`".to_owned()));
            }
        }
    }

    /// Machines of which nothing says what they begin with.
    fn bases(&mut self, root: NodeRef<'t, '_>) {
        let defaults = root.get("defaults");
        for entry in root.get("machines").into_iter().flat_map(NodeRef::items).map(NodeRef::resolved) {
            let has = |key: &str| [Some(entry), defaults].iter().flatten().any(|source| source.entry(key).is_some());
            let Some(name) = entry.get("name").filter(|_| !has("base") && !has("role")) else { continue };
            let message = "this machine has neither a base nor a role, and without one of them nothing is known of it";
            let help = "write `role` for the configuration that Talos generates, or `base` for a file";
            self.invalid(name, message.to_owned(), Some(help.to_owned()));
        }
    }

    /// Names that are given twice.
    fn twice(&mut self, root: NodeRef<'t, '_>) {
        for (list, key, what) in [("machines", "name", "machine"), ("controls", "rule", "control")] {
            let entries = root.get(list).into_iter().flat_map(NodeRef::items);
            let mut seen: Vec<NodeRef<'_, '_>> = Vec::new();
            for name in entries.filter_map(|entry| entry.resolved().get(key)).flat_map(super::read::one_or_more) {
                let first = seen.iter().find(|first| first.value() == name.value() && name.kind() == Kind::Scalar);
                if let Some(first) = first {
                    let message = format!("there is a {what} `{}` before", name.value());
                    let found = super::finding(INVALID, name.visible_span(), name.path(), message);
                    let related = crate::finding::Related::here(first.span(), "the first one is here");
                    self.findings.extend(found.map(|finding| Finding { related: vec![related], ..finding }));
                }
                seen.push(name);
            }
        }
    }
}

/// How a value is spoken of.
fn called(node: NodeRef<'_, '_>) -> String {
    match node.key() {
        Some(key) => format!("`{}`", key.value()),
        None if node.parent().is_none() => "the project file".to_owned(),
        None => "an item of this list".to_owned(),
    }
}

fn noun(shape: &Shape) -> &'static str {
    match shape {
        Shape::TalosVersion | Shape::KubernetesVersion | Shape::TalosVersions => "a version",
        Shape::Switch => "true or false",
        Shape::Rules | Shape::OwnRule => "the name of a rule",
        Shape::Setting => "the name of a setting",
        Shape::Path | Shape::Pattern => "a path",
        Shape::Word(_) => "one word",
        _ => "text",
    }
}

/// Whether a path stands for those that match it.
pub(crate) fn has_wildcard(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// The folder of a path, with the slash at its end.
fn folder(path: &str) -> &str {
    path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or("")
}

fn known_versions() -> String {
    format!("those are {} to {}", TalosVersion::OLDEST, TalosVersion::NEWEST)
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
