//! What there is to say of an item, which the client asks for when it shows it.

use super::embedded;
use super::item::Ability;
use super::project;
use crate::hover;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Write as _;
use talint_analyzer::expressions;
use talint_analyzer::rules;
use talint_analyzer::schema::{self, Located};
use talint_analyzer::settings;
use talint_analyzer::tables;
use talint_analyzer::version::{MinorVersion, TalosVersion};
use tower_lsp::ls_types::CompletionItem;

/// What an item is about: enough to look it up again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Subject {
    /// A field, by the name of its structure and its own.
    Field(String, String),
    /// A kind of document.
    Kind(String),
    /// A rule.
    Rule(String),
    /// A setting, by its id.
    Setting(String),
    /// A kernel parameter.
    Sysctl(String),
    /// A kernel argument, as it is written.
    Argument(String),
    /// A cipher suite.
    Suite(String),
    /// A feature gate of a minor version of Kubernetes.
    Gate(String, u16),
    /// A system extension.
    Extension(String),
    /// A label or taint of nodes.
    Label(String),
    /// A name in expressions, in its scope.
    Name(String, String),
    /// A key of the project file, by the way to it.
    Project(Vec<String>),
}

/// How the names of structures begin that are Kubernetes's.
const OF_KUBERNETES: &str = "kubernetes.";

/// A subject as an item carries it.
#[derive(Serialize, Deserialize)]
struct Data {
    /// The minor version of Talos.
    talos: u8,
    #[serde(flatten)]
    subject: Subject,
}

/// What is said of a subject.
pub(super) struct Said {
    /// A line, for beside the label.
    pub(super) detail: String,
    /// The whole, in Markdown.
    pub(super) text: String,
}

/// The item with what there is to say of it.
pub(super) fn resolve(mut item: CompletionItem, client: &Ability<'_>) -> CompletionItem {
    let data = item.data.as_ref().and_then(|data| Data::deserialize(data).ok());
    let said = data.and_then(|data| data.subject.said(TalosVersion::nearest(data.talos)));
    if let Some(Said { detail, text }) = said {
        item.detail = item.detail.or(Some(detail)).filter(|detail| !detail.is_empty());
        item.documentation = item.documentation.or_else(|| Some(client.documentation(text)));
    }
    item
}

impl Subject {
    /// The subject of a field.
    pub(super) fn field(structure: &tables::Type, field: &tables::Field) -> Self {
        Self::Field(structure.name.to_owned(), field.name.to_owned())
    }

    /// Whether it is a field of an object of Kubernetes, which Kubernetes describes.
    pub(super) fn is_of_kubernetes(&self) -> bool {
        matches!(self, Self::Field(structure, _) if structure.starts_with(OF_KUBERNETES))
    }

    /// The subject as an item carries it.
    pub(super) fn data(self, version: TalosVersion) -> Option<Value> {
        serde_json::to_value(Data { talos: version.minor(), subject: self }).ok()
    }

    /// What there is to say of it.
    pub(super) fn said(&self, version: TalosVersion) -> Option<Said> {
        let said = |detail: String, text: String| Some(Said { detail, text });
        match self {
            Self::Field(structure, field) => field_of(structure, field, version),
            Self::Kind(name) => {
                let document = tables::document_type(name)?;
                let versions = hover::sentence(&document.versions().describe());
                said(String::new(), format!("**{name}**\n\n{}\n\n{versions}", document.root.description))
            }
            Self::Rule(name) => {
                let rule = rules::by_name(name)?;
                let why = rule.why.split_whitespace().collect::<Vec<_>>().join(" ");
                said(rule.severity.to_string(), format!("**{name}**\n\n{}\n\n{why}", rule.summary))
            }
            Self::Setting(id) => setting(id, version),
            Self::Sysctl(name) => {
                let is_left = || format!("A kernel parameter that Talos {version} leaves as the kernel has it.");
                said("a kernel parameter".to_owned(), hover::sysctl(name, version).unwrap_or_else(is_left))
            }
            Self::Argument(text) => said(String::new(), embedded::about_argument(text, version)?),
            Self::Suite(name) => {
                let suite = tables::cipher_suites().iter().find(|suite| suite.name == name)?;
                said(hover::class_of(suite).to_owned(), hover::cipher_suite(suite))
            }
            Self::Gate(name, minor) => {
                let kubernetes = MinorVersion { major: 1, minor: *minor };
                let gate = tables::feature_gates().iter().find(|gate| gate.name == name && gate.is_in(kubernetes))?;
                said(gate.stage.word().to_owned(), embedded::about_gate(gate, kubernetes))
            }
            Self::Extension(name) => {
                let extension = tables::extensions().iter().find(|extension| extension.name == name)?;
                let versions = hover::sentence(&extension.versions.describe());
                said(
                    "a system extension".to_owned(),
                    format!("**{name}**\n\nAn official system extension. {versions}."),
                )
            }
            Self::Label(name) => {
                let label = tables::node_labels().iter().find(|label| label.name == name)?;
                said(String::new(), label.about.to_owned())
            }
            Self::Name(scope, name) => {
                let known = expressions::names(scope, version).find(|known| known.text == name)?;
                said(known.kind.noun().to_owned(), format!("`{name}` of `{scope}`, a {}", known.kind.noun()))
            }
            Self::Project(steps) => project::about(steps).and_then(|about| said(String::new(), about.to_owned())),
        }
    }
}

fn field_of(structure: &str, field: &str, version: TalosVersion) -> Option<Said> {
    let structure = tables::structure(structure)?;
    let field = structure.field(field)?;
    let variant = field.variant(version).or(field.variants.last())?;
    let noun = schema::noun(&variant.shape);
    let replaced = variant.replaced_by.first().map(|other| format!(", deprecated: use {other}"));
    let mut text = format!("**{}** — {noun}", field.name);
    if let Some(object) = structure.name.strip_prefix(OF_KUBERNETES) {
        let _ = write!(text, "\n\nA field of {object}, which Kubernetes reads.");
        return Some(Said { detail: noun, text });
    }
    hover::about(&mut text, &Located { shape: variant.shape, field: Some((structure, field)) }, version);
    Some(Said { detail: format!("{noun}{}", replaced.unwrap_or_default()), text })
}

fn setting(id: &str, version: TalosVersion) -> Option<Said> {
    let setting = settings::settings().iter().find(|setting| setting.id == id)?;
    let default = setting.default_in(version).filter(|default| !default.is_empty());
    let detail = default.map_or_else(String::new, |default| format!("default {default}"));
    let mut text = format!("**{id}**\n\nDefault in Talos {version}: `{}`.", default.unwrap_or("none"));
    let is_of_it = |control: &&rules::Control| control.setting == setting.id && control.versions.contains(version);
    for control in rules::controls().iter().filter(is_of_it) {
        let _ = write!(text, "\n\nExpected is {} ({}).", control.expected, control.rule);
    }
    Some(Said { detail, text })
}
