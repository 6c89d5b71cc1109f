//! What a rule finds: plain data, without a tree behind it.

use crate::fix::{Fix, Remedy};
use crate::text::Span;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing: hardening that is left to do, or a deprecation.
    Info,
    /// Weaker than the defaults, or without effect.
    Warning,
    /// Refused by Talos, or a plain hole.
    Error,
}

impl Severity {
    /// The word for it in every output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Error].into_iter().find(|severity| severity.as_str() == text)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// How much a reader wants to hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// What is wrong or weakened.
    #[default]
    Default,
    /// Optional hardening too.
    Hardened,
    /// Everything.
    Strict,
}

impl Profile {
    /// The word for it on the command line and in modelines.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Hardened => "hardened",
            Self::Strict => "strict",
        }
    }

    /// The profile of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Default, Self::Hardened, Self::Strict].into_iter().find(|profile| profile.as_str() == text)
    }
}

/// Another place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The bytes.
    pub span: Span,
    /// What is there, as a clause.
    pub message: String,
    /// The file it is in, when it is another than that of the finding.
    pub file: Option<Arc<str>>,
}

impl Related {
    /// A place in the source of the finding.
    #[must_use]
    pub fn here(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), file: None }
    }
}

/// Something a rule found in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule: one of talint's, or of the organisation's own.
    pub rule: Cow<'static, str>,
    /// How bad it is.
    pub severity: Severity,
    /// The bytes it is about.
    pub span: Span,
    /// What is wrong and why. One or two sentences, without secret material.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The kind of document: a `kind`, or what the file is.
    pub kind: &'static str,
    /// The way to the place from the root of the document; empty for the document as a whole.
    pub path: String,
    /// Where the expectation comes from: `CIS 1.12 4.2.13`.
    pub references: Vec<Cow<'static, str>>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// The machines whose configuration it was found in; empty for a file by itself.
    pub machines: Vec<Arc<str>>,
    /// What takes it away, where one thing does.
    pub fix: Option<Box<Fix>>,
    /// What the rule says to that end, of the text that it looked at.
    pub(crate) remedy: Option<Box<Remedy>>,
}

impl Finding {
    /// Whether another finding says the same of the same place.
    #[must_use]
    pub fn says_same(&self, other: &Self) -> bool {
        (self.span, &self.rule, &self.message) == (other.span, &other.rule, &other.message)
    }

    /// Makes one finding of two that say the same: of all machines of both, with the fix that both have.
    pub(crate) fn join(&mut self, other: &mut Self) {
        if self.fix != other.fix || self.remedy != other.remedy {
            (self.fix, self.remedy) = (None, None);
        }
        for machine in other.machines.drain(..) {
            if !self.machines.contains(&machine) {
                self.machines.push(machine);
            }
        }
    }

    /// The finding with what takes it away.
    #[must_use]
    pub(crate) fn with_remedy(self, remedy: impl Into<Option<Remedy>>) -> Self {
        Self { remedy: remedy.into().map(Box::new), ..self }
    }
}
