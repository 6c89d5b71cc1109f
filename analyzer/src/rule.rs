//! What a rule is, and the registry of all rules.

use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::version::TalosVersion;

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

    /// Whether `pattern` names this rule: its name, or its family as `kernel/` or `kernel/*`.
    #[must_use]
    pub fn matches(&self, pattern: &str) -> bool {
        let pattern = pattern.strip_suffix('*').unwrap_or(pattern);
        pattern == self.name || pattern.strip_suffix('/').is_some_and(|family| family == self.family())
    }
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
    pub fn into_sorted(mut self) -> Vec<Finding> {
        self.list.sort_by(|a, b| (a.span, a.rule, &a.message).cmp(&(b.span, b.rule, &b.message)));
        self.list.dedup();
        self.list
    }
}
