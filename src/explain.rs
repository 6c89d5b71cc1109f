//! `talint explain` and `talint rules`: what the rules, settings and kernel parameters are, from where they are defined.

use crate::arguments::{ExplainOptions, ListFormat, RulesOptions};
use crate::outcome;
use crate::output::{print, say};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::ExitCode;
use talint_analyzer::rule::{Example, Rule};
use talint_analyzer::rules;
use talint_analyzer::schema::closest;
use talint_analyzer::settings::{self, Setting, SettingPlace};
use talint_analyzer::tables::{self, Sysctl};

/// Explains what `options` names.
pub(crate) fn explain(options: &ExplainOptions) -> ExitCode {
    let name = options.name.as_str();
    let text = if let Some(rule) = rules::by_name(name) {
        explain_rule(rule)
    } else if let Some(setting) = settings::setting(name) {
        explain_setting(setting)
    } else if let Some(text) = explain_sysctl(name.strip_prefix("sysctl.").unwrap_or(name)) {
        text
    } else if let Some(text) = explain_argument(name.strip_prefix("kernel.arg.").unwrap_or(name)) {
        text
    } else {
        let known = rules::all().map(|rule| rule.name);
        let known = known.chain(settings::settings().iter().map(|setting| setting.id));
        let known = known.chain(tables::sysctls().iter().map(|sysctl| sysctl.key));
        let known = known.chain(rules::argument_checks().iter().map(|check| check.argument));
        let known = known.chain(tables::talos_arguments().iter().map(|argument| argument.name));
        let hint = closest(name, known).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        say(format_args!(
            "talint: `{name}` is no rule, setting, kernel parameter or kernel argument that is known{hint}"
        ));
        return ExitCode::from(outcome::FAILED);
    };
    print(&text)
}

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
    format!("{:38} {:8} {:9} {}\n", rule.name, rule.severity.as_str(), rule.profile.as_str(), rule.summary)
}

fn explain_rule(rule: &Rule) -> String {
    let mut out = format!("{}  ({}, profile {})\n\n", rule.name, rule.severity, rule.profile.as_str());
    paragraph(&mut out, rule.summary);
    paragraph(&mut out, rule.why);
    for control in rules::controls_of(rule.name) {
        let _ = writeln!(out, "Expected of {}: {}.", control.setting, control.expected);
        if let Some(setting) = settings::setting(control.setting) {
            out.push_str(&setting_facts(setting));
        }
        out.push('\n');
    }
    example(&mut out, "Avoid", &rule.avoid);
    example(&mut out, "Write", &rule.follow);
    if !rule.references.is_empty() {
        let _ = writeln!(out, "References: {}", rule.references.join(", "));
    }
    out
}

fn explain_setting(setting: &Setting) -> String {
    let mut out = format!("{}\n\n", setting.id);
    out.push_str(&setting_facts(setting));
    for control in rules::controls().iter().filter(|control| control.setting == setting.id) {
        let _ = writeln!(out, "\nExpected is {}, else {} ({}).", control.expected, control.problem, control.rule);
    }
    out
}

fn setting_facts(setting: &Setting) -> String {
    let mut out = String::from("  set by    ");
    let places: Vec<String> = setting.places.iter().map(place).collect();
    let _ = writeln!(out, "{}", places.join("\n            "));
    for default in setting.defaults {
        let value = default.value.unwrap_or("none");
        let _ = writeln!(out, "  default   {value} ({})", default.versions.describe());
    }
    out
}

fn place(place: &SettingPlace) -> String {
    let path = place.path.join(".");
    let place_text =
        if place.document == tables::V1ALPHA1 { path } else { format!("{path} of a {} document", place.document) };
    let flag = place.flag.map_or(String::new(), |flag| format!(", the flag --{flag}"));
    format!("{place_text}{flag} ({})", place.versions.describe())
}

fn explain_sysctl(key: &str) -> Option<String> {
    let rows: Vec<&Sysctl> = tables::sysctls().iter().filter(|sysctl| sysctl.key == key).collect();
    let first = rows.first()?;
    let mut out = format!("{key}\n\nWith the value that Talos sets, {}.\n\n", first.protects);
    let _ =
        writeln!(out, "  set by    machine.sysctls\n            params of a SysctlConfig document (from Talos 1.14)");
    for row in &rows {
        let _ = writeln!(out, "  default   {} ({})", row.value, row.versions.describe());
    }
    let _ = writeln!(out, "\nA weaker value is reported by sysctl/weakened.");
    if !first.reference.is_empty() {
        let _ = writeln!(out, "\nReferences: {}", first.reference);
    }
    Some(out)
}

/// A kernel argument: what Talos sets, what is recommended, who reads it, and what is expected.
fn explain_argument(text: &str) -> Option<String> {
    let name = text.split_once('=').map_or(text, |(name, _)| name);
    let defaults: Vec<_> = tables::kernel_defaults().iter().filter(|default| default.argument == name).collect();
    let recommended: Vec<_> =
        tables::recommended_arguments().iter().filter(|argument| argument.argument == name).collect();
    let checks: Vec<_> = rules::argument_checks().iter().filter(|check| check.argument == name).collect();
    let own = tables::talos_arguments().iter().find(|argument| argument.name == name);
    let of_rule = rules::by_name(&format!("kernel/{}", name.replace('_', "-")));
    if defaults.is_empty() && recommended.is_empty() && checks.is_empty() && own.is_none() && of_rule.is_none() {
        return None;
    }
    let mut out = format!("{name}  (kernel argument)\n\n");
    let _ = writeln!(out, "  set by    customization.extraKernelArgs of an Image Factory schematic");
    let _ = writeln!(out, "            machine.install.extraKernelArgs, where the machine boots with GRUB");
    for default in defaults {
        let value = if default.value.is_empty() { "set, without a value" } else { default.value };
        let scope = if default.scope == "all" { String::new() } else { format!(", on {}", default.scope) };
        let _ = writeln!(out, "  default   {value} ({}{scope})", default.versions.describe());
    }
    for argument in recommended {
        let value = if argument.value.is_empty() { name } else { argument.value };
        let _ = writeln!(out, "  better    {value} ({}): {}", argument.versions.describe(), argument.because);
    }
    if let Some(own) = own {
        let _ = writeln!(out, "  read by   Talos ({})", own.versions.describe());
    }
    for check in checks {
        let _ = writeln!(out, "\nExpected is {}, else {} ({}).", check.expected, check.problem, check.rule);
    }
    if let Some(rule) = of_rule {
        let _ = writeln!(out, "\n{}\n", rule.name);
        paragraph(&mut out, rule.summary);
        paragraph(&mut out, rule.why);
    }
    Some(out)
}

fn paragraph(out: &mut String, text: &str) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut width = 0;
    for (number, word) in words.iter().enumerate() {
        if number > 0 {
            let wraps = width + 1 + word.chars().count() > 100;
            out.push(if wraps { '\n' } else { ' ' });
            width = if wraps { 0 } else { width + 1 };
        }
        out.push_str(word);
        width += word.chars().count();
    }
    out.push_str("\n\n");
}

fn example(out: &mut String, title: &str, example: &Example) {
    let _ = writeln!(out, "{title} (Talos {}):\n", example.version());
    for line in example.text.lines() {
        let _ = writeln!(out, "    {line}");
    }
    out.push('\n');
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
    let mut out = String::from("# Rules\n\n| rule | severity | profile | what it finds |\n|---|---|---|---|\n");
    for rule in all {
        let anchor = rule.name.replace('/', "");
        let _ = writeln!(
            out,
            "| [`{}`](#{anchor}) | {} | {} | {} |",
            rule.name,
            rule.severity,
            rule.profile.as_str(),
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
