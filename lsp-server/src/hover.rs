//! What stands under the cursor: a field, a value, an argument in a text, a rule in a comment.

mod addresses;
mod on_machines;

use crate::analysis::{View, at_offset};
use crate::lines::Lines;
use crate::server::Asked;
use on_machines::on_machines;
use std::fmt::Write as _;
use talint_analyzer::input::{Input, InputKind, is_unknown};
use talint_analyzer::rule::Rule;
use talint_analyzer::rules;
use talint_analyzer::schema::{self, Located};
use talint_analyzer::settings::{self, Setting};
use talint_analyzer::syntax::{Kind, NodeRef};
use talint_analyzer::tables::{self, CipherClass, CipherSuite, Shape};
use talint_analyzer::text::Span;
use talint_analyzer::version::TalosVersion;
use tower_lsp::ls_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

/// What is to be said of the place at `position`.
pub(crate) fn hover(asked: &Asked<'_>, position: Position) -> Option<Hover> {
    let lines = Lines::new(asked.document, asked.client.encoding);
    let offset = lines.offset(position);
    let hover = asked.client.capabilities.text_document.as_ref().and_then(|text| text.hover.as_ref());
    let formats = hover.and_then(|hover| hover.content_format.as_deref()).unwrap_or_default();
    let is_markdown = formats.contains(&MarkupKind::Markdown);
    let (span, value) = at_offset(asked, offset, |view, offset| {
        let asking = Asking { asked, view, is_markdown };
        let said = in_comment(view, offset).or_else(|| asking.in_document(offset));
        said.map(|(span, value)| (view.in_file(span), value))
    })?;
    let (kind, value) = if is_markdown {
        (MarkupKind::Markdown, value)
    } else {
        (MarkupKind::PlainText, value.replace(['`', '*'], ""))
    };
    let contents = HoverContents::Markup(MarkupContent { kind, value });
    Some(Hover { contents, range: Some(lines.range(span)) })
}

/// A rule named in a comment to this program.
fn in_comment(view: &View<'_>, offset: u32) -> Option<(Span, String)> {
    let comment = view.tree.comments.iter().find(|comment| comment.span.touches(offset))?;
    let span = word(comment.span, view.text, offset, is_of_rule)?;
    Some((span, rule(span.slice(view.text))?))
}

/// Whether a character may be one of the name of a rule.
fn is_of_rule(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '/' | '-')
}

/// The rule called `name`, or the family of rules.
fn rule(name: &str) -> Option<String> {
    if name.ends_with('/') {
        let rules: Vec<&Rule> = rules::all().filter(|rule| rule.matches(name)).collect();
        let names: Vec<String> = rules.iter().map(|rule| format!("`{}`", rule.name)).collect();
        return (!names.is_empty()).then(|| format!("**{name}** — {} rules\n\n{}", names.len(), names.join(", ")));
    }
    let rule = rules::by_name(name)?;
    let why = rule.why.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = format!(
        "**{}** ({}, profile {})\n\n{}\n\n{why}",
        rule.name,
        rule.severity,
        rule.profile.as_str(),
        rule.summary
    );
    if !rule.references.is_empty() {
        let _ = write!(out, "\n\nReferences: {}", rule.references.join(", "));
    }
    Some(out)
}

/// The word of `within` that touches `offset`.
fn word(within: Span, text: &str, offset: u32, is_word: impl Fn(char) -> bool) -> Option<Span> {
    let start = within.start as usize;
    let head = text.get(start..offset as usize)?;
    let tail = text.get(offset as usize..within.end as usize)?;
    let begin = start + head.trim_end_matches(&is_word).len();
    let end = offset as usize + (tail.len() - tail.trim_start_matches(&is_word).len());
    (begin < end).then(|| Span::new(begin, end))
}

/// A question about a place in a text.
struct Asking<'a> {
    asked: &'a Asked<'a>,
    view: &'a View<'a>,
    is_markdown: bool,
}

impl Asking<'_> {
    fn in_document(&self, offset: u32) -> Option<(Span, String)> {
        let view = self.view;
        let node = view.node_at(offset).filter(|node| node.kind() == Kind::Scalar && node.span().touches(offset))?;
        let input = view.input_at(offset)?;
        if matches!(input.kind, InputKind::Project) {
            let span = word(node.span(), view.text, offset, is_of_rule)?;
            return Some((span, rule(span.slice(view.text))?));
        }
        let version = view.versions.talos;
        let parent = node.parent();
        let entry = parent.and_then(|parent| parent.entries().find(|(key, _)| *key == node));
        if let Some((key, value)) = entry {
            return Some((key.span(), self.field(input, value)?));
        }
        if let Some(special) = in_value(view, node, offset, version) {
            return Some(special);
        }
        if node.key().is_some_and(|key| key.value() == "kind")
            && let Some(document) = tables::document_type(node.value())
        {
            return Some((node.span(), kind(document)));
        }
        Some((node.visible_span(), self.field(input, node)?))
    }

    /// What a field is, and what each machine gets.
    fn field(&self, input: &Input<'_, '_>, value: NodeRef<'_, '_>) -> Option<String> {
        let mut out = field(input, value, self.view.versions.talos)?;
        if let Some(machines) = on_machines(self, input, value) {
            let _ = write!(out, "\n\n{machines}");
        }
        Some(out)
    }
}

/// A kind of document.
fn kind(document: &tables::DocumentType) -> String {
    let mut out = format!("**{}**\n\n{}", document.kind, document.root.description);
    let _ = write!(out, "\n\n{}", sentence(&document.versions().describe()));
    if let Some(name) = document.name_field {
        let _ = write!(out, "; several, told apart by `{name}`");
    } else if document.kind != tables::V1ALPHA1 {
        out.push_str("; one in a configuration");
    }
    if document.variants.iter().any(|variant| variant.controlplane_only) {
        out.push_str("; control plane only");
    }
    out
}

/// What a field is, from the tables, and what is expected of it.
fn field(input: &Input<'_, '_>, value: NodeRef<'_, '_>, version: TalosVersion) -> Option<String> {
    let located = schema::locate(input, value, version);
    let path = value.path();
    let settings: Vec<&'static Setting> = settings_at(input.kind.name(), value, version);
    let sysctl = value.key().and_then(|key| sysctl(key.value(), version));
    if located.is_none() && settings.is_empty() && sysctl.is_none() {
        return None;
    }
    let mut out = format!("**{path}**");
    if let Some(located) = &located {
        let _ = write!(out, " — {}", schema::noun(&located.shape));
        about(&mut out, located, version);
    }
    if let Some(sysctl) = sysctl {
        let _ = write!(out, "\n\n{sysctl}");
    }
    for setting in settings {
        let default = setting.default_in(version).unwrap_or("none");
        let _ = write!(out, "\n\n`{}`, default in Talos {version}: `{default}`", setting.id);
        for control in rules::controls().iter().filter(|control| control.setting == setting.id) {
            if !control.versions.contains(version) {
                continue;
            }
            let _ = write!(out, "\n\nExpected is {}", control.expected);
            let references = rules::by_name(&control.rule).map_or(&[][..], |rule| rule.references);
            let _ = write!(
                out,
                " ({}{}{})",
                control.rule,
                if references.is_empty() { "" } else { ", " },
                references.join(", ")
            );
        }
    }
    let is_secret = located.as_ref().is_some_and(is_secret);
    if is_secret {
        out.push_str("\n\nSecret: never shown.");
    }
    if value.kind() == Kind::Scalar && !is_secret && is_unknown(value) {
        out.push_str("\n\nThe value is not known before deployment.");
    }
    Some(out)
}

/// Whether a field holds a secret.
fn is_secret(located: &Located) -> bool {
    located.field.is_some_and(|(_, field)| field.variants.iter().any(|variant| variant.secret))
}

/// A clause with the first letter of a sentence.
pub(crate) fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// What the tables say of a field.
pub(crate) fn about(out: &mut String, located: &Located, version: TalosVersion) {
    if let Some((_, field)) = located.field {
        if !field.description.is_empty() {
            let _ = write!(out, "\n\n{}", field.description);
        }
        let _ = write!(out, "\n\n{}", sentence(&field.versions().describe()));
        match field.variant(version) {
            None => {
                let _ = write!(out, " — not in {version}");
            }
            Some(variant) if variant.deprecated => {
                out.push_str(" — deprecated");
                if let [first, ..] = variant.replaced_by {
                    let _ = write!(out, ": use {first}");
                }
            }
            Some(_) => {}
        }
    }
    if let Shape::Enum(words) = located.shape.value()
        && let Some(variant) = words.variant(version).or(words.variants.last())
    {
        let values: Vec<String> = variant.values.iter().map(|value| format!("`{value}`")).collect();
        let _ = write!(out, "\n\nOne of {}", values.join(", "));
    }
}

/// The settings that are set at a node.
fn settings_at(document: &str, node: NodeRef<'_, '_>, version: TalosVersion) -> Vec<&'static Setting> {
    settings::settings_at(document, &node.steps(), version).collect()
}

/// What Talos sets for a kernel parameter, or what is known of its name.
pub(crate) fn sysctl(name: &str, version: TalosVersion) -> Option<String> {
    let is_it = |sysctl: &&tables::Sysctl| sysctl.key == name && sysctl.versions.contains(version);
    if let Some(sysctl) = tables::sysctls().iter().find(is_it) {
        let reference =
            if sysctl.reference.is_empty() { String::new() } else { format!(" Reference: {}.", sysctl.reference) };
        return Some(format!("Talos {version} sets `{}`, so that {}.{reference}", sysctl.value, sysctl.protects));
    }
    let known = tables::sysctl_names().iter().find(|known| known.name == name)?;
    Some(match (known.other_system, known.instead) {
        (Some(system), _) => format!("A parameter of {system}, not of Linux."),
        (None, Some(instead)) => format!("The name on Linux is `{instead}`."),
        (None, None) => format!("A kernel parameter that Talos {version} leaves as the kernel has it."),
    })
}

/// A word in a value that means something by itself.
fn in_value(view: &View<'_>, node: NodeRef<'_, '_>, offset: u32, version: TalosVersion) -> Option<(Span, String)> {
    let is_word = |c: char| !c.is_whitespace() && !matches!(c, ',' | '"' | '\'' | '[' | ']');
    let span = word(node.span(), view.text, offset, is_word)?;
    let text = span.slice(view.text);
    let in_arguments =
        node.parent().and_then(NodeRef::key).is_some_and(|key| key.value() == "extraKernelArgs") || view.tree.is_plain;
    if in_arguments {
        return kernel_argument(text, version).map(|about| (span, about));
    }
    if let Some(suite) = tables::cipher_suites().iter().find(|suite| suite.name == text) {
        return Some((span, cipher_suite(suite)));
    }
    addresses::prefix(text).map(|about| (span, about))
}

/// How good a cipher suite is, in words.
pub(crate) fn class_of(suite: &CipherSuite) -> &'static str {
    match suite.class {
        CipherClass::Tls13 => "of TLS 1.3: always on, and not configurable",
        CipherClass::Strong => "strong",
        CipherClass::Legacy => "without authenticated encryption",
        CipherClass::Weak => "weak",
    }
}

/// What there is to say of a cipher suite.
pub(crate) fn cipher_suite(suite: &CipherSuite) -> String {
    let because = if suite.because.is_empty() { String::new() } else { format!(": {}", suite.because) };
    format!("**{}**\n\nA cipher suite, {}{because}.", suite.name, class_of(suite))
}

/// A kernel argument: what it is by default, and what is expected.
pub(crate) fn kernel_argument(text: &str, version: TalosVersion) -> Option<String> {
    let name = text.trim_start_matches('-').split('=').next().unwrap_or(text);
    let taken_away = if text.starts_with('-') { ", which the `-` takes away" } else { "" };
    let mut out = format!("**{name}** — a kernel argument{taken_away}");
    let begin = out.len();
    for default in tables::kernel_defaults().iter().filter(|default| default.argument == name) {
        if default.versions.contains(version) {
            let value =
                if default.value.is_empty() { "without a value".to_owned() } else { format!("`{}`", default.value) };
            let scope = if default.scope == tables::KernelDefault::ALL {
                String::new()
            } else {
                format!(" on {}", default.scope)
            };
            let _ = write!(out, "\n\nTalos {version} sets it {value}{scope}.");
        }
    }
    for argument in tables::recommended_arguments().iter().filter(|argument| argument.argument == name) {
        let value = if argument.value.is_empty() { name } else { argument.value };
        let _ = write!(out, "\n\nBetter is `{value}`: {}.", argument.because);
    }
    if tables::talos_arguments().iter().any(|argument| argument.name == name && argument.versions.contains(version)) {
        out.push_str("\n\nTalos reads it.");
    }
    for check in
        rules::argument_checks().iter().filter(|check| check.argument == name && check.versions.contains(version))
    {
        let _ = write!(out, "\n\nExpected is {}, else {} ({}).", check.expected, check.problem, check.rule);
    }
    if let Some(rule) = rules::by_name(&format!("kernel/{}", name.replace('_', "-"))) {
        let _ = write!(out, "\n\n{}", rule.why.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    (out.len() > begin).then_some(out)
}
