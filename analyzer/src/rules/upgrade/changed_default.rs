//! `upgrade/changed-default`

use super::super::sysctls;
use crate::context::{Context, Mode};
use crate::directives::Role;
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::settings::Effect;
use crate::syntax::{NodeRef, Resolved, resolve};
use crate::tables::{self, Sysctl, Upgrade};
use crate::version::{MinorVersion, TalosVersion};

pub(crate) const RULE: Rule = Rule {
    name: "upgrade/changed-default",
    severity: Severity::Info,
    profile: Profile::Default,
    summary: "Something that Talos does by itself is otherwise in the version asked for than in that of the configuration.",
    why: "What a configuration does not say is decided by the version of Talos. When it is upgraded, the same text makes \
          another machine. Told is what the configuration leaves to Talos, when it names an older version than the one asked \
          for.",
    avoid: Example::talos(
        14,
        "# talint: talos=1.13\nmachine:\n  type: controlplane\n  token: abcdef.0123456789abcdef\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.1:6443\n",
    ),
    follow: Example::talos(
        14,
        "# talint: talos=1.14\nmachine:\n  type: controlplane\n  token: abcdef.0123456789abcdef\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.1:6443\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let Some((root, before)) = context.whole().zip(context.versions.upgraded_from()) else { return };
    let asked = context.talos();
    let mut tell = |near: &[&str], message: String, help: String| {
        let mut finding = rule.finding_at(context.nearest(root, near), context.kind_of(root), near.join("."), message);
        finding.help = Some(help);
        findings.push(finding);
    };
    let is_new = |row: &&Upgrade| {
        let since = MinorVersion { major: 1, minor: u16::from(row.since) };
        since > before && (row.since..=row.until).contains(&asked.minor())
    };
    for row in tables::upgrades().iter().filter(is_new).filter(|row| matters(row, context, root)) {
        let message = format!("from Talos 1.{} on {}; this configuration is of {before}", row.since, row.changed);
        tell(row.near, message, row.instead.to_owned());
    }
    let (set, released) = parameters(context, before);
    if !set.is_empty() {
        let message = format!(
            "Talos {asked} sets kernel parameters that Talos {before}, which this configuration is of, did not: {}",
            set.join(", ")
        );
        tell(&["machine", "sysctls"], message, "set those that must stay as they were".to_owned());
    }
    if !released.is_empty() {
        let message = format!("Talos {asked} no longer sets kernel parameters that Talos {before} did: {}", released.join(", "));
        tell(&["machine", "sysctls"], message, "set those that must stay as they were".to_owned());
    }
}

/// Whether the configuration leaves to Talos what a row is about.
fn matters(row: &Upgrade, context: &Context<'_, '_>, root: NodeRef<'_, '_>) -> bool {
    if row.on == Some("controlplane") && context.role != Some(Role::ControlPlane) {
        return false;
    }
    let is_true = |path: &[&str]| root.at(path).is_some_and(|node| resolve(node) == Resolved::Bool(true));
    if row.was_asked.is_some_and(is_true) {
        return false;
    }
    if let Some((path, value, absent)) = row.only {
        let is_so = root.at(path).map_or(absent, |node| node.value() == value);
        if !is_so {
            return false;
        }
    }
    let is_set = |id: &&str| context.effective_by_id(id).is_some_and(|effective| effective.winner().is_some());
    let is_written = |name: &&str| {
        context.kernel_arguments.iter().any(|arguments| !matches!(arguments.effect(name), Effect::Default))
    };
    let is_there = |(document, path): &(&str, &[&str])| !context.find(document, path).is_empty();
    // Kernel arguments are no matter of a container.
    let in_container = !row.arguments.is_empty() && context.mode == Mode::Container;
    !in_container
        && !row.settings.iter().any(is_set)
        && !row.arguments.iter().any(is_written)
        && !row.unless.iter().any(is_there)
}

/// The kernel parameters that are set otherwise than before and that the configuration leaves to Talos, and those that are
/// set no more.
fn parameters(context: &Context<'_, '_>, before: MinorVersion) -> (Vec<String>, Vec<String>) {
    let before = TalosVersion::nearest(u8::try_from(before.minor).unwrap_or(u8::MAX));
    let of = |key: &str, version: TalosVersion| {
        let row = tables::sysctls().iter().find(|row| row.key == key && row.versions.contains(version));
        row.filter(|row| row.container || context.mode != Mode::Container).map(|row: &Sysctl| row.value)
    };
    let (mut set, mut released) = (Vec::new(), Vec::new());
    let mut keys: Vec<&str> = tables::sysctls().iter().map(|row| row.key).collect();
    keys.dedup();
    let written: Vec<&str> = sysctls::keys(context).into_iter().map(NodeRef::value).collect();
    for key in keys.into_iter().filter(|key| !written.contains(key)) {
        match (of(key, before), of(key, context.talos())) {
            (was, Some(is)) if was != Some(is) => {
                let was = was.map_or(String::new(), |was| format!(" (it was {was})"));
                set.push(format!("`{key}` = {is}{was}"));
            }
            (Some(_), None) => released.push(format!("`{key}`")),
            _ => {}
        }
    }
    (set, released)
}
