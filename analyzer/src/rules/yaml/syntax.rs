//! `yaml/syntax`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::syntax::ProblemKind;
use crate::tables::Decoder;

pub(crate) const RULE: Rule = Rule {
    name: "yaml/syntax",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The text is not YAML.",
    why: "Talos refuses a file that is not YAML as a whole. The rest of the file is analysed all the same, but nothing is \
          concluded from what is absent in the document with the error.",
    avoid: Example::new("machine:\n  sysctls:\n    kernel.panic: \"10\n"),
    follow: Example::new("machine:\n  sysctls:\n    kernel.panic: \"10\"\n"),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let decoder = Decoder::of(context.talos());
    let wanted = |kind: ProblemKind| match kind {
        ProblemKind::Syntax | ProblemKind::UnknownAlias => true,
        ProblemKind::Dialect(dialect) => !decoder.reads(dialect),
        ProblemKind::Limit => false,
    };
    super::super::problems(rule, context, wanted, findings);
}
