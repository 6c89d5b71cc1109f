//! What comments say to this program: modelines and suppressions.

use super::documentation::Subject;
use super::item::Candidate;
use talint_analyzer::rules;
use talint_analyzer::version::TalosVersion;
use tower_lsp::ls_types::CompletionItemKind;

/// The words of a modeline with the values they take, and how a suppression begins.
const WORDS: [&str; 8] = [
    "ignore[",
    "ignore-file[",
    "kubernetes=",
    "profile=default",
    "profile=hardened",
    "profile=strict",
    "role=controlplane",
    "role=worker",
];

/// What can be written behind `comment`, the beginning of a comment to this program.
pub(super) fn candidates(comment: &str) -> Vec<Candidate> {
    let open = comment.rfind('[').filter(|open| !comment[*open..].contains(']'));
    if open.is_some() {
        return rule_names();
    }
    let keyword = |word: String| Candidate { kind: CompletionItemKind::KEYWORD, ..Candidate::value(word) };
    let versions = TalosVersion::all().rev().map(|version| format!("talos={version}"));
    WORDS.iter().map(|word| (*word).to_owned()).chain(versions).map(keyword).collect()
}

/// The names of all rules.
pub(super) fn rule_names() -> Vec<Candidate> {
    rules::all().map(|rule| Candidate::value(rule.name).about(Subject::Rule(rule.name.to_owned()))).collect()
}
