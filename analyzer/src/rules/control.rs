//! Controls: a setting held to an expectation, each a row of data, of talint's own or of a project file.

use super::control_remedy;
use crate::context::{Context, Mode};
use crate::directives::Role;
use crate::finding::{Finding, Severity};
use crate::rule::{Findings, Rule, place};
use crate::secrets;
use crate::settings::{Effective, SettingPlace, Written, go_bool, settings};
use crate::syntax::{Resolved, resolve_text};
use crate::tables;
use crate::text::Span;
use crate::version::VersionSet;
use std::borrow::Cow;

use std::net::{IpAddr, Ipv6Addr};

/// Text that is compiled in, or that a project file brings.
pub type Words = Cow<'static, [Cow<'static, str>]>;

/// A setting and what is expected of it.
#[derive(Clone, Debug)]
pub struct Control {
    /// The rule.
    pub rule: Cow<'static, str>,
    /// The id of the setting.
    pub setting: &'static str,
    /// Its place in the table of settings.
    pub setting_index: usize,
    /// Which values are weaker than they should be.
    pub weak: Weak,
    /// The versions in which that counts.
    pub versions: VersionSet,
    /// The role of the machines it counts for; `None` for all. Absence is only judged where the role is known.
    pub role: Option<Role>,
    /// Whether it does not count where Talos runs in a container.
    pub not_in_container: bool,
    /// The severity when a weak value is written; `None` for something optional.
    pub written: Option<Severity>,
    /// When nothing is written in a whole configuration and the default is weak: `None` to say nothing, else the
    /// severity; `Some(None)` for something optional.
    pub absent: Option<Option<Severity>>,
    /// What is wrong then, as a clause.
    pub problem: Cow<'static, str>,
    /// What is expected: "a positive number".
    pub expected: Cow<'static, str>,
    /// What to do, as a clause; empty where the expectation says it all.
    pub write: Cow<'static, str>,
    /// What takes a finding away.
    pub fix: ControlFix,
}

/// What takes the finding of a control away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ControlFix {
    /// What follows from the condition and the default of the version.
    #[default]
    Derived,
    /// A person has to choose.
    None,
    /// What is written goes.
    Remove,
    /// This value is written.
    Set(Cow<'static, str>),
}

/// Which values are weak.
#[derive(Clone, Debug)]
pub enum Weak {
    /// Numbers up to this one.
    AtMost(i64),
    /// Numbers from this one.
    AtLeast(i64),
    /// Numbers from the first to the last.
    Between(i64, i64),
    /// These words, in any case.
    OneOf(Words),
    /// All but these words.
    NoneOf(Words),
    /// Lists with one of these words.
    Holds(Words),
    /// Lists without one of these words.
    Lacks(Words),
    /// True, as flags and fields spell it.
    True,
    /// False, as flags and fields spell it.
    False,
    /// Any value.
    Written,
    /// Lists and texts that are not empty.
    NotEmpty,
    /// Empty texts.
    Empty,
    /// Durations of zero.
    ZeroDuration,
    /// Addresses and URLs of more than the machine itself.
    NotLoopback,
    /// URLs without encryption of more than the machine itself.
    PlainHttp,
}

/// What a condition compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operands {
    /// Nothing: the condition is a word.
    None,
    /// A whole number.
    Number,
    /// Two whole numbers, the least and the greatest.
    Range,
    /// Words.
    Words,
}

impl Operands {
    /// A condition with such operands, as it is written.
    #[must_use]
    pub fn example(self, name: &str) -> String {
        match self {
            Self::None => name.to_owned(),
            Self::Number => format!("{name}: 0"),
            Self::Range => format!("{name}: [1, 9]"),
            Self::Words => format!("{name}: [word, …]"),
        }
    }
}

/// The conditions by name, as project files write them.
pub const CONDITIONS: [(&str, Operands); 15] = [
    ("at-most", Operands::Number),
    ("at-least", Operands::Number),
    ("between", Operands::Range),
    ("one-of", Operands::Words),
    ("none-of", Operands::Words),
    ("holds", Operands::Words),
    ("lacks", Operands::Words),
    ("true", Operands::None),
    ("false", Operands::None),
    ("written", Operands::None),
    ("not-empty", Operands::None),
    ("empty", Operands::None),
    ("zero-duration", Operands::None),
    ("not-loopback", Operands::None),
    ("plain-http", Operands::None),
];

/// The condition called `name` with its operands; `None` when there is no such condition, or it takes others.
#[must_use]
pub fn condition(name: &str, operands: &[Cow<'static, str>]) -> Option<Weak> {
    let words = || -> Words { operands.to_vec().into() };
    let number = |at: usize| operands.get(at)?.parse::<i64>().ok();
    let (_, form) = CONDITIONS.iter().find(|(known, _)| *known == name)?;
    let is_form = match form {
        Operands::None => operands.is_empty(),
        Operands::Number => operands.len() == 1,
        Operands::Range => operands.len() == 2,
        Operands::Words => !operands.is_empty(),
    };
    Some(match name {
        _ if !is_form => return None,
        "at-most" => Weak::AtMost(number(0)?),
        "at-least" => Weak::AtLeast(number(0)?),
        "between" => Weak::Between(number(0)?, number(1)?),
        "one-of" => Weak::OneOf(words()),
        "none-of" => Weak::NoneOf(words()),
        "holds" => Weak::Holds(words()),
        "lacks" => Weak::Lacks(words()),
        "true" => Weak::True,
        "false" => Weak::False,
        "written" => Weak::Written,
        "not-empty" => Weak::NotEmpty,
        "empty" => Weak::Empty,
        "zero-duration" => Weak::ZeroDuration,
        "not-loopback" => Weak::NotLoopback,
        "plain-http" => Weak::PlainHttp,
        _ => return None,
    })
}

impl Control {
    /// Whether `value`, in which lists have commas, is weaker than it should be; a default that is none is empty.
    #[must_use]
    pub fn is_weak(&self, value: &str) -> bool {
        let words: Vec<&str> = value.split(',').filter(|word| !word.is_empty()).collect();
        self.weak.applies(value, &words)
    }
}

impl Weak {
    /// Judges the value of a setting: `words` are the parts of a list, `text` the value as a whole.
    pub(super) fn applies(&self, text: &str, words: &[&str]) -> bool {
        let text = text.trim();
        let number = || whole_number(text);
        match self {
            Self::AtMost(limit) => number().is_some_and(|number| number <= *limit),
            Self::AtLeast(limit) => number().is_some_and(|number| number >= *limit),
            Self::Between(first, last) => number().is_some_and(|number| (*first..=*last).contains(&number)),
            Self::OneOf(known) => known.iter().any(|word| word.eq_ignore_ascii_case(text)),
            Self::NoneOf(known) => !known.iter().any(|word| word.eq_ignore_ascii_case(text)),
            Self::Holds(_) | Self::NotLoopback | Self::PlainHttp => words.iter().any(|word| self.is_wrong(word)),
            Self::Lacks(known) => known.iter().any(|word| !words.contains(&&**word)),
            Self::True => go_bool(text) == Some(true),
            Self::False => go_bool(text) == Some(false),
            Self::Written => true,
            Self::NotEmpty => !words.is_empty(),
            Self::Empty => text.is_empty(),
            Self::ZeroDuration => !text.is_empty() && text.trim_matches(['0', '.', 'h', 'm', 's', '-', '+']).is_empty(),
        }
    }

    /// The word of a list that is wrong, when one is.
    fn culprit<'t>(&self, words: &[(&'t str, Span)]) -> Option<(&'t str, Span)> {
        words.iter().copied().find(|(word, _)| self.is_wrong(word))
    }

    /// Whether a word of a list makes it weak by itself.
    fn is_wrong(&self, word: &str) -> bool {
        match self {
            Self::Holds(known) => known.iter().any(|known| known == word),
            Self::NotLoopback => !is_loopback(word),
            Self::PlainHttp => is_plain_http(word),
            _ => false,
        }
    }
}

/// A whole number as YAML and Go write them: `-1`, `0x10`, `4e3`.
fn whole_number(text: &str) -> Option<i64> {
    match resolve_text(text) {
        Resolved::Int(number) => i64::try_from(number).ok(),
        #[expect(clippy::cast_possible_truncation, reason = "beyond the range every limit is passed all the same")]
        Resolved::Float(number) if number.is_finite() => Some(number as i64),
        _ => None,
    }
}

/// Whether a URL goes to another host without encryption.
pub(super) fn is_plain_http(text: &str) -> bool {
    text.to_ascii_lowercase().starts_with("http://") && !is_loopback(text)
}

/// Whether an address, an address with a port, or a URL stays on the machine.
pub(super) fn is_loopback(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(host) => host.split(']').next().unwrap_or(host),
        // An address of IPv6 without brackets has no port.
        None if host.parse::<Ipv6Addr>().is_ok() => host,
        None => host.split(':').next().unwrap_or(host),
    };
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host.parse::<IpAddr>()
        .map_or(name == "localhost" || name.ends_with(".localhost"), |address| address.to_canonical().is_loopback())
}

/// Makes a finding of the rule that controls belong to: at a range, in a kind of document, at a path, with a message.
pub(crate) type Finder<'f> = &'f dyn Fn(Span, &'static str, String, String) -> Finding;

/// Holds the settings of a source to `controls`, whose findings `finder` makes.
pub(crate) fn check(finder: Finder<'_>, controls: &[Control], context: &Context<'_, '_>, findings: &mut Findings) {
    for control in controls {
        let setting = settings().get(control.setting_index).filter(|_| control.counts(context));
        let Some(setting) = setting else { continue };
        let effective = context.effective(setting);
        if effective.written.is_empty() {
            absent(finder, controls, control, context, &effective, findings);
        }
        for winner in effective.deciding() {
            if let Some(finding) = written(finder, control, context, winner) {
                let remedy = control_remedy::of_written(controls, control, context, &effective, winner);
                findings.push(finding.with_remedy(remedy));
            }
        }
    }
}

/// Holds the settings of a source to the controls of one of talint's own rules.
pub(super) fn check_rule(rule: &Rule, controls: &[Control], context: &Context<'_, '_>, findings: &mut Findings) {
    check(&|span, kind, path, message| rule.finding_at(span, kind, path, message), controls, context, findings);
}

impl Control {
    /// Whether a value that is written is weak.
    pub(super) fn condemns(&self, written: &Written<'_, '_>, source: &str) -> bool {
        let words = written.words(source);
        let text = written.text().or_else(|| (!words.is_empty() || written.is_list()).then_some(""));
        let bare: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        // A list of mappings has no words, and is not empty for that.
        let holds_more = matches!(self.weak, Weak::Empty) && written.node.items().next().is_some();
        !holds_more && text.is_some_and(|text| self.weak.applies(text, &bare))
    }

    /// Whether it counts for the machine that a source configures.
    pub(super) fn counts(&self, context: &Context<'_, '_>) -> bool {
        self.versions.contains(context.talos())
            && !(self.not_in_container && context.mode == Some(Mode::Container))
            && self.role.is_none_or(|role| context.role.is_none_or(|own| own == role))
    }
}

fn written(
    finder: Finder<'_>,
    control: &Control,
    context: &Context<'_, '_>,
    winner: &Written<'_, '_>,
) -> Option<Finding> {
    if !control.condemns(winner, context.text) {
        return None;
    }
    let text = winner.text().unwrap_or("");
    let words = winner.words(context.text);
    let bare: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let culprit = control.weak.culprit(&words);
    let list = bare.join(", ");
    let value = culprit.map_or(if text.is_empty() { &list } else { text }, |(word, _)| word);
    let name = match winner.place.flag {
        Some(flag) => format!("--{flag}"),
        None => bare_name(control.setting).to_owned(),
    };
    let message = match (value, winner.is_secret()) {
        (_, true) | ("", _) => format!("`{name}`: {}", control.problem),
        (value, _) => {
            let verb = if culprit.is_some() && words.len() > 1 { "holds" } else { "is" };
            format!("`{name}` {verb} `{}`: {}", secrets::shown(value), control.problem)
        }
    };
    let mut finding = finder(place(winner.node), context.kind_of(winner.node), winner.node.path(), message);
    if let Some((_, span)) = culprit {
        finding.span = span;
    }
    finding.severity = control.written.unwrap_or_else(|| context.optional());
    finding.help = Some(help(control));
    Some(finding)
}

fn absent(
    finder: Finder<'_>,
    controls: &[Control],
    control: &Control,
    context: &Context<'_, '_>,
    effective: &Effective<'_, '_>,
    findings: &mut Findings,
) {
    let (Some(severity), Some(root)) = (control.absent, context.whole()) else { return };
    if control.role.is_some_and(|role| context.role != Some(role)) {
        return;
    }
    if !control.is_weak(effective.default.unwrap_or("")) {
        return;
    }
    let talos = context.talos();
    // A document that could set it is the place to show; else the machine configuration is. Fields before flags.
    let places = || {
        let places = || effective.setting.places.iter().filter(|place| place.versions.contains(talos));
        places().filter(|place| place.flag.is_none()).chain(places().filter(|place| place.flag.is_some()))
    };
    let document = |place: &&SettingPlace| match place.document {
        tables::V1ALPHA1 => None,
        kind => context.documents(kind).next(),
    };
    let found = places().find_map(|place| Some((place, document(&place)?)));
    let first = places().find(|place| place.document == tables::V1ALPHA1);
    let place = found.or_else(|| Some((first?, root)));
    let (path, kind, root) =
        place.map_or((&[][..], tables::V1ALPHA1, root), |(place, root)| (place.path, place.document, root));
    let name = bare_name(control.setting);
    let message = match effective.default {
        Some(default) => {
            format!("`{name}` is not set, and its default in Talos {talos} is `{default}`: {}", control.problem)
        }
        None => format!("`{name}` is not set: {}", control.problem),
    };
    let mut finding = finder(context.nearest(root, path), kind, path.join("."), message);
    finding.severity = severity.unwrap_or_else(|| context.optional());
    finding.help = Some(help(control));
    if effective.default.is_some() {
        finding.references.push(format!("Talos {talos} default").into());
    }
    let remedy =
        place.and_then(|(place, root)| control_remedy::of_absent(controls, control, context, effective, place, root));
    findings.push(finding.with_remedy(remedy));
}

fn help(control: &Control) -> String {
    match &*control.write {
        "" => format!("expected is {}", control.expected),
        write => format!("expected is {}: {write}", control.expected),
    }
}

/// The name of a setting without its component.
pub(super) fn bare_name(id: &str) -> &str {
    id.split_once('.').map_or(id, |(_, name)| name)
}
