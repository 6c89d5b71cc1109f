//! `apiserver/oidc`

use super::super::documents;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "apiserver/oidc",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The API server trusts an OIDC issuer in a way that lets others in.",
    why: "Keys that are fetched over plain http may be anybody's. Without an audience a token that was made for another program \
          is taken. Without a prefix a group of the issuer may bear the name of one of Kubernetes's own, `system:masters` too.",
    avoid: Example::new(
        "cluster:\n  apiServer:\n    extraArgs:\n      oidc-issuer-url: http://id.example.com\n      oidc-client-id: kubernetes\n",
    ),
    follow: Example::new(
        "cluster:\n  apiServer:\n    extraArgs:\n      oidc-issuer-url: https://id.example.com\n      oidc-client-id: kubernetes\n      oidc-groups-claim: groups\n      oidc-groups-prefix: \"oidc:\"\n",
    ),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let mut report = |place: NodeRef<'_, '_>, message: &str, help: &str| {
        let mut finding = rule.finding(context, place, message);
        finding.help = Some(help.to_owned());
        findings.push(finding.with_remedy((message == PLAIN).then(|| over_tls(place)).flatten()));
    };
    let flag = |name| {
        let found = context.find(tables::V1ALPHA1, &["cluster", "apiServer", "extraArgs", name]);
        found.into_iter().map(|found| found.node).find(|node| !node.is_null())
    };
    if let Some(issuer) = flag("oidc-issuer-url") {
        http(issuer, &mut report);
        if flag("oidc-client-id").is_none() && context.whole().is_some() {
            report(
                issuer,
                "there is no `--oidc-client-id`, and the API server does not start without it",
                "expected is the id of a client at the issuer, for which tokens are made: add it",
            );
        }
    }
    if let Some(claim) = flag("oidc-groups-claim") {
        match flag("oidc-groups-prefix") {
            None if context.whole().is_some() => {
                report(claim, NO_PREFIX, "expected is a prefix such as `oidc:`: add `oidc-groups-prefix`");
            }
            Some(prefix) if prefix.value().is_empty() => {
                report(prefix, NO_PREFIX, "expected is a prefix such as `oidc:`");
            }
            _ => {}
        }
    }
    let documents = documents::in_version(context, "KubeAuthenticationConfig").into_iter();
    let issuers = documents.filter_map(|document| document.at(&["configuration", "jwt"])).flat_map(NodeRef::items);
    for issuer in issuers.map(NodeRef::resolved) {
        if let Some(url) = issuer.at(&["issuer", "url"]) {
            http(url, &mut report);
            let audiences = issuer.at(&["issuer", "audiences"]);
            if audiences.is_none_or(|list| !is_unknown(list) && list.items().next().is_none()) {
                report(
                    url,
                    "this issuer has no audiences, and tokens made for other programs must not count",
                    "expected are the audiences that tokens are made for: add `audiences`",
                );
            }
        }
        if let Some(groups) = issuer.at(&["claimMappings", "groups"])
            && let Some(claim) = groups.get("claim").filter(|claim| !claim.value().is_empty())
            && groups.get("prefix").is_none_or(|prefix| prefix.value().is_empty())
        {
            report(groups.get("prefix").unwrap_or(claim), NO_PREFIX, "expected is a prefix such as `oidc:`");
        }
    }
}

const PLAIN: &str = "the keys of the issuer are fetched over plain http, and may be anybody's";

/// The same URL over TLS.
fn over_tls(url: NodeRef<'_, '_>) -> Option<Remedy> {
    let rest = url.value().get("http://".len()..)?;
    Some(Remedy::changing(format!("Write `https://{rest}`")).write_text(url, format!("https://{rest}")))
}

const NO_PREFIX: &str = "groups of the issuer have no prefix, and may bear the name of a group of Kubernetes's own";

fn http<'t, 's>(url: NodeRef<'t, 's>, report: &mut impl FnMut(NodeRef<'t, 's>, &str, &str)) {
    if !is_unknown(url) && url.value().to_ascii_lowercase().starts_with("http://") {
        report(
            url,
            PLAIN,
            "expected is an https URL; Kubernetes takes no other",
        );
    }
}
