//! A base with patches from bytes to findings: each source by itself, and the configuration that comes of them all.

use crate::analysis::{self, Analysis, Options, Read, Wanted};
use crate::config::{self, Layered, Origin, Place, Refusal, RefusalKind};
use crate::context::{VersionSource, Versions};
use crate::finding::{Finding, Profile, Related};
use crate::input::{self, Form, Input, InputKind};
use crate::rule::{names, sorted};
use crate::rules;
use crate::syntax::{self, Tree};
use crate::tables::Decoder;
use crate::text::{self, Span};
use std::borrow::Cow;
use std::collections::HashSet;

/// A base or a patch.
#[derive(Clone, Copy, Debug)]
pub struct Source<'b> {
    /// The file it is in.
    pub path: &'b str,
    /// What it holds.
    pub bytes: &'b [u8],
    /// Where in the file it stands.
    pub position: Position<'b>,
}

impl<'b> Source<'b> {
    /// A whole file.
    #[must_use]
    pub fn file(path: &'b str, bytes: &'b [u8]) -> Self {
        Self { path, bytes, position: Position::Whole }
    }

    /// The name that may tell what it is: what a tool makes has none of its own.
    pub(crate) fn name(&self) -> &'b str {
        if matches!(self.position, Position::Made { .. }) { "" } else { self.path }
    }
}

/// Where the bytes of a source stand in its file.
#[derive(Clone, Copy, Debug)]
pub enum Position<'b> {
    /// The source is the file.
    Whole,
    /// The source is a part of the file that begins at this byte.
    Part(u32),
    /// A tool makes the source out of what is written in the file.
    Made {
        /// The place that stands for all of it.
        place: Span,
        /// Ranges of the source, each with the range of the file that it is made of.
        anchors: &'b [(Span, Span)],
    },
}

impl Position<'_> {
    /// The range of the file that a range of the source is about.
    #[must_use]
    pub fn in_file(self, span: Span) -> Span {
        match self {
            Self::Whole => span,
            Self::Part(offset) => Span { start: span.start + offset, end: span.end + offset },
            Self::Made { place, anchors } => {
                let holds = |(made, _): &&(Span, Span)| made.start <= span.start && span.end <= made.end;
                let closest = anchors.iter().filter(holds).min_by_key(|(made, _)| made.end - made.start);
                closest.map_or(place, |(_, written)| *written)
            }
        }
    }
}

/// What came of the analysis of a base with patches.
#[derive(Debug)]
pub struct LayeredAnalysis {
    /// What is to be said of each source: the base first, then the patches in their order. A finding about the whole
    /// stands at the source that must be changed. Ranges are those of the file that the source stands in.
    pub sources: Vec<Analysis>,
    /// The documents that come of them all, and what Talos refuses.
    pub layered: Layered,
}

/// Rules that say what the decoder makes of a text: they look at each source by itself.
const OF_A_SOURCE: [&str; 2] = ["yaml/", "schema/"];

/// Rules about the documents of one source, which Talos holds a base to, and until 1.13 a patch.
const OF_DOCUMENTS: [&str; 3] = ["talos/duplicate-document", "talos/conflicting-documents", "patch/document-twice"];

/// A source that was read.
#[derive(Clone, Copy)]
pub(crate) struct ReadSource<'r, 't> {
    pub(crate) source: Source<'r>,
    pub(crate) read: &'r Read<'t, 't>,
}

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
        let versions = Versions { kubernetes, kubernetes_source, ..*talos };
        let profile = options.profile(sources.first().and_then(|base| base.read.directives.modeline.profile));
        let options = Options { profile: Some(profile), ..options.clone() };
        let wanted = analysis::wanted(&options, profile);
        let is_of_text = |rule: &str| OF_A_SOURCE.iter().any(|family| names(family, rule));
        Some(Self {
            of_texts: wanted.only(is_of_text),
            of_documents: wanted.only(|rule| is_of_text(rule) || OF_DOCUMENTS.contains(&rule)),
            of_whole: wanted.only(|rule| !names("yaml/", rule) && !names("suppression/", rule)),
            options,
            versions,
            profile,
            wanted,
        })
    }

    /// What the text of a source by itself depends on, beside the rules asked for.
    pub(crate) fn key(&self) -> (Versions, Profile) {
        (self.versions, self.profile)
    }

    /// What is to be said of a source by itself, whatever machine it is of.
    pub(crate) fn of_source(&self, read: &Read<'_, '_>, is_base: bool) -> Vec<Finding> {
        let holds_documents = is_base || !Decoder::of(self.versions.talos).takes_patches_unchecked();
        let wanted = if holds_documents { &self.of_documents } else { &self.of_texts };
        let issues = read.issues(self.versions);
        wanted.find(&read.context_of_text(self.profile, self.versions, &issues), read.not_text)
    }

    /// Analyses a source that is no layer: a schematic.
    pub(crate) fn analyze_alone(&self, source: ReadSource<'_, '_>) -> Analysis {
        let ReadSource { source, read } = source;
        let mut analysis = read.summary(self.versions);
        analysis.notices.extend(read.mistakes());
        let issues = read.issues(self.versions);
        let context = read.context(&self.options, self.versions, self.options.role, &issues);
        analysis.findings = self.wanted.suppress(read, self.wanted.find(&context, read.not_text));
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
        let patches: Vec<&Tree<'_>> = sources.iter().skip(1).map(|source| source.read.tree).collect();
        let layered = config::layer(base.read.tree, &patches, self.versions.talos);

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
        refused(&layered.refusals, wanted, sources, &mut found);
        self.whole(&layered, sources, &mut found);

        for ((source, analysis), found) in sources.iter().zip(&mut analyses).zip(found) {
            analysis.findings = wanted.suppress(source.read, sorted(found));
            for finding in &mut analysis.findings {
                place_in_file(finding, source.source.position);
            }
        }
        LayeredAnalysis { sources: analyses, layered }
    }

    /// What is to be said of the whole, each finding at the source that it comes from.
    fn whole(&self, layered: &Layered, sources: &[ReadSource<'_, '_>], found: &mut [Vec<Finding>]) {
        if layered.documents.is_empty() {
            return;
        }
        let text = config::render(&layered.documents);
        // What a template may bring or leave out in any of the sources is open in the whole.
        let missing = self.options.is_partial.then(Span::default);
        let gaps = sources.iter().flat_map(|source| source.read.tree.gaps.iter().copied()).chain(missing).collect();
        let tree = Tree { gaps, ..syntax::parse(&text) };
        let path = sources.first().map_or("", |base| base.read.path);
        let whole = Read::new(path, &text, None, &tree, Form::Patch);
        let map = Map { text: &text, places: config::places(&layered.documents, &tree), sources };
        // What the decoder says comes from each source, but for what JSON patches write.
        let is_json = |input: &Input<'_, '_>| matches!(input.kind, InputKind::JsonPatch);
        let has_json = sources.iter().any(|source| source.read.inputs.iter().any(is_json));
        let issues = if has_json { whole.issues(self.versions) } else { Vec::new() };
        let role = sources.iter().find_map(|source| source.read.directives.modeline.role).or_else(|| whole.role());
        let role = role.or(self.options.role);
        let known: HashSet<(usize, Cow<'static, str>, Span)> = found
            .iter()
            .enumerate()
            .flat_map(|(source, list)| list.iter().map(move |finding| (source, finding.rule.clone(), finding.span)))
            .collect();
        for mut finding in self.of_whole.find(&whole.context(&self.options, self.versions, role, &issues), None) {
            let (origin, place) = map.origin(finding.span);
            if known.contains(&(origin.source, finding.rule.clone(), origin.span)) {
                continue;
            }
            finding.span = origin.span;
            for related in &mut finding.related {
                let (other, _) = map.origin(related.span);
                *related = self::related(other, origin.source, sources, &related.message);
            }
            if let Some(before) = place.and_then(|place| place.replaced.last()) {
                finding.related.push(related(*before, origin.source, sources, "it takes the place of this"));
            }
            if let Some(list) = found.get_mut(origin.source) {
                list.push(finding);
            }
        }
    }
}

/// Analyses the base `base` with `patches` over it, in their order.
#[must_use]
pub fn analyze_layered(base: Source<'_>, patches: &[Source<'_>], options: &Options) -> LayeredAnalysis {
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
    let Some(frame) = Frame::new(&sources, options) else {
        return LayeredAnalysis { sources: Vec::new(), layered: Layered::default() };
    };
    frame.analyze(&sources, |number| {
        sources.get(number).map_or_else(Vec::new, |source| frame.of_source(source.read, number == 0))
    })
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

/// What Talos refuses, as findings.
fn refused(refusals: &[Refusal], wanted: &Wanted, sources: &[ReadSource<'_, '_>], found: &mut [Vec<Finding>]) {
    for refusal in refusals {
        let Some(into) = found.get_mut(refusal.origin.source) else { continue };
        let name = match refusal.kind {
            RefusalKind::Empty => "patch/empty",
            RefusalKind::JsonOnSeveralDocuments => "patch/json-on-multi-doc",
            RefusalKind::NotFound => "patch/not-found",
            RefusalKind::DocumentTwice => "patch/document-twice",
            RefusalKind::Merge => "patch/refused",
        };
        // What could not be read, and documents that are there twice, were spoken of.
        let is_told = into.iter().any(|finding| {
            finding.rule == rules::SYNTAX || finding.rule == name && refusal.kind == RefusalKind::DocumentTwice
        });
        let Some(rule) = wanted.rule(name).filter(|_| !is_told) else { continue };
        let kind = sources.get(refusal.origin.source).and_then(|source| source.read.inputs.first());
        let kind = kind.map_or("", |input| input.kind.name());
        let mut finding = rule.finding_at(refusal.origin.span, kind, "", refusal.message.clone());
        if let Some((origin, message)) = &refusal.related {
            finding.related.push(related(*origin, refusal.origin.source, sources, message));
        }
        into.push(finding);
    }
}

/// A place that belongs to a finding in the source `of`.
fn related(origin: Origin, of: usize, sources: &[ReadSource<'_, '_>], message: &str) -> Related {
    let other = sources.get(origin.source).filter(|_| origin.source != of);
    match other {
        Some(ReadSource { source, .. }) => Related {
            span: source.position.in_file(origin.span),
            message: message.to_owned(),
            file: Some(source.path.into()),
        },
        None => Related::here(origin.span, message),
    }
}

/// The way back from the rendered text to the sources.
struct Map<'m, 't> {
    text: &'m str,
    places: Vec<Place>,
    sources: &'m [ReadSource<'m, 't>],
}

impl Map<'_, '_> {
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
        let source = whole.slice(read.text);
        let wanted = span.slice(self.text);
        let offset = if source == place.span.slice(self.text) {
            Some((span.start - place.span.start) as usize)
        } else {
            // Written in another style: the word is where it stands alone.
            let mut matches = source.match_indices(wanted);
            matches.next().filter(|_| matches.next().is_none() && !wanted.is_empty()).map(|(at, _)| at)
        };
        let Some(offset) = offset else { return whole };
        let start = whole.start as usize + offset;
        Span::new(start, start + wanted.len())
    }
}
