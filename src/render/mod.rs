//! `talint render`: the configuration that comes of a base and its patches, or the settings that a machine gets by it.

mod settings;

use crate::arguments::{Against, Format, RenderOptions};
use crate::files::Reader;
use crate::outcome;
use crate::output::{self, say};
use crate::patches::{self, Layer};
use crate::workspace::{self, Config};
use similar::TextDiff;
use std::path::Path;
use std::process::ExitCode;
use talint_analyzer::config::{self, Layered, Origin, Showing};
use talint_analyzer::finding::Severity;
use talint_analyzer::text::{LineIndex, decode};
use talint_analyzer::version::MinorVersion;
use talint_analyzer::{Analysis, LayeredAnalysis, Options, REFUSING, Source, analyze_layered, syntax};

const REFUSED: u8 = 1;
const NOTHING: u8 = 3;

/// Renders what `options` asks for.
pub(crate) fn run(options: &RenderOptions) -> ExitCode {
    let (layers, asked) = match read(options) {
        Ok(read) => read,
        Err(error) => {
            say(format_args!("talint: {error}"));
            return ExitCode::from(outcome::FAILED);
        }
    };
    match rendered(&layers, &asked, options) {
        Ok(text) => output::print(&text),
        Err(status) => ExitCode::from(status),
    }
}

/// The layers to show, and what is asked of their analysis.
fn read(options: &RenderOptions) -> Result<(Vec<Layer>, Options), String> {
    let asked = Options {
        talos: options.talos_version,
        kubernetes: options.kubernetes_version,
        select: REFUSING.map(str::to_owned).to_vec(),
        ..Options::default()
    };
    if let Some(name) = &options.machine {
        let config = Config::new(options.config.config.as_deref(), options.config.no_config);
        let (mut layers, asked) = workspace::machine(name, config, &asked)?;
        layers.extend(patches::read_patches(&options.patch, &Reader::default())?);
        return Ok((layers, asked));
    }
    let base = options.base.as_deref().unwrap_or(Path::new("-"));
    let path = base.display().to_string();
    Ok((patches::read(&path, &patches::input(base), &options.patch, &Reader::default())?, asked))
}

/// What is to be shown, or the exit status when there is nothing.
fn rendered(layers: &[Layer], asked: &Options, options: &RenderOptions) -> Result<String, u8> {
    let sources = patches::sources(layers);
    let (base, patches) = sources.split_first().ok_or(outcome::FAILED)?;
    let names = Names::new(layers);
    let whole = Rendering::new(*base, patches, &names, asked.clone())?;
    Ok(match options.diff {
        Some(against @ Against::Base) => whole.differences(&whole.without_patches(), against, options),
        Some(against @ Against::Version(version)) => {
            let other = Options { talos: Some(version), ..asked.clone() };
            let other = Rendering::new(*base, patches, &names, other)?;
            other.differences(&whole, against, options)
        }
        None if options.settings => whole.settings(options),
        None => whole.configuration(options),
    })
}

/// A base with patches over it, in one version.
struct Rendering<'r> {
    base: Source<'r>,
    patches: &'r [Source<'r>],
    names: &'r Names<'r>,
    asked: Options,
    analysis: LayeredAnalysis,
}

impl<'r> Rendering<'r> {
    /// Lays `patches` over `base`, and says what Talos refuses; then, and where there is nothing of Talos's, the error
    /// is the exit status.
    fn new(base: Source<'r>, patches: &'r [Source<'r>], names: &'r Names<'r>, asked: Options) -> Result<Self, u8> {
        let analysis = analyze_layered(base, patches, &asked);
        if analysis.sources.first().is_none_or(|base| base.documents == 0) {
            say(format_args!("talint: {}: this is no Talos configuration", base.path));
            return Err(NOTHING);
        }
        let mut is_refused = false;
        for (number, source) in analysis.sources.iter().enumerate() {
            for finding in source.findings.iter().filter(|finding| finding.severity == Severity::Error) {
                is_refused = true;
                let place = names.place(Origin { source: number, span: finding.span });
                say(format_args!("talint: {place}: {} ({})", finding.message, finding.rule));
            }
        }
        if is_refused { Err(REFUSED) } else { Ok(Self { base, patches, names, asked, analysis }) }
    }

    /// The base alone, in the versions that the patches were laid by.
    fn without_patches(&self) -> Self {
        let mut asked = self.asked.clone();
        let mut layered = Layered::default();
        if let Some(Analysis { versions, .. }) = self.analysis.sources.first() {
            asked.talos = Some(MinorVersion { major: 1, minor: versions.talos.minor().into() });
            layered = config::layer(&syntax::parse(&decode(self.base.bytes).0), &[], versions.talos);
        }
        let analysis = LayeredAnalysis { sources: Vec::new(), layered };
        Self { base: self.base, patches: &[], names: self.names, asked, analysis }
    }

    /// The documents: without secrets, with origins when asked for.
    fn configuration(&self, options: &RenderOptions) -> String {
        let showing = Showing {
            secrets: options.show_secrets,
            origins: options.origins,
            changed_secrets: options.diff.is_some(),
        };
        config::shown(&self.analysis.layered.documents, showing, |origin| self.names.place(origin))
    }

    /// The settings that the machine gets.
    fn settings(&self, options: &RenderOptions) -> String {
        let settings = settings::of(self);
        let lines = settings::lines(&settings, self.names, options.show_secrets);
        match options.format {
            Format::Text => settings::text(self, &lines),
            Format::Json => settings::json(self, lines.iter().map(|line| (line, None))),
        }
    }

    /// How this differs from `before`, which is what it is held against.
    fn differences(&self, before: &Self, against: Against, options: &RenderOptions) -> String {
        let header = |rendering: &Self| match (against, rendering.patches) {
            (Against::Version(_), _) => format!("{} in Talos {}", rendering.base.path, rendering.talos()),
            (Against::Base, []) => rendering.base.path.to_owned(),
            (Against::Base, _) => format!("{} with patches", rendering.base.path),
        };
        let (from, to) = (header(before), header(self));
        if !options.settings {
            let [before, after] = [before, self].map(|rendering| rendering.configuration(options));
            return TextDiff::from_lines(&before, &after).unified_diff().header(&from, &to).to_string();
        }
        let settings = settings::of(self);
        let after = settings::lines(&settings, self.names, options.show_secrets);
        // Without patches the base would be compared with itself.
        let against_defaults = against == Against::Base && self.patches.is_empty();
        let (before, from) = if against_defaults {
            (settings::defaults(&settings), format!("defaults of Talos {}", self.talos()))
        } else {
            (settings::of(before), from)
        };
        let before = settings::lines(&before, self.names, options.show_secrets);
        let changes = settings::changes(&before, &after);
        match options.format {
            Format::Text => settings::difference(&changes, &from, &to),
            Format::Json => settings::json(self, changes.iter().map(|(line, change)| (*line, Some(*change)))),
        }
    }

    /// The Talos version, in words.
    fn talos(&self) -> String {
        self.analysis.sources.first().map_or(String::new(), |base| base.versions.talos.to_string())
    }
}

/// The names of the sources, their texts, and where their lines are.
struct Names<'l> {
    sources: Vec<(&'l str, std::borrow::Cow<'l, str>, LineIndex)>,
}

impl<'l> Names<'l> {
    fn new(layers: &'l [Layer]) -> Self {
        let source = |layer: &'l Layer| {
            let (text, _) = decode(&layer.bytes);
            let lines = LineIndex::new(&text);
            (layer.path.as_str(), text, lines)
        };
        Self { sources: layers.iter().map(source).collect() }
    }

    /// An origin as `file:line`.
    fn place(&self, origin: Origin) -> String {
        match self.sources.get(origin.source) {
            Some((path, _, lines)) => format!("{path}:{}", lines.line(origin.span.start) + 1),
            None => String::new(),
        }
    }
}
