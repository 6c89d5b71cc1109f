//! Settings, kernel parameters, cipher suites and controls as Rust statics.

use crate::tsv;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Component {
    name: String,
    /// How the ids of its settings begin.
    settings: String,
    /// When it does not run.
    #[serde(default)]
    off: Vec<String>,
    #[serde(default)]
    arguments: Vec<Place>,
    /// Where fields of its configuration file are.
    #[serde(default)]
    config: Vec<Place>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    id: String,
    combine: String,
    #[serde(default)]
    places: Vec<Place>,
    /// Whether an empty or zero field counts as one that is not written.
    #[serde(default)]
    zero_is_unset: bool,
    #[serde(default)]
    default: Vec<DefaultValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    field: Option<String>,
    flag: Option<String>,
    versions: Option<String>,
    combine: Option<String>,
    /// Of a flag: the only kind of document in which it counts.
    only: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultValue {
    versions: Option<String>,
    /// Versions of Kubernetes: `1.29`, `-1.32`, `1.31-`.
    kubernetes: Option<String>,
    /// What must hold.
    #[serde(default)]
    when: Vec<String>,
    /// Who sets it, when it is not Talos: `kubernetes`.
    by: Option<String>,
    value: Option<Value>,
    /// The setting that it has its value from.
    of: Option<String>,
    /// The setting with the subnets of services, whose tenth addresses it is.
    dns_of: Option<String>,
    /// What the value is, when only the machine knows it.
    later: Option<String>,
}

/// A default: one value, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    One(String),
    List(Vec<String>),
}

/// A rule that holds settings to expectations.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ControlRule {
    rule: String,
    severity: String,
    #[serde(default)]
    profile: Option<String>,
    summary: String,
    why: String,
    #[serde(default)]
    references: Vec<String>,
    avoid: Example,
    follow: Example,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Check {
    setting: String,
    weak: Weak,
    versions: Option<String>,
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    not_in_container: bool,
    written: Option<String>,
    #[serde(default)]
    absent: Option<String>,
    problem: String,
    expected: String,
    write: Option<String>,
    #[serde(default)]
    fix: ControlFix,
}

/// What takes a finding away; when nothing is said, what follows from the condition and the default.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
enum ControlFix {
    #[default]
    Derived,
    None,
    Remove,
    Set(String),
}

/// What makes a value weak: one word, or a condition with its operands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum Weak {
    AtMost(i64),
    AtLeast(i64),
    Between(i64, i64),
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    Holds(Vec<String>),
    Lacks(Vec<String>),
    True,
    False,
    Written,
    NotEmpty,
    Empty,
    ZeroDuration,
    NotLoopback,
    PlainHttp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Example {
    talos: Option<u8>,
    text: String,
}

/// All settings, sorted by id.
fn all_settings(data: &Path) -> Vec<Setting> {
    let files = crate::rules::files(&data.join("settings"), "yaml");
    let of_settings = files.iter().filter(|path| !path.ends_with("components.yaml"));
    let mut settings: Vec<Setting> = of_settings.flat_map(|path| read::<Vec<Setting>>(path)).collect();
    settings.sort_by(|a, b| a.id.cmp(&b.id));
    for pair in settings.windows(2) {
        assert!(pair[0].id != pair[1].id, "{}: there are two settings of this name", pair[0].id);
    }
    settings
}

/// Settings and the places that can set them.
pub(crate) fn settings(data: &Path) -> String {
    let components: Vec<Component> = read(&data.join("settings/components.yaml"));
    let ids = setting_ids(data);
    let mut out = String::from("static SETTINGS: &[Setting] = &[\n");
    for setting in &all_settings(data) {
        let combine = combine(&setting.combine);
        let _ = writeln!(
            out,
            "  Setting {{ id: {:?}, combine: {combine}, zero_is_unset: {}, places: &[",
            setting.id, setting.zero_is_unset
        );
        for place in &setting.places {
            for row in places(place, combine, &components) {
                let _ = writeln!(out, "    {row},");
            }
        }
        out.push_str("  ], defaults: &[\n");
        for default in &setting.default {
            let _ = writeln!(out, "    {},", default_value(setting, default, &ids));
        }
        out.push_str("  ] },\n");
    }
    out.push_str("];\n");
    out.push_str("static COMPONENTS: &[Component] = &[\n");
    for component in &components {
        let _ = writeln!(
            out,
            "  Component {{ name: {:?}, settings: {:?}, off: &[{}], arguments: &[{}], config: &[{}] }},",
            component.name,
            component.settings,
            conditions(&component.off, &ids),
            fields(&component.arguments),
            fields(&component.config),
        );
    }
    out.push_str("];\n");
    out
}

/// A row of `default`.
fn default_value(setting: &Setting, default: &DefaultValue, ids: &[String]) -> String {
    let id = &setting.id;
    let of = |of: &str| {
        assert!(ids.binary_search_by(|known| known.as_str().cmp(of)).is_ok(), "{id}: there is no setting `{of}`");
    };
    let value = match (&default.value, &default.of, &default.dns_of, &default.later) {
        (Some(Value::One(value)), None, None, None) => format!("DefaultValue::Text({value:?})"),
        (Some(Value::List(values)), None, None, None) => format!("DefaultValue::Text({:?})", values.join(",")),
        (None, Some(other), None, None) => {
            of(other);
            format!("DefaultValue::Of({other:?})")
        }
        (None, None, Some(other), None) => {
            of(other);
            format!("DefaultValue::DnsOf({other:?})")
        }
        (None, None, None, Some(what)) => format!("DefaultValue::Later({what:?})"),
        _ => panic!("{id}: a default has one of `value`, `of`, `dns_of` and `later`"),
    };
    let by = match default.by.as_deref() {
        None => "By::Talos",
        Some("kubernetes") => "By::Kubernetes",
        Some(word) => panic!("{id}: `{word}` sets no defaults"),
    };
    format!(
        "Default {{ versions: VersionSet::from_bits({}), kubernetes: {}, conditions: &[{}], by: {by}, value: {value} }}",
        bits(default.versions.as_deref()),
        kubernetes(default.kubernetes.as_deref()),
        conditions(&default.when, ids),
    )
}

/// A range of minor versions of Kubernetes: `1.29`, `-1.32`, `1.31-`.
fn kubernetes(range: Option<&str>) -> String {
    let Some(range) = range else { return "None".to_owned() };
    let minor = |text: &str, open: u16| match text {
        "" => open,
        text => text.strip_prefix("1.").and_then(|minor| minor.parse().ok()).unwrap_or_else(|| panic!("`{range}`")),
    };
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    format!("Some(({}, {}))", minor(first, 0), minor(last, u16::MAX))
}

/// Conditions: `control plane`, `document KIND`, `argument COMPONENT NAME` (a `*` at its end stands for any rest), `SETTING
/// is VALUE`, `SETTING is set`, `SETTING holds TEXT`; each with `not ` before it for the opposite.
fn conditions(texts: &[String], ids: &[String]) -> String {
    let condition = |text: &String| {
        let (negated, rest) = text.strip_prefix("not ").map_or((false, text.as_str()), |rest| (true, rest));
        let words: Vec<&str> = rest.split(' ').collect();
        let test = match words.as_slice() {
            ["control", "plane"] => "Test::ControlPlane".to_owned(),
            ["document", kind] => format!("Test::Document({kind:?})"),
            ["argument", component, name] => format!("Test::Argument({component:?}, {name:?})"),
            [setting, how, value] => {
                assert!(ids.binary_search_by(|id| id.as_str().cmp(setting)).is_ok(), "there is no setting `{setting}`");
                match (*how, *value) {
                    ("is", "set") => format!("Test::Set({setting:?})"),
                    ("is", value) => format!("Test::Is({setting:?}, {value:?})"),
                    ("holds", value) => format!("Test::Holds({setting:?}, {value:?})"),
                    _ => panic!("`{text}` is no condition"),
                }
            }
            _ => panic!("`{text}` is no condition"),
        };
        format!("Condition {{ negated: {negated}, test: {test} }}")
    };
    texts.iter().map(condition).collect::<Vec<_>>().join(", ")
}

/// Fields that hold many settings.
fn fields(places: &[Place]) -> String {
    let field = |place: &Place| {
        let (document, path) = split(place.argument_field());
        let path: Vec<&str> = path.split('.').collect();
        let versions = bits(place.versions.as_deref());
        format!("Field {{ versions: VersionSet::from_bits({versions}), document: {document:?}, path: &{path:?} }}")
    };
    places.iter().map(field).collect::<Vec<_>>().join(", ")
}

/// The rows of `sysctls.tsv`.
pub(crate) fn sysctls(data: &Path) -> String {
    let mut out = String::from("pub(super) static SYSCTLS: &[Sysctl] = &[\n");
    for row in tsv::read(&data.join("sysctls.tsv")) {
        let weaker = match row.get("weaker") {
            "lower" => "Weaker::Lower",
            "higher" => "Weaker::Higher",
            "other" => "Weaker::Other",
            "without" => "Weaker::Without",
            "none" => "Weaker::None",
            _ => row.fail("weaker is `lower`, `higher`, `other`, `without` or `none`"),
        };
        let _ = writeln!(
            out,
            "  Sysctl {{ key: {:?}, versions: VersionSet::from_bits({}), value: {:?}, weaker: {weaker}, container: {}, \
             reference: {:?}, protects: {:?} }},",
            row.get("key"),
            row.versions(),
            row.get("value"),
            row.get("container") == "yes",
            row.get("reference"),
            row.get("protects"),
        );
    }
    out.push_str("];\n");
    out
}

/// The rows of `unused-fields.tsv`.
pub(crate) fn unused_fields(data: &Path) -> String {
    let mut out = String::from("pub(super) static UNUSED_FIELDS: &[UnusedField] = &[\n");
    for row in tsv::read(&data.join("unused-fields.tsv")) {
        let path: Vec<&str> = row.get("path").split('.').collect();
        let (versions, because) = (row.versions(), row.get("because"));
        let _ = writeln!(
            out,
            "  UnusedField {{ path: &{path:?}, versions: VersionSet::from_bits({versions}), because: {because:?} }},"
        );
    }
    out.push_str("];\n");
    out
}

/// The rows of `sysctl-names.tsv`.
pub(crate) fn sysctl_names(data: &Path) -> String {
    let mut out = String::from("pub(super) static SYSCTL_NAMES: &[SysctlName] = &[\n");
    for row in tsv::read(&data.join("sysctl-names.tsv")) {
        let other = if row.get("of") == "linux" { None } else { Some(row.get("of")) };
        let instead = Some(row.get("instead")).filter(|name| !name.is_empty());
        let name = row.get("name");
        let _ = writeln!(out, "  SysctlName {{ name: {name:?}, other_system: {other:?}, instead: {instead:?} }},");
    }
    out.push_str("];\n");
    out
}

/// The rows of `cipher-suites.tsv`.
pub(crate) fn cipher_suites(data: &Path) -> String {
    let mut out = String::from("pub(super) static SUITES: &[CipherSuite] = &[\n");
    for row in tsv::read(&data.join("cipher-suites.tsv")) {
        let class = match row.get("class") {
            "tls13" => "Tls13",
            "strong" => "Strong",
            "legacy" => "Legacy",
            "weak" => "Weak",
            _ => row.fail("class is `tls13`, `strong`, `legacy` or `weak`"),
        };
        let (name, because) = (row.get("suite"), row.get("because"));
        let _ = writeln!(out, "  CipherSuite {{ name: {name:?}, class: CipherClass::{class}, because: {because:?} }},");
    }
    out.push_str("];\n");
    out
}

/// Controls as rules: each a row of `analyzer/data/controls`.
pub(crate) fn controls(data: &Path) -> String {
    let mut rules = String::from("static CONTROL_RULES: &[Rule] = &[\n");
    let mut controls = String::from("static CONTROLS: &[Control] = &[\n");
    let files = crate::rules::files(&data.join("controls"), "yaml");
    let mut all: Vec<ControlRule> = files.iter().flat_map(|path| read::<Vec<ControlRule>>(path)).collect();
    // Sorted, so that the controls of a rule stand together and are found without a search of all.
    all.sort_by(|a, b| a.rule.cmp(&b.rule));
    let ids = setting_ids(data);
    let mut count = 0;
    for rule in all {
        for check in &rule.checks {
            let Ok(setting) = ids.binary_search(&check.setting) else {
                panic!("{}: there is no setting `{}`", rule.rule, check.setting);
            };
            controls.push_str(&control(&rule, check, setting));
        }
        let range = count..count + rule.checks.len();
        count = range.end;
        let _ = writeln!(
            rules,
            "  Rule {{ name: {:?}, severity: {}, profile: {}, summary: {:?}, why: {:?}, avoid: {}, follow: {}, \
             references: &{:?}, check: |rule, context, findings| control::check_rule(rule, &CONTROLS[{range:?}], \
             context, findings) }},",
            rule.rule,
            severity(&rule.severity),
            profile(rule.profile.as_deref().unwrap_or("default")),
            rule.summary.trim(),
            rule.why.trim(),
            example(&rule.avoid),
            example(&rule.follow),
            rule.references,
        );
    }
    rules.push_str("];\n");
    controls.push_str("];\n");
    rules + &controls
}

/// The ids of all settings, in the order of their table.
fn setting_ids(data: &Path) -> Vec<String> {
    all_settings(data).into_iter().map(|setting| setting.id).collect()
}

fn control(rule: &ControlRule, check: &Check, setting: usize) -> String {
    let weak = match &check.weak {
        Weak::AtMost(limit) => format!("Weak::AtMost({limit})"),
        Weak::AtLeast(limit) => format!("Weak::AtLeast({limit})"),
        Weak::Between(first, last) => format!("Weak::Between({first}, {last})"),
        Weak::OneOf(words) => format!("Weak::OneOf({})", list(words)),
        Weak::NoneOf(words) => format!("Weak::NoneOf({})", list(words)),
        Weak::Holds(words) => format!("Weak::Holds({})", list(words)),
        Weak::Lacks(words) => format!("Weak::Lacks({})", list(words)),
        Weak::True => "Weak::True".to_owned(),
        Weak::False => "Weak::False".to_owned(),
        Weak::Written => "Weak::Written".to_owned(),
        Weak::NotEmpty => "Weak::NotEmpty".to_owned(),
        Weak::Empty => "Weak::Empty".to_owned(),
        Weak::ZeroDuration => "Weak::ZeroDuration".to_owned(),
        Weak::NotLoopback => "Weak::NotLoopback".to_owned(),
        Weak::PlainHttp => "Weak::PlainHttp".to_owned(),
    };
    let absent = match check.absent.as_deref() {
        None => "None".to_owned(),
        Some("optional") => "Some(None)".to_owned(),
        Some(word) => format!("Some(Some({}))", severity(word)),
    };
    let written = match check.written.as_deref().unwrap_or(&rule.severity) {
        "optional" => "None".to_owned(),
        word => format!("Some({})", severity(word)),
    };
    let machines = role(check.role.as_deref());
    let fix = match &check.fix {
        ControlFix::Derived => "ControlFix::Derived".to_owned(),
        ControlFix::None => "ControlFix::None".to_owned(),
        ControlFix::Remove => "ControlFix::Remove".to_owned(),
        ControlFix::Set(value) => format!("ControlFix::Set(Cow::Borrowed({value:?}))"),
    };
    format!(
        "  Control {{ rule: Cow::Borrowed({:?}), setting: {:?}, setting_index: {setting}, weak: {weak}, versions: VersionSet::from_bits({}), role: {machines}, \
         not_in_container: {}, written: {}, absent: {absent}, problem: Cow::Borrowed({:?}), expected: Cow::Borrowed({:?}), \
         write: Cow::Borrowed({:?}), fix: {fix} }},\n",
        rule.rule,
        check.setting,
        bits(check.versions.as_deref()),
        check.not_in_container,
        written,
        check.problem.trim(),
        check.expected.trim(),
        check.write.as_deref().unwrap_or("").trim(),
    )
}

/// Words as a list of Rust.
fn list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("Cow::Borrowed({word:?})")).collect();
    format!("Cow::Borrowed(&[{}])", words.join(", "))
}

pub(crate) fn example(example: &Example) -> String {
    format!("Example {{ talos: {:?}, text: {:?} }}", example.talos, example.text)
}

pub(crate) fn severity(word: &str) -> &'static str {
    match word {
        "info" => "Severity::Info",
        "warning" => "Severity::Warning",
        "error" => "Severity::Error",
        _ => panic!("`{word}` is not a severity"),
    }
}

/// The role of the machines that something is asked of.
pub(crate) fn role(word: Option<&str>) -> &'static str {
    match word {
        None => "None",
        Some("controlplane") => "Some(Role::ControlPlane)",
        Some("worker") => "Some(Role::Worker)",
        Some(word) => panic!("`{word}` is not a role"),
    }
}

pub(crate) fn profile(word: &str) -> &'static str {
    match word {
        "default" => "Profile::Default",
        "hardened" => "Profile::Hardened",
        "strict" => "Profile::Strict",
        _ => panic!("`{word}` is not a profile"),
    }
}

fn combine(word: &str) -> &'static str {
    match word {
        "override" => "Combine::Override",
        "append" => "Combine::Append",
        "first_wins" => "Combine::FirstWins",
        "each" => "Combine::Each",
        "denied" => "Combine::Denied",
        _ => panic!("`{word}` is not a way to combine"),
    }
}

/// A place of a setting, a flag being as many places as its component takes arguments in.
fn places(place: &Place, setting_combine: &'static str, components: &[Component]) -> Vec<String> {
    let own = bits(place.versions.as_deref());
    let how = place.combine.as_deref().map_or(setting_combine, combine);
    let row = |field: &str, flag: Option<&str>, versions: u16| {
        let (document, path) = split(field);
        let mut steps: Vec<&str> = path.split('.').collect();
        steps.extend(flag);
        format!(
            "SettingPlace {{ versions: VersionSet::from_bits({versions}), document: {document:?}, path: &{steps:?}, \
             flag: {flag:?}, combine: {how} }}"
        )
    };
    match (&place.field, &place.flag) {
        (Some(field), None) => vec![row(field, None, own)],
        (None, Some(flag)) => {
            let (component, flag) = flag.split_once(' ').unwrap_or_else(|| panic!("`{flag}`: component and flag"));
            let arguments = arguments_of(component, components).iter();
            arguments
                .map(|place| (place.argument_field(), bits(place.versions.as_deref())))
                .filter(|(field, _)| place.only.as_deref().is_none_or(|only| only == split(field).0))
                .map(|(field, versions)| row(field, Some(flag), own & versions))
                .collect()
        }
        _ => panic!("a place is a field or a flag"),
    }
}

impl Place {
    /// The field of a place of arguments.
    fn argument_field(&self) -> &str {
        self.field.as_deref().expect("a component takes its arguments in fields")
    }
}

fn arguments_of<'a>(component: &str, components: &'a [Component]) -> &'a [Place] {
    let component = components.iter().find(|candidate| candidate.name == component);
    &component.unwrap_or_else(|| panic!("the component is not known")).arguments
}

/// The document and the path of a field.
pub(crate) fn split(field: &str) -> (&str, &str) {
    field.split_once(' ').unwrap_or(("v1alpha1", field))
}

/// The rows of `denied-arguments.tsv`, each as many rows as its component takes arguments in.
pub(crate) fn denied_arguments(data: &Path) -> String {
    let components: Vec<Component> = read(&data.join("settings/components.yaml"));
    let mut out = String::from("pub(super) static DENIED_ARGUMENTS: &[DeniedArgument] = &[\n");
    for row in tsv::read(&data.join("denied-arguments.tsv")) {
        let (component, argument, instead) = (row.get("component"), row.get("argument"), row.get("instead"));
        let places = arguments_of(component, &components).iter();
        let places = places.map(|place| (split(place.argument_field()), bits(place.versions.as_deref())));
        for ((document, path), versions) in places.filter(|((document, _), _)| *document == row.get("document")) {
            let versions = versions & row.versions();
            let steps: Vec<&str> = path.split('.').collect();
            let _ = writeln!(
                out,
                "  DeniedArgument {{ component: {component:?}, versions: VersionSet::from_bits({versions}), \
                 document: {document:?}, path: &{steps:?}, argument: {argument:?}, instead: {instead:?} }},",
            );
        }
    }
    out.push_str("];\n");
    out
}

pub(crate) fn bits(versions: Option<&str>) -> u16 {
    versions.map_or(0b11_1111, |versions| tsv::versions(versions).unwrap_or_else(|error| panic!("{versions}: {error}")))
}

pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
