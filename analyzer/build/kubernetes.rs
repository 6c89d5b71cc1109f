//! Names that Kubernetes gives a meaning to: feature gates, labels and taints of nodes.

use crate::tsv::{self, Row};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn tables(data: &Path) -> String {
    feature_gates(&data.join("feature-gates.tsv")) + &node_labels(&data.join("kubernetes/labels.tsv"))
}

fn feature_gates(path: &Path) -> String {
    let mut out = String::from("pub(super) static FEATURE_GATES: &[FeatureGate] = &[\n");
    for row in tsv::read(path) {
        let minor = |text: &str| text.strip_prefix("1.").and_then(|minor| minor.parse::<u16>().ok());
        let (first, last) = row.get("kubernetes").split_once('-').unwrap_or((row.get("kubernetes"), ""));
        let last = if last.is_empty() { first } else { last };
        let (Some(first), Some(last)) = (minor(first), minor(last)) else {
            row.fail("kubernetes is a minor version, or a range of them")
        };
        let stage = match row.get("stage") {
            "alpha" => "Alpha",
            "beta" => "Beta",
            "stable" => "Stable",
            "deprecated" => "Deprecated",
            _ => row.fail("stage is `alpha`, `beta`, `stable` or `deprecated`"),
        };
        let (default, locked) = (is(&row, "default", ["true", "false"]), is(&row, "locked", ["yes", "no"]));
        let _ = writeln!(
            out,
            "  FeatureGate {{ name: {:?}, kubernetes: ({first}, {last}), stage: Stage::{stage}, default: {default}, \
             locked: {locked} }},",
            row.get("gate")
        );
    }
    out + "];\n"
}

fn node_labels(path: &Path) -> String {
    let mut out = String::from("pub(super) static NODE_LABELS: &[NodeLabel] = &[\n");
    for row in tsv::read(path) {
        let (is_label, is_taint) = match row.get("kind") {
            "label" => (true, false),
            "taint" => (false, true),
            "both" => (true, true),
            _ => row.fail("kind is `label`, `taint` or `both`"),
        };
        let (name, about) = (row.get("name"), row.get("about"));
        let _ = writeln!(
            out,
            "  NodeLabel {{ name: {name:?}, is_label: {is_label}, is_taint: {is_taint}, about: {about:?} }},"
        );
    }
    out + "];\n"
}

/// Whether a cell has the first of two words, which it must have one of.
fn is(row: &Row, column: &str, [yes, no]: [&str; 2]) -> bool {
    match row.get(column) {
        word if word == yes => true,
        word if word == no => false,
        _ => row.fail(&format!("{column} is `{yes}` or `{no}`")),
    }
}
