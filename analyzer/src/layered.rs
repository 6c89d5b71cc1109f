//! A base with patches from bytes to findings: each source by itself, and the configuration that comes of them all.

use crate::analysis::{self, Analysis, Options, Read};
use crate::config::{self, Layered, Origin, Place, Refusal, RefusalKind};
use crate::context::{Context, VersionSource, Versions};
use crate::finding::{Finding, Related};
use crate::input::Form;
use crate::rule::{Rule, sorted};
use crate::rules;
use crate::syntax::{self, Tree};
use crate::tables::Decoder;
use crate::text::{self, NotText, Span};
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

/// The texts of sources.
fn decode<'b>(sources: &[Source<'b>]) -> Vec<(Cow<'b, str>, Option<NotText>)> {
    sources.iter().map(|source| text::decode(source.bytes)).collect()
}

fn read<'t>(
    sources: &'t [Source<'_>],
    texts: &'t [(Cow<'_, str>, Option<NotText>)],
    trees: &'t [Tree<'t>],
) -> Vec<Read<'t, 't>> {
    let each = sources.iter().zip(texts).zip(trees).enumerate();
    each.map(|(number, ((source, (text, not_text)), tree))| {
        let form = if number > 0 { Form::Patch } else { Form::Detected };
        Read::new(source.path, text, *not_text, tree, form)
    })
    .collect()
}

/// The first source that names a Talos version decides both versions, and which one they are of: the base, then the patches.
fn versions(reads: &[Read<'_, '_>], options: &Options) -> Option<Versions> {
    let all: Vec<Versions> = reads.iter().map(|read| read.versions(options)).collect();
    let named = all.iter().find(|versions| versions.talos_source != VersionSource::Assumed);
    let own = all.iter().find_map(|versions| versions.own);
    named.or(all.first()).map(|versions| Versions { own, ..*versions })
}

/// Analyses the base `base` with `patches` over it, in their order.
#[must_use]
pub fn analyze_layered(base: Source<'_>, patches: &[Source<'_>], options: &Options) -> LayeredAnalysis {
    let sources: Vec<Source<'_>> = std::iter::once(base).chain(patches.iter().copied()).collect();
    let texts = decode(&sources);
    let trees: Vec<Tree<'_>> = texts.iter().map(|(text, _)| syntax::parse(text)).collect();
    let reads = read(&sources, &texts, &trees);
    let Some(versions) = versions(&reads, options) else {
        return LayeredAnalysis { sources: Vec::new(), layered: Layered::default() };
    };
    let mut analyses: Vec<Analysis> = reads.iter().map(|read| read.summary(versions)).collect();
    for (read, analysis) in reads.iter().zip(&mut analyses) {
        analysis.notices.extend(read.mistakes());
    }
    if analyses.first().is_none_or(|base| base.documents == 0) {
        return LayeredAnalysis { sources: analyses, layered: Layered::default() };
    }
    let layered = match trees.split_first() {
        Some((base, patches)) => config::layer(base, &patches.iter().collect::<Vec<_>>(), versions.talos),
        None => Layered::default(),
    };

    // The modeline of the base counts for all that comes of it.
    let of_base = reads.first().map(|base| base.directives.modeline.profile);
    let options = &Options { profile: options.profile.or(of_base.flatten()), ..options.clone() };
    let wanted = analysis::wanted(options, options.profile.unwrap_or_default());
    let issues: Vec<_> = reads.iter().map(|read| read.issues(versions)).collect();
    let contexts: Vec<Context<'_, '_>> = reads
        .iter()
        .zip(&issues)
        .map(|(read, issues)| read.context(options, versions, read.role().or(options.role), issues))
        .collect();
    let mut found: Vec<Vec<Finding>> = reads
        .iter()
        .zip(&contexts)
        .enumerate()
        .map(|(number, (read, context))| {
            analysis::find(&own(number, &wanted, versions, layered.documents.is_empty()), context, read.not_text)
        })
        .collect();
    refused(&layered.refusals, &wanted, &sources, &reads, &mut found);
    whole(&layered, &sources, &reads, &wanted, options, versions, &mut found);

    for (((context, analysis), source), found) in contexts.iter().zip(&mut analyses).zip(&sources).zip(found) {
        analysis.findings = rules::suppress(context, &wanted, sorted(found));
        for finding in &mut analysis.findings {
            place_in_file(finding, source.position);
        }
    }
    LayeredAnalysis { sources: analyses, layered }
}

/// Takes the ranges of a finding from its source to its file. Places in other files are theirs already.
fn place_in_file(finding: &mut Finding, position: Position<'_>) {
    finding.span = position.in_file(finding.span);
    for related in finding.related.iter_mut().filter(|related| related.file.is_none()) {
        related.span = position.in_file(related.span);
    }
}

/// The rules that look at a source by itself. Where nothing came of the base, all look at it.
fn own(number: usize, wanted: &[&'static Rule], versions: Versions, is_all: bool) -> Vec<&'static Rule> {
    let holds_documents = number == 0 || !Decoder::of(versions.talos).takes_patches_unchecked();
    let is_own = |rule: &&&'static Rule| {
        is_all && number == 0
            || OF_A_SOURCE.iter().any(|family| rule.matches(family))
            || holds_documents && OF_DOCUMENTS.contains(&rule.name)
    };
    wanted.iter().filter(is_own).copied().collect()
}

/// What Talos refuses, as findings.
fn refused(
    refusals: &[Refusal],
    wanted: &[&'static Rule],
    sources: &[Source<'_>],
    reads: &[Read<'_, '_>],
    found: &mut [Vec<Finding>],
) {
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
        let Some(rule) = wanted.iter().find(|rule| rule.name == name).filter(|_| !is_told) else { continue };
        let kind = reads.get(refusal.origin.source).and_then(|read| read.inputs.first());
        let kind = kind.map_or("", |input| input.kind.name());
        let mut finding = rule.finding_at(refusal.origin.span, kind, "", refusal.message.clone());
        if let Some((origin, message)) = &refusal.related {
            finding.related.push(related(*origin, refusal.origin.source, sources, message));
        }
        into.push(finding);
    }
}

/// A place that belongs to a finding in the source `of`.
fn related(origin: Origin, of: usize, sources: &[Source<'_>], message: &str) -> Related {
    let other = sources.get(origin.source).filter(|_| origin.source != of);
    match other {
        Some(source) => Related {
            span: source.position.in_file(origin.span),
            message: message.to_owned(),
            file: Some(source.path.into()),
        },
        None => Related::here(origin.span, message),
    }
}

/// What is to be said of the whole, each finding at the source that it comes from.
fn whole(
    layered: &Layered,
    sources: &[Source<'_>],
    reads: &[Read<'_, '_>],
    wanted: &[&'static Rule],
    options: &Options,
    versions: Versions,
    found: &mut [Vec<Finding>],
) {
    if layered.documents.is_empty() {
        return;
    }
    let text = config::render(&layered.documents);
    let tree = syntax::parse(&text);
    let path = reads.first().map_or("", |read| read.path);
    let whole = Read::new(path, &text, None, &tree, Form::Patch);
    let map = Map { text: &text, places: config::places(&layered.documents, &tree), reads };
    let issues = whole.issues(versions);
    let role = reads.iter().find_map(|read| read.directives.modeline.role).or_else(|| whole.role());
    let role = role.or(options.role);
    let rules: Vec<&'static Rule> =
        wanted.iter().filter(|rule| !rule.matches("yaml/") && !rule.matches("suppression/")).copied().collect();
    let known: HashSet<(usize, &str, Span)> = found
        .iter()
        .enumerate()
        .flat_map(|(source, list)| list.iter().map(move |finding| (source, finding.rule, finding.span)))
        .collect();
    for mut finding in analysis::find(&rules, &whole.context(options, versions, role, &issues), None) {
        let (origin, place) = map.origin(finding.span);
        if known.contains(&(origin.source, finding.rule, origin.span)) {
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

/// The way back from the rendered text to the sources.
struct Map<'m, 't> {
    text: &'m str,
    places: Vec<Place>,
    reads: &'m [Read<'t, 't>],
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
        let Some(read) = self.reads.get(place.origin.source) else { return whole };
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
