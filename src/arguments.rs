//! The arguments of the command line.

#![allow(clippy::doc_markdown, reason = "these comments are the help texts")]

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use talint_analyzer::context::Mode;
use talint_analyzer::finding::{Profile, Severity};
use talint_analyzer::rules;
use talint_analyzer::version::{MinorVersion, TalosVersion};

/// Reads Talos Linux machine configuration before a machine does, and says what is wrong, weaker than the hardened
/// defaults, or without effect. Works offline.
#[derive(Debug, Parser)]
#[command(name = "talint", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check machine configuration, patches, schematics and kernel command lines
    #[command(after_help = EXIT_STATUS)]
    Check(CheckOptions),
    /// Show the configuration that a base and its patches make, as Talos merges them
    #[command(after_help = RENDER_STATUS)]
    Render(RenderOptions),
    /// Move fields to the documents that take their place in a newer Talos, where the machine gets the same
    #[command(after_help = MIGRATE_STATUS)]
    Migrate(MigrateOptions),
    /// Check a kernel command line, of a machine or for one
    #[command(after_help = EXIT_STATUS)]
    Cmdline(CmdlineOptions),
    /// Explain a field, a document, a rule, a setting, a kernel parameter or argument: what it is, defaults, examples
    Explain(ExplainOptions),
    /// List all rules
    Rules(RulesOptions),
    /// Print the JSON schema of the project file talint.yaml
    Schema,
    /// Serve an editor: the language server protocol on standard input and output
    Lsp(LspOptions),
}

/// The options of `talint lsp`.
#[derive(Args, Debug)]
pub(crate) struct LspOptions {
    /// Accepted and without effect: standard input and output are the only way, and some editors name it
    #[arg(long)]
    pub stdio: bool,
}

/// The options of `talint explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainOptions {
    /// A field (machine.kubelet.extraArgs, BondConfig.bondMode), a kind of document (HostnameConfig), a rule
    /// (kubelet/pod-pids-limit), a setting (kubelet.podPidsLimit), a kernel parameter (kernel.kptr_restrict) or a kernel
    /// argument (init_on_free)
    pub name: String,
}

/// The options of `talint rules`.
#[derive(Args, Debug)]
pub(crate) struct RulesOptions {
    /// The format of the list
    #[arg(long, value_enum, default_value = "text")]
    pub format: ListFormat,
}

/// Formats of lists.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ListFormat {
    /// A line a rule
    Text,
    /// For programs
    Json,
    /// A page with every rule and its examples
    Markdown,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  nothing found at or above --fail-on
  1  something found
  2  wrong usage, or a file that cannot be read (the others are still checked)
  3  nothing to check: no Talos file among the paths";

const RENDER_STATUS: &str = "\
Exit status:
  0  the configuration was shown
  1  Talos refuses the base or a patch
  2  wrong usage, or a file that cannot be read
  3  the base is no Talos configuration";

const MIGRATE_STATUS: &str = "\
Exit status:
  0  there is nothing to move, or it was moved
  1  there is something to move, and it was only shown
  2  wrong usage, or a file that cannot be read or written (the others still are)
  3  no machine configuration among the paths";

/// The options of `talint migrate`.
#[derive(Args, Debug)]
pub(crate) struct MigrateOptions {
    /// Files, or folders to search as `talint check` does; `-` is standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// The version of Talos to write for, as 1.14; the newest known by default
    #[arg(long, value_name = "VERSION", value_parser = parse_known_version)]
    pub talos_version: Option<TalosVersion>,

    /// Show what would change (the default)
    #[arg(long, conflicts_with = "write")]
    pub diff: bool,

    /// Change the files
    #[arg(long)]
    pub write: bool,

    /// Show secrets in what would change; else they read <redacted>
    #[arg(long, conflicts_with = "write")]
    pub show_secrets: bool,
}

/// The options of `talint render`.
#[derive(Args, Debug)]
pub(crate) struct RenderOptions {
    /// The configuration that patches are laid over; `-` is standard input
    #[arg(value_name = "BASE", required_unless_present = "machine")]
    pub base: Option<PathBuf>,

    /// Show the configuration of this machine of the project file
    #[arg(long, value_name = "NAME", conflicts_with = "base")]
    pub machine: Option<String>,

    /// Which project file names the machine
    #[command(flatten)]
    pub config: ConfigOptions,

    /// Lay this patch over the base, after those before it: a file, with or without `@`, or the patch itself
    #[arg(long, short, value_name = "FILE")]
    pub patch: Vec<String>,

    /// The version of Talos, as 1.12; else a modeline or the installer image says it, or the newest is assumed
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub talos_version: Option<MinorVersion>,

    /// The version of Kubernetes, as 1.34; else a modeline or an image says it
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub kubernetes_version: Option<MinorVersion>,

    /// Say behind each value where it is written
    #[arg(long, conflicts_with = "settings")]
    pub origins: bool,

    /// Show the settings that the machine gets instead: each with its value, and where it is written or whose default it is
    #[arg(long)]
    pub settings: bool,

    /// Show what differs: from the base; for settings without patches from the defaults; with a version, what another Talos
    /// version makes of the same files
    #[arg(long, value_name = "VERSION", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "base", hide_default_value = true, value_parser = parse_against)]
    pub diff: Option<Against>,

    /// The format of settings
    #[arg(long, value_enum, default_value = "text", requires = "settings")]
    pub format: Format,

    /// Show secrets; else they read <redacted>
    #[arg(long)]
    pub show_secrets: bool,
}

/// What a difference is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Against {
    /// The base without patches.
    Base,
    /// What another version of Talos makes of the same files.
    Version(MinorVersion),
}

/// The options of `talint check`.
#[derive(Args, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct CheckOptions {
    /// Files, or folders to search for YAML, JSON, .patch and .cmdline files (.gitignore is honoured); `-` is standard input
    ///
    /// Without paths: all machines of the project file talint.yaml, and the files below its folder that none of them uses
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Only check these machines of the project file
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "patch")]
    pub machine: Vec<String>,

    /// Which project file counts
    #[command(flatten)]
    pub config: ConfigOptions,

    /// Lay this patch over the one base given, after those before it, and check what comes of them: a file, with or
    /// without `@`, or the patch itself
    #[arg(long, short, value_name = "FILE")]
    pub patch: Vec<String>,

    /// The name that standard input has in the output
    #[arg(long, value_name = "FILE", default_value = "<stdin>")]
    pub stdin_filename: PathBuf,

    /// What to look for
    #[command(flatten)]
    pub asked: AskOptions,

    /// How to tell of it
    #[command(flatten)]
    pub output: OutputOptions,

    /// The version of Kubernetes, as 1.34; else a modeline or an image says it
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub kubernetes_version: Option<MinorVersion>,

    /// How the machine runs Talos; else what Talos refuses on metal alone is a warning
    #[arg(long, value_enum)]
    pub mode: Option<ModeName>,

    /// Fix what has one right answer and leaves what machines get as it is, then show what is left. Of standard input the
    /// fixed text is written to standard output, and what is left to standard error
    #[arg(long, conflicts_with = "diff")]
    pub fix: bool,

    /// Make fixes too that change what machines get
    #[arg(long)]
    pub unsafe_fixes: bool,

    /// Show what --fix would change, and nothing else; exit with 1 when that is something
    #[arg(long)]
    pub diff: bool,

    /// Exit with 0, not 3, when no Talos file is among the paths: for hooks, which are given whatever has changed
    #[arg(long)]
    pub allow_nothing: bool,

    /// How many files to check at once; as many as there are processors by default
    #[arg(long, value_name = "NUMBER")]
    pub jobs: Option<std::num::NonZeroUsize>,
}

/// Which project file counts.
#[derive(Args, Debug)]
pub(crate) struct ConfigOptions {
    /// Take this project file instead of the talint.yaml nearest to the files, upwards
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Take no project file
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
}

/// What to look for.
#[derive(Args, Debug)]
pub(crate) struct AskOptions {
    /// The version of Talos, as 1.12; else a modeline or the installer image says it, or the newest is assumed
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub talos_version: Option<MinorVersion>,

    /// How much to say: what is wrong or weakened, optional hardening too, or everything
    #[arg(long, value_enum)]
    pub profile: Option<ProfileName>,

    /// Only look for these rules, or families as `kernel/`
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = parse_rule)]
    pub select: Vec<String>,

    /// Do not look for these rules, or families as `kernel/`
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = parse_rule)]
    pub ignore: Vec<String>,
}

/// How to tell what was found.
#[derive(Args, Debug)]
pub(crate) struct OutputOptions {
    /// The least severity that makes the exit status 1; warning when nothing says it
    #[arg(long, value_enum)]
    pub fail_on: Option<FailOn>,

    /// The format of the output
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,

    /// Write the output to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Count the findings of each rule at the end
    #[arg(long)]
    pub statistics: bool,

    /// Say nothing but findings and errors
    #[arg(long, short)]
    pub quiet: bool,

    /// Whether to colour the output
    #[arg(long, value_enum, default_value = "auto")]
    pub color: Color,
}

/// The options of `talint cmdline`.
#[derive(Args, Debug)]
pub(crate) struct CmdlineOptions {
    /// The arguments, or a file that holds them, or `-` for standard input: a command line as it is, or what `talosctl get
    /// cmdline` (as a table or with -o yaml) or `omnictl get kernelargsstatus -o yaml` print. Arguments that begin with
    /// `-` stand after `--`
    #[arg(value_name = "ARGUMENT", required = true)]
    pub arguments: Vec<String>,

    /// The arguments are not a whole command line, but are added to Talos's own, as those of a schematic are
    #[arg(long)]
    pub extra: bool,

    /// What to look for
    #[command(flatten)]
    pub asked: AskOptions,

    /// How to tell of it
    #[command(flatten)]
    pub output: OutputOptions,
}

/// [`Profile`] by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ProfileName {
    /// What is wrong or weakened
    Default,
    /// Optional hardening too
    Hardened,
    /// Everything
    Strict,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Default => Self::Default,
            ProfileName::Hardened => Self::Hardened,
            ProfileName::Strict => Self::Strict,
        }
    }
}

/// [`Mode`] by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ModeName {
    /// On hardware, installed to a disk
    Metal,
    /// In a cloud, from an image
    Cloud,
    /// In a container
    Container,
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Metal => Self::Metal,
            ModeName::Cloud => Self::Cloud,
            ModeName::Container => Self::Container,
        }
    }
}

/// Which findings make the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// All findings
    Info,
    /// None
    Never,
}

impl FailOn {
    /// Whether a finding of this severity counts.
    pub(crate) fn counts(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Info => true,
            Self::Never => false,
        }
    }
}

/// Formats of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs; stable and versioned
    Json,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn parse_version(text: &str) -> Result<MinorVersion, String> {
    MinorVersion::parse(text).ok_or_else(|| "a version is written as 1.12 or v1.12.3".to_owned())
}

fn parse_known_version(text: &str) -> Result<TalosVersion, String> {
    let asked = parse_version(text)?;
    let known = TalosVersion::all().find(|version| (1, u16::from(version.minor())) == (asked.major, asked.minor));
    let range = || format!("the versions known are {} to {}", TalosVersion::OLDEST, TalosVersion::NEWEST);
    known.ok_or_else(range)
}

fn parse_against(text: &str) -> Result<Against, String> {
    if text == "base" { Ok(Against::Base) } else { parse_version(text).map(Against::Version) }
}

fn parse_rule(text: &str) -> Result<String, String> {
    let (family, _) = text.split_once('/').unwrap_or((text, ""));
    let is_own_family = || rules::all().any(|rule| rule.family() == family);
    match rules::closest_name(text, &[]) {
        _ if rules::all().any(|rule| rule.matches(text)) => Ok(text.to_owned()),
        Some(near) => Err(format!("there is no such rule; did you mean `{near}`?")),
        // A project file may bring the rule.
        None if text.contains('/') && !is_own_family() => Ok(text.to_owned()),
        None => Err("there is no such rule or family; a family is written as `kernel/`".to_owned()),
    }
}
