//! What the readers of all tools share: the file that describes machines, what it names, and the layers made of it.

use super::Described;
use super::made::{self, Document};
use crate::analysis::Options;
use crate::context::{NamedVersions, VersionSource};
use crate::directives::{self, Modeline, Role};
use crate::finding::{Finding, Severity};
use crate::fix;
use crate::fragment;
use crate::input::{is_unknown, is_unknown_text};
use crate::machine::{File, Files, Layer, generated, normalized};
use crate::rules;
use crate::syntax::{Kind, NodeRef, Tree};
use crate::text::Span;
use crate::version::{MinorVersion, TalosVersion};
use std::sync::Arc;

/// A file that describes machines.
pub(super) struct Host<'t> {
    pub(super) file: Arc<File>,
    pub(super) text: &'t str,
    pub(super) tree: &'t Tree<'t>,
    pub(super) modeline: Modeline,
    pub(super) described: Described,
    /// Whether a file that the current machine is made of could not be had.
    pub(super) is_partial: bool,
    files: &'t dyn Files,
    asked: &'t Options,
}

impl<'t> Host<'t> {
    pub(super) fn new(
        file: &Arc<File>,
        text: &'t str,
        tree: &'t Tree<'t>,
        files: &'t dyn Files,
        asked: &'t Options,
    ) -> Self {
        let modeline = directives::read(text, tree).modeline;
        Self {
            file: Arc::clone(file),
            text,
            tree,
            modeline,
            described: Described::default(),
            is_partial: false,
            files,
            asked,
        }
    }

    /// Adds a finding of the rule `name` about the file itself.
    pub(super) fn find(&mut self, name: &str, node: NodeRef<'t, 't>, message: String, help: Option<String>) {
        if let Some(finding) = about(name, node, message, help) {
            self.add(Arc::clone(&self.file), finding);
        }
    }

    /// Adds a finding, once.
    pub(super) fn add(&mut self, file: Arc<File>, finding: Finding) {
        let is_known = |(other, known): &(Arc<File>, Finding)| other.path == file.path && *known == finding;
        if !self.described.findings.iter().any(is_known) {
            self.described.findings.push((file, finding));
        }
    }

    /// The versions that the file names: a modeline before the fields of the tool.
    pub(super) fn versions(
        &self,
        talos: Option<NodeRef<'t, 't>>,
        kubernetes: Option<NodeRef<'t, 't>>,
    ) -> NamedVersions {
        let parse = |node: Option<NodeRef<'t, 't>>| node.and_then(|node| MinorVersion::parse(node.value()));
        NamedVersions {
            talos: self.modeline.talos.or_else(|| parse(talos)),
            kubernetes: self.modeline.kubernetes.or_else(|| parse(kubernetes)),
            source: VersionSource::Description,
        }
    }

    /// The known version that the machines are held to: asked for, or named.
    pub(super) fn version(&self, versions: NamedVersions) -> TalosVersion {
        self.asked.talos.or(versions.talos).map_or(TalosVersion::NEWEST, TalosVersion::nearest_to)
    }

    /// The configuration that the tool lets Talos generate. Where it holds a placeholder for one of `known`, it gets what is
    /// written in the file.
    pub(super) fn base(
        &self,
        versions: NamedVersions,
        role: Role,
        place: Span,
        known: &[(&str, Option<NodeRef<'t, 't>>)],
    ) -> Layer {
        // What a modeline of the file says is for its machines.
        let is_modeline = |comment: &&str| comment.trim_start_matches(['#', ' ']).starts_with("talint:");
        let comments = self.tree.comments.iter().map(|comment| comment.span.slice(self.text));
        let mut text: String = comments
            .filter(is_modeline)
            .filter(|line| !line.contains("ignore"))
            .fold(String::new(), |text, line| text + line + "\n");
        let mut anchors = Vec::new();
        for line in generated(self.version(versions), role).split_inclusive('\n') {
            let of_line = |(key, _): &&(&str, _)| line.trim().strip_suffix(": <generated>") == Some(*key);
            let value = known.iter().find(of_line).and_then(|(key, value)| Some((key, (*value)?)));
            let Some((key, value)) = value.filter(|(_, value)| value.kind() == Kind::Scalar && !value.is_null()) else {
                text.push_str(line);
                continue;
            };
            let indent = line.len() - line.trim_start().len();
            text.push_str(line.get(..indent).unwrap_or(""));
            text.push_str(key);
            text.push_str(": ");
            let start = text.len();
            text.push_str(&made::quoted(value.value()));
            anchors.push((Span::new(start, text.len()), value.visible_span()));
            text.push('\n');
        }
        Layer::Made { file: Arc::clone(&self.file), place, text, anchors }
    }

    /// What the tool makes of the fields of the file.
    pub(super) fn made(&self, documents: &[Document<'t, 't>], place: Span) -> Option<Layer> {
        let made = made::write(self.text, documents).filter(|made| !made.text.is_empty())?;
        Some(Layer::Made { file: Arc::clone(&self.file), place, text: made.text, anchors: made.anchors })
    }

    /// A patch that is written in the file: at its place where that is possible, else as what it says.
    pub(super) fn part(&self, node: NodeRef<'t, 't>) -> Option<Layer> {
        let file = Arc::clone(&self.file);
        if let Some(mut part) = fragment::of(self.text, node) {
            // A comment of the file is for the file; one in a block scalar is for the patch.
            if node.kind() != Kind::Scalar {
                part.text = without_directives(&part, self.text, self.tree);
            }
            return Some(Layer::Part { file, text: part.text, offset: part.offset });
        }
        let place = node.visible_span();
        if node.kind() == Kind::Scalar {
            return Some(Layer::Made { file, place, text: node.value().to_owned(), anchors: Vec::new() });
        }
        let made = made::copy(self.text, node)?;
        Some(Layer::Made { file, place, text: made.text, anchors: made.anchors })
    }

    /// The file that `node` names, relative to the folder of this one. A finding when it is not there.
    pub(super) fn named_file(&mut self, node: NodeRef<'t, 't>, name: &str) -> Option<Arc<File>> {
        let name = name.trim();
        let was_partial = std::mem::replace(&mut self.is_partial, true);
        if name.is_empty() || is_unknown_text(name) {
            return None;
        }
        let path = resolve(&self.file.path, name);
        match self.files.read(&path) {
            Ok(file) => {
                self.is_partial = was_partial;
                if !self.described.used.contains(&file.path) {
                    self.described.used.push(file.path.clone());
                }
                Some(file)
            }
            // A path from the root is one of the machine that the tool runs on.
            Err(_) if name.starts_with('/') => None,
            Err(error) => {
                let message = format!("`{name}` cannot be read, so no machine gets it: {error}");
                let help = "write the path from the folder of this file".to_owned();
                self.find("tool/missing-file", node, message, Some(help));
                None
            }
        }
    }

    /// Tells of keys of a mapping that are none of `known`: how bad that is, and what the tool does with them.
    pub(super) fn unknown_fields(
        &mut self,
        node: NodeRef<'t, 't>,
        known: &[&str],
        what: &str,
        (severity, tool): (Severity, &str),
    ) {
        for (key, _) in node.entries().filter(|(key, _)| key.kind() == Kind::Scalar && !is_unknown(*key)) {
            let word = key.value();
            if known.contains(&word) || word == "<<" {
                continue;
            }
            let distance = |name: &&&str| strsim::osa_distance(name, word);
            let close = known.iter().filter(|name| distance(name) <= 1 + word.len() / 4).min_by_key(distance);
            let help = close.map(|name| format!("did you mean `{name}`?"));
            let message = format!("`{word}` is not a field of {what}; {tool}");
            if let Some(finding) = about("tool/unknown-field", key, message, help) {
                let remedy = close.and_then(|name| fix::renamed(key, name));
                self.add(Arc::clone(&self.file), Finding { severity, ..finding }.with_remedy(remedy));
            }
        }
    }
}

/// A base without a part of its text.
pub(super) fn without(base: Layer, part: &str) -> Layer {
    let Layer::Made { file, place, text, anchors } = base else { return base };
    let Some(start) = text.find(part) else { return Layer::Made { file, place, text, anchors } };
    let removed = Span::new(start, start + part.len());
    let moved = |offset: u32| if offset < removed.end { offset } else { offset - (removed.end - removed.start) };
    let anchors = anchors
        .into_iter()
        .filter(|(made, _)| made.end <= removed.start || made.start >= removed.end)
        .map(|(made, written)| (Span { start: moved(made.start), end: moved(made.end) }, written))
        .collect();
    Layer::Made { file, place, text: text.replacen(part, "", 1), anchors }
}

/// A base without the documents of the kinds that are left out; its machine configuration stays.
pub(super) fn without_documents(mut base: Layer, is_left_out: impl Fn(&str) -> bool) -> Layer {
    let Layer::Made { text, .. } = &base else { return base };
    let kind = |document: &str| document.lines().find_map(|line| line.strip_prefix("kind: ")).is_some_and(&is_left_out);
    let documents = text.trim_end().split("\n---\n").skip(1);
    let left_out: Vec<String> = documents.filter(|document| kind(document)).map(|it| format!("\n---\n{it}")).collect();
    for document in left_out {
        base = without(base, &document);
    }
    base
}

/// A finding of the rule `name` at a node of the file.
fn about(name: &str, node: NodeRef<'_, '_>, message: String, help: Option<String>) -> Option<Finding> {
    let finding = rules::by_name(name)?.finding_at(node.visible_span(), "", node.path(), message);
    Some(Finding { help, ..finding })
}

/// The text of a part with the comments blanked that speak to this program.
fn without_directives(part: &fragment::Fragment, host: &str, tree: &Tree<'_>) -> String {
    let mut bytes = part.text.clone().into_bytes();
    for comment in &tree.comments {
        if comment.span.slice(host).trim_start_matches(['#', ' ']).starts_with("talint:") {
            let range = comment.span.start.checked_sub(part.offset).zip(comment.span.end.checked_sub(part.offset));
            let range = range.map(|(start, end)| start as usize..end as usize);
            if let Some(bytes) = range.and_then(|range| bytes.get_mut(range)) {
                bytes.fill(b' ');
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// The entry of a mapping, with what its merge keys bring: key and value, aliases resolved.
pub(super) fn entry<'t, 's>(node: NodeRef<'t, 's>, key: &str) -> Option<(NodeRef<'t, 's>, NodeRef<'t, 's>)> {
    entry_within(node, key, 0)
}

fn entry_within<'t, 's>(node: NodeRef<'t, 's>, key: &str, depth: usize) -> Option<(NodeRef<'t, 's>, NodeRef<'t, 's>)> {
    // An alias may stand inside of what it names.
    if depth > 8 {
        return None;
    }
    let node = node.resolved();
    if let Some((key, value)) = node.entry(key) {
        return Some((key, value.resolved()));
    }
    let merged = node.get("<<")?;
    if merged.kind() == Kind::Sequence {
        return merged.items().find_map(|item| entry_within(item, key, depth + 1));
    }
    entry_within(merged, key, depth + 1)
}

/// The value of a key in a mapping, with what its merge keys bring.
pub(super) fn get<'t, 's>(node: NodeRef<'t, 's>, key: &str) -> Option<NodeRef<'t, 's>> {
    entry(node, key).map(|(_, value)| value)
}

/// The items of a list, aliases resolved; none where there is no list.
pub(super) fn items<'t, 's>(list: Option<NodeRef<'t, 's>>) -> Vec<NodeRef<'t, 's>> {
    list.into_iter().flat_map(NodeRef::items).map(NodeRef::resolved).collect()
}

/// The value at a path.
pub(super) fn at<'t, 's>(node: NodeRef<'t, 's>, path: &[&str]) -> Option<NodeRef<'t, 's>> {
    path.iter().try_fold(node, |node, key| get(node, key))
}

/// `name`, as the file at `host` names it, as a path.
fn resolve(host: &str, name: &str) -> String {
    if name.starts_with('/') {
        return normalized(name);
    }
    let folder = host.rfind('/').map_or("", |at| host.get(..=at).unwrap_or(""));
    normalized(&format!("{folder}{name}"))
}
