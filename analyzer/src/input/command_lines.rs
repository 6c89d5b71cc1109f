//! Kernel command lines as plain text: alone, or in the table that `talosctl get cmdline` prints.

use crate::syntax::{self, Tree};
use crate::template;
use crate::text::{LineIndex, Span};

/// Starts of arguments that Talos reads, or puts on the command line by itself.
const TELLING: &[&str] = &[
    "talos.",
    "init_on_alloc=",
    "init_on_free=",
    "slab_nomerge",
    "pti=",
    "printk.devkmsg=",
    "consoleblank=",
    "nvme_core.io_timeout=",
    "module.sig_enforce=",
    "proc_mem.force_override=",
    "ima_",
    "selinux=1",
];

/// What a source is known to be before it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Whatever its content says.
    #[default]
    Detected,
    /// The kernel command line of a machine, as text or inside of what `talosctl` prints.
    CommandLine,
    /// Kernel arguments that are added to the defaults of Talos.
    ExtraArguments,
    /// A patch, which may be too short to show what it is.
    Patch,
    /// A project file of talint, whatever its name.
    Project,
}

/// Reads a source: as YAML, or, where it is one, as a kernel command line. Of a template the first of its [`variants`].
#[must_use]
pub fn parse<'t>(text: &'t str, path: &str, form: Form) -> Tree<'t> {
    variants(text, path, form).into_iter().next().unwrap_or_default()
}

/// Reads a source. A template that has branches gives a tree for each of them; all else gives one.
#[must_use]
pub fn variants<'t>(text: &'t str, path: &str, form: Form) -> Vec<Tree<'t>> {
    if let Some((lines, comments)) = lines(text, path, form) {
        return vec![syntax::plain(text, &lines, comments)];
    }
    let Some(template) = template::read(text, path) else { return vec![syntax::parse(text)] };
    let parse = |text: &String| Tree { gaps: template.gaps.clone(), ..syntax::parse(text).into_owned() };
    template.texts.iter().map(parse).collect()
}

/// The command lines of a text and its comments, when it is not YAML.
fn lines(text: &str, path: &str, form: Form) -> Option<(Vec<Span>, Vec<Span>)> {
    if matches!(form, Form::Patch | Form::Project) {
        return None;
    }
    let text_without_mark = text.trim_start_matches('\u{feff}');
    let first = text_without_mark.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    if is_header(first) {
        return Some((table(text), Vec::new()));
    }
    let telling = first.split_whitespace().filter(|word| TELLING.iter().any(|start| word.starts_with(start))).count();
    let file = path.rsplit(['/', '\\']).next().unwrap_or("");
    let is_told = match form {
        Form::Detected => telling >= 2 || telling == 1 && file.contains("cmdline"),
        Form::CommandLine | Form::ExtraArguments => true,
        Form::Patch | Form::Project => false,
    };
    (is_told && !is_yaml(first)).then(|| plain(text))
}

/// Whether a line is YAML rather than arguments: a key, an item, a quoted or bracketed value, a directive.
fn is_yaml(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or("");
    first.ends_with(':') || matches!(first, "-" | "---") || line.starts_with(['{', '[', '"', '\'', '%', '|', '>', '&'])
}

fn is_header(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.ends_with(&["NAMESPACE", "TYPE", "ID", "VERSION", "CMDLINE"])
}

/// The command line of each row, after its version.
fn table(text: &str) -> Vec<Span> {
    let lines = LineIndex::new(text);
    let mut found = Vec::new();
    for line in 0..lines.lines() {
        let span = lines.line_span(text, line);
        let row = span.slice(text);
        let mut words = words(row).skip_while(|(_, word)| !word.starts_with("KernelCmdline"));
        // After the type, the id and the version.
        let Some((start, _)) = words.nth(3) else { continue };
        let begin = span.start as usize;
        found.push(Span::new(begin + start, begin + row.trim_end().len()));
    }
    found
}

/// The words of a line with their offsets.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    line.split_whitespace().map(move |word| (word.as_ptr() as usize - line.as_ptr() as usize, word))
}

/// The command lines of a text: all of it, or, where several machines are named, a line each. A `#` after a space begins
/// a comment.
fn plain(text: &str) -> (Vec<Span>, Vec<Span>) {
    let lines = LineIndex::new(text);
    let mut contents: Vec<Span> = Vec::new();
    let mut comments = Vec::new();
    for line in 0..lines.lines() {
        let span = lines.line_span(text, line);
        let row = span.slice(text).trim_end();
        let start = span.start as usize;
        let comment = words(row).find(|(_, word)| word.starts_with('#')).map(|(offset, _)| offset);
        if let Some(offset) = comment {
            comments.push(Span::new(start + offset, start + row.len()));
        }
        let content = row.get(..comment.unwrap_or(row.len())).unwrap_or("");
        let content = content.trim_start_matches('\u{feff}').trim();
        if !content.is_empty() {
            let offset = start + (content.as_ptr() as usize - row.as_ptr() as usize);
            contents.push(Span::new(offset, offset + content.len()));
        }
    }
    let machines = contents.iter().filter(|span| span.slice(text).contains("talos.platform=")).count();
    // A comment between the lines would be read as arguments.
    if machines < 2
        && let (Some(first), Some(last)) = (contents.first(), contents.last())
        && !comments.iter().any(|comment| first.start < comment.start && comment.start < last.start)
    {
        contents = vec![first.to(*last)];
    }
    (contents, comments)
}
