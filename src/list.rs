//! `talint rules`: all rules, as text, JSON or Markdown.

use crate::arguments::{ListFormat, RulesOptions};
use crate::output::print;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::ExitCode;
use talint_analyzer::reference::fixability;
use talint_analyzer::rule::{Example, Rule};
use talint_analyzer::rules;

/// Lists all rules.
pub(crate) fn list(options: &RulesOptions) -> ExitCode {
    let mut all: Vec<&Rule> = rules::all().collect();
    all.sort_by_key(|rule| rule.name);
    print(&match options.format {
        ListFormat::Text => all.iter().map(|rule| text_row(rule)).collect(),
        ListFormat::Json => json_list(&all),
        ListFormat::Markdown => markdown(&all),
    })
}

fn text_row(rule: &Rule) -> String {
    let fix = fixability(rule).as_str();
    format!("{:38} {:8} {:9} {fix:7} {}\n", rule.name, rule.severity.as_str(), rule.profile.as_str(), rule.summary)
}

fn json_list(all: &[&Rule]) -> String {
    let rule = |rule: &&Rule| -> Value {
        let example =
            |example: &Example| json!({ "talos_version": example.version().to_string(), "text": example.text });
        let settings: Vec<&str> = rules::controls_of(rule.name).iter().map(|control| control.setting).collect();
        json!({
            "name": rule.name,
            "severity": rule.severity.as_str(),
            "profile": rule.profile.as_str(),
            "fix": fixability(rule).as_str(),
            "summary": rule.summary,
            "why": rule.why.split_whitespace().collect::<Vec<_>>().join(" "),
            "settings": settings,
            "avoid": example(&rule.avoid),
            "follow": example(&rule.follow),
            "references": rule.references,
        })
    };
    let list: Vec<Value> = all.iter().map(rule).collect();
    // Strings alone always serialise.
    serde_json::to_string_pretty(&json!({ "version": 1, "rules": list })).unwrap_or_default() + "\n"
}

fn markdown(all: &[&Rule]) -> String {
    let mut out =
        String::from("# Rules\n\n| rule | severity | profile | fix | what it finds |\n|---|---|---|---|---|\n");
    for rule in all {
        let anchor = rule.name.replace('/', "");
        let _ = writeln!(
            out,
            "| [`{}`](#{anchor}) | {} | {} | {} | {} |",
            rule.name,
            rule.severity,
            rule.profile.as_str(),
            fixability(rule).as_str(),
            rule.summary
        );
    }
    for rule in all {
        let why = rule.why.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, "\n## {}\n\n{}\n\n{why}\n", rule.name, rule.summary);
        for (title, example) in [("Avoid", &rule.avoid), ("Write", &rule.follow)] {
            let _ = writeln!(
                out,
                "{title} (Talos {}):\n\n```yaml\n{}```\n",
                example.version(),
                ensure_line_end(example.text)
            );
        }
        if !rule.references.is_empty() {
            let _ = writeln!(out, "References: {}", rule.references.join(", "));
        }
    }
    out
}

fn ensure_line_end(text: &str) -> String {
    if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}
