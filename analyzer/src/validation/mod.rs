//! Talos's own validation, as rows of data: what it refuses or warns of in a configuration that loads.
//!
//! A row says where to look, what must hold beside, and what is wrong there. A condition has three answers: what cannot be
//! known, because a value is a template or because absence says nothing in a patch, is neither true nor false, and
//! nothing is said of it.

mod condition;
mod form;
pub(crate) mod functions;
mod pem;
mod prefix;
mod repair;
mod value;

pub use condition::Condition;
pub use form::Form;
pub use repair::{Does, Repair};
pub use value::Value;

use crate::context::{Context, Mode};
use crate::directives::Role;
use crate::finding::{Related, Severity};
use crate::input::InputKind;
use crate::rule::{self, Findings, Rule};
use crate::secrets;
use crate::settings::Found;
use crate::syntax::{Kind, NodeId, NodeRef};
use crate::tables::{self, Decoder};
use crate::text::Span;
use crate::version::{TalosVersion, VersionSet};
use value::{Absence, look_up};

/// One check of Talos's validation: a row of `analyzer/data/validation`.
#[derive(Debug)]
pub struct Check {
    /// Its name, for tests: `bond.updelay-multiple`.
    pub id: &'static str,
    /// The rule it is a part of.
    pub rule: &'static str,
    /// The same for checks beside each other that look at the same places.
    pub group: usize,
    /// Where to look.
    pub scopes: &'static [Place],
    /// The way from there to the value that may be wrong; empty for what is there itself.
    pub field: &'static [&'static str],
    /// The versions that check it.
    pub versions: VersionSet,
    /// The mode that Talos checks it in; `None` for all.
    pub mode: Option<Mode>,
    /// The role of the machines it is checked for; `None` for all. What is wrong on control-plane machines is told of a
    /// patch that does not say its role, for it is a mistake anywhere; what is wrong on workers is not.
    pub role: Option<Role>,
    /// What must hold beside.
    pub when: &'static [Clause],
    /// What must not be known to hold beside: it keeps Talos from looking.
    pub unless: &'static [Clause],
    /// What is wrong.
    pub wrong: Wrong,
    /// What Talos makes of it: an error it refuses, of a warning it warns.
    pub severity: Severity,
    /// What is wrong, as a clause. `{value}` and `{name}` stand for the value and its key, `{kind}` for the document,
    /// `{beside}` for the document that `when` names first, `{talos}` for the version, and `{.path}` for a value below the scope.
    pub problem: &'static str,
    /// What to write instead, with the same words in braces.
    pub help: &'static str,
    /// What takes it away, where one thing does that `wrong` does not tell already.
    pub fix: Option<Repair>,
}

impl Check {
    /// Whether the value itself says that it is wrong, without what stands around it.
    fn needs_value_alone(&self) -> bool {
        let is_alone = matches!(&self.wrong, Wrong::Is(condition) if condition.needs_value_alone());
        is_alone && self.when.iter().all(|clause| clause.document.is_some())
    }
}

/// A place in documents of one kind.
#[derive(Debug)]
pub struct Place {
    /// The kind.
    pub document: &'static str,
    /// The way from the root. `*` stands for every key of a mapping, `[]` for every item of a list.
    pub path: &'static [&'static str],
}

/// A condition on a value beside the one that may be wrong.
#[derive(Debug)]
pub struct Clause {
    /// The kind of document it stands in; `None` for a value below the scope of the check.
    pub document: Option<&'static str>,
    /// The way to it; the step `^` leads to the mapping around.
    pub path: &'static [&'static str],
    /// What must hold, of one value where the way leads to several.
    pub holds: Condition,
}

/// What is wrong.
#[derive(Debug)]
pub enum Wrong {
    /// The value of the field is.
    Is(Condition),
    /// What this function finds.
    By(Function),
}

/// Finds what no condition expresses.
pub type Function = for<'c, 't, 's> fn(&Subject<'c, 't, 's>) -> Vec<Hit>;

/// What a check looks at: one scope.
#[derive(Clone, Copy)]
pub struct Subject<'c, 't, 's> {
    /// The source.
    pub context: &'c Context<'t, 's>,
    /// The node at the scope.
    pub scope: NodeRef<'t, 's>,
    /// The kind of the document it stands in.
    pub kind: &'static str,
    /// Whether absence says something there: [`Context::is_complete`].
    pub is_complete: bool,
    /// The way from the scope to the value that may be wrong.
    pub field: &'static [&'static str],
}

impl<'c, 't, 's> Subject<'c, 't, 's> {
    fn new(context: &'c Context<'t, 's>, found: Found<'t, 's>) -> Self {
        let is_complete = context.is_complete(found.kind);
        Self { context, scope: found.node, kind: found.kind, is_complete, field: &[] }
    }

    /// The values on a way from the scope.
    #[must_use]
    pub fn values(&self, path: &[&str]) -> Vec<Value<'t, 's>> {
        let values = self.look_up(self.scope, path).into_iter();
        values.filter(|value| !value.node().is_some_and(|node| is_dropped(self.kind, node))).collect()
    }

    /// The values on a way from a node of the scope.
    fn look_up(&self, node: NodeRef<'t, 's>, path: &[&str]) -> Vec<Value<'t, 's>> {
        look_up(node, path, Absence { is_complete: self.is_complete, issues: self.context.issues })
    }

    /// The decoder of the version.
    #[must_use]
    pub fn decoder(&self) -> Decoder {
        Decoder::of(self.context.talos())
    }
}

/// Something that is wrong.
pub struct Hit {
    /// The bytes to show.
    pub span: Span,
    /// The way to it from the root of its document.
    pub path: String,
    /// The value for the message; empty for secrets and for what is not there.
    pub value: String,
    /// The key for the message.
    pub name: String,
    /// Another place that belongs to it.
    pub related: Option<Related>,
    /// The value; `None` when it is not there.
    node: Option<NodeId>,
}

impl Hit {
    /// At a value that is written.
    #[must_use]
    pub fn at(context: &Context<'_, '_>, node: NodeRef<'_, '_>) -> Self {
        let is_secret = context.secrets.iter().any(|secret| secret.node.id() == node.id());
        let shows = node.kind() == Kind::Scalar && !is_secret;
        let value = if shows { secrets::shown(node.value()).into_owned() } else { String::new() };
        let span = if node.parent().is_some() { rule::place(node) } else { context.nearest(node, &[]) };
        Self { span, path: node.path(), value, name: name_of(node), related: None, node: Some(node.id()) }
    }

    /// At the key of a value that is written.
    #[must_use]
    pub fn at_key(context: &Context<'_, '_>, node: NodeRef<'_, '_>) -> Self {
        let span = node.key().map_or(node.visible_span(), NodeRef::span);
        Self { span, ..Self::at(context, node) }
    }

    /// At what is nearest to a value that is not there.
    #[must_use]
    pub fn absent(subject: &Subject<'_, '_, '_>, path: &[&str]) -> Self {
        let mut way = subject.scope.path();
        for step in path {
            if !way.is_empty() {
                way.push('.');
            }
            way.push_str(step);
        }
        let is_begun = path.first().is_some_and(|first| subject.scope.entry(first).is_some());
        let own = subject.scope.key().filter(|_| !is_begun);
        let span = own.map_or_else(|| subject.context.nearest(subject.scope, path), NodeRef::span);
        let name = path.last().map_or_else(|| name_of(subject.scope), |step| (*step).to_owned());
        Self { span, path: way, value: String::new(), name, related: None, node: None }
    }
}

fn name_of(node: NodeRef<'_, '_>) -> String {
    node.key().map_or("", NodeRef::value).to_owned()
}

/// Holds a source to the checks of `rule`.
pub(crate) fn check(rule: &Rule, checks: &'static [Check], context: &Context<'_, '_>, findings: &mut Findings) {
    let has_operations = context.inputs.iter().any(|input| matches!(input.kind, InputKind::JsonPatch));
    for group in checks.chunk_by(|a, b| a.group == b.group) {
        let places = group.first().map_or(&[][..], |check| check.scopes);
        // Most places are nowhere in the source, which is sooner told than what the version has.
        let places = places.iter().filter(|place| may_hold(context, place.document, place.path));
        for place in places.filter(|place| is_known(place.document, context.talos())) {
            let mut subjects = None;
            let find = || -> Vec<Subject<'_, '_, '_>> {
                let found = context.find(place.document, place.path).into_iter();
                found.map(|found| Subject::new(context, found)).collect()
            };
            for check in group.iter().filter(|check| may_apply(check, place, context)) {
                let Some(severity) = severity(check, context) else { continue };
                for subject in subjects.get_or_insert_with(find) {
                    look(rule, check, severity, &Subject { field: check.field, ..*subject }, findings);
                }
                // An operation of a JSON patch may write the value alone.
                if has_operations && check.needs_value_alone() {
                    let path: Vec<&str> = place.path.iter().chain(check.field).copied().collect();
                    for found in context.find(place.document, &path).into_iter().filter(Found::is_in_operation) {
                        look(rule, check, severity, &Subject::new(context, found), findings);
                    }
                }
            }
        }
    }
}

fn is_null_item(node: NodeRef<'_, '_>) -> bool {
    node.is_null() && node.parent().is_some_and(|parent| parent.kind() == Kind::Sequence)
}

/// Whether the decoder drops an item of a list, as it does with nothing. Some lists of the machine configuration keep it.
fn is_dropped(kind: &str, node: NodeRef<'_, '_>) -> bool {
    kind != tables::V1ALPHA1 && is_null_item(node)
}

/// Whether a version has documents of a kind.
fn is_known(kind: &str, version: TalosVersion) -> bool {
    tables::document_type(kind).is_some_and(|document| document.versions().contains(version))
}

/// Whether the words of the source let there be something at `path` of documents of kind `document`.
fn may_hold(context: &Context<'_, '_>, document: &str, path: &[&str]) -> bool {
    context.words.may_hold(path) && (document == tables::V1ALPHA1 || context.words.may_hold(&[document]))
}

/// Whether they let a check find something at a place: nearly none can, and this costs least.
fn may_apply(check: &Check, place: &Place, context: &Context<'_, '_>) -> bool {
    let needs_field = matches!(&check.wrong, Wrong::Is(condition) if !condition.holds_for_absent());
    check.versions.contains(context.talos())
        && (!needs_field || context.words.may_hold(check.field))
        && check
            .when
            .iter()
            .filter(|clause| !clause.holds.holds_for_absent())
            .all(|clause| may_hold(context, clause.document.unwrap_or(place.document), clause.path))
}

/// How bad it is on the machine at hand; `None` when it is not checked there.
fn severity(check: &Check, context: &Context<'_, '_>) -> Option<Severity> {
    let has_role = match check.role {
        None => true,
        Some(Role::ControlPlane) => {
            context.role == Some(Role::ControlPlane) || context.role.is_none() && context.whole().is_none()
        }
        Some(Role::Worker) => context.role == Some(Role::Worker),
    };
    match (check.mode, context.mode) {
        _ if !has_role => None,
        (None, _) => Some(check.severity),
        (Some(checked), Some(mode)) => (checked == mode).then_some(check.severity),
        // Most machines are metal, but that was not said. Who runs Talos in a container knows.
        (Some(Mode::Metal), None) => Some(check.severity.min(Severity::Warning)),
        (Some(_), None) => None,
    }
}

fn look(rule: &Rule, check: &Check, severity: Severity, subject: &Subject<'_, '_, '_>, findings: &mut Findings) {
    let context = subject.context;
    if is_dropped(subject.kind, subject.scope) || subject.scope.is_null() && !check.field.is_empty() {
        return;
    }
    let mut beside = Vec::new();
    for clause in check.when {
        let Some(value) = holding(clause, subject) else { return };
        beside.extend(value.node().filter(|_| matches!(clause.holds, Condition::Present | Condition::NotEmpty)));
    }
    if check.unless.iter().any(|clause| holding(clause, subject).is_some()) {
        return;
    }
    for hit in hits(check, subject) {
        let fill = |template| fill(template, check, subject, &hit);
        let message = format!("{}{}", fill(check.problem), verdict(check));
        let mut finding = rule.finding_at(hit.span, subject.kind, hit.path.clone(), message);
        finding.severity = severity;
        finding.help = Some(fill(check.help));
        let place = |node: &NodeRef<'_, '_>| Hit::at(context, *node).span;
        finding.related.extend(beside.iter().map(|node| Related::here(place(node), "this stands beside it")));
        let remedy = repair::remedy(check, subject, &hit);
        finding.related.extend(hit.related);
        findings.push(finding.with_remedy(remedy));
    }
}

/// The value for which a clause holds.
fn holding<'t, 's>(clause: &Clause, subject: &Subject<'_, 't, 's>) -> Option<Value<'t, 's>> {
    let context = subject.context;
    let values = match clause.document {
        None => subject.values(clause.path),
        Some(kind) => {
            let roots: Vec<NodeRef<'t, 's>> = context.documents(kind).collect();
            let absence = Absence { is_complete: context.is_complete(kind), issues: context.issues };
            match roots.is_empty() {
                // That a document is not there is only known of a whole.
                true if context.whole().is_some() => vec![Value::Absent],
                true => vec![Value::Unknown],
                false => roots.into_iter().flat_map(|root| look_up(root, clause.path, absence)).collect(),
            }
        }
    };
    values.into_iter().find(|value| clause.holds.judge(*value, subject) == Some(true))
}

fn hits(check: &Check, subject: &Subject<'_, '_, '_>) -> Vec<Hit> {
    let condition = match &check.wrong {
        Wrong::By(function) => return function(subject),
        Wrong::Is(condition) => condition,
    };
    let wrong =
        subject.values(subject.field).into_iter().filter(|value| condition.judge(*value, subject) == Some(true));
    wrong
        .map(|value| match value.node() {
            None => Hit::absent(subject, subject.field),
            Some(node) => condition.hit(node, subject),
        })
        .collect()
}

/// What Talos makes of it, for the end of a message.
fn verdict(check: &Check) -> String {
    let place = check.mode.map_or(String::new(), |mode| format!(" {}", mode.place()));
    match check.severity {
        Severity::Error => format!("; Talos refuses that{place}"),
        Severity::Warning => format!("; Talos warns of it{place}"),
        Severity::Info => String::new(),
    }
}

/// Puts what was found in the place of the words in braces.
fn fill(template: &str, check: &Check, subject: &Subject<'_, '_, '_>, hit: &Hit) -> String {
    let template = match hit.value.as_str() {
        "" => template.replace("`{value}`", "an empty text"),
        _ => template.to_owned(),
    };
    let mut parts = template.split('{');
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let Some((word, rest)) = part.split_once('}') else { continue };
        match word {
            "value" => out.push_str(&hit.value),
            "name" => out.push_str(&hit.name),
            "kind" => out.push_str(subject.kind),
            "beside" => out.push_str(check.when.iter().find_map(|clause| clause.document).unwrap_or("")),
            "talos" => out.push_str(&subject.context.talos().to_string()),
            path => {
                let path: Vec<&str> = path.trim_start_matches('.').split('.').collect();
                let node = subject.scope.at(&path);
                out.push_str(&node.map_or(String::new(), |node| Hit::at(subject.context, node).value));
            }
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Condition, Place, Wrong};
    use crate::rules;
    use crate::tables::{self, Shape, Type};
    use crate::version::{TalosVersion, VersionSet};
    use std::collections::HashSet;

    /// The versions that have the field at `path`; none when there is no such field, all below what is free-form.
    fn versions(document: &str, path: &[&str]) -> VersionSet {
        let document = tables::document_type(document).unwrap_or_else(|| panic!("there is no kind `{document}`"));
        let mut versions = document.versions();
        let mut shapes: Vec<&Shape> = Vec::new();
        let mut structure: Option<&Type> = Some(document.root);
        for step in path {
            if let Some(inner) = structure {
                let variants = inner.field(step).map_or(&[][..], |field| field.variants);
                let known = variants.iter().map(|variant| variant.versions).reduce(VersionSet::union);
                versions = versions.intersection(known.unwrap_or_default());
                shapes = variants.iter().map(|variant| variant.shape.value()).collect();
            } else {
                let within = |shape: &&'static Shape| match shape {
                    Shape::List(inner) | Shape::Map(inner) => Some(inner.value()),
                    Shape::Any => Some(*shape),
                    _ => None,
                };
                shapes = shapes.iter().filter_map(within).collect();
            }
            structure = shapes.iter().find_map(|shape| match shape {
                Shape::Struct(inner) => Some(*inner),
                _ => None,
            });
            if shapes.is_empty() {
                return VersionSet::default();
            }
        }
        versions
    }

    #[test]
    fn checks_look_at_fields_that_are_there_in_their_versions() {
        for check in rules::validation_checks() {
            let is_there =
                |document: &str, path: &[&str]| !versions(document, path).intersection(check.versions).is_empty();
            for place in check.scopes {
                let path: Vec<&str> = place.path.iter().chain(check.field).copied().collect();
                let known = versions(place.document, &path);
                let both = known.intersection(check.versions);
                // A row of all versions holds for those that have the field.
                let every = TalosVersion::all().map(VersionSet::only).reduce(VersionSet::union);
                let is_known = both == check.versions || Some(check.versions) == every && !both.is_empty();
                assert!(is_known, "{}: versions of {path:?}", check.id);
            }
            for clause in check.when.iter().chain(check.unless).filter(|clause| !clause.path.contains(&"^")) {
                let below = |place: &Place| place.path.iter().chain(clause.path).copied().collect::<Vec<_>>();
                let is_known = match clause.document {
                    Some(document) => is_there(document, clause.path),
                    None => check.scopes.iter().any(|place| is_there(place.document, &below(place))),
                };
                assert!(is_known, "{}: there is no {:?}", check.id, clause.path);
            }
        }
    }

    #[test]
    fn checks_have_names_of_their_own() {
        let mut names = HashSet::new();
        for check in rules::validation_checks() {
            assert!(names.insert(check.id), "{} stands twice", check.id);
        }
    }

    #[test]
    fn words_of_messages_are_known() {
        for check in rules::validation_checks() {
            for part in check.problem.split('{').skip(1).chain(check.help.split('{').skip(1)) {
                let word = part.split('}').next().unwrap_or("");
                let is_known = matches!(word, "value" | "name" | "kind" | "beside" | "talos") || word.starts_with('.');
                assert!(is_known, "{}: {{{word}}}", check.id);
            }
            let shows_absent = check.problem.contains("{value}")
                && matches!(&check.wrong, Wrong::Is(Condition::Absent | Condition::Empty));
            assert!(!shows_absent, "{}: the value that is shown is not there", check.id);
        }
    }
}
