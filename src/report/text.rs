//! Findings for people.

use super::{Checked, Other, count, statistics};
use crate::arguments::OutputOptions;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use talint_analyzer::finding::{Finding, Severity};
use talint_analyzer::secrets;
use talint_analyzer::text::{Encoding, LineIndex, Span, decode};

/// The width of the output; long lines of configuration run past it.
const WIDTH: usize = 110;

/// The findings of all files, with the lines they are about, and a line that sums up.
pub(crate) fn text(checked: &[Checked], options: &OutputOptions, color: bool) -> String {
    let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(WIDTH).with_context_lines(1);
    let mut out = String::new();
    for file in checked.iter().filter(|file| !file.analysis.findings.is_empty()) {
        let text = without_secrets(file);
        let source = Source { name: &file.path, lines: LineIndex::new(&text), text };
        for finding in &file.analysis.findings {
            // Writing to a string does not fail.
            let _ = handler.render_report(&mut out, &Shown { finding, source: &source, file });
            out.push('\n');
        }
    }
    if options.statistics {
        for (rule, count) in statistics(checked) {
            let _ = writeln!(out, "{count:6}  {rule}");
        }
        out.push('\n');
    }
    if !options.quiet && !checked.is_empty() {
        out.push_str(&summary(checked));
    }
    out
}

/// The text of a file with every secret in it hidden. Lines and widths stay, so that ranges still fit.
fn without_secrets(file: &Checked) -> String {
    let (text, _) = decode(&file.file.bytes);
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for span in secrets::find(&file.file.path, &file.file.bytes, file.form) {
        let (start, end) = ((span.start as usize).max(at), (span.end as usize).max(at));
        shown.push_str(text.get(at..start).unwrap_or(""));
        // Bytewise, for the ranges of findings count bytes.
        let hide = |byte: u8| if byte.is_ascii_whitespace() { char::from(byte) } else { '*' };
        shown.extend(text.get(start..end).unwrap_or("").bytes().map(hide));
        at = end;
    }
    shown.push_str(text.get(at..).unwrap_or(""));
    shown
}

fn summary(checked: &[Checked]) -> String {
    let plural = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let documents = checked.iter().map(|file| file.analysis.documents).sum();
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    for file in checked {
        let version = &file.analysis.versions;
        let source = version.talos_source.as_str();
        let source = match version.talos_named {
            Some(named) => format!("the nearest known to {named}, {source}"),
            None => source.to_owned(),
        };
        *versions.entry(format!("Talos {} ({source})", version.talos)).or_default() += 1;
    }
    let versions: Vec<String> = if versions.len() == 1 {
        versions.into_keys().collect()
    } else {
        versions.into_iter().map(|(version, files)| format!("{version} for {}", plural(files, "file"))).collect()
    };
    format!(
        "{}, {}, {} in {} of {}; {}\n{}",
        plural(count(checked, Severity::Error), "error"),
        plural(count(checked, Severity::Warning), "warning"),
        format_args!("{} info", count(checked, Severity::Info)),
        plural(documents, "document"),
        plural(checked.len(), "file"),
        versions.join(", "),
        fixable(checked),
    )
}

/// How many of the findings can be fixed, as a line; nothing when none can.
fn fixable(checked: &[Checked]) -> String {
    let fixes = || checked.iter().flat_map(|file| &file.analysis.findings).filter_map(|finding| finding.fix.as_deref());
    let (safe, all) = (fixes().filter(|fix| fix.is_safe).count(), fixes().count());
    match (safe, all - safe) {
        (0, 0) => String::new(),
        (0, others) => format!("{others} can be fixed with --fix --unsafe-fixes, which change what machines get\n"),
        (safe, 0) => format!("{safe} can be fixed with --fix\n"),
        (safe, others) => format!(
            "{safe} can be fixed with --fix, {others} more with --unsafe-fixes, which change what machines get\n"
        ),
    }
}

/// A finding in the form that miette draws.
struct Shown<'f> {
    finding: &'f Finding,
    source: &'f Source<'f>,
    file: &'f Checked,
}

/// A file as miette reads it. Its own reader scans the file from the start for each finding, which is felt with
/// thousands of them; this one knows where the lines are.
struct Source<'f> {
    name: &'f str,
    text: String,
    lines: LineIndex,
}

impl SourceCode for Source<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let span = Span::new(span.offset(), span.offset() + span.len());
        if span.end as usize > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let line = self.lines.line(span.start);
        let position = self.lines.position(&self.text, span.start, Encoding::Utf32);
        let name = self.name.to_owned();
        // Without context only the place is asked for, and the column is that of the place.
        if context_lines_before == 0 {
            let content = span.slice(&self.text).as_bytes();
            let place = (span.start as usize, content.len()).into();
            return Ok(Box::new(MietteSpanContents::new_named(
                name,
                content,
                place,
                line,
                position.column as usize,
                1,
            )));
        }
        let first = line.saturating_sub(context_lines_before);
        let last =
            (self.lines.line(span.end.max(span.start + 1) - 1) + context_lines_after).min(self.lines.lines() - 1);
        let shown = self.lines.line_span(&self.text, first).to(self.lines.line_span(&self.text, last));
        let content = shown.slice(&self.text).trim_end_matches(['\n', '\r']);
        // A finding at the very end of the file still needs its place in what is shown.
        let content = if content.len() < (span.end - shown.start) as usize { shown.slice(&self.text) } else { content };
        let place = (shown.start as usize, content.len()).into();
        Ok(Box::new(MietteSpanContents::new_named(name, content.as_bytes(), place, first, 0, last - first + 1)))
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.finding, formatter)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.finding.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("{}[{}]", self.finding.severity, self.finding.rule)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let mut parts: Vec<String> = self.finding.help.iter().cloned().collect();
        if !self.finding.references.is_empty() {
            parts.push(format!("reference: {}", self.finding.references.join(", ")));
        }
        // What is in another file cannot be drawn into the lines of this one.
        for related in &self.finding.related {
            if let Some(Other { path: name, file, .. }) = self.file.other(related) {
                let line = LineIndex::new(&decode(&file.bytes).0).line(related.span.start) + 1;
                parts.push(format!("{name}:{line}: {}", related.message));
            }
        }
        match self.file.some_machines(self.finding) {
            [] => {}
            [one] => parts.push(format!("on machine {one}")),
            [one, two] => parts.push(format!("on machines {one} and {two}")),
            [one, two, three] => parts.push(format!("on machines {one}, {two} and {three}")),
            [one, two, rest @ ..] => parts.push(format!("on machines {one}, {two} and {} more", rest.len())),
        }
        if parts.is_empty() { None } else { Some(Box::new(parts.join("\n"))) }
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = |span: Span, message: Option<String>| {
            LabeledSpan::new(message, span.start as usize, (span.end - span.start) as usize)
        };
        let place = if self.finding.path.is_empty() { None } else { Some(self.finding.path.clone()) };
        let main = LabeledSpan::new_primary_with_span(
            place,
            (self.finding.span.start as usize, (self.finding.span.end - self.finding.span.start) as usize),
        );
        let related = self
            .finding
            .related
            .iter()
            .filter(|related| related.file.is_none())
            .map(move |related| label(related.span, Some(related.message.clone())));
        Some(Box::new(std::iter::once(main).chain(related)))
    }
}
