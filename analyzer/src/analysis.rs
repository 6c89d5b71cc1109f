//! One source from bytes to findings.

use crate::context::{self, Context, Mode, NamedVersions, VersionSource, Versions};
use crate::directives::{self, Directives, Role};
use crate::finding::{Finding, Profile};
use crate::input::{self, Form, Input, InputKind};
use crate::rule::{Findings, Rule};
use crate::rules;
use crate::schema::{self, Issue};
use crate::secrets;
use crate::settings::{Words, kernel_arguments};
use crate::syntax::Tree;
use crate::text::{self, NotText};
use crate::version::MinorVersion;

/// What is asked of an analysis.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The Talos version; else the source says it, or the newest known is taken.
    pub talos: Option<MinorVersion>,
    /// The Kubernetes version; else the source says it, or that of the Talos version is taken.
    pub kubernetes: Option<MinorVersion>,
    /// The versions that the project file or the description of the machine names.
    pub described: Option<NamedVersions>,
    /// The role of the machine, where it is known from outside of the source.
    pub role: Option<Role>,
    /// How much is to be said; else the modeline says it, or the default profile is taken.
    pub profile: Option<Profile>,
    /// How the machine runs; when it is not said, what counts on metal alone is no error.
    pub mode: Option<Mode>,
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

/// One source, read.
pub(crate) struct Read<'t, 's> {
    pub(crate) path: &'t str,
    pub(crate) text: &'t str,
    pub(crate) not_text: Option<NotText>,
    tree: &'t Tree<'s>,
    pub(crate) inputs: Vec<Input<'t, 's>>,
    pub(crate) directives: Directives,
}

impl<'t> Read<'t, 't> {
    pub(crate) fn new(path: &'t str, text: &'t str, not_text: Option<NotText>, tree: &'t Tree<'t>, form: Form) -> Self {
        let inputs = input::recognise(tree, path, form);
        let directives = directives::read(text, tree);
        Self { path, text, not_text, tree, inputs, directives }
    }

    /// The versions this source is held to by itself.
    pub(crate) fn versions(&self, options: &Options) -> Versions {
        let asked =
            NamedVersions { talos: options.talos, kubernetes: options.kubernetes, source: VersionSource::Asked };
        let described = options.described.unwrap_or(NamedVersions::NONE);
        context::versions(asked, described, &self.directives, &self.inputs)
    }

    /// The role of the machine, if the source says it.
    pub(crate) fn role(&self) -> Option<Role> {
        self.directives.modeline.role.or_else(|| {
            let config = self.inputs.iter().find(|input| matches!(input.kind, InputKind::MachineConfig { .. }))?;
            let kind = config.root?.at(&["machine", "type"])?;
            // To Talos a machine of no type is a worker.
            let is_untyped = kind.is_null() || kind.value().is_empty();
            let is_whole = matches!(config.kind, InputKind::MachineConfig { whole: true });
            if is_untyped { is_whole.then_some(Role::Worker) } else { Role::parse(kind.value()) }
        })
    }

    /// What the decoder says of the documents.
    pub(crate) fn issues(&self, versions: Versions) -> Vec<Issue<'t, 't>> {
        self.inputs.iter().flat_map(|input| schema::check(input, versions.talos)).collect()
    }

    /// What the rules look at.
    pub(crate) fn context<'c>(
        &'c self,
        options: &Options,
        versions: Versions,
        role: Option<Role>,
        issues: &'c [Issue<'t, 't>],
    ) -> Context<'c, 't>
    where
        't: 'c,
    {
        let is_assumed = versions.talos_source == VersionSource::Assumed;
        Context {
            path: self.path,
            text: self.text,
            tree: self.tree,
            inputs: &self.inputs,
            issues,
            directives: &self.directives,
            versions,
            profile: options.profile.or(self.directives.modeline.profile).unwrap_or_default(),
            mode: options.mode,
            role,
            kernel_arguments: kernel_arguments(&self.inputs, self.text, versions.talos, is_assumed),
            words: Words::new(self.tree, &self.inputs),
            secrets: secrets::gather(&self.inputs),
        }
    }

    /// The analysis before anything is looked for.
    pub(crate) fn summary(&self, versions: Versions) -> Analysis {
        let is_encrypted = |input: &&Input<'_, '_>| matches!(input.kind, InputKind::Encrypted);
        let documents = self.inputs.iter().filter(|input| input.kind.is_ours() && !is_encrypted(input)).count();
        let mut notices = Vec::new();
        if self.not_text == Some(NotText::Utf16) {
            notices.push("the file is UTF-16 and was not read: save it as UTF-8".to_owned());
        }
        if let Some(named) = versions.talos_named.filter(|_| documents > 0) {
            let taken = versions.talos;
            let relation =
                if named < (MinorVersion { major: 1, minor: u16::from(taken.minor()) }) { "older" } else { "newer" };
            notices.push(format!("Talos {named} is {relation} than the versions known; analysed as Talos {taken}"));
        }
        if self.inputs.iter().any(|input| is_encrypted(&input)) {
            notices.push("the file is encrypted by SOPS and was passed over".to_owned());
        }
        Analysis { findings: Vec::new(), notices, documents, versions }
    }

    /// What is wrong in comments to talint, as notices.
    pub(crate) fn mistakes(&self) -> impl Iterator<Item = String> {
        let mistakes = self.directives.mistakes.iter();
        mistakes.map(|(_, mistake)| format!("a `# talint:` comment is not understood: {mistake}"))
    }
}

/// Analyses the source `bytes`, called `path`.
#[must_use]
pub fn analyze(path: &str, bytes: &[u8], options: &Options) -> Analysis {
    let (text, not_text) = text::decode(bytes);
    let tree = input::parse(&text, path, options.form);
    let read = Read::new(path, &text, not_text, &tree, options.form);
    let versions = read.versions(options);
    let mut analysis = read.summary(versions);
    if analysis.documents == 0 {
        return analysis;
    }
    analysis.notices.extend(read.mistakes());
    let issues = read.issues(versions);
    let context = read.context(options, versions, read.role().or(options.role), &issues);
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
