//! The project file, `talint.yaml`: what is asked for, which machines there are, and what the organisation expects.

mod check;
mod fields;
mod paths;
mod read;

pub(crate) use check::has_wildcard;
pub use fields::{Key, PROJECT, Shape};
pub use paths::{Patterns, matches_file};
pub use read::read;

use crate::context::{Mode, NamedVersions, VersionSource};
use crate::directives::Role;
use crate::finding::{Finding, Profile, Severity};
use crate::rule::names;
use crate::rules::{self, Control};
use crate::syntax;
use crate::text::{self, Span};
use crate::version::MinorVersion;
use std::borrow::Cow;

/// The rule for values that cannot be taken.
pub(crate) const INVALID: &str = "project/invalid-value";
const UNKNOWN_KEY: &str = "project/unknown-key";
const UNKNOWN_NAME: &str = "project/unknown-name";
/// The rule for files that the project file names and that are not there.
pub(crate) const MISSING_FILE: &str = "project/missing-file";

/// What a project file says.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The Talos version of all machines that name none.
    pub talos: Option<MinorVersion>,
    /// The Kubernetes version of all machines that name none.
    pub kubernetes: Option<MinorVersion>,
    /// How much is to be said.
    pub profile: Option<Profile>,
    /// How machines run Talos.
    pub mode: Option<Mode>,
    /// The least severity that makes the exit status 1: a severity, or `never`.
    pub fail_on: Option<String>,
    /// Severities by rule or family; `None` switches off.
    pub severities: Vec<(String, Option<Severity>)>,
    /// Findings that are let pass.
    pub ignores: Vec<Ignore>,
    /// Files of which nothing is said.
    pub exclude: Patterns,
    /// The machines, each with what it gets from the defaults.
    pub machines: Vec<MachineEntry>,
    /// The rules of the organisation.
    pub rules: Vec<OwnRule>,
}

/// Findings that are let pass.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// The rules or families.
    pub rules: Vec<String>,
    /// The files; all when there is no pattern.
    pub paths: Patterns,
}

/// Text with its place in the project file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The text.
    pub text: String,
    /// The bytes it is written in.
    pub span: Span,
}

/// A machine, as the project file describes it.
#[derive(Clone, Debug)]
pub struct MachineEntry {
    /// Its name.
    pub name: Located,
    /// Its role, if it is said.
    pub role: Option<Role>,
    /// How it runs Talos, if that is said.
    pub mode: Option<Mode>,
    /// Its Talos version, if it is said.
    pub talos: Option<MinorVersion>,
    /// Its Kubernetes version, if it is said.
    pub kubernetes: Option<MinorVersion>,
    /// Its base; else it is what Talos generates.
    pub base: Option<Located>,
    /// Its patches in their order, as paths or with wildcards.
    pub patches: Vec<Located>,
    /// The schematic of its image.
    pub schematic: Option<Located>,
}

/// A rule of the organisation: settings held to expectations.
#[derive(Clone, Debug)]
pub struct OwnRule {
    /// Its name.
    pub name: String,
    /// How bad its findings are.
    pub severity: Severity,
    /// The smallest profile in which it speaks.
    pub profile: Profile,
    /// What it looks for.
    pub summary: String,
    /// Why that matters.
    pub why: String,
    /// Where the expectation comes from.
    pub references: Vec<String>,
    /// What is expected.
    pub controls: Vec<Control>,
}

impl OwnRule {
    /// A finding at a range.
    #[must_use]
    pub fn finding_at(&self, span: Span, kind: &'static str, path: String, message: String) -> Finding {
        Finding {
            rule: Cow::Owned(self.name.clone()),
            severity: self.severity,
            span,
            message,
            help: None,
            kind,
            path,
            references: self.references.iter().cloned().map(Cow::Owned).collect(),
            related: Vec::new(),
            machines: Vec::new(),
            fix: None,
            remedy: None,
        }
    }
}

impl Project {
    /// The versions of what names none by itself.
    #[must_use]
    pub fn versions(&self) -> NamedVersions {
        NamedVersions { talos: self.talos, kubernetes: self.kubernetes, source: VersionSource::Project }
    }

    /// What the file says about the severity of a rule: nothing, off, or a severity. The name of the rule counts before
    /// that of its family, and what stands later before what stands earlier.
    #[must_use]
    pub fn severity(&self, rule: &str) -> Option<Option<Severity>> {
        let named = self.severities.iter().rfind(|(pattern, _)| pattern == rule);
        let named = named.or_else(|| self.severities.iter().rfind(|(pattern, _)| names(pattern, rule)));
        named.map(|(_, severity)| *severity)
    }

    /// Whether the file names a rule by itself, which then speaks in every profile.
    #[must_use]
    pub fn names(&self, rule: &str) -> bool {
        self.severities.iter().any(|(pattern, _)| pattern == rule)
    }

    /// Whether findings of `rule` in the file at `path`, from the folder of the project file, are let pass.
    #[must_use]
    pub fn ignores(&self, rule: &str, path: &str) -> bool {
        self.ignores.iter().any(|ignore| {
            ignore.rules.iter().any(|pattern| names(pattern, rule))
                && (ignore.paths.is_empty() || ignore.paths.matches(path))
        })
    }
}

/// Reads the project file that `bytes` hold. What is not understood is left out: [`crate::check`] says it.
#[must_use]
pub fn load(bytes: &[u8]) -> Project {
    let (text, _) = text::decode(bytes);
    let tree = syntax::parse(&text);
    tree.roots().next().map_or_else(Project::default, |root| read(root).0)
}

/// A finding of a rule about project files.
pub(crate) fn finding(rule: &str, span: Span, path: String, message: String) -> Option<Finding> {
    Some(rules::by_name(rule)?.finding_at(span, "project", path, message))
}
