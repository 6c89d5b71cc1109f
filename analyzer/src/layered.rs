//! A base with patches from bytes to findings: each source by itself, and the configuration that comes of them all.

mod patches;

use crate::analysis::{self, Analysis, Options, Read, ReadSource, Wanted};
use crate::config::{self, Layered, Origin, Place, Remark};
use crate::context::{Context, Mode, VersionSource, Versions};
use crate::directives::Role;
use crate::effective::{self, EffectiveSetting};
use crate::finding::{Finding, Profile};
use crate::fix::{self, Change, Remedy, Target};
use crate::input::{self, Form, Input, InputKind};
use crate::rule::{names, sorted};
use crate::source::{Position, Source};
use crate::syntax::{self, Resolved, Tree, resolve_text};
use crate::tables::Decoder;
use crate::text::{self, Span};
use std::borrow::Cow;
use std::collections::HashSet;

/// What came of the analysis of a base with patches.
#[derive(Debug)]
pub struct LayeredAnalysis {
    /// What is to be said of each source: the base first, then the patches in their order. A finding about the whole
    /// stands at the source that must be changed. Ranges are those of the file that the source stands in.
    pub sources: Vec<Analysis>,
    /// The documents that come of them all, and what Talos refuses.
    pub layered: Layered,
}

/// The rules, and families of them, that say what Talos refuses to load or to lay over each other.
pub const REFUSING: [&str; 5] =
    ["yaml/", "schema/", "patch/", "talos/duplicate-document", "talos/conflicting-documents"];

/// Rules that say what the decoder makes of a text, or what one hand wrote: they look at each source by itself.
const OF_A_SOURCE: [&str; 4] = ["yaml/", "schema/", "ineffective/kernel-arg-order", ON_A_WORKER];

/// Rules about the documents of one source, which Talos holds a base to, and until 1.13 a patch.
const OF_DOCUMENTS: [&str; 3] = ["talos/duplicate-document", "talos/conflicting-documents", "patch/document-twice"];

/// Rules about values that are left out of the whole.
const LOSING: [&str; 2] = ["schema/invalid-value", "schema/wrong-type"];

/// The rule about what a worker does not read.
const ON_A_WORKER: &str = "ineffective/role";

/// Rules that have nothing to say of the whole.
const NOT_OF_THE_WHOLE: [&str; 3] = ["yaml/", "suppression/", ON_A_WORKER];

/// What the findings of a source by itself depend on: two machines of the same share them.
pub(crate) type Key = (Versions, Profile, Option<Role>, Option<Mode>);

/// What holds of all sources of a machine together.
pub(crate) struct Frame {
    options: Options,
    versions: Versions,
    profile: Profile,
    wanted: Wanted,
    /// Those of the rules that look at a text by itself, whatever documents it holds.
    of_texts: Wanted,
    /// Those that look at the text of a source whose documents count, too.
    of_documents: Wanted,
    /// Those that look at the whole.
    of_whole: Wanted,
}

impl Frame {
    /// The source that names a version most plainly decides it, of several the first: the base, then the patches. The profile
    /// of the base's modeline counts for all that comes of it.
    pub(crate) fn new(sources: &[ReadSource<'_, '_>], options: &Options) -> Option<Self> {
        let all: Vec<Versions> = sources.iter().map(|source| source.read.versions(options)).collect();
        let talos = all.iter().min_by_key(|versions| versions.talos_source)?;
        let named = all.iter().filter(|versions| versions.kubernetes_source != VersionSource::TalosDefault);
        let kubernetes = named.min_by_key(|versions| versions.kubernetes_source).unwrap_or(talos);
        let (kubernetes, kubernetes_source) = (kubernetes.kubernetes, kubernetes.kubernetes_source);
        let own = all.iter().find_map(|versions| versions.own);
        let versions = Versions { kubernetes, kubernetes_source, own, ..*talos };
        let profile = options.profile(sources.first().and_then(|base| base.read.directives.modeline.profile));
        let options = Options { profile: Some(profile), ..options.clone() };
        let wanted = analysis::wanted(&options, profile);
        let is_of_text = |rule: &str| OF_A_SOURCE.iter().any(|family| names(family, rule));
        Some(Self {
            of_texts: wanted.only(is_of_text),
            of_documents: wanted.only(|rule| is_of_text(rule) || OF_DOCUMENTS.contains(&rule)),
            of_whole: wanted.only(|rule| !NOT_OF_THE_WHOLE.iter().any(|family| names(family, rule))),
            options,
            versions,
            profile,
            wanted,
        })
    }

    /// What the findings of a source by itself depend on, beside the rules asked for.
    pub(crate) fn key(&self) -> Key {
        (self.versions, self.profile, self.options.role, self.options.mode)
    }

    /// What is to be said of a source by itself, whatever machine it is of.
    pub(crate) fn of_source(&self, read: &Read<'_, '_>, is_base: bool) -> Vec<Finding> {
        let holds_documents = is_base || !Decoder::of(self.versions.talos).takes_patches_unchecked();
        let wanted = if holds_documents { &self.of_documents } else { &self.of_texts };
        let issues = read.issues(self.versions);
        let role = read.role().or(self.options.role);
        wanted.find(&read.context_of_text(&self.options, self.versions, role, &issues), read.not_text)
    }

    /// Analyses a source that is no layer: a schematic.
    pub(crate) fn analyze_alone(&self, source: ReadSource<'_, '_>) -> Analysis {
        let ReadSource { source, read } = source;
        let mut analysis = read.summary(self.versions);
        analysis.notices.extend(read.mistakes());
        let issues = read.issues(self.versions);
        let context = read.context(&self.options, self.versions, self.options.role, &issues);
        analysis.findings = self.wanted.suppress(read, self.wanted.find(&context, read.not_text));
        analysis::fixed(&mut analysis.findings, 0, &[ReadSource { source, read }]);
        for finding in &mut analysis.findings {
            place_in_file(finding, source.position);
        }
        analysis
    }

    /// Analyses the sources, the base first. `own` gives [`Frame::of_source`] of each.
    pub(crate) fn analyze(
        &self,
        sources: &[ReadSource<'_, '_>],
        own: impl Fn(usize) -> Vec<Finding>,
    ) -> LayeredAnalysis {
        let mut analyses: Vec<Analysis> = sources.iter().map(|source| source.read.summary(self.versions)).collect();
        for (source, analysis) in sources.iter().zip(&mut analyses) {
            analysis.notices.extend(source.read.mistakes());
        }
        let base = sources.first().filter(|_| analyses.first().is_some_and(|base| base.documents > 0));
        let Some(base) = base else { return LayeredAnalysis { sources: analyses, layered: Layered::default() } };
        let layered = self.layer(*base, sources.get(1..).unwrap_or_default());

        let wanted = &self.wanted;
        let mut found: Vec<Vec<Finding>> = (0..sources.len()).map(own).collect();
        if layered.documents.is_empty()
            && let Some(found) = found.first_mut()
        {
            // Where nothing came of the base, all rules look at it.
            let issues = base.read.issues(self.versions);
            let role = base.read.role().or(self.options.role);
            *found = wanted.find(&base.read.context(&self.options, self.versions, role, &issues), base.read.not_text);
        }
        patches::refused(&layered.refusals, wanted, sources, &mut found);
        self.remarked(&layered.remarks, sources, &mut found);
        self.whole(&layered, sources, &mut found);

        for (number, ((source, analysis), found)) in sources.iter().zip(&mut analyses).zip(found).enumerate() {
            analysis.findings = wanted.suppress(source.read, sorted(found));
            analysis::fixed(&mut analysis.findings, number, sources);
            for finding in &mut analysis.findings {
                place_in_file(finding, source.source.position);
            }
        }
        LayeredAnalysis { sources: analyses, layered }
    }

    /// What comes of a base with patches over it.
    fn layer(&self, base: ReadSource<'_, '_>, patches: &[ReadSource<'_, '_>]) -> Layered {
        let patches: Vec<&Tree<'_>> = patches.iter().map(|source| source.read.tree).collect();
        config::layer(base.read.tree, &patches, self.versions.talos)
    }

    /// What merging did that a patch may not mean, as findings.
    fn remarked(&self, remarks: &[Remark], sources: &[ReadSource<'_, '_>], found: &mut [Vec<Finding>]) {
        for remark in remarks {
            let number = remark.origin.source;
            let (Some(into), Some(source)) = (found.get_mut(number), sources.get(number)) else { continue };
            let context = source.read.context_of_text(&self.options, self.versions, None, &[]);
            into.extend(patches::remarked(remark, &self.wanted, sources, &context));
        }
    }

    /// What is to be said of the whole, each finding at the source that it comes from.
    fn whole(&self, layered: &Layered, sources: &[ReadSource<'_, '_>], found: &mut [Vec<Finding>]) {
        if layered.documents.is_empty() {
            return;
        }
        let known: HashSet<(usize, Cow<'static, str>, Span)> = found
            .iter()
            .enumerate()
            .flat_map(|(source, list)| list.iter().map(move |finding| (source, finding.rule.clone(), finding.span)))
            .collect();
        // Values that no decoder takes are left out of the whole: what they leave is not what was meant.
        let has_lost_values = found.iter().flatten().any(|finding| LOSING.contains(&&*finding.rule));
        let (of_whole, role) = self.in_whole(layered, sources, has_lost_values, |context, map| {
            let findings = self.of_whole.find(context, None).into_iter();
            (findings.map(|finding| map.to_sources(finding)).collect::<Vec<_>>(), context.role)
        });
        let deletes = sources.iter().skip(1).any(may_delete);
        for list in found.iter_mut() {
            // A base for workers of which a patch makes a machine of the control plane.
            list.retain(|finding| finding.rule != ON_A_WORKER || role != Some(Role::ControlPlane));
            // Talos refuses a patch that deletes something in a section that is gone.
            let sections = list.iter_mut().filter(|finding| deletes && finding.rule == ON_A_WORKER);
            sections.for_each(|finding| finding.remedy = None);
        }
        for (finding, source) in of_whole {
            let is_new = !known.contains(&(source, finding.rule.clone(), finding.span));
            if let Some(list) = found.get_mut(source).filter(|_| is_new) {
                list.push(finding);
            }
        }
    }

    /// Looks at the whole as a text of its own, with the way back to the sources.
    fn in_whole<T>(
        &self,
        layered: &Layered,
        sources: &[ReadSource<'_, '_>],
        has_lost_values: bool,
        look: impl FnOnce(&Context<'_, '_>, &Map<'_, '_>) -> T,
    ) -> T {
        let text = config::render(&layered.documents);
        // What a template may bring or leave out in any of the sources is open in the whole.
        let missing = (self.options.is_partial || has_lost_values).then(Span::default);
        let gaps = sources.iter().flat_map(|source| source.read.tree.gaps.iter().copied()).chain(missing).collect();
        let tree = Tree { gaps, ..syntax::parse(&text) };
        let path = sources.first().map_or("", |base| base.read.path);
        let whole = Read::new(path, &text, None, &tree, Form::Patch);
        let places = config::places(&layered.documents, &tree);
        let map = Map { text: &text, tree: &tree, places, sources };
        // What the decoder says comes from each source, but for what JSON patches write.
        let is_json = |input: &Input<'_, '_>| matches!(input.kind, InputKind::JsonPatch);
        let has_json = sources.iter().any(|source| source.read.inputs.iter().any(is_json));
        let issues = if has_json { whole.issues(self.versions) } else { Vec::new() };
        let role = sources.iter().find_map(|source| source.read.directives.modeline.role).or_else(|| whole.role());
        let role = role.or(self.options.role);
        let context = whole.context(&self.options, self.versions, role, &issues);
        look(&Context { is_merged: true, ..context }, &map)
    }

    /// The settings of the machine that `layered` is the configuration of. Each place names its source, the base first,
    /// and is a range of the file that the source stands in.
    pub(crate) fn settings(&self, layered: &Layered, sources: &[ReadSource<'_, '_>]) -> Vec<EffectiveSetting> {
        let Some(first) = sources.first().map(|source| source.read) else { return Vec::new() };
        if layered.documents.is_empty() {
            let role = first.role().or(self.options.role);
            return effective::settings(&first.context(&self.options, self.versions, role, &[]));
        }
        self.in_whole(layered, sources, false, |context, map| {
            let mut settings = effective::settings(context);
            for setting in &mut settings {
                if let effective::Source::Written(origin) = &mut setting.source {
                    *origin = map.origin(origin.span).0;
                    let position = sources.get(origin.source).map_or(Position::Whole, |source| source.source.position);
                    origin.span = position.in_file(origin.span);
                }
            }
            settings
        })
    }
}

/// Analyses the base `base` with `patches` over it, in their order.
#[must_use]
pub fn analyze_layered(base: Source<'_>, patches: &[Source<'_>], options: &Options) -> LayeredAnalysis {
    let nothing = || LayeredAnalysis { sources: Vec::new(), layered: Layered::default() };
    in_frame(base, patches, options, |frame, sources| {
        frame.analyze(sources, |number| {
            sources.get(number).map_or_else(Vec::new, |source| frame.of_source(source.read, number == 0))
        })
    })
    .unwrap_or_else(nothing)
}

/// A base with patches over it as one configuration, in which nothing was looked for.
#[derive(Debug)]
pub struct Merged {
    /// The versions it is held to.
    pub versions: Versions,
    /// The documents that come of all layers, and what Talos refuses.
    pub layered: Layered,
}

/// Merges the base `base` with `patches` over it, in their order: [`analyze_layered`] without its findings. `None` when
/// the base holds nothing of Talos.
#[must_use]
pub(crate) fn merge(base: Source<'_>, patches: &[Source<'_>], options: &Options) -> Option<Merged> {
    in_frame(base, patches, options, |frame, sources| {
        let (base, patches) = sources.split_first()?;
        let is_ours = base.read.summary(frame.versions).documents > 0;
        is_ours.then(|| Merged { versions: frame.versions, layered: frame.layer(*base, patches) })
    })
    .flatten()
}

/// The settings of the machine that `base` with `patches` over it is the configuration of; `layered` is what comes of them.
/// Each place names its source, the base first, and is a range of the file that the source stands in.
#[must_use]
pub fn layered_settings(
    base: Source<'_>,
    patches: &[Source<'_>],
    options: &Options,
    layered: &Layered,
) -> Vec<EffectiveSetting> {
    in_frame(base, patches, options, |frame, sources| frame.settings(layered, sources)).unwrap_or_default()
}

/// Looks at the whole that comes of the base `base` with `patches` over it. `None` when nothing comes of it.
pub(crate) fn look_at_whole<T>(
    base: Source<'_>,
    patches: &[Source<'_>],
    options: &Options,
    look: impl FnOnce(&Context<'_, '_>) -> T,
) -> Option<T> {
    in_frame(base, patches, options, |frame, sources| {
        let (base, patches) = sources.split_first()?;
        let layered = frame.layer(*base, patches);
        let is_there = !layered.documents.is_empty();
        is_there.then(|| frame.in_whole(&layered, sources, false, |context, _| look(context)))
    })
    .flatten()
}

/// Reads sources, the base first, and looks at them together. `None` when there is none.
fn in_frame<T>(
    base: Source<'_>,
    patches: &[Source<'_>],
    options: &Options,
    look: impl FnOnce(&Frame, &[ReadSource<'_, '_>]) -> T,
) -> Option<T> {
    let sources: Vec<Source<'_>> = std::iter::once(base).chain(patches.iter().copied()).collect();
    let texts: Vec<_> = sources.iter().map(|source| text::decode(source.bytes)).collect();
    let each = sources.iter().zip(&texts);
    let trees: Vec<Tree<'_>> = each.map(|(source, (text, _))| input::parse(text, source.name(), Form::Patch)).collect();
    let each = sources.iter().zip(&texts).zip(&trees).enumerate();
    let reads: Vec<Read<'_, '_>> = each
        .map(|(number, ((source, (text, not_text)), tree))| {
            Read::new(source.name(), text, *not_text, tree, form(number == 0))
        })
        .collect();
    let sources: Vec<ReadSource<'_, '_>> =
        sources.iter().zip(&reads).map(|(source, read)| ReadSource { source: *source, read }).collect();
    Some(look(&Frame::new(&sources, options)?, &sources))
}

/// Whether a patch may take something out that is there.
fn may_delete(patch: &ReadSource<'_, '_>) -> bool {
    patch.read.text.contains("$patch")
}

/// Whether of a text and a value one is a whole number and the other has a fraction.
fn is_other_number(text: &str, value: &fix::Value) -> bool {
    let fix::Value::Literal(literal) = value else { return false };
    let is_both = |a: &Resolved, b: &Resolved| matches!((a, b), (Resolved::Int(_), Resolved::Float(_)));
    let (before, after) = (resolve_text(text), resolve_text(literal));
    is_both(&before, &after) || is_both(&after, &before)
}

/// What a base or a patch is known to be.
pub(crate) fn form(is_base: bool) -> Form {
    if is_base { Form::Detected } else { Form::Patch }
}

/// Takes the ranges of a finding from its source to its file. Places in other files are theirs already.
fn place_in_file(finding: &mut Finding, position: Position<'_>) {
    finding.span = position.in_file(finding.span);
    for related in finding.related.iter_mut().filter(|related| related.file.is_none()) {
        related.span = position.in_file(related.span);
    }
}

/// The way back from the rendered text to the sources.
struct Map<'m, 't> {
    text: &'m str,
    tree: &'m Tree<'m>,
    places: Vec<Place>,
    sources: &'m [ReadSource<'m, 't>],
}

impl Map<'_, '_> {
    /// A finding about the whole where it belongs, and in which of `sources` that is.
    fn to_sources(&self, mut finding: Finding) -> (Finding, usize) {
        let (origin, place) = self.origin(finding.span);
        finding.span = origin.span;
        for related in &mut finding.related {
            let (other, _) = self.origin(related.span);
            *related = patches::related(other, origin.source, self.sources, &related.message);
        }
        if let Some(before) = place.and_then(|place| place.replaced.last()) {
            finding.related.push(patches::related(*before, origin.source, self.sources, "it takes the place of this"));
        }
        let remedy = finding.remedy.take();
        finding.remedy = remedy.and_then(|remedy| self.remedy_in_sources(*remedy)).map(Box::new);
        (finding, origin.source)
    }

    /// A remedy of the whole as one of the sources. `None` where that would not do the same.
    fn remedy_in_sources(&self, remedy: Remedy) -> Option<Remedy> {
        let mut changes = Vec::new();
        for (_, change) in remedy.changes {
            self.change_in_sources(change, &mut changes)?;
        }
        Some(Remedy { changes, ..remedy })
    }

    fn change_in_sources(&self, change: Change, changes: &mut Vec<(Option<usize>, Change)>) -> Option<()> {
        match change {
            Change::Remove(target) => {
                let (origin, place) = self.target(target)?;
                changes.push((Some(origin.source), Change::Remove(target.at(origin.span))));
                // What goes uncovers what it took the place of: the same goes too, another value is judged by itself.
                let written = self.value(origin)?;
                for before in place.replaced.iter().filter(|before| self.value(**before) == Some(written)) {
                    changes.push((Some(before.source), Change::Remove(Target::Value(before.span))));
                }
            }
            Change::Write(target, value) => {
                let (origin, place) = self.target(target)?;
                // Where the Go type is open, Talos lays no whole number over one with a fraction.
                if place
                    .replaced
                    .iter()
                    .any(|before| self.value(*before).is_some_and(|text| is_other_number(text, &value)))
                {
                    return None;
                }
                changes.push((Some(origin.source), Change::Write(target.at(origin.span), value)));
            }
            Change::Put(target, path, value) => {
                // A patch of such a document clears what it leaves out.
                let (origin, _) =
                    if self.is_in_document(target.span()) { self.target(target) } else { self.place_of(target) }?;
                // What a later patch deletes, it deletes with what is added.
                let mut later = self.sources.iter().skip(origin.source + 1);
                if self.is_taken_away(origin, path.first()?) || later.any(may_delete) {
                    return None;
                }
                changes.push((Some(origin.source), Change::Put(target.at(origin.span), path, value)));
            }
            Change::Replace(span, text) => {
                let (origin, _) = self.origin(span);
                let read = self.sources.get(origin.source)?.read;
                // In another style the same characters are written otherwise.
                let is_same = origin.span.slice(read.text) == span.slice(self.text);
                changes.push((Some(origin.source), is_same.then_some(Change::Replace(origin.span, text))?));
            }
            Change::RemoveComment(_) | Change::RemoveEmptyDocument(_) => return None,
        }
        Some(())
    }

    /// Whether a later patch takes the entry `name` out of the mapping at an origin.
    fn is_taken_away(&self, mapping: Origin, name: &str) -> bool {
        let node = self.sources.get(mapping.source).and_then(|source| source.read.tree.node_of(mapping.span));
        let written = node.map(|node| node.behind().unwrap_or(node));
        let Some((key, _)) = written.and_then(|mapping| mapping.entry(name)) else { return false };
        let is_it = |place: &Place| place.origin.source == mapping.source && place.origin.span == key.span();
        !self.places.iter().any(is_it)
    }

    /// Whether bytes are of another document than the machine configuration.
    fn is_in_document(&self, span: Span) -> bool {
        let holder = self.tree.roots().find(|root| root.span().touches(span.start));
        holder.is_some_and(|root| root.entry("kind").is_some())
    }

    /// The scalar of an origin, without quotes.
    fn value(&self, origin: Origin) -> Option<&str> {
        let read = self.sources.get(origin.source)?.read;
        Some(read.tree.node_of(origin.span)?.value())
    }

    /// Where what a target names comes from.
    fn place_of(&self, target: Target) -> Option<(Origin, &Place)> {
        let is_it = |place: &&Place| place.span == target.span() && place.is_key == matches!(target, Target::Key(_));
        let place = self.places.iter().find(is_it)?;
        Some((place.origin, place))
    }

    /// The same, where all of it comes from one source.
    fn target(&self, target: Target) -> Option<(Origin, &Place)> {
        let (origin, place) = self.place_of(target)?;
        let value = match target {
            Target::Value(_) => place,
            // The value of a key is what stands behind it.
            Target::Key(key) => {
                self.places.iter().filter(|place| !place.is_key).find(|place| place.span.start >= key.end)?
            }
        };
        let is_inside = |place: &&Place| value.span.start <= place.span.start && place.span.end <= value.span.end;
        let is_one = self.places.iter().filter(is_inside).all(|inside| inside.origin.source == origin.source);
        is_one.then_some((origin, place))
    }

    /// Where the bytes of the rendered text come from.
    fn origin(&self, span: Span) -> (Origin, Option<&Place>) {
        let holds = |place: &&Place| place.span.start <= span.start && span.end <= place.span.end;
        let smallest = self.places.iter().filter(holds).min_by_key(|place| place.span.end - place.span.start);
        // A range over several nodes begins at the first of them.
        let first = || {
            let begins = |place: &&Place| place.span.start <= span.start && span.start <= place.span.end;
            self.places.iter().filter(begins).min_by_key(|place| place.span.end - place.span.start)
        };
        let place = match smallest {
            Some(place) if place.is_scalar || place.span == span => Some(place),
            _ => first(),
        };
        let Some(place) = place.or(self.places.first()) else {
            return (Origin { source: 0, span: Span::new(0, 0) }, None);
        };
        (Origin { source: place.origin.source, span: self.part(place, span) }, Some(place))
    }

    /// The part of the origin of `place` that a part of its rendered text comes from.
    fn part(&self, place: &Place, span: Span) -> Span {
        let whole = place.origin.span;
        if !place.is_scalar || span == place.span || span.end > place.span.end {
            return whole;
        }
        let Some(ReadSource { read, .. }) = self.sources.get(place.origin.source) else { return whole };
        let wanted = span.slice(self.text);
        if whole.slice(read.text) != place.span.slice(self.text) {
            // Written in another style.
            return whole.only(wanted, read.text).unwrap_or(whole);
        }
        let start = whole.start + (span.start - place.span.start);
        Span { start, end: start + (span.end - span.start) }
    }
}
