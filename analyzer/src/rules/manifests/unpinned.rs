//! `manifests/unpinned`

use super::super::control::is_plain_http;
use crate::context::Context;
use crate::finding::{Finding, Profile, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::tables;
use crate::version::TalosVersion;

pub(crate) const RULE: Rule = Rule {
    name: "manifests/unpinned",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "Manifests are fetched from a branch, from `latest`, or without encryption.",
    why: "Talos applies these manifests with all rights, and fetches them again at every start of a control plane. What a \
          branch or `latest` leads to changes without a change here, and whoever can push there, or is on the way of a plain \
          http request, runs what they like in the cluster.",
    avoid: Example::new(
        "cluster:\n  extraManifests:\n    - https://raw.githubusercontent.com/example/approver/main/deploy/install.yaml\n",
    ),
    follow: Example::new(
        "cluster:\n  extraManifests:\n    - https://raw.githubusercontent.com/example/approver/v0.9.0/deploy/install.yaml\n",
    ),
    references: &[],
    check,
};

/// Fields of addresses of manifests.
const FIELDS: [&[&str]; 3] = [
    &["cluster", "extraManifests", "[]"],
    &["cluster", "network", "cni", "urls", "[]"],
    &["cluster", "externalCloudProvider", "manifests", "[]"],
];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let mut addresses: Vec<_> =
        FIELDS.into_iter().flat_map(|field| context.find(tables::V1ALPHA1, field)).collect();
    if context.talos() >= TalosVersion::nearest(14) {
        addresses.extend(context.find("KubeExternalManifestConfig", &["url"]));
    }
    for address in addresses {
        if is_unknown(address.node) {
            continue;
        }
        let Some(problem) = problem(address.node.value()) else { continue };
        findings.push(Finding {
            help: Some("expected is an https address with a tag or a commit in it".to_owned()),
            ..rule.finding(
                context,
                address.node,
                format!("the manifest {problem}, so what is applied can change unseen"),
            )
        });
    }
}

fn problem(url: &str) -> Option<String> {
    if is_plain_http(url) {
        return Some("comes without encryption".to_owned());
    }
    let (_, rest) = url.split_once("://")?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let steps: Vec<&str> = path.split('/').collect();
    let reference = match steps.as_slice() {
        ["raw.githubusercontent.com", _, _, "refs", "heads", branch, ..]
        | ["github.com", _, _, "raw" | "blob", "refs", "heads", branch, ..] => return Some(of_branch(branch)),
        ["github.com", _, _, "releases", "latest", ..] => return Some("is that of the latest release".to_owned()),
        ["raw.githubusercontent.com", _, _, reference, ..] | ["github.com", _, _, "raw" | "blob", reference, ..] => {
            Some(*reference)
        }
        _ => in_forge(&steps).or_else(|| steps.iter().skip(1).copied().find(|step| *step == "latest")),
    };
    let asked = query.split('&').find_map(|part| part.strip_prefix("ref="));
    let reference = asked.or(reference).filter(|reference| is_moving(reference))?;
    if reference == "latest" { Some("is `latest`".to_owned()) } else { Some(of_branch(reference)) }
}

/// The branch, tag or commit in an address of GitLab (`/-/raw/main/`), Gitea or Forgejo (`/raw/branch/main/`).
fn in_forge<'t>(steps: &[&'t str]) -> Option<&'t str> {
    steps.windows(3).find_map(|steps| match steps {
        ["-", "raw", reference] | ["raw", "branch", reference] => Some(*reference),
        _ => None,
    })
}

fn of_branch(branch: &str) -> String {
    format!("comes from the branch `{branch}`")
}

/// Names that repositories give to branches, not to versions.
fn is_moving(reference: &str) -> bool {
    matches!(
        reference,
        "main" | "master" | "HEAD" | "develop" | "dev" | "trunk" | "latest" | "stable" | "nightly" | "edge"
    )
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn addresses_that_lead_to_something_else_tomorrow() {
        for url in [
            "https://raw.githubusercontent.com/a/b/main/c.yaml",
            "https://raw.githubusercontent.com/a/b/refs/heads/topic/c.yaml",
            "https://github.com/a/b/releases/latest/download/c.yaml",
            "https://github.com/a/b/raw/master/c.yaml",
            "https://git.example.org/a/b/-/raw/main/deep/down/c.yaml",
            "https://git.example.org/a/b/raw/branch/main/c.yaml",
            "https://example.org/latest/c.yaml",
            "http://example.org/1.0/c.yaml",
            "https://example.org/c.yaml?ref=main",
        ] {
            assert!(problem(url).is_some(), "{url}");
        }
        for url in [
            "https://raw.githubusercontent.com/a/b/v1.0.0/c.yaml",
            "https://raw.githubusercontent.com/a/b/refs/tags/v1/c.yaml",
            "https://github.com/a/b/releases/download/v1/main.yaml",
            "https://raw.githubusercontent.com/a/b/0123456789abcdef/main/c.yaml",
            "http://127.0.0.1/c.yaml",
        ] {
            assert!(problem(url).is_none(), "{url}");
        }
    }
}
