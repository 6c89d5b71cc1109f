//! What Talos does by itself otherwise from a version on.

/// A change of what Talos does by itself. `analyzer/data/upgrades.yaml` says what each part means.
#[derive(Debug)]
pub struct Upgrade {
    /// The minor number of the first version that does it.
    pub since: u8,
    /// The minor number of the last version for which it is to be told.
    pub until: u8,
    /// What it does, as a clause.
    pub changed: &'static str,
    /// What to do about it, as a clause.
    pub instead: &'static str,
    /// The section to show.
    pub near: &'static [&'static str],
    /// The type of machine it is for; `None` for every one.
    pub on: Option<&'static str>,
    /// The settings that decide it.
    pub settings: &'static [&'static str],
    /// The kernel arguments that are meant.
    pub arguments: &'static [&'static str],
    /// Fields that decide it, with the kind of their document.
    pub unless: &'static [(&'static str, &'static [&'static str])],
    /// A field that asked for it already by being true.
    pub was_asked: Option<&'static [&'static str]>,
    /// A field and its value without which it does not matter, and whether it matters too when the field is absent.
    pub only: Option<(&'static [&'static str], &'static str, bool)>,
}
