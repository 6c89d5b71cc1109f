//! All rules. A rule is a file below this folder or a row of data: `analyzer/data/controls`,
//! `analyzer/data/kernel/rules.yaml`, `analyzer/data/validation`. The build gathers them.

mod addresses;
mod cipher_suites;
mod clear_text;
mod control;
mod control_remedy;
mod denied_arguments;
mod documents;
mod encryption;
mod etcd_encryption;
mod images;
mod kernel_argument;
mod pod_security;
mod suppression_pass;
mod sysctls;

pub(crate) use control::check as check_controls;
pub use control::{CONDITIONS, Control, ControlFix, Operands, Weak, Words, condition};
pub use kernel_argument::{ArgumentCheck, Reader, Reads, WeakArgument};
pub(crate) use suppression_pass::UNUSED as UNUSED_SUPPRESSION;
pub use suppression_pass::suppress;

use crate::context::{Context, Mode};
use crate::directives::Role;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::validation::{self, Check, Clause, Condition, Does, Form, Place, Repair, Wrong};
use crate::version::VersionSet;
use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
include!(concat!(env!("OUT_DIR"), "/controls.rs"));
include!(concat!(env!("OUT_DIR"), "/kernel_rules.rs"));
include!(concat!(env!("OUT_DIR"), "/validation_rules.rs"));

/// The rule for text that is not YAML.
pub const SYNTAX: &str = "yaml/syntax";

/// Families and rules of which an error says that Talos refuses the configuration; an error of the others says that it is
/// unsafe, or that it fails on the machine.
const REFUSALS: &[&str] = &["yaml/", "schema/", "talos/", "patch/", "install/no-disk", "kubelet/protected-field"];

/// Whether an error of `rule` says that Talos refuses the configuration.
#[must_use]
pub fn is_refusal(rule: &Rule) -> bool {
    REFUSALS.iter().any(|pattern| rule.matches(pattern))
}

/// Every rule there is.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    CODE.iter().copied().chain(CONTROL_RULES).chain(KERNEL_RULES).chain(VALIDATION_RULES)
}

/// The expectations that rules hold settings to.
#[must_use]
pub fn controls() -> &'static [Control] {
    CONTROLS
}

/// The expectations of one rule; none for rules that are code.
#[must_use]
pub fn controls_of(rule: &str) -> &'static [Control] {
    let start = CONTROLS.partition_point(|control| *control.rule < *rule);
    let end = CONTROLS.partition_point(|control| *control.rule <= *rule);
    CONTROLS.get(start..end).unwrap_or(&[])
}

/// What is expected of kernel arguments.
#[must_use]
pub fn argument_checks() -> &'static [ArgumentCheck] {
    ARGUMENT_CHECKS
}

/// The checks of Talos's own validation.
#[must_use]
pub fn validation_checks() -> &'static [Check] {
    VALIDATION_CHECKS
}

/// The rule called `name`.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}

/// The rule or family spelt most like `text`, out of talint's own and `others`.
#[must_use]
pub fn closest_name(text: &str, others: &[&str]) -> Option<String> {
    let names = || all().map(|rule| rule.name).chain(others.iter().copied());
    let families = names().filter_map(|name| name.find('/').and_then(|end| name.get(..=end)));
    let wanted = if text.contains('/') { text.to_owned() } else { format!("{text}/") };
    crate::schema::closest(&wanted, names().chain(families)).map(str::to_owned)
}

/// Reports the problems of the text, of documents that are Talos's.
fn problems(
    rule: &Rule,
    context: &Context<'_, '_>,
    wanted: impl Fn(crate::syntax::ProblemKind) -> bool,
    findings: &mut Findings,
) {
    let inputs = context.inputs;
    let beside_ours = inputs.iter().any(|input| input.kind.is_configuration());
    let lines = std::cell::LazyCell::new(|| crate::text::LineIndex::new(context.text));
    for problem in context.tree.problems.iter().filter(|problem| wanted(problem.kind)) {
        // The document the problem stands in: the last that begins before it, or the first.
        let holder = inputs.iter().rfind(|input| input.span.start <= problem.span.start).or(inputs.first());
        let Some(holder) = holder else { continue };
        let line_is_template = || {
            let line = lines.line_span(context.text, lines.line(problem.span.start)).slice(context.text);
            crate::input::is_unknown_text(line)
        };
        // A template is not YAML before it is rendered, and no mistake.
        if !holder.kind.is_ours() && !beside_ours || !context.tree.gaps.is_empty() || line_is_template() {
            continue;
        }
        let message = match problem.kind {
            crate::syntax::ProblemKind::Limit => problem.message.clone(),
            _ => format!("this is not YAML: {}", problem.message),
        };
        findings.push(rule.finding_at(problem.span, holder.kind.name(), "", message));
    }
}
