//! One source from bytes to findings.

use crate::context::{self, AskedVersions, Context, Mode, VersionSource, Versions};
use crate::directives::{self, Role};
use crate::finding::{Finding, Profile};
use crate::input::{self, Form, InputKind};
use crate::rule::{Findings, Rule};
use crate::settings::{Words, kernel_arguments};
use crate::text::{self, NotText};
use crate::version::MinorVersion;
use crate::{rules, schema, secrets};

/// What is asked of an analysis.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The Talos version; else the source says it, or the newest known is taken.
    pub talos: Option<MinorVersion>,
    /// The Kubernetes version; else the source says it, or that of the Talos version is taken.
    pub kubernetes: Option<MinorVersion>,
    /// How much is to be said; else the modeline says it, or the default profile is taken.
    pub profile: Option<Profile>,
    /// How the machine runs.
    pub mode: Mode,
    /// What the source is, when that is known.
    pub form: Form,
    /// Rules, or families as `kernel/`, to look for; all of the profile when empty. A rule named here speaks in every
    /// profile.
    pub select: Vec<String>,
    /// Rules or families to leave out.
    pub ignore: Vec<String>,
}

/// What came of an analysis.
#[derive(Debug)]
pub struct Analysis {
    /// The findings, in the order of their places.
    pub findings: Vec<Finding>,
    /// What the user should know that is no finding: a version that is not known, a file that is encrypted.
    pub notices: Vec<String>,
    /// How many documents of Talos the source holds; encrypted ones, which cannot be read, do not count.
    pub documents: usize,
    /// The versions the source was held to.
    pub versions: Versions,
}

/// Analyses the source `bytes`, called `path`.
#[must_use]
pub fn analyze(path: &str, bytes: &[u8], options: &Options) -> Analysis {
    let (text, not_text) = text::decode(bytes);
    let tree = input::parse(&text, path, options.form);
    let inputs = input::recognise(&tree, path, options.form);
    let is_read = |input: &input::Input<'_, '_>| input.kind.is_ours() && !matches!(input.kind, InputKind::Encrypted);
    let documents = inputs.iter().filter(|input| is_read(input)).count();
    let directives = directives::read(&text, &tree);
    let asked = AskedVersions { talos: options.talos, kubernetes: options.kubernetes };
    let versions = context::versions(asked, &directives, &inputs);
    let mut analysis = Analysis { findings: Vec::new(), notices: Vec::new(), documents, versions };
    if not_text == Some(NotText::Utf16) {
        analysis.notices.push("the file is UTF-16 and was not read: save it as UTF-8".to_owned());
    }
    notices(&mut analysis, &inputs);
    if documents == 0 {
        return analysis;
    }
    for (_, mistake) in &directives.mistakes {
        analysis.notices.push(format!("a `# talint:` comment is not understood: {mistake}"));
    }
    let issues: Vec<_> = inputs.iter().flat_map(|input| schema::check(input, versions.talos)).collect();
    let role = directives.modeline.role.or_else(|| role_of(&inputs));
    let is_assumed = versions.talos_source == VersionSource::Assumed;
    let context = Context {
        text: &text,
        tree: &tree,
        inputs: &inputs,
        issues: &issues,
        directives: &directives,
        versions,
        profile: options.profile.or(directives.modeline.profile).unwrap_or_default(),
        mode: options.mode,
        role,
        kernel_arguments: kernel_arguments(&inputs, &text, versions.talos, is_assumed),
        words: Words::new(&tree, &inputs),
        secrets: secrets::gather(&inputs),
    };
    let wanted = wanted(options, context.profile);
    analysis.findings = rules::suppress(&context, &wanted, find(&wanted, &context, not_text));
    analysis
}

/// The rules that `options` asks for in a profile.
pub(crate) fn wanted(options: &Options, profile: Profile) -> Vec<&'static Rule> {
    let is_wanted = |rule: &&Rule| {
        let selected = options.select.iter().any(|pattern| rule.matches(pattern));
        let in_profile = if options.select.is_empty() { rule.profile <= profile } else { selected };
        in_profile && !options.ignore.iter().any(|pattern| rule.matches(pattern))
    };
    rules::all().filter(is_wanted).collect()
}

/// What `rules` find.
pub(crate) fn find(wanted: &[&'static Rule], context: &Context<'_, '_>, not_text: Option<NotText>) -> Vec<Finding> {
    let mut findings = Findings::default();
    for rule in wanted {
        (rule.check)(rule, context, &mut findings);
    }
    if let Some(NotText::InvalidUtf8(span)) = not_text
        && let Some(rule) = wanted.iter().find(|rule| rule.name == rules::SYNTAX)
    {
        let message = "these bytes are not UTF-8; Talos reads configuration as UTF-8 and refuses the file";
        findings.push(rule.finding_at(span, "", "", message));
    }
    findings.into_sorted()
}

pub(crate) fn role_of(inputs: &[input::Input<'_, '_>]) -> Option<Role> {
    let config = inputs.iter().find(|input| matches!(input.kind, InputKind::MachineConfig { .. }))?;
    Role::parse(config.root?.at(&["machine", "type"])?.value())
}

pub(crate) fn notices(analysis: &mut Analysis, inputs: &[input::Input<'_, '_>]) {
    if let Some(named) = analysis.versions.talos_named.filter(|_| analysis.documents > 0) {
        let taken = analysis.versions.talos;
        let relation =
            if named < (MinorVersion { major: 1, minor: u16::from(taken.minor()) }) { "older" } else { "newer" };
        analysis
            .notices
            .push(format!("Talos {named} is {relation} than the versions known; analysed as Talos {taken}"));
    }
    if inputs.iter().any(|input| matches!(input.kind, InputKind::Encrypted)) {
        analysis.notices.push("the file is encrypted by SOPS and was passed over".to_owned());
    }
}
