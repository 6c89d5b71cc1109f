//! A folder to run the program in.

use snapbox::cmd::{Command, cargo_bin};
use std::path::{Path, PathBuf};

/// A patch with one warning, `kubelet/pod-pids-limit`, whatever the version.
pub(crate) const WARNING: &str = "machine:\n  kubelet:\n    extraConfig:\n      podPidsLimit: -1\n";

/// A patch with one error, `schema/unknown-field`, whatever the version.
pub(crate) const ERROR: &str = "machine:\n  type: worker\n  sysctl: {}\n";

/// A patch with one info, `schema/deprecated-field`.
pub(crate) const INFO: &str = "# talint: talos=1.12\nmachine:\n  time:\n    servers: [time.example.org]\n";

/// A patch in which nothing is found.
pub(crate) const CLEAN: &str = "machine:\n  type: worker\n";

/// A file that is not Talos's.
pub(crate) const FOREIGN: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: example\n";

/// A folder of its own for one test, gone when the test is over.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A folder with these files, by name and content; folders on the way are made.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        for (name, content) in files {
            place.write(name, content);
        }
        place
    }

    /// Writes a file, by its name in the folder.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// The path of a file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a file in the folder holds.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of the files in the folder, hidden ones too.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// `talint check` in the folder, with these arguments, written as on a command line without quotes.
    pub(crate) fn check(&self, arguments: &str) -> Command {
        talint(self.folder.path(), "check").args(arguments.split_whitespace())
    }

    /// The JSON report of `talint check` in the folder, with these arguments.
    pub(crate) fn report(&self, arguments: &str) -> serde_json::Value {
        parse(self.check(arguments).arg("--format=json"))
    }
}

/// The program with a command, run in `folder`.
pub(crate) fn talint(folder: &Path, command: &str) -> Command {
    Command::new(cargo_bin!("talint")).env_remove("NO_COLOR").current_dir(folder).arg(command)
}

/// Runs a command that writes JSON to standard output.
pub(crate) fn parse(command: Command) -> serde_json::Value {
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

/// The name of the file, the rule and the line of every finding of a JSON report: `a.yaml sysctl/weakened 3`.
pub(crate) fn found(report: &serde_json::Value) -> Vec<String> {
    let line = |finding: &serde_json::Value| {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        format!("{} {} {}", text("file"), text("rule"), finding["range"]["start"]["line"])
    };
    report["findings"].as_array().unwrap().iter().map(line).collect()
}

/// The files that a JSON report is about.
pub(crate) fn files(report: &serde_json::Value) -> Vec<&str> {
    report["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect()
}
