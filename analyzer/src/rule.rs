//! What a rule is, and what it adds its findings to.

use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::syntax::{Kind, NodeRef, Style};
use crate::text::Span;
use crate::version::TalosVersion;
use std::borrow::Cow;

/// A rule: what it looks for, why, and how it is found. One file or one row of data each.
#[derive(Debug)]
pub struct Rule {
    /// The name: `family/what-was-found`. Never reused for something else.
    pub name: &'static str,
    /// The severity of its findings, as a rule; a finding may be milder where the rule says so.
    pub severity: Severity,
    /// The smallest profile in which it speaks.
    pub profile: Profile,
    /// What it looks for, in one sentence.
    pub summary: &'static str,
    /// Why that matters, in two or three sentences.
    pub why: &'static str,
    /// A configuration in which it speaks.
    pub avoid: Example,
    /// The same, as it should be.
    pub follow: Example,
    /// Where the expectation comes from.
    pub references: &'static [&'static str],
    /// Looks.
    pub check: fn(&Rule, &Context<'_, '_>, &mut Findings),
}

impl Rule {
    /// The part of the name before the slash.
    #[must_use]
    pub fn family(&self) -> &'static str {
        self.name.split('/').next().unwrap_or(self.name)
    }

    /// A finding at a node: its key and value decide kind and path.
    #[must_use]
    pub fn finding<'t, 's>(
        &self,
        context: &Context<'t, 's>,
        node: NodeRef<'t, 's>,
        message: impl Into<String>,
    ) -> Finding {
        self.finding_at(place(node), context.kind_of(node), node.path(), message)
    }

    /// A finding at a range.
    #[must_use]
    pub fn finding_at(
        &self,
        span: Span,
        kind: &'static str,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            rule: Cow::Borrowed(self.name),
            severity: self.severity,
            span,
            message: message.into(),
            help: None,
            kind,
            path: path.into(),
            references: self.references.iter().map(|reference| Cow::Borrowed(*reference)).collect(),
            related: Vec::new(),
            machines: Vec::new(),
            fix: None,
            remedy: None,
        }
    }

    /// Whether `pattern` names this rule, as [`names`] has it.
    #[must_use]
    pub fn matches(&self, pattern: &str) -> bool {
        names(pattern, self.name)
    }
}

/// The range to show for a node: its value, or, of a collection on lines of its own, its key.
#[must_use]
pub fn place(node: NodeRef<'_, '_>) -> Span {
    if node.kind() == Kind::Scalar || node.node().style == Style::Flow {
        node.visible_span()
    } else {
        node.key().map_or(node.span(), NodeRef::span)
    }
}

/// Whether `pattern` names the rule `name`: by its name, or by its family as `kernel/` or `kernel/*`.
#[must_use]
pub fn names(pattern: &str, name: &str) -> bool {
    let pattern = pattern.strip_suffix('*').unwrap_or(pattern);
    pattern == name || pattern.ends_with('/') && name.starts_with(pattern)
}

/// A configuration in the documentation of a rule. A test runs every one.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The version it is for; `None` for the newest.
    pub talos: Option<u8>,
    /// The text of the file.
    pub text: &'static str,
}

impl Example {
    /// An example for the newest version.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { talos: None, text }
    }

    /// An example for Talos 1.`minor`.
    #[must_use]
    pub const fn talos(minor: u8, text: &'static str) -> Self {
        Self { talos: Some(minor), text }
    }

    /// The version it is for.
    #[must_use]
    pub fn version(&self) -> TalosVersion {
        self.talos.map_or(TalosVersion::NEWEST, TalosVersion::nearest)
    }
}

/// The findings of a source, as rules add to them.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// All findings, in the order of their places.
    #[must_use]
    pub fn into_sorted(self) -> Vec<Finding> {
        sorted(self.list)
    }
}

/// Findings in the order of their places, each once.
pub(crate) fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| (a.span, &a.rule, &a.message).cmp(&(b.span, &b.rule, &b.message)));
    findings.dedup_by(|next, kept| {
        let is_same = next.says_same(kept);
        if is_same {
            kept.join(next);
        }
        is_same
    });
    findings
}

/// The check of rules that no source by itself shows: of patches over a base, which `layered` finds, and of suppressions,
/// which are judged after all other rules.
pub fn found_elsewhere(_: &Rule, _: &Context<'_, '_>, _: &mut Findings) {}
