//! What benchmarks ask for, and whether machines do it: each control that a rule refers to, with what the rule finds.

use crate::analysis::Options;
use crate::context::{Context, Versions};
use crate::directives::Role;
use crate::finding::{Finding, Profile};
use crate::input::is_unknown;
use crate::layered::look_at_whole;
use crate::machine::Machine;
use crate::rule::Rule;
use crate::rules;
use crate::settings::SYSCTLS;
use crate::tables::{self, steps_of};
use crate::text::{LineIndex, decode};
use crate::workspace::check_machines;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// The benchmarks, as references begin, each with how many controls it has; `None` where it does not count them.
const BENCHMARKS: [(&str, Option<usize>); 3] = [("CIS 1.12", Some(131)), ("STIG", Some(92)), ("KSPP", None)];

/// The rule that looks at all kernel parameters that Talos sets: each is a control of its own.
const SYSCTL_RULE: &str = "sysctl/weakened";

/// Families of rules about what runs on control planes alone.
const OF_CONTROL_PLANES: [&str; 5] = ["apiserver", "controller-manager", "scheduler", "etcd", "admission"];

/// What came of machines.
#[derive(Clone, Debug)]
pub struct Compliance {
    /// The machines, with the versions that each is held to.
    pub machines: Vec<(Arc<str>, Option<Versions>)>,
    /// The benchmarks that rules refer to.
    pub benchmarks: Vec<Benchmark>,
}

/// What came of the controls of a benchmark.
#[derive(Clone, Debug)]
pub struct Benchmark {
    /// Its name, with its version.
    pub name: &'static str,
    /// How many controls it has, those that no rule refers to among them.
    pub total: Option<usize>,
    /// Those that rules refer to, by id.
    pub controls: Vec<JudgedControl>,
}

/// A control of a benchmark.
#[derive(Clone, Debug)]
pub struct JudgedControl {
    /// Its id in the benchmark; where that has none, the rule or the kernel parameter.
    pub id: String,
    /// The rules that refer to it.
    pub rules: Vec<&'static str>,
    /// What came of it.
    pub verdict: Verdict,
    /// The machines in which it is not judged, though it is in others, and why not.
    pub passed_over: Vec<(Arc<str>, &'static str)>,
}

/// What came of a control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its rules looked at the whole configuration and found nothing.
    Met,
    /// Its rules found this.
    NotMet(Vec<Evidence>),
    /// Its rules could not look: why not.
    NotJudged(&'static str),
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The file.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
    /// The rule.
    pub rule: String,
    /// What is wrong.
    pub message: String,
    /// The machines.
    pub machines: Vec<Arc<str>>,
}

/// A control, and the rules that refer to it.
struct Control {
    benchmark: &'static str,
    id: String,
    rules: Vec<&'static Rule>,
    /// The kernel parameter that it is about, where the rule looks at many.
    sysctl: Option<&'static str>,
}

/// Holds `machines` to the benchmarks. Comments and project files let nothing pass; everything optional counts.
#[must_use]
pub fn compliance(machines: &[Machine], options: &Options) -> Compliance {
    let controls = controls();
    let mut select: Vec<String> =
        controls.iter().flat_map(|control| &control.rules).map(|rule| rule.name.to_owned()).collect();
    select.sort();
    select.dedup();
    let options = Options {
        profile: Some(Profile::Strict),
        select,
        ignore: Vec::new(),
        lets_nothing_pass: true,
        project: None,
        ..options.clone()
    };
    let evidence = evidence(machines, &options);
    let looks: Vec<Look> = machines.iter().map(|machine| look(machine, &controls, &options)).collect();
    let mut benchmarks: Vec<Benchmark> = Vec::new();
    for (name, total) in BENCHMARKS {
        let own = controls.iter().enumerate().filter(|(_, control)| control.benchmark == name);
        let judged = own.filter_map(|(number, control)| judge(number, control, machines, &looks, &evidence));
        let mut controls: Vec<JudgedControl> = judged.collect();
        controls.sort_by_key(|control| natural(&control.id));
        benchmarks.push(Benchmark { name, total, controls });
    }
    let machines = machines.iter().zip(&looks).map(|(machine, look)| (Arc::clone(&machine.name), look.versions));
    Compliance { machines: machines.collect(), benchmarks }
}

/// The controls that rules refer to.
fn controls() -> Vec<Control> {
    let mut controls: BTreeMap<(&'static str, String), Control> = BTreeMap::new();
    for rule in rules::all() {
        for reference in rule.references {
            let Some((benchmark, id)) = control_of(reference) else { continue };
            // A benchmark without numbers names no control: the rule stands for it.
            let id = if id.is_empty() { rule.name } else { id };
            let new = || Control { benchmark, id: id.to_owned(), rules: Vec::new(), sysctl: None };
            controls.entry((benchmark, id.to_owned())).or_insert_with(new).rules.push(rule);
        }
    }
    let rule = rules::by_name(SYSCTL_RULE);
    let sysctls = tables::sysctls().iter().filter_map(|sysctl| {
        let (benchmark, _) = control_of(sysctl.reference)?;
        Some(Control { benchmark, id: sysctl.key.to_owned(), rules: vec![rule?], sysctl: Some(sysctl.key) })
    });
    let mut all: Vec<Control> = controls.into_values().collect();
    for sysctl in sysctls {
        if !all.iter().any(|known| known.sysctl == sysctl.sysctl) {
            all.push(sysctl);
        }
    }
    all
}

/// The benchmark and the id of a reference: `CIS 1.12 4.2.13`.
fn control_of(reference: &'static str) -> Option<(&'static str, &'static str)> {
    BENCHMARKS.iter().find_map(|(name, _)| {
        let rest = reference.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| (*name, rest.trim_start()))
    })
}

/// A finding as evidence, with what tells which control it is about.
struct Found {
    evidence: Evidence,
    path: String,
}

fn evidence(machines: &[Machine], options: &Options) -> Vec<Found> {
    let mut all = Vec::new();
    for file in check_machines(machines, options) {
        let (text, _) = decode(&file.file.bytes);
        let lines = LineIndex::new(&text);
        for Finding { span, rule, message, machines, path, .. } in file.analysis.findings {
            let (file, line) = (file.file.path.clone(), lines.line(span.start) + 1);
            let evidence = Evidence { file, line, rule: rule.into_owned(), message, machines };
            all.push(Found { evidence, path });
        }
    }
    all
}

/// What can be said of a machine.
struct Look {
    versions: Option<Versions>,
    /// Of each control why it cannot be judged, if it cannot.
    reasons: Vec<Option<&'static str>>,
}

fn look(machine: &Machine, controls: &[Control], options: &Options) -> Look {
    let sources = machine.sources();
    let nothing = || Look { versions: None, reasons: vec![Some("nothing comes of the configuration"); controls.len()] };
    let Some((base, patches)) = sources.split_first() else { return nothing() };
    let look = |context: &Context<'_, '_>| Look {
        versions: Some(context.versions),
        reasons: controls.iter().map(|control| reason(control, machine, context)).collect(),
    };
    look_at_whole(*base, patches, &machine.options(options), look).unwrap_or_else(nothing)
}

/// Why none of the rules of a control can say that a machine does it, if none can.
fn reason(control: &Control, machine: &Machine, context: &Context<'_, '_>) -> Option<&'static str> {
    if machine.is_partial || context.whole().is_none() {
        return Some("the configuration is not known in full");
    }
    if let Some(sysctl) = control.sysctl {
        return of_sysctl(sysctl, context);
    }
    let mut first = None;
    for rule in &control.rules {
        first.get_or_insert(of_rule(rule, machine, context)?);
    }
    first
}

fn of_sysctl(key: &str, context: &Context<'_, '_>) -> Option<&'static str> {
    let is_set = |sysctl: &tables::Sysctl| sysctl.key == key && sysctl.versions.contains(context.talos());
    if !tables::sysctls().iter().any(is_set) {
        return Some("this Talos version does not set it");
    }
    let written = SYSCTLS.iter().flat_map(|field| context.find(field.document, field.path));
    let mut values = written.filter_map(|found| found.node.get(key));
    values.any(is_unknown).then_some("its value is only known later")
}

fn of_rule(rule: &Rule, machine: &Machine, context: &Context<'_, '_>) -> Option<&'static str> {
    let is_control_plane = context.role == Some(Role::ControlPlane);
    if OF_CONTROL_PLANES.contains(&rule.family()) && !is_control_plane {
        return Some("of control planes alone");
    }
    if rule.family() == "kernel" && machine.schematic.is_none() {
        return Some("no schematic says which kernel arguments the image has");
    }
    let controls = rules::controls_of(rule.name);
    if controls.is_empty() {
        return None;
    }
    let of_version: Vec<_> = controls.iter().filter(|control| control.versions.contains(context.talos())).collect();
    if of_version.is_empty() {
        return Some("not in this Talos version");
    }
    if of_version.iter().all(|control| control.role.is_some_and(|role| context.role != Some(role))) {
        return Some("not of this role");
    }
    let is_open = |setting: &'static str| {
        let effective = context.effective_by_id(setting);
        effective.is_some_and(|effective| effective.deciding().iter().any(|written| is_unknown(written.node)))
    };
    of_version.iter().any(|control| is_open(control.setting)).then_some("a value is only known later")
}

/// What came of a control; `None` when there is no machine.
fn judge(
    number: usize,
    control: &Control,
    machines: &[Machine],
    looks: &[Look],
    evidence: &[Found],
) -> Option<JudgedControl> {
    let is_about = |found: &&Found| {
        control.rules.iter().any(|rule| rule.name == found.evidence.rule)
            && control.sysctl.is_none_or(|key| steps_of(&found.path).last().is_some_and(|last| last == key))
    };
    let found: Vec<Evidence> = evidence.iter().filter(is_about).map(|found| found.evidence.clone()).collect();
    let reasons = looks.iter().map(|look| look.reasons.get(number).copied().flatten());
    let mut passed_over: Vec<(Arc<str>, &'static str)> = Vec::new();
    for (machine, reason) in machines.iter().zip(reasons) {
        let is_found = found.iter().any(|evidence| evidence.machines.contains(&machine.name));
        passed_over.extend(reason.filter(|_| !is_found).map(|reason| (Arc::clone(&machine.name), reason)));
    }
    let verdict = match passed_over.first() {
        _ if !found.is_empty() => Verdict::NotMet(found),
        Some((_, reason)) if passed_over.len() == machines.len() => Verdict::NotJudged(reason),
        _ if machines.is_empty() => return None,
        _ => Verdict::Met,
    };
    if matches!(verdict, Verdict::NotJudged(_)) {
        passed_over.clear();
    }
    let rules = control.rules.iter().map(|rule| rule.name).collect();
    Some(JudgedControl { id: control.id.clone(), rules, verdict, passed_over })
}

/// Numbers in a text count as such: 1.2.10 comes behind 1.2.9.
fn natural(id: &str) -> Vec<(u32, String)> {
    id.split(['.', '-']).map(|part| (part.parse().unwrap_or(u32::MAX), part.to_owned())).collect()
}

impl Benchmark {
    /// How many controls are met, not met, and not judged.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let count =
            |wanted: fn(&Verdict) -> bool| self.controls.iter().filter(|control| wanted(&control.verdict)).count();
        (
            count(|verdict| matches!(verdict, Verdict::Met)),
            count(|verdict| matches!(verdict, Verdict::NotMet(_))),
            count(|verdict| matches!(verdict, Verdict::NotJudged(_))),
        )
    }
}

impl Compliance {
    /// The account as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = match self.machines.as_slice() {
            [(name, _)] => format!("# Compliance of {name}\n\n"),
            machines => format!("# Compliance of {} machines\n\n", machines.len()),
        };
        for (name, versions) in &self.machines {
            let versions = versions.map_or_else(
                || "nothing comes of its configuration".to_owned(),
                |versions| format!("Talos {}, Kubernetes {}", versions.talos, versions.kubernetes),
            );
            let _ = writeln!(out, "- {name}: {versions}");
        }
        let _ = writeln!(out, "\n| benchmark | met | not met | not judged | no rule looks |\n|---|---|---|---|---|");
        for benchmark in &self.benchmarks {
            let (met, not_met, not_judged) = benchmark.counts();
            let rest = benchmark.total.map(|total| total.saturating_sub(benchmark.controls.len()));
            let rest = rest.map_or_else(|| "not counted".to_owned(), |rest| rest.to_string());
            let _ = writeln!(out, "| {} | {met} | {not_met} | {not_judged} | {rest} |", benchmark.name);
        }
        out.push_str(MEANING);
        for benchmark in &self.benchmarks {
            let _ = writeln!(out, "\n## {}\n\n| control | | rule | why |\n|---|---|---|---|", benchmark.name);
            for control in &benchmark.controls {
                let rules: Vec<String> = control.rules.iter().map(|rule| format!("`{rule}`")).collect();
                let (verdict, why) = self.told(control);
                let _ = writeln!(
                    out,
                    "| {} | {verdict} | {} | {} |",
                    control.id,
                    rules.join(", "),
                    why.replace('|', "\\|")
                );
            }
        }
        out
    }

    /// The verdict in words, and the reasons for it.
    fn told(&self, control: &JudgedControl) -> (&'static str, String) {
        let (verdict, mut why) = match &control.verdict {
            Verdict::Met => ("met", Vec::new()),
            Verdict::NotMet(found) => ("**not met**", found.iter().map(|evidence| self.evidence(evidence)).collect()),
            Verdict::NotJudged(reason) => ("not judged", vec![(*reason).to_owned()]),
        };
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for (machine, reason) in &control.passed_over {
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, machines)) => machines.push(machine),
                None => reasons.push((reason, vec![machine])),
            }
        }
        why.extend(
            reasons.into_iter().map(|(reason, machines)| format!("not judged on {}: {reason}", machines.join(", "))),
        );
        (verdict, why.join("<br>"))
    }

    fn evidence(&self, evidence: &Evidence) -> String {
        let Evidence { file, line, message, machines, .. } = evidence;
        let on =
            if machines.len() == self.machines.len() { String::new() } else { format!(" ({})", machines.join(", ")) };
        format!("{file}:{line}: {message}{on}")
    }
}

/// What the words of the account mean.
const MEANING: &str = "
*Met*: a rule looks at what the machine gets and finds nothing. *Not met*: it finds something, also where a comment or the
project file lets it pass; a finding of a rule that stands for several controls counts for each. *Not judged*: there is a
rule, but not enough is known. *No rule looks*: what the configuration does not say, such as the permissions of files, roles
and policies in the cluster, or what people do; this account says nothing of it.
";
