//! The kernel command line and kernel parameters.

use super::machine::{Machine, origin};
use super::{EffectiveSetting, Source, Value};
use crate::context::Mode;
use crate::settings::{self, Assigned, KernelArguments, SYSCTLS, SYSFS};
use crate::tables;
use std::collections::BTreeMap;

/// The arguments in the order in which the kernel gets them; defaults that are taken away stand at the end.
pub(super) fn arguments(machine: &Machine<'_, '_, '_>) -> Vec<EffectiveSetting> {
    let context = machine.context;
    let installer_counts = settings::installer_arguments_count(context.inputs, context.talos());
    let counts = |list: &&KernelArguments<'_>| installer_counts || list.kind != tables::V1ALPHA1;
    let mut lists = context.kernel_arguments.iter().filter(counts).peekable();
    if lists.peek().is_none() {
        let defaults = settings::default_arguments(context.talos());
        return defaults.map(|default| argument(machine, &default, "")).collect();
    }
    lists.flat_map(|list| of_list(machine, list)).collect()
}

fn of_list(machine: &Machine<'_, '_, '_>, list: &KernelArguments<'_>) -> Vec<EffectiveSetting> {
    let note = if list.kind == tables::V1ALPHA1 { "where the machine boots with GRUB" } else { "" };
    let mut listed: Vec<_> = list.assigned().iter().map(|assigned| argument(machine, assigned, note)).collect();
    for default in settings::default_arguments(machine.context.talos()).filter(|_| !list.is_whole) {
        let removal = list.removal(default.name).filter(|_| !listed.iter().any(|kept| kept.name == default.name));
        let Some(removal) = removal else { continue };
        listed.push(EffectiveSetting {
            value: Value::Removed,
            source: Source::Written(origin(removal.span)),
            note,
            ..argument(machine, &default, "")
        });
    }
    listed
}

fn argument(machine: &Machine<'_, '_, '_>, assigned: &Assigned<'_>, note: &'static str) -> EffectiveSetting {
    let written = assigned.written.as_ref();
    let mut defaults = settings::default_arguments(machine.context.talos());
    let default = defaults.find(|default| default.name == assigned.name);
    let source = written.map_or(Source::Talos, |argument| Source::Written(origin(argument.span)));
    EffectiveSetting {
        default: default.map(|default| default.value.into()),
        is_secret: written.is_some_and(|argument| machine.is_hidden(argument.span)),
        note: if written.is_some() { note } else { "" },
        ..EffectiveSetting::new("kernel", assigned.name, assigned.value.to_owned(), source)
    }
}

/// The kernel parameters that are set below `/proc/sys`, and those below `/sys`.
pub(super) fn parameters(machine: &Machine<'_, '_, '_>) -> Vec<EffectiveSetting> {
    let (talos, mode) = (machine.context.talos(), machine.context.mode);
    let is_set = |sysctl: &&tables::Sysctl| {
        sysctl.versions.contains(talos) && (sysctl.container || mode != Some(Mode::Container))
    };
    let mut listed: BTreeMap<(&'static str, String), EffectiveSetting> = BTreeMap::new();
    for sysctl in tables::sysctls().iter().filter(is_set) {
        let setting = EffectiveSetting {
            default: Some(sysctl.value.into()),
            ..EffectiveSetting::new("sysctl", sysctl.key, sysctl.value, Source::Talos)
        };
        listed.insert((setting.component, setting.name.clone()), setting);
    }
    for (component, fields) in [("sysctl", &SYSCTLS), ("sysfs", &SYSFS)] {
        // The strongest place is written last.
        for (key, node) in fields.iter().rev().flat_map(|field| machine.entries(field)) {
            // In another spelling it does not take the place of the default, which is written after it.
            let dotted = (component, key.replace('/', "."));
            if key.contains('/') && listed.get(&dotted).is_some_and(|other| other.source == Source::Talos) {
                continue;
            }
            let default = listed.get(&(component, key.to_owned())).and_then(|setting| setting.default.clone());
            let setting = EffectiveSetting { default, ..machine.written(component, key.to_owned(), node) };
            listed.insert((component, key.to_owned()), setting);
        }
    }
    listed.into_values().collect()
}
