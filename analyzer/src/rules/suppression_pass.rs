//! Suppressions: findings that a comment lets pass, and what is wrong with such comments.

use crate::directives::{Directives, Suppression};
use crate::finding::{Finding, Severity};
use crate::fix::Remedy;
use crate::rule::names;
use crate::syntax::{NodeRef, Tree};
use crate::text::{LineIndex, Span};

/// The rule for a suppression that lets nothing pass.
pub(crate) const UNUSED: &str = "suppression/unused";
const REASON: &str = "suppression/reason";

/// Takes out of `found` what comments let pass, and adds what is wrong with the comments. `wanted` are the names of the
/// rules that were looked for: a comment about another rule is not called unused. `own` are rules of the organisation.
#[must_use]
pub fn suppress(
    (text, tree, directives): (&str, &Tree<'_>, &Directives),
    wanted: &[&str],
    own: &[&str],
    found: Vec<Finding>,
) -> Vec<Finding> {
    let suppressions = &directives.suppressions;
    if suppressions.is_empty() {
        return found;
    }
    let lines = &LineIndex::new(text);
    let mut used = vec![vec![]; suppressions.len()];
    let mut kept: Vec<Finding> = Vec::with_capacity(found.len());
    'findings: for finding in found {
        let first = first_line(tree, lines, finding.span.start);
        let last = lines.line(finding.span.end.saturating_sub(1).max(finding.span.start));
        for (number, suppression) in suppressions.iter().enumerate() {
            if suppression.line.is_some_and(|line| !(first..=last).contains(&line)) {
                continue;
            }
            if let Some(pattern) = suppression.rules.iter().position(|pattern| names(pattern, &finding.rule)) {
                used[number].push(pattern);
                continue 'findings;
            }
        }
        kept.push(finding);
    }
    // What Talos refuses may hide what a suppression is for.
    let is_refused = |finding: &Finding| {
        ["yaml/", "schema/"].iter().any(|family| names(family, &finding.rule)) && finding.severity == Severity::Error
    };
    let is_understood = tree.gaps.is_empty() && !kept.iter().any(is_refused);
    let rule = |name: &str| super::by_name(name).filter(|_| wanted.contains(&name));
    for (suppression, used) in suppressions.iter().zip(&used) {
        if let Some(rule) = rule(REASON)
            && !suppression.has_reason
        {
            let message = "this suppression has no reason; who reads it later cannot tell whether it still holds";
            let mut finding = rule.finding_at(suppression.span, "", "", message);
            finding.help = Some(
                "write the reason after the bracket: `# talint: ignore[rule/name] why it is right here`".to_owned(),
            );
            kept.push(finding);
        }
        let Some(rule) = rule(UNUSED) else { continue };
        let is_known =
            |pattern: &str| super::all().any(|rule| rule.matches(pattern)) || own.iter().any(|own| names(pattern, own));
        let is_unused = |number: usize, pattern: &str| {
            let was_looked_for = wanted.iter().any(|rule| names(pattern, rule));
            is_known(pattern) && was_looked_for && !used.contains(&number)
        };
        for (number, pattern) in suppression.rules.iter().enumerate() {
            let message = if !is_known(pattern) {
                format!("there is no rule `{pattern}`")
            } else if is_unused(number, pattern) {
                format!("`{pattern}` finds nothing here that this suppression would let pass")
            } else {
                continue;
            };
            let mut finding = rule.finding_at(suppression.span, "", "", message);
            finding.help = Some("take the suppression out, or move it to the line it is about".to_owned());
            let remedy = if is_known(pattern) {
                is_understood.then(|| without(text, suppression, is_unused))
            } else {
                meant(text, suppression, pattern, own)
            };
            kept.push(finding.with_remedy(remedy));
        }
    }
    kept.sort_by_key(|finding| finding.span);
    kept
}

/// The suppression with the rule that was meant.
fn meant(text: &str, suppression: &Suppression, pattern: &str, own: &[&str]) -> Option<Remedy> {
    let near = super::closest_name(pattern, own)?;
    let place = suppression.span.only(pattern, text)?;
    Some(Remedy::changing(format!("Write `{near}`")).replace(place, near))
}

/// The suppression without those of its rules that let nothing pass, or no suppression at all.
fn without(text: &str, suppression: &Suppression, is_unused: impl Fn(usize, &str) -> bool) -> Remedy {
    let all = suppression.rules.iter().map(String::as_str).enumerate();
    let (gone, rest): (Vec<_>, Vec<_>) = all.partition(|(number, pattern)| is_unused(*number, pattern));
    let listed = |rules: &[(usize, &str)]| rules.iter().map(|(_, rule)| *rule).collect::<Vec<_>>().join(", ");
    let names = listed(&gone);
    let comment = suppression.span.slice(text);
    let bracket = comment.find('[').zip(comment.find(']')).filter(|(start, end)| start < end && !rest.is_empty());
    let Some((start, end)) = bracket else {
        return Remedy::safe(format!("Remove the suppression of `{names}`")).remove_comment(suppression.span);
    };
    let inside = Span::new(suppression.span.start as usize + start + 1, suppression.span.start as usize + end);
    Remedy::safe(format!("Remove `{names}` from the suppression")).replace(inside, listed(&rest))
}

/// The first line that a finding belongs to: its own, or, inside of a block scalar, that of the key, for no comment can
/// stand between the two.
fn first_line(tree: &Tree<'_>, lines: &LineIndex, offset: u32) -> usize {
    let key = tree.block_scalar_at(offset).and_then(NodeRef::key);
    lines.line(key.map_or(offset, |key| key.span().start))
}
