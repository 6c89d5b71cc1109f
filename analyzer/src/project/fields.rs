//! The keys of the project file: what each takes and what it is for.
//!
//! This is the one place that knows them. The file is checked against it, and `talint schema` prints it.

/// A key of a mapping.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What it takes.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it is for, in a sentence.
    pub about: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Text.
    Text,
    /// A version of Talos that is known: `1.12`.
    TalosVersion,
    /// Versions of Talos that are known: `1.12`, `1.9-1.11`.
    TalosVersions,
    /// A version of Kubernetes: `1.34`.
    KubernetesVersion,
    /// One of these words.
    Word(&'static [&'static str]),
    /// True or false.
    Switch,
    /// The name of a rule, `kernel/init-on-free`, or of a family, `kernel/`.
    Rules,
    /// The name of a rule of the organisation.
    OwnRule,
    /// The id of a setting: `kubelet.podPidsLimit`.
    Setting,
    /// A condition on the value of a setting: a word, or a mapping of one to what it compares with.
    Condition,
    /// The path of a file, from the folder of the project file.
    Path,
    /// A pattern of paths, as .gitignore has them.
    Pattern,
    /// One of these, or a list of them.
    OneOrMore(&'static Shape),
    /// A list.
    List(&'static Shape),
    /// A mapping with keys of the user's own.
    Map {
        /// What each key is.
        key: &'static Shape,
        /// What each takes.
        value: &'static Shape,
    },
    /// A mapping with these keys.
    Keys(&'static [Key]),
}

const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, required: false, about }
}

const fn required(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, required: true, about }
}

const PROFILES: Shape = Shape::Word(&["default", "hardened", "strict"]);
const MODES: Shape = Shape::Word(&["metal", "cloud", "container"]);
const ROLES: Shape = Shape::Word(&["controlplane", "worker"]);
const SEVERITIES: Shape = Shape::Word(&["info", "warning", "error"]);
const OPTIONAL_SEVERITIES: Shape = Shape::Word(&["optional", "info", "warning", "error"]);

/// The keys of the project file.
pub const PROJECT: &[Key] = &[
    key(
        "talos-version",
        Shape::TalosVersion,
        "The version of Talos, where neither a modeline nor the machine names one.",
    ),
    key("kubernetes-version", Shape::KubernetesVersion, "The version of Kubernetes, likewise."),
    key("profile", PROFILES, "How much to say: what is wrong or weakened, optional hardening too, or everything."),
    key("mode", MODES, "How machines run Talos."),
    key(
        "fail-on",
        Shape::Word(&["error", "warning", "info", "never"]),
        "The least severity that makes the exit status 1.",
    ),
    key(
        "rules",
        Shape::Map { key: &Shape::Rules, value: &Shape::Word(&["error", "warning", "info", "off"]) },
        "How severe the findings of a rule or a family are. A rule that is named speaks in every profile.",
    ),
    key("ignores", Shape::List(&Shape::Keys(IGNORE)), "Findings that are let pass, by rule and by path."),
    key("exclude", Shape::OneOrMore(&Shape::Pattern), "Files of which nothing is said."),
    key(
        "defaults",
        Shape::Keys(DEFAULTS),
        "What every machine has that does not say otherwise; patches come before its own.",
    ),
    key("machines", Shape::List(&Shape::Keys(MACHINE)), "The machines, and what the configuration of each is made of."),
    key(
        "controls",
        Shape::List(&Shape::Keys(CONTROL)),
        "What the organisation expects of settings, in the form of talint's own controls.",
    ),
];

const IGNORE: &[Key] = &[
    required("rules", Shape::OneOrMore(&Shape::Rules), "The rules or families."),
    key("paths", Shape::OneOrMore(&Shape::Pattern), "The files; all when it is left out."),
    required("reason", Shape::Text, "Why they are let pass."),
];

const TALOS_VERSION: Key = key("talos-version", Shape::TalosVersion, "The version of Talos.");
const KUBERNETES_VERSION: Key = key("kubernetes-version", Shape::KubernetesVersion, "The version of Kubernetes.");
const ROLE: Key = key("role", ROLES, "The role, where the base does not say it.");
const MODE: Key = key("mode", MODES, "How it runs Talos.");
const BASE: Key = key(
    "base",
    Shape::Path,
    "The configuration that patches are laid over; else the one that Talos generates for the role and the version.",
);
const PATCHES: Key = key(
    "patches",
    Shape::OneOrMore(&Shape::Path),
    "Patches in their order. `*` stands for any part of a name; the files that match are sorted. `{name}` stands for the name.",
);
const SCHEMATIC: Key = key(
    "schematic",
    Shape::Path,
    "The Image Factory schematic of its image: its kernel arguments count as the machine's.",
);

const DEFAULTS: &[Key] = &[TALOS_VERSION, KUBERNETES_VERSION, ROLE, MODE, BASE, PATCHES, SCHEMATIC];

const MACHINE: &[Key] = &[
    required("name", Shape::OneOrMore(&Shape::Text), "The name; several names are as many machines alike."),
    TALOS_VERSION,
    KUBERNETES_VERSION,
    ROLE,
    MODE,
    BASE,
    PATCHES,
    SCHEMATIC,
];

const CONTROL: &[Key] = &[
    required("rule", Shape::OwnRule, "Its name: a family of the organisation's own, a slash, and what is found."),
    required("severity", SEVERITIES, "How bad it is."),
    key("profile", PROFILES, "The smallest profile in which it speaks."),
    required("summary", Shape::Text, "What it looks for, in a sentence."),
    required("why", Shape::Text, "Why that matters."),
    key("references", Shape::OneOrMore(&Shape::Text), "Where the expectation comes from."),
    required("checks", Shape::List(&Shape::Keys(CHECK)), "Settings, and which values of them are weak."),
];

const CHECK: &[Key] = &[
    required("setting", Shape::Setting, "The setting, as `talint explain` knows it."),
    required("weak", Shape::Condition, "Which values are weaker than they should be."),
    key("versions", Shape::TalosVersions, "The versions of Talos in which it counts; all when it is left out."),
    key("role", ROLES, "The role of the machines it counts for; all when it is left out."),
    key("not-in-container", Shape::Switch, "Whether it does not count where Talos runs in a container."),
    key(
        "written",
        OPTIONAL_SEVERITIES,
        "The severity of a weak value that is written; that of the control when it is left out.",
    ),
    key(
        "absent",
        OPTIONAL_SEVERITIES,
        "The severity when nothing is written in a whole configuration and the default is weak; nothing is said when it is left out.",
    ),
    required("problem", Shape::Text, "What is wrong then, as a clause."),
    required("expected", Shape::Text, "What is expected: `a positive number`."),
    key("write", Shape::Text, "What to do, as a clause."),
];
