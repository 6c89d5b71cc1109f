//! A cluster in a folder: two control planes and a worker, with bases as Talos generates them, patches and a schematic.

use crate::client::Client;
use serde_json::{Value, json};
use talint_analyzer::directives::Role;
use talint_analyzer::generated;
use talint_analyzer::version::TalosVersion;
use tempfile::TempDir;

const PROJECT: &str = "\
talos-version: 1.12
defaults:
  patches: patches/all.yaml
machines:
  - name: [cp-1, cp-2]
    base: controlplane.yaml
    patches: [patches/limits.yaml, \"nodes/{name}/*.yaml\"]
    schematic: schematic.yaml
  - name: w-1
    base: worker.yaml
    patches: patches/storage.yaml
";

const ALL: &str = "\
machine:
  sysctls:
    kernel.kptr_restrict: \"0\"
    net.core.somaxconn: \"4096\"
  kubelet:
    extraConfig:
      podPidsLimit: 100
  token: abcdef.0123456789abcdef
";

const LIMITS: &str = "\
machine:
  kubelet:
    extraConfig:
      podPidsLimit: 4096
  sysctls:
    kernel.kptr_restrict: \"2\"
---
apiVersion: v1alpha1
kind: BondConfig
name: bond0
bondMode: active-backup
links:
  - eth0
";

const CP_2: &str = "\
machine:
  sysctls:
    net.core.somaxconn: \"1024\"
---
apiVersion: v1alpha1
kind: VLANConfig
name: bond0.5
vlanID: 5
parent: \"bond0\"
---
apiVersion: v1alpha1
kind: BondConfig
name: bond0
mtu: 9000
";

const STORAGE: &str = "\
machine:
  install:
    disk:
      $patch: delete
---
apiVersion: v1alpha1
kind: UserVolumeConfig
name: data
provisioning:
  diskSelector:
    match: disk.size > 10u * GB
";

const SCHEMATIC: &str = "customization:\n  extraKernelArgs:\n    - mitigations=off\n";

/// A position: line and column, from 0.
pub(crate) type At = (usize, usize);

/// The folder, with a client that looks at it.
pub(crate) struct Cluster {
    pub(crate) folder: TempDir,
    pub(crate) client: Client,
}

impl Cluster {
    /// For a client that can do what `capabilities` say.
    pub(crate) fn new(capabilities: Value) -> Self {
        Self::configured(capabilities, Value::Null)
    }

    /// With initialization options.
    pub(crate) fn configured(capabilities: Value, options: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = |role| generated(TalosVersion::nearest(12), role);
        let files = [
            ("talint.yaml", PROJECT),
            ("controlplane.yaml", base(Role::ControlPlane)),
            ("worker.yaml", base(Role::Worker)),
            ("patches/all.yaml", ALL),
            ("patches/limits.yaml", LIMITS),
            ("patches/storage.yaml", STORAGE),
            ("nodes/cp-2/a.yaml", CP_2),
            ("schematic.yaml", SCHEMATIC),
        ];
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut client = Client::start();
        let params = json!({
            "processId": null, "rootUri": null, "capabilities": capabilities, "initializationOptions": options
        });
        client.request("initialize", params);
        client.notify("initialized", json!({}));
        Self { folder, client }
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        format!("file://{}", self.folder.path().canonicalize().unwrap().join(name).display())
    }

    /// The name of a file by what it is called in messages.
    pub(crate) fn name(&self, uri: &Value) -> String {
        uri.as_str().unwrap().strip_prefix(&self.uri("")).unwrap().to_owned()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Opens a file as it is on the disk.
    pub(crate) fn open(&mut self, name: &str) {
        let (uri, text) = (self.uri(name), self.text(name));
        self.client.open(&uri, &text);
    }

    /// Where `word` stands in a file.
    pub(crate) fn at(&self, name: &str, word: &str) -> At {
        let text = self.text(name);
        let at = text.find(word).unwrap_or_else(|| panic!("{word:?} is not in {name}"));
        let line = text[..at].matches('\n').count();
        (line, at - text[..at].rfind('\n').map_or(0, |end| end + 1))
    }

    /// Asks about a place of a file: the beginning of `word`.
    pub(crate) fn ask(&mut self, method: &str, name: &str, word: &str, more: Value) -> Value {
        let (line, character) = self.at(name, word);
        let mut params = json!({ "position": { "line": line, "character": character } });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.of(method, name, params)
    }

    /// Asks about a file.
    pub(crate) fn of(&mut self, method: &str, name: &str, more: Value) -> Value {
        let mut params = json!({ "textDocument": { "uri": self.uri(name) } });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.client.request(method, params)
    }

    /// Locations, as `file:line`.
    pub(crate) fn places(&self, locations: &Value) -> Vec<String> {
        let place = |location: &Value| {
            let line = location["range"]["start"]["line"].as_u64().unwrap() + 1;
            format!("{}:{line}", self.name(&location["uri"]))
        };
        locations.as_array().map_or_else(Vec::new, |locations| locations.iter().map(place).collect())
    }
}
