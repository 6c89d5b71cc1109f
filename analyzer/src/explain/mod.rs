//! What rules, settings, kernel parameters, kernel arguments, fields and kinds of documents are, from where they are
//! defined: for a terminal, or as Markdown.

mod field;
mod kernel;
mod rule;
mod setting;

use crate::rules;
use crate::schema::closest;
use crate::settings;
use crate::tables;
use std::fmt::Write as _;

/// How wide a line of text is, in characters.
const WIDTH: usize = 100;

/// What there is to say of something.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What it is called.
    name: String,
    /// What it is, in a word or two; empty where the name says that.
    kind: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    /// Sentences.
    Paragraph(String),
    /// A line that is not broken.
    Line(String),
    /// Facts by name, the names in a column of that width; one without a name goes on with the one before.
    Facts { column: usize, rows: Vec<(&'static str, String)> },
    /// A line with facts that belong to it.
    Of { line: String, column: usize, rows: Vec<(&'static str, String)> },
    /// Names, each with what there is to say of it.
    Table { title: &'static str, rows: Vec<(String, String)> },
    /// A configuration.
    Example { title: String, text: &'static str },
}

impl Explanation {
    fn new(name: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { name: name.into(), kind: kind.into(), parts: Vec::new() }
    }

    fn paragraph(&mut self, text: &str) {
        self.parts.push(Part::Paragraph(text.split_whitespace().collect::<Vec<_>>().join(" ")));
    }

    fn line(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Line(text.into()));
    }

    /// Adds facts, unless there are none.
    fn facts(&mut self, column: usize, rows: Vec<(&'static str, String)>) {
        if !rows.is_empty() {
            self.parts.push(Part::Facts { column, rows });
        }
    }

    /// Adds a table, unless it is empty.
    fn table(&mut self, title: &'static str, rows: Vec<(String, String)>) {
        if !rows.is_empty() {
            self.parts.push(Part::Table { title, rows });
        }
    }

    /// The text for a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out =
            if self.kind.is_empty() { format!("{}\n", self.name) } else { format!("{}  ({})\n", self.name, self.kind) };
        for part in &self.parts {
            out.push('\n');
            part.text(&mut out);
        }
        out
    }

    /// The same as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}\n", self.name);
        if !self.kind.is_empty() {
            let _ = write!(out, "\n*{}*\n", self.kind);
        }
        for part in &self.parts {
            out.push('\n');
            part.markdown(&mut out);
        }
        out
    }
}

impl Part {
    fn text(&self, out: &mut String) {
        match self {
            Self::Paragraph(text) => wrap(out, text),
            Self::Line(text) => {
                let _ = writeln!(out, "{text}");
            }
            Self::Facts { column, rows } => facts(out, *column, rows),
            Self::Of { line, column, rows } => {
                let _ = writeln!(out, "{line}");
                facts(out, *column, rows);
            }
            Self::Table { title, rows } => {
                let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
                let _ = writeln!(out, "{title}:\n");
                for (name, text) in rows {
                    let line = format!("  {name:width$}  {text}");
                    let _ = writeln!(out, "{}", line.trim_end());
                }
            }
            Self::Example { title, text } => {
                let _ = writeln!(out, "{title}:\n");
                for line in text.lines() {
                    let _ = writeln!(out, "{}", format!("    {line}").trim_end());
                }
            }
        }
    }

    fn markdown(&self, out: &mut String) {
        match self {
            Self::Paragraph(text) | Self::Line(text) => {
                let _ = writeln!(out, "{text}");
            }
            Self::Facts { rows, .. } => listed(out, rows),
            Self::Of { line, rows, .. } => {
                let _ = writeln!(out, "{line}\n");
                listed(out, rows);
            }
            Self::Table { title, rows } => {
                let _ = writeln!(out, "## {title}\n\n| name | |\n|---|---|");
                for (name, text) in rows {
                    let _ = writeln!(out, "| `{name}` | {} |", text.replace('|', "\\|"));
                }
            }
            Self::Example { title, text } => {
                let _ = writeln!(out, "## {title}\n\n```yaml\n{}\n```", text.trim_end());
            }
        }
    }
}

fn facts(out: &mut String, column: usize, rows: &[(&str, String)]) {
    for (name, text) in rows {
        let _ = writeln!(out, "  {name:column$}{text}");
    }
}

fn listed(out: &mut String, rows: &[(&str, String)]) {
    for (name, text) in rows {
        let _ = if name.is_empty() { writeln!(out, "  - {text}") } else { writeln!(out, "- **{name}** {text}") };
    }
}

/// Writes `text` in lines of a readable length.
fn wrap(out: &mut String, text: &str) {
    let mut width = 0;
    for (number, word) in text.split(' ').enumerate() {
        if number > 0 {
            let wraps = width + 1 + word.chars().count() > WIDTH;
            out.push(if wraps { '\n' } else { ' ' });
            width = if wraps { 0 } else { width + 1 };
        }
        out.push_str(word);
        width += word.chars().count();
    }
    out.push('\n');
}

/// What the rule, setting, kernel parameter or argument, field or kind of document called `name` is.
#[must_use]
pub fn explain(name: &str) -> Option<Explanation> {
    rules::by_name(name)
        .map(rule::explain)
        .or_else(|| settings::setting(name).map(setting::explain))
        .or_else(|| kernel::explain_sysctl(name.strip_prefix("sysctl.").unwrap_or(name)))
        .or_else(|| kernel::explain_argument(name.strip_prefix("kernel.arg.").unwrap_or(name)))
        .or_else(|| field::explain(name))
}

/// What `name`, which is nothing that is known, may have meant, to go on with after it.
#[must_use]
pub fn hint(name: &str) -> String {
    if let Some(places) = field::elsewhere(name) {
        return format!("; {places}");
    }
    let fields = field::names();
    let known = rules::all().map(|rule| rule.name);
    let known = known.chain(settings::settings().iter().map(|setting| setting.id));
    let known = known.chain(tables::sysctls().iter().map(|sysctl| sysctl.key));
    let known = known.chain(rules::argument_checks().iter().map(|check| check.argument));
    let known = known.chain(tables::talos_arguments().iter().map(|argument| argument.name));
    let known = known.chain(fields.iter().map(String::as_str));
    closest(name, known).map_or(String::new(), |near| format!("; did you mean `{near}`?"))
}
