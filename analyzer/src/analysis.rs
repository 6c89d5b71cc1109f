//! One source from bytes to findings.

use crate::context::{self, Completeness, Context, Mode, NamedVersions, VersionSource, Versions};
use crate::directives::{self, Directives, Role};
use crate::edit::Layout;
use crate::finding::{Finding, Profile};
use crate::fix::{self, Change, FileEdit, Fix, Remedy};
use crate::input::{self, Form, Input, InputKind};
use crate::project::{self, OwnRule, Project};
use crate::rule::{Findings, Rule, names, sorted};
use crate::rules;
use crate::schema::{self, Issue};
use crate::secrets;
use crate::settings::{Words, kernel_arguments};
use crate::source::Source;
use crate::syntax::Tree;
use crate::text::{self, NotText};
use crate::version::MinorVersion;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// Whether the machine boots an image of a schematic that is looked at by itself: what the schematic may say is then not
    /// missing in the configuration.
    pub has_schematic: bool,
    /// Whether layers of the machine are missing, so that nothing is concluded from what is absent in those that are there.
    pub is_partial: bool,
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
    /// Whether comments let nothing pass: for an account of what is there.
    pub lets_nothing_pass: bool,
    /// The project file: severities, and rules of the organisation.
    pub project: Option<Arc<Project>>,
}

impl Options {
    /// The same for the files of a project, where the command does not say it.
    #[must_use]
    pub fn of_project(self, project: &Arc<Project>) -> Self {
        Self {
            mode: self.mode.or(project.mode),
            described: Some(project.versions()),
            project: Some(Arc::clone(project)),
            ..self
        }
    }

    /// How much is to be said of a source whose modeline asks for `modeline`.
    pub(crate) fn profile(&self, modeline: Option<Profile>) -> Profile {
        let of_project = self.project.as_ref().and_then(|project| project.profile);
        self.profile.or(modeline).or(of_project).unwrap_or_default()
    }
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

/// A source that was read.
#[derive(Clone, Copy)]
pub(crate) struct ReadSource<'r, 't> {
    pub(crate) source: Source<'r>,
    pub(crate) read: &'r Read<'t, 't>,
}

/// One source, read.
pub(crate) struct Read<'t, 's> {
    pub(crate) path: &'t str,
    pub(crate) text: &'t str,
    pub(crate) not_text: Option<NotText>,
    pub(crate) tree: &'t Tree<'s>,
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
        let secrets = secrets::gather(&self.inputs);
        Context { secrets, ..self.context_of_text(options, versions, role, issues) }
    }

    /// What the rules look at that ask for no secrets.
    pub(crate) fn context_of_text<'c>(
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
        let mut kernel_arguments = kernel_arguments(&self.inputs, self.text, versions.talos, is_assumed);
        for list in &mut kernel_arguments {
            list.is_open |= !self.tree.gaps.is_empty();
        }
        Context {
            path: self.path,
            text: self.text,
            tree: self.tree,
            inputs: &self.inputs,
            completeness: Completeness::of(self.path, &self.inputs),
            issues,
            directives: &self.directives,
            versions,
            profile: options.profile(self.directives.modeline.profile),
            mode: options.mode,
            has_schematic: options.has_schematic,
            role,
            kernel_arguments,
            is_merged: false,
            words: Words::new(self.tree, &self.inputs),
            secrets: Vec::new(),
        }
    }

    /// The analysis before anything is looked for.
    pub(crate) fn summary(&self, versions: Versions) -> Analysis {
        let is_encrypted = |input: &&Input<'_, '_>| matches!(input.kind, InputKind::Encrypted);
        let counts = |input: &&Input<'_, '_>| input.kind.is_ours() && !is_encrypted(input);
        let documents = if self.is_project() { 0 } else { self.inputs.iter().filter(counts).count() };
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

    /// Whether this is a project file.
    pub(crate) fn is_project(&self) -> bool {
        self.inputs.iter().any(|input| matches!(input.kind, InputKind::Project))
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
    // Each branch of a template is looked at; what they hold in common is told once.
    let trees = input::variants(&text, path, options.form);
    let each = trees.iter().map(|tree| analyze_tree(path, &text, not_text, tree, options));
    each.reduce(join).unwrap_or_else(|| analyze_tree(path, &text, not_text, &Tree::default(), options))
}

fn analyze_tree(path: &str, text: &str, not_text: Option<NotText>, tree: &Tree<'_>, options: &Options) -> Analysis {
    let read = Read::new(path, text, not_text, tree, options.form);
    let versions = read.versions(options);
    let mut analysis = read.summary(versions);
    if analysis.documents == 0 && !read.is_project() {
        return analysis;
    }
    analysis.notices.extend(read.mistakes());
    let issues = read.issues(versions);
    let context = read.context(options, versions, read.role().or(options.role), &issues);
    let wanted = wanted(options, context.profile);
    analysis.findings = wanted.suppress(&read, wanted.find(&context, not_text));
    let source = ReadSource { source: Source::file(path, text.as_bytes()), read: &read };
    fixed(&mut analysis.findings, 0, &[source]);
    analysis
}

/// Makes of the remedies of `findings`, which are those of the source `own`, edits of the files that the sources stand in.
pub(crate) fn fixed(findings: &mut [Finding], own: usize, sources: &[ReadSource<'_, '_>]) {
    let mut layouts: Vec<Option<Layout<'_, '_>>> = sources.iter().map(|_| None).collect();
    for finding in findings {
        if let Some(remedy) = finding.remedy.take() {
            finding.fix = fix_of(*remedy, own, sources, &mut layouts).map(Box::new);
        }
    }
}

/// The edits of a remedy; `None` when one of its changes cannot be made.
fn fix_of<'t>(
    remedy: Remedy,
    own: usize,
    sources: &[ReadSource<'_, 't>],
    layouts: &mut [Option<Layout<'t, 't>>],
) -> Option<Fix> {
    if !(1..=fix::MOST_CHANGES).contains(&remedy.changes.len()) {
        return None;
    }
    let mut edits = Vec::new();
    let mut changes: BTreeMap<usize, Vec<&Change>> = BTreeMap::new();
    for (number, change) in &remedy.changes {
        changes.entry(number.unwrap_or(own)).or_default().push(change);
    }
    for (number, changes) in changes {
        let ReadSource { source, read } = *sources.get(number)?;
        if read.not_text.is_some() {
            return None;
        }
        let layout = layouts.get_mut(number)?.get_or_insert_with(|| Layout::new(read.text, read.tree));
        let is_json_patch = read.inputs.iter().any(|input| matches!(input.kind, InputKind::JsonPatch));
        let file = (number != own && source.path != sources.get(own)?.source.path).then(|| source.path.into());
        for edit in fix::edits(&changes, layout, is_json_patch)? {
            let edit = FileEdit { file: file.clone(), edit: source.edit_in_file(read.text, edit)? };
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    Some(Fix { title: remedy.title, is_safe: remedy.is_safe, edits })
}

/// The analyses of two branches of a template as one. What lets nothing pass in one of them may do so in the other.
fn join(mut first: Analysis, second: Analysis) -> Analysis {
    let is_everywhere = |finding: &Finding, others: &[Finding]| {
        finding.rule != rules::UNUSED_SUPPRESSION || others.iter().any(|other| other.says_same(finding))
    };
    first.findings.retain(|finding| is_everywhere(finding, &second.findings));
    let news = second.findings.into_iter().filter(|finding| finding.rule != rules::UNUSED_SUPPRESSION);
    first.findings.extend(news);
    first.findings = sorted(first.findings);
    first.documents = first.documents.max(second.documents);
    first.notices.extend(second.notices);
    first.notices.dedup();
    first
}

/// The rules that `options` asks for in a profile.
pub(crate) fn wanted(options: &Options, profile: Profile) -> Wanted {
    let project = options.project.as_deref();
    let is_wanted = |rule: &str, smallest: Profile| {
        let is_named = |patterns: &[String]| patterns.iter().any(|pattern| names(pattern, rule));
        let is_switched_off = project.is_some_and(|project| project.severity(rule) == Some(None));
        let is_asked_for = if options.select.is_empty() {
            smallest <= profile || project.is_some_and(|project| project.names(rule))
        } else {
            is_named(&options.select)
        };
        is_asked_for
            && !is_named(&options.ignore)
            && (!is_switched_off || options.select.iter().any(|pattern| pattern == rule))
    };
    let own = project.map_or(&[][..], |project| &project.rules).iter().enumerate();
    Wanted {
        rules: rules::all().filter(|rule| is_wanted(rule.name, rule.profile)).collect(),
        own: own.filter(|(_, own)| is_wanted(&own.name, own.profile)).map(|(number, _)| number).collect(),
        project: options.project.clone(),
        lets_nothing_pass: options.lets_nothing_pass,
    }
}

/// The rules that are looked for: talint's own, and those of the organisation.
#[derive(Clone)]
pub(crate) struct Wanted {
    rules: Vec<&'static Rule>,
    /// The numbers of those of the organisation.
    own: Vec<usize>,
    project: Option<Arc<Project>>,
    lets_nothing_pass: bool,
}

impl Wanted {
    /// Those of the rules whose names are `wanted`.
    pub(crate) fn only(&self, wanted: impl Fn(&str) -> bool) -> Self {
        let rules = self.rules.iter().filter(|rule| wanted(rule.name)).copied().collect();
        let all = self.all_own();
        let is_wanted = |number: &&usize| all.get(**number).is_some_and(|own| wanted(&own.name));
        let own = self.own.iter().filter(is_wanted).copied().collect();
        Self { rules, own, ..self.clone() }
    }

    /// The rules of the organisation, whether they are looked for or not.
    fn all_own(&self) -> &[OwnRule] {
        self.project.as_ref().map_or(&[], |project| &project.rules)
    }

    /// The rules of the organisation that are looked for.
    fn own(&self) -> impl Iterator<Item = &OwnRule> {
        self.own.iter().filter_map(|number| self.all_own().get(*number))
    }

    /// The rule called `name`, if it is one of talint's own that is looked for.
    pub(crate) fn rule(&self, name: &str) -> Option<&'static Rule> {
        self.rules.iter().find(|rule| rule.name == name).copied()
    }

    /// What they find.
    pub(crate) fn find(&self, context: &Context<'_, '_>, not_text: Option<NotText>) -> Vec<Finding> {
        let mut findings = Findings::default();
        for rule in &self.rules {
            (rule.check)(rule, context, &mut findings);
        }
        for own in self.own() {
            let finder = |span, kind, path, message| own.finding_at(span, kind, path, message);
            rules::check_controls(&finder, &own.controls, context, &mut findings);
        }
        // What is not understood of a project file is always told.
        for root in context.inputs.iter().filter(|input| matches!(input.kind, InputKind::Project)) {
            let (_, problems) = root.root.map(project::read).unwrap_or_default();
            for problem in problems {
                findings.push(problem);
            }
        }
        if let Some(NotText::InvalidUtf8(span)) = not_text
            && let Some(rule) = self.rule(rules::SYNTAX)
        {
            let message = "these bytes are not UTF-8; Talos reads configuration as UTF-8 and refuses the file";
            findings.push(rule.finding_at(span, "", "", message));
        }
        findings.into_sorted()
    }

    /// Takes out of `found` what comments let pass, and gives to the rest the severity that the project file wants.
    pub(crate) fn suppress(&self, read: &Read<'_, '_>, found: Vec<Finding>) -> Vec<Finding> {
        let mut findings = found;
        if !read.directives.suppressions.is_empty() && !self.lets_nothing_pass {
            let own: Vec<&str> = self.all_own().iter().map(|own| own.name.as_str()).collect();
            let of_own = self.own().map(|own| own.name.as_str());
            let wanted: Vec<&str> = self.rules.iter().map(|rule| rule.name).chain(of_own).collect();
            findings = rules::suppress((read.text, read.tree, &read.directives), &wanted, &own, findings);
        }
        if let Some(project) = self.project.as_ref().filter(|project| !project.severities.is_empty()) {
            for finding in &mut findings {
                finding.severity = project.severity(&finding.rule).flatten().unwrap_or(finding.severity);
            }
        }
        findings
    }
}
