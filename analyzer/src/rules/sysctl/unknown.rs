//! `sysctl/unknown`

use super::super::sysctls;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables::{self, SysctlName};

pub(crate) const RULE: Rule = Rule {
    name: "sysctl/unknown",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "A kernel parameter that the kernel of Talos does not have.",
    why: "Guides carry parameters of FreeBSD, of patched kernels and of times past along, and a misspelt name sets nothing. \
          Talos logs an error for it at every boot, and the tuning or hardening that was meant is not there.",
    avoid: Example::new("machine:\n  sysctls:\n    net.ipv4.tcp_syncookie: \"1\"\n"),
    follow: Example::new("machine:\n  sysctls:\n    net.ipv4.tcp_syncookies: \"1\"\n"),
    references: &[],
    check,
};

/// Below these every name is known.
const COMPLETE: [&str; 2] = ["user", "vm"];

/// How many names of one source are looked at: machines have some dozens, and each is held to all known ones.
const MOST_KEYS: usize = 500;

/// How many letters may differ from a known name at the most.
const MOST_SLIPS: usize = 2;

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for key in sysctls::keys(context).into_iter().take(MOST_KEYS) {
        let name = parts(key.value());
        if name.len() < 2 || similar(&name).any(|known| is_named(known, &name)) {
            continue;
        }
        let mut foreign = tables::sysctl_names().iter().filter(|known| is_below(known, &name));
        let foreign = foreign.find_map(|known| Some((known.other_system?, known.instead)));
        let unknown = format!("the kernel of Talos has no parameter `{}`", key.value());
        let near = closest(&name);
        let (message, help) = match (foreign, near.as_deref()) {
            (Some((system, instead)), _) => {
                let help = instead.map(|instead| format!("write `{instead}`, if that is meant"));
                (format!("`{}` is a parameter of {system}; the kernel of Talos does not have it", key.value()), help)
            }
            (None, Some(near)) => (unknown, Some(format!("did you mean `{near}`?"))),
            (None, None) if name.first().is_some_and(|root| COMPLETE.contains(root)) => (unknown, None),
            (None, None) => continue,
        };
        let mut finding = rule.finding_at(key.span(), context.kind_of(key), key.path(), message);
        finding.help = Some(help.unwrap_or_else(|| "take the line out".to_owned()));
        findings.push(finding.with_remedy(remedy(key, foreign, near)));
    }
}

/// The name that is meant, if it is free; where nothing is meant that Linux has, nothing at all.
fn remedy(key: NodeRef<'_, '_>, foreign: Option<(&str, Option<&str>)>, near: Option<String>) -> Option<Remedy> {
    let mapping = key.parent()?;
    let value = key.behind()?;
    match (foreign, near) {
        (Some((_, Some(_))), _) => None,
        (None, Some(near)) => {
            let is_free = mapping.entry(&near).is_none();
            is_free.then(|| Remedy::changing(format!("Rename to `{near}`")).rename(key, near))
        }
        _ => Some(Remedy::changing(format!("Remove `{}`", key.value())).remove(value)),
    }
}

/// The known names that could be this one with a slip or two: cheaply told by the length and the beginning.
fn similar(name: &[&str]) -> impl Iterator<Item = &'static SysctlName> {
    let length = name.iter().map(|part| part.len() + 1).sum::<usize>() - 1;
    let first = name.first().and_then(|part| part.bytes().next());
    let second = name.get(1).and_then(|part| part.bytes().next());
    of_linux().filter(move |known| {
        let is_open = known.name.contains('*');
        // One of the two first parts is spelt right, for only one part may be wrong.
        let mut parts = known.name.split('.').map(|part| part.bytes().next());
        let begins_alike = parts.next() == Some(first) || parts.next() == Some(second);
        (is_open || known.name.len().abs_diff(length) <= MOST_SLIPS) && begins_alike
    })
}

fn of_linux() -> impl Iterator<Item = &'static SysctlName> {
    tables::sysctl_names().iter().filter(|known| known.other_system.is_none())
}

/// The parts of a name. Where the first separator is a slash, dots belong to the parts.
fn parts(key: &str) -> Vec<&str> {
    let first = key.find(['.', '/']).and_then(|at| key.get(at..=at));
    key.split(first.unwrap_or(".")).collect()
}

fn is_named(known: &SysctlName, name: &[&str]) -> bool {
    let mut parts = known.name.split('.');
    name.iter().all(|part| parts.next().is_some_and(|known| known == "*" || known == *part)) && parts.next().is_none()
}

/// Whether a name is that of `known`, or one below it.
fn is_below(known: &SysctlName, name: &[&str]) -> bool {
    let mut name = name.iter();
    known.name.split('.').all(|part| name.next().is_some_and(|own| part == *own))
}

/// The known name that is spelt nearly so: one or two slips in one of its parts.
fn closest(name: &[&str]) -> Option<String> {
    let candidates = similar(name).filter_map(|known| Some((slips(known, name)?, known)));
    let (_, nearest) = candidates.min_by_key(|(slips, _)| *slips)?;
    // Written with the interface that was meant.
    let parts = nearest.name.split('.').zip(name).map(|(known, own)| if known == "*" { *own } else { known });
    Some(parts.collect::<Vec<_>>().join("."))
}

/// How many letters of one part differ, when they are few and all other parts agree.
fn slips(known: &SysctlName, name: &[&str]) -> Option<usize> {
    let mut differing = None;
    let mut parts = known.name.split('.');
    for own in name {
        let known = parts.next()?;
        if known != "*" && known != *own && differing.replace((known, *own)).is_some() {
            return None;
        }
    }
    let (known, own) = differing.filter(|_| parts.next().is_none())?;
    let most = match known.len() {
        0..4 => 0,
        4..10 => 1,
        _ => MOST_SLIPS,
    };
    Some(strsim::osa_distance(known, own)).filter(|slips| *slips <= most)
}
