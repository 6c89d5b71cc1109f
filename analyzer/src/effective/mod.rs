//! The settings of a machine, all of them: each with its value, and where that comes from.
//!
//! [`settings`] lists what Talos and the configuration together make of the kernel command line, of kernel parameters,
//! of the command lines and configuration files of the components, and of the policies of the API server. What a setting
//! is and where it can be set is told by the tables; here it is worked out for one machine.

mod components;
mod kernel;
mod machine;
mod policies;

use crate::config::Origin;
use crate::context::Context;
use machine::Machine;
use std::borrow::Cow;

/// A setting as a machine has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveSetting {
    /// The id of the setting in the tables; `None` for one that they do not know.
    pub id: Option<&'static str>,
    /// What it is a setting of: `kubelet`, `sysctl`, `kernel`.
    pub component: &'static str,
    /// Its name there: `--node-ip` for an argument, `podPidsLimit` for a field of a configuration file.
    pub name: String,
    /// The value.
    pub value: Value,
    /// What it is on such a machine when nothing is configured; `None` when it is not set then.
    pub default: Option<Value>,
    /// Where the value comes from.
    pub source: Source,
    /// Whether the default hangs on the version of Kubernetes.
    pub depends_on_kubernetes: bool,
    /// Whether the value must not be shown.
    pub is_secret: bool,
    /// What else there is to know, as a clause; empty when there is nothing.
    pub note: &'static str,
}

impl EffectiveSetting {
    /// A setting of which no more is known than this.
    fn new(component: &'static str, name: impl Into<String>, value: impl Into<Value>, source: Source) -> Self {
        Self {
            id: None,
            component,
            name: name.into(),
            value: value.into(),
            default: None,
            source,
            depends_on_kubernetes: false,
            is_secret: false,
            note: "",
        }
    }
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text; lists have commas.
    Text(Cow<'static, str>),
    /// Something that only the machine knows: what it is, in words.
    Later(&'static str),
    /// Nothing: a default that was taken away.
    Removed,
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

/// Where the value of a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Talos sets it.
    Talos,
    /// The component of Kubernetes has it as its own default.
    Kubernetes,
    /// It is written in the configuration.
    Written(Origin),
}

/// The settings of the machine that `context` is the configuration of, grouped by component, in a stable order. What is
/// absent counts as not configured, and a machine whose role is not said as a control plane, also where the configuration
/// is not whole.
#[must_use]
pub fn settings(context: &Context<'_, '_>) -> Vec<EffectiveSetting> {
    let machine = Machine::new(context);
    let mut settings = kernel::arguments(&machine);
    if !context.inputs.iter().any(|input| input.kind.is_configuration()) {
        // A schematic says nothing of what runs on the machine.
        return settings;
    }
    settings.extend(kernel::parameters(&machine));
    settings.extend(components::settings(&machine));
    settings.extend(policies::settings(&machine));
    settings
}
