//! `talint render`: the configuration that comes of a base and its patches.

use crate::arguments::RenderOptions;
use crate::files::{self, Input};
use crate::outcome;
use crate::output::{self, say};
use crate::patches::{self, Layer};
use crate::workspace::{self, Config};
use similar::TextDiff;
use std::path::Path;
use std::process::ExitCode;
use talint_analyzer::config::{self, Document, Layered, Origin, Place};
use talint_analyzer::finding::Severity;
use talint_analyzer::input::Form;
use talint_analyzer::text::{LineIndex, Span, decode};
use talint_analyzer::{Analysis, LayeredAnalysis, Options, Source, analyze_layered, secrets, syntax};

const REFUSED: u8 = 1;
const NOTHING: u8 = 3;

/// What Talos refuses is told by these.
const REFUSING: [&str; 5] = ["yaml/", "schema/", "patch/", "talos/duplicate-document", "talos/conflicting-documents"];

/// Renders what `options` asks for.
pub(crate) fn run(options: &RenderOptions) -> ExitCode {
    let (layers, asked) = match read(options) {
        Ok(read) => read,
        Err(error) => {
            say(format_args!("talint: {error}"));
            return ExitCode::from(outcome::FAILED);
        }
    };
    let sources: Vec<Source<'_>> = layers.iter().map(|layer| Source::file(&layer.path, &layer.bytes)).collect();
    let Some((base, patches)) = sources.split_first() else { return ExitCode::from(outcome::FAILED) };
    let analysis = analyze_layered(*base, patches, &asked);
    if analysis.sources.first().is_none_or(|base| base.documents == 0) {
        say(format_args!("talint: {}: this is no Talos configuration", base.path));
        return ExitCode::from(NOTHING);
    }
    let mut is_refused = false;
    let names = Names::new(&layers);
    for (number, source) in analysis.sources.iter().enumerate() {
        for finding in source.findings.iter().filter(|finding| finding.severity == Severity::Error) {
            is_refused = true;
            let place = names.place(Origin { source: number, span: finding.span });
            say(format_args!("talint: {place}: {} ({})", finding.message, finding.rule));
        }
    }
    if is_refused {
        return ExitCode::from(REFUSED);
    }
    let text = shown(&analysis.layered.documents, &names, options);
    let text = if options.diff {
        let before = shown(&alone(*base, &analysis).documents, &names, options);
        let after = if patches.is_empty() { base.path.to_owned() } else { format!("{} with patches", base.path) };
        TextDiff::from_lines(&before, &text).unified_diff().header(base.path, &after).to_string()
    } else {
        text
    };
    output::print(&text)
}

/// The base without patches, in the version that they were laid by.
fn alone(base: Source<'_>, analysis: &LayeredAnalysis) -> Layered {
    let Some(Analysis { versions, .. }) = analysis.sources.first() else { return Layered::default() };
    config::layer(&syntax::parse(&decode(base.bytes).0), &[], versions.talos)
}

/// The layers to show, and what is asked of their analysis.
fn read(options: &RenderOptions) -> Result<(Vec<Layer>, Options), String> {
    let asked =
        Options { talos: options.talos_version, select: REFUSING.map(str::to_owned).to_vec(), ..Options::default() };
    let (mut layers, asked) = match (&options.machine, &options.base) {
        (Some(name), _) => {
            let config = Config::new(options.config.config.as_deref(), options.config.no_config);
            workspace::machine(name, config, &asked)?
        }
        (None, base) => {
            let path = base.as_deref().unwrap_or(Path::new("-"));
            let base = if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.to_owned()) };
            let path = path.display().to_string();
            let bytes = files::read(&base).map_err(|error| format!("{path}: {error}"))?;
            (vec![Layer { path, bytes }], asked)
        }
    };
    layers.extend(patches::read(&options.patch)?);
    Ok((layers, asked))
}

/// The names of the sources, and where their lines are.
struct Names<'l> {
    sources: Vec<(&'l str, LineIndex)>,
}

impl<'l> Names<'l> {
    fn new(layers: &'l [Layer]) -> Self {
        let sources = layers.iter().map(|layer| (layer.path.as_str(), LineIndex::new(&decode(&layer.bytes).0)));
        Self { sources: sources.collect() }
    }

    /// An origin as `file:line`.
    fn place(&self, origin: Origin) -> String {
        match self.sources.get(origin.source) {
            Some((path, lines)) => format!("{path}:{}", lines.line(origin.span.start) + 1),
            None => String::new(),
        }
    }
}

/// The documents as they are shown: without secrets, with origins when asked for.
fn shown(documents: &[Document], names: &Names<'_>, options: &RenderOptions) -> String {
    let text = config::render(documents);
    let tree = syntax::parse(&text);
    let places = config::places(documents, &tree);
    let lines = LineIndex::new(&text);
    let hidden = if options.show_secrets { Vec::new() } else { secrets::find("", text.as_bytes(), Form::Patch) };
    let is_hidden = |span: Span| hidden.iter().any(|secret| secret.start <= span.start && span.end <= secret.end);
    // What is to be put in place of which bytes, in the order of the text.
    let mut edits: Vec<(Span, String)> = Vec::new();
    for place in &places {
        let is_leaf = !place.is_key && (place.is_scalar || matches!(place.span.slice(&text), "{}" | "[]"));
        if !is_leaf {
            continue;
        }
        let is_secret = !place.span.is_empty() && is_hidden(place.span);
        let line = lines.line(place.span.start);
        // A block scalar begins with the `|` on the line before its own.
        let first_line = trimmed(lines.line_span(&text, line.saturating_sub(usize::from(place.is_block))), &text);
        let mut value = trimmed(place.span, &text);
        if place.is_block {
            let indicator = first_line.slice(&text).rfind(['|', '>']).unwrap_or(0);
            value.start = Span::new(first_line.start as usize + indicator, 0).start;
        }
        if is_secret {
            edits.push((value, "<redacted>".to_owned()));
        }
        // Two secrets look alike; a comparison must show that they are not the same.
        let is_changed_secret = options.diff && is_secret && place.origin.source > 0;
        if options.origins || is_changed_secret {
            let after = if is_secret { value.end } else { first_line.end };
            edits.push((Span { start: after, end: after }, comment(place, names)));
        }
    }
    edits.sort_by_key(|(span, _)| span.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (span, replacement) in edits {
        out.push_str(Span { start: at, end: span.start }.slice(&text));
        out.push_str(&replacement);
        at = span.end.max(at);
    }
    out.push_str(text.get(at as usize..).unwrap_or(""));
    out
}

fn comment(place: &Place, names: &Names<'_>) -> String {
    let was = place.replaced.last().map(|before| format!(", in place of {}", names.place(*before)));
    format!(" # {}{}", names.place(place.origin), was.unwrap_or_default())
}

/// A range without the white space at its end.
fn trimmed(span: Span, text: &str) -> Span {
    let length = span.slice(text).trim_end().len();
    Span::new(span.start as usize, span.start as usize + length)
}
