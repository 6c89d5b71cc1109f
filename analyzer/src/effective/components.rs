//! The command lines and configuration files of the components.

use super::EffectiveSetting;
use super::machine::{Machine, leaves};
use crate::settings::{self, Component, Field, Setting, SettingPlace};
use std::collections::BTreeMap;

/// The settings of all components that run on the machine.
pub(super) fn settings(machine: &Machine<'_, '_, '_>) -> Vec<EffectiveSetting> {
    let components = settings::components().iter().filter(|component| !machine.any(component.off));
    components.flat_map(|component| of_component(machine, component)).collect()
}

/// Arguments first, each kind sorted by name.
fn of_component(machine: &Machine<'_, '_, '_>, component: &'static Component) -> Vec<EffectiveSetting> {
    let own: Vec<&'static Setting> =
        settings::settings().iter().filter(|setting| setting.id.starts_with(component.settings)).collect();
    let mut listed: BTreeMap<(bool, String), EffectiveSetting> = BTreeMap::new();
    let mut add = |setting: EffectiveSetting| {
        listed.entry((!setting.name.starts_with("--"), setting.name.clone())).or_insert(setting);
    };
    for setting in &own {
        if let Some(effective) = machine.setting(component.name, name(setting, component), setting) {
            add(effective);
        }
    }
    for field in component.arguments {
        for (argument, node) in machine.entries(field) {
            if !machine.is_denied(field.document, field.path, argument) {
                add(machine.written(component.name, format!("--{argument}"), node));
            }
        }
    }
    for field in component.config {
        let found = machine.nodes(field).into_iter().flat_map(|node| leaves(node, ""));
        let found = found.filter(|(path, _)| !is_known(&own, field, path));
        found.for_each(|(path, node)| add(machine.written(component.name, path, node)));
    }
    listed.into_values().collect()
}

/// The name of a setting in its component: that of the argument where it is nothing but one.
fn name(setting: &Setting, component: &Component) -> String {
    let name = setting.id.strip_prefix(component.settings).unwrap_or(setting.id);
    let is_argument = |place: &SettingPlace| place.flag == Some(name);
    if !setting.places.is_empty() && setting.places.iter().all(is_argument) {
        format!("--{name}")
    } else {
        name.to_owned()
    }
}

/// Whether the tables have a setting for the value at `path` of a field, or for what holds it.
fn is_known(own: &[&'static Setting], field: &Field, path: &str) -> bool {
    let path: Vec<&str> = field.path.iter().copied().chain(path.split('.')).collect();
    let mut places = own.iter().flat_map(|setting| setting.places);
    places.any(|place| place.document == field.document && path.starts_with(place.path))
}
