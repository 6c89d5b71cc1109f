//! `yaml/empty-document`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::input::InputKind;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::Kind;
use crate::tables::Decoder;
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: "yaml/empty-document",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "A document that holds nothing, or something else than keys and values, beside documents of Talos.",
    why: "Talos refuses a file when one of its documents is a word or a list. Until Talos 1.11 an empty one is enough: a \
          `---` too many at the end of the file.",
    avoid: Example::talos(11, "machine:\n  sysctls:\n    vm.swappiness: \"10\"\n---\n# to be continued\n"),
    follow: Example::talos(11, "machine:\n  sysctls:\n    vm.swappiness: \"10\"\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if !context.inputs.iter().any(|input| input.kind.is_configuration()) {
        return;
    }
    let skips_empty = Decoder::of(context.talos()).skips_empty_documents();
    for input in context.inputs.iter().filter(|input| !input.broken) {
        let is_mapping = input.root.is_some_and(|root| root.kind() == Kind::Mapping && root.children().next().is_some());
        let (message, help, remedy) = match input.kind {
            InputKind::Empty if !skips_empty => (
                format!("this document is empty; Talos {} refuses the file", context.talos()),
                "take out the `---` that is too much",
                input.root.is_none_or(|root| root.span().is_empty()).then(|| Remedy::safe("Remove this `---`").remove_empty_document(input.span)),
            ),
            InputKind::Foreign if !is_mapping => {
                ("this document holds no keys; Talos refuses the file".to_owned(), "take it out of the file", None)
            }
            _ => continue,
        };
        let mut finding = rule.finding_at(place(context.text, input.span), input.kind.name(), "", message);
        finding.help = Some(help.to_owned());
        findings.push(finding.with_remedy(remedy));
    }
}

/// The range to show: the `---` of a document that has no other character.
fn place(text: &str, span: Span) -> Span {
    let before = text.get(..span.start as usize).unwrap_or("").trim_end_matches([' ', '\t']);
    if span.is_empty() && before.ends_with("---") { Span::new(before.len() - 3, before.len()) } else { span }
}
