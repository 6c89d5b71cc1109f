//! What comments say to this program: modelines and suppressions.
//!
//! `# talint: talos=1.12 profile=hardened` sets the context of a file, `# talint: ignore[rule/name] reason` lets the
//! findings of a rule on its line or the next one pass, `# talint: ignore-file[rule/name] reason`, before anything
//! else in the file, those in the whole file.

use crate::finding::Profile;
use crate::syntax::Tree;
use crate::text::{LineIndex, Span};
use crate::version::MinorVersion;

/// The role of a machine in its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Runs the control plane.
    ControlPlane,
    /// Runs workloads.
    Worker,
}

impl Role {
    /// The role of that name: `controlplane`, `worker`, and `init` and `join` of old.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "controlplane" | "init" => Some(Self::ControlPlane),
            "worker" | "join" => Some(Self::Worker),
            _ => None,
        }
    }
}

/// What the modelines of a file say; later ones win.
#[derive(Clone, Copy, Debug, Default)]
pub struct Modeline {
    /// `talos=1.12`
    pub talos: Option<MinorVersion>,
    /// `kubernetes=1.34`
    pub kubernetes: Option<MinorVersion>,
    /// `profile=hardened`
    pub profile: Option<Profile>,
    /// `role=controlplane`
    pub role: Option<Role>,
}

/// A comment that lets findings pass.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// The bytes of the comment.
    pub span: Span,
    /// The rules it names, as written.
    pub rules: Vec<String>,
    /// Whether a reason is given.
    pub has_reason: bool,
    /// The line, from zero, whose findings pass; `None` for the whole file.
    pub line: Option<usize>,
}

/// Everything comments say.
#[derive(Clone, Debug, Default)]
pub struct Directives {
    /// The context.
    pub modeline: Modeline,
    /// The suppressions, in their order.
    pub suppressions: Vec<Suppression>,
    /// Comments that begin as ours and cannot be understood, with what is wrong.
    pub mistakes: Vec<(Span, String)>,
    /// The version of Talos whose schema a `yaml-language-server` modeline names.
    pub schema_version: Option<MinorVersion>,
}

/// Reads the comments of a source.
#[must_use]
pub fn read(text: &str, tree: &Tree<'_>) -> Directives {
    let mut directives = Directives::default();
    // Few files have such comments, and only those need their lines.
    let mut lines = None;
    let first_node = tree.roots().next().map_or(u32::MAX, |root| root.span().start);
    for comment in &tree.comments {
        let content = comment.span.slice(text).trim_start_matches('#').trim();
        if let Some(rest) = content.strip_prefix("talint:") {
            let lines = lines.get_or_insert_with(|| LineIndex::new(text));
            read_one(rest.trim(), comment.span, text, lines, first_node, &mut directives);
        } else if content.starts_with("yaml-language-server:") && content.contains("talos") {
            directives.schema_version = schema_version(content).or(directives.schema_version);
        }
    }
    directives
}

fn read_one(content: &str, span: Span, text: &str, lines: &LineIndex, first_node: u32, directives: &mut Directives) {
    for (word, whole_file) in [("ignore-file[", true), ("ignore[", false)] {
        let Some(rest) = content.strip_prefix(word) else { continue };
        let Some((rules, reason)) = rest.split_once(']') else {
            directives.mistakes.push((span, "the `]` after the rules is missing".to_owned()));
            return;
        };
        let rules: Vec<String> =
            rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()).map(str::to_owned).collect();
        if whole_file && span.start > first_node {
            directives.mistakes.push((span, "`ignore-file` stands before everything else in the file".to_owned()));
            return;
        }
        let line = lines.line(span.start);
        let before = Span { start: lines.line_span(text, line).start, end: span.start };
        // Alone on its line it speaks of the next one that is not a comment too.
        let target = if before.slice(text).trim().is_empty() { next_content_line(text, lines, line) } else { line };
        directives.suppressions.push(Suppression {
            span,
            rules,
            has_reason: !reason
                .trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '\u{2014}'))
                .is_empty(),
            line: (!whole_file).then_some(target),
        });
        return;
    }
    for word in content.split_whitespace() {
        if let Err(mistake) = read_setting(word, &mut directives.modeline) {
            directives.mistakes.push((span, mistake));
        }
    }
}

fn next_content_line(text: &str, lines: &LineIndex, line: usize) -> usize {
    let has_content = |line: &usize| {
        let content = lines.line_span(text, *line).slice(text).trim();
        !content.is_empty() && !content.starts_with('#')
    };
    (line + 1..lines.lines()).find(has_content).unwrap_or(line)
}

fn read_setting(word: &str, modeline: &mut Modeline) -> Result<(), String> {
    let (name, value) = word.split_once('=').ok_or_else(|| {
        format!("`{word}` is not understood; write `talos=1.12`, `kubernetes=1.34`, `profile=hardened`, `role=worker` or `ignore[rule/name] reason`")
    })?;
    let version = || MinorVersion::parse(value).ok_or_else(|| format!("`{value}` is not a version such as `1.12`"));
    match name {
        "talos" => modeline.talos = Some(version()?),
        "kubernetes" => modeline.kubernetes = Some(version()?),
        "profile" => {
            let profile = Profile::parse(value);
            modeline.profile =
                Some(profile.ok_or_else(|| format!("`{value}` is not a profile: default, hardened or strict"))?);
        }
        "role" => {
            let role = Role::parse(value);
            modeline.role = Some(role.ok_or_else(|| format!("`{value}` is not a role: controlplane or worker"))?);
        }
        _ => return Err(format!("`{name}` is not known; a modeline has talos, kubernetes, profile and role")),
    }
    Ok(())
}

/// The version in the address of a schema: `…/release-1.12/…`, `…/v1.12.0/…`, `…/v1.12/schemas/…`.
fn schema_version(content: &str) -> Option<MinorVersion> {
    content.split('/').find_map(|part| {
        let version = part.strip_prefix("release-").or_else(|| part.strip_prefix('v'))?;
        MinorVersion::parse(version).filter(|version| version.major == 1 && version.minor > 0)
    })
}
