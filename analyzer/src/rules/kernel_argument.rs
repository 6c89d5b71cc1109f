//! Kernel arguments that are alike: each an argument and values that weaken the machine, a row of data.

use super::kernel_argument_remedy;
use crate::context::{Context, Mode};
use crate::finding::{Finding, Related, Severity};
use crate::fix::Remedy;
use crate::rule::{Findings, Rule};
use crate::settings::{Argument, Assigned, KernelArguments, go_bool, kernel_bool};
use crate::text::Span;
use crate::version::VersionSet;
use std::rc::Rc;

/// An argument and what weakens the machine by it.
#[derive(Debug)]
pub struct ArgumentCheck {
    /// The rule.
    pub rule: &'static str,
    /// When the findings of the rule in one list of arguments are told together: what they are of, in the plural.
    pub together: Option<&'static str>,
    /// The argument.
    pub argument: &'static str,
    /// The versions in which this holds.
    pub versions: VersionSet,
    /// Which of several values counts.
    pub reads: Reads,
    /// Who reads it.
    pub reader: Reader,
    /// The values that are taken, when others are passed over; empty when all are.
    pub known: &'static [&'static str],
    /// How lists begin that are taken beside these.
    pub starts: &'static [&'static str],
    /// Other arguments that set the same thing, each with the value it stands for.
    pub same_as: &'static [(&'static str, &'static str)],
    /// Whether it only holds where a default of Talos was taken away.
    pub after_removal: bool,
    /// What is weak.
    pub weak: WeakArgument,
    /// The severity.
    pub severity: Severity,
    /// What is wrong then, as a clause.
    pub problem: &'static str,
    /// What is expected.
    pub expected: &'static str,
}

/// Which of several values of an argument counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// The last one.
    Last,
    /// The first one.
    First,
    /// Each.
    Any,
    /// Once on, it stays on.
    OnceOn,
}

/// Who reads an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The kernel.
    Kernel,
    /// Talos.
    Talos,
}

/// What is weak.
#[derive(Clone, Copy, Debug)]
pub enum WeakArgument {
    /// A default that is taken away, or absent from a whole command line.
    Removed,
    /// Any value.
    Written,
    /// Any value that is not empty.
    NotEmpty,
    /// True.
    True,
    /// False.
    False,
    /// These values.
    OneOf(&'static [&'static str]),
    /// All but these values.
    NoneOf(&'static [&'static str]),
    /// Lists with one of these words.
    Holds(&'static [&'static str]),
    /// Lists without one of these words.
    Lacks(&'static [&'static str]),
}

impl ArgumentCheck {
    fn is_weak(&self, value: &str) -> bool {
        let words = || value.split([',', ';']);
        match self.weak {
            WeakArgument::Removed => false,
            WeakArgument::Written => true,
            WeakArgument::NotEmpty => !value.is_empty(),
            WeakArgument::True => self.bool(value) == Some(true),
            WeakArgument::False => self.bool(value) == Some(false),
            WeakArgument::OneOf(values) => values.contains(&value),
            WeakArgument::NoneOf(values) => !values.contains(&value),
            WeakArgument::Holds(known) => words().any(|word| known.contains(&word)),
            WeakArgument::Lacks(known) => known.iter().any(|known| words().all(|word| word != *known)),
        }
    }

    /// A boolean as the kernel reads it, or as Go does.
    fn bool(&self, value: &str) -> Option<bool> {
        match self.reader {
            Reader::Kernel => kernel_bool(value),
            Reader::Talos => Some(go_bool(value) == Some(true)),
        }
    }

    fn takes(&self, value: &str) -> bool {
        self.known.is_empty()
            || self.known.contains(&value)
            || self.starts.iter().any(|start| value.starts_with(start) && value.contains(','))
    }

    /// Whether an argument as written weakens the machine: by its value, or as it takes a default away.
    fn is_weakened_by(&self, argument: &Argument<'_>) -> bool {
        if argument.removes {
            return argument.is_called(self.argument);
        }
        let written = argument.value.unwrap_or("");
        let value = match self.reader {
            Reader::Kernel if argument.is_called(self.argument) => Some(written.trim_matches('"')),
            Reader::Talos if argument.name == self.argument => Some(written),
            Reader::Talos => None,
            Reader::Kernel => self.same_as.iter().find(|(other, _)| argument.is_called(other)).map(|(_, value)| *value),
        };
        value.is_some_and(|value| self.takes(value) && self.is_weak(value))
    }

    /// The value that weakens the machine, if one does.
    fn weak_value<'a, 't>(&self, list: &'a KernelArguments<'t>) -> Option<&'a Assigned<'t>> {
        let values: Vec<(&Assigned<'t>, &str)> = match self.reader {
            Reader::Kernel => list.for_kernel(self.argument, self.same_as).collect(),
            Reader::Talos => list.for_talos(self.argument).collect(),
        };
        let mut taken = values.iter().filter(|(_, value)| self.takes(value));
        let is_weak = |(_, value): &&(&Assigned<'t>, &str)| self.is_weak(value);
        let found = match self.reads {
            Reads::First => taken.next().filter(is_weak),
            Reads::Any => taken.find(is_weak),
            // A parameter of a module without a value is switched on.
            Reads::OnceOn if values.iter().any(|(_, value)| value.is_empty() || self.bool(value) == Some(true)) => None,
            Reads::Last | Reads::OnceOn => taken.next_back().filter(is_weak),
        };
        found.map(|(assigned, _)| *assigned)
    }
}

/// Something wrong with one argument.
struct Wrong<'t> {
    /// The argument, where one is written.
    argument: Option<Argument<'t>>,
    span: Span,
    kind: &'static str,
    path: Rc<str>,
    /// The argument, as it is shown.
    subject: String,
    check: &'static ArgumentCheck,
}

/// Holds the kernel arguments of a source to the checks of `rule`.
pub(super) fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if context.mode == Some(Mode::Container) {
        return;
    }
    for list in &context.kernel_arguments {
        let mut found: Vec<Wrong<'_>> = Vec::new();
        for check in super::ARGUMENT_CHECKS.iter().filter(|check| check.rule == rule.name) {
            let is_told = found.iter().any(|told| told.check.argument == check.argument);
            if !is_told && list.is_within(check.versions) && !list.is_unknown(check.argument) {
                found.extend(wrong(check, list));
            }
        }
        found.sort_by_key(|wrong| wrong.span);
        match found.split_first() {
            Some((first, others)) if !others.is_empty() && first.check.together.is_some() => {
                let all: Vec<&Wrong<'_>> = found.iter().collect();
                findings.push(all_at_once(rule, first, others).with_remedy(remedy(context, list, &all)));
            }
            _ => found.iter().for_each(|wrong| findings.push(finding(rule, context, list, wrong))),
        }
    }
}

/// Takes out what is weak, so that the defaults hold.
fn remedy(context: &Context<'_, '_>, list: &KernelArguments<'_>, found: &[&Wrong<'_>]) -> Option<Remedy> {
    if let [Wrong { check: ArgumentCheck { weak: WeakArgument::Holds(known), .. }, argument: Some(argument), .. }] =
        found
    {
        let value = argument.value.unwrap_or("");
        let kept: Vec<&str> = value.split(',').filter(|word| !known.contains(word)).collect();
        if !kept.is_empty() && !value.contains(';') {
            let text = format!("{}={}", argument.name, kept.join(","));
            return kernel_argument_remedy::write(context, list, argument, &text);
        }
    }
    kernel_argument_remedy::remove(context, list, |argument| {
        found.iter().any(|wrong| wrong.check.is_weakened_by(argument))
    })
}

fn wrong<'t>(check: &'static ArgumentCheck, list: &KernelArguments<'t>) -> Option<Wrong<'t>> {
    if check.after_removal && list.removal(check.argument).is_none() {
        return None;
    }
    if let WeakArgument::Removed = check.weak {
        return removed(check, list);
    }
    let argument = check.weak_value(list)?.written.as_ref()?;
    Some(at(argument, check))
}

fn removed<'t>(check: &'static ArgumentCheck, list: &KernelArguments<'t>) -> Option<Wrong<'t>> {
    if !list.has_default(check.argument) || list.for_talos(check.argument).next().is_some() {
        return None;
    }
    if !list.is_whole {
        return list.removal(check.argument).map(|argument| at(argument, check));
    }
    let subject = format!("`{}` is not on the command line", check.argument);
    let (span, kind, path) = (list.span, list.kind, list.path.clone());
    (!list.is_open).then_some(Wrong { argument: None, span, kind, path, subject, check })
}

fn at<'t>(argument: &Argument<'t>, check: &'static ArgumentCheck) -> Wrong<'t> {
    let subject = format!("`{}`", argument.text());
    let (span, kind, path) = (argument.span, argument.kind, argument.path.clone());
    Wrong { argument: Some(argument.clone()), span, kind, path, subject, check }
}

fn finding(rule: &Rule, context: &Context<'_, '_>, list: &KernelArguments<'_>, wrong: &Wrong<'_>) -> Finding {
    let message = format!("{}: {}", wrong.subject, wrong.check.problem);
    let mut finding = rule.finding_at(wrong.span, wrong.kind, &*wrong.path, message);
    finding.severity = wrong.check.severity;
    finding.help = Some(format!("expected is {}", wrong.check.expected));
    if list.has_default(wrong.check.argument) {
        let version = list.versions.iter().next_back().unwrap_or(context.talos());
        finding.references.push(format!("Talos {version} default").into());
    }
    finding.with_remedy(remedy(context, list, &[wrong]))
}

fn all_at_once(rule: &Rule, first: &Wrong<'_>, others: &[Wrong<'_>]) -> Finding {
    let all = || std::iter::once(first).chain(others);
    let names: Vec<&str> = all().map(|wrong| wrong.subject.as_str()).collect();
    let of = first.check.together.unwrap_or_default();
    let message = format!("{} arguments switch off {of}: {}", names.len(), names.join(", "));
    let mut finding = rule.finding_at(first.span, first.kind, &*first.path, message);
    finding.severity = all().map(|wrong| wrong.check.severity).max().unwrap_or(rule.severity);
    finding.help = Some("expected is none of them: the kernel switches on what the processor needs".to_owned());
    let related = |wrong: &Wrong<'_>| Related::here(wrong.span, format!("{}: {}", wrong.subject, wrong.check.problem));
    finding.related = others.iter().map(related).collect();
    finding
}
