//! What the user asks for, by the names that the command line has.

use serde::Deserialize;
use serde_json::Value;
use talint_analyzer::Options;
use talint_analyzer::context::Mode;
use talint_analyzer::finding::Profile;
use talint_analyzer::version::MinorVersion;

/// The section of the client's configuration that is ours.
pub(crate) const SECTION: &str = "talint";

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// What is asked of the analyzer.
    pub(crate) options: Options,
    /// What is shown behind the lines.
    pub(crate) hints: Hints,
    /// How often the settings have changed.
    pub(crate) generation: u64,
}

/// What is shown behind the lines.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default)]
pub(crate) struct Hints {
    /// The defaults of what could be hardened and is not written.
    pub(crate) defaults: bool,
    /// What the machines get where a later layer writes another value.
    pub(crate) effective: bool,
}

impl Default for Hints {
    fn default() -> Self {
        Self { defaults: true, effective: true }
    }
}

/// The settings as clients write them: the names of the command line, or the same in camel case.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Written {
    #[serde(alias = "talos-version")]
    talos_version: Option<String>,
    #[serde(alias = "kubernetes-version")]
    kubernetes_version: Option<String>,
    profile: Option<String>,
    mode: Option<String>,
    select: Vec<String>,
    ignore: Vec<String>,
    #[serde(alias = "inlay-hints")]
    inlay_hints: Hints,
}

impl Settings {
    /// Reads the settings, and says what of them is not understood. Empty values ask for nothing: clients send a default
    /// for what the user left out.
    pub(crate) fn read(value: &Value) -> (Self, Vec<String>) {
        let value = value.get(SECTION).filter(|inner| inner.is_object()).unwrap_or(value);
        if value.is_null() {
            return (Self::default(), Vec::new());
        }
        let written = match Written::deserialize(value) {
            Ok(written) => written,
            Err(error) => return (Self::default(), vec![format!("the settings cannot be read: {error}")]),
        };
        let mut mistakes = Vec::new();
        let version = |name: &str, text: Option<String>, mistakes: &mut Vec<String>| {
            let text = text.filter(|text| !text.is_empty())?;
            let version = MinorVersion::parse(&text);
            if version.is_none() {
                mistakes.push(format!("`{name}` is `{text}`; expected is a version as `1.12`"));
            }
            version
        };
        let talos = version("talosVersion", written.talos_version, &mut mistakes);
        let kubernetes = version("kubernetesVersion", written.kubernetes_version, &mut mistakes);
        let profile = written.profile.filter(|text| !text.is_empty()).and_then(|text| {
            let profile = Profile::parse(&text);
            if profile.is_none() {
                mistakes.push(format!("`profile` is `{text}`; expected is `default`, `hardened` or `strict`"));
            }
            profile
        });
        let mode = match written.mode.as_deref() {
            None | Some("") => None,
            Some(text) => {
                let mode = Mode::parse(text);
                if mode.is_none() {
                    mistakes.push(format!("`mode` is `{text}`; expected is `metal`, `cloud` or `container`"));
                }
                mode
            }
        };
        let (select, ignore) = (written.select, written.ignore);
        let options = Options { talos, kubernetes, profile, mode, select, ignore, ..Options::default() };
        (Self { options, hints: written.inlay_hints, generation: 0 }, mistakes)
    }
}
